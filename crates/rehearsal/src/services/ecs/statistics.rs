//! What a cluster counts.

use serde_json::{Value, json};

use super::clusters::Cluster;
use super::container_instances;
use super::service::Status;
use super::task::LastStatus;
use crate::world::World;

/// What a cluster counts.
#[derive(Default)]
pub(super) struct Counts {
    pub(super) container_instances: u32,
    pub(super) active: usize,
    pub(super) running: usize,
    pub(super) pending: usize,
    /// Running and pending, for tasks on Fargate and on EC2.
    fargate: (usize, usize),
    ec2: (usize, usize),
}

impl Counts {
    pub(super) fn of(world: &World, cluster: &Cluster) -> Self {
        let mut counts = Self::default();
        let instances = container_instances::of_cluster(world, &cluster.name);
        let registered = instances.filter(|it| it.is_registered());
        counts.container_instances = u32::try_from(registered.count()).unwrap_or(u32::MAX);
        let services = cluster.services.values();
        counts.active = services.filter(|it| it.status == Status::Active).count();
        let tasks = world.ecs.tasks.values();
        for task in tasks.filter(|task| task.cluster == cluster.name) {
            let (running, pending) = match task.last {
                LastStatus::Running => (1, 0),
                LastStatus::Provisioning | LastStatus::Pending => (0, 1),
                _ => (0, 0),
            };
            let kind = match task.launch_type {
                "FARGATE" => &mut counts.fargate,
                _ => &mut counts.ec2,
            };
            *kind = (kind.0 + running, kind.1 + pending);
        }
        counts.running = counts.fargate.0 + counts.ec2.0;
        counts.pending = counts.fargate.1 + counts.ec2.1;
        counts
    }

    pub(super) fn statistics(&self) -> Value {
        let entry = |name: &str, value: usize| json!({"name": name, "value": value.to_string()});
        json!([
            entry("runningEC2TasksCount", self.ec2.0),
            entry("runningFargateTasksCount", self.fargate.0),
            entry("pendingEC2TasksCount", self.ec2.1),
            entry("pendingFargateTasksCount", self.fargate.1),
        ])
    }
}
