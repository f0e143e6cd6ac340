//! The end of a rollout: all in place, baked, COMPLETED.

use super::{Deployment, Rollout, history, journal, news, primary_mut, shift, strategy};
use crate::services::ecs::agenda::Step;
use crate::services::ecs::announce;
use crate::services::ecs::service::ServiceId;
use crate::services::ecs::task::LastStatus;
use crate::world::World;

/// Ends what has come to its end: old deployments, the rollout, the way to a steady state.
pub(in super::super) fn conclude(world: &mut World, id: &ServiceId) {
    let Some((arrived, busy)) = standing(world, id) else {
        return;
    };
    shift::advance(world, id);
    let Some(service) = world.ecs.service_mut(id) else {
        return;
    };
    let primary = service.primary().cloned();
    let rolls = primary
        .as_ref()
        .is_some_and(|it| it.rollout == Rollout::InProgress);
    service.deployments.retain(|it| {
        let failed = it.rollout == Rollout::Failed;
        Some(&it.id) == primary.as_ref().map(|it| &it.id)
            || busy.contains(&it.id)
            // What was given up is shown until what came after it is done, as people see it.
            || (failed && rolls)
    });
    let was_steady = std::mem::replace(&mut service.steady, arrived);
    if !arrived {
        if let Some(primary) = service.deployments.first_mut() {
            primary.bakes = None;
        }
        return;
    }
    complete(world, id);
    if !was_steady {
        announce::steady(world, id);
    }
}

/// Completes the PRIMARY deployment, all of which is in place, when it has baked.
fn complete(world: &mut World, id: &ServiceId) {
    let now = world.now;
    if !shift::is_over(world, id) || !has_baked(world, id) {
        return;
    }
    let Some(primary) = primary_mut(world, id) else {
        return;
    };
    if primary.rollout != Rollout::InProgress || primary.held {
        return;
    }
    primary.rollout = Rollout::Completed;
    primary.updated = now;
    primary.why = None;
    let completed = primary.clone();
    if let Some(service) = world.ecs.service_mut(id) {
        service
            .deployments
            .retain(|it| it.rollout != Rollout::Failed);
    }
    history::complete(world, id, &completed);
    news::deployment(world, id, &completed, "SERVICE_DEPLOYMENT_COMPLETED");
    journal(world, id, &completed);
}

/// Whether the bake time is over; it begins when it is first asked for.
fn has_baked(world: &mut World, id: &ServiceId) -> bool {
    let now = world.now;
    let rolls = |it: &&Deployment| it.rollout == Rollout::InProgress;
    let service = world.ecs.service(id);
    let Some(primary) = service.and_then(|it| it.primary()).filter(rolls) else {
        return true;
    };
    let bake = strategy::bake_time(world, id, primary);
    if bake.is_zero() || world.ecs.seeding {
        return true;
    }
    let since = primary.bakes;
    let began = since.unwrap_or(now);
    let ends = began.saturating_add(bake).unwrap_or(now);
    if since.is_none() {
        if let Some(primary) = primary_mut(world, id) {
            primary.bakes = Some(began);
        }
        world.ecs.agenda.add(ends, Step::Service(id.clone()));
    }
    ends <= now
}

/// Whether the PRIMARY deployment has all its tasks RUNNING and every other task is STOPPED, and
/// which deployments still have tasks.
fn standing(world: &World, id: &ServiceId) -> Option<(bool, Vec<String>)> {
    let service = world.ecs.service(id)?;
    let primary = service.primary()?;
    let (mut running, mut others, mut busy) = (0, 0, Vec::new());
    for task in service
        .tasks
        .iter()
        .filter_map(|it| world.ecs.tasks.get(it))
    {
        match task.last {
            LastStatus::Stopped => continue,
            // What will never pass its health check is not in place.
            LastStatus::Running if task.started_by == primary.id && task.healthy.is_some() => {
                running += 1;
            }
            _ => others += 1,
        }
        if !task.stopping && !busy.contains(&task.started_by) {
            busy.push(task.started_by.clone());
        }
    }
    Some((running == service.desired && others == 0, busy))
}
