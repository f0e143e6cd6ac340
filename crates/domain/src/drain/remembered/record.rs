//! The record of a drain: what the ledger remembers of one instance from the first word about it
//! until it is gone and what became of its tasks is known.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::arn::{ClusterArn, ContainerInstanceArn, ServiceArn, TaskArn};
use crate::drain::seen::instance::Pool;
use crate::drain::seen::sign::{Action, Ec2State};
use crate::rest::Version;

/// The record of one instance that is about to go, is going, or went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drain {
    /// When we first heard of it.
    pub opened: Timestamp,
    /// Where it is in ECS: usually one place.
    pub places: Vec<Berth>,
    /// The pool it is from, if that is known.
    pub pool: Option<Pool>,
    /// Its capacity provider, if it is in one.
    pub provider: Option<String>,
    /// What announced it, and when.
    pub heard: Heard,
    /// When EC2 takes it, as far as it said; nothing can be done for it afterwards.
    pub deadline: Option<Timestamp>,
    /// The lifecycle hooks of ours that it waits in.
    pub hooks: Vec<OpenHook>,
    /// When the hooks of ours let it go.
    pub released: Option<Timestamp>,
    /// Who drains it.
    pub by: Drainer,
    /// When DRAINING was first seen.
    pub draining: Option<Timestamp>,
    /// The tasks that were seen on it, and what became of each.
    pub tasks: BTreeMap<TaskArn, Leaving>,
    /// The services of those tasks that run as many tasks as they should again, and since when.
    pub replaced: BTreeMap<ServiceArn, Timestamp>,
    /// How it ended, and when.
    pub ended: Option<(Ec2State, Timestamp)>,
    /// Since when the fates of all its tasks are known, once it is gone or its time is over.
    pub settled: Option<Timestamp>,
    /// The moments for which a look was planned.
    pub looks: BTreeSet<Timestamp>,
    /// Since when it is only kept in case the instance comes back.
    pub dormant: Option<Timestamp>,
    /// The version that a write must find.
    pub version: Version,
}

/// A container instance of a record.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Berth {
    /// Its cluster.
    pub cluster: ClusterArn,
    /// Its ARN.
    pub arn: ContainerInstanceArn,
}

/// What announced a drain: for each sign, when it was first so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heard {
    /// A rebalance recommendation.
    pub rebalance: Option<Timestamp>,
    /// An interruption warning of Spot.
    pub warning: Option<Timestamp>,
    /// An interruption warning of a capacity reservation.
    pub reservation: Option<Timestamp>,
    /// What the warning says becomes of it.
    pub action: Option<Action>,
    /// A lifecycle hook of ours.
    pub hook: Option<Timestamp>,
    /// A change of its state.
    pub state: Option<Timestamp>,
    /// That EC2 took it back.
    pub evicted: Option<Timestamp>,
    /// Whether AWS Fault Injection Service did.
    pub by_fis: bool,
}

impl Heard {
    /// When EC2 first said that it takes the instance back.
    pub fn doom(&self) -> Option<Timestamp> {
        [self.warning, self.reservation].into_iter().flatten().min()
    }

    /// Whether nothing but a recommendation was heard.
    pub fn only_recommended(&self) -> bool {
        let others = [
            self.warning,
            self.reservation,
            self.hook,
            self.state,
            self.evicted,
        ];
        self.rebalance.is_some() && others.iter().all(Option::is_none)
    }

    /// When it was first said that the instance goes, by EC2 or by its group.
    pub fn certain(&self) -> Option<Timestamp> {
        [self.warning, self.reservation, self.hook]
            .into_iter()
            .flatten()
            .min()
    }

    /// When the first sign of it was so.
    pub fn first(&self) -> Option<Timestamp> {
        [
            self.rebalance,
            self.warning,
            self.reservation,
            self.hook,
            self.state,
            self.evicted,
        ]
        .into_iter()
        .flatten()
        .min()
    }
}

/// A lifecycle hook of ours that an instance waits in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenHook {
    /// The name of the Auto Scaling group.
    pub group: String,
    /// The name of the hook.
    pub hook: String,
    /// The token of this one wait.
    pub token: String,
    /// Since when it waits.
    pub since: Timestamp,
    /// When Auto Scaling last heard from us: `since`, or our last heartbeat.
    pub beat: Timestamp,
    /// When heartbeats do not help any more.
    pub until: Timestamp,
}

/// Who drains an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drainer {
    /// Nobody does yet.
    Nobody,
    /// We asked ECS to.
    Us {
        /// When.
        at: Timestamp,
    },
    /// ECS, its agent or a person did, before we had to.
    Other {
        /// When we saw it.
        seen: Timestamp,
    },
    /// We drained it, and are giving it back.
    Undone {
        /// Since when.
        at: Timestamp,
    },
}

/// A task of an instance that goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaving {
    /// Whom it belongs to.
    pub owner: Owner,
    /// What became of it so far.
    pub fate: Fate,
}

/// Whom a task belongs to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owner {
    /// A service, which replaces it.
    Service(ServiceArn),
    /// Nobody, so nobody replaces it; its group as ECS names it, such as `family:report`.
    Nobody(String),
}

impl Owner {
    /// The service, if it is one.
    pub fn service(&self) -> Option<&ServiceArn> {
        match self {
            Self::Service(service) => Some(service),
            Self::Nobody(_) => None,
        }
    }
}

/// What became of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It has not stopped yet.
    There,
    /// We asked ECS to stop it, and it has not stopped yet.
    Stopping {
        /// When we asked.
        at: Timestamp,
    },
    /// It ended properly while there was time.
    Left {
        /// When it was seen to have stopped.
        at: Timestamp,
        /// Whether we had asked for it.
        by_us: bool,
    },
    /// It was killed: its exit code is 137, or it stopped with its machine.
    Killed {
        /// When it was seen to have stopped.
        at: Timestamp,
    },
    /// Its machine is gone, and ECS does not know what became of it.
    Orphaned,
}

impl Fate {
    /// Whether nothing more happens to it.
    pub fn is_final(self) -> bool {
        matches!(
            self,
            Self::Left { .. } | Self::Killed { .. } | Self::Orphaned
        )
    }

    /// When it was seen to have stopped.
    pub fn stopped(self) -> Option<Timestamp> {
        match self {
            Self::Left { at, .. } | Self::Killed { at } => Some(at),
            Self::There | Self::Stopping { .. } | Self::Orphaned => None,
        }
    }
}
