//! A stack, described in a few lines: what a scenario starts from.
//!
//! It is built through the same state functions as the API, was there before the story begins
//! (nothing is announced), and is steady wherever there is room for its tasks.

mod build;
mod definition;
mod deploying;
mod file;
mod pace;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer};

use crate::services::autoscaling::GroupSpec;
use crate::services::beside::BesideSpec;
use crate::services::budgets::BudgetSpec;
use crate::services::cloudwatch::AlarmSpec;
use crate::services::ecr::RepositorySpec;
use crate::services::ecs::{Behaviour, Controller, Scheduling, StrategyItem};

pub use build::NotBuilt;
pub use deploying::{CircuitBreakerSpec, DeploymentAlarmsSpec};
pub use file::Unreadable;

/// A stack.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Stack {
    /// Its clusters.
    #[serde(default)]
    pub clusters: Vec<ClusterSpec>,
    /// Its Auto Scaling groups, with the capacity providers in front of them.
    #[serde(default)]
    pub groups: Vec<GroupSpec>,
    /// What stands beside its services and costs whether they run or not.
    #[serde(default)]
    pub beside: Vec<BesideSpec>,
    /// The account's budgets.
    #[serde(default)]
    pub budgets: Vec<BudgetSpec>,
    /// Its alarms; a composite one stands behind those that it watches.
    #[serde(default)]
    pub alarms: Vec<AlarmSpec>,
    /// Its repositories of images. An image of any other is always there.
    #[serde(default)]
    pub repositories: Vec<RepositorySpec>,
}

/// A cluster.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ClusterSpec {
    /// Its name.
    pub name: String,
    /// Its tags.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
    /// Its services.
    #[serde(default)]
    pub services: Vec<ServiceSpec>,
    /// Its standalone tasks, which no service keeps running.
    #[serde(default)]
    pub tasks: Vec<TaskSpec>,
}

/// Standalone tasks that are alike. Only their name must be given.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TaskSpec {
    /// The family of their task definition.
    pub name: String,
    /// How many there are.
    #[serde(default = "one")]
    pub count: u32,
    /// Their tags.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
    /// What they run on; Fargate if nothing is said.
    #[serde(default)]
    pub launch: Option<LaunchSpec>,
    /// Who ran them.
    #[serde(default)]
    pub started_by: String,
    /// CPU units of a task.
    #[serde(default = "quarter_cpu")]
    pub cpu: u32,
    /// Memory of a task in MiB.
    #[serde(default = "half_gigabyte")]
    pub memory: u32,
    /// How long a container takes from SIGTERM until it ends by itself.
    #[serde(default)]
    pub exit_seconds: Option<u32>,
    /// After how many seconds it is killed; 30 if nothing is said.
    #[serde(default)]
    pub stop_timeout: Option<u32>,
}

