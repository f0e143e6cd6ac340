//! The plan: everything to do, in order, with nothing left to choose.

use jiff::Timestamp;

use super::concerns::Announcement;
use crate::arn::{GroupArn, ServiceArn};
use crate::capacity::Bounds;
use crate::hours::Edge;
use crate::order::Order;
use crate::rest::{GroupRest, ServiceRest, Version};

/// What to do and why.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// What to do, most urgent first; each is independent of the others.
    pub errands: Vec<Errand>,
    /// What to tell people.
    pub announcements: Vec<Announcement>,
    /// What was decided about every service and group in scope, "nothing to do" included.
    pub verdicts: Vec<Verdict>,
}

/// One service or group and the steps that it takes. A step is taken only if the one before
/// succeeded.
#[derive(Clone, Debug, PartialEq)]
pub struct Errand {
    /// What it is about.
    pub subject: Subject,
    /// The reason, as in its verdict.
    pub reason: Reason,
    /// The steps.
    pub actions: Vec<Action>,
}

/// What can be at rest.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// An Auto Scaling group. Before services: tasks need somewhere to run.
    Group(GroupArn),
    /// An ECS service.
    Service(ServiceArn),
}

impl std::fmt::Display for Subject {
    /// For people: `CLUSTER/NAME`, or the group's name.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Group(arn) => arn.fmt(f),
            Self::Service(arn) => arn.fmt(f),
        }
    }
}

impl Subject {
    /// The ARN.
    pub fn arn(&self) -> &str {
        match self {
            Self::Group(arn) => arn.as_str(),
            Self::Service(arn) => arn.as_str(),
        }
    }
}

/// One call.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Write a service's record, if the one there has this version (none: if there is none).
    RecordService {
        /// Whose record.
        service: ServiceArn,
        /// The record.
        rest: Box<ServiceRest>,
        /// The version that has to be there.
        replaces: Option<Version>,
    },
    /// Close a service's record, if it has this version.
    CloseService {
        /// Whose record.
        service: ServiceArn,
        /// The version that has to be there.
        version: Version,
    },
    /// Set a scalable target's minimum and suspended flags in one call.
    RegisterScalableTarget {
        /// Whose target.
        service: ServiceArn,
        /// The bounds; the maximum is the one that is there and is not sent.
        bounds: Bounds,
    },
    /// Set a service's desired count.
    UpdateService {
        /// Which service.
        service: ServiceArn,
        /// Desired count.
        desired: u32,
    },
    /// Write a group's record, if the one there has this version (none: if there is none).
    RecordGroup {
        /// Whose record.
        group: GroupArn,
        /// The record.
        rest: Box<GroupRest>,
        /// The version that has to be there.
        replaces: Option<Version>,
    },
    /// Close a group's record, if it has this version.
    CloseGroup {
        /// Whose record.
        group: GroupArn,
        /// The version that has to be there.
        version: Version,
    },
    /// Write down what a person ordered.
    Order {
        /// For which service.
        service: ServiceArn,
        /// The order.
        order: Order,
    },
    /// Withdraw an order that has expired, or that another one ends.
    WithdrawOrder {
        /// For which service.
        service: ServiceArn,
        /// The order.
        order: Order,
    },
    /// Set a group's minimum size.
    UpdateAutoScalingGroup {
        /// Which group.
        group: GroupArn,
        /// Minimum size.
        min: u32,
    },
}

impl Action {
    /// Whether it changes the team's stack, not only our records of it.
    pub fn changes_capacity(&self) -> bool {
        matches!(
            self,
            Self::RegisterScalableTarget { .. }
                | Self::UpdateService { .. }
                | Self::UpdateAutoScalingGroup { .. }
        )
    }
}

/// What was decided about one service or group.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// Which.
    pub subject: Subject,
    /// What, and why.
    pub reason: Reason,
    /// When that next changes by itself, as far as its tags say.
    pub next: Option<Edge>,
}

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
            Self::ClaimedElsewhere => "claimed-elsewhere",
            Self::NothingToLower => "nothing-to-lower",
        }
    }
}
