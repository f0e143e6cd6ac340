//! Tasks on an instance that goes, and the services that they belong to.

use jiff::{SignedDuration, Timestamp};

use super::tags::{Mode, Standalone};
use crate::drain::remembered::record::Owner;
use crate::resting::{Deployment, Kind};
use crate::tag::Tagged;

/// A task on an instance that goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// Whom it belongs to.
    pub owner: Owner,
    /// Its last status. Only `STOPPED` is the end: a task that is DEACTIVATING or STOPPING counts
    /// as not desired, and may still serve.
    /// Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html>.
    pub last_status: String,
    /// Whether it is wanted to run on.
    pub wanted: bool,
    /// Its tag `caretaker:standalone`, which beats its cluster's.
    pub standalone: Tagged<Standalone>,
    /// When it stopped.
    pub stopped_at: Option<Timestamp>,
    /// The exit codes of its containers, as far as they are known.
    pub exit_codes: Vec<i32>,
}

impl Task {
    /// Whether it has stopped altogether.
    pub fn is_stopped(&self) -> bool {
        self.last_status == "STOPPED"
    }

    /// Whether it can be protected from scaling in, and that would still matter: only a task of a
    /// service can.
    /// Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection.html>.
    pub fn may_be_protected(&self) -> bool {
        self.wanted && !self.is_stopped() && self.owner.service().is_some()
    }
}

/// A service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// Who decides about its tasks.
    pub kind: Kind,
    /// Desired count.
    pub desired: u32,
    /// Running tasks.
    pub running: u32,
    /// Minimum healthy percent.
    pub minimum_healthy: u32,
    /// Maximum percent.
    pub maximum: u32,
    /// How long its tasks are not judged by their health at the start.
    pub grace: SignedDuration,
    /// Whether load balancers send to it.
    pub balanced: bool,
    /// How long its load balancers go on sending to a target that leaves, if that is known.
    pub deregistration: Option<SignedDuration>,
    /// How long its containers may take to stop, if that is known.
    pub stop_timeout: Option<SignedDuration>,
    /// Whether its containers have a health check.
    pub checked: bool,
    /// When it was created.
    pub created_at: Timestamp,
    /// How many healthy targets it has beyond what it needs, if that is known.
    pub spare: Option<u32>,
    /// What ECS last said about it, such as why it cannot place a task.
    pub trouble: Option<String>,
    /// The capacity providers of its tasks, in the order of their names.
    pub strategy: Vec<Weight>,
    /// Its newest deployment.
    pub deployment: Option<Deployment>,
    /// Its tag `caretaker:drain`; only `off` says something of a service.
    pub drain: Tagged<Mode>,
}

/// One entry of a capacity provider strategy.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Weight {
    /// The capacity provider.
    pub provider: String,
    /// So many tasks go there first.
    pub base: u32,
    /// Its share of the others.
    pub weight: u32,
}

impl Service {
    /// Whether as many tasks run as are wanted.
    pub fn is_whole(&self) -> bool {
        self.running >= self.desired
    }

    /// How many tasks must be healthy at any time: the minimum, rounded up.
    /// Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-instance-draining.html>.
    pub fn floor(&self) -> u32 {
        percent(self.desired, self.minimum_healthy, true)
    }

    /// How many tasks there may be at any time: the maximum, rounded down.
    pub fn ceiling(&self) -> u32 {
        percent(self.desired, self.maximum, false)
    }
}

/// So many hundredths of a number, rounded up or down.
pub(in crate::drain) fn percent(of: u32, hundredths: u32, up: bool) -> u32 {
    let product = u64::from(of) * u64::from(hundredths);
    let rounded = if up {
        product.div_ceil(100)
    } else {
        product / 100
    };
    u32::try_from(rounded).unwrap_or(u32::MAX)
}
