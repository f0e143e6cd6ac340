//! The scalable targets of the services whose capacity would change.

use std::collections::{BTreeMap, BTreeSet};

use domain::arn::ServiceArn;
use domain::capacity::Bounds;
use domain::off_hours::{Moment, needs_bounds};
use domain::resting::Sight;
use edge::targets::{BATCH, describe};

use super::Seen;
use super::services::leave_out;
use crate::Aws;

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
            match describe(&aws.edge, batch).await {
                Ok(targets) => place(seen, batch, &targets),
                Err(failure) => leave_out(seen, batch, failure.into()),
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
