//! Does what a script says.

use jiff::SignedDuration;
use serde_json::json;

use super::{Deed, NotDone};
use crate::account::Account;
use crate::services::events::emit;

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
            Self::Deployment(deed) => deed.perform(account)?,
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
