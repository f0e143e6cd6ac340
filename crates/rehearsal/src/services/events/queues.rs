//! What goes to queues: events whose target is one, and those that could not be delivered.

use super::deliveries::Delivery;
use super::rules;
use crate::services::sqs;
use crate::world::World;

/// Who sends what EventBridge puts into a queue; its real id is nobody's business.
const SENDER: &str = "events.amazonaws.com";

/// Puts what is due for a queue into it.
pub(super) fn fill(world: &mut World) {
    let now = world.now;
    let due = world
        .events
        .deliveries
        .take(now, |delivery| delivery.target.contains(":sqs:"));
    for delivery in due {
        let body = delivery.payload.to_string();
        if !sqs::put(world, &delivery.target, SENDER, &body, Default::default()) {
            give_up(world, &delivery);
        }
    }
}

/// Leaves an event in the dead-letter queue of its target, if there is one, because the target
/// is not there. Such an event is not tried again.
///
/// Source: <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html>. The error's
/// code is a choice.
pub fn give_up(world: &mut World, delivery: &Delivery) {
    let Some(queue) = &delivery.dead_letter else {
        return;
    };
    let attributes = sqs::text_attributes(&[
        ("RULE_ARN", rules::arn(world, &delivery.cause)),
        ("TARGET_ARN", delivery.target.clone()),
        ("ERROR_CODE", "RESOURCE_NOT_FOUND".to_owned()),
        (
            "ERROR_MESSAGE",
            format!("The target {} does not exist.", delivery.target),
        ),
        ("RETRY_ATTEMPTS", delivery.failed.to_string()),
    ]);
    let body = delivery.payload.to_string();
    sqs::put(world, queue, SENDER, &body, attributes);
}
