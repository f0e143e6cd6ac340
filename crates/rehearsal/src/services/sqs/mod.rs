//! SQS: queues, the messages in them, and what Lambda takes from them for its functions.

mod batch;
mod digest;
mod message;
mod polling;
mod queue;
mod queues;
mod send;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::call::{ApiError, Call};
use crate::modules::{Module, nothing_happens};
use crate::wire::Protocol;
use crate::world::World;

pub use batch::{Batch, settle};
pub use message::{Message, text_attributes};
pub use polling::{Mapping, map, next_batch, take_due_batches};
pub use queue::Queue;
pub use send::put;

/// SQS. Nothing moves in a queue before somebody polls it, so time alone changes nothing.
pub const MODULE: Module = Module {
    service: "sqs",
    protocol: Protocol::Json {
        target: "AmazonSQS",
        version: "1.0",
    },
    operations: &[
        "CreateQueue",
        "GetQueueUrl",
        "GetQueueAttributes",
        "SendMessage",
        "SendMessageBatch",
    ],
    call,
    due,
    advance: nothing_happens,
};

/// What the account holds of SQS, and which function is fed from which queue.
#[derive(Debug, Default)]
pub struct Sqs {
    /// The queues by ARN.
    pub queues: BTreeMap<String, Queue>,
    /// Lambda's event source mappings.
    pub mappings: Vec<Mapping>,
    /// How much longer than their batch window pollers wait: "Lambda might wait for up to 20
    /// seconds before invoking your function" where there is a window and very low traffic,
    /// <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html>.
    pub idle: SignedDuration,
}

impl Sqs {
    /// The queue that a URL means: the part that counts is `<account>/<name>` at its end.
    fn at_url(&mut self, url: &str) -> Result<&mut Queue, ApiError> {
        let end = |url: &str| {
            let mut parts = url.rsplit('/').map(str::to_owned);
            (parts.next(), parts.next())
        };
        let asked = end(url);
        let mut queues = self.queues.values_mut();
        queues
            .find(|queue| end(&queue.url) == asked)
            .ok_or_else(missing)
    }
}

fn due(world: &World) -> Option<Timestamp> {
    next_batch(world).filter(|at| *at > world.now)
}

fn call(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    match call.operation.as_str() {
        "CreateQueue" => queues::create(world, call),
        "GetQueueUrl" => queues::url(world, call),
        "GetQueueAttributes" => queues::attributes(world, call),
        "SendMessage" => send::one(world, call),
        "SendMessageBatch" => send::batch(world, call),
        _ => Err(ApiError::not_modelled(call)),
    }
}

fn missing() -> ApiError {
    ApiError::client("QueueDoesNotExist", "The specified queue does not exist.")
        .formerly("AWS.SimpleQueueService.NonExistentQueue")
}

/// A member that must be there.
fn required<'a>(call: &'a Call, member: &str) -> Result<&'a str, ApiError> {
    call.text(member)
        .filter(|text| !text.is_empty())
        .ok_or_else(|| {
            ApiError::client(
                "MissingParameter",
                format!("The request must contain the parameter {member}."),
            )
        })
}

#[cfg(test)]
mod tests;
