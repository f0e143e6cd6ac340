//! EC2 Auto Scaling.

use serde::Deserialize;
use serde_json::Value;

use crate::call::{ApiError, Call};
use crate::modules::{Module, never_due, nothing_happens};
use crate::wire::Protocol;
use crate::world::World;

/// EC2 Auto Scaling.
pub const MODULE: Module = Module {
    service: "autoscaling",
    protocol: Protocol::Query {
        version: "2011-01-01",
        namespace: "http://autoscaling.amazonaws.com/doc/2011-01-01/",
    },
    call,
    due: never_due,
    advance: nothing_happens,
};

/// What the account holds of EC2 Auto Scaling.
#[derive(Debug, Default)]
pub struct AutoScaling {}

/// An Auto Scaling group, and the capacity provider in front of it if there is one.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupSpec {
    /// The group's name.
    pub name: String,
}

impl GroupSpec {
    /// Puts the group into the world.
    pub fn build(&self, _world: &mut World) {}
}

fn call(_world: &mut World, call: &Call) -> Result<Value, ApiError> {
    Err(ApiError::not_modelled(call))
}
