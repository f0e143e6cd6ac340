//! STS, for callers that ask who they are.

use serde_json::Value;

use crate::call::{ApiError, Call};
use crate::modules::{Module, never_due, nothing_happens};
use crate::wire::Protocol;
use crate::world::World;

/// STS, for callers that ask who they are.
pub const MODULE: Module = Module {
    service: "sts",
    protocol: Protocol::Query {
        version: "2011-06-15",
        namespace: "https://sts.amazonaws.com/doc/2011-06-15/",
    },
    call,
    due: never_due,
    advance: nothing_happens,
};

fn call(_world: &mut World, call: &Call) -> Result<Value, ApiError> {
    Err(ApiError::not_modelled(call))
}
