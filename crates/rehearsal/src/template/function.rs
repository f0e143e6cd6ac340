//! A function in a template: what it is called and how it runs.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::Value;

use super::intrinsic::{Scope, plain};
use super::{Unusable, physical};

/// A function as the template describes it.
#[derive(Clone, Debug, PartialEq)]
pub struct Function {
    /// What it is called in this repository: the last folder of its `CodeUri`.
    pub name: String,
    /// What it is called in the account.
    pub deployed_as: String,
    /// Its ARN.
    pub arn: String,
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
    /// The queues from which it is fed.
    pub queues: Vec<Source>,
    /// ARNs of the topics to which it subscribes.
    pub topics: Vec<String>,
    /// The ARN of where an event goes that it failed on for good.
    pub on_failure: Option<String>,
}

/// A queue that feeds a function.
///
/// Source for the defaults: <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html>.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The queue's ARN.
    pub queue: String,
    /// The most messages of an invocation: 10 unless said otherwise.
    pub batch_size: usize,
    /// How long messages are gathered: not at all unless said otherwise.
    pub window: Duration,
    /// Whether the function says which messages it failed on.
    pub partial: bool,
}

impl Source {
    fn of(properties: &Value) -> Self {
        let number = |member: &str| plain(&properties[member]).parse::<u64>().ok();
        let size = number("BatchSize").and_then(|size| usize::try_from(size).ok());
        let reports = properties["FunctionResponseTypes"].as_array();
        Self {
            queue: plain(&properties["Queue"]),
            batch_size: size.unwrap_or(10),
            window: Duration::from_secs(number("MaximumBatchingWindowInSeconds").unwrap_or(0)),
            partial: reports.is_some_and(|types| types.contains(&"ReportBatchItemFailures".into())),
        }
    }
}

/// Lambda's own default: <https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html>.
const DEFAULT_TIMEOUT: u64 = 3;
/// The same source.
const DEFAULT_MEMORY: u64 = 128;

/// Only what is read here is worked out: policies may use functions that no process sees.
const READ: [&str; 7] = [
    "CodeUri",
    "Timeout",
    "MemorySize",
    "Environment",
    "ReservedConcurrentExecutions",
    "Events",
    "EventInvokeConfig",
];

/// Reads a function; `globals` are the template's defaults for all of them.
pub(super) fn read(
    scope: &Scope<'_>,
    logical_id: &str,
    resource: &Value,
    globals: &Value,
) -> Result<Function, Unusable> {
    let own = scope.resolve(&members(&resource["Properties"]))?;
    let globals = scope.resolve(&members(globals))?;
    let number = |member: &str, default: u64| {
        [&own, &globals]
            .iter()
            .find_map(|properties| plain(properties.get(member)?).parse().ok())
            .unwrap_or(default)
    };
    let code = plain(&own["CodeUri"]);
    let sources = Sources::of(&own["Events"])?;
    Ok(Function {
        name: physical::folder(&code).to_owned(),
        deployed_as: physical::name(scope, logical_id)?,
        arn: physical::attribute(scope, logical_id, "Arn")?,
        timeout: Duration::from_secs(number("Timeout", DEFAULT_TIMEOUT)),
        memory: u32::try_from(number("MemorySize", DEFAULT_MEMORY)).unwrap_or(u32::MAX),
        variables: variables(&[&globals, &own]),
        reserved_concurrency: own["ReservedConcurrentExecutions"]
            .as_u64()
            .and_then(|limit| usize::try_from(limit).ok()),
        queues: sources.queues,
        topics: sources.topics,
        on_failure: own["EventInvokeConfig"]["DestinationConfig"]["OnFailure"]["Destination"]
            .as_str()
            .map(str::to_owned),
        code: code.into(),
    })
}

fn members(properties: &Value) -> Value {
    READ.into_iter()
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

/// What feeds a function, by ARN.
#[derive(Default)]
struct Sources {
    queues: Vec<Source>,
    topics: Vec<String>,
}

impl Sources {
    /// Rules and schedules are resources of their own in our template; an event of the function
    /// that nobody here delivers must not go unnoticed.
    fn of(events: &Value) -> Result<Self, Unusable> {
        let mut sources = Self::default();
        for (name, event) in events.as_object().into_iter().flatten() {
            let properties = &event["Properties"];
            match event["Type"].as_str() {
                Some("SQS") if properties["Enabled"] == false => {}
                Some("SQS") => sources.queues.push(Source::of(properties)),
                Some("SNS") => sources.topics.push(plain(&properties["Topic"])),
                _ => return Err(Unusable::Event(name.clone())),
            }
        }
        Ok(sources)
    }
}
