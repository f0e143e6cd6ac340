//! Elastic Container Service.

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
pub struct Ecs {}

fn call(_world: &mut World, call: &Call) -> Result<Value, ApiError> {
    Err(ApiError::not_modelled(call))
}
