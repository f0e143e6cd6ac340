//! Guarding the guard: is the budget still there, and can its messages still reach us?
//!
//! Nothing here stops the guard: it looks every hour by itself. But a message comes hours before
//! anybody would look at a budget that has lost its notifications.

use std::fmt;

use rust_decimal::Decimal;

use super::prose::AlertType;
use super::reading::Threshold;

/// Free-tier use is told from so many hundredths of what is free.
pub const FREE_TIER_PERCENT: Decimal = Decimal::from_parts(85, 0, 0, false, 0);

/// Who publishes the messages.
/// Source: <https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html>.
const PUBLISHER: &str = "budgets.amazonaws.com";

/// What guards a budget.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guarded {
    /// Its notifications.
    pub notifications: Vec<Notification>,
    /// The topics that it should publish to, as far as they could be read.
    pub topics: Vec<Topic>,
}

/// A notification, and who gets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// What it watches.
    pub alert: AlertType,
    /// Its threshold.
    pub threshold: Threshold,
    /// The addresses of its subscribers: ARNs of topics and e-mail addresses.
    pub subscribers: Vec<String>,
}

/// A topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topic {
    /// Its ARN.
    pub arn: String,
    /// The statements of its policy, or what is wrong with the policy's text.
    pub policy: Result<Vec<Statement>, String>,
    /// Who gets its messages.
    pub subscriptions: Vec<Subscription>,
}

/// A statement of a topic's policy. Where the policy has one text, it is a list of one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statement {
    /// Whether it allows; otherwise it denies.
    pub allows: bool,
    /// Its principals without their kind, such as `budgets.amazonaws.com` or `*`.
    pub principals: Vec<String>,
    /// Its actions, such as `SNS:Publish`.
    pub actions: Vec<String>,
    /// Its conditions.
    pub conditions: Vec<Condition>,
}

/// A condition: an operator, a key and its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// Such as `StringEquals`.
    pub operator: String,
    /// Such as `aws:SourceAccount`.
    pub key: String,
    /// Any of these.
    pub values: Vec<String>,
}

/// A subscription of a topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// Such as `lambda` or `email`.
    pub protocol: String,
    /// The ARN or the address.
    pub endpoint: String,
    /// Whether its owner has confirmed it.
    pub confirmed: bool,
}

/// The use of something that is free up to a point. AWS may leave any field out.
/// Source: `FreeTierUsage` in botocore's `freetier/2023-09-07/service-2.json`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FreeTierUse {
    /// `service`.
    pub service: Option<String>,
    /// `usageType`.
    pub usage_type: Option<String>,
    /// `actualUsageAmount`.
    pub actual: Option<Decimal>,
    /// `forecastedUsageAmount`.
    pub forecast: Option<Decimal>,
    /// `limit`.
    pub limit: Option<Decimal>,
    /// `unit`.
    pub unit: Option<String>,
}

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
    /// A subscription was not confirmed.
    Unconfirmed {
        /// Which endpoint.
        endpoint: String,
    },
}

impl Guarded {
    /// What is not as it should be, in a fixed order.
    pub fn findings(&self, account: &str, topics: &[String]) -> Vec<Finding> {
        let mut findings = Vec::new();
        let reaches = |notification: &Notification| {
            let subscribers = &notification.subscribers;
            subscribers.iter().any(|address| topics.contains(address))
        };
        if self.notifications.is_empty() {
            findings.push(Finding::NoNotification);
        } else if !self.notifications.iter().any(reaches) {
            findings.push(Finding::NotOurTopic);
        }
        let lonely = self
            .notifications
            .iter()
            .filter(|n| n.subscribers.is_empty());
        findings.extend(lonely.map(|notification| Finding::NoSubscriber {
            notification: notification.shown(),
        }));
        for topic in &self.topics {
            findings.extend(topic.findings(account));
        }
        findings.sort();
        findings.dedup();
        findings
    }
}

impl Notification {
    /// `ACTUAL > 80 %`.
    fn shown(&self) -> String {
        let alert = match self.alert {
            AlertType::Actual => "ACTUAL",
            AlertType::Forecasted => "FORECASTED",
        };
        match self.threshold {
            Threshold::Percent(percent) => format!("{alert} > {} %", percent.normalize()),
            Threshold::Amount(amount) => format!("{alert} > {}", super::money::usd(amount)),
        }
    }
}

