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
mod spec;
mod tags;

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::call::{ApiError, Call};
use crate::modules::Module;
use crate::services::ecs;
use crate::services::events::{later, uuid};
use crate::wire::Protocol;
use crate::world::World;
use ending::Ending;

pub use group::{Group, GroupTag};
pub use hooks::{Action, Hook, Verdict};
pub use instance::{Instance, Phase, Purchase};
pub use managed::Tracking;
pub use mix::Mix;
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

/// Lets a group's instances come and go as its size asks for, and tells ECS and the journal.
fn settle(world: &mut World, name: &str) {
    let now = world.now;
    let busy = busy(world, name);
    let Some(mut group) = world.autoscaling.groups.remove(name) else {
        return;
    };
    let mut told = group.pass_time(now);
    let drained = group.wait_for_ecs().filter(|one| !busy.contains(&one.id));
    for id in drained.map(|one| one.id.clone()).collect::<Vec<_>>() {
        told.extend(group.conclude(&id, hooks::OF_ECS, Verdict::Continue, now));
    }
    while group.wants_more(now) {
        told.push(match group.blank(&world.ec2.dry) {
            Some(blank) => group.launch(&world.id(), blank, now),
            None => group.wait_for_capacity(now),
        });
    }
    told.extend(group.shrink(&mut Ending {
        now,
        busy: &busy,
        tokens: &mut || uuid(&world.id()),
    }));
    let after = group.in_service();
    if let Some(next) = group.next_change(now) {
        world.autoscaling.agenda.insert((next, name.to_owned()));
    }
    let before = std::mem::replace(&mut group.journaled, after);
    world.autoscaling.groups.insert(name.to_owned(), group);
    ecs::follow(world, name);
    if after != before {
        world.happened(name, crate::journal::What::Instances(after));
    }
    news::announce(world, name, told);
}

/// The group that an instance belongs to.
pub(crate) fn group_of<'a>(world: &'a World, instance: &str) -> Option<&'a Group> {
    let mut groups = world.autoscaling.groups.values();
    groups.find(|group| group.instance(instance).is_some())
}

/// EC2 recommends to replace an instance.
pub(crate) fn at_risk(world: &mut World, instance: &str) {
    change(world, instance, |instance| instance.at_risk = true);
}

/// The machine of an instance is gone. The group finds it unhealthy at once, which is a choice;
/// it replaces it, and completes its lifecycle hooks all the same: "when a Spot Instance
/// terminates, you must still complete the lifecycle action",
/// <https://docs.aws.amazon.com/autoscaling/ec2/userguide/lifecycle-hooks.html>.
pub(crate) fn machine_gone(world: &mut World, instance: &str) {
    change(world, instance, |instance| instance.gone = true);
    end(world, instance);
}

/// Ends an instance, whatever size its group should have.
fn end(world: &mut World, instance: &str) {
    let Some(mut group) = group_of(world, instance).cloned() else {
        return;
    };
    let name = group.name.clone();
    let busy = busy(world, &name);
    let mut ending = Ending {
        now: world.now,
        busy: &busy,
        tokens: &mut || uuid(&world.id()),
    };
    let told = group.end(instance, &mut ending);
    world.autoscaling.groups.insert(name.clone(), group);
    news::announce(world, &name, told);
    settle(world, &name);
}

/// Whether ECS drains the instances of a group that end.
fn drains(world: &World, group: &str) -> bool {
    let mut providers = world.ecs.providers.values();
    providers.any(|provider| provider.group == group && provider.managed_draining)
}

/// The instances of a group that ECS has yet to drain.
fn busy(world: &World, group: &str) -> BTreeSet<String> {
    let found = world.autoscaling.groups.get(group);
    let found = found.filter(|_| drains(world, group));
    let instances = found.into_iter().flat_map(|group| &group.instances);
    let ids = instances.map(|instance| &instance.id);
    ids.filter(|id| !ecs::container_instances::is_empty(world, id))
        .cloned()
        .collect()
}

fn change(world: &mut World, instance: &str, change: impl FnOnce(&mut Instance)) {
    let Some(name) = group_of(world, instance).map(|group| group.name.clone()) else {
        return;
    };
    let group = world.autoscaling.groups.get_mut(&name);
    let mut instances = group.into_iter().flat_map(|group| &mut group.instances);
    if let Some(instance) = instances.find(|one| one.id == instance) {
        change(instance);
    }
    settle(world, &name);
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
