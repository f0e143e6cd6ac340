//! What a rest saved, told when it ends: in the report, in the journal, and as metrics.
//!
//! The size of a task is asked for once per task definition and kept for as long as the execution
//! environment lives: a revision never changes. Quiet ticks ask ahead, a few at a time, so that
//! the tick that wakes everything need not.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::time::Duration;

use aws_sdk_ecs::operation::describe_task_definition::DescribeTaskDefinitionError;
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

/// How long a run asks for them at most: the notices and the journal come after.
const AT_LONGEST: Duration = Duration::from_secs(5);

/// The sizes of tasks, by their task definition's ARN; none where there is no size to know.
#[derive(Debug, Default)]
pub(crate) struct Shapes(Mutex<BTreeMap<String, Option<Shape>>>);

impl Shapes {
    fn get(&self, task_definition: &str) -> Option<Option<Shape>> {
        self.lock().get(task_definition).copied()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Option<Shape>>> {
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
        Some(None) => Err("its task definition states no size".to_owned()),
        Some(Some(shape)) => {
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
/// and is asked again: a figure is no reason for a run to fail, or to be late.
async fn ask<'a>(aws: &Aws, task_definitions: impl Iterator<Item = &'a str>) {
    let unknown: BTreeSet<&str> = task_definitions
        .filter(|arn| aws.shapes.get(arn).is_none())
        .collect();
    let asking = async {
        for arn in unknown.into_iter().take(AT_MOST) {
            let shape = describe(aws, arn).await?;
            if shape.is_none() {
                tracing::warn!(task_definition = arn, "it states no size");
            }
            aws.shapes.lock().insert(arn.to_owned(), shape);
        }
        Ok::<(), Failure>(())
    };
    match tokio::time::timeout(AT_LONGEST, asking).await {
        Ok(Ok(())) => {}
        Ok(Err(failure)) => {
            let cause = shell::failure::chain(&failure);
            tracing::warn!(cause, "not every size is known");
        }
        Err(_) => tracing::warn!(cause = "no time", "not every size is known"),
    }
}

/// The size that a task definition states, if it states one. One that is no longer there, which
/// ECS says as a fault of the client, states none, and does not keep the others from being asked.
async fn describe(aws: &Aws, arn: &str) -> Result<Option<Shape>, Failure> {
    aws.pace.task_definition_read.take().await;
    let call = aws.ecs.describe_task_definition().task_definition(arn);
    match call.send().await {
        Ok(reply) => Ok(reply.task_definition().and_then(shape)),
        Err(error)
            if error
                .as_service_error()
                .is_some_and(DescribeTaskDefinitionError::is_client_exception) =>
        {
            Ok(None)
        }
        Err(error) => Err(Failure::call("DescribeTaskDefinition")(error)),
    }
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
    use crate::script::Script;
    use crate::settings::tests::settings;

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

    /// What ECS says of a task definition.
    fn definition(more: Value) -> Value {
        let mut definition = json!({ "cpu": "1024", "memory": "2048" });
        for (name, value) in more.as_object().unwrap() {
            definition[name] = value.clone();
        }
        json!({ "taskDefinition": definition })
    }

    async fn asked(script: &Script, task_definitions: &[&str]) -> Aws {
        let aws = script.aws(&settings());
        ask(&aws, task_definitions.iter().copied()).await;
        aws
    }

    fn known(aws: &Aws, task_definition: &str) -> Option<Shape> {
        aws.shapes.get(task_definition).flatten()
    }

    #[tokio::test]
    async fn a_size_is_asked_for_once() {
        let script = Script::default().answer("DescribeTaskDefinition", definition(json!({})));
        let aws = asked(&script, &["api:1", "api:1"]).await;
        ask(&aws, ["api:1"].into_iter()).await;
        assert_eq!(
            script.inputs("DescribeTaskDefinition"),
            [json!({ "taskDefinition": "api:1" })]
        );
        let plain = Shape {
            cpu_units: 1024,
            memory_mib: 2048,
            ephemeral_gib: 20,
            architecture: Architecture::X86,
            os: OperatingSystem::Linux,
        };
        assert_eq!(known(&aws, "api:1"), Some(plain));
    }

    #[tokio::test]
    async fn a_size_knows_its_platform_and_its_storage() {
        let other = json!({
            "runtimePlatform": { "cpuArchitecture": "ARM64", "operatingSystemFamily": "WINDOWS_SERVER_2022_CORE" },
            "ephemeralStorage": { "sizeInGiB": 50 },
        });
        let script = Script::default().answer("DescribeTaskDefinition", definition(other));
        let shape = known(&asked(&script, &["api:1"]).await, "api:1").unwrap();
        assert_eq!(
            (shape.architecture, shape.os, shape.ephemeral_gib),
            (Architecture::Arm, OperatingSystem::Windows, 50)
        );
    }

    #[tokio::test]
    async fn a_task_definition_that_is_gone_or_states_no_size_does_not_keep_the_others_unknown() {
        let script = Script::default()
            .refuse("DescribeTaskDefinition", "ClientException")
            .answer("DescribeTaskDefinition", json!({ "taskDefinition": {} }))
            .answer("DescribeTaskDefinition", definition(json!({})));
        let all = ["a:1", "b:1", "c:1"];
        let aws = asked(&script, &all).await;
        assert_eq!(
            all.map(|one| known(&aws, one).is_some()),
            [false, false, true]
        );
        ask(&aws, all.into_iter()).await;
        assert_eq!(script.called().len(), 3, "none of them is asked for again");
    }

    #[tokio::test]
    async fn a_refusal_ends_the_asking_and_leaves_the_size_to_be_asked_again() {
        let script = Script::default().refuse("DescribeTaskDefinition", "AccessDeniedException");
        let aws = asked(&script, &["a:1", "b:1"]).await;
        assert_eq!(script.called().len(), 1);
        assert_eq!(aws.shapes.get("a:1"), None);
    }

    #[tokio::test(start_paused = true)]
    async fn asking_does_not_take_the_time_of_the_notices_and_the_journal() {
        let mut script = Script::default().slow(Duration::from_secs(2));
        let names: Vec<String> = (0..40).map(|number| format!("api:{number}")).collect();
        for _ in &names {
            script = script.answer("DescribeTaskDefinition", definition(json!({})));
        }
        let begun = tokio::time::Instant::now();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        asked(&script, &names).await;
        assert_eq!(begun.elapsed(), AT_LONGEST);
        assert_eq!(script.called().len(), 2);
    }
}
