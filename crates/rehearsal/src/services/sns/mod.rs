//! SNS: topics, subscribers, and what each of them received.

mod deliveries;
mod envelope;
mod policy;
mod publish;
mod subscriptions;
mod topics;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::call::{ApiError, Call};
use crate::modules::{Module, never_due, nothing_happens};
use crate::wire::Protocol;
use crate::world::World;

pub use envelope::lambda_event;
pub use policy::Publisher;
pub use publish::Received;
pub use subscriptions::Subscription;
pub use topics::Topic;

pub(crate) use publish::publish_for;

/// SNS: topics, subscribers and what they received.
pub const MODULE: Module = Module {
    service: "sns",
    protocol: Protocol::Query {
        version: "2010-03-31",
        namespace: "http://sns.amazonaws.com/doc/2010-03-31/",
    },
    operations: &[
        "CreateTopic",
        "ListTopics",
        "GetTopicAttributes",
        "SetTopicAttributes",
        "Subscribe",
        "ConfirmSubscription",
        "Unsubscribe",
        "ListSubscriptionsByTopic",
        "Publish",
    ],
    call,
    due: never_due,
    advance: nothing_happens,
};

/// What the account holds of SNS.
#[derive(Debug, Default)]
pub struct Sns {
    /// The topics by ARN.
    pub topics: BTreeMap<String, Topic>,
    /// What confirmed subscribers received, in order.
    pub received: Vec<Received>,
}

impl Sns {
    /// Confirms every subscription of this endpoint, as a person does with the link in the mail;
    /// says how many there were.
    pub fn confirm(&mut self, endpoint: &str) -> usize {
        let pending = self
            .topics
            .values_mut()
            .flat_map(|topic| &mut topic.subscriptions)
            .filter(|subscription| subscription.endpoint == endpoint && !subscription.confirmed);
        pending
            .map(|subscription| subscription.confirmed = true)
            .count()
    }

    fn topic(&mut self, arn: &str) -> Result<&mut Topic, ApiError> {
        let parts = arn.split(':').count();
        if parts < 6 {
            return Err(invalid(format!(
                "TopicArn Reason: An ARN must have at least 6 elements, not {parts}"
            )));
        }
        self.topics
            .get_mut(arn)
            .ok_or_else(|| not_found("Topic does not exist"))
    }
}

fn call(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    match call.operation.as_str() {
        "CreateTopic" => topics::create(world, call),
        "ListTopics" => topics::list(world, call),
        "GetTopicAttributes" => topics::get_attributes(world, call),
        "SetTopicAttributes" => topics::set_attributes(world, call),
        "Subscribe" => subscriptions::subscribe(world, call),
        "ConfirmSubscription" => subscriptions::confirm(world, call),
        "Unsubscribe" => subscriptions::unsubscribe(world, call),
        "ListSubscriptionsByTopic" => subscriptions::list(world, call),
        "Publish" => publish::publish(world, call),
        _ => Err(ApiError::not_modelled(call)),
    }
}

/// A refusal in SNS's words.
fn invalid(what: impl std::fmt::Display) -> ApiError {
    ApiError::client("InvalidParameter", format!("Invalid parameter: {what}"))
}

fn not_found(message: &str) -> ApiError {
    ApiError {
        status: 404,
        ..ApiError::client("NotFound", message)
    }
}

/// A member that must be there.
fn required<'a>(call: &'a Call, member: &str) -> Result<&'a str, ApiError> {
    call.text(member)
        .ok_or_else(|| invalid(format!("{member} Reason: no value for required parameter")))
}

#[cfg(test)]
mod tests;
