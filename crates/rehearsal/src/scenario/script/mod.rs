//! What a scenario's script can do: people at work, and AWS's bad days.

mod told;

use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::{Value, json};

use super::budget_deed::BudgetDeed;
use super::group_deed::GroupDeed;
use super::mishap::Mishap;
use super::spot_deed::{FargateSpot, PoolCapacity, Rebalance, SpotInterruption};
use super::topic_deed::TopicDeed;
use super::trouble::FaultRule;
use crate::account::Account;
use crate::call::ApiError;
use crate::services::events::emit;
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
}

impl Deed {
    /// Does it. An invocation is left to the runner, which has the functions.
    pub(in crate::scenario) fn perform(&self, account: &Account) -> Result<(), NotDone> {
        let refused = |cause| NotDone::Refused {
            deed: self.to_string(),
            cause,
        };
        match self {
            Self::SetDesired {
                service,
                desired,
                by,
            } => {
                let (cluster, name) = split(service)?;
                let input = json!({"cluster": cluster, "service": name, "desiredCount": desired});
                account
                    .by_hand(by, "ecs", "UpdateService", input)
                    .map_err(refused)?;
            }
            Self::Deploy {
                service,
                desired,
                by,
            } => {
                let (cluster, name) = split(service)?;
                let mut input =
                    json!({"cluster": cluster, "service": name, "forceNewDeployment": true});
                if let Some(desired) = desired {
                    input["desiredCount"] = json!(desired);
                }
                account
                    .by_hand(by, "ecs", "UpdateService", input)
                    .map_err(refused)?;
            }
            Self::Tag {
                resource,
                key,
                value,
                by,
            } => {
                let tags = json!([{"key": key, "value": value}]);
                let input = json!({"resourceArn": arn(account, resource), "tags": tags});
                account
                    .by_hand(by, "ecs", "TagResource", input)
                    .map_err(refused)?;
            }
            Self::Untag { resource, key, by } => {
                let input = json!({"resourceArn": arn(account, resource), "tagKeys": [key]});
                account
                    .by_hand(by, "ecs", "UntagResource", input)
                    .map_err(refused)?;
            }
            Self::Load { service, asks_for } => {
                let mut state = account.state();
                let scaling = &mut state.world.application_autoscaling;
                scaling.wish(&format!("service/{service}"), *asks_for);
            }
            Self::Fault(rule) => account.state().faults.add(rule.rule()),
            Self::NoFaults => account.state().faults.clear(),
            Self::Deliveries(mishap) => {
                let mut state = account.state();
                state.world.events.deliveries.script(mishap.twist());
            }
            Self::Budget(deed) => deed.perform(account)?,
            Self::Topic(deed) => deed.perform(account).map_err(refused)?,
            Self::FreeTier(usages) => account.state().world.free_tier.usages.clone_from(usages),
            Self::SpotInterruption(deed) => deed.perform(account)?,
            Self::Rebalance(deed) => deed.perform(account)?,
            Self::FargateSpot(deed) => deed.perform(account)?,
            Self::PoolCapacity(deed) => deed.perform(account)?,
            Self::Group(deed) => deed.perform(account)?,
            Self::Event {
                source,
                detail_type,
                resources,
                detail,
            } => {
                let world = &mut account.state().world;
                emit(
                    world,
                    source,
                    detail_type,
                    resources.clone(),
                    detail.clone(),
                );
            }
            Self::SlowQueues { seconds } => {
                let idle = SignedDuration::from_secs(i64::from(*seconds));
                account.state().world.sqs.idle = idle;
            }
            Self::Invoke { .. } => {}
        }
        Ok(())
    }
}

fn split(service: &str) -> Result<(&str, &str), NotDone> {
    service
        .split_once('/')
        .ok_or_else(|| NotDone::NoService(service.to_owned()))
}

fn arn(account: &Account, resource: &str) -> String {
    let identity = account.state().world.identity.clone();
    let kind = if resource.contains('/') {
        "service"
    } else {
        "cluster"
    };
    format!(
        "arn:aws:ecs:{}:{}:{kind}/{resource}",
        identity.region, identity.account_id
    )
}
