//! What is heard of deployments: messages in the words of the decision.

use jiff::Timestamp;

use super::names::DeploymentId;
use super::order::Order;
use crate::arn::ServiceArn;

/// One message, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sign {
    /// The id of the message that said it, for logs.
    pub id: String,
    /// When it was so: the event's `time`.
    pub at: Timestamp,
    /// What it says.
    pub says: Says,
}

/// What a message can say. All of them only say *look here*: none is kept as true, and the reason
/// that ECS writes beside them, whose wording changes, is not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Says {
    /// ECS Deployment State Change, which names the service among the resources and no cluster.
    /// FAILED comes only where a circuit breaker or alarms watch the deployment.
    /// Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_deployment_events.html>.
    Deployment {
        /// Of which service.
        service: ServiceArn,
        /// Of which deployment.
        deployment: DeploymentId,
        /// What happened.
        event: Event,
    },
    /// The same words under ECS Service Action, which names no deployment.
    /// Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_events.html>.
    Action {
        /// Of which service.
        service: ServiceArn,
        /// What happened.
        event: Event,
    },
    /// ECS cannot do for a service what it should, and that is not the release's doing.
    Troubled {
        /// Which service.
        service: ServiceArn,
        /// What it cannot.
        trouble: Trouble,
    },
    /// An alarm changed its state. Which state it is in is asked for.
    Alarm {
        /// Its name.
        alarm: String,
        /// The service that its tag `caretaker:service` names; without one the alarm is that of the
        /// services that name it as theirs.
        service: Option<ServiceArn>,
    },
    /// A minute has passed while something is watched.
    Minute,
    /// It is the turn of one part of all services, in case a message was lost: see
    /// [`super::slice`].
    Sweep {
        /// Which part.
        slice: u8,
    },
    /// A person says so.
    Order(Order),
}

/// What happened to a deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Event {
    /// It began; one that rolls back begins with the same word.
    InProgress,
    /// It is complete.
    Completed,
    /// It failed.
    Failed,
}

impl Event {
    /// The event of that name; none for a name that AWS did not have when this was written.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::InProgress, Self::Completed, Self::Failed]
            .into_iter()
            .find(|event| event.name() == name)
    }

    /// The name that AWS gives it.
    pub fn name(self) -> &'static str {
        match self {
            Self::InProgress => "SERVICE_DEPLOYMENT_IN_PROGRESS",
            Self::Completed => "SERVICE_DEPLOYMENT_COMPLETED",
            Self::Failed => "SERVICE_DEPLOYMENT_FAILED",
        }
    }
}

/// What keeps tasks from running that the release cannot help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trouble {
    /// There is no capacity for a task.
    Capacity,
    /// ECS, or what it calls, is throttled.
    Throttled,
}

impl Trouble {
    /// The trouble that an ECS Service Action of that name tells of, if it tells of one.
    /// Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_events.html>.
    pub fn from_event(name: &str) -> Option<Self> {
        match name {
            "SERVICE_TASK_PLACEMENT_FAILURE" => Some(Self::Capacity),
            "ECS_OPERATION_THROTTLED" | "SERVICE_DISCOVERY_OPERATION_THROTTLED" => {
                Some(Self::Throttled)
            }
            _ => None,
        }
    }

    /// The name it has in the ledger.
    pub fn name(self) -> &'static str {
        match self {
            Self::Capacity => "capacity",
            Self::Throttled => "throttled",
        }
    }

    /// The trouble of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Capacity, Self::Throttled]
            .into_iter()
            .find(|trouble| trouble.name() == name)
    }
}
