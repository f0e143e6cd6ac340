//! What is heard of instances and tasks: events in the words of the decision.

use jiff::Timestamp;

use super::ecs::{ContainerInstanceSeen, TaskSeen};
use super::instance::InstanceId;
use crate::arn::{ClusterArn, ServiceArn};

/// One message, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sign {
    /// The id of the message that said it, for logs and for the answer to the queue.
    pub id: String,
    /// When it was so: the event's `time`, or when the message was sent if it has none. One in the
    /// future is taken for now, because nothing is announced after it happened.
    pub at: Timestamp,
    /// What it says.
    pub says: Says,
}

/// What a message can say. Only its `detail` is read, never the ARNs beside it: those of Spot name
/// an Availability Zone where a Region belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Says {
    /// EC2 takes a Spot instance back, about two minutes after `at`.
    /// Source: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html>.
    Warning {
        /// Which.
        instance: InstanceId,
        /// What becomes of it.
        action: Action,
    },
    /// A Spot instance is at elevated risk of being taken back; it may never be.
    /// Source: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/rebalance-recommendations.html>.
    Rebalance {
        /// Which.
        instance: InstanceId,
    },
    /// EC2 takes an instance in a capacity reservation back.
    ReservationWarning {
        /// Which.
        instance: InstanceId,
        /// What becomes of it.
        action: Action,
    },
    /// An instance waits in a lifecycle hook until somebody lets it go.
    Hook(HookCall),
    /// Somebody tries out whether messages of a hook arrive.
    HookTest {
        /// The name of the Auto Scaling group.
        group: String,
    },
    /// An instance changed its state.
    State {
        /// Which.
        instance: InstanceId,
        /// Its new state.
        state: Ec2State,
    },
    /// Spot instances were taken back, with or without a warning (CloudTrail: `BidEvictedEvent`).
    /// Source: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-interruption-prerequisites.html>.
    Evicted {
        /// Which.
        instances: Vec<InstanceId>,
        /// Whether AWS Fault Injection Service did it.
        by_fis: bool,
    },
    /// ECS says how a container instance is.
    Instance(ContainerInstanceSeen),
    /// ECS stops a task because its capacity is taken back.
    TaskStopping(TaskSeen),
    /// ECS could not place a task of a service.
    PlacementFailed {
        /// The cluster.
        cluster: ClusterArn,
        /// The service.
        service: ServiceArn,
        /// Why, in the words of ECS, such as `RESOURCE:FARGATE`.
        reason: String,
        /// The capacity provider that had no room, if ECS names one.
        provider: Option<String>,
    },
    /// An experiment of AWS Fault Injection Service begins or ends.
    /// Source: <https://docs.aws.amazon.com/fis/latest/userguide/monitoring-eventbridge.html>.
    Experiment(ExperimentSeen),
    /// It is time to look again, as planned.
    Look {
        /// How many looks came before it in its chain.
        hop: u8,
    },
    /// A minute has passed while drains are open.
    Tick,
    /// An hour has passed.
    Sweep,
}

/// What EC2 does with an instance that it takes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// It is terminated.
    Terminate,
    /// It is stopped, and may come back with the same id.
    Stop,
    /// It is hibernated, which begins at once.
    Hibernate,
    /// Something that AWS did not know of when this was written.
    Other(String),
}

impl Action {
    /// The action of that name.
    pub fn from_name(name: &str) -> Self {
        match name {
            "terminate" => Self::Terminate,
            "stop" => Self::Stop,
            "hibernate" => Self::Hibernate,
            other => Self::Other(other.to_owned()),
        }
    }

    /// The name that AWS gives it.
    pub fn name(&self) -> &str {
        match self {
            Self::Terminate => "terminate",
            Self::Stop => "stop",
            Self::Hibernate => "hibernate",
            Self::Other(name) => name,
        }
    }
}

/// The state of an instance as far as it ends a drain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ec2State {
    /// It is about to stop.
    Stopping,
    /// It stopped, and may come back.
    Stopped,
    /// It is about to be terminated.
    ShuttingDown,
    /// It is gone for good.
    Terminated,
}

impl Ec2State {
    /// The state of that name; none for one that ends nothing.
    pub fn from_name(name: &str) -> Option<Self> {
        [
            Self::Stopping,
            Self::Stopped,
            Self::ShuttingDown,
            Self::Terminated,
        ]
        .into_iter()
        .find(|state| state.name() == name)
    }

    /// The name that AWS gives it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Stopping => "stopping",
            Self::Stopped => "stopped",
            Self::ShuttingDown => "shutting-down",
            Self::Terminated => "terminated",
        }
    }

    /// Whether the instance may come back with the same id.
    pub fn may_return(self) -> bool {
        matches!(self, Self::Stopping | Self::Stopped)
    }
}

/// A lifecycle hook that an instance waits in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HookCall {
    /// The name of the Auto Scaling group.
    pub group: String,
    /// The name of the hook.
    pub hook: String,
    /// The token of this one wait.
    pub token: String,
    /// The instance.
    pub instance: InstanceId,
    /// Where it goes, if that is told: `EC2` or `WarmPool`.
    pub destination: Option<String>,
}

/// What AWS Fault Injection Service says of an experiment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExperimentSeen {
    /// Its id.
    pub id: String,
    /// The id of the template that it was started from.
    pub template: String,
    /// How far it is.
    pub state: ExperimentState,
}

/// How far an experiment is, as far as it matters to what it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExperimentState {
    /// It is about to begin, runs, or is being stopped.
    UnderWay,
    /// It is over; what it ordered may be done yet.
    Over,
    /// It is over before it took anything.
    NeverBegan,
}

impl ExperimentState {
    /// The state of an experiment that had the state `old` until now; none for a new one that nobody
    /// knew when this was written.
    /// Source: <https://docs.aws.amazon.com/fis/latest/APIReference/API_ExperimentState.html>.
    pub fn from_names(new: &str, old: &str) -> Option<Self> {
        match (new, old) {
            ("pending" | "initiating" | "running" | "stopping", _) => Some(Self::UnderWay),
            ("completed" | "stopped" | "failed" | "cancelled", "pending" | "initiating") => {
                Some(Self::NeverBegan)
            }
            ("completed" | "stopped" | "failed" | "cancelled", _) => Some(Self::Over),
            _ => None,
        }
    }
}
