//! SetAlarmState, and what the calls share.
//!
//! Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_SetAlarmState.html>.

use serde::Deserialize;
use serde_json::{Value, json};

use super::alarm::State;
use super::state;
use crate::call::{ApiError, Call};
use crate::world::World;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SetState {
    alarm_name: String,
    state_value: String,
    state_reason: String,
    state_reason_data: Option<String>,
}

pub(super) fn set_alarm_state(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input: SetState = read(call)?;
    let state = State::of(&input.state_value)
        .ok_or_else(|| invalid("StateValue must be OK, ALARM or INSUFFICIENT_DATA."))?;
    if !world.cloudwatch.alarms.contains_key(&input.alarm_name) {
        let name = &input.alarm_name;
        let message = format!("Alarm {name} does not exist.");
        return Err(not_found("ResourceNotFound", message));
    }
    let data = input.state_reason_data.unwrap_or_default();
    if !data.is_empty() && serde_json::from_str::<Value>(&data).is_err() {
        let message = "StateReasonData was not valid JSON.";
        return Err(ApiError::client("InvalidFormat", message));
    }
    let reason = &input.state_reason;
    state::set_by_hand(world, &input.alarm_name, state, reason, &data);
    Ok(json!({}))
}

pub(super) fn read<T: for<'de> Deserialize<'de>>(call: &Call) -> Result<T, ApiError> {
    T::deserialize(&call.input).map_err(|error| invalid(error.to_string()))
}

pub(super) fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::client("ValidationError", message)
}

pub(super) fn not_found(code: &str, message: impl Into<String>) -> ApiError {
    ApiError {
        status: 404,
        ..ApiError::client(code, message)
    }
}
