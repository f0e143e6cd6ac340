//! The scalable targets of services.

use std::collections::BTreeMap;

use aws_sdk_applicationautoscaling::types::{
    ScalableDimension, ScalableTarget, ServiceNamespace, SuspendedState,
};
use domain::arn::ServiceArn;
use domain::capacity::{Bounds, Suspended};

use crate::{Edge, Failure};

/// `DescribeScalableTargets` takes at most 50 resource ids.
/// Source: <https://docs.aws.amazon.com/autoscaling/application/APIReference/API_DescribeScalableTargets.html>.
pub const BATCH: usize = 50;

/// The bounds of those of a batch of services that have a target, by the id that the target has.
pub async fn describe(
    edge: &Edge,
    batch: &[ServiceArn],
) -> Result<BTreeMap<String, Bounds>, Failure> {
    let mut pages = edge
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
