//! A service: what is wanted, and what it has.

use std::collections::VecDeque;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::deployments::{Deployment, History};
use super::pace::Pace;

/// Which service: names are unique within a cluster.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ServiceId {
    /// The cluster's name.
    pub cluster: String,
    /// The service's name.
    pub service: String,
}

impl ServiceId {
    /// The service of this name in this cluster.
    pub fn new(cluster: &str, service: &str) -> Self {
        Self {
            cluster: cluster.to_owned(),
            service: service.to_owned(),
        }
    }
}

impl fmt::Display for ServiceId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.cluster, self.service)
    }
}

/// A service.
#[derive(Debug)]
pub struct Service {
    /// Which one.
    pub id: ServiceId,
    /// Its ARN.
    pub arn: String,
    /// ACTIVE, DRAINING or INACTIVE.
    pub status: Status,
    /// The desired count.
    pub desired: u32,
    /// Who deploys it.
    pub controller: Controller,
    /// How its tasks are spread.
    pub scheduling: Scheduling,
    /// What its tasks run on.
    pub launch: Launch,
    /// When it was created.
    pub created: Timestamp,
    /// Who created it.
    pub created_by: String,
    /// Its deployments; the first is PRIMARY.
    pub deployments: Vec<Deployment>,
    /// What is remembered of its deployments.
    pub history: History,
    /// The ids of its tasks, oldest first, stopped ones for about an hour.
    pub tasks: Vec<String>,
    /// How long its tasks take.
    pub pace: Pace,
    /// How far a deployment may go below and above the desired count.
    pub bounds: Bounds,
    /// Settings that are kept and shown, and change nothing here.
    pub settings: Map<String, Value>,
    /// `events` of DescribeServices, newest first.
    pub(super) messages: VecDeque<Message>,
    /// What holds back a service whose tasks fail to start.
    pub(super) throttle: Throttle,
    /// Whether it has reached a steady state since the last change.
    pub(super) steady: bool,
    /// The desired and running counts that were journalled last.
    pub(super) journalled: Option<(u32, u32)>,
}

/// `minimumHealthyPercent` and `maximumPercent`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The share of the desired count that keeps running.
    pub minimum_healthy_percent: u32,
    /// The share of the desired count that may run or start.
    pub maximum_percent: u32,
}

impl Bounds {
    /// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html>.
    pub fn default_for(scheduling: Scheduling) -> Self {
        let (minimum_healthy_percent, maximum_percent) = match scheduling {
            Scheduling::Replica => (100, 200),
            Scheduling::Daemon => (0, 100),
        };
        Self {
            minimum_healthy_percent,
            maximum_percent,
        }
    }
}

/// An entry of `events`.
#[derive(Clone, Debug)]
pub(super) struct Message {
    pub(super) id: String,
    pub(super) at: Timestamp,
    pub(super) text: String,
}

/// The service throttle logic: the more tasks fail to start in a row, the longer the wait.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Throttle {
    pub(super) failures: u32,
    pub(super) until: Option<Timestamp>,
}

/// Whether a service lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It lives.
    Active,
    /// It was deleted and has tasks left.
    Draining,
    /// It was deleted.
    Inactive,
}

impl Status {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::Draining => "DRAINING",
            Self::Inactive => "INACTIVE",
        }
    }
}

/// Who deploys a service.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Controller {
    /// ECS, by rolling update.
    #[default]
    Ecs,
    /// CodeDeploy.
    CodeDeploy,
    /// Somebody else, with task sets.
    External,
}

/// How a service's tasks are spread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Scheduling {
    /// So many tasks.
    #[default]
    Replica,
    /// One task per container instance.
    Daemon,
}

/// What tasks run on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Launch {
    /// A launch type: `FARGATE`, `EC2` or `EXTERNAL`.
    Type(&'static str),
    /// Capacity providers by base and weight.
    Strategy(Vec<StrategyItem>),
}

/// One capacity provider's share.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StrategyItem {
    /// Its name.
    #[serde(alias = "provider")]
    pub capacity_provider: String,
    /// Its share of what is above the bases; 0 if nothing is said.
    #[serde(default)]
    pub weight: u32,
    /// How many tasks it gets first.
    #[serde(default)]
    pub base: u32,
}

impl Service {
    /// The deployment that is PRIMARY.
    pub fn primary(&self) -> Option<&Deployment> {
        self.deployments.first()
    }

    /// Says something in `events`, which keeps the newest hundred:
    /// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Service.html>.
    pub(super) fn say(&mut self, at: Timestamp, id: String, text: String) {
        self.messages.push_front(Message { id, at, text });
        self.messages.truncate(100);
    }
}
