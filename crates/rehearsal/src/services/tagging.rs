//! The Resource Groups Tagging API.

use serde_json::Value;

use crate::call::{ApiError, Call};
use crate::modules::{Module, never_due, nothing_happens};
use crate::wire::Protocol;
use crate::world::World;

/// The Resource Groups Tagging API.
pub const MODULE: Module = Module {
    service: "tag",
    protocol: Protocol::Json {
        target: "ResourceGroupsTaggingAPI_20170126",
        version: "1.1",
    },
    call,
    due: never_due,
    advance: nothing_happens,
};

/// What the account holds of the Resource Groups Tagging API.
#[derive(Debug, Default)]
pub struct Tagging {}

fn call(_world: &mut World, call: &Call) -> Result<Value, ApiError> {
    Err(ApiError::not_modelled(call))
}
