//! Deployment alarms: ECS asks for them while it deploys, and gives the deployment up when one is red.
//!
//! Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html>.

use super::failing::{Cause, fail};
use super::strategy::Alarms;
use super::{Deployment, rolling};
use crate::services::cloudwatch::State;
use crate::services::ecs::after;
use crate::services::ecs::agenda::Step;
use crate::services::ecs::service::ServiceId;
use crate::world::World;

/// How often ECS asks. That it polls is said, how often is not: a choice.
const POLL_SECONDS: u32 = 15;

/// Whether a deployment that begins now watches its service's alarms: if one of them is red already, ECS
/// ignores them for the duration of the deployment.
pub(super) fn are_watched(world: &World, id: &ServiceId) -> bool {
    let alarms = world.ecs.service(id).and_then(Alarms::of);
    alarms.is_some_and(|alarms| red(world, &alarms).is_empty())
}

/// Lets a deployment that watches alarms ask for them.
pub(super) fn schedule(world: &mut World, id: &ServiceId, deployment: &Deployment) {
    if !deployment.watches_alarms || world.ecs.seeding {
        return;
    }
    let step = Step::PollAlarms {
        service: id.clone(),
        deployment: deployment.id.clone(),
    };
    let at = after(world.now, POLL_SECONDS);
    world.ecs.agenda.add(at, step);
}

/// ECS asks for the alarms of a deployment, unless that is over. When it is throttled it sees nothing.
pub(in super::super) fn poll(world: &mut World, id: &ServiceId, deployment: &str) {
    let Some((service, primary)) = rolling(world, id) else {
        return;
    };
    if primary.id != deployment || !primary.watches_alarms {
        return;
    }
    let (alarms, primary) = (Alarms::of(service), primary.clone());
    let alarms = alarms.filter(|_| !world.cloudwatch.hidden_from_ecs);
    let red = alarms.as_ref().map(|alarms| red(world, alarms));
    match (alarms, red) {
        (Some(alarms), Some(red)) if !red.is_empty() => {
            fail(world, id, &Cause::Alarms(red), alarms.rollback);
        }
        _ => schedule(world, id, &primary),
    }
}

/// Which of these alarms are red.
pub(super) fn red(world: &World, alarms: &Alarms) -> Vec<String> {
    let known = &world.cloudwatch.alarms;
    let is_red = |name: &&String| known.get(*name).is_some_and(|it| it.state == State::Alarm);
    alarms.names.iter().filter(is_red).cloned().collect()
}
