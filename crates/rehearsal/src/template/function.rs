//! A function in a template: how it runs and what wakes it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::intrinsic::{Scope, plain};
use super::{Unusable, physical};

/// A function as the template describes it.
#[derive(Clone, Debug, PartialEq)]
pub struct Function {
    /// Its name: the last folder of its `CodeUri`.
    pub name: String,
    /// Where its `bootstrap` is, relative to the template.
    pub code: PathBuf,
    /// How long an invocation may take.
    pub timeout: Duration,
    /// Memory in MB.
    pub memory: u32,
    /// Its environment variables.
    pub variables: BTreeMap<String, String>,
    /// How many invocations may run at once, where the template limits it.
    pub reserved_concurrency: Option<usize>,
    /// Rules on the event bus.
    pub rules: Vec<Rule>,
    /// Schedules.
    pub schedules: Vec<Schedule>,
}

/// A rule that delivers events to the function.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// Its name in the template.
    pub name: String,
    /// Which events.
    pub pattern: Value,
}

/// A schedule that invokes the function.
#[derive(Clone, Debug, PartialEq)]
pub struct Schedule {
    /// Its name in the template.
    pub name: String,
    /// How often; none is an expression that is not a rate, which the rehearsal does not follow.
    pub every: Option<SignedDuration>,
    /// What it delivers; none is Scheduler's own event.
    pub input: Option<String>,
}

/// Lambda's own default: <https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html>.
const DEFAULT_TIMEOUT: u64 = 3;
/// The same source.
const DEFAULT_MEMORY: u64 = 128;

/// Reads a function; `globals` are the template's defaults for all of them.
pub(super) fn read(
    scope: &Scope<'_>,
    logical_id: &str,
    resource: &Value,
    globals: &Value,
) -> Result<Function, Unusable> {
    let own = scope.resolve(&read_members(&resource["Properties"]))?;
    let globals = scope.resolve(&read_members(globals))?;
    let number = |member: &str, default: u64| {
        [&own, &globals]
            .iter()
            .find_map(|properties| plain(properties.get(member)?).parse().ok())
            .unwrap_or(default)
    };
    let mut function = Function {
        name: physical::name(scope, logical_id)?,
        code: plain(&own["CodeUri"]).into(),
        timeout: Duration::from_secs(number("Timeout", DEFAULT_TIMEOUT)),
        memory: u32::try_from(number("MemorySize", DEFAULT_MEMORY)).unwrap_or(u32::MAX),
        variables: variables(&[&globals, &own]),
        reserved_concurrency: own["ReservedConcurrentExecutions"]
            .as_u64()
            .and_then(|limit| usize::try_from(limit).ok()),
        rules: Vec::new(),
        schedules: Vec::new(),
    };
    for (name, event) in own["Events"].as_object().into_iter().flatten() {
        let properties = &event["Properties"];
        match event["Type"].as_str() {
            Some("EventBridgeRule" | "CloudWatchEvent") => function.rules.push(Rule {
                name: name.clone(),
                pattern: properties["Pattern"].clone(),
            }),
            Some("ScheduleV2" | "Schedule") => function.schedules.push(schedule(name, properties)),
            _ => {}
        }
    }
    Ok(function)
}

/// Only what is read here is worked out: policies may use functions that no process sees.
fn read_members(properties: &Value) -> Value {
    let members = [
        "CodeUri",
        "Timeout",
        "MemorySize",
        "Environment",
        "ReservedConcurrentExecutions",
        "Events",
    ];
    members
        .into_iter()
        .filter_map(|member| Some((member.to_owned(), properties.get(member)?.clone())))
        .collect()
}

fn variables(layers: &[&Value]) -> BTreeMap<String, String> {
    layers
        .iter()
        .filter_map(|properties| properties["Environment"]["Variables"].as_object())
        .flatten()
        .map(|(name, value)| (name.clone(), plain(value)))
        .collect()
}

fn schedule(name: &str, properties: &Value) -> Schedule {
    let enabled = properties["State"].as_str() != Some("DISABLED");
    Schedule {
        name: name.to_owned(),
        every: properties["ScheduleExpression"]
            .as_str()
            .filter(|_| enabled)
            .and_then(rate),
        input: properties.get("Input").map(plain),
    }
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

impl Schedule {
    /// The event of the tick at `at`. Scheduler replaces its context attributes in the input, and
    /// delivers an event of its own where there is none.
    ///
    /// Sources: <https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html>,
    /// <https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-templated.html>.
    pub fn event(&self, at: jiff::Timestamp, identity: &crate::world::Identity, id: &str) -> Value {
        let (account, region) = (&identity.account_id, &identity.region);
        let arn = format!(
            "arn:aws:scheduler:{region}:{account}:schedule/default/{}",
            self.name
        );
        let Some(input) = &self.input else {
            return json!({
                "version": "0",
                "id": id,
                "detail-type": "Scheduled Event",
                "source": "aws.scheduler",
                "account": account,
                "time": at.to_string(),
                "region": region,
                "resources": [arn],
                "detail": "{}",
            });
        };
        let filled = input
            .replace("<aws.scheduler.scheduled-time>", &at.to_string())
            .replace("<aws.scheduler.schedule-arn>", &arn)
            .replace("<aws.scheduler.execution-id>", id)
            .replace("<aws.scheduler.attempt-number>", "1");
        serde_json::from_str(&filled).unwrap_or(Value::String(filled))
    }
}
