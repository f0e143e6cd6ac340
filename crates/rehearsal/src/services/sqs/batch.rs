//! Messages that Lambda hands to a function together, and what becomes of them.
//!
//! Source: <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html>.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::message::Message;
use super::queue::Place;
use crate::world::World;

/// Messages on their way to a function. Until they are settled they are invisible, and they come
/// back when the queue's visibility timeout has passed.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    /// The queue's ARN.
    pub queue: String,
    /// The function's ARN.
    pub function: String,
    pub(super) partial: bool,
    pub(super) messages: Vec<(Place, Message)>,
}

impl Batch {
    /// The event that the function is invoked with.
    pub fn event(&self) -> Value {
        let messages = self.messages.iter();
        let records = messages.map(|(_, message)| message.record(&self.queue));
        json!({ "Records": records.collect::<Vec<_>>() })
    }
}

/// Deletes what the function took care of. `answer` is what it returned; none if it failed, and
/// then nothing is deleted.
pub fn settle(world: &mut World, batch: &Batch, answer: Option<&Value>) {
    let Some(failed) = answer.and_then(|answer| batch.failed(answer)) else {
        return;
    };
    if let Some(queue) = world.sqs.queues.get_mut(&batch.queue) {
        for (place, message) in &batch.messages {
            if !failed.contains(message.id.as_str()) {
                queue.messages.remove(place);
            }
        }
    }
}

impl Batch {
    /// The messages that an answer names as failed; none if it cannot be read, which fails them
    /// all. Source:
    /// <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting>.
    fn failed<'a>(&self, answer: &'a Value) -> Option<BTreeSet<&'a str>> {
        if !self.partial || answer["batchItemFailures"].is_null() {
            return Some(BTreeSet::new());
        }
        let named = answer["batchItemFailures"].as_array()?.iter();
        named
            .map(|failure| {
                let id = failure["itemIdentifier"].as_str()?;
                (!id.is_empty()).then_some(id)
            })
            .collect()
    }
}
