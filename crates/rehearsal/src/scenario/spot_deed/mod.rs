//! What EC2 and Fargate do with Spot capacity.

mod targets;
mod told;

use jiff::SignedDuration;
use serde::Deserialize;

use super::script::NotDone;
use crate::account::Account;
use crate::services::ec2::{Behaviour, Interruption, interrupt, recommend};
use crate::services::ecs::{ServiceId, interrupt_fargate_task, set_fargate_spot_capacity};
use crate::world::World;
use targets::{Targets, pools};

/// How capacity of Fargate Spot is written among the pools.
const FARGATE: &str = "fargate-spot";

/// EC2 takes Spot instances back.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SpotInterruption {
    /// Of this group; none is every group.
    pub group: Option<String>,
    /// So many, the oldest first; none is all of them.
    pub count: Option<usize>,
    /// These, by id; none is any.
    #[serde(default)]
    pub instances: Vec<String>,
    /// Of this pool, written as `type/zone`; none is every pool.
    pub pool: Option<String>,
    /// What it does with them.
    #[serde(default)]
    pub action: Behaviour,
    /// Whether it warns.
    #[serde(default = "yes")]
    pub warning: bool,
    /// How many seconds after the warning the end comes; as AWS says if nothing is said.
    pub lead: Option<u32>,
    /// How many minutes before the warning it recommends to replace them; never if nothing is said.
    pub rebalance_before: Option<u32>,
    /// How many minutes after the end a stopped instance is back; never if nothing is said.
    pub back_after: Option<u32>,
    /// Whether it is an experiment of FIS.
    #[serde(default)]
    pub fis: bool,
}

/// EC2 recommends to replace Spot instances, and nothing follows.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Rebalance {
    /// Of this group; none is every group.
    pub group: Option<String>,
    /// So many, the oldest first; none is all of them.
    pub count: Option<usize>,
    /// These, by id; none is any.
    #[serde(default)]
    pub instances: Vec<String>,
    /// Of this pool, written as `type/zone`; none is every pool.
    pub pool: Option<String>,
}

/// Fargate takes Spot tasks back.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct FargateSpot {
    /// `cluster/service`.
    pub service: String,
    /// So many, the oldest first.
    pub count: usize,
}

/// A pool has capacity from now on, or has none.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct PoolCapacity {
    /// `type/zone`, `type` in every zone, `all` of every group, or `fargate-spot`.
    pub pool: String,
    /// Whether it has.
    pub available: bool,
}

fn yes() -> bool {
    true
}

impl SpotInterruption {
    /// Does it.
    pub(super) fn perform(&self, account: &Account) -> Result<(), NotDone> {
        let world = &mut account.state().world;
        let targets = Targets {
            group: self.group.as_deref(),
            count: self.count,
            instances: &self.instances,
            pool: self.pool.as_deref(),
        };
        let minutes = |minutes: u32| SignedDuration::from_mins(i64::from(minutes));
        let interruption = Interruption {
            instances: found(&targets, world, self)?,
            behaviour: self.action,
            warning: self.warning,
            lead: self
                .lead
                .map(|seconds| SignedDuration::from_secs(i64::from(seconds))),
            rebalance_before: self.rebalance_before.map(minutes),
            back_after: self.back_after.map(minutes),
            fis: self.fis,
        };
        interrupt(world, &interruption);
        Ok(())
    }
}

impl Rebalance {
    /// Does it.
    pub(super) fn perform(&self, account: &Account) -> Result<(), NotDone> {
        let world = &mut account.state().world;
        let targets = Targets {
            group: self.group.as_deref(),
            count: self.count,
            instances: &self.instances,
            pool: self.pool.as_deref(),
        };
        let instances = found(&targets, world, self)?;
        recommend(world, &instances);
        Ok(())
    }
}

fn found(
    targets: &Targets<'_>,
    world: &World,
    deed: &impl ToString,
) -> Result<Vec<String>, NotDone> {
    let missing = || NotDone::NoInstances(deed.to_string());
    targets.find(world).ok_or_else(missing)
}

impl FargateSpot {
    /// Does it.
    pub(super) fn perform(&self, account: &Account) -> Result<(), NotDone> {
        let (cluster, name) = self
            .service
            .split_once('/')
            .ok_or_else(|| NotDone::NoService(self.service.clone()))?;
        let world = &mut account.state().world;
        let service = world.ecs.service(&ServiceId::new(cluster, name));
        let tasks = service.map_or_else(Vec::new, |service| service.tasks.clone());
        let mut taken = 0;
        for task in tasks {
            if taken < self.count && interrupt_fargate_task(world, &task) {
                taken += 1;
            }
        }
        match taken == self.count {
            true => Ok(()),
            false => Err(NotDone::NoInstances(self.to_string())),
        }
    }
}

impl PoolCapacity {
    /// Does it.
    pub(super) fn perform(&self, account: &Account) -> Result<(), NotDone> {
        let world = &mut account.state().world;
        if self.pool == FARGATE {
            set_fargate_spot_capacity(world, self.available);
            return Ok(());
        }
        let meant = pools(world, &self.pool);
        if meant.is_empty() {
            return Err(NotDone::NoInstances(self.to_string()));
        }
        for pool in meant {
            match self.available {
                true => world.ec2.dry.remove(&pool),
                false => world.ec2.dry.insert(pool),
            };
        }
        Ok(())
    }
}
