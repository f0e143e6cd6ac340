//! Publish: one message, worded for each protocol.
//!
//! Source: <https://docs.aws.amazon.com/sns/latest/api/API_Publish.html>.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::policy::{self, Publisher};
use super::{deliveries, invalid, required};
use crate::call::{ApiError, Call};
use crate::journal::What;
use crate::services::events::uuid;
use crate::world::World;

/// The most bytes in a message.
const MOST_BYTES: usize = 262_144;

/// What a subscriber received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// When.
    pub at: Timestamp,
    /// The topic's ARN.
    pub topic: String,
    /// The subscription's ARN.
    pub subscription: String,
    /// How it was delivered.
    pub protocol: String,
    /// Where it was delivered.
    pub endpoint: String,
    /// The message's subject.
    pub subject: Option<String>,
    /// The text for this protocol.
    pub message: String,
    /// The same for everyone who received the message.
    pub message_id: String,
}

pub(super) fn publish(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    if call.text("PhoneNumber").is_some() {
        return Err(ApiError::not_modelled(call));
    }
    let topic_arn = call
        .text("TopicArn")
        .or_else(|| call.text("TargetArn"))
        .ok_or_else(|| invalid("TopicArn or TargetArn Reason: no value for required parameter"))?;
    let text = required(call, "Message")?;
    let subject = call.text("Subject");
    check(text, subject)?;
    let texts = texts(text, call.text("MessageStructure"))?;
    let (name, message_id) = send(world, topic_arn, subject, &texts)?;
    world.happened(
        name,
        What::Published(json!({
            "MessageId": message_id,
            "Subject": subject,
            "Message": texts.0,
        })),
    );
    Ok(json!({ "MessageId": message_id }))
}

/// Publishes for an AWS service, which only the topic's policy can allow, and returns the
/// message's id. AWS's own key for SNS lets no other service encrypt:
/// <https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html>.
pub(crate) fn publish_for(
    world: &mut World,
    publisher: &Publisher,
    topic_arn: &str,
    subject: &str,
    text: &str,
) -> Result<String, ApiError> {
    check(text, Some(subject))?;
    let identity = world.identity.clone();
    let topic = world.sns.topic(topic_arn)?;
    let policy = topic.policy(&identity, topic_arn);
    if !policy::lets(&policy, publisher, topic_arn) {
        return Err(denied("AuthorizationError", publisher, topic_arn));
    }
    let key = topic.attributes.get("KmsMasterKeyId");
    if key.is_some_and(|key| key.ends_with("alias/aws/sns")) {
        return Err(denied("KMSAccessDenied", publisher, topic_arn));
    }
    let texts = texts(text, None)?;
    send(world, topic_arn, Some(subject), &texts).map(|(_, message_id)| message_id)
}

fn denied(code: &str, publisher: &Publisher, topic: &str) -> ApiError {
    let principal = publisher.principal;
    let message =
        format!("{principal} is not authorized to perform: SNS:Publish on resource: {topic}");
    ApiError {
        status: 403,
        ..ApiError::client(code, message)
    }
}

/// Hands a message to every confirmed subscriber; returns the topic's name and the message's id.
fn send(
    world: &mut World,
    topic_arn: &str,
    subject: Option<&str>,
    texts: &Texts,
) -> Result<(String, String), ApiError> {
    let message_id = uuid(&world.id());
    let at = world.now;
    let topic = world.sns.topic(topic_arn)?;
    let name = topic.name.clone();
    let confirmed = topic.subscriptions.iter().filter(|one| one.confirmed);
    let received: Vec<Received> = confirmed
        .map(|one| Received {
            at,
            topic: topic_arn.to_owned(),
            subscription: one.arn.clone(),
            protocol: one.protocol.clone(),
            endpoint: one.endpoint.clone(),
            subject: subject.map(str::to_owned),
            message: texts.of(&one.protocol).to_owned(),
            message_id: message_id.clone(),
        })
        .collect();
    for one in received {
        deliveries::to_function(world, &one);
        world.sns.received.push(one);
    }
    Ok((name, message_id))
}

/// A subject is "UTF-8 text with no line breaks or control characters, and less than 100
/// characters long".
fn check(text: &str, subject: Option<&str>) -> Result<(), ApiError> {
    if text.is_empty() {
        return Err(invalid("Empty message"));
    }
    if text.len() > MOST_BYTES {
        return Err(invalid("Message too long"));
    }
    let bad = |subject: &str| {
        subject.is_empty()
            || subject.chars().count() >= 100
            || subject.chars().any(char::is_control)
    };
    if subject.is_some_and(bad) {
        return Err(invalid("Subject"));
    }
    Ok(())
}

/// The text for each protocol, and `default`.
struct Texts(Map<String, Value>);

impl Texts {
    fn of(&self, protocol: &str) -> &str {
        let own = self.0.get(protocol).or_else(|| self.0.get("default"));
        own.and_then(Value::as_str).unwrap_or_default()
    }
}

/// Members that are not strings are ignored; a `default` must remain.
fn texts(text: &str, structure: Option<&str>) -> Result<Texts, ApiError> {
    match structure {
        None => return Ok(Texts(Map::from_iter([("default".to_owned(), json!(text))]))),
        Some("json") => {}
        Some(_) => return Err(invalid("MessageStructure")),
    }
    let Ok(Value::Object(mut texts)) = serde_json::from_str(text) else {
        return Err(invalid(
            "Message Structure - JSON message body failed to parse",
        ));
    };
    texts.retain(|_, text| text.is_string());
    if !texts.contains_key("default") {
        return Err(invalid(
            "Message Structure - No default entry in JSON message body",
        ));
    }
    Ok(Texts(texts))
}
