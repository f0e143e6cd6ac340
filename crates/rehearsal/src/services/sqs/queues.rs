//! The calls that create and describe queues.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::queue::{NUMBERS, Queue, redrive};
use super::{missing, required};
use crate::call::{ApiError, Call};
use crate::world::World;

/// Attributes that are kept as they are given, beside those that are numbers.
const TEXTS: [&str; 5] = [
    "KmsMasterKeyId",
    "Policy",
    "RedriveAllowPolicy",
    "RedrivePolicy",
    "SqsManagedSseEnabled",
];

/// Source: <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html>.
pub(super) fn create(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let name = required(call, "QueueName")?;
    let allowed = |character: char| character.is_ascii_alphanumeric() || "-_".contains(character);
    if name.len() > 80 || !name.chars().all(allowed) {
        return Err(invalid(
            "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length",
        ));
    }
    let attributes = given(call)?;
    if let Some(policy) = attributes.get("RedrivePolicy") {
        check_redrive(world, policy)?;
    }
    let identity = &world.identity;
    let (region, account) = (&identity.region, &identity.account_id);
    let queue = Queue {
        name: name.to_owned(),
        arn: format!("arn:aws:sqs:{region}:{account}:{name}"),
        url: format!("https://sqs.{region}.amazonaws.com/{account}/{name}"),
        created: world.now,
        attributes,
        messages: BTreeMap::new(),
        added: 0,
    };
    let url = queue.url.clone();
    match world.sqs.queues.get(&queue.arn) {
        Some(known) if known.attributes != queue.attributes => Err(ApiError::client(
            "QueueNameExists",
            "A queue already exists with the same name and a different value for attribute",
        )
        .formerly("QueueAlreadyExists")),
        Some(_) => Ok(json!({ "QueueUrl": url })),
        None => {
            world.sqs.queues.insert(queue.arn.clone(), queue);
            Ok(json!({ "QueueUrl": url }))
        }
    }
}

fn given(call: &Call) -> Result<BTreeMap<String, String>, ApiError> {
    let mut attributes = BTreeMap::new();
    for (name, value) in call.input["Attributes"].as_object().into_iter().flatten() {
        let value = value.as_str().unwrap_or_default().to_owned();
        match NUMBERS.iter().find(|(known, ..)| known == name) {
            Some((_, _, least, most)) => {
                let number = value.parse::<i64>();
                if !number.is_ok_and(|number| (*least..=*most).contains(&number)) {
                    return Err(ApiError::client(
                        "InvalidAttributeValue",
                        format!("Invalid value for the parameter {name}."),
                    ));
                }
            }
            None if TEXTS.contains(&name.as_str()) => {}
            None => return Err(unknown(name)),
        }
        attributes.insert(name.clone(), value);
    }
    Ok(attributes)
}

fn check_redrive(world: &World, policy: &str) -> Result<(), ApiError> {
    let refused = |reason: &str| {
        ApiError::client(
            "InvalidAttributeValue",
            format!("Value {policy} for parameter RedrivePolicy is invalid. Reason: {reason}"),
        )
    };
    let redrive =
        redrive(policy).ok_or_else(|| refused("Redrive policy is not a valid JSON map."))?;
    match world.sqs.queues.contains_key(&redrive.to) {
        true => Ok(()),
        false => Err(refused("Dead letter target does not exist.")),
    }
}

/// Source: <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueUrl.html>.
pub(super) fn url(world: &World, call: &Call) -> Result<Value, ApiError> {
    let name = required(call, "QueueName")?;
    let mut queues = world.sqs.queues.values();
    let queue = queues.find(|queue| queue.name == name);
    let queue = queue.ok_or_else(missing)?;
    Ok(json!({ "QueueUrl": queue.url }))
}

/// Source: <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html>.
pub(super) fn attributes(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let now = world.now;
    let queue = world.sqs.at_url(required(call, "QueueUrl")?)?;
    queue.forget(now);
    let all = described(queue, now);
    let asked = call.input["AttributeNames"].as_array();
    let mut shown = serde_json::Map::new();
    for name in asked.into_iter().flatten().filter_map(Value::as_str) {
        match all.get(name) {
            _ if name == "All" => shown.extend(all.clone()),
            Some(value) => {
                shown.insert(name.to_owned(), value.clone());
            }
            // What a queue does not have is not shown.
            None if TEXTS.contains(&name) => {}
            None => return Err(unknown(name)),
        }
    }
    Ok(json!({ "Attributes": shown }))
}

fn described(queue: &Queue, now: jiff::Timestamp) -> serde_json::Map<String, Value> {
    let [visible, in_flight, delayed] = queue.counts(now);
    let created = queue.created.as_second().to_string();
    let own = [
        ("QueueArn", queue.arn.clone()),
        ("CreatedTimestamp", created.clone()),
        ("LastModifiedTimestamp", created),
        ("ApproximateNumberOfMessages", visible.to_string()),
        (
            "ApproximateNumberOfMessagesNotVisible",
            in_flight.to_string(),
        ),
        ("ApproximateNumberOfMessagesDelayed", delayed.to_string()),
    ];
    let numbers = NUMBERS.map(|(name, ..)| (name, queue.number(name).to_string()));
    let given = queue.attributes.iter();
    let given = given.map(|(name, value)| (name.as_str(), value.clone()));
    let all = own.into_iter().chain(numbers).chain(given);
    all.map(|(name, value)| (name.to_owned(), json!(value)))
        .collect()
}

fn unknown(name: &str) -> ApiError {
    ApiError::client("InvalidAttributeName", format!("Unknown Attribute {name}."))
}

/// A refusal of the input as such.
pub(super) fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::client("InvalidParameterValue", message)
}
