//! SNS: topics, subscribers and what they received.

use serde_json::Value;

use crate::call::{ApiError, Call};
use crate::modules::{Module, never_due, nothing_happens};
use crate::wire::Protocol;
use crate::world::World;

/// SNS: topics, subscribers and what they received.
pub const MODULE: Module = Module {
    service: "sns",
    protocol: Protocol::Query {
        version: "2010-03-31",
        namespace: "http://sns.amazonaws.com/doc/2010-03-31/",
    },
    call,
    due: never_due,
    advance: nothing_happens,
};

/// What the account holds of SNS: topics, subscribers and what they received.
#[derive(Debug, Default)]
pub struct Sns {}

fn call(_world: &mut World, call: &Call) -> Result<Value, ApiError> {
    Err(ApiError::not_modelled(call))
}
