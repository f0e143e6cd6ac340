//! PutEvents: events of the account's own programs.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::manage::is_default;
use super::{invalid, publish, uuid};
use crate::call::{ApiError, Call};
use crate::world::World;

/// The most entries in a request.
///
/// Source: <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html>.
const MOST_ENTRIES: usize = 10;

/// The most bytes in a request: <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html>.
const MOST_BYTES: usize = 1024 * 1024;

pub(super) fn put_events(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let entries = call.input["Entries"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    check_request(&entries)?;
    let results: Vec<Value> = entries
        .iter()
        .map(|entry| match put_entry(world, entry) {
            Ok(id) => json!({ "EventId": id }),
            Err((code, message)) => json!({ "ErrorCode": code, "ErrorMessage": message }),
        })
        .collect();
    let failed = results
        .iter()
        .filter(|result| result.get("ErrorCode").is_some())
        .count();
    Ok(json!({ "FailedEntryCount": failed, "Entries": results }))
}

fn check_request(entries: &[Value]) -> Result<(), ApiError> {
    let bound = match entries.len() {
        0 => Some("greater than or equal to 1"),
        1..=MOST_ENTRIES => None,
        _ => Some("less than or equal to 10"),
    };
    if let Some(bound) = bound {
        return Err(invalid(format!(
            "1 validation error detected: Value '{}' at 'entries' failed to satisfy constraint: Member must have length {bound}",
            Value::from(entries)
        )));
    }
    if entries.iter().map(size).sum::<usize>() > MOST_BYTES {
        return Err(invalid(
            "Total size of the entries in the request is over the limit.",
        ));
    }
    Ok(())
}

/// An entry's size as EventBridge counts it.
///
/// Source: <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevent-size.html>.
fn size(entry: &Value) -> usize {
    let text = |member: &str| entry[member].as_str().map_or(0, str::len);
    let time = if entry["Time"].is_null() { 0 } else { 14 };
    let resources: usize = resources(entry).iter().map(String::len).sum();
    time + text("Source") + text("DetailType") + text("Detail") + resources
}

fn resources(entry: &Value) -> Vec<String> {
    let listed = entry["Resources"].as_array().map_or(&[][..], Vec::as_slice);
    listed
        .iter()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

/// Puts one entry on the bus, or says why not: error code and message.
fn put_entry(world: &mut World, entry: &Value) -> Result<String, (&'static str, String)> {
    let required = |member: &str| {
        entry[member]
            .as_str()
            .filter(|text| !text.is_empty())
            .ok_or_else(|| {
                let message = format!(
                    "Parameter {member} is not valid. Reason: {member} is a required argument."
                );
                ("InvalidArgument", message)
            })
    };
    let source = required("Source")?;
    let detail_type = required("DetailType")?;
    let detail = required("Detail")?;
    if source.starts_with("aws.") {
        let message = "Not authorized for the source.".to_owned();
        return Err(("NotAuthorizedForSourceException", message));
    }
    let detail = match serde_json::from_str(detail) {
        Ok(detail @ Value::Object(_)) => detail,
        _ => return Err(("MalformedDetail", "Detail is malformed.".to_owned())),
    };
    if !entry["EventBusName"].as_str().is_none_or(is_default) {
        // AWS accepts an entry for a bus that is not there, and nobody ever sees it.
        return Ok(uuid(&world.id()));
    }
    let time = entry["Time"]
        .as_f64()
        .and_then(|seconds| Timestamp::from_second(seconds as i64).ok());
    let time = time.unwrap_or(world.now);
    Ok(publish(
        world,
        time,
        source,
        detail_type,
        resources(entry),
        detail,
    ))
}
