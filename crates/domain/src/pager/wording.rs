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
        Kind::BudgetWarned => {
            "Nothing is stopped yet. If spending goes on like this, the services tagged stop go \
             to rest before the period ends."
        }
        Kind::BudgetGrace => {
            "The budget is spent and spending goes on. Services stop when the time named here is \
             over, unless somebody vetoes that."
        }
        Kind::BudgetStopped => {
            "Services tagged stop are at rest and serve nothing until the next period, or until \
             somebody allows more. What runs on still costs money."
        }
        Kind::BudgetImplausible => {
            "Either billing is wrong, or something is spending that Caretaker cannot see. Nothing \
             was stopped, and nothing will be for this reading."
        }
        Kind::BudgetBlind => {
            "While this lasts nothing is stopped and nothing comes back, whatever is spent."
        }
        Kind::BudgetCannotBeMet => {
            "Even with every service at rest the limit will be exceeded, because of what runs on."
        }
        Kind::BudgetRaisedWhileStopped => {
            "The service runs and costs money although its budget is spent."
        }
        Kind::BudgetUnguarded => {
            "The budget is still read every hour, but a message that it is spent may come late or \
             never."
        }
        Kind::BudgetLimitChanged => {
            "From now on the new limit counts. Whoever changed it may have meant to, or not."
        }
        Kind::BudgetMessageForeign => {
            "It changed nothing. Somebody publishes to the topic who should not, or a budget is \
             not watched that should be."
        }
        Kind::BudgetTagMalformed => {
            "Until the tag can be read, no budget stops the service, and one that is held for a \
             budget stays at rest."
        }
        Kind::FreeTierNearlyUsed => "What is used beyond it costs money.",
        Kind::BudgetLedgerFailed => {
            "While this lasts no budget stops anything and nothing comes back, whatever is spent. \
             This may be told more than once, because that it was told cannot be remembered."
        }
        Kind::DrainStuck => {
            "The instance is to go, and what runs on it does not leave. When its time is over, what \
             is left on it is killed."
        }
        Kind::SpotSurge => {
            "EC2 takes instances faster than it gives others. Services may run with fewer tasks than \
             they should for as long as it has no capacity."
        }
        Kind::SpotTaskNotReplaced => {
            "The service runs with fewer tasks than it should. It may serve less than it should, or \
             nothing at all."
        }
        Kind::StandaloneTaskLeft => {
            "Nobody starts such a task again. What it was doing may not be done."
        }
        Kind::InterruptedWithoutWarning => {
            "There was no time to drain: what ran there was killed, and its services start other \
             tasks."
        }
        Kind::NotDrainable => {
            "When EC2 takes a Spot instance, what does not leave in time is stopped shortly before \
             the end, or killed, whether there is another task or not."
        }
        Kind::HookWaits => {
            "The instance is kept, and costs money, until it is known whether anything runs on it or \
             until its time is over."
        }
        Kind::DrainTagMalformed => {
            "The tag is taken for absent: instances are drained and tasks are stopped as if it were \
             not there."
        }
        Kind::DeploymentRolledBack => {
            "What people were to get with the release they do not get. What ran before it comes back, \
             or has."
        }
        Kind::DeploymentRolledBackByEcs => {
            "What people were to get with the release they do not get. The service is stable again, \
             with what ran before."
        }
        Kind::DeploymentFailed => {
            "The service may serve less than it should, or wrongly, until somebody decides."
        }
        Kind::RollbackNotProved => {
            "The service may serve less than it should, or nothing at all, and nothing more is done by \
             itself."
        }
        Kind::ReleaseUnprotected => {
            "If the release is bad, nothing rolls it back for these alarms, and nothing is taken for \
             proved by it."
        }
        Kind::RollbackFrozen => "The next release that fails stays until somebody rolls it back.",
        Kind::DeploymentSuperseded => "What failed is gone: what is newer decides from here on.",
        Kind::RollbackTagMalformed => {
            "The tag is taken for absent: a release that fails is told, and is not rolled back."
        }
    }
}
