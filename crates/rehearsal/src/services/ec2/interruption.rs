//! EC2 takes Spot instances back: a recommendation, a warning, two minutes, the end.
//!
//! Sources: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-interruptions.html>,
//! <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html>,
//! <https://docs.aws.amazon.com/fis/latest/userguide/fis-actions-reference.html#send-spot-instance-interruptions>.

use jiff::SignedDuration;
use serde::Deserialize;

use super::events;
use super::taking::{self, Step};
use crate::services::autoscaling;
use crate::services::events::later;
use crate::world::World;

/// "It emits an event two minutes prior to the actual interruption".
const LEAD: SignedDuration = SignedDuration::from_secs(120);
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

    pub(super) fn states(self) -> [&'static str; 2] {
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
        events::experiment(world, &id, "pending", "initiating");
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
    taking::advance(world);
}

/// EC2 recommends to replace instances, whether an interruption follows or not.
pub fn recommend(world: &mut World, instances: &[String]) {
    for instance in instances {
        events::rebalance(world, instance);
        autoscaling::at_risk(world, instance);
    }
}