/// A service. Only its name must be given.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ServiceSpec {
    /// Its name.
    pub name: String,
    /// The desired count.
    #[serde(default = "one")]
    pub desired: u32,
    /// Its tags.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
    /// What its tasks run on; Fargate if neither this nor a strategy is given.
    #[serde(default)]
    pub launch: Option<LaunchSpec>,
    /// Shares of several capacity providers, instead of `launch`.
    #[serde(default)]
    pub strategy: Vec<StrategyItem>,
    /// CPU units of a task.
    #[serde(default = "quarter_cpu")]
    pub cpu: u32,
    /// Memory of a task in MiB.
    #[serde(default = "half_gigabyte")]
    pub memory: u32,
    /// The image of its one container.
    #[serde(default)]
    pub image: Option<String>,
    /// The circuit breaker of its deployments; on, with rollback, if nothing is said.
    #[serde(default)]
    pub circuit_breaker: CircuitBreakerSpec,
    /// The alarms of its deployments.
    #[serde(default)]
    pub deployment_alarms: Option<DeploymentAlarmsSpec>,
    /// How long a deployment is still watched when all is in place; as long as its alarms look back if
    /// nothing is said.
    #[serde(default)]
    pub bake_minutes: Option<u32>,
    /// How its tasks behave.
    #[serde(default)]
    pub behaviour: Behaviour,
    /// REPLICA or DAEMON.
    #[serde(default)]
    pub scheduling: Scheduling,
    /// ECS, CODE_DEPLOY or EXTERNAL.
    #[serde(default)]
    pub controller: Controller,
    /// Its scalable target, if it has one.
    #[serde(default)]
    pub scaling: Option<ScalingSpec>,
    /// When it was created; thirty days ago if nothing is said.
    #[serde(default, deserialize_with = "instant")]
    pub created: Option<Timestamp>,
    /// How long a task takes to run.
    #[serde(default)]
    pub start_seconds: Option<u32>,
    /// How long pulling its image takes beside that.
    #[serde(default)]
    pub pull_seconds: u32,
    /// How long a running task takes to pass its health check, the target's if it has a load balancer (30 s
    /// unless said otherwise) and else the container's; without one it is healthy after 40 s.
    #[serde(default)]
    pub health_check_seconds: Option<u32>,
    /// How long a task takes to stop, half of it in DEACTIVATING, unless the next two say otherwise.
    #[serde(default)]
    pub stop_seconds: Option<u32>,
    /// The deregistration delay of its target group in seconds, 300 at AWS: it has a load balancer.
    #[serde(default)]
    pub deregistration_delay: Option<u32>,
    /// How long its container takes from SIGTERM until it ends by itself.
    #[serde(default)]
    pub exit_seconds: Option<u32>,
    /// After how many seconds it is killed; 30 if nothing is said.
    #[serde(default)]
    pub stop_timeout: Option<u32>,
    /// The share of the desired count that keeps running; 100, and 0 for a daemon.
    #[serde(default)]
    pub minimum_healthy_percent: Option<u32>,
    /// The share of the desired count that may run or start; 200, and 100 for a daemon.
    #[serde(default)]
    pub maximum_percent: Option<u32>,
    /// Whether its ARN has the old format without the cluster, which cannot be tagged.
    #[serde(default)]
    pub short_arn: bool,
}

/// What tasks run on: `fargate`, `fargate-spot`, `ec2` or `provider:<name>`.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(try_from = "String")]
pub enum LaunchSpec {
    /// The launch type FARGATE.
    Fargate,
    /// The capacity provider FARGATE_SPOT.
    FargateSpot,
    /// The launch type EC2.
    Ec2,
    /// A capacity provider in front of a group.
    Provider(String),
}

impl TryFrom<String> for LaunchSpec {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match (text.as_str(), text.strip_prefix("provider:")) {
            ("fargate", _) => Ok(Self::Fargate),
            ("fargate-spot", _) => Ok(Self::FargateSpot),
            ("ec2", _) => Ok(Self::Ec2),
            (_, Some(name)) => Ok(Self::Provider(name.to_owned())),
            _ => Err(format!(
                "launch is fargate, fargate-spot, ec2 or provider:<name>, not {text}"
            )),
        }
    }
}

/// A scalable target.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ScalingSpec {
    /// The fewest tasks.
    pub min: u32,
    /// The most tasks.
    pub max: u32,
    /// What is suspended.
    #[serde(default)]
    pub suspended: SuspendedSpec,
}

/// What is suspended of a scalable target.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SuspendedSpec {
    /// Dynamic scaling in.
    #[serde(default, rename = "in")]
    pub scaling_in: bool,
    /// Dynamic scaling out.
    #[serde(default, rename = "out")]
    pub scaling_out: bool,
    /// Scheduled scaling.
    #[serde(default)]
    pub scheduled: bool,
}

fn one() -> u32 {
    1
}

fn quarter_cpu() -> u32 {
    256
}

fn half_gigabyte() -> u32 {
    512
}

/// An instant in RFC 3339.
pub(crate) fn instant<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Timestamp>, D::Error> {
    let text = String::deserialize(from)?;
    text.parse().map(Some).map_err(serde::de::Error::custom)
}
