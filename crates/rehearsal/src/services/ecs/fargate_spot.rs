//! Fargate Spot: tasks that AWS takes back, and times without capacity.
//!
//! Sources: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html>,
//! <https://repost.aws/knowledge-center/fargate-spot-termination-notice>.

use super::{scheduler, stopping};
use crate::world::World;

/// The capacity provider.
pub(super) const PROVIDER: &str = "FARGATE_SPOT";

/// Interrupts a running task of Fargate Spot: its desired status is STOPPED while it still runs, its
/// containers get SIGTERM at that moment and are killed after `stopTimeout`, and the scheduler tries
/// to replace it at once. False if the task does not run on Fargate Spot or is stopping already.
pub fn interrupt_fargate_task(world: &mut World, task: &str) -> bool {
    let Some(found) = world.ecs.tasks.get(task) else {
        return false;
    };
    let on_spot = found.provider.as_deref() == Some(PROVIDER);
    if !on_spot || !found.is_running() || found.stopping {
        return false;
    }
    let service = found.service.clone();
    let reason = "Your Spot Task was interrupted.";
    stopping::notice(world, task, "SpotInterruption", reason);
    if let Some(service) = service {
        scheduler::reconcile(world, &service);
    }
    true
}

/// Says whether there is Fargate Spot capacity from now on. What runs goes on running.
pub fn set_fargate_spot_capacity(world: &mut World, available: bool) {
    world.ecs.fargate_spot_exhausted = !available;
    world.ecs.room_changed = true;
}
