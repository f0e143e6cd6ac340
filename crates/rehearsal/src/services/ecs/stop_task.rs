//! StopTask.
//!
//! Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_StopTask.html>.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::input::{epoch, invalid, read};
use super::task::Task;
use super::{arn, clusters, scheduler, stopping, task_show};
use crate::call::{ApiError, Call};
use crate::journal::What;
use crate::world::World;

#[derive(Deserialize)]
struct Stop {
    cluster: Option<String>,
    task: String,
    #[serde(default)]
    reason: String,
}

/// The refusal is as people saw it: <https://github.com/apache/airflow/blob/main/providers/amazon/tests/unit/amazon/aws/executors/ecs/test_ecs_executor.py>.
/// A task that is stopping already is answered and left as it is. "Any tags associated with the task
/// will be deleted."
pub(super) fn stop(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input: Stop = read(call)?;
    let cluster = clusters::named(world, input.cluster.as_deref())?;
    let id = arn::name_in(&input.task).to_owned();
    let found = world.ecs.tasks.get(&id);
    let Some(task) = found.filter(|task| task.cluster == cluster.name) else {
        return Err(invalid("The referenced task was not found."));
    };
    let service = task.service.clone();
    let news = (!task.stopping).then(|| (task.subject(), machine(world, task)));
    let tags = arn::task(&world.identity, &cluster.name, &id);
    world.ecs.tags.replace(&tags, BTreeMap::new(), world.now);
    if let Some((subject, instance)) = news {
        let stopped = What::Stopped {
            instance,
            by: call.caller.clone(),
            reason: input.reason.clone(),
        };
        world.happened(subject, stopped);
    }
    stopping::order(world, &id, "UserInitiated", &input.reason);
    if let Some(service) = service {
        scheduler::reconcile(world, &service);
    }
    let shown = world.ecs.tasks.get(&id);
    let shown = shown.map(|task| task_show::show(world, task, epoch, false));
    Ok(json!({"task": shown}))
}

/// The EC2 instance of a task.
fn machine(world: &World, task: &Task) -> Option<String> {
    let instance = task.container_instance.as_ref()?;
    let instance = world.ecs.container_instances.get(instance)?;
    Some(instance.ec2_instance.clone())
}
