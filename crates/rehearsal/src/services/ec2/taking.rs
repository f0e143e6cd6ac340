//! The steps of an interruption, each at its time.

use jiff::SignedDuration;

use super::events;
use super::interruption::Behaviour;
use crate::services::autoscaling::{self, Phase};
use crate::services::ecs::container_instances;
use crate::services::events::later;
use crate::world::World;

/// How long a machine takes to shut down. A choice.
const SHUT_DOWN: SignedDuration = SignedDuration::from_secs(30);
/// How long CloudTrail takes to tell of it: "typically within 5 minutes",
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html>;
/// a minute is a choice.
const TRAIL: SignedDuration = SignedDuration::from_secs(60);
/// Something that happens to some instances.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Warn(Vec<String>, Behaviour),
    Back(Vec<String>),
    End(Vec<String>, Behaviour, Option<SignedDuration>),
    Ended(Vec<String>, Behaviour),
    Evicted(Vec<String>),
    Concluded(String),
}

/// Lets happen what is due.
pub(super) fn advance(world: &mut World) {
    while let Some(first) = world.ec2.agenda.first_entry()
        && first.key().0 <= world.now
    {
        let step = first.remove();
        take(world, step);
    }
}

fn take(world: &mut World, step: Step) {
    match step {
        Step::Warn(instances, behaviour) => {
            for instance in instances {
                if runs(world, &instance) {
                    events::warning(world, &instance, behaviour);
                    container_instances::warned(world, &instance, behaviour.name());
                }
            }
        }
        Step::Back(instances) => back(world, &instances),
        Step::End(instances, behaviour, back_after) => {
            end(world, &instances, behaviour, back_after);
        }
        Step::Ended(instances, behaviour) => {
            let [_, state] = behaviour.states();
            for instance in &instances {
                events::state(world, instance, state);
            }
        }
        Step::Evicted(instances) => events::evicted(world, &instances),
        Step::Concluded(id) => events::experiment(world, &id, "running", "completed"),
    }
}

/// Whether the machine of an instance runs.
fn runs(world: &World, instance: &str) -> bool {
    let group = autoscaling::group_of(world, instance);
    let instance = group.and_then(|group| group.instance(instance));
    instance.is_some_and(|one| {
        let ends = matches!(
            one.phase,
            Phase::Terminating { .. } | Phase::Proceeding { .. }
        );
        !one.gone && !ends
    })
}

fn end(
    world: &mut World,
    instances: &[String],
    behaviour: Behaviour,
    back_after: Option<SignedDuration>,
) {
    let [state, _] = behaviour.states();
    let running = instances.iter().filter(|one| runs(world, one));
    let running: Vec<String> = running.cloned().collect();
    for instance in instances {
        world.ec2.doomed.remove(instance);
    }
    for instance in &running {
        events::state(world, instance, state);
        match behaviour {
            Behaviour::Terminate => container_instances::lost(world, instance),
            Behaviour::Stop | Behaviour::Hibernate => container_instances::stopped(world, instance),
        }
    }
    let now = world.now;
    if running.is_empty() {
        return;
    }
    match back_after.filter(|_| behaviour != Behaviour::Terminate) {
        Some(wait) => world
            .ec2
            .plan(later(now, wait), Step::Back(running.clone())),
        None => {
            for instance in &running {
                autoscaling::machine_gone(world, instance);
            }
        }
    }
    // Only a termination is told to be an eviction.
    if behaviour == Behaviour::Terminate {
        let step = Step::Evicted(running.clone());
        world.ec2.plan(later(now, TRAIL), step);
    }
    let step = Step::Ended(running, behaviour);
    world.ec2.plan(later(now, SHUT_DOWN), step);
}

/// Stopped instances run again, with the ids that they had.
fn back(world: &mut World, instances: &[String]) {
    for instance in instances {
        events::state(world, instance, "pending");
        events::state(world, instance, "running");
        container_instances::back(world, instance);
    }
}
