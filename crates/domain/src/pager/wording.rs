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
            "The service was put to rest in the middle of its deployment, after waiting for it. \
             While it rests, that deployment cannot succeed."
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
            "A service that should be awake does not have what it had before its rest. It may serve \
             less than it should, or nothing at all."
        }
        Kind::TargetGone => {
            "What a saved capacity belongs to is no longer there, so that capacity cannot be given \
             back."
        }
        Kind::PartlyApplied => {
            "Some of the planned changes were made and others were not. The next run looks again and \
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
