//! Topics and their attributes.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::subscriptions::Subscription;
use super::{invalid, policy, required};
use crate::call::{ApiError, Call};
use crate::page::page;
use crate::world::{Identity, World};

/// A topic.
#[derive(Clone, Debug, Default)]
pub struct Topic {
    /// The last part of its ARN.
    pub name: String,
    /// Attributes that were set.
    pub attributes: BTreeMap<String, String>,
    /// Its subscriptions in the order in which they were made.
    pub subscriptions: Vec<Subscription>,
    /// How many subscriptions it has lost.
    pub unsubscribed: usize,
}

impl Topic {
    /// Its policy as text: the one that was set, or the default.
    pub(super) fn policy(&self, identity: &Identity, arn: &str) -> String {
        let set = self.attributes.get("Policy");
        set.cloned()
            .unwrap_or_else(|| policy::by_default(identity, arn))
    }
}

/// Source: <https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html>.
pub(super) fn create(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let name = required(call, "Name")?;
    let allowed = |character: char| character.is_ascii_alphanumeric() || "-_".contains(character);
    if name.is_empty() || name.len() > 256 || !name.chars().all(allowed) {
        return Err(invalid("Topic Name"));
    }
    let identity = &world.identity;
    let arn = format!(
        "arn:aws:sns:{}:{}:{name}",
        identity.region, identity.account_id
    );
    let given = call.input["Attributes"]
        .as_array()
        .map_or(&[][..], Vec::as_slice);
    let topic = world.sns.topics.entry(arn.clone()).or_default();
    topic.name = name.to_owned();
    for entry in given {
        if let (Some(key), Some(value)) = (entry["key"].as_str(), entry["value"].as_str()) {
            topic.attributes.insert(key.to_owned(), value.to_owned());
        }
    }
    Ok(json!({ "TopicArn": arn }))
}

/// A hundred to a page: <https://docs.aws.amazon.com/sns/latest/api/API_ListTopics.html>.
pub(super) fn list(world: &World, call: &Call) -> Result<Value, ApiError> {
    let arns = world.sns.topics.keys();
    let topics = arns.map(|arn| json!({ "TopicArn": arn })).collect();
    listed("Topics", topics, call)
}

/// A page of a hundred, as every list in SNS.
pub(super) fn listed(member: &str, items: Vec<Value>, call: &Call) -> Result<Value, ApiError> {
    let (items, next) =
        page(items, call.text("NextToken"), 100).map_err(|_| invalid("NextToken"))?;
    Ok(json!({ member: items, "NextToken": next }))
}

/// Source: <https://docs.aws.amazon.com/sns/latest/api/API_GetTopicAttributes.html>.
pub(super) fn get_attributes(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let arn = required(call, "TopicArn")?;
    let identity = world.identity.clone();
    let topic = world.sns.topic(arn)?;
    let policy = topic.policy(&identity, arn);
    let count = |confirmed| {
        let all = topic.subscriptions.iter();
        all.filter(|one| one.confirmed == confirmed).count()
    };
    let mut attributes = BTreeMap::from([
        ("TopicArn".to_owned(), arn.to_owned()),
        ("Owner".to_owned(), identity.account_id),
        ("Policy".to_owned(), policy),
        ("DisplayName".to_owned(), String::new()),
        ("SubscriptionsConfirmed".to_owned(), count(true).to_string()),
        ("SubscriptionsPending".to_owned(), count(false).to_string()),
        (
            "SubscriptionsDeleted".to_owned(),
            topic.unsubscribed.to_string(),
        ),
    ]);
    attributes.extend(topic.attributes.clone());
    let entries: Vec<Value> = attributes
        .into_iter()
        .map(|(key, value)| json!({ "key": key, "value": value }))
        .collect();
    Ok(json!({ "Attributes": { "entry": entries } }))
}

/// Source: <https://docs.aws.amazon.com/sns/latest/api/API_SetTopicAttributes.html>.
pub(super) fn set_attributes(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let name = required(call, "AttributeName")?;
    let topic = world.sns.topic(required(call, "TopicArn")?)?;
    if topic_attributes().all(|known| known != name) {
        return Err(invalid("AttributeName"));
    }
    let value = call.text("AttributeValue").unwrap_or_default();
    if name == "Policy" && !is_policy(value) {
        return Err(invalid("Policy Error: null"));
    }
    topic.attributes.insert(name.to_owned(), value.to_owned());
    Ok(json!({}))
}

/// The wording is the one that people report:
/// <https://github.com/aws/serverless-application-model/issues/1591>.
fn is_policy(text: &str) -> bool {
    serde_json::from_str(text).is_ok_and(|policy: Value| policy["Statement"].is_array())
}

fn topic_attributes() -> impl Iterator<Item = &'static str> {
    [
        "DeliveryPolicy",
        "DisplayName",
        "Policy",
        "TracingConfig",
        "KmsMasterKeyId",
        "SignatureVersion",
        "HTTPSuccessFeedbackRoleArn",
        "HTTPSuccessFeedbackSampleRate",
        "HTTPFailureFeedbackRoleArn",
        "LambdaSuccessFeedbackRoleArn",
        "LambdaSuccessFeedbackSampleRate",
        "LambdaFailureFeedbackRoleArn",
        "SQSSuccessFeedbackRoleArn",
        "SQSSuccessFeedbackSampleRate",
        "SQSFailureFeedbackRoleArn",
    ]
    .into_iter()
}
