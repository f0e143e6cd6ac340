//! Task definitions and settings as a stack file implies them.

use serde_json::{Map, Value, json};

use super::{ServiceSpec, TaskSpec};
use crate::services::ecr::expanded;
use crate::services::ecs::{Launch, ServiceId};
use crate::world::{Identity, World};

impl ServiceSpec {
    /// The task definition of the service.
    pub(super) fn definition(&self, identity: &Identity, launch: &Launch) -> Map<String, Value> {
        let image = self.image.as_deref().map(|it| expanded(identity, it));
        let image = image.unwrap_or_else(|| format!("{}:1", self.name));
        let mut container = container(&self.name, &image, self.stop_timeout);
        if self.has_container_health_check() {
            container["healthCheck"] = json!({"command": ["CMD-SHELL", "true"]});
        }
        if self.deregistration_delay.is_some() {
            container["portMappings"] = json!([{"containerPort": PORT}]);
        }
        definition(self.cpu, self.memory, launch, container)
    }

    /// A health check is the target's if there is a load balancer, and else the container's.
    fn has_container_health_check(&self) -> bool {
        self.health_check_seconds.is_some() && self.deregistration_delay.is_none()
    }

    /// What is said of deployments and load balancers.
    pub(super) fn settings(&self, world: &World, id: &ServiceId) -> Map<String, Value> {
        let mut configuration =
            json!({"deploymentCircuitBreaker": self.circuit_breaker.configuration()});
        if let Some(alarms) = &self.deployment_alarms {
            configuration["alarms"] = alarms.configuration();
        }
        if let Some(minutes) = self.bake_minutes {
            configuration["bakeTimeInMinutes"] = json!(minutes);
        }
        if let Some(percent) = self.minimum_healthy_percent {
            configuration["minimumHealthyPercent"] = json!(percent);
        }
        if let Some(percent) = self.maximum_percent {
            configuration["maximumPercent"] = json!(percent);
        }
        let mut settings = Map::new();
        settings.insert("deploymentConfiguration".to_owned(), configuration);
        if self.deregistration_delay.is_some() {
            let balancer = json!({
                "targetGroupArn": target_group(world, id),
                "containerName": self.name,
                "containerPort": PORT,
            });
            settings.insert("loadBalancers".to_owned(), json!([balancer]));
        }
        settings
    }
}

/// The target group of a service that has a load balancer.
pub(super) fn target_group(world: &World, id: &ServiceId) -> String {
    let identity = &world.identity;
    format!(
        "arn:aws:elasticloadbalancing:{}:{}:targetgroup/{}-{}/0123456789abcdef",
        identity.region, identity.account_id, id.cluster, id.service
    )
}

/// Where a container listens that stands behind a load balancer.
const PORT: u32 = 80;

impl TaskSpec {
    /// The task definition of the tasks.
    pub(super) fn definition(&self, launch: &Launch) -> Map<String, Value> {
        let container = container(&self.name, &format!("{}:1", self.name), self.stop_timeout);
        definition(self.cpu, self.memory, launch, container)
    }
}

fn container(name: &str, image: &str, stop_timeout: Option<u32>) -> Value {
    let mut container = json!({"name": name, "image": image, "essential": true});
    if let Some(seconds) = stop_timeout {
        container["stopTimeout"] = json!(seconds);
    }
    container
}

fn definition(cpu: u32, memory: u32, launch: &Launch, container: Value) -> Map<String, Value> {
    let on_fargate = match launch {
        Launch::Type(name) => *name == "FARGATE",
        Launch::Strategy(items) => items
            .iter()
            .all(|item| item.capacity_provider.starts_with("FARGATE")),
    };
    let compatibilities = if on_fargate { ["FARGATE"] } else { ["EC2"] };
    let members = [
        ("cpu", json!(cpu.to_string())),
        ("memory", json!(memory.to_string())),
        ("networkMode", json!("awsvpc")),
        ("requiresCompatibilities", json!(compatibilities)),
        ("containerDefinitions", json!([container])),
    ];
    members
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}
