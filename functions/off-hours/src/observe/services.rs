//! What ECS says of the services that matter.

use domain::arn::ServiceArn;
use domain::resting::Sight;
use edge::services::look as ask;
use edge::tagged::Tagged;
use jiff::Timestamp;

use super::Seen;
use super::discover::intent;
use crate::{Aws, Failure, Settings};

/// Asks ECS about every service that is worth it, and about one that an event named in any case,
/// because its tags come with the answer. What cannot be seen leaves the run; the others go on.
pub(super) async fn look(
    aws: &Aws,
    settings: &Settings,
    seen: &mut Seen,
    tagged: &Tagged,
    named: bool,
    now: Timestamp,
) {
    let services = seen.observed.services.iter();
    let worth = services.filter(|(_, service)| named || service.worth_a_look(now));
    let worth: Vec<ServiceArn> = worth.map(|(arn, _)| arn.clone()).collect();
    let answers = ask(&aws.edge, worth).await;
    for (arn, looked) in answers.looked {
        if let Some(service) = seen.observed.services.get_mut(&arn) {
            // One that is missing has no tags, and keeps what was asked of it.
            if looked.sight != Sight::Missing {
                service.intent = intent(&arn, &looked.tags, tagged, &settings.policy);
            }
            service.sight = looked.sight;
        }
    }
    for (batch, failure) in answers.unseen {
        leave_out(seen, &batch, failure.into());
    }
}

/// Takes services out of the run that could not be looked at.
pub(super) fn leave_out(seen: &mut Seen, batch: &[ServiceArn], failure: Failure) {
    let names: Vec<String> = batch.iter().map(ToString::to_string).collect();
    for arn in batch {
        seen.observed.services.remove(arn);
        seen.observed.partly.insert(arn.cluster_arn());
    }
    seen.unseen.push((names.join(", "), failure));
}
