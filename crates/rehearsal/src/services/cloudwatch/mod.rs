//! CloudWatch: alarms and their states.
//!
//! There are no metrics here: a script says what an alarm's metric shows. A composite alarm follows its
//! rule.

mod alarm;
mod calls;
mod describe;
mod news;
mod rule;
mod spec;
mod state;
mod tags;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use crate::call::{ApiError, Call};
use crate::modules::Module;
use crate::wire::Protocol;
use crate::world::World;

pub use alarm::{Alarm, Kind, State};
pub use spec::AlarmSpec;
pub use state::set_metric;

/// CloudWatch, as far as alarms go. SDKs speak its CBOR, boto3 and the AWS CLI its JSON.
pub const MODULE: Module = Module {
    service: "cloudwatch",
    protocol: Protocol::Json {
        target: "GraniteServiceVersion20100801",
        version: "1.0",
    },
    operations: &[
        "DescribeAlarms",
        "SetAlarmState",
        "TagResource",
        "UntagResource",
        "ListTagsForResource",
    ],
    call,
    due,
    advance,
};

/// What the account holds of it.
#[derive(Debug, Default)]
pub struct CloudWatch {
    /// Alarms by name.
    pub alarms: BTreeMap<String, Alarm>,
    /// Whether ECS cannot read them, its DescribeAlarms being throttled: by script.
    pub hidden_from_ecs: bool,
}

fn call(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    match call.operation.as_str() {
        "DescribeAlarms" => describe::describe(world, call),
        "SetAlarmState" => calls::set_alarm_state(world, call),
        "TagResource" => tags::tag(world, call),
        "UntagResource" => tags::untag(world, call),
        "ListTagsForResource" => tags::list(world, call),
        _ => Err(ApiError::not_modelled(call)),
    }
}

/// When the next alarm that a person set returns to what its metric says.
fn due(world: &World) -> Option<Timestamp> {
    let alarms = world.cloudwatch.alarms.values();
    alarms.filter_map(|alarm| alarm.returns).min()
}

fn advance(world: &mut World) {
    state::return_due(world);
}

#[cfg(test)]
mod tests;
