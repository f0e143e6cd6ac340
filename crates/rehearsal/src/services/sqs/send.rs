//! Messages into a queue: by the API, and by the services that deliver there.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::message::Message;
use super::queues::invalid;
use super::{digest, required};
use crate::call::{ApiError, Call};
use crate::services::events::later;
use crate::world::World;

/// The most entries in a batch.
///
/// Source: <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html>.
const MOST_ENTRIES: usize = 10;
/// The most bytes in a batch: the same source.
const MOST_BYTES: usize = 1_048_576;

/// Puts a message into the queue with this ARN, as a service that delivers there does; says
/// whether there is one.
pub fn put(
    world: &mut World,
    queue: &str,
    sender: &str,
    body: &str,
    attributes: BTreeMap<String, Value>,
) -> bool {
    let message = Message::new(world, sender, body, attributes);
    let Some(queue) = world.sqs.queues.get_mut(queue) else {
        return false;
    };
    let visible = later(message.sent, queue.seconds("DelaySeconds"));
    queue.add(message, visible);
    true
}

/// Source: <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html>.
pub(super) fn one(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let url = required(call, "QueueUrl")?.to_owned();
    send(world, &url, &call.caller, &call.input)
}

/// Source: <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html>.
pub(super) fn batch(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let url = required(call, "QueueUrl")?.to_owned();
    world.sqs.at_url(&url)?;
    let entries = call.input["Entries"].as_array();
    let entries = entries.map_or(&[][..], Vec::as_slice);
    check_batch(entries)?;
    let (mut successful, mut failed) = (Vec::new(), Vec::new());
    for entry in entries {
        match send(world, &url, &call.caller, entry) {
            Ok(mut sent) => {
                sent["Id"] = entry["Id"].clone();
                successful.push(sent);
            }
            Err(refusal) => failed.push(json!({
                "Id": entry["Id"],
                "SenderFault": refusal.status < 500,
                "Code": refusal.code,
                "Message": refusal.message,
            })),
        }
    }
    Ok(json!({ "Successful": successful, "Failed": failed }))
}

fn check_batch(entries: &[Value]) -> Result<(), ApiError> {
    let refused = |code: &str, message: String| {
        ApiError::client(code, message).formerly(&format!("AWS.SimpleQueueService.{code}"))
    };
    if entries.is_empty() {
        let message = "There should be at least one SendMessageBatchRequestEntry in the request.";
        return Err(refused("EmptyBatchRequest", message.to_owned()));
    }
    if entries.len() > MOST_ENTRIES {
        let message = format!(
            "Maximum number of entries per request are {MOST_ENTRIES}. You have sent {}.",
            entries.len()
        );
        return Err(refused("TooManyEntriesInBatchRequest", message));
    }
    let mut ids = BTreeSet::new();
    for id in entries.iter().map(|entry| entry["Id"].as_str()) {
        if !ids.insert(id) {
            let message = format!("Id {} repeated.", id.unwrap_or_default());
            return Err(refused("BatchEntryIdsNotDistinct", message));
        }
    }
    let bodies = entries.iter().map(|entry| body(entry).len());
    if bodies.sum::<usize>() > MOST_BYTES {
        let message = format!("Batch requests cannot be longer than {MOST_BYTES} bytes.");
        return Err(refused("BatchRequestTooLong", message));
    }
    Ok(())
}

fn body(entry: &Value) -> &str {
    entry["MessageBody"].as_str().unwrap_or_default()
}

/// Sends what SendMessage is asked for, or one entry of a batch.
fn send(world: &mut World, url: &str, sender: &str, entry: &Value) -> Result<Value, ApiError> {
    let body = body(entry);
    let given = entry["MessageAttributes"].as_object();
    let attributes = given.cloned().into_iter().flatten().collect();
    let message = Message::new(world, sender, body, attributes);
    let queue = world.sqs.at_url(url)?;
    if body.is_empty() {
        return Err(ApiError::client(
            "MissingParameter",
            "The request must contain the parameter MessageBody.",
        ));
    }
    let most = queue.number("MaximumMessageSize");
    if i64::try_from(body.len()).is_ok_and(|size| size > most) {
        return Err(invalid(format!(
            "One or more parameters are invalid. Reason: Message must be shorter than {most} bytes."
        )));
    }
    let delay = match entry["DelaySeconds"].as_i64() {
        None => queue.seconds("DelaySeconds"),
        Some(seconds @ 0..=900) => SignedDuration::from_secs(seconds),
        Some(seconds) => {
            return Err(invalid(format!(
                "Value {seconds} for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900."
            )));
        }
    };
    let sent = json!({
        "MessageId": message.id,
        "MD5OfMessageBody": digest::md5(body.as_bytes()),
        "MD5OfMessageAttributes": digest::of_attributes(&message.attributes),
    });
    let visible = later(message.sent, delay);
    queue.add(message, visible);
    Ok(sent)
}
