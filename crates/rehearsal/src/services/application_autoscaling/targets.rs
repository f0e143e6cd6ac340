//! Scalable targets.
//!
//! Source: <https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html>.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{invalid, not_found, service_of};
use crate::call::{ApiError, Call};
use crate::services::ecs::{self, Status};
use crate::world::World;

/// Who changes the count, as CloudTrail names the session.
pub(super) const CALLER: &str = "AutoScaling-UpdateDesiredCapacity";

/// The one dimension that is modelled.
pub(super) const DIMENSION: &str = "ecs:service:DesiredCount";

/// A scalable target.
#[derive(Clone, Debug)]
pub struct Target {
    /// The fewest tasks.
    pub min: u32,
    /// The most tasks.
    pub max: u32,
    /// What is suspended.
    pub suspended: Suspended,
    /// When it was registered.
    pub created: Timestamp,
    /// Its ARN.
    pub arn: String,
}

/// `SuspendedState`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Suspended {
    /// Policies do not scale in.
    pub dynamic_scaling_in_suspended: bool,
    /// Policies do not scale out.
    pub dynamic_scaling_out_suspended: bool,
    /// Scheduled actions do not act.
    pub scheduled_scaling_suspended: bool,
}

/// What a call says of a target; what is not sent stays as it is.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Change {
    min_capacity: Option<i64>,
    max_capacity: Option<i64>,
    suspended_state: Option<SuspendedChange>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SuspendedChange {
    dynamic_scaling_in_suspended: Option<bool>,
    dynamic_scaling_out_suspended: Option<bool>,
    scheduled_scaling_suspended: Option<bool>,
}

pub(super) fn register(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let resource_id = resource_id(call)?;
    contended(world, &resource_id)?;
    let change = Change::deserialize(&call.input).map_err(|error| invalid(error.to_string()))?;
    let service = service_of(&resource_id).and_then(|id| world.ecs.service(&id));
    if service.is_none() {
        return Err(invalid(format!("ECS service doesn't exist: {resource_id}")));
    }
    let known = world.application_autoscaling.targets.get(&resource_id);
    let target = match known {
        Some(target) => change.applied_to(target.clone())?,
        None => change.first(world)?,
    };
    let arn = target.arn.clone();
    put_target(world, &resource_id, target);
    Ok(json!({"ScalableTargetARN": arn}))
}

impl Change {
    fn first(&self, world: &mut World) -> Result<Target, ApiError> {
        if self.min_capacity.is_none() || self.max_capacity.is_none() {
            return Err(invalid(
                "Minimum capacity and maximum capacity are required to register a new scalable target.",
            ));
        }
        self.applied_to(Target::fresh(world, 0, 0))
    }

    fn applied_to(&self, mut target: Target) -> Result<Target, ApiError> {
        target.min = capacity(self.min_capacity, target.min)?;
        target.max = capacity(self.max_capacity, target.max)?;
        if target.min > target.max {
            return Err(invalid(
                "Maximum capacity cannot be less than minimum capacity",
            ));
        }
        if let Some(asked) = &self.suspended_state {
            let is = &mut target.suspended;
            let set = |flag: &mut bool, asked: Option<bool>| *flag = asked.unwrap_or(*flag);
            set(
                &mut is.dynamic_scaling_in_suspended,
                asked.dynamic_scaling_in_suspended,
            );
            set(
                &mut is.dynamic_scaling_out_suspended,
                asked.dynamic_scaling_out_suspended,
            );
            set(
                &mut is.scheduled_scaling_suspended,
                asked.scheduled_scaling_suspended,
            );
        }
        Ok(target)
    }
}

impl Target {
    /// A target with these bounds and nothing suspended.
    pub(crate) fn fresh(world: &mut World, min: u32, max: u32) -> Self {
        let id = world.id();
        let identity = &world.identity;
        Self {
            min,
            max,
            suspended: Suspended::default(),
            created: world.now,
            arn: format!(
                "arn:aws:application-autoscaling:{}:{}:scalable-target/{id}",
                identity.region, identity.account_id
            ),
        }
    }
}

fn capacity(given: Option<i64>, known: u32) -> Result<u32, ApiError> {
    match given {
        None => Ok(known),
        Some(given) => {
            u32::try_from(given).map_err(|_| invalid("Capacity must be greater than or equal to 0"))
        }
    }
}

/// Stores a target and moves the service's count inside its bounds at once, whatever was changed
/// and whatever is suspended.
pub(crate) fn put_target(world: &mut World, resource_id: &str, target: Target) {
    let (min, max) = (target.min, target.max);
    let state = &mut world.application_autoscaling;
    state.targets.insert(resource_id.to_owned(), target);
    if let Some(desired) = desired(world, resource_id) {
        set_desired(world, resource_id, desired.max(min).min(max));
    }
}

/// The desired count of a service that is ACTIVE.
pub(super) fn desired(world: &World, resource_id: &str) -> Option<u32> {
    let service = world.ecs.service(&service_of(resource_id)?)?;
    (service.status == Status::Active).then_some(service.desired)
}

/// Sets the count if it is another one. A service that refuses keeps its count, as at AWS, where
/// the failed scaling activity is all that tells.
pub(super) fn set_desired(world: &mut World, resource_id: &str, to: u32) {
    let Some(id) = service_of(resource_id) else {
        return;
    };
    if desired(world, resource_id).is_none_or(|now| now == to) {
        return;
    }
    if let Err(refusal) = ecs::set_desired_count(world, CALLER, &id, to) {
        let note = format!("Application Auto Scaling could not set {to}: {refusal}");
        world.happened(id.to_string(), crate::journal::What::Note(note));
    }
}

pub(super) fn deregister(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let resource_id = resource_id(call)?;
    contended(world, &resource_id)?;
    let state = &mut world.application_autoscaling;
    let target = state.targets.remove(&resource_id);
    target.ok_or_else(|| not_found(&resource_id))?;
    state
        .actions
        .retain(|(resource, _), _| *resource != resource_id);
    state
        .agenda
        .retain(|(_, resource, _)| *resource != resource_id);
    Ok(json!({}))
}

/// The resource that a call is about, if its dimension is modelled.
pub(super) fn resource_id(call: &Call) -> Result<String, ApiError> {
    let member = |name: &str| {
        call.text(name).ok_or_else(|| {
            invalid(format!("1 validation error detected: Value at '{name}' failed to satisfy constraint: Member must not be null"))
        })
    };
    if member("ServiceNamespace")? != "ecs" || member("ScalableDimension")? != DIMENSION {
        return Err(invalid(
            "Unsupported service namespace, resource type or scalable dimension",
        ));
    }
    member("ResourceId").map(str::to_owned)
}

fn contended(world: &mut World, resource_id: &str) -> Result<(), ApiError> {
    let left = world.application_autoscaling.contended.get_mut(resource_id);
    match left.filter(|left| **left > 0) {
        None => Ok(()),
        Some(left) => {
            *left -= 1;
            Err(ApiError::client(
                "ConcurrentUpdateException",
                "You already have a pending update to an Auto Scaling resource.",
            ))
        }
    }
}
