//! What is not as it should be about a budget's guard.

use std::fmt;

/// Who publishes the messages.
/// Source: <https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html>.
pub(super) const PUBLISHER: &str = "budgets.amazonaws.com";

/// Something about a budget's guard that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Finding {
    /// It has no notification.
    NoNotification,
    /// None of its notifications goes to a topic that counts here.
    NotOurTopic,
    /// A notification has no subscriber.
    NoSubscriber {
        /// Which.
        notification: String,
    },
    /// The policy of a topic cannot be read.
    PolicyUnreadable {
        /// Which topic, and why.
        what: String,
    },
    /// The policy of a topic does not let AWS Budgets publish.
    MayNotPublish {
        /// Which topic.
        topic: String,
    },
    /// The policy lets AWS Budgets publish for any account.
    AnyAccount {
        /// Which topic.
        topic: String,
    },
    /// The policy lets AWS Budgets publish for anything of the account.
    AnySource {
        /// Which topic.
        topic: String,
    },
    /// The policy lets anybody publish.
    Anybody {
        /// Which topic.
        topic: String,
    },
    /// Nobody gets what is published.
    NoSubscription {
        /// Which topic.
        topic: String,
    },
    /// Only people get what is published: it does not wake the guard.
    WakesNobody {
        /// Which topic.
        topic: String,
    },
    /// A subscription was not confirmed.
    Unconfirmed {
        /// Which endpoint.
        endpoint: String,
    },
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoNotification => f.write_str("the budget has no notification"),
            Self::NotOurTopic => {
                f.write_str("no notification of the budget goes to a topic that counts here")
            }
            Self::NoSubscriber { notification } => {
                write!(f, "the notification {notification} has no subscriber")
            }
            Self::PolicyUnreadable { what } => write!(f, "the policy cannot be read: {what}"),
            Self::MayNotPublish { topic } => write!(f, "{PUBLISHER} may not publish to {topic}"),
            Self::AnyAccount { topic } => {
                write!(
                    f,
                    "{topic} lets {PUBLISHER} publish for any aws:SourceAccount"
                )
            }
            Self::AnySource { topic } => {
                write!(f, "{topic} lets {PUBLISHER} publish for any aws:SourceArn")
            }
            Self::Anybody { topic } => write!(f, "{topic} lets anybody publish"),
            Self::NoSubscription { topic } => write!(f, "nobody is subscribed to {topic}"),
            Self::WakesNobody { topic } => {
                write!(
                    f,
                    "no function is subscribed to {topic}, so budget-guard sleeps on"
                )
            }
            Self::Unconfirmed { endpoint } => {
                write!(f, "the subscription of {endpoint} was not confirmed")
            }
        }
    }
}
