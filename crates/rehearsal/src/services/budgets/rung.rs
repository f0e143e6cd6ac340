//! A notification of a budget: a threshold, who is told, and how it stands.
//!
//! Source: <https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_Notification.html>.

use bigdecimal::{BigDecimal, Signed};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{exceeded, invalid};
use crate::call::ApiError;

/// A notification. The same four members make the same one.
#[derive(Clone, Debug)]
pub struct Rung {
    /// `ACTUAL` or `FORECASTED`.
    pub kind: String,
    /// `GREATER_THAN`, `LESS_THAN` or `EQUAL_TO`.
    pub operator: String,
    /// The threshold: a percentage of the limit, or an amount.
    pub threshold: BigDecimal,
    /// Whether it is an amount: `ABSOLUTE_VALUE`.
    pub absolute: bool,
    /// Who is told.
    pub subscribers: Vec<Subscriber>,
    /// Whether it is in the state ALARM.
    pub alarm: bool,
    /// The beginning of the period for which an ACTUAL alert went out last.
    pub told: Option<Timestamp>,
    /// The threshold as it was given.
    pub(super) given: Value,
}

/// Who is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscriber {
    /// Whether it is a topic, by its ARN; otherwise it is an e-mail address.
    pub is_topic: bool,
    /// The ARN or the address.
    pub address: String,
}

/// One topic and ten e-mail addresses:
/// <https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_NotificationWithSubscribers.html>.
const MOST_TOPICS: usize = 1;
const MOST_ADDRESSES: usize = 10;

impl Rung {
    /// Reads a `Notification`, without subscribers.
    pub(super) fn read(input: &Value) -> Result<Self, ApiError> {
        let one_of = |member: &str, known: &[&str]| match input[member].as_str() {
            Some(value) if known.contains(&value) => Ok(value.to_owned()),
            _ => Err(invalid(format!(
                "{member} must be one of {}",
                known.join(", ")
            ))),
        };
        let given = input["Threshold"].clone();
        let threshold = given.as_number().and_then(|it| it.to_string().parse().ok());
        let most = BigDecimal::from(15_000_000_000_000_u64);
        let threshold = threshold
            .filter(|it: &BigDecimal| !it.is_negative() && *it <= most)
            .ok_or_else(|| invalid("Threshold must be between 0 and 15000000000000"))?;
        let absolute = match input.get("ThresholdType") {
            None | Some(Value::Null) => false,
            Some(_) => one_of("ThresholdType", &["PERCENTAGE", "ABSOLUTE_VALUE"])? != "PERCENTAGE",
        };
        Ok(Self {
            kind: one_of("NotificationType", &["ACTUAL", "FORECASTED"])?,
            operator: one_of(
                "ComparisonOperator",
                &["GREATER_THAN", "LESS_THAN", "EQUAL_TO"],
            )?,
            threshold,
            absolute,
            subscribers: Vec::new(),
            alarm: false,
            told: None,
            given,
        })
    }

    /// Whether both mean the same notification.
    pub fn is(&self, other: &Self) -> bool {
        self.kind == other.kind
            && self.operator == other.operator
            && self.threshold == other.threshold
            && self.absolute == other.absolute
    }

    /// As the API shows it.
    pub(super) fn show(&self) -> Value {
        json!({
            "NotificationType": self.kind,
            "ComparisonOperator": self.operator,
            "Threshold": self.given,
            "ThresholdType": if self.absolute { "ABSOLUTE_VALUE" } else { "PERCENTAGE" },
            "NotificationState": if self.alarm { "ALARM" } else { "OK" },
        })
    }

    /// The threshold in money, for this limit.
    pub fn bound(&self, limit: &BigDecimal) -> BigDecimal {
        match self.absolute {
            true => self.threshold.clone(),
            false => &self.threshold * limit / BigDecimal::from(100),
        }
    }

    /// Whether `figure` is beyond the threshold.
    pub fn is_crossed(&self, figure: &BigDecimal, limit: &BigDecimal) -> bool {
        let bound = self.bound(limit);
        match self.operator.as_str() {
            "GREATER_THAN" => *figure > bound,
            "LESS_THAN" => *figure < bound,
            _ => *figure == bound,
        }
    }

    /// Adds a subscriber.
    pub(super) fn add(&mut self, subscriber: Subscriber) -> Result<(), ApiError> {
        if self.subscribers.contains(&subscriber) {
            let message = "Unable to create subscriber - the subscriber already exists.";
            return Err(ApiError::client("DuplicateRecordException", message));
        }
        let alike = self.subscribers.iter();
        let alike = alike.filter(|one| one.is_topic == subscriber.is_topic);
        let most = match subscriber.is_topic {
            true => MOST_TOPICS,
            false => MOST_ADDRESSES,
        };
        if alike.count() >= most {
            return Err(exceeded("subscribers"));
        }
        self.subscribers.push(subscriber);
        Ok(())
    }
}

impl Subscriber {
    /// Reads a `Subscriber`.
    pub(super) fn read(input: &Value) -> Result<Self, ApiError> {
        let address = input["Address"].as_str().unwrap_or_default();
        let (is_topic, fits) = match input["SubscriptionType"].as_str() {
            Some("SNS") => (true, address.starts_with("arn:aws:sns:")),
            Some("EMAIL") => (false, address.contains('@')),
            _ => return Err(invalid("SubscriptionType must be one of SNS, EMAIL")),
        };
        if !fits || address.contains(['\n', '\r']) {
            return Err(invalid("the subscriber's address is not valid"));
        }
        Ok(Self {
            is_topic,
            address: address.to_owned(),
        })
    }

    /// As the API shows it.
    pub(super) fn show(&self) -> Value {
        let kind = if self.is_topic { "SNS" } else { "EMAIL" };
        json!({"SubscriptionType": kind, "Address": self.address})
    }
}
