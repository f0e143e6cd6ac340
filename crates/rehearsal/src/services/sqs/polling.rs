//! Lambda's event source mappings: which function is fed from which queue, in batches.
//!
//! Source: <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html>. That one
//! poller gathers everything that is there, where AWS starts with five of them, is a choice.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::batch::Batch;
use super::message::Message;
use super::queue::{Place, Queue};
use crate::call::ApiError;
use crate::services::events::later;
use crate::world::World;

/// The most bytes of an invocation:
/// <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>.
const MOST_BYTES: usize = 6 * 1024 * 1024;

/// An event source mapping.
#[derive(Clone, Debug, PartialEq)]
pub struct Mapping {
    /// The queue's ARN.
    pub queue: String,
    /// The function's ARN.
    pub function: String,
    /// The most messages of an invocation.
    pub batch_size: usize,
    /// How long messages are gathered.
    pub window: SignedDuration,
    /// Whether the function says which messages it failed on: ReportBatchItemFailures.
    pub partial: bool,
}

/// Maps a queue to a function that may take as long as `timeout`, or refuses it as Lambda does.
pub fn map(world: &mut World, mapping: Mapping, timeout: Duration) -> Result<(), ApiError> {
    let invalid = |message: String| ApiError::client("InvalidParameterValueException", message);
    let queue = world.sqs.queues.get(&mapping.queue);
    let queue = queue.ok_or_else(|| {
        invalid(format!(
            "Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. {}",
            mapping.queue
        ))
    })?;
    let visibility = queue.number("VisibilityTimeout");
    if u64::try_from(visibility).is_ok_and(|visibility| visibility < timeout.as_secs()) {
        return Err(invalid(format!(
            "Queue visibility timeout: {visibility} seconds is less than Function timeout: {} seconds",
            timeout.as_secs()
        )));
    }
    if mapping.batch_size > 10 && mapping.window.is_zero() {
        return Err(invalid(
            "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10"
                .to_owned(),
        ));
    }
    world.sqs.mappings.push(mapping);
    Ok(())
}

/// When the next batch is due; it may be overdue.
pub fn next_batch(world: &World) -> Option<Timestamp> {
    let mappings = world.sqs.mappings.iter();
    mappings
        .filter_map(|mapping| {
            let queue = world.sqs.queues.get(&mapping.queue)?;
            mapping.due(queue, world.sqs.idle)
        })
        .min()
}

/// Takes every batch that is due by now. Whoever takes it invokes the function and calls
/// [`settle`].
pub fn take_due_batches(world: &mut World) -> Vec<Batch> {
    let mut batches = Vec::new();
    for mapping in world.sqs.mappings.clone() {
        redrive(world, &mapping.queue);
        let (now, idle) = (world.now, world.sqs.idle);
        let Some(queue) = world.sqs.queues.get_mut(&mapping.queue) else {
            continue;
        };
        while mapping.due(queue, idle).is_some_and(|due| due <= now) {
            let messages = receive(queue, now, mapping.batch_size);
            batches.push(Batch {
                queue: mapping.queue.clone(),
                function: mapping.function.clone(),
                partial: mapping.partial,
                messages,
            });
        }
    }
    batches
}

impl Mapping {
    /// A window runs from the first message on, and a full batch does not wait for its end.
    fn due(&self, queue: &Queue, idle: SignedDuration) -> Option<Timestamp> {
        let mut places = queue.messages.keys().map(|(visible, _)| *visible);
        let first = places.next()?;
        let wait = match self.window.is_zero() {
            true => SignedDuration::ZERO,
            false => self.window + idle,
        };
        let full = match self.batch_size {
            0 | 1 => Some(first),
            size => places.nth(size - 2),
        };
        let end = later(first, wait);
        Some(full.map_or(end, |full| full.min(end)))
    }
}

/// Receives as many messages as a batch can hold.
fn receive(queue: &mut Queue, now: Timestamp, most: usize) -> Vec<(Place, Message)> {
    let hidden = later(now, queue.seconds("VisibilityTimeout"));
    let (mut received, mut bytes) = (Vec::new(), 0);
    while received.len() < most
        && let Some(first) = queue.messages.first_entry()
        && first.key().0 <= now
    {
        bytes += first.get().body.len();
        if bytes > MOST_BYTES && !received.is_empty() {
            break;
        }
        let mut message = first.remove();
        message.received += 1;
        message.first_received.get_or_insert(now);
        let place = queue.add(message.clone(), hidden);
        received.push((place, message));
    }
    received
}

/// Moves what can be received and has been received too often, and forgets what is too old.
///
/// A message that moves keeps its id and the time at which it was sent:
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html>.
fn redrive(world: &mut World, from: &str) {
    let now = world.now;
    let Some(queue) = world.sqs.queues.get_mut(from) else {
        return;
    };
    queue.forget(now);
    let Some(redrive) = queue.redrive() else {
        return;
    };
    let mut moved = Vec::new();
    queue.messages.retain(|(visible, _), message| {
        let worn_out = *visible <= now && message.received >= redrive.most;
        if worn_out {
            moved.push(message.clone());
        }
        !worn_out
    });
    if let Some(target) = world.sqs.queues.get_mut(&redrive.to) {
        for message in moved {
            let before = message.received_in_all();
            let fresh = Message {
                received: 0,
                moved: Some((from.to_owned(), before)),
                first_received: None,
                ..message
            };
            target.add(fresh, now);
        }
    }
}
