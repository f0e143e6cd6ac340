//! Elastic Container Service.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use crate::call::{ApiError, Call};
use crate::modules::{Module, never_due, nothing_happens};
use crate::wire::Protocol;
use crate::world::World;

/// Elastic Container Service.
pub const MODULE: Module = Module {
    service: "ecs",
    protocol: Protocol::Json {
        target: "AmazonEC2ContainerServiceV20141113",
        version: "1.1",
    },
    call,
    due: never_due,
    advance: nothing_happens,
};

/// What the account holds of Elastic Container Service.
#[derive(Debug, Default)]
pub struct Ecs {
    /// Capacity providers by name.
    pub providers: BTreeMap<String, Provider>,
}

/// A capacity provider and the Auto Scaling group behind it.
#[derive(Clone, Debug, Default)]
pub struct Provider {
    /// The group's name.
    pub group: String,
    /// The cluster that it belongs to.
    pub cluster: String,
    /// How many of its instances are registered.
    pub instances: u32,
    /// How many tasks fit on one.
    pub tasks_per_instance: u32,
    /// Whether ECS changes the group's desired capacity.
    pub managed_scaling: bool,
}

/// What a capacity provider is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Demand {
    /// Tasks that run.
    pub running: u32,
    /// Tasks that wait for an instance.
    pub waiting: u32,
}

/// What a capacity provider is asked for.
pub fn demand(_world: &World, _provider: &str) -> Demand {
    Demand::default()
}

impl Ecs {
    /// Every tagged cluster and service.
    pub fn tagged_resources(&self, _now: Timestamp) -> Vec<(String, BTreeMap<String, String>)> {
        Vec::new()
    }
}

fn call(_world: &mut World, call: &Call) -> Result<Value, ApiError> {
    Err(ApiError::not_modelled(call))
}
