//! What the rest of an Auto Scaling group saved: the instances that went away.

use domain::arn::GroupArn;
use domain::instances::Instances;
use domain::off_hours::Observed;
use domain::off_hours::savings::{Rested, Saving, Unpriced, hours, saving, tail_of_instances};
use domain::resting::Subject;
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;

use super::region_of;
use super::shown::Saved;

/// What the group's rest saved, if it had fewer instances. Those that are there at its end are
/// taken to have been there all the time.
pub(super) fn saved(arn: &GroupArn, observed: &Observed, now: Timestamp) -> Option<Saved> {
    let group = observed.groups.get(arn)?;
    let (live, rest) = (group.live.as_ref()?, group.rest.as_ref()?);
    let subject = Subject::Group(arn.clone());
    let Some(before) = &rest.saved.instances else {
        return Some(Saved {
            subject,
            hours: None,
            saving: Saving::Unknown {
                why: Unpriced::NotRecorded,
            },
        });
    };
    let off = now.duration_since(rest.settled?);
    let (gone, tail) = gone(before, &live.instances)?;
    let rested = Rested::Instances {
        region: region_of(arn.as_str()),
        before: before.clone(),
        stayed: live.instances.clone(),
        spot: live.spot,
    };
    Some(Saved {
        subject,
        hours: Some(Decimal::from(gone).saturating_mul(hours(off, tail))),
        saving: saving(&rested, off, tail),
    })
}

/// How many instances went away, and how long that took; none if none did.
fn gone(before: &Instances, stayed: &Instances) -> Option<(u32, SignedDuration)> {
    let gone = before.count().saturating_sub(stayed.count());
    (gone > 0).then(|| (gone, tail_of_instances(gone)))
}
