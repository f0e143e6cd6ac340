//! Fargate Spot: AWS takes a task back, or has no capacity for one.
//!
//! Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html>.

use super::{scheduler, stopping, tasks};
use crate::world::World;

/// The capacity provider.
pub(super) const PROVIDER: &str = "FARGATE_SPOT";

/// AWS takes a running task of Fargate Spot: its desired status is STOPPED, and it is told to stop.
/// False if the task does not run there or is stopping already.
pub fn interrupt_fargate_task(world: &mut World, task: &str) -> bool {
    let found = world.ecs.tasks.get(task).filter(|task| {
        task.provider.as_deref() == Some(PROVIDER) && task.is_running() && !task.stopping
    });
    let Some(service) = found.map(|task| task.service.clone()) else {
        return false;
    };
    let reason = "Your Spot Task was interrupted.";
    stopping::order(world, task, reason);
    if let Some(task) = world.ecs.tasks.get_mut(task) {
        task.stop = Some(("SpotInterruption", reason.to_owned()));
    }
    scheduler::reconcile(world, &service);
    true
}

/// From now on Fargate Spot has capacity, or has none: new tasks wait in PROVISIONING.
pub fn set_fargate_spot_capacity(world: &mut World, available: bool) {
    world.ecs.fargate_spot_exhausted = !available;
    if !available {
        return;
    }
    let tasks = world.ecs.tasks.values();
    let waiting = tasks.filter(|task| !task.placed && task.provider.as_deref() == Some(PROVIDER));
    let waiting: Vec<String> = waiting.map(|task| task.id.clone()).collect();
    for task in waiting {
        tasks::take_place(world, &task);
    }
}
