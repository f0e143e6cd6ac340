//! What one function of Caretaker has to tell people: a notice. The pager turns it into a page.

use jiff::Timestamp;

/// Something that a person should know: what is wrong, what was done, what to do next.
///
/// Its texts may quote tags, names and reasons that anybody wrote. They are kept here as they are;
/// the pager makes them harmless before they reach a person.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Notice {
    /// What kind of thing it is.
    pub kind: Kind,
    /// Whether it wakes somebody.
    pub severity: Severity,
    /// The ARN or the name of what it is about.
    pub resource: String,
    /// The name of the cluster, for people.
    pub cluster: Option<String>,
    /// The name of the service, for people.
    pub service: Option<String>,
    /// What is wrong, in one line without a full stop; in a resolved notice, what is right again.
    pub title: String,
    /// How bad it is, in numbers and names.
    pub facts: Vec<Fact>,
    /// What Caretaker did about it already, if anything.
    pub done: Option<String>,
    /// What a person should do.
    pub next: Next,
    /// What Caretaker does not know and a person might take for granted.
    pub unknown: Option<String>,
    /// When it began.
    pub since: Timestamp,
    /// When the notice was written.
    pub at: Timestamp,
    /// The incident it belongs to: see [`incident`].
    pub dedupe: String,
    /// Whether it is over.
    pub resolved: bool,
}

/// One line of evidence.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Fact {
    /// What is measured or named, such as `Running tasks`.
    pub label: String,
    /// Its value, such as `1 of 4`.
    pub value: String,
}

/// What a person should do.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Next {
    /// In words, one or two sentences.
    pub what: String,
    /// A command to paste. The pager withholds one that a shell would not take as plain words.
    pub command: Option<String>,
}

/// Whether a notice wakes somebody.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Severity {
    /// Somebody should look now.
    Page,
    /// It can wait until the morning.
    Digest,
}

impl Severity {
    /// The name it has on the bus.
    pub fn name(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Digest => "digest",
        }
    }

    /// The severity of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Page, Self::Digest]
            .into_iter()
            .find(|severity| severity.name() == name)
    }
}

