//! The sizes of tasks, for the money that they save at rest.
//!
//! The size is asked for once per task definition and kept for as long as the execution
//! environment lives: a revision never changes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::time::Duration;

use aws_sdk_ecs::operation::describe_task_definition::DescribeTaskDefinitionError;
use aws_sdk_ecs::types::{CpuArchitecture, TaskDefinition};
use domain::prices::{Architecture, OperatingSystem, Shape};

use crate::{Edge, Failure};

/// How many task definitions one run asks for: our part of a burst of 50.
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/request-throttling.html>.
const AT_MOST: usize = 40;

/// How long a run asks for them at most: the notices and the journal come after.
const AT_LONGEST: Duration = Duration::from_secs(5);

/// The sizes of tasks, by their task definition's ARN; none where there is no size to know.
#[derive(Debug, Default)]
pub struct Shapes(Mutex<BTreeMap<String, Option<Shape>>>);

impl Shapes {
    /// The size that a task definition states, once that is known.
    pub fn get(&self, task_definition: &str) -> Option<Option<Shape>> {
        self.lock().get(task_definition).copied()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Option<Shape>>> {
        self.0
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

/// Asks for the sizes that are not known yet, up to a limit. What cannot be asked stays unknown
/// and is asked again: a figure is no reason for a run to fail, or to be late.
pub async fn ask<'a>(edge: &Edge, task_definitions: impl Iterator<Item = &'a str>) {
    let unknown: BTreeSet<&str> = task_definitions
        .filter(|arn| edge.shapes.get(arn).is_none())
        .collect();
    let asking = async {
        for arn in unknown.into_iter().take(AT_MOST) {
            let shape = describe(edge, arn).await?;
            if shape.is_none() {
                tracing::warn!(task_definition = arn, "it states no size");
            }
            edge.shapes.lock().insert(arn.to_owned(), shape);
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
async fn describe(edge: &Edge, arn: &str) -> Result<Option<Shape>, Failure> {
    edge.pace.task_definition_read.take().await;
    let call = edge.ecs.describe_task_definition().task_definition(arn);
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
    use serde_json::{Value, json};

    use super::*;
    use crate::script::Script;

    /// What ECS says of a task definition.
    fn definition(more: Value) -> Value {
        let mut definition = json!({ "cpu": "1024", "memory": "2048" });
        for (name, value) in more.as_object().unwrap() {
            definition[name] = value.clone();
        }
        json!({ "taskDefinition": definition })
    }

    async fn asked(script: &Script, task_definitions: &[&str]) -> Edge {
        let edge = script.edge();
        ask(&edge, task_definitions.iter().copied()).await;
        edge
    }

    fn known(edge: &Edge, task_definition: &str) -> Option<Shape> {
        edge.shapes.get(task_definition).flatten()
    }

    #[tokio::test]
    async fn a_size_is_asked_for_once() {
        let script = Script::default().answer("DescribeTaskDefinition", definition(json!({})));
        let edge = asked(&script, &["api:1", "api:1"]).await;
        ask(&edge, ["api:1"].into_iter()).await;
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
        assert_eq!(known(&edge, "api:1"), Some(plain));
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
        let edge = asked(&script, &all).await;
        assert_eq!(
            all.map(|one| known(&edge, one).is_some()),
            [false, false, true]
        );
        ask(&edge, all.into_iter()).await;
        assert_eq!(script.called().len(), 3, "none of them is asked for again");
    }

    #[tokio::test]
    async fn a_refusal_ends_the_asking_and_leaves_the_size_to_be_asked_again() {
        let script = Script::default().refuse("DescribeTaskDefinition", "AccessDeniedException");
        let edge = asked(&script, &["a:1", "b:1"]).await;
        assert_eq!(script.called().len(), 1);
        assert_eq!(edge.shapes.get("a:1"), None);
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
