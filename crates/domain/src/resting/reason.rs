//! Why: the one word for each decision about a service or group.

use jiff::Timestamp;

/// Every answer that a decision about one service or group can have.
#[derive(Clone, Debug, PartialEq)]
pub enum Reason {
    /// It is to be awake, and nothing holds it.
    Awake,
    /// It is at rest, as it should be.
    AtRest,
    /// It goes to rest.
    GoesToRest,
    /// It goes to rest once more: it was redeployed at night, or its floor changed.
    RestsAgain,
    /// Its last hold is lifted and it gets back what it had.
    Wakes,
    /// It proved to be awake; the record of its rest is closed.
    ProvedAwake,
    /// It was woken and not all of its tasks run yet.
    NotSteadyYet {
        /// Running tasks.
        running: u32,
        /// Desired count.
        desired: u32,
    },
    /// Only its holds change.
    HoldsChange,
    /// It waits for a lower wave to be steady.
    WaitsForWave(u8),
    /// It is to wake, which the next tick does in the order of the waves.
    LeftToTheTick,
    /// A tag of its own or its cluster's cannot be read.
    MalformedTag,
    /// Neither it nor its cluster has a tag that asks for anything.
    NotTagged,
    /// One task per instance: there is no count to change.
    Daemon,
    /// AWS CodeDeploy or an external controller decides about its tasks.
    ControlledElsewhere,
    /// It is DRAINING.
    NotActive,
    /// It was deleted; the record of its rest is closed.
    Deleted,
    /// It was deleted and created anew; what the old one had is not applied to it.
    CreatedAnew,
    /// A deployment is in progress; it rests when that has ended.
    DeploymentInProgress,
    /// It is new, or was redeployed, at night; it rests when its grace ends.
    InGrace {
        /// When the grace ends.
        until: Timestamp,
    },
    /// Somebody changed its count at rest, which is respected until the next edge.
    ChangedAtRest {
        /// Their count.
        desired: u32,
    },
    /// Somebody raised what only a spent budget holds, which is the budget guard's to answer.
    LeftToTheBudget,
    /// Another run is changing it at this moment.
    ClaimedElsewhere,
    /// The group's minimum does not keep instances up.
    NothingToLower,
}

impl Reason {
    /// A short, stable name for logs, the journal and alarms.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Awake => "awake",
            Self::AtRest => "at-rest",
            Self::GoesToRest => "goes-to-rest",
            Self::RestsAgain => "rests-again",
            Self::Wakes => "wakes",
            Self::ProvedAwake => "proved-awake",
            Self::NotSteadyYet { .. } => "not-steady-yet",
            Self::HoldsChange => "holds-change",
            Self::WaitsForWave(_) => "waits-for-wave",
            Self::LeftToTheTick => "left-to-the-tick",
            Self::MalformedTag => "malformed-tag",
            Self::NotTagged => "not-tagged",
            Self::Daemon => "daemon",
            Self::ControlledElsewhere => "controlled-elsewhere",
            Self::NotActive => "not-active",
            Self::Deleted => "deleted",
            Self::CreatedAnew => "created-anew",
            Self::DeploymentInProgress => "deployment-in-progress",
            Self::InGrace { .. } => "in-grace",
            Self::ChangedAtRest { .. } => "changed-at-rest",
            Self::LeftToTheBudget => "left-to-the-budget",
            Self::ClaimedElsewhere => "claimed-elsewhere",
            Self::NothingToLower => "nothing-to-lower",
        }
    }
}
