//! What a rest saved, told when it ends: in the report, in the journal, and as metrics.
//!
//! The size of a task is asked for once per task definition and kept for as long as the execution
//! environment lives: a revision never changes. Quiet ticks ask ahead, a few at a time, so that
//! the tick that wakes everything need not.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use aws_sdk_ecs::types::{CpuArchitecture, TaskDefinition};
use domain::off_hours::savings::{Architecture, OperatingSystem, Rested, Saving, Shape, saving};
use domain::off_hours::{Errand, Live, Observed, Reason, Sight, Subject};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::apply::Ending;
use crate::{Aws, Failure};

/// How many task definitions one run asks for: our part of a burst of 50.
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/request-throttling.html>.
const AT_MOST: usize = 40;

/// A task still costs after its service went to rest: until its targets are deregistered, by
/// default after five minutes, and it has stopped.
/// Source: <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html>.
const TAIL: SignedDuration = SignedDuration::from_mins(5);

/// The sizes of tasks, by their task definition's ARN.
#[derive(Debug, Default)]
pub(crate) struct Shapes(Mutex<BTreeMap<String, Shape>>);

impl Shapes {
    fn get(&self, task_definition: &str) -> Option<Shape> {
        self.lock().get(task_definition).copied()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Shape>> {
        self.0
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

/// What one rest saved.
#[derive(Debug)]
pub(crate) struct Saved {
    service: String,
    task_hours: f64,
    usd: Result<String, String>,
}

/// What the rests saved that ended in this run.
pub(crate) async fn of(
    aws: &Aws,
    observed: &Observed,
    errands: &[(&Errand, &Ending)],
    now: Timestamp,
) -> Vec<Saved> {
    let woken: Vec<(&Errand, &Live, u32, SignedDuration)> = errands
        .iter()
        .filter(|(errand, ending)| errand.reason == Reason::Wakes && matches!(ending, Ending::Done))
        .filter_map(|(errand, _)| rested(observed, errand, now))
        .collect();
    ask(
        aws,
        woken
            .iter()
            .map(|(_, live, _, _)| live.task_definition.as_str()),
    )
    .await;
    woken
        .into_iter()
        .map(|(errand, live, tasks, off)| saved(aws, errand, live, tasks, off))
        .collect()
}

/// Asks ahead for the sizes of what is at rest.
pub(crate) async fn ask_ahead(aws: &Aws, observed: &Observed) {
    let resting = observed
        .services
        .values()
        .filter(|service| service.rest.is_some());
    let live = resting.filter_map(|service| match &service.sight {
        Sight::Live(live) if live.fargate_spot_percent.is_some() => {
            Some(live.task_definition.as_str())
        }
        _ => None,
    });
    ask(aws, live).await;
}

/// The service of an errand, how many tasks fewer it had, and for how long. A count that somebody
/// raised at rest is taken to have been so all the time: better too little than too much.
fn rested<'a>(
    observed: &'a Observed,
    errand: &'a Errand,
    now: Timestamp,
) -> Option<(&'a Errand, &'a Live, u32, SignedDuration)> {
    let Subject::Service(arn) = &errand.subject else {
        return None;
    };
    let service = observed.services.get(arn)?;
    let Sight::Live(live) = &service.sight else {
        return None;
    };
    let rest = service.rest.as_ref()?;
    let tasks = rest
        .saved
        .desired
        .saturating_sub(live.desired.max(rest.written.desired));
    let off = now.duration_since(rest.settled?);
    // Tasks on instances cost nothing by themselves.
    (tasks > 0 && live.fargate_spot_percent.is_some()).then_some((errand, live, tasks, off))
}

fn saved(aws: &Aws, errand: &Errand, live: &Live, tasks: u32, off: SignedDuration) -> Saved {
    let usd = match aws.shapes.get(&live.task_definition) {
        None => Err("the size of its tasks is not known yet".to_owned()),
        Some(shape) => {
            let rested = Rested::Fargate {
                region: region_of(errand.subject.arn()),
                shape,
                spot_percent: live.fargate_spot_percent.unwrap_or(0),
                spot_hour: None,
            };
            match saving(&rested, tasks, off, TAIL) {
                Saving::Known { usd } => Ok(usd.to_string()),
                Saving::Unknown { why } => Err(why.to_string()),
            }
        }
    };
    let seconds = off.saturating_sub(TAIL).as_secs_f64().max(0.0);
    Saved {
        service: errand.subject.to_string(),
        task_hours: f64::from(tasks) * seconds / 3600.0,
        usd,
    }
}

fn region_of(arn: &str) -> String {
    arn.split(':').nth(3).unwrap_or_default().to_owned()
}

impl Saved {
    /// For the report and the journal.
    pub(crate) fn shown(&self) -> Value {
        let (usd, unknown) = match &self.usd {
            Ok(usd) => (Some(usd), None),
            Err(why) => (None, Some(why)),
        };
        json!({ "service": self.service, "task_hours": self.task_hours, "usd": usd, "unknown": unknown })
    }

    /// A line in CloudWatch's embedded metric format, which becomes metrics without a call.
    /// Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>.
    pub(crate) fn metric(&self, at: Timestamp) -> Value {
        let usd = self
            .usd
            .as_ref()
            .ok()
            .and_then(|usd| usd.parse::<f64>().ok());
        let mut metrics = vec![json!({ "Name": "SavedTaskHours", "Unit": "None" })];
        metrics.extend(usd.map(|_| json!({ "Name": "SavedUSD", "Unit": "None" })));
        let mut line = json!({
            "_aws": {
                "Timestamp": at.as_millisecond(),
                "CloudWatchMetrics": [{ "Namespace": "Caretaker", "Dimensions": [["Service"]], "Metrics": metrics }],
            },
            "Service": self.service,
            "SavedTaskHours": self.task_hours,
        });
        if let Some(usd) = usd {
            line["SavedUSD"] = json!(usd);
        }
        line
    }
}

/// Asks for the sizes that are not known yet, up to a limit. What cannot be asked stays unknown
/// and is asked again: a figure is no reason for a run to fail.
async fn ask<'a>(aws: &Aws, task_definitions: impl Iterator<Item = &'a str>) {
    let unknown: BTreeSet<&str> = task_definitions
        .filter(|arn| aws.shapes.get(arn).is_none())
        .collect();
    for arn in unknown.into_iter().take(AT_MOST) {
        match describe(aws, arn).await {
            Ok(Some(shape)) => drop(aws.shapes.lock().insert(arn.to_owned(), shape)),
            Ok(None) => tracing::warn!(task_definition = arn, "it states no size"),
            Err(failure) => {
                let cause = shell::failure::chain(&failure);
                tracing::warn!(task_definition = arn, cause, "its size is not known");
                return;
            }
        }
    }
}

async fn describe(aws: &Aws, arn: &str) -> Result<Option<Shape>, Failure> {
    aws.pace.task_definition_read.take().await;
    let call = aws
        .ecs
        .describe_task_definition()
        .task_definition(arn)
        .send();
    let reply = call
        .await
        .map_err(Failure::call("DescribeTaskDefinition"))?;
    Ok(reply.task_definition().and_then(shape))
}

/// The size of a task; none where the task definition leaves it to its containers.
fn shape(definition: &TaskDefinition) -> Option<Shape> {
    let platform = definition.runtime_platform();
    let windows = platform
        .and_then(|platform| platform.operating_system_family())
        .is_some_and(|family| family.as_str().starts_with("WINDOWS"));
    let arm =
        platform.and_then(|platform| platform.cpu_architecture()) == Some(&CpuArchitecture::Arm64);
    let storage = definition
        .ephemeral_storage()
        .map(|storage| storage.size_in_gib());
    Some(Shape {
        cpu_units: definition.cpu()?.parse().ok()?,
        memory_mib: definition.memory()?.parse().ok()?,
        ephemeral_gib: storage
            .and_then(|gib| u32::try_from(gib).ok())
            .unwrap_or(20),
        architecture: if arm {
            Architecture::Arm
        } else {
            Architecture::X86
        },
        os: if windows {
            OperatingSystem::Windows
        } else {
            OperatingSystem::Linux
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_saving_is_a_metric_with_money_where_there_is_a_price_and_task_hours_in_any_case() {
        let saved = |usd| Saved {
            service: "prod/api".to_owned(),
            task_hours: 36.0,
            usd,
        };
        let at = "2026-11-20T07:00:00Z".parse().unwrap();
        let priced = saved(Ok("1.777320".to_owned())).metric(at);
        assert_eq!(priced["SavedUSD"], 1.77732);
        assert_eq!(
            priced["_aws"]["CloudWatchMetrics"][0]["Metrics"]
                .as_array()
                .unwrap()
                .len(),
            2
        );
        let unpriced = saved(Err("no price".to_owned())).metric(at);
        assert_eq!(
            (&unpriced["SavedTaskHours"], unpriced.get("SavedUSD")),
            (&json!(36.0), None)
        );
    }
}
