//! The messages that Lambda takes from the dead-letter queue for the pager.

use std::collections::BTreeMap;

use domain::pager::dead_letter::DeadLetter;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::letter::{self, Moved};
use crate::failure::Failure;

/// The fields of the event that are read
/// (<https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html>).
#[derive(Debug, Deserialize)]
struct Raw {
    #[serde(rename = "Records")]
    records: Vec<Message>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    message_id: String,
    body: String,
    attributes: OfTheQueue,
    #[serde(default)]
    message_attributes: BTreeMap<String, Attribute>,
    #[serde(rename = "eventSourceARN")]
    queue: String,
}

/// What SQS says of a message
/// (<https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html>).
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct OfTheQueue {
    sent_timestamp: String,
    /// How often it was received, in this queue and in the one that it was moved from.
    #[serde(default)]
    approximate_receive_count: String,
    /// The queue that it was moved from, if SQS moved it.
    dead_letter_queue_source_arn: Option<String>,
}

/// What the sender says of a message. One that is not text has no value here.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Attribute {
    string_value: Option<String>,
}

/// Whether the event holds messages of a queue.
pub(super) fn is_of_a_queue(event: &Value) -> bool {
    event
        .pointer("/Records/0/eventSource")
        .is_some_and(|source| source == "aws:sqs")
}

/// The dead letters, each of them. What a letter says never makes it a failure.
pub(super) fn parse(event: Value) -> Result<Vec<DeadLetter>, Failure> {
    let raw: Raw = serde_json::from_value(event).map_err(Failure::UnusableEvent)?;
    raw.records.into_iter().map(dead_letter).collect()
}

fn dead_letter(message: Message) -> Result<DeadLetter, Failure> {
    let (region, account) = place(&message.queue)?;
    let of_the_queue = message.attributes;
    let moved = of_the_queue.dead_letter_queue_source_arn.map(|from| Moved {
        from,
        received: of_the_queue.approximate_receive_count.parse().ok(),
    });
    Ok(DeadLetter {
        left: moment(&of_the_queue.sent_timestamp)?,
        letter: letter::read(&message.body, &texts(message.message_attributes), moved),
        id: message.message_id,
        queue: message.queue,
        account,
        region,
    })
}

/// The region and the account of `arn:aws:sqs:REGION:ACCOUNT:NAME`.
fn place(queue: &str) -> Result<(String, String), Failure> {
    let parts: Vec<&str> = queue.split(':').collect();
    match parts[..] {
        ["arn", _, "sqs", region, account, _] => Ok((region.to_owned(), account.to_owned())),
        _ => Err(Failure::UnusableMessage("eventSourceARN")),
    }
}

/// SQS writes milliseconds since 1970, as text.
fn moment(text: &str) -> Result<Timestamp, Failure> {
    let unusable = Failure::UnusableMessage("SentTimestamp");
    match text.parse().map(Timestamp::from_millisecond) {
        Ok(Ok(moment)) => Ok(moment),
        _ => Err(unusable),
    }
}

fn texts(attributes: BTreeMap<String, Attribute>) -> BTreeMap<String, String> {
    attributes
        .into_iter()
        .filter_map(|(name, attribute)| Some((name, attribute.string_value?)))
        .collect()
}
