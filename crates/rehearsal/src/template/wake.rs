//! What wakes the functions: rules on the bus, and schedules.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::intrinsic::{Scope, plain};
use super::{Unusable, physical};
use crate::services::events::rate;

/// A rule on the event bus.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// Its name in the account.
    pub name: String,
    /// Which events, or null.
    pub pattern: Value,
    /// When it runs by itself: a schedule expression, if it has one.
    pub schedule: Option<String>,
    /// Whether it is enabled at first.
    pub enabled: bool,
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

/// Reads a rule.
pub(super) fn rule(
    scope: &Scope<'_>,
    logical_id: &str,
    resource: &Value,
) -> Result<Rule, Unusable> {
    let properties = scope.resolve(&resource["Properties"])?;
    let targets = properties["Targets"].as_array().cloned();
    let schedule = properties["ScheduleExpression"].as_str();
    if let Some(expression) = schedule.filter(|expression| rate(expression).is_none()) {
        return Err(Unusable::Schedule(expression.to_owned()));
    }
    Ok(Rule {
        name: physical::name(scope, logical_id)?,
        pattern: properties["EventPattern"].clone(),
        schedule: schedule.map(str::to_owned),
        enabled: enabled(&properties),
        targets: targets.unwrap_or_default(),
    })
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
