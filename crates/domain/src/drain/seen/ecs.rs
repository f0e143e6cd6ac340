//! What ECS says of container instances and tasks.

use super::instance::{InstanceId, Pool};
use crate::arn::{ClusterArn, ContainerInstanceArn, ServiceArn, TaskArn};

/// The status of a container instance.
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerInstance.html>.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Tasks can be placed on it.
    Active,
    /// No task is placed on it, and those of services leave.
    Draining,
    /// It is on its way in.
    Registering,
    /// It is on its way out.
    Deregistering,
    /// It never got in.
    RegistrationFailed,
    /// It is out.
    Inactive,
}

impl Status {
    /// The status of that name; none for one that AWS did not know of when this was written.
    pub fn from_name(name: &str) -> Option<Self> {
        [
            Self::Active,
            Self::Draining,
            Self::Registering,
            Self::Deregistering,
            Self::RegistrationFailed,
            Self::Inactive,
        ]
        .into_iter()
        .find(|status| status.name() == name)
    }

    /// The name that AWS gives it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::Draining => "DRAINING",
            Self::Registering => "REGISTERING",
            Self::Deregistering => "DEREGISTERING",
            Self::RegistrationFailed => "REGISTRATION_FAILED",
            Self::Inactive => "INACTIVE",
        }
    }

    /// Whether tasks run on it or soon may.
    pub fn is_in(self) -> bool {
        matches!(self, Self::Active | Self::Draining | Self::Registering)
    }
}

/// A container instance as an event of ECS describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContainerInstanceSeen {
    /// The EC2 instance.
    pub instance: InstanceId,
    /// Its cluster.
    pub cluster: ClusterArn,
    /// Its ARN. An instance that registers anew has another one.
    pub arn: ContainerInstanceArn,
    /// Its status.
    pub status: Status,
    /// The version of the event: of two about the same ARN the higher one is later, and equal ones
    /// are one event.
    /// Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_container_instance_events.html>.
    pub version: i64,
    /// Whether its agent answers.
    pub agent_connected: bool,
    /// The pool it is from, if its attributes name both.
    pub pool: Option<Pool>,
}

/// A task that ECS stops because its capacity is taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskSeen {
    /// Its ARN.
    pub arn: TaskArn,
    /// Its cluster.
    pub cluster: ClusterArn,
    /// Its service; none for a standalone task.
    pub service: Option<ServiceArn>,
    /// Its capacity provider, such as `FARGATE_SPOT`.
    pub provider: Option<String>,
    /// Where it runs; none on Fargate.
    pub container_instance: Option<ContainerInstanceArn>,
    /// Its Availability Zone, if it is told.
    pub zone: Option<String>,
    /// Its last status, such as `RUNNING`.
    pub last_status: String,
    /// The version of the event.
    pub version: i64,
    /// Why it stops: `SpotInterruption` or `TerminationNotice`.
    pub stop_code: String,
}
