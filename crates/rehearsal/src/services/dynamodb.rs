//! DynamoDB, the subset that the ledger uses.

use serde_json::Value;

use crate::call::{ApiError, Call};
use crate::modules::{Module, never_due, nothing_happens};
use crate::wire::Protocol;
use crate::world::World;

/// DynamoDB, the subset that the ledger uses.
pub const MODULE: Module = Module {
    service: "dynamodb",
    protocol: Protocol::Json {
        target: "DynamoDB_20120810",
        version: "1.0",
    },
    call,
    due: never_due,
    advance: nothing_happens,
};

/// What the account holds of DynamoDB, the subset that the ledger uses.
#[derive(Debug, Default)]
pub struct DynamoDb {}

fn call(_world: &mut World, call: &Call) -> Result<Value, ApiError> {
    Err(ApiError::not_modelled(call))
}
