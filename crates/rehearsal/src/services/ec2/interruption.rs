//! EC2 takes Spot instances back: a recommendation, a warning, two minutes, the end.
//!
//! Sources: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-interruptions.html>,
//! <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html>,
//! <https://docs.aws.amazon.com/fis/latest/userguide/fis-actions-reference.html#send-spot-instance-interruptions>.

use jiff::SignedDuration;
use serde::Deserialize;

use super::events;
use crate::services::autoscaling::{self, Phase};
use crate::services::ecs::container_instances;
use crate::services::events::later;
use crate::world::World;

/// "It emits an event two minutes prior to the actual interruption".
const LEAD: SignedDuration = SignedDuration::from_secs(120);
/// How long a machine takes to shut down. A choice.
const SHUT_DOWN: SignedDuration = SignedDuration::from_secs(30);
/// How long CloudTrail takes to tell of it: "typically within 5 minutes",
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html>;
/// a minute is a choice.
const TRAIL: SignedDuration = SignedDuration::from_secs(60);
/// What EC2 does with an instance that it takes back.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Behaviour {
    /// It terminates it.
    #[default]
    Terminate,
    /// It stops it.
    Stop,
    /// It hibernates it, at once after the warning.
    Hibernate,
}

/// An interruption.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interruption {
    /// The instances.
    pub instances: Vec<String>,
    /// What EC2 does with them.
    pub behaviour: Behaviour,
    /// Whether EC2 warns: the event is "emitted on a best effort basis".
    pub warning: bool,
    /// How long after the warning the end comes, where it is not as usual.
    pub lead: Option<SignedDuration>,
    /// How long before the warning EC2 recommends to replace them, if it does.
    pub rebalance_before: Option<SignedDuration>,
    /// How long after the end a stopped instance comes back, if it does. Its group is not told
    /// then: such instances belong to no group, or to one whose health checks are suspended.
    pub back_after: Option<SignedDuration>,
    /// Whether it is an experiment of FIS.
    pub fis: bool,
}

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

impl Behaviour {
    /// The `instance-action`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Terminate => "terminate",
            Self::Stop => "stop",
            Self::Hibernate => "hibernate",
        }
    }

    /// "Hibernation begins immediately".
    fn lead(self) -> SignedDuration {
        match self {
            Self::Hibernate => SignedDuration::ZERO,
            Self::Terminate | Self::Stop => LEAD,
        }
    }

    fn states(self) -> [&'static str; 2] {
        match self {
            Self::Terminate => ["shutting-down", "terminated"],
            Self::Stop | Self::Hibernate => ["stopping", "stopped"],
        }
    }
}

/// EC2 takes instances back, from now on.
pub fn interrupt(world: &mut World, interruption: &Interruption) {
    let Interruption {
        instances,
        behaviour,
        fis,
        ..
    } = interruption;
    let lead = interruption.lead.unwrap_or_else(|| behaviour.lead());
    let mut before = interruption.rebalance_before;
    if *fis {
        // "The rebalance recommendation is sent immediately" by FIS.
        before.get_or_insert(SignedDuration::ZERO);
    }
    let warned = later(world.now, before.unwrap_or_default());
    let end = later(warned, lead);
    world.ec2.doomed.extend(instances.iter().cloned());
    if *fis {
        let id = format!("EXP{}", &world.id()[..15]);
        events::experiment(world, &id, "initiating", "running");
        world.ec2.plan(end, Step::Concluded(id));
    }
    if before.is_some() {
        recommend(world, instances);
    }
    if interruption.warning {
        let step = Step::Warn(instances.clone(), *behaviour);
        world.ec2.plan(warned, step);
    }
    let step = Step::End(instances.clone(), *behaviour, interruption.back_after);
    world.ec2.plan(end, step);
    advance(world);
}

/// EC2 recommends to replace instances, whether an interruption follows or not.
pub fn recommend(world: &mut World, instances: &[String]) {
    for instance in instances {
        events::rebalance(world, instance);
        autoscaling::at_risk(world, instance);
    }
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
