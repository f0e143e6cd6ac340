//! Fargate Spot: AWS takes a task back, or has no capacity for one.
//!
//! Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html>.

use super::{scheduler, stopping, tasks};
use crate::world::World;

/// The capacity provider.
pub(super) const NAME: &str = "FARGATE_SPOT";

/// AWS takes a task: its desired status is STOPPED, and it is told to stop.
pub fn interrupt_fargate_task(world: &mut World, task: &str) {
    let reason = "Your Spot Task was interrupted.";
    stopping::order(world, task, reason);
    let Some(task) = world.ecs.tasks.get_mut(task) else {
        return;
    };
    task.stop = Some(("SpotInterruption", reason.to_owned()));
    let service = task.service.clone();
    scheduler::reconcile(world, &service);
}

/// From now on Fargate Spot has capacity, or has none: new tasks wait in PROVISIONING.
pub fn set_fargate_spot(world: &mut World, available: bool) {
    world.ecs.fargate_spot_dry = !available;
    if !available {
        return;
    }
    let tasks = world.ecs.tasks.values();
    let waiting = tasks.filter(|task| !task.placed && task.provider.as_deref() == Some(NAME));
    let waiting: Vec<String> = waiting.map(|task| task.id.clone()).collect();
    for task in waiting {
        tasks::take_place(world, &task);
    }
}
