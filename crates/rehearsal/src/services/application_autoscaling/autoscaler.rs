//! Target tracking, as far as it matters here: a wish for a desired count, followed within the
//! bounds unless that direction is suspended.
//!
//! Sources: <https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-suspend-resume-scaling.html>,
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-auto-scaling.html>.

use std::cmp::Ordering;

use jiff::{SignedDuration, Timestamp};

use super::targets::{desired, set_desired};
use super::{Target, service_of};
use crate::services::ecs::{Service, rolls};
use crate::world::World;

/// The period of the alarms that target tracking makes for ECS metrics.
const LOOK_EVERY: SignedDuration = SignedDuration::from_secs(60);

/// Follows every wish, once a minute.
pub(super) fn look(world: &mut World) {
    let now = world.now;
    let state = &mut world.application_autoscaling;
    if state.wishes.is_empty() {
        state.next_look = None;
        return;
    }
    if state.next_look.is_some_and(|next| now < next) {
        return;
    }
    state.next_look = Some(now.saturating_add(LOOK_EVERY).unwrap_or(Timestamp::MAX));
    let wishes: Vec<(String, u32)> = state.wishes.clone().into_iter().collect();
    for (resource_id, wish) in wishes {
        if let Some(to) = answer(world, &resource_id, wish) {
            set_desired(world, &resource_id, to);
        }
    }
}

/// The count that a wish leads to, if it leads anywhere.
///
/// A count below the minimum goes up with the next scale-out and is left alone by a scale-in;
/// while a deployment is in progress there is no scale-in.
fn answer(world: &World, resource_id: &str, wish: u32) -> Option<u32> {
    let target: &Target = world.application_autoscaling.targets.get(resource_id)?;
    let now = desired(world, resource_id)?;
    let service: &Service = world.ecs.service(&service_of(resource_id)?)?;
    let bounded = wish.max(target.min).min(target.max);
    let suspended = target.suspended;
    match wish.cmp(&now) {
        Ordering::Greater if !suspended.dynamic_scaling_out_suspended => Some(bounded.max(now)),
        Ordering::Less if !suspended.dynamic_scaling_in_suspended && !rolls(service) => {
            Some(bounded.min(now))
        }
        _ => None,
    }
}
