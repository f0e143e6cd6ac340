//! What the service scheduler would do next for a REPLICA service: between minimum healthy and maximum
//! percent, for a deployment as for container instances that drain.
//!
//! Sources: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html>,
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-instance-draining.html>.

use std::cmp::Reverse;

use super::container_instances;
use super::deployments::{Rollout, Starts};
use super::service::{Bounds, Service, Status};
use super::task::{LastStatus, Task};
use crate::world::World;

/// What is to be done for a service.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Orders {
    /// Tasks to be stopped.
    pub(super) stop: Vec<String>,
    /// Tasks to be started, each on this container instance or wherever there is room.
    pub(super) start: Vec<Option<String>>,
}

pub(super) fn orders(world: &World, service: &Service) -> Orders {
    let tasks = service
        .tasks
        .iter()
        .filter_map(|id| world.ecs.tasks.get(id));
    let wanted = tasks.clone().filter(|task| !task.stopping);
    let Some(primary) = service
        .primary()
        .filter(|_| service.status == Status::Active)
    else {
        return Orders {
            stop: wanted.map(|task| task.id.clone()).collect(),
            start: Vec::new(),
        };
    };
    let leaves = |task: &Task| {
        let instance = task.container_instance.as_deref();
        container_instances::is_leaving(world, instance)
    };
    let phase = Starts::of(service);
    if phase == Starts::Nothing {
        return Orders::default();
    }
    let (mut new, mut old): (Vec<&Task>, Vec<&Task>) =
        wanted.partition(|task| task.started_by == primary.id && !leaves(task));
    let desired = service.desired as usize;
    // What does not run yet goes first, then the youngest, and what is protected not at all.
    new.sort_by_key(|task| {
        let stays = task.is_protected(world.now);
        (stays, task.is_running(), Reverse(task.number))
    });
    let (surplus, kept) = new.split_at(new.len().saturating_sub(desired));
    // What is on an instance that drains has less time than an older deployment.
    old.sort_by_key(|task| (!leaves(task), task.number));
    if primary.rollout == Rollout::Failed {
        return given_up(service, surplus, kept, &old);
    }
    let replaced = match phase {
        Starts::Beside => Vec::new(),
        _ => replaced(world, service, kept, &old),
    };
    let surplus = surplus.iter().filter(|task| !task.is_protected(world.now));
    // "If the maximum is 100%, then replacement tasks can't start until the draining tasks have stopped."
    let going =
        tasks.filter(|task| task.stopping && task.last != LastStatus::Stopped && leaves(task));
    let gone = replaced.iter().filter(|task| !leaves(task));
    let room = service
        .bounds
        .ceiling(desired)
        .saturating_sub(kept.len() + old.len() + going.count() - gone.count());
    let throttled = service
        .throttle
        .until
        .is_some_and(|until| world.now < until);
    let start = match throttled {
        true => 0,
        false => room.min(desired - kept.len()),
    };
    Orders {
        stop: surplus.chain(&replaced).map(|it| it.id.clone()).collect(),
        start: vec![None; start],
    }
}

/// A deployment that was given up starts nothing more, and what runs stays, unless it is more than may
/// run: a count that is lowered holds for it too.
fn given_up(service: &Service, surplus: &[&Task], kept: &[&Task], old: &[&Task]) -> Orders {
    let ceiling = service.bounds.ceiling(service.desired as usize);
    let stays = kept.iter().chain(old);
    let beyond = (kept.len() + old.len()).saturating_sub(ceiling);
    let stop = surplus.iter().chain(stays.take(beyond));
    Orders {
        stop: stop.map(|it| it.id.clone()).collect(),
        start: Vec::new(),
    }
}

/// The tasks of older deployments, and those on instances that drain, that can go: those that do not
/// run, and of those that do as many as the minimum healthy percent can spare. A protected one stays;
/// that it does so on an instance that drains is a choice, because AWS says nothing of that.
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection.html>.
fn replaced<'a>(
    world: &World,
    service: &Service,
    kept: &[&Task],
    old: &[&'a Task],
) -> Vec<&'a Task> {
    let (running, unborn): (Vec<&Task>, Vec<&Task>) = old.iter().partition(|it| it.is_running());
    let healthy = |tasks: &[&Task]| tasks.iter().filter(|it| it.is_healthy(world.now)).count();
    let floor = service.bounds.floor(service.desired as usize);
    let spare = (healthy(&running) + healthy(kept)).saturating_sub(floor);
    let free = running.into_iter();
    let free = free.filter(|task| !task.is_protected(world.now));
    unborn.into_iter().chain(free.take(spare)).collect()
}

impl Bounds {
    /// Rounded up.
    pub(super) fn floor(self, desired: usize) -> usize {
        (desired * self.minimum_healthy_percent as usize).div_ceil(100)
    }

    /// Rounded down.
    pub(super) fn ceiling(self, desired: usize) -> usize {
        desired * self.maximum_percent as usize / 100
    }
}
