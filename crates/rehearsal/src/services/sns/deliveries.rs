//! A message on its way to a function that subscribes.

use jiff::SignedDuration;

use super::envelope::lambda_event;
use super::publish::Received;
use crate::services::events::{Delivery, RetryPolicy, later};
use crate::world::World;

/// From the topic to the function's queue. AWS promises no figure; the half second of EventBridge
/// is a choice.
const LATENCY: SignedDuration = SignedDuration::from_millis(500);

/// "100,015 times over 23 days":
/// <https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html>.
const RETRIES: RetryPolicy = RetryPolicy {
    retries: 100_015,
    age: SignedDuration::from_hours(23 * 24),
};

/// Sends a message on its way if the subscriber is a function. It shares EventBridge's queue, and
/// so the mishaps that a script lets happen there: twice, late, never.
pub(super) fn to_function(world: &mut World, received: &Received) {
    if received.protocol != "lambda" {
        return;
    }
    let delivery = Delivery {
        cause: received.topic.clone(),
        target: received.endpoint.clone(),
        payload: lambda_event(received),
        since: received.at,
        due: later(received.at, LATENCY),
        failed: 0,
        policy: RETRIES,
        dead_letter: None,
    };
    world.events.deliveries.add(delivery);
}
