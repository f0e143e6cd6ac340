//! The scalable targets of the services that go down.

use std::collections::BTreeMap;

use domain::arn::ServiceArn;
use domain::budget::{Becomes, Moment, decide};
use domain::capacity::Bounds;
use edge::targets::{BATCH, describe};

use super::Seen;
use crate::Aws;

/// Adds the bounds of what the decision puts to rest; the decision itself does not depend on them.
/// The services of a batch that fails are left as they are this time.
pub(super) async fn look(aws: &Aws, seen: &mut Seen, moment: Moment<'_>) {
    let changes = decide(&seen.observed, moment).changes.into_iter();
    let down = changes
        .filter(|change| matches!(change.what, Becomes::Held(_) | Becomes::PutDownAgain(_)))
        .map(|change| change.service);
    let down: Vec<ServiceArn> = down.collect();
    for batch in down.chunks(BATCH) {
        match describe(&aws.edge, batch).await {
            Ok(targets) => place(seen, batch, &targets),
            Err(failure) => {
                let names: Vec<String> = batch.iter().map(ToString::to_string).collect();
                batch
                    .iter()
                    .for_each(|arn| drop(seen.changeable.remove(arn)));
                seen.unseen.push((names.join(", "), failure.into()));
            }
        }
    }
}

fn place(seen: &mut Seen, batch: &[ServiceArn], targets: &BTreeMap<String, Bounds>) {
    for arn in batch {
        if let Some((live, _)) = seen.changeable.get_mut(arn) {
            live.bounds = targets.get(&arn.scalable_resource()).copied();
        }
    }
}
