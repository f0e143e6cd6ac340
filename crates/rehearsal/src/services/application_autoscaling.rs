//! Application Auto Scaling.

use serde_json::Value;

use crate::call::{ApiError, Call};
use crate::modules::{Module, never_due, nothing_happens};
use crate::wire::Protocol;
use crate::world::World;

/// Application Auto Scaling.
pub const MODULE: Module = Module {
    service: "application-autoscaling",
    protocol: Protocol::Json {
        target: "AnyScaleFrontendService",
        version: "1.1",
    },
    operations: &[],
    call,
    due: never_due,
    advance: nothing_happens,
};

/// What the account holds of Application Auto Scaling.
#[derive(Debug, Default)]
pub struct ApplicationAutoScaling {}

fn call(_world: &mut World, call: &Call) -> Result<Value, ApiError> {
    Err(ApiError::not_modelled(call))
}
