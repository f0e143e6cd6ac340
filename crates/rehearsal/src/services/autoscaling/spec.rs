//! A group as a stack file describes it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;

use super::group::{Group, GroupTag};
use super::hooks::Hook;
use super::instance::{Instance, Phase};
use super::managed::Tracking;
use super::mix::{self, Mix};
use super::settle;
use crate::call::ApiError;
use crate::journal::What;
use crate::services::ecs::Hosts;
use crate::world::World;

/// An Auto Scaling group, and the capacity provider in front of it if there is one.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct GroupSpec {
    /// The group's name.
    pub name: String,
    /// The fewest instances.
    #[serde(default)]
    pub min: u32,
    /// The most instances.
    pub max: u32,
    /// How many it has at first; the minimum if nothing is said.
    pub desired: Option<u32>,
    /// Its tags.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
    /// The capacity provider that it stands behind.
    pub provider: Option<String>,
    /// The cluster that the capacity provider belongs to; without one, that its instances register in.
    #[serde(default)]
    pub cluster: String,
    /// How many tasks fit on an instance.
    #[serde(default = "one")]
    pub tasks_per_instance: u32,
    /// Whether ECS changes its desired capacity.
    #[serde(default = "yes")]
    pub managed_scaling: bool,
    /// Whether ECS drains its instances when they end or get a Spot notice: managed draining, which a
    /// capacity provider has unless it is switched off.
    #[serde(default = "yes")]
    pub managed_draining: bool,
    /// Whether the agent drains its instance on a Spot notice.
    #[serde(default)]
    pub agent_drains: bool,
    /// How long an instance is REGISTERING, as with `awsvpcTrunking`.
    #[serde(default)]
    pub registering_seconds: u32,
    /// What its instances are.
    #[serde(default = "usual_type")]
    pub instance_type: String,
    /// Where they are; three zones if nothing is said.
    #[serde(default)]
    pub zones: Vec<String>,
    /// On-Demand and Spot; all On-Demand if nothing is said.
    pub mixed_instances: Option<Mix>,
    /// The hooks on the end of its instances.
    #[serde(default)]
    pub hooks: Vec<HookSpec>,
    /// Whether instances at risk are replaced before EC2 takes them.
    #[serde(default)]
    pub capacity_rebalance: bool,
}

/// A lifecycle hook on the end of a group's instances.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct HookSpec {
    /// Its name.
    pub name: String,
    /// `HeartbeatTimeout` in seconds; an hour if nothing is said.
    pub heartbeat_timeout: Option<u32>,
    /// `CONTINUE` or `ABANDON`, which is the default.
    pub default_result: Option<String>,
    /// `NotificationMetadata`.
    pub metadata: Option<String>,
    /// The queue that is told too, by its ARN.
    pub target: Option<String>,
}

impl HookSpec {
    fn read(&self) -> Result<Hook, ApiError> {
        let input = json!({
            "LifecycleHookName": self.name,
            "HeartbeatTimeout": self.heartbeat_timeout.map(|seconds| seconds.to_string()),
            "DefaultResult": self.default_result,
            "NotificationMetadata": self.metadata,
            "NotificationTargetARN": self.target,
        });
        Hook::read(&input, None)
    }
}

fn one() -> u32 {
    1
}

fn yes() -> bool {
    true
}

fn usual_type() -> String {
    "m6i.large".to_owned()
}

impl GroupSpec {
    /// Puts the group into the world, its instances in service and registered.
    pub fn build(&self, world: &mut World) -> Result<(), ApiError> {
        let desired = self.desired.unwrap_or(self.min);
        let mut group = Group::new(world, &self.name, (self.min, self.max, desired));
        group.instance_type.clone_from(&self.instance_type);
        let tags = self.tags.iter().map(|(key, value)| {
            let (value, propagate) = (value.clone(), false);
            (key.clone(), GroupTag { value, propagate })
        });
        group.tags = tags.collect();
        if !self.zones.is_empty() {
            group.zones.clone_from(&self.zones);
        }
        if let Some(mix) = &self.mixed_instances {
            let policy = mix.policy(&self.name);
            mix::check(&policy)?;
            group.template = json!({ "MixedInstancesPolicy": policy });
        }
        group.hooks = self
            .hooks
            .iter()
            .map(HookSpec::read)
            .collect::<Result<_, _>>()?;
        group.capacity_rebalance = self.capacity_rebalance;
        for _ in 0..desired {
            if let Some(blank) = group.blank(&world.ec2.dry) {
                group.launch(&world.id(), blank, world.now);
            }
        }
        let registered = world.now;
        for Instance { phase, .. } in &mut group.instances {
            *phase = Phase::InService { registered };
        }
        group.journaled = desired;
        world.autoscaling.groups.insert(self.name.clone(), group);
        if let Some(name) = &self.provider {
            let provider = world.ecs.providers.entry(name.clone()).or_default();
            provider.group.clone_from(&self.name);
            provider.cluster.clone_from(&self.cluster);
            provider.tasks_per_instance = self.tasks_per_instance;
            provider.managed_scaling = self.managed_scaling;
            provider.managed_draining = self.managed_draining;
        }
        if self.provider.is_some() || !self.cluster.is_empty() {
            world.ecs.hosts.insert(self.name.clone(), self.hosts());
        }
        settle(world, &self.name);
        world.happened(self.name.as_str(), What::Instances(desired));
        Ok(())
    }
}

impl GroupSpec {
    fn hosts(&self) -> Hosts {
        Hosts {
            cluster: self.cluster.clone(),
            provider: self.provider.clone(),
            tasks_per_instance: self.tasks_per_instance,
            agent_drains: self.agent_drains,
            registering_seconds: self.registering_seconds,
        }
    }
}

impl Group {
    /// A group of these sizes (least, most, desired) without instances, tags or a template of
    /// its own.
    pub(super) fn new(world: &mut World, name: &str, sizes: (u32, u32, u32)) -> Self {
        let id = crate::services::events::uuid(&world.id());
        let identity = &world.identity;
        let created: Timestamp = world.now;
        Self {
            name: name.to_owned(),
            arn: format!(
                "arn:aws:autoscaling:{}:{}:autoScalingGroup:{id}:autoScalingGroupName/{name}",
                identity.region, identity.account_id
            ),
            min: sizes.0,
            max: sizes.1,
            desired: sizes.2,
            created,
            instance_type: usual_type(),
            template: json!({"LaunchTemplate": {"LaunchTemplateName": name, "Version": "$Latest"}}),
            zones: ["a", "b", "c"]
                .map(|zone| identity.region.clone() + zone)
                .into(),
            tags: BTreeMap::new(),
            suspended: BTreeMap::new(),
            instances: Vec::new(),
            hooks: Vec::new(),
            capacity_rebalance: false,
            journaled: 0,
            retry: None,
            tracking: Tracking::default(),
        }
    }
}
