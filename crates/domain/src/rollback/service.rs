//! What ECS says of a service and its deployments.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::names::{AttemptArn, DefinitionArn, DeploymentId};
use super::sign::Trouble;
use super::tags::Mode;
use crate::resting::Kind;
use crate::tag::Tagged;

/// A service that exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// ACTIVE; false is DRAINING.
    pub active: bool,
    /// Who decides about its tasks.
    pub kind: Kind,
    /// Its tag `caretaker:rollback`.
    pub mode: Tagged<Mode>,
    /// Its tag `caretaker:migration`, if it has one: what it says.
    pub migration: Option<String>,
    /// Desired count.
    pub desired: u32,
    /// Running tasks, of all deployments.
    pub running: u32,
    /// Its deployments. One that CodeDeploy or an external controller deploys has none.
    pub deployments: Vec<Deployment>,
    /// The deployment circuit breaker.
    pub breaker: Watching,
    /// The alarms that ECS itself watches while it deploys.
    pub alarms: Watching,
    /// How tasks are replaced.
    pub strategy: Strategy,
    /// The service deployment in progress or, when none is, the last one.
    pub current: Option<AttemptArn>,
    /// Where traffic comes from.
    pub balancers: Vec<Balancer>,
    /// The name of the CloudFormation stack that is updating it at this moment.
    pub stack_busy: Option<String>,
    /// Whether something holds it at rest.
    pub held: bool,
    /// What its newest events say that it cannot, and when they last did. Their wording can only
    /// keep a rollback from being begun.
    pub troubles: BTreeMap<Trouble, Timestamp>,
}

impl Service {
    /// The newest deployment, which ECS works towards.
    pub fn primary(&self) -> Option<&Deployment> {
        self.deployments.iter().find(|one| one.primary)
    }

    /// Whether it is meant to have no tasks now, whatever was deployed.
    pub fn rests(&self) -> bool {
        self.held || (self.desired == 0 && self.kind == Kind::Replica)
    }
}

/// One deployment of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deployment {
    /// Its id.
    pub id: DeploymentId,
    /// Whether it is the newest.
    pub primary: bool,
    /// The task definition that it brings.
    pub definition: DefinitionArn,
    /// How far it is.
    pub rollout: Rollout,
    /// Why, in the words of ECS, for people only.
    pub reason: Option<String>,
    /// Tasks that failed in a row.
    pub failed_tasks: u32,
    /// Its desired count.
    pub desired: u32,
    /// Its running tasks.
    pub running: u32,
    /// Its pending tasks.
    pub pending: u32,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// How far a deployment is.
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Deployment.html>.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rollout {
    /// COMPLETED.
    Completed,
    /// IN_PROGRESS.
    InProgress,
    /// FAILED: it starts no more tasks.
    Failed,
    /// Something that AWS did not have when this was written.
    Unknown(String),
    /// ECS tells it of rolling updates only, and not behind a Classic Load Balancer.
    Untold,
}

impl Rollout {
    /// The state of that name.
    pub fn from_name(name: Option<&str>) -> Self {
        match name {
            Some("COMPLETED") => Self::Completed,
            Some("IN_PROGRESS") => Self::InProgress,
            Some("FAILED") => Self::Failed,
            Some(other) => Self::Unknown(other.to_owned()),
            None => Self::Untold,
        }
    }
}

/// One of the two ways in which ECS finds that a deployment fails. What follows is decided by the
/// flag of the one that found it.
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-failure-detection.html>.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Watching {
    /// Whether it is on.
    pub on: bool,
    /// Whether ECS rolls back what it finds.
    pub rollback: bool,
}

impl Watching {
    /// Whether ECS rolls back what it finds.
    pub fn rolls_back(self) -> bool {
        self.on && self.rollback
    }
}

/// How ECS replaces tasks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strategy {
    /// One after the other.
    Rolling,
    /// All beside the old ones, and then the traffic.
    BlueGreen,
    /// The traffic in equal steps.
    Linear,
    /// A little of the traffic first.
    Canary,
}

impl Strategy {
    /// Whether traffic is shifted, in whose midst a service must not be updated.
    pub fn shifts(self) -> bool {
        self != Self::Rolling
    }
}

/// A target group that sends traffic to a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Balancer {
    /// The ARN of the target group.
    pub target_group: String,
    /// The name of the container.
    pub container: String,
    /// The port of the container.
    pub port: u16,
}

/// The ports of a target group. A service that comes back with its old ones is unhealthy behind a
/// group that was given others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ports {
    /// Where traffic goes.
    pub traffic: u16,
    /// Where health is asked: a number or `traffic-port`.
    pub health: String,
}

/// A target group that exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetGroup {
    /// Its ports.
    pub ports: Ports,
    /// How many of its targets are healthy.
    pub healthy: u32,
}
