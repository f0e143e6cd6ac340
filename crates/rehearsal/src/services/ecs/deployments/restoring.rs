//! The way back: the deployment that completed last is PRIMARY again.
//!
//! "When the rollback starts, the deployment changes from a COMPLETED to IN_PROGRESS. This means that the
//! deployment is not eligible for another rollback until it reaches a COMPLETED state":
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html>.

use super::failing::Cause;
use super::{Deployment, Rollout, deployment_id, enter, history, news, revisions};
use crate::services::ecs::scheduler::reconcile;
use crate::services::ecs::service::ServiceId;
use crate::world::World;

/// Goes back from this deployment, unless another one has become PRIMARY meanwhile. Without a deployment
/// to go back to nothing is started, and what failed stays PRIMARY: stalled.
pub(in super::super) fn roll_back(
    world: &mut World,
    id: &ServiceId,
    deployment: &str,
    cause: &Cause,
) {
    let Some(service) = world.ecs.service_mut(id) else {
        return;
    };
    if service.primary().is_none_or(|it| it.id != deployment) {
        return;
    }
    let Some(target) = service.history.restorable.take() else {
        history::stalled(world, id);
        return;
    };
    service.deployments.retain(|it| it.id != target.id);
    news::rolling_back(world, id, &target.id);
    history::rolling_back(world, id, cause, &target);
    revisions::restore(world, id, &target);
    let restored = restored(world, target, cause);
    enter(world, id, restored);
    reconcile(world, id);
}

/// The target, IN_PROGRESS again. It is the deployment that it was, as seen where many services are watched;
/// others tell of a new one, so a script can have that.
fn restored(world: &mut World, target: Deployment, cause: &Cause) -> Deployment {
    let now = world.now;
    let why = cause.back(&target.id);
    let (id, created) = match world.ecs.rollbacks_are_new_deployments {
        true => (deployment_id(world), now),
        false => (target.id.clone(), target.created),
    };
    Deployment {
        id,
        created,
        updated: now,
        rollout: Rollout::InProgress,
        failed_tasks: 0,
        failures: 0,
        failed: None,
        ran: false,
        watches_alarms: false,
        bakes: None,
        why: Some(why),
        ..target
    }
}