/// Every kind of notice there is.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Kind {
    /// A `caretaker:` tag cannot be read.
    MalformedTag,
    /// An override is malformed or past, and was ignored.
    OverrideIgnored,
    /// A service rests in the middle of a deployment that has been in progress for too long.
    DeploymentBlocksRest,
    /// A wave did not become steady in its time.
    WaveNotSteady,
    /// Somebody changed the capacity of a service at rest.
    CapacityChangedAtRest,
    /// A service or group was woken with less than it had before.
    NotRestored,
    /// The scalable target that was saved is no longer there when its service wakes.
    TargetGone,
    /// AWS refused a planned change, and will again.
    PartlyApplied,
    /// AWS refused a call for want of a permission.
    PermissionDenied,
    /// What is left to do takes so long that people should know.
    BehindSchedule,
    /// AWS gave up on an event that one of our functions should have answered.
    Undelivered,
    /// A budget runs short.
    BudgetWarned,
    /// A budget is spent, and nothing is stopped yet: a grace, or a person's veto.
    BudgetGrace,
    /// A budget is spent, and services are at rest for it.
    BudgetStopped,
    /// A budget reports a spend that cannot be.
    BudgetImplausible,
    /// A budget cannot be read, or what it says cannot be relied on.
    BudgetBlind,
    /// What runs on after a stop costs more than a budget allows.
    BudgetCannotBeMet,
    /// Something raised a service that is at rest for a budget.
    BudgetRaisedWhileStopped,
    /// Messages about a budget may not arrive.
    BudgetUnguarded,
    /// The limit of a budget changed.
    BudgetLimitChanged,
    /// A message is about no budget that is watched.
    BudgetMessageForeign,
    /// The tag `caretaker:budget` cannot be read.
    BudgetTagMalformed,
    /// What is free of something is nearly used up.
    FreeTierNearlyUsed,
    /// The ledger cannot be read or written, so no budget stops anything.
    BudgetLedgerFailed,
    /// The tasks on an instance that goes do not leave it.
    DrainStuck,
    /// EC2 takes so much of a Spot fleet back at once that it is more than one instance's trouble.
    SpotSurge,
    /// A service that lost a task to Spot has none in its place.
    SpotTaskNotReplaced,
    /// A task that belongs to no service ended with its instance.
    StandaloneTaskLeft,
    /// EC2 took instances back without a warning.
    InterruptedWithoutWarning,
    /// Services cannot leave an instance in the time that Spot gives.
    NotDrainable,
    /// An instance waits in a lifecycle hook, and nobody can say for what.
    HookWaits,
    /// A tag about draining cannot be read.
    DrainTagMalformed,
    /// A release failed, and Caretaker rolls it back or has.
    DeploymentRolledBack,
    /// A release failed, and ECS rolled it back.
    DeploymentRolledBackByEcs,
    /// A release failed, and nothing was done about it.
    DeploymentFailed,
    /// A release was rolled back, and what came back did not prove good.
    RollbackNotProved,
    /// A release began while the alarms of its service were red.
    ReleaseUnprotected,
    /// A service was rolled back so often that it is not any more.
    RollbackFrozen,
    /// Something newer took the place of a release that failed.
    DeploymentSuperseded,
    /// The tag `caretaker:rollback` cannot be read.
    RollbackTagMalformed,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 40] = [
        Self::MalformedTag,
        Self::OverrideIgnored,
        Self::DeploymentBlocksRest,
        Self::WaveNotSteady,
        Self::CapacityChangedAtRest,
        Self::NotRestored,
        Self::TargetGone,
        Self::PartlyApplied,
        Self::PermissionDenied,
        Self::BehindSchedule,
        Self::Undelivered,
        Self::BudgetWarned,
        Self::BudgetGrace,
        Self::BudgetStopped,
        Self::BudgetImplausible,
        Self::BudgetBlind,
        Self::BudgetCannotBeMet,
        Self::BudgetRaisedWhileStopped,
        Self::BudgetUnguarded,
        Self::BudgetLimitChanged,
        Self::BudgetMessageForeign,
        Self::BudgetTagMalformed,
        Self::FreeTierNearlyUsed,
        Self::BudgetLedgerFailed,
        Self::DrainStuck,
        Self::SpotSurge,
        Self::SpotTaskNotReplaced,
        Self::StandaloneTaskLeft,
        Self::InterruptedWithoutWarning,
        Self::NotDrainable,
        Self::HookWaits,
        Self::DrainTagMalformed,
        Self::DeploymentRolledBack,
        Self::DeploymentRolledBackByEcs,
        Self::DeploymentFailed,
        Self::RollbackNotProved,
        Self::ReleaseUnprotected,
        Self::RollbackFrozen,
        Self::DeploymentSuperseded,
        Self::RollbackTagMalformed,
    ];

    /// The name it has on the bus, in logs and in pages. It never changes.
    pub fn name(self) -> &'static str {
        match self {
            Self::MalformedTag => "malformed-tag",
            Self::OverrideIgnored => "override-ignored",
            Self::DeploymentBlocksRest => "deployment-blocks-rest",
            Self::WaveNotSteady => "wave-not-steady",
            Self::CapacityChangedAtRest => "capacity-changed-at-rest",
            Self::NotRestored => "not-restored",
            Self::TargetGone => "target-gone",
            Self::PartlyApplied => "partly-applied",
            Self::PermissionDenied => "permission-denied",
            Self::BehindSchedule => "behind-schedule",
            Self::Undelivered => "undelivered",
            Self::BudgetWarned => "budget-warned",
            Self::BudgetGrace => "budget-grace",
            Self::BudgetStopped => "budget-stopped",
            Self::BudgetImplausible => "budget-implausible",
            Self::BudgetBlind => "budget-blind",
            Self::BudgetCannotBeMet => "budget-cannot-be-met",
            Self::BudgetRaisedWhileStopped => "budget-raised-while-stopped",
            Self::BudgetUnguarded => "budget-unguarded",
            Self::BudgetLimitChanged => "budget-limit-changed",
            Self::BudgetMessageForeign => "budget-message-foreign",
            Self::BudgetTagMalformed => "budget-tag-malformed",
            Self::FreeTierNearlyUsed => "free-tier-nearly-used",
            Self::BudgetLedgerFailed => "budget-ledger-failed",
            Self::DrainStuck => "drain-stuck",
            Self::SpotSurge => "spot-surge",
            Self::SpotTaskNotReplaced => "spot-task-not-replaced",
            Self::StandaloneTaskLeft => "standalone-task-left",
            Self::InterruptedWithoutWarning => "interrupted-without-warning",
            Self::NotDrainable => "not-drainable",
            Self::HookWaits => "hook-waits",
            Self::DrainTagMalformed => "drain-tag-malformed",
            Self::DeploymentRolledBack => "deployment-rolled-back",
            Self::DeploymentRolledBackByEcs => "deployment-rolled-back-by-ecs",
            Self::DeploymentFailed => "deployment-failed",
            Self::RollbackNotProved => "rollback-not-proved",
            Self::ReleaseUnprotected => "release-unprotected",
            Self::RollbackFrozen => "rollback-frozen",
            Self::DeploymentSuperseded => "deployment-superseded",
            Self::RollbackTagMalformed => "rollback-tag-malformed",
        }
    }

    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// A line of evidence.
pub(crate) fn fact(label: &str, value: impl ToString) -> Fact {
    Fact {
        label: label.to_owned(),
        value: value.to_string(),
    }
}

/// What to do, without a command.
pub(crate) fn words(what: &str) -> Next {
    Next {
        what: what.to_owned(),
        command: None,
    }
}

/// The incident that notices about one thing share: what [`Notice::dedupe`] holds.
///
/// The resource comes last, because it alone may contain a `/`.
pub fn incident(account: &str, region: &str, resource: &str, kind: Kind) -> String {
    format!("{account}/{region}/{}/{resource}", kind.name())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_found_by_its_own_name() {
        for (position, kind) in Kind::ALL.into_iter().enumerate() {
            assert_eq!(Kind::from_name(kind.name()), Some(kind));
            assert_eq!(kind as usize, position, "{kind:?} is out of order or twice");
        }
    }

    #[test]
    fn a_name_is_matched_exactly() {
        assert_eq!(Kind::from_name("Malformed-Tag"), None);
        assert_eq!(Severity::from_name("page"), Some(Severity::Page));
        assert_eq!(Severity::from_name("digest"), Some(Severity::Digest));
        assert_eq!(Severity::from_name("PAGE"), None);
    }

    #[test]
    fn two_kinds_two_regions_and_two_accounts_are_different_incidents() {
        let one = incident("1", "eu-west-1", "service/a", Kind::MalformedTag);
        assert_eq!(one, "1/eu-west-1/malformed-tag/service/a");
        let others = [
            incident("2", "eu-west-1", "service/a", Kind::MalformedTag),
            incident("1", "eu-west-2", "service/a", Kind::MalformedTag),
            incident("1", "eu-west-1", "service/b", Kind::MalformedTag),
            incident("1", "eu-west-1", "service/a", Kind::TargetGone),
        ];
        assert!(others.iter().all(|other| *other != one));
    }
}
