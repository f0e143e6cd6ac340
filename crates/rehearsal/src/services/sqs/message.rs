//! A message, and the form in which a function that is fed from the queue gets it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::digest;
use crate::services::events::uuid;
use crate::world::World;

/// A message.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// Its id, which it keeps when it moves to a dead-letter queue.
    pub id: String,
    /// Its text.
    pub body: String,
    /// What the sender says beside it, each as `MessageAttributeValue`.
    pub attributes: BTreeMap<String, Value>,
    /// Who sent it.
    pub sender: String,
    /// When it was sent; a delay does not count.
    pub sent: Timestamp,
    /// How often it was received in this queue.
    pub received: u32,
    /// The queue that it was moved from as a dead letter, and how often it was received there and
    /// before.
    pub moved: Option<(String, u32)>,
    /// When it was received first.
    pub first_received: Option<Timestamp>,
}

impl Message {
    /// A message that is sent now.
    pub(super) fn new(
        world: &mut World,
        sender: &str,
        body: &str,
        attributes: BTreeMap<String, Value>,
    ) -> Self {
        Self {
            id: uuid(&world.id()),
            body: body.to_owned(),
            attributes,
            sender: sender.to_owned(),
            sent: world.now,
            received: 0,
            moved: None,
            first_received: None,
        }
    }

    /// The record in a function's event.
    ///
    /// Source: <https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html#example-standard-queue-message-event>.
    pub(super) fn record(&self, queue: &str) -> Value {
        let attributes: serde_json::Map<String, Value> = self
            .attributes
            .iter()
            .map(|(name, attribute)| (name.clone(), in_a_record(attribute)))
            .collect();
        let first = self.first_received.unwrap_or(self.sent);
        let mut record = json!({
            "messageId": self.id,
            "receiptHandle": format!("{}-{}", self.id, self.received),
            "body": self.body,
            "attributes": {
                "ApproximateReceiveCount": self.received_in_all().to_string(),
                "SentTimestamp": self.sent.as_millisecond().to_string(),
                "SenderId": self.sender,
                "ApproximateFirstReceiveTimestamp": first.as_millisecond().to_string(),
            },
            "messageAttributes": attributes,
            "md5OfBody": digest::md5(self.body.as_bytes()),
            "eventSource": "aws:sqs",
            "eventSourceARN": queue,
            "awsRegion": queue.split(':').nth(3),
        });
        if let Some((from, _)) = &self.moved {
            record["attributes"]["DeadLetterQueueSourceArn"] = json!(from);
        }
        record
    }

    /// "The number of times a message has been received across all queues but not deleted",
    /// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html>.
    pub(super) fn received_in_all(&self) -> u32 {
        let before = self.moved.as_ref().map_or(0, |(_, before)| *before);
        before.saturating_add(self.received)
    }
}

fn in_a_record(attribute: &Value) -> Value {
    let mut shown = json!({
        "stringListValues": [],
        "binaryListValues": [],
        "dataType": attribute["DataType"],
    });
    for (member, given) in [
        ("stringValue", &attribute["StringValue"]),
        ("binaryValue", &attribute["BinaryValue"]),
    ] {
        if !given.is_null() {
            shown[member] = given.clone();
        }
    }
    shown
}

/// Attributes that are text.
pub fn text_attributes(attributes: &[(&str, String)]) -> BTreeMap<String, Value> {
    let shaped = |(name, text): &(&str, String)| {
        let value = json!({"DataType": "String", "StringValue": text});
        ((*name).to_owned(), value)
    };
    attributes.iter().map(shaped).collect()
}
