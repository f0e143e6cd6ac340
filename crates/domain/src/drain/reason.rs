//! Why: the one word for each decision about an instance, a task or a service.

use jiff::Timestamp;

/// Every answer that a decision can have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It is in no cluster.
    NotInCluster,
    /// It cannot be seen whether it is in a cluster.
    Unseen(String),
    /// A tag keeps it out of scope.
    Off,
    /// It goes, and is set DRAINING.
    Drains,
    /// It goes, and is left to ECS, which is to begin until then.
    LeftToEcs {
        /// Until when.
        until: Timestamp,
    },
    /// ECS did not begin to drain it in time, and it is set DRAINING.
    DrainsLate,
    /// It is DRAINING, and tasks are on it.
    Draining,
    /// The tasks that cannot leave by themselves are stopped.
    StopsTasks(u32),
    /// It has not registered with its cluster yet.
    Registering,
    /// The time is over; what becomes of its tasks is looked at.
    TimeIsOver,
    /// It is gone; what becomes of its tasks is looked at.
    Ending,
    /// It is gone, and its services get their tasks back.
    WaitsForReplacements,
    /// It is gone, nothing had announced it, and whether EC2 took it back is not known yet.
    Unannounced,
    /// What became of it is written down.
    Closed,
    /// What became of it had been written down before.
    AlreadyRecorded,
    /// The message came when its time was long over.
    PastDeadline,
    /// EC2 recommends to replace it, which is looked at within a minute.
    Recommended,
    /// EC2 recommends to replace it, and it is set DRAINING.
    DrainsOnRecommendation,
    /// EC2 recommends to replace it, and so many are draining that it waits.
    BreakerHolds,
    /// EC2 recommends to replace it, which is left as it is: the policy, its tag or its group says
    /// so.
    RecommendationLeft,
    /// It was not taken, and is given back.
    GivenBack,
    /// It waits in a hook of ours for its tasks to stop.
    HookWaits {
        /// Tasks that have not stopped.
        tasks: u32,
    },
    /// It waits in a hook of ours, and its tasks have not been looked at yet.
    HookOpened,
    /// Every task has stopped, and the hook lets it go.
    HookDone,
    /// The time is over, and the hook lets it go.
    HookOutOfTime,
    /// The hook is not ours.
    NotOurHook,
    /// Somebody tried out whether messages of a hook arrive.
    HookTest,
    /// It stopped, and may come back.
    Dormant,
    /// It is there, as ECS says.
    Seen,
    /// It is not there any more, as ECS says.
    Gone,
    /// A task on Fargate Spot stops, and is counted.
    TaskCounted,
    /// It is counted already.
    AlreadyCounted,
    /// A task stops with the instance under it, which is counted.
    CountedWithItsInstance,
    /// ECS finds no place for a task, and that is counted.
    PlacementCounted,
    /// ECS finds no place for a task, which has nothing to do with Spot.
    PlacementElsewhere,
    /// An experiment takes instances, which are no surge.
    ExperimentBegins,
    /// An experiment is over; what it ordered may be done yet.
    ExperimentEnds,
}