impl Topic {
    fn findings(&self, account: &str) -> Vec<Finding> {
        let topic = || self.arn.clone();
        let mut findings = match &self.policy {
            Ok(statements) => policy_findings(statements, account, &self.arn),
            Err(error) => vec![Finding::PolicyUnreadable {
                what: format!("{}: {error}", self.arn),
            }],
        };
        if self.subscriptions.is_empty() {
            findings.push(Finding::NoSubscription { topic: topic() });
        }
        let waiting = self.subscriptions.iter().filter(|s| !s.confirmed);
        findings.extend(waiting.map(|subscription| Finding::Unconfirmed {
            endpoint: subscription.endpoint.clone(),
        }));
        findings
    }
}

fn policy_findings(statements: &[Statement], account: &str, topic: &str) -> Vec<Finding> {
    let topic = || topic.to_owned();
    let publishes = |statement: &&Statement| statement.allows && statement.publishes();
    let anybody = statements.iter().filter(publishes);
    let anybody = anybody.filter(|s| s.names("*") && !s.is_bound());
    let mut findings: Vec<Finding> = anybody
        .map(|_| Finding::Anybody { topic: topic() })
        .collect();
    let budgets: Vec<&Statement> = statements
        .iter()
        .filter(publishes)
        .filter(|statement| statement.names(PUBLISHER))
        .collect();
    let denied = statements.iter().any(|statement| {
        let named = statement.names(PUBLISHER) || statement.names("*");
        !statement.allows && statement.publishes() && named && statement.conditions.is_empty()
    });
    let usable = budgets.iter().any(|statement| statement.lets_in(account));
    if denied || !usable {
        findings.push(Finding::MayNotPublish { topic: topic() });
    }
    // A statement that lets more in is no better for one beside it that lets in less.
    if budgets
        .iter()
        .any(|statement| !statement.has("aws:sourceaccount"))
    {
        findings.push(Finding::AnyAccount { topic: topic() });
    }
    if budgets
        .iter()
        .any(|statement| !statement.has("aws:sourcearn"))
    {
        findings.push(Finding::AnySource { topic: topic() });
    }
    findings
}

impl Statement {
    fn names(&self, principal: &str) -> bool {
        self.principals.iter().any(|named| named == principal)
    }

    fn publishes(&self) -> bool {
        let allowed = ["sns:publish", "sns:*", "*"];
        let mut actions = self
            .actions
            .iter()
            .map(|action| action.to_ascii_lowercase());
        actions.any(|action| allowed.contains(&action.as_str()))
    }

    fn has(&self, key: &str) -> bool {
        self.conditions
            .iter()
            .any(|condition| condition.is_about(key))
    }

    /// Whether who may publish is bound by anything: the default policy of a topic names `*` and
    /// binds it to the owner's account.
    fn is_bound(&self) -> bool {
        !self.conditions.is_empty()
    }

    /// Whether its conditions let AWS Budgets in for this account.
    fn lets_in(&self, account: &str) -> bool {
        let arn = format!("arn:aws:budgets::{account}:");
        self.conditions.iter().all(|condition| {
            let mut values = condition.values.iter();
            if condition.is_about("aws:sourceaccount") {
                return values.any(|value| value == account || value == "*");
            }
            if condition.is_about("aws:sourcearn") {
                return values.any(|value| value == "*" || value.starts_with(&arn));
            }
            // What else a condition may ask cannot be told from here.
            true
        })
    }
}

impl Condition {
    /// Condition keys are the same in upper and lower case.
    /// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html>.
    fn is_about(&self, key: &str) -> bool {
        self.key.eq_ignore_ascii_case(key)
    }
}

impl FreeTierUse {
    /// The hundredths of what is free that are used, or will be by the forecast; none if AWS does
    /// not say enough.
    pub fn percent(&self) -> Option<Decimal> {
        let limit = self.limit.filter(|limit| *limit > Decimal::ZERO)?;
        let used = self.actual?;
        used.saturating_mul(Decimal::ONE_HUNDRED).checked_div(limit)
    }

    /// Whether it is nearly used up.
    pub fn is_nearly_used(&self) -> bool {
        self.percent()
            .is_some_and(|percent| percent >= FREE_TIER_PERCENT)
    }

    /// `AmazonEC2, EU-BoxUsage:t3.micro`.
    pub fn named(&self) -> String {
        let parts = [&self.service, &self.usage_type];
        let parts: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
        if parts.is_empty() {
            return "something that AWS does not name".to_owned();
        }
        parts.join(", ")
    }
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
            Self::Unconfirmed { endpoint } => {
                write!(f, "the subscription of {endpoint} was not confirmed")
            }
        }
    }
}
