//! EventBridge: the default bus, rules and their targets.

use serde_json::Value;

use crate::call::{ApiError, Call};
use crate::modules::{Module, never_due, nothing_happens};
use crate::wire::Protocol;
use crate::world::World;

/// EventBridge: the default bus, rules and their targets.
pub const MODULE: Module = Module {
    service: "events",
    protocol: Protocol::Json {
        target: "AWSEvents",
        version: "1.1",
    },
    call,
    due: never_due,
    advance: nothing_happens,
};

/// What the account holds of EventBridge: the default bus, rules and their targets.
#[derive(Debug, Default)]
pub struct EventBridge {}

fn call(_world: &mut World, call: &Call) -> Result<Value, ApiError> {
    Err(ApiError::not_modelled(call))
}

/// Puts an event on the default bus.
pub fn emit(
    world: &mut World,
    source: &str,
    detail_type: &str,
    resources: Vec<String>,
    detail: Value,
) {
    let event = serde_json::json!({
        "source": source,
        "detail-type": detail_type,
        "resources": resources,
        "detail": detail,
    });
    world.happened(source, crate::journal::What::Event(event));
}
