//! `CloudWatch Alarm State Change`.
//!
//! Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html>.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::alarm::{Alarm, Kind, State};
use crate::services::events::{emit, is_wanted, uuid};
use crate::world::World;

const SOURCE: &str = "aws.cloudwatch";
const KIND: &str = "CloudWatch Alarm State Change";

/// Tells that an alarm went from one state to another. Costs nothing where no rule asks for it.
pub(super) fn changed(world: &mut World, before: &Alarm, after: &Alarm) {
    if !is_wanted(world, SOURCE, KIND) {
        return;
    }
    let metric_id = uuid(&world.id());
    let mut detail = json!({
        "alarmName": after.name,
        "state": state(world, after),
        "previousState": state(world, before),
        "configuration": configuration(after, &metric_id),
    });
    if after.propagates_tags {
        detail["alarmTags"] = json!(after.tags);
    }
    let arn = after.arn(&world.identity);
    emit(world, SOURCE, KIND, vec![arn], detail);
}

fn state(world: &World, alarm: &Alarm) -> Value {
    let mut shown = json!({
        "value": alarm.state.name(),
        "reason": alarm.reason,
        "reasonData": alarm.reason_data,
        "timestamp": stamp(alarm.updated),
    });
    if let Some(reason) = suppressed(world, alarm) {
        shown["actionsSuppressedBy"] = json!("Alarm");
        shown["actionsSuppressedReason"] = json!(reason);
    }
    shown
}

/// Why an alarm's actions are suppressed, if they are. The periods around it are not modelled.
pub(super) fn suppressed(world: &World, alarm: &Alarm) -> Option<&'static str> {
    let Kind::Composite { suppressor, .. } = &alarm.kind else {
        return None;
    };
    let suppressor = world.cloudwatch.alarms.get(suppressor.as_ref()?)?;
    let acts = alarm.state == State::Alarm && suppressor.state == State::Alarm;
    acts.then_some("Actions suppressed by alarm")
}

fn configuration(alarm: &Alarm, metric_id: &str) -> Value {
    match &alarm.kind {
        Kind::Metric(it) => json!({
            "description": alarm.description,
            "metrics": [{
                "id": metric_id,
                "metricStat": {
                    "metric": {
                        "namespace": it.namespace,
                        "name": it.name,
                        "dimensions": it.dimensions,
                    },
                    "period": it.period,
                    "stat": "Sum",
                },
                "returnData": true,
            }],
        }),
        Kind::Composite { rule, suppressor } => {
            let mut shown = json!({"alarmRule": rule.to_string()});
            if let Some(suppressor) = suppressor {
                shown["actionsSuppressor"] = json!(suppressor);
                shown["actionsSuppressorWaitPeriod"] = json!(0);
                shown["actionsSuppressorExtensionPeriod"] = json!(0);
            }
            shown
        }
    }
}

/// With an offset without a colon, as the examples have it: strict RFC 3339 does not read that.
pub(super) fn stamp(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%.3f+0000").to_string()
}
