//! What a rest saved, for those who read it.

use domain::off_hours::savings::Saving;
use domain::resting::Subject;
use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

/// What one rest saved.
#[derive(Debug)]
pub(crate) struct Saved {
    /// The service or the group.
    pub(super) subject: Subject,
    /// Hours of tasks or of instances, if they are known.
    pub(super) hours: Option<Decimal>,
    pub(super) saving: Saving,
}

/// How a subject is called: in the report, as a metric's dimension, and its hours in both.
struct Names {
    member: &'static str,
    hours: &'static str,
    dimension: &'static str,
    metric: &'static str,
}

const SERVICE: Names = Names {
    member: "service",
    hours: "task_hours",
    dimension: "Service",
    metric: "SavedTaskHours",
};

const GROUP: Names = Names {
    member: "group",
    hours: "instance_hours",
    dimension: "Group",
    metric: "SavedInstanceHours",
};

impl Saved {
    /// For the report and the journal.
    pub(crate) fn shown(&self) -> Value {
        let names = self.names();
        let (usd, estimate, unknown) = match &self.saving {
            Saving::Known { usd, estimate } => (Some(usd.to_string()), *estimate, None),
            Saving::Unknown { why } => (None, None, Some(why.to_string())),
        };
        let estimate = estimate.map(|off| format!("Fargate Spot is taken to be {off} % off"));
        json!({
            names.member: self.subject.to_string(),
            names.hours: self.hours.and_then(number),
            "usd": usd,
            "estimate": estimate,
            "unknown": unknown,
        })
    }

    /// A line in CloudWatch's embedded metric format, which becomes metrics without a call; none
    /// where nothing is known. An estimate has a name of its own: a metric keeps nothing else that
    /// could say so.
    /// Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>.
    pub(crate) fn metric(&self, at: Timestamp) -> Option<Value> {
        let names = self.names();
        let money = match &self.saving {
            Saving::Known { usd, estimate } => {
                let name = estimate.map_or("SavedUSD", |_| "SavedUSDEstimated");
                number(*usd).map(|usd| (name, usd))
            }
            Saving::Unknown { .. } => None,
        };
        let hours = self
            .hours
            .and_then(number)
            .map(|hours| (names.metric, hours));
        let values: Vec<(&str, f64)> = hours.into_iter().chain(money).collect();
        if values.is_empty() {
            return None;
        }
        let metrics: Vec<Value> = values
            .iter()
            .map(|(name, _)| json!({ "Name": name, "Unit": "None" }))
            .collect();
        let mut line = Map::new();
        line.insert("_aws".to_owned(), json!({
            "Timestamp": at.as_millisecond(),
            "CloudWatchMetrics": [{ "Namespace": "Caretaker", "Dimensions": [[names.dimension]], "Metrics": metrics }],
        }));
        line.insert(names.dimension.to_owned(), json!(self.subject.to_string()));
        let values = values.into_iter();
        line.extend(values.map(|(name, value)| (name.to_owned(), json!(value))));
        Some(Value::Object(line))
    }

    fn names(&self) -> Names {
        match self.subject {
            Subject::Service(_) => SERVICE,
            Subject::Group(_) => GROUP,
        }
    }
}

/// As JSON has it, to the millionth.
fn number(decimal: Decimal) -> Option<f64> {
    decimal.round_dp(6).to_string().parse().ok()
}
