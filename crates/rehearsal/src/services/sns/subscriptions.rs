//! Subscriptions: who asked for a topic's messages, and whether they confirmed it.

use serde_json::{Value, json};

use super::topics::listed;
use super::{invalid, not_found, required};
use crate::call::{ApiError, Call};
use crate::services::events::uuid;
use crate::world::World;

/// A subscription.
#[derive(Clone, Debug)]
pub struct Subscription {
    /// Its ARN, which AWS does not show before it is confirmed.
    pub arn: String,
    /// How it is delivered, such as `email`.
    pub protocol: String,
    /// Where it is delivered.
    pub endpoint: String,
    /// Whether it receives anything yet.
    pub confirmed: bool,
    /// What ConfirmSubscription wants to see.
    pub token: String,
}

/// Source: <https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html>.
pub(super) fn subscribe(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let topic_arn = required(call, "TopicArn")?;
    let protocol = required(call, "Protocol")?;
    let endpoint = call.text("Endpoint").unwrap_or_default();
    let (id, token) = (uuid(&world.id()), world.id());
    let topic = world.sns.topic(topic_arn)?;
    let confirmed = check_endpoint(protocol, endpoint)?;
    let known = topic
        .subscriptions
        .iter()
        .position(|one| one.protocol == protocol && one.endpoint == endpoint);
    let index = known.unwrap_or_else(|| {
        topic.subscriptions.push(Subscription {
            arn: format!("{topic_arn}:{id}"),
            protocol: protocol.to_owned(),
            endpoint: endpoint.to_owned(),
            confirmed,
            token,
        });
        topic.subscriptions.len() - 1
    });
    let subscription = &topic.subscriptions[index];
    let told = subscription.confirmed || call.text("ReturnSubscriptionArn") == Some("true");
    let arn = if told {
        subscription.arn.as_str()
    } else {
        "pending confirmation"
    };
    Ok(json!({ "SubscriptionArn": arn }))
}

/// Refuses an endpoint that does not fit its protocol; says whether one that does is confirmed at
/// once: queues, functions and phones of the same account are, people and web servers are not.
fn check_endpoint(protocol: &str, endpoint: &str) -> Result<bool, ApiError> {
    let (fits, what, confirmed) = match protocol {
        "email" | "email-json" => {
            let fits = endpoint
                .split_once('@')
                .is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
            (
                fits && !endpoint.contains([' ', ';', ',']),
                "Email address",
                false,
            )
        }
        "http" | "https" => (
            endpoint.starts_with(&format!("{protocol}://")),
            "Endpoint must match the specified protocol",
            false,
        ),
        "sms" => {
            let digits = endpoint.strip_prefix('+').unwrap_or_default();
            let fits = (2..=15).contains(&digits.len())
                && digits.chars().all(|digit| digit.is_ascii_digit());
            (fits, "Invalid SMS endpoint", true)
        }
        "sqs" => (
            endpoint.starts_with("arn:aws:sqs:"),
            "SQS endpoint ARN",
            true,
        ),
        "lambda" => (
            endpoint.starts_with("arn:aws:lambda:"),
            "Lambda endpoint ARN",
            true,
        ),
        unknown => {
            return Err(invalid(format!(
                "Amazon SNS does not support this protocol string: {unknown}"
            )));
        }
    };
    if !fits {
        return Err(invalid(what));
    }
    Ok(confirmed)
}

/// Source: <https://docs.aws.amazon.com/sns/latest/api/API_ConfirmSubscription.html>.
pub(super) fn confirm(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let token = required(call, "Token")?;
    let topic = world.sns.topic(required(call, "TopicArn")?)?;
    let subscription = topic
        .subscriptions
        .iter_mut()
        .find(|subscription| subscription.token == token)
        .ok_or_else(|| invalid("Token"))?;
    subscription.confirmed = true;
    Ok(json!({ "SubscriptionArn": subscription.arn }))
}

/// Source: <https://docs.aws.amazon.com/sns/latest/api/API_Unsubscribe.html>.
pub(super) fn unsubscribe(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let arn = required(call, "SubscriptionArn")?;
    let (topic_arn, _) = arn
        .rsplit_once(':')
        .ok_or_else(|| invalid("SubscriptionArn"))?;
    let topic = world
        .sns
        .topics
        .get_mut(topic_arn)
        .ok_or_else(|| not_found("Subscription does not exist"))?;
    let before = topic.subscriptions.len();
    topic
        .subscriptions
        .retain(|subscription| subscription.arn != arn);
    topic.unsubscribed += before - topic.subscriptions.len();
    Ok(json!({}))
}

/// Source: <https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptionsByTopic.html>.
pub(super) fn list(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let topic_arn = required(call, "TopicArn")?;
    let owner = world.identity.account_id.clone();
    let subscriptions = &world.sns.topic(topic_arn)?.subscriptions;
    let shown = |one: &Subscription| {
        json!({
            "TopicArn": topic_arn,
            "Protocol": one.protocol,
            "SubscriptionArn": if one.confirmed { &one.arn } else { "PendingConfirmation" },
            "Owner": owner,
            "Endpoint": one.endpoint,
        })
    };
    listed(
        "Subscriptions",
        subscriptions.iter().map(shown).collect(),
        call,
    )
}
