//! Application Auto Scaling for ECS services: bounds that move the count at once, scheduled
//! actions, and an autoscaler that follows a scripted wish.

mod autoscaler;
mod listing;
mod scheduled;
mod targets;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::Value;

use crate::call::{ApiError, Call};
use crate::modules::Module;
use crate::services::ecs::ServiceId;
use crate::wire::Protocol;
use crate::world::World;

pub use targets::{Suspended, Target};

pub(crate) use targets::put_target;

/// Application Auto Scaling.
pub const MODULE: Module = Module {
    service: "application-autoscaling",
    protocol: Protocol::Json {
        target: "AnyScaleFrontendService",
        version: "1.1",
    },
    operations: &[
        "RegisterScalableTarget",
        "DescribeScalableTargets",
        "DeregisterScalableTarget",
        "PutScheduledAction",
    ],
    call,
    due,
    advance,
};

/// What the account holds of Application Auto Scaling.
#[derive(Debug, Default)]
pub struct ApplicationAutoScaling {
    /// Scalable targets by resource id, such as `service/prod/api`.
    pub targets: BTreeMap<String, Target>,
    /// Scheduled actions by resource id and name.
    actions: BTreeMap<(String, String), scheduled::Action>,
    /// When they fire.
    agenda: BTreeSet<(Timestamp, String, String)>,
    /// What target tracking would like each desired count to be: scripted.
    wishes: BTreeMap<String, u32>,
    /// When the autoscaler looks at the wishes next.
    next_look: Option<Timestamp>,
    /// How many more calls for a resource are refused because another one is at work: scripted.
    contended: BTreeMap<String, u32>,
}

impl ApplicationAutoScaling {
    /// From now on the metric of this resource asks for `desired` tasks.
    pub fn wish(&mut self, resource_id: &str, desired: u32) {
        self.wishes.insert(resource_id.to_owned(), desired);
    }

    /// From now on the metric of this resource asks for nothing.
    pub fn stop_wishing(&mut self, resource_id: &str) {
        self.wishes.remove(resource_id);
    }

    /// The next `times` calls that change this resource's target are refused with
    /// ConcurrentUpdateException.
    pub fn contend(&mut self, resource_id: &str, times: u32) {
        self.contended.insert(resource_id.to_owned(), times);
    }
}

fn call(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    match call.operation.as_str() {
        "RegisterScalableTarget" => targets::register(world, call),
        "DescribeScalableTargets" => listing::describe(world, call),
        "DeregisterScalableTarget" => targets::deregister(world, call),
        "PutScheduledAction" => scheduled::put(world, call),
        _ => Err(ApiError::not_modelled(call)),
    }
}

fn due(world: &World) -> Option<Timestamp> {
    let state = &world.application_autoscaling;
    let action = state.agenda.first().map(|(at, ..)| *at);
    let look = (!state.wishes.is_empty()).then(|| state.next_look.unwrap_or(world.now));
    action.into_iter().chain(look).min()
}

fn advance(world: &mut World) {
    scheduled::fire(world);
    autoscaler::look(world);
}

/// The service in `service/<cluster>/<name>`.
fn service_of(resource_id: &str) -> Option<ServiceId> {
    match resource_id.split('/').collect::<Vec<_>>().as_slice() {
        ["service", cluster, service] => Some(ServiceId::new(cluster, service)),
        _ => None,
    }
}

fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::client("ValidationException", message)
}

fn not_found(resource_id: &str) -> ApiError {
    ApiError::client(
        "ObjectNotFoundException",
        format!(
            "No scalable target registered for service namespace: ecs, resource ID: {resource_id}, scalable dimension: ecs:service:DesiredCount"
        ),
    )
}
