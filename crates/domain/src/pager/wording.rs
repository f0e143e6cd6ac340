//! What each kind of notice means for the person who is woken by it.

use crate::notice::{Kind, Severity};

/// Whether to get up.
pub(super) fn urgency(severity: Severity) -> &'static str {
    match severity {
        Severity::Page => "Somebody should look at this now.",
        Severity::Digest => "This can wait until the morning.",
    }
}

/// What follows from it for the service and for the money.
pub(super) fn meaning(kind: Kind) -> &'static str {
    match kind {
        Kind::MalformedTag => {
            "Until the tag can be read, its hours are not followed: what carries it is left exactly \
             as it is, running or at rest."
        }
        Kind::OverrideIgnored => "The override has no effect. The hours are followed as usual.",
        Kind::DeploymentBlocksRest => {
            "The deployment was waited for as long as the rules say. The service rests all the same, \
             in the middle of it."
        }
        Kind::WaveNotSteady => {
            "The waves that come later do not wait any longer, and may start before what they \
             depend on is there."
        }
        Kind::CapacityChangedAtRest => {
            "The change is respected until the hours next change, and the capacity that was saved \
             before the rest is kept."
        }
        Kind::NotRestored => {
            "What should be awake was woken with less than it had before its rest. It may serve less \
             than it should, or nothing at all."
        }
        Kind::TargetGone => {
            "The scalable target that was saved is no longer there, so its bounds cannot be given \
             back, and nothing scales the service."
        }
        Kind::PartlyApplied => {
            "AWS refused a change, so it was made in part or not at all. Every tick looks again and \
             tries what is left."
        }
        Kind::PermissionDenied => {
            "AWS refused a call for want of a permission. What the call was for does not happen \
             until the permission is given."
        }
        Kind::BehindSchedule => {
            "There is more to do than the time allows, so services rest and wake later than their \
             hours say. Each run goes on where the last one stopped."
        }
        Kind::Undelivered => {
            "AWS gave up on something that Caretaker should have answered. What should have followed \
             from it was not done, or only in part."
        }
    }
}
