//! EC2 Auto Scaling: groups, their instances, and how ECS fills and empties them.

mod calls;
mod describe;
mod ending;
mod group;
mod hook_calls;
mod hooks;
mod instance;
mod managed;
mod mix;
mod news;
mod processes;
mod settling;
mod spec;
mod tags;

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::call::{ApiError, Call};
use crate::modules::Module;
use crate::services::ecs;
use crate::services::events::later;
use crate::wire::Protocol;
use crate::world::World;

pub use group::{Group, GroupTag};
pub use hooks::{Action, Hook, Verdict};
pub use instance::{Instance, Phase, Purchase};
pub use managed::Tracking;
pub use mix::Mix;
pub(crate) use settling::{at_risk, group_of, machine_gone};
use settling::{drains, end, settle};
pub use spec::GroupSpec;

/// EC2 Auto Scaling.
pub const MODULE: Module = Module {
    service: "autoscaling",
    protocol: Protocol::Query {
        version: "2011-01-01",
        namespace: "http://autoscaling.amazonaws.com/doc/2011-01-01/",
    },
    operations: &[
        "CreateAutoScalingGroup",
        "DescribeAutoScalingGroups",
        "DescribeAutoScalingInstances",
        "UpdateAutoScalingGroup",
        "SetDesiredCapacity",
        "TerminateInstanceInAutoScalingGroup",
        "PutLifecycleHook",
        "DescribeLifecycleHooks",
        "DeleteLifecycleHook",
        "CompleteLifecycleAction",
        "RecordLifecycleActionHeartbeat",
        "SuspendProcesses",
        "ResumeProcesses",
        "CreateOrUpdateTags",
        "DeleteTags",
        "DescribeTags",
    ],
    call,
    due,
    advance,
};

/// What the account holds of EC2 Auto Scaling.
#[derive(Debug, Default)]
pub struct AutoScaling {
    /// The groups by name.
    pub groups: BTreeMap<String, Group>,
    /// When which group's instances come or go next.
    agenda: BTreeSet<(Timestamp, String)>,
    /// The last minute whose capacity metrics have been looked at.
    measured: Option<Timestamp>,
}

impl AutoScaling {
    /// The next group whose instances are due to come or go.
    fn take_due(&mut self, now: Timestamp) -> Option<String> {
        if self.agenda.first()?.0 > now {
            return None;
        }
        self.agenda.pop_first().map(|(_, group)| group)
    }
}

fn call(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    match call.operation.as_str() {
        "CreateAutoScalingGroup" => calls::create(world, call),
        "DescribeAutoScalingGroups" => describe::groups(world, call),
        "UpdateAutoScalingGroup" => calls::update(world, call),
        "DescribeAutoScalingInstances" => describe::instances(world, call),
        "SetDesiredCapacity" => calls::set_desired(world, call),
        "TerminateInstanceInAutoScalingGroup" => calls::terminate(world, call),
        "PutLifecycleHook" => hook_calls::put(world, call),
        "DescribeLifecycleHooks" => hook_calls::describe(world, call),
        "DeleteLifecycleHook" => hook_calls::delete(world, call),
        "CompleteLifecycleAction" => hook_calls::complete(world, call),
        "RecordLifecycleActionHeartbeat" => hook_calls::beat(world, call),
        "SuspendProcesses" => processes::suspend(world, call),
        "ResumeProcesses" => processes::resume(world, call),
        "CreateOrUpdateTags" => tags::create_or_update(world, call),
        "DeleteTags" => tags::delete(world, call),
        "DescribeTags" => tags::describe(world, call),
        _ => Err(ApiError::not_modelled(call)),
    }
}

/// The next change among instances, or the next minute if ECS has capacity to measure.
fn due(world: &World) -> Option<Timestamp> {
    let state = &world.autoscaling;
    let change = state.agenda.first().map(|(at, _)| *at);
    let measured = !state.groups.is_empty() && !world.ecs.providers.is_empty();
    let minute = measured.then(|| next_minute(world.now));
    change.into_iter().chain(minute).min()
}

/// The first whole minute after a moment.
fn next_minute(now: Timestamp) -> Timestamp {
    let seconds = 60 - now.as_second().rem_euclid(60);
    Timestamp::from_second(now.as_second() + seconds).unwrap_or(now)
}

fn advance(world: &mut World) {
    while let Some(group) = world.autoscaling.take_due(world.now) {
        settle(world, &group);
    }
    let whole_minute = next_minute(later(world.now, SignedDuration::from_nanos(-1))) == world.now;
    if whole_minute && world.autoscaling.measured != Some(world.now) {
        world.autoscaling.measured = Some(world.now);
        managed::measure(world, ecs::demand);
    }
}

/// A refusal of the input.
fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::client("ValidationError", message)
}

/// A member that must be there.
fn required<'a>(call: &'a Call, member: &str) -> Result<&'a str, ApiError> {
    call.text(member).ok_or_else(|| {
        invalid(format!(
            "1 validation error detected: Value null at '{}' failed to satisfy constraint: Member must not be null",
            lower_camel(member)
        ))
    })
}

/// `MinSize` as AWS's own validation spells it: `minSize`.
fn lower_camel(member: &str) -> String {
    let mut name = member.to_owned();
    if let Some(first) = name.get_mut(0..1) {
        first.make_ascii_lowercase();
    }
    name
}

/// The group that a call is about.
fn group<'a>(world: &'a mut World, name: &str) -> Result<&'a mut Group, ApiError> {
    world.autoscaling.groups.get_mut(name).ok_or_else(|| {
        invalid(format!(
            "AutoScalingGroup name not found - AutoScalingGroup: {name} not found"
        ))
    })
}

#[cfg(test)]
mod hook_tests;
#[cfg(test)]
mod mix_tests;
#[cfg(test)]
mod tests;
