//! Builds a stack in an account, through the same calls that CloudFormation makes.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Cluster, Scheduling, Service, Stack};
use crate::account::Account;
use crate::call::ApiError;

/// The caller in the record.
const BUILDER: &str = "cloudformation";

/// A call that a stack's set-up needs was refused.
#[derive(Debug, thiserror::Error)]
#[error("{what} could not be set up")]
pub struct NotBuilt {
    /// What was being set up.
    pub what: String,
    /// The account's reason.
    #[source]
    pub cause: Box<ApiError>,
}

/// Builds every part of a stack.
pub fn build(account: &Account, stack: &Stack) -> Result<(), NotBuilt> {
    let builder = Builder(account);
    for cluster in &stack.clusters {
        builder.cluster(cluster)?;
    }
    for group in &stack.groups {
        group.build(&mut account.state().world);
    }
    for service in &stack.services {
        builder.service(service)?;
    }
    Ok(())
}

struct Builder<'a>(&'a Account);

impl Builder<'_> {
    fn cluster(&self, cluster: &Cluster) -> Result<(), NotBuilt> {
        let input = json!({
            "clusterName": cluster.name,
            "tags": ecs_tags(&cluster.tags),
            "capacityProviders": ["FARGATE", "FARGATE_SPOT"],
        });
        self.call(&cluster.name, "ecs", "CreateCluster", input)
    }

    fn service(&self, service: &Service) -> Result<(), NotBuilt> {
        let name = format!("{}/{}", service.cluster, service.name);
        let compatible = match service.provider.as_str() {
            "FARGATE" | "FARGATE_SPOT" => "FARGATE",
            _ => "EC2",
        };
        let task_definition = json!({
            "family": service.name,
            "cpu": service.cpu.to_string(),
            "memory": service.memory.to_string(),
            "requiresCompatibilities": [compatible],
            "networkMode": "awsvpc",
            "containerDefinitions": [{"name": "app", "image": format!("{}:1", service.name)}],
        });
        self.call(&name, "ecs", "RegisterTaskDefinition", task_definition)?;
        self.call(&name, "ecs", "CreateService", service_input(service))?;
        match service.scaling {
            Some(scaling) => {
                let target = json!({
                    "ServiceNamespace": "ecs",
                    "ResourceId": format!("service/{name}"),
                    "ScalableDimension": "ecs:service:DesiredCount",
                    "MinCapacity": scaling.min,
                    "MaxCapacity": scaling.max,
                });
                self.call(
                    &name,
                    "application-autoscaling",
                    "RegisterScalableTarget",
                    target,
                )
            }
            None => Ok(()),
        }
    }

    fn call(
        &self,
        what: &str,
        service: &str,
        operation: &str,
        input: Value,
    ) -> Result<(), NotBuilt> {
        let outcome = self.0.by_hand(BUILDER, service, operation, input);
        outcome.map(drop).map_err(|cause| NotBuilt {
            what: what.to_owned(),
            cause,
        })
    }
}

fn service_input(service: &Service) -> Value {
    let mut input = json!({
        "cluster": service.cluster,
        "serviceName": service.name,
        "taskDefinition": service.name,
        "schedulingStrategy": service.scheduling.as_ecs(),
        "tags": ecs_tags(&service.tags),
        "deploymentConfiguration": {
            "deploymentCircuitBreaker": {"enable": true, "rollback": true},
        },
    });
    // ECS refuses a desired count for a DAEMON service.
    if service.scheduling == Scheduling::Replica {
        input["desiredCount"] = service.desired.into();
    }
    match service.provider.as_str() {
        "FARGATE" => input["launchType"] = "FARGATE".into(),
        provider => {
            input["capacityProviderStrategy"] =
                json!([{"capacityProvider": provider, "weight": 1}]);
        }
    }
    input
}

fn ecs_tags(tags: &BTreeMap<String, String>) -> Vec<Value> {
    tags.iter()
        .map(|(key, value)| json!({"key": key, "value": value}))
        .collect()
}
