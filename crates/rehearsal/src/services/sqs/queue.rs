//! A queue and what is in it.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::message::Message;
use crate::services::events::later;

/// An attribute that is a number: its name, default, least and most.
///
/// Source: <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html>.
pub(super) const NUMBERS: [(&str, i64, i64, i64); 5] = [
    ("DelaySeconds", 0, 0, 900),
    ("MaximumMessageSize", 1_048_576, 1024, 1_048_576),
    ("MessageRetentionPeriod", 345_600, 60, 1_209_600),
    ("ReceiveMessageWaitTimeSeconds", 0, 0, 20),
    ("VisibilityTimeout", 30, 0, 43_200),
];

/// A message's place in the queue: when it can be received, then in the order of arrival.
pub(super) type Place = (Timestamp, u64);

/// A queue.
#[derive(Clone, Debug)]
pub struct Queue {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// Its URL.
    pub url: String,
    /// When it was created.
    pub created: Timestamp,
    /// Its attributes as they were given.
    pub attributes: BTreeMap<String, String>,
    /// Every message, the next to be received first.
    pub(super) messages: BTreeMap<Place, Message>,
    /// How many messages it has had.
    pub(super) added: u64,
}

/// Where a message goes that has been received too often.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Redrive {
    /// The dead-letter queue's ARN.
    pub(super) to: String,
    /// How often a message may be received.
    pub(super) most: u32,
}

impl Queue {
    /// An attribute that is a number.
    pub(super) fn number(&self, name: &str) -> i64 {
        let given = self.attributes.get(name);
        let default = NUMBERS.iter().find(|(known, ..)| *known == name);
        given
            .and_then(|text| text.parse().ok())
            .or(default.map(|(_, default, ..)| *default))
            .unwrap_or_default()
    }

    /// An attribute that is a time.
    pub(super) fn seconds(&self, name: &str) -> SignedDuration {
        SignedDuration::from_secs(self.number(name))
    }

    /// Where messages go that have been received too often.
    pub(super) fn redrive(&self) -> Option<Redrive> {
        redrive(self.attributes.get("RedrivePolicy")?)
    }

    /// Adds a message that can be received from `visible` on.
    pub(super) fn add(&mut self, message: Message, visible: Timestamp) -> Place {
        self.added += 1;
        self.messages.insert((visible, self.added), message);
        (visible, self.added)
    }

    /// Forgets what has been in the queue for too long.
    pub(super) fn forget(&mut self, now: Timestamp) {
        let kept = self.seconds("MessageRetentionPeriod");
        self.messages
            .retain(|_, message| later(message.sent, kept) > now);
    }

    /// The messages that are in the queue at `now`: those that can be received, those that have
    /// been received, those that are delayed.
    pub fn counts(&self, now: Timestamp) -> [usize; 3] {
        let mut counts = [0; 3];
        for ((visible, _), message) in &self.messages {
            let kind = match (*visible <= now, message.received) {
                (true, _) => 0,
                (false, 1..) => 1,
                (false, 0) => 2,
            };
            counts[kind] += 1;
        }
        counts
    }

    /// Loses every message with these words in its body, as SQS never should: scripted. How many
    /// there were.
    pub fn lose(&mut self, words: &str) -> usize {
        let before = self.messages.len();
        self.messages
            .retain(|_, message| !message.body.contains(words));
        before - self.messages.len()
    }

    /// The messages, the next to be received first.
    pub fn messages(&self) -> impl Iterator<Item = &Message> {
        self.messages.values()
    }
}

/// Reads a redrive policy; none if it is not one.
pub(super) fn redrive(text: &str) -> Option<Redrive> {
    let policy: Value = serde_json::from_str(text).ok()?;
    let most = match &policy["maxReceiveCount"] {
        Value::String(text) => text.parse().ok()?,
        Value::Null => 10,
        number => number.as_u64()?.try_into().ok()?,
    };
    Some(Redrive {
        to: policy["deadLetterTargetArn"].as_str()?.to_owned(),
        most,
    })
}
