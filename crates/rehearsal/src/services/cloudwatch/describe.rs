//! DescribeAlarms.
//!
//! Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html>.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::alarm::{Alarm, Kind, Metric};
use super::calls::{invalid, read};
use super::news;
use crate::call::{ApiError, Call};
use crate::page::page;
use crate::services::ecs::epoch;
use crate::world::World;

/// The most of a page.
const MOST: usize = 100;

/// The size of a page where none is asked for: not in the documentation any more, as it used to be.
const USUAL: usize = 50;

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Describe {
    #[serde(default)]
    alarm_names: Vec<String>,
    alarm_name_prefix: Option<String>,
    alarm_types: Option<Vec<String>>,
    children_of_alarm_name: Option<String>,
    parents_of_alarm_name: Option<String>,
    state_value: Option<String>,
    action_prefix: Option<String>,
    max_records: Option<usize>,
    next_token: Option<String>,
}

pub(super) fn describe(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input: Describe = read(call)?;
    let unknown = [&input.children_of_alarm_name, &input.parents_of_alarm_name];
    if unknown.iter().any(|it| it.is_some()) || input.action_prefix.is_some() {
        return Err(ApiError::not_modelled(call));
    }
    if input.alarm_names.len() > MOST {
        return Err(invalid("AlarmNames cannot have more than 100 elements."));
    }
    if input.alarm_name_prefix.is_some() && !input.alarm_names.is_empty() {
        return Err(invalid(
            "AlarmNamePrefix and AlarmNames cannot both be given.",
        ));
    }
    let size = input.max_records.unwrap_or(USUAL);
    if !(1..=MOST).contains(&size) {
        return Err(invalid("MaxRecords must be between 1 and 100."));
    }
    let alarms = world.cloudwatch.alarms.values();
    let wanted: Vec<&Alarm> = alarms.filter(|alarm| input.wants(alarm)).collect();
    let (shown, next_token) = page(wanted, input.next_token.as_deref(), size).map_err(|_| {
        ApiError::client("InvalidNextToken", "The next token specified is invalid.")
    })?;
    let (mut metric, mut composite) = (Vec::new(), Vec::new());
    for alarm in shown {
        match &alarm.kind {
            Kind::Metric(it) => metric.push(of_metric(world, alarm, it)),
            Kind::Composite { .. } => composite.push(of_others(world, alarm)),
        }
    }
    Ok(json!({
        "MetricAlarms": metric,
        "CompositeAlarms": composite,
        "LogAlarms": [],
        "NextToken": next_token,
    }))
}

impl Describe {
    /// "If you omit this parameter, only metric alarms are returned, even if composite alarms exist".
    fn wants(&self, alarm: &Alarm) -> bool {
        let kind = match alarm.kind {
            Kind::Metric(_) => "MetricAlarm",
            Kind::Composite { .. } => "CompositeAlarm",
        };
        let kinds = self.alarm_types.as_deref();
        let asked = kinds.map_or(kind == "MetricAlarm", |all| all.iter().any(|it| it == kind));
        let prefix = self.alarm_name_prefix.as_deref().unwrap_or_default();
        let state = self.state_value.as_deref();
        asked
            && (self.alarm_names.is_empty() || self.alarm_names.contains(&alarm.name))
            && alarm.name.starts_with(prefix)
            && state.is_none_or(|it| it == alarm.state.name())
    }
}

fn common(world: &World, alarm: &Alarm) -> Map<String, Value> {
    let members = [
        ("AlarmName", json!(alarm.name)),
        ("AlarmArn", json!(alarm.arn(&world.identity))),
        ("AlarmDescription", json!(alarm.description)),
        (
            "AlarmConfigurationUpdatedTimestamp",
            epoch(alarm.configured),
        ),
        ("ActionsEnabled", json!(true)),
        ("OKActions", json!([])),
        ("AlarmActions", json!([])),
        ("InsufficientDataActions", json!([])),
        ("StateValue", json!(alarm.state.name())),
        ("StateReason", json!(alarm.reason)),
        ("StateReasonData", json!(alarm.reason_data)),
        ("StateUpdatedTimestamp", epoch(alarm.updated)),
        ("StateTransitionedTimestamp", epoch(alarm.transitioned)),
    ];
    let members = members.into_iter();
    members
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

fn of_metric(world: &World, alarm: &Alarm, it: &Metric) -> Value {
    let mut shown = common(world, alarm);
    let dimensions = it.dimensions.iter();
    let dimensions: Vec<Value> = dimensions
        .map(|(name, value)| json!({"Name": name, "Value": value}))
        .collect();
    let members = [
        ("Namespace", json!(it.namespace)),
        ("MetricName", json!(it.name)),
        ("Dimensions", json!(dimensions)),
        ("Statistic", json!("Sum")),
        ("Period", json!(it.period)),
        ("EvaluationPeriods", json!(it.evaluation_periods)),
        ("Threshold", json!(it.threshold)),
        ("ComparisonOperator", json!("GreaterThanThreshold")),
        ("TreatMissingData", json!("missing")),
    ];
    let members = members.into_iter();
    shown.extend(members.map(|(name, value)| (name.to_owned(), value)));
    Value::Object(shown)
}

fn of_others(world: &World, alarm: &Alarm) -> Value {
    let mut shown = common(world, alarm);
    if let Kind::Composite { rule, suppressor } = &alarm.kind {
        shown.insert("AlarmRule".to_owned(), json!(rule.to_string()));
        shown.insert("ActionsSuppressor".to_owned(), json!(suppressor));
    }
    if let Some(reason) = news::suppressed(world, alarm) {
        shown.insert("ActionsSuppressedBy".to_owned(), json!("Alarm"));
        shown.insert("ActionsSuppressedReason".to_owned(), json!(reason));
    }
    Value::Object(shown)
}
