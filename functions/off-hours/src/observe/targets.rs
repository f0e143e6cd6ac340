//! The scalable targets of the services whose capacity would change.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_applicationautoscaling::types::{
    ScalableDimension, ScalableTarget, ServiceNamespace, SuspendedState,
};
use domain::arn::ServiceArn;
use domain::capacity::{Bounds, Suspended};
use domain::off_hours::{Moment, needs_bounds};
use domain::resting::Sight;

use super::Seen;
use super::services::leave_out;
use crate::{Aws, Failure};

/// `DescribeScalableTargets` takes at most 50 resource ids.
/// Source: <https://docs.aws.amazon.com/autoscaling/application/APIReference/API_DescribeScalableTargets.html>.
const BATCH: usize = 50;

/// Adds the bounds where a decision depends on them. A batch that fails takes its services out of
/// the run; and because others may have waited for those, what is decided without them is looked
/// at again, until the bounds of every service whose capacity would change were asked for.
pub(super) async fn look(aws: &Aws, seen: &mut Seen, moment: Moment<'_>) {
    let mut asked = BTreeSet::new();
    loop {
        let mut needed = needs_bounds(&seen.observed, moment);
        needed.retain(|arn| asked.insert(arn.clone()));
        if needed.is_empty() {
            return;
        }
        for batch in needed.chunks(BATCH) {
            match describe(aws, batch).await {
                Ok(targets) => place(seen, batch, &targets),
                Err(failure) => leave_out(seen, batch, failure),
            }
        }
    }
}

fn place(seen: &mut Seen, batch: &[ServiceArn], targets: &BTreeMap<String, Bounds>) {
    for arn in batch {
        let sight = seen
            .observed
            .services
            .get_mut(arn)
            .map(|service| &mut service.sight);
        if let Some(Sight::Live(live)) = sight {
            live.bounds = targets.get(&arn.scalable_resource()).copied();
        }
    }
}

async fn describe(aws: &Aws, batch: &[ServiceArn]) -> Result<BTreeMap<String, Bounds>, Failure> {
    let mut pages = aws
        .scaling
        .describe_scalable_targets()
        .service_namespace(ServiceNamespace::Ecs)
        .scalable_dimension(ScalableDimension::EcsServiceDesiredCount)
        .set_resource_ids(Some(
            batch.iter().map(ServiceArn::scalable_resource).collect(),
        ))
        .into_paginator()
        .items()
        .send();
    let mut targets = BTreeMap::new();
    while let Some(target) = pages.next().await {
        let target = target.map_err(Failure::call("DescribeScalableTargets"))?;
        targets.insert(target.resource_id().to_owned(), bounds(&target));
    }
    Ok(targets)
}

fn bounds(target: &ScalableTarget) -> Bounds {
    let state = target.suspended_state();
    // A flag that is not given was never set: not suspended.
    let flag = |read: fn(&SuspendedState) -> Option<bool>| state.and_then(read).unwrap_or(false);
    Bounds {
        min: u32::try_from(target.min_capacity()).unwrap_or(0),
        max: u32::try_from(target.max_capacity()).unwrap_or(0),
        suspended: Suspended {
            scaling_in: flag(SuspendedState::dynamic_scaling_in_suspended),
            scaling_out: flag(SuspendedState::dynamic_scaling_out_suspended),
            scheduled: flag(SuspendedState::scheduled_scaling_suspended),
        },
    }
}
