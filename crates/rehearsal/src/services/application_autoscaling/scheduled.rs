//! Scheduled actions, those with `at(...)`.
//!
//! Source: <https://docs.aws.amazon.com/autoscaling/application/userguide/scheduled-scaling-policy-overview.html>.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::{Value, json};

use super::targets::resource_id;
use super::{invalid, not_found, targets};
use crate::call::{ApiError, Call};
use crate::world::World;

/// What a scheduled action does.
#[derive(Clone, Copy, Debug)]
pub(super) struct Action {
    at: Timestamp,
    bounds: Bounds,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Bounds {
    min_capacity: Option<u32>,
    max_capacity: Option<u32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Put {
    scheduled_action_name: String,
    schedule: String,
    timezone: Option<String>,
    #[serde(default)]
    scalable_target_action: Bounds,
}

pub(super) fn put(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let resource_id = resource_id(call)?;
    let input = Put::deserialize(&call.input).map_err(|error| invalid(error.to_string()))?;
    if !world
        .application_autoscaling
        .targets
        .contains_key(&resource_id)
    {
        return Err(not_found(&resource_id));
    }
    let bounds = input.scalable_target_action;
    if bounds.min_capacity.is_none() && bounds.max_capacity.is_none() {
        // Seen in <https://github.com/aws-cloudformation/community-registry-extensions/issues/255>.
        return Err(invalid(
            "At least one of minimum capacity and maximum capacity should be provided",
        ));
    }
    let at = moment(call, &input)?;
    let key = (resource_id, input.scheduled_action_name);
    let (resource, name) = key.clone();
    let state = &mut world.application_autoscaling;
    if let Some(former) = state.actions.insert(key, Action { at, bounds }) {
        let entry = (former.at, resource.clone(), name.clone());
        state.agenda.remove(&entry);
    }
    state.agenda.insert((at, resource, name));
    Ok(json!({}))
}

/// The instant in `at(2026-11-20T20:00:00)`, in the action's time zone.
fn moment(call: &Call, input: &Put) -> Result<Timestamp, ApiError> {
    let Some(local) = input.schedule.strip_prefix("at(") else {
        return Err(ApiError::not_modelled(call));
    };
    let local: DateTime = local
        .trim_end_matches(')')
        .parse()
        .map_err(|error| invalid(format!("Invalid schedule: {error}")))?;
    let zone = TimeZone::get(input.timezone.as_deref().unwrap_or("UTC"))
        .map_err(|error| invalid(format!("Invalid timezone: {error}")))?;
    let zoned = local.to_zoned(zone);
    zoned
        .map(|zoned| zoned.timestamp())
        .map_err(|error| invalid(format!("Invalid schedule: {error}")))
}

/// Fires what is due. What is suspended at its time does not act, and is not made up for later.
pub(super) fn fire(world: &mut World) {
    let now = world.now;
    while let Some(entry) = world.application_autoscaling.agenda.first().cloned() {
        let (at, resource, name) = entry.clone();
        if at > now {
            return;
        }
        let state = &mut world.application_autoscaling;
        state.agenda.remove(&entry);
        let action = state.actions.get(&(resource.clone(), name)).copied();
        let target = state.targets.get(&resource).cloned();
        let (Some(action), Some(mut target)) = (action, target) else {
            continue;
        };
        if target.suspended.scheduled_scaling_suspended {
            continue;
        }
        target.min = action.bounds.min_capacity.unwrap_or(target.min);
        target.max = action.bounds.max_capacity.unwrap_or(target.max);
        targets::put_target(world, &resource, target);
    }
}
