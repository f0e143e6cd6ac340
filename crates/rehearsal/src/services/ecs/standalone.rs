//! Standalone tasks: those that no service keeps running, as RunTask starts them.
//!
//! A stack file has them; RunTask itself is not modelled.

use std::collections::BTreeMap;

use super::input::client;
use super::pace::Pace;
use super::service::Launch;
use super::task::Task;
use super::{arn, placement, tasks, waiting};
use crate::call::ApiError;
use crate::world::World;

/// A standalone task to be run.
#[derive(Debug)]
pub(crate) struct NewTask {
    pub(crate) cluster: String,
    /// The task definition's family.
    pub(crate) family: String,
    /// The task definition's ARN.
    pub(crate) task_definition: String,
    pub(crate) launch: Launch,
    pub(crate) pace: Pace,
    pub(crate) started_by: String,
    pub(crate) tags: BTreeMap<String, String>,
}

/// Runs a task that was there before the story begins; it waits if its capacity provider has no room.
pub(crate) fn run_task(world: &mut World, new: NewTask) -> Result<(), ApiError> {
    let place = placement::next(world, &new.cluster, &new.launch, &[], &[])
        .map_err(|_| client("No container instances were found in your cluster."))?;
    let task = Task {
        group: format!("family:{}", new.family),
        started_by: new.started_by,
        ..Task::new(&new.cluster, &new.task_definition, new.pace)
    };
    let id = tasks::create(world, task, place);
    let arn = arn::task(&world.identity, &new.cluster, &id);
    world.ecs.tags.replace(&arn, new.tags, world.now);
    waiting::place_waiting(world);
    if world.ecs.tasks.get(&id).is_some_and(|task| task.placed) {
        tasks::run_at_once(world, &id);
    }
    Ok(())
}
