//! The plan: everything to do, in order, with nothing left to choose.

use jiff::Timestamp;

use super::reason::Reason;
use super::remembered::outcome::Outcome;
use super::remembered::record::Drain;
use super::seen::exercise::Experiment;
use super::seen::instance::InstanceId;
use super::seen::service::Weight;
use super::seen::surge::{Counted, Incident, Scope};
use super::seen::world::Place;
use crate::announcement::{Announcement, ConcernKey};
use crate::arn::{ClusterArn, ContainerInstanceArn, ServiceArn, TaskArn};
use crate::rest::Version;

/// The most container instances in one call.
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateContainerInstancesState.html>.
pub const TENS: usize = 10;

/// What to do and why, in the order in which it is done.
///
/// What concerns a lost instance comes before the ledger; what could be ours to undo, or costs
/// somebody a task, comes after it and is left out for an instance whose record was refused,
/// because another run was quicker. What ends a record comes last: whoever dies in the middle has
/// its messages delivered again, or is followed by a look, and finds the record open until
/// everything that follows from its end is done.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// Instances that are lost anyway: set them DRAINING, all of them before anything else, so
    /// that no replacement lands on another.
    pub drain: Vec<SetState>,
    /// When to look again. One look serves everybody who asks for the same moment.
    pub looks: Vec<Timestamp>,
    /// How many looks came before those in their chain: what each of them carries.
    pub hop: u8,
    /// Hooks to keep open or to let go. One that is gone is let go already.
    pub hooks: Vec<HookStep>,
    /// The records to open and to go on with.
    pub records: Vec<Record>,
    /// Whether a look every minute is needed; none leaves that as it is. It is switched on at once,
    /// and off after everything else. Whoever switches it off looks into the ledger once more
    /// afterwards, and on again if a record is open.
    pub ticking: Option<bool>,
    /// Instances that are drained though they may stay: set them DRAINING.
    pub voluntary: Vec<SetState>,
    /// Instances that we drained and that stay: set them ACTIVE.
    pub undo: Vec<SetState>,
    /// Tasks to stop, in order.
    pub stop_tasks: Vec<StopTask>,
    /// What became of instances, for the journal and for metrics; one that is written down already
    /// is not written down again.
    pub outcomes: Vec<Outcome>,
    /// What to remember of instances by their id: that what became of one is written down, where it
    /// was.
    pub index: Vec<IndexWrite>,
    /// Experiments that begin or end.
    pub experiments: Vec<ExperimentWrite>,
    /// Losses to count; one that is counted already is not counted again.
    pub counted: Vec<Counted>,
    /// Surges to open, to update or to close.
    pub incidents: Vec<IncidentWrite>,
    /// What becomes of the On-Demand side, each after its incident was written.
    pub fallback: Vec<FallbackStep>,
    /// The services that get another strategy, each after its incident was written.
    pub strategies: Vec<StrategyStep>,
    /// What to tell people.
    pub announcements: Vec<Announcement>,
    /// What was told and is over without anybody needing to know.
    pub forgotten: Vec<ConcernKey>,
    /// The records that end, or that are only kept in case the instance comes back. They are left
    /// as they are where the outcome or its mark in the index could not be written.
    pub closings: Vec<Record>,
    /// What was decided about every instance and task that was heard of or looked at, "nothing to
    /// do" included.
    pub verdicts: Vec<Verdict>,
}

/// Set the state of container instances in one call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetState {
    /// Their cluster.
    pub cluster: ClusterArn,
    /// Which; at most [`TENS`].
    pub members: Vec<Member>,
}

/// An instance and its container instance.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Member {
    /// The EC2 instance.
    pub instance: InstanceId,
    /// The container instance.
    pub arn: ContainerInstanceArn,
}

/// Stop a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StopTask {
    /// The instance that goes.
    pub instance: InstanceId,
    /// Its cluster.
    pub cluster: ClusterArn,
    /// The task.
    pub task: TaskArn,
    /// Why, for people, within the 255 characters that ECS takes.
    pub reason: String,
}

/// One call about a lifecycle hook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HookStep {
    /// What to do.
    pub what: HookCallback,
    /// The name of the Auto Scaling group.
    pub group: String,
    /// The name of the hook.
    pub hook: String,
    /// The token of this one wait.
    pub token: String,
    /// The instance.
    pub instance: InstanceId,
}

/// What can be told to a lifecycle hook. Never to abandon it, which would end the hooks of others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HookCallback {
    /// It is still needed: `RecordLifecycleActionHeartbeat`.
    Heartbeat,
    /// The instance may go: `CompleteLifecycleAction` with CONTINUE.
    Complete,
}

/// A write of an instance's record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Whose.
    pub instance: InstanceId,
    /// The record; none closes it.
    pub drain: Option<Box<Drain>>,
    /// The version that has to be there (none: if there is none).
    pub replaces: Option<Version>,
}

/// A write of what is remembered of instances by their id. The later one of two about the same
/// thing counts. Where an instance is is forgotten after 90 days, and the rest after seven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IndexWrite {
    /// It is there.
    Seen {
        /// Which.
        instance: InstanceId,
        /// Where, if that is newer than what is remembered of this ARN.
        place: Place,
    },
    /// It is not there any more; where it was is remembered as INACTIVE.
    Gone {
        /// Which.
        instance: InstanceId,
        /// Where it was.
        arn: ContainerInstanceArn,
        /// The version of the event that says so.
        version: i64,
    },
    /// EC2 warned of it while it was in no cluster.
    Doomed {
        /// Which.
        instance: InstanceId,
        /// When that was so.
        at: Timestamp,
    },
    /// What became of it is written down.
    Done {
        /// Which.
        instance: InstanceId,
        /// When the last sign of it was so.
        at: Timestamp,
    },
    /// It is back: the marks of what it was are wiped.
    Unmarked {
        /// Which.
        instance: InstanceId,
    },
    /// Whether the instances of a fleet drain without us.
    SelfDraining {
        /// The fleet.
        fleet: Scope,
        /// Whether they do.
        works: bool,
    },
    /// How many tasks of a cluster run on Fargate Spot; that is forgotten after
    /// [`super::COUNT_KEPT`].
    FargateSpot {
        /// The cluster.
        cluster: ClusterArn,
        /// The tasks; of none, what is remembered is wiped.
        tasks: u32,
    },
}

/// A write of an experiment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExperimentWrite {
    /// The experiment.
    pub experiment: Experiment,
    /// The version that has to be there (none: if there is none).
    pub replaces: Option<Version>,
}

/// A write of a surge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IncidentWrite {
    /// What it is about.
    pub scope: Scope,
    /// The surge; none closes it.
    pub incident: Option<Box<Incident>>,
    /// The version that has to be there (none: if there is none).
    pub replaces: Option<Version>,
}

/// Set the On-Demand base of an Auto Scaling group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FallbackStep {
    /// The surge for which, or after which.
    pub scope: Scope,
    /// The name of the group.
    pub group: String,
    /// The base it has.
    pub from: u32,
    /// The base it gets.
    pub to: u32,
}

/// Give a service another capacity provider strategy, which is a new deployment of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StrategyStep {
    /// The surge for which, or after which.
    pub scope: Scope,
    /// The service.
    pub service: ServiceArn,
    /// The strategy it has.
    pub from: Vec<Weight>,
    /// The strategy it gets.
    pub to: Vec<Weight>,
}

/// What was decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// About what: the id of an instance, or the ARN of a task or a service.
    pub about: String,
    /// What, and why.
    pub reason: Reason,
}