impl Reason {
    /// A short, stable name for logs, the journal and alarms.
    pub fn name(&self) -> &'static str {
        match self {
            Self::NotInCluster => "not-in-cluster",
            Self::Unseen(_) => "unseen",
            Self::Off => "off",
            Self::Drains => "drains",
            Self::LeftToEcs { .. } => "left-to-ecs",
            Self::DrainsLate => "drains-late",
            Self::Draining => "draining",
            Self::StopsTasks(_) => "stops-tasks",
            Self::Registering => "registering",
            Self::TimeIsOver => "time-is-over",
            Self::Ending => "ending",
            Self::WaitsForReplacements => "waits-for-replacements",
            Self::Unannounced => "unannounced",
            Self::Closed => "closed",
            Self::AlreadyRecorded => "already-recorded",
            Self::PastDeadline => "past-deadline",
            Self::Recommended => "recommended",
            Self::DrainsOnRecommendation => "drains-on-recommendation",
            Self::BreakerHolds => "breaker-holds",
            Self::RecommendationLeft => "recommendation-left",
            Self::GivenBack => "given-back",
            Self::HookWaits { .. } => "hook-waits",
            Self::HookOpened => "hook-opened",
            Self::HookDone => "hook-done",
            Self::HookOutOfTime => "hook-out-of-time",
            Self::NotOurHook => "not-our-hook",
            Self::HookTest => "hook-test",
            Self::Dormant => "dormant",
            Self::Seen => "seen",
            Self::Gone => "gone",
            Self::TaskCounted => "task-counted",
            Self::AlreadyCounted => "already-counted",
            Self::CountedWithItsInstance => "counted-with-its-instance",
            Self::PlacementCounted => "placement-counted",
            Self::PlacementElsewhere => "placement-elsewhere",
            Self::ExperimentBegins => "experiment-begins",
            Self::ExperimentEnds => "experiment-ends",
        }
    }
}

impl std::fmt::Display for Reason {
    /// In words, for people; what it is about is named before them.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::NotInCluster => "it is in no cluster",
            Self::Unseen(why) => {
                return write!(f, "it cannot be seen whether it is in a cluster: {why}");
            }
            Self::Off => "its tag keeps it out of scope",
            Self::Drains => "it goes, and is set DRAINING",
            Self::LeftToEcs { until } => {
                return write!(f, "it goes, and ECS is to begin draining it until {until}");
            }
            Self::DrainsLate => "it goes, ECS did not begin in time, and it is set DRAINING",
            Self::Draining => "it is DRAINING",
            Self::StopsTasks(tasks) => {
                return write!(f, "it goes soon, and {tasks} of its tasks are stopped");
            }
            Self::Registering => "it goes, and has not registered with its cluster yet",
            Self::TimeIsOver => "its time is over, and what becomes of its tasks is looked at",
            Self::Ending => "it is gone, and what becomes of its tasks is looked at",
            Self::WaitsForReplacements => "it is gone, and its services get their tasks back",
            Self::Unannounced => "it is gone, and nothing had announced it",
            Self::Closed => "what became of it is written down",
            Self::AlreadyRecorded => "what became of it had been written down before",
            Self::PastDeadline => "the message about it came when its time was long over",
            Self::Recommended => "EC2 recommends to replace it, which is looked at in a minute",
            Self::DrainsOnRecommendation => "EC2 recommends to replace it, and it is set DRAINING",
            Self::BreakerHolds => {
                "EC2 recommends to replace it, and it waits because so many are draining"
            }
            Self::RecommendationLeft => "EC2 recommends to replace it, which is left to others",
            Self::GivenBack => "it was not taken, and is set ACTIVE again",
            Self::HookWaits { tasks } => {
                return write!(f, "it waits for {tasks} of its tasks to stop");
            }
            Self::HookOpened => "it waits in a lifecycle hook, and is looked at in a minute",
            Self::HookDone => "every task on it has stopped, and it may go",
            Self::HookOutOfTime => "its time is over, and it may go",
            Self::NotOurHook => "it waits in a lifecycle hook that is not ours",
            Self::HookTest => "it is a test notification of a lifecycle hook",
            Self::Dormant => "it stopped, and may come back",
            Self::Seen => "it is there, as ECS says",
            Self::Gone => "it is not there any more, as ECS says",
            Self::TaskCounted => "it stops because its capacity is taken back, and is counted",
            Self::AlreadyCounted => "it is counted already",
            Self::CountedWithItsInstance => "it stops with its instance, which is counted",
            Self::PlacementCounted => "ECS finds no place for a task of it, and that is counted",
            Self::PlacementElsewhere => {
                "ECS finds no place for a task of it, which has nothing to do with Spot"
            }
            Self::ExperimentBegins => "it takes instances on purpose, and that is no surge",
            Self::ExperimentEnds => "it takes no more instances than it has ordered by now",
        })
    }
}
