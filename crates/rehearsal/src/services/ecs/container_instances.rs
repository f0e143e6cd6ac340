//! ListContainerInstances and DescribeContainerInstances: the registered instances of the Auto
//! Scaling groups behind a cluster's capacity providers, and what they are.
//!
//! Sources: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeContainerInstances.html>,
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement-constraints.html#attributes>.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::capacity::Provider;
use super::input::{epoch, invalid, missing, page_size, read};
use super::{arn, clusters, page_after};
use crate::call::{ApiError, Call};
use crate::journal::What;
use crate::services::autoscaling::{self, Phase};
use crate::world::World;

/// The most of a page, and of a call.
const MOST: usize = 100;

/// A container instance.
struct ContainerInstance {
    ec2_instance: String,
    instance_type: String,
    zone: String,
    provider: String,
    registered: Timestamp,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct List {
    cluster: Option<String>,
    filter: Option<String>,
    status: Option<String>,
    next_token: Option<String>,
    max_results: Option<i64>,
}

/// Every instance is ACTIVE. A `filter` would need the cluster query language.
pub(super) fn list(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input: List = read(call)?;
    if input.filter.is_some() {
        return Err(ApiError::not_modelled(call));
    }
    let cluster = clusters::named(world, input.cluster.as_deref())?
        .name
        .clone();
    let size = page_size(input.max_results, MOST)?;
    let instances = registered(world, &cluster);
    let wanted = input
        .status
        .as_deref()
        .is_none_or(|status| status == "ACTIVE");
    let page = page_after(&instances, input.next_token.as_deref(), size, |_| wanted)
        .ok_or_else(|| invalid("Invalid token"))?;
    let arns = page.entries.iter();
    let arns = arns.map(|(id, _)| arn::container_instance(&world.identity, &cluster, id));
    Ok(json!({
        "containerInstanceArns": arns.collect::<Vec<_>>(),
        "nextToken": page.next_token,
    }))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Describe {
    cluster: Option<String>,
    #[serde(default)]
    container_instances: Vec<String>,
}

pub(super) fn describe(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input: Describe = read(call)?;
    let cluster = clusters::named(world, input.cluster.as_deref())?
        .name
        .clone();
    if input.container_instances.is_empty() {
        return Err(invalid("Container instances cannot be empty."));
    }
    if input.container_instances.len() > MOST {
        return Err(invalid(
            "Container instances cannot have more than 100 elements.",
        ));
    }
    let instances = registered(world, &cluster);
    let (mut found, mut failures) = (Vec::new(), Vec::new());
    for reference in &input.container_instances {
        let id = arn::name_in(reference);
        let arn = arn::container_instance(&world.identity, &cluster, id);
        match instances.get(id) {
            Some(instance) => found.push(instance.show(&arn)),
            None => failures.push(missing(arn)),
        }
    }
    Ok(json!({"containerInstances": found, "failures": failures}))
}

/// The cluster's registered instances by id.
fn registered(world: &World, cluster: &str) -> BTreeMap<String, ContainerInstance> {
    let mut instances = BTreeMap::new();
    let providers = world.ecs.providers.iter();
    for (name, provider) in providers.filter(|(_, provider)| provider.cluster == cluster) {
        let Some(group) = world.autoscaling.groups.get(&provider.group) else {
            continue;
        };
        for instance in &group.instances {
            let Phase::InService { registered } = instance.phase else {
                continue;
            };
            if registered <= world.now {
                let container_instance = ContainerInstance {
                    ec2_instance: instance.id.clone(),
                    instance_type: group.instance_type.clone(),
                    zone: instance.zone.clone(),
                    provider: name.clone(),
                    registered,
                };
                instances.insert(id(&instance.id), container_instance);
            }
        }
    }
    instances
}

/// 32 digits of its own, as ECS has them, made of the EC2 instance's 17.
fn id(ec2_instance: &str) -> String {
    let digits = ec2_instance.trim_start_matches("i-");
    format!("{digits:0<32}")
}

impl ContainerInstance {
    fn show(&self, arn: &str) -> Value {
        json!({
            "containerInstanceArn": arn,
            "ec2InstanceId": self.ec2_instance,
            "capacityProviderName": self.provider,
            "status": "ACTIVE",
            "agentConnected": true,
            "registeredAt": epoch(self.registered),
            "attributes": [
                {"name": "ecs.instance-type", "value": self.instance_type},
                {"name": "ecs.availability-zone", "value": self.zone},
                {"name": "ecs.os-type", "value": "linux"},
            ],
        })
    }
}

/// A Spot notice reached the machine: managed draining drains by itself.
pub fn warned(world: &mut World, ec2_instance: &str, action: &str) {
    let managed = provider_of(world, ec2_instance).is_some_and(|it| it.managed_draining);
    if managed && matches!(action, "terminate" | "stop") {
        drain(world, ec2_instance);
    }
}

/// Sets the container instance of a machine to DRAINING, as managed draining and the agent do.
pub fn drain(world: &mut World, ec2_instance: &str) {
    if provider_of(world, ec2_instance).is_some() {
        world.happened(ec2_instance, What::ContainerInstance("DRAINING"));
    }
}

/// The machine is gone: ECS deregisters the container instance.
pub fn lost(world: &mut World, ec2_instance: &str) {
    if provider_of(world, ec2_instance).is_some() {
        world.happened(ec2_instance, What::ContainerInstance("INACTIVE"));
    }
}

/// The machine was stopped or hibernated: the container instance stays what it was.
pub fn stopped(_: &mut World, _: &str) {}

/// A stopped machine runs again: the container instance stays what it was.
pub fn back(_: &mut World, _: &str) {}

/// Whether no task is left on an EC2 instance: tasks are not on any in particular.
pub fn is_empty(_: &World, _: &str) -> bool {
    true
}

fn provider_of<'a>(world: &'a World, ec2_instance: &str) -> Option<&'a Provider> {
    let group = autoscaling::group_of(world, ec2_instance)?;
    let mut providers = world.ecs.providers.values();
    providers.find(|provider| provider.group == group.name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testbed::Testbed;

    fn bed() -> Testbed {
        Testbed::with(json!({
            "clusters": [{"name": "prod"}, {"name": "other"}],
            "groups": [{
                "name": "workers", "cluster": "prod", "provider": "workers", "max": 4, "min": 2,
                "instance-type": "c6g.large",
            }],
        }))
    }

    #[test]
    fn a_container_instance_says_what_it_is() {
        let bed = bed();
        let list = bed
            .ecs("ListContainerInstances", json!({"cluster": "prod"}))
            .unwrap();
        let arns = list["containerInstanceArns"].as_array().unwrap();
        assert_eq!(arns.len(), 2);
        let start = "arn:aws:ecs:eu-central-1:123456789012:container-instance/prod/";
        assert!(
            arns.iter()
                .all(|arn| arn.as_str().unwrap().starts_with(start))
        );
        let input = json!({"cluster": "prod", "containerInstances": [arns[0], "missing"]});
        let described = bed.ecs("DescribeContainerInstances", input).unwrap();
        let attributes = &described["containerInstances"][0]["attributes"];
        assert_eq!(
            attributes[0],
            json!({"name": "ecs.instance-type", "value": "c6g.large"})
        );
        assert_eq!(described["failures"][0]["reason"], "MISSING");
    }

    #[test]
    fn an_instance_counts_once_its_agent_has_registered() {
        let bed = bed();
        let count = |input: Value| {
            let list = bed.ecs("ListContainerInstances", input).unwrap();
            list["containerInstanceArns"].as_array().unwrap().len()
        };
        let input = json!({"AutoScalingGroupName": "workers", "DesiredCapacity": "3"});
        let by_hand = |operation| {
            bed.account
                .by_hand("ops", "autoscaling", operation, input.clone())
        };
        by_hand("SetDesiredCapacity").unwrap();
        bed.wait(70);
        assert_eq!(count(json!({"cluster": "prod"})), 2);
        bed.wait(60);
        assert_eq!(count(json!({"cluster": "prod"})), 3);
        assert_eq!(count(json!({"cluster": "prod", "maxResults": 1})), 1);
        assert_eq!(count(json!({"cluster": "prod", "status": "DRAINING"})), 0);
        assert_eq!(count(json!({"cluster": "other"})), 0);
    }
}
