//! What wakes the functions: rules on the bus, and schedules.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::intrinsic::{Scope, plain};
use super::{Unusable, physical};

/// A rule on the event bus.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// Its name in the account.
    pub name: String,
    /// Which events.
    pub pattern: Value,
    /// Where they go, as `PutTargets` takes it.
    pub targets: Vec<Value>,
}

/// A schedule.
#[derive(Clone, Debug, PartialEq)]
pub struct Schedule {
    /// Its name in the account.
    pub name: String,
    /// How often.
    pub every: SignedDuration,
    /// The ARN of what it invokes.
    pub target: String,
    /// What it delivers, with Scheduler's context attributes not yet filled in.
    pub input: Value,
}

/// Reads a rule; one that is disabled is none.
pub(super) fn rule(
    scope: &Scope<'_>,
    logical_id: &str,
    resource: &Value,
) -> Result<Option<Rule>, Unusable> {
    let properties = scope.resolve(&resource["Properties"])?;
    let targets = properties["Targets"].as_array().cloned();
    let rule = Rule {
        name: physical::name(scope, logical_id)?,
        pattern: properties["EventPattern"].clone(),
        targets: targets.unwrap_or_default(),
    };
    Ok(enabled(&properties).then_some(rule))
}

/// Reads a schedule; one that is disabled is none.
pub(super) fn schedule(
    scope: &Scope<'_>,
    logical_id: &str,
    resource: &Value,
) -> Result<Option<Schedule>, Unusable> {
    let properties = scope.resolve(&resource["Properties"])?;
    if !enabled(&properties) {
        return Ok(None);
    }
    let expression = plain(&properties["ScheduleExpression"]);
    let target = &properties["Target"];
    Ok(Some(Schedule {
        name: physical::name(scope, logical_id)?,
        every: rate(&expression).ok_or(Unusable::Schedule(expression))?,
        target: plain(&target["Arn"]),
        input: match target["Input"].as_str() {
            Some(text) => serde_json::from_str(text).unwrap_or_else(|_| text.into()),
            None => own_event(scope),
        },
    }))
}

fn enabled(properties: &Value) -> bool {
    properties["State"].as_str() != Some("DISABLED")
}

/// What Scheduler delivers where the target has no input.
///
/// Sources: <https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-templated.html>,
/// <https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html>.
fn own_event(scope: &Scope<'_>) -> Value {
    json!({
        "version": "0",
        "id": "<aws.scheduler.execution-id>",
        "detail-type": "Scheduled Event",
        "source": "aws.scheduler",
        "account": scope.identity.account_id,
        "time": "<aws.scheduler.scheduled-time>",
        "region": scope.identity.region,
        "resources": ["<aws.scheduler.schedule-arn>"],
        "detail": "{}",
    })
}

/// `rate(5 minutes)`:
/// <https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#rate-based>.
fn rate(expression: &str) -> Option<SignedDuration> {
    let inner = expression.strip_prefix("rate(")?.strip_suffix(')')?;
    let (count, unit) = inner.trim().split_once(' ')?;
    let count: i64 = count.parse().ok().filter(|count| *count > 0)?;
    match unit.trim().trim_end_matches('s') {
        "minute" => Some(SignedDuration::from_mins(count)),
        "hour" => Some(SignedDuration::from_hours(count)),
        "day" => Some(SignedDuration::from_hours(24 * count)),
        _ => None,
    }
}
