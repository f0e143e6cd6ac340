//! What a scenario's script can do: people at work, and AWS's bad days.

mod perform;
mod told;

use serde::Deserialize;
use serde_json::Value;

use super::budget_deed::BudgetDeed;
use super::deploy_deed::DeployDeed;
use super::group_deed::GroupDeed;
use super::mishap::Mishap;
use super::spot_deed::{FargateSpot, PoolCapacity, Rebalance, SpotInterruption};
use super::topic_deed::TopicDeed;
use super::trouble::FaultRule;
use crate::call::ApiError;
use crate::services::free_tier::Usage;

/// One deed of the script.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(
    deny_unknown_fields,
    rename_all = "kebab-case",
    rename_all_fields = "kebab-case"
)]
pub enum Deed {
    /// A person sets a service's desired count.
    SetDesired {
        /// `cluster/service`.
        service: String,
        /// The count.
        desired: u32,
        /// Who.
        by: String,
    },
    /// A pipeline deploys a service, with the count that it knows if it knows one.
    Deploy {
        /// `cluster/service`.
        service: String,
        /// The count.
        desired: Option<u32>,
        /// Who.
        by: String,
    },
    /// A person tags a service or a cluster.
    Tag {
        /// `cluster/service` or `cluster`.
        resource: String,
        /// The tag's key.
        key: String,
        /// Its value.
        value: String,
        /// Who.
        by: String,
    },
    /// A person takes a tag off a service or a cluster.
    Untag {
        /// `cluster/service` or `cluster`.
        resource: String,
        /// The tag's key.
        key: String,
        /// Who.
        by: String,
    },
    /// Load comes or goes: the metric that a service's autoscaler follows asks for this count.
    Load {
        /// `cluster/service`.
        service: String,
        /// The count that the metric asks for.
        asks_for: u32,
    },
    /// Calls fail from now on.
    Fault(FaultRule),
    /// Calls no longer fail.
    NoFaults,
    /// Deliveries to functions come twice, late or never.
    Deliveries(Mishap),
    /// Something happens to a budget or to its figures.
    Budget(Box<BudgetDeed>),
    /// Something happens to a release, to its images or to its alarms.
    Deployment(Box<DeployDeed>),
    /// Something happens to a topic.
    Topic(TopicDeed),
    /// What is known of the Free Tier is this from now on.
    FreeTier(Vec<Usage>),
    /// EC2 takes Spot instances back.
    SpotInterruption(Box<SpotInterruption>),
    /// EC2 recommends to replace Spot instances.
    Rebalance(Rebalance),
    /// Fargate takes Spot tasks back.
    FargateSpot(FargateSpot),
    /// Spot capacity comes or goes.
    PoolCapacity(PoolCapacity),
    /// Somebody does something to an Auto Scaling group.
    Group(GroupDeed),
    /// An event of an AWS service, or of somebody's own, reaches the bus.
    Event {
        /// `source`.
        source: String,
        /// `detail-type`.
        detail_type: String,
        /// `resources`.
        #[serde(default)]
        resources: Vec<String>,
        /// `detail`.
        detail: Value,
    },
    /// Lambda waits so many seconds longer than a batch window says, as it may where a queue has
    /// very low traffic.
    SlowQueues {
        /// How many; 0 is none.
        seconds: u32,
    },
    /// A person invokes a function.
    Invoke {
        /// The function.
        function: String,
        /// The event.
        event: Value,
        /// Who.
        by: String,
    },
}

/// A deed that the account refused.
#[derive(Debug, thiserror::Error)]
pub enum NotDone {
    /// The account refused it.
    #[error("the script could not {deed}")]
    Refused {
        /// What was to be done.
        deed: String,
        /// The account's reason.
        #[source]
        cause: Box<ApiError>,
    },
    /// A service is written as `cluster/service`.
    #[error("{0} is not written as cluster/service")]
    NoService(String),
    /// There is no such budget, or none whose figures follow what runs.
    #[error("the script cannot {0}: there is no such budget")]
    NoBudget(String),
    /// There are not as many instances, tasks or pools as are meant.
    #[error("the script cannot go on: {0}, but there are not as many")]
    NoInstances(String),
    /// There is no such image, alarm, service or task definition.
    #[error("the script cannot go on: {0}, but there is no such thing")]
    NoSuchThing(String),
}
