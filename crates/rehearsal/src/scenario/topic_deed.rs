//! What people do to topics.

use std::fmt;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::account::Account;
use crate::call::ApiError;
use crate::services::budgets::topic_arn;

/// A deed that concerns a topic, which is written as its name or its ARN.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub enum TopicDeed {
    /// Somebody publishes a message, a stranger perhaps.
    Publish {
        /// The topic.
        topic: String,
        /// The subject; none is none.
        subject: Option<String>,
        /// The text.
        message: String,
        /// Who.
        by: String,
    },
    /// Somebody sets the topic's policy.
    SetPolicy {
        /// The topic.
        topic: String,
        /// The policy.
        policy: Value,
        /// Who.
        by: String,
    },
    /// Somebody subscribes; people and web servers have yet to confirm it.
    Subscribe {
        /// The topic.
        topic: String,
        /// How messages are delivered.
        protocol: String,
        /// Where they are delivered.
        endpoint: String,
        /// Who.
        by: String,
    },
    /// Somebody ends the subscriptions of an endpoint.
    Unsubscribe {
        /// The topic.
        topic: String,
        /// Where messages were delivered.
        endpoint: String,
        /// Who.
        by: String,
    },
}

impl TopicDeed {
    /// Does it.
    pub(super) fn perform(&self, account: &Account) -> Result<(), Box<ApiError>> {
        let (Self::Publish { topic, by, .. }
        | Self::SetPolicy { topic, by, .. }
        | Self::Subscribe { topic, by, .. }
        | Self::Unsubscribe { topic, by, .. }) = self;
        let topic = topic_arn(&account.state().world, topic);
        for (operation, input) in self.calls(account, &topic) {
            account.by_hand(by, "sns", operation, input)?;
        }
        Ok(())
    }

    fn calls(&self, account: &Account, topic: &str) -> Vec<(&'static str, Value)> {
        match self {
            Self::Publish {
                subject, message, ..
            } => vec![(
                "Publish",
                json!({"TopicArn": topic, "Subject": subject, "Message": message}),
            )],
            Self::SetPolicy { policy, .. } => vec![(
                "SetTopicAttributes",
                json!({
                    "TopicArn": topic,
                    "AttributeName": "Policy",
                    "AttributeValue": policy.to_string(),
                }),
            )],
            Self::Subscribe {
                protocol, endpoint, ..
            } => vec![(
                "Subscribe",
                json!({"TopicArn": topic, "Protocol": protocol, "Endpoint": endpoint}),
            )],
            Self::Unsubscribe { endpoint, .. } => {
                let state = account.state();
                let topic = state.world.sns.topics.get(topic);
                let known = topic.map_or(&[][..], |topic| &topic.subscriptions);
                let own = known.iter().filter(|one| one.endpoint == *endpoint);
                own.map(|one| ("Unsubscribe", json!({"SubscriptionArn": one.arn})))
                    .collect()
            }
        }
    }
}

impl fmt::Display for TopicDeed {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Publish {
                topic, subject, by, ..
            } => match subject {
                Some(subject) => write!(out, "{by} publishes {subject:?} to {topic}"),
                None => write!(out, "{by} publishes a message to {topic}"),
            },
            Self::SetPolicy { topic, by, .. } => write!(out, "{by} changes the policy of {topic}"),
            Self::Subscribe {
                topic,
                endpoint,
                by,
                ..
            } => write!(out, "{by} subscribes {endpoint} to {topic}"),
            Self::Unsubscribe {
                topic,
                endpoint,
                by,
                ..
            } => write!(out, "{by} unsubscribes {endpoint} from {topic}"),
        }
    }
}
