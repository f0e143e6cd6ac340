//! A group and its instances.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::managed::Tracking;
use crate::services::events::later;

/// How long an instance takes until it is in service. AWS promises no time; a minute is usual for
/// the ECS-optimised images.
const LAUNCH: SignedDuration = SignedDuration::from_secs(60);
/// How long the ECS agent then takes to register it.
const REGISTER: SignedDuration = SignedDuration::from_secs(30);
/// How long an instance takes to go.
const TERMINATE: SignedDuration = SignedDuration::from_secs(60);

/// An Auto Scaling group.
#[derive(Clone, Debug)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// The fewest instances.
    pub min: u32,
    /// The most instances.
    pub max: u32,
    /// The instances that it should have.
    pub desired: u32,
    /// When it was created.
    pub created: Timestamp,
    /// What its instances are.
    pub instance_type: String,
    /// The launch template as it was given.
    pub template: Value,
    /// Where its instances are, in turn.
    pub zones: Vec<String>,
    /// Its tags by key.
    pub tags: BTreeMap<String, GroupTag>,
    /// The processes that are suspended, and since when.
    pub suspended: BTreeMap<String, Timestamp>,
    /// Its instances, the oldest first.
    pub instances: Vec<Instance>,
    /// What ECS managed scaling remembers about it.
    pub tracking: Tracking,
}

/// The value of a group's tag.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupTag {
    /// The value.
    pub value: String,
    /// Whether new instances get it too.
    pub propagate: bool,
}

/// An instance of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    /// Its id.
    pub id: String,
    /// Its Availability Zone.
    pub zone: String,
    /// Where it is in its life.
    pub phase: Phase,
}

/// The part of an instance's life that Auto Scaling shows.
///
/// Source: <https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-lifecycle.html>.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// It starts.
    Pending {
        /// When it will be in service.
        until: Timestamp,
    },
    /// It is in service.
    InService {
        /// When the ECS agent has registered it.
        registered: Timestamp,
    },
    /// It ends.
    Terminating {
        /// When it will be gone.
        until: Timestamp,
    },
}

impl Phase {
    /// The lifecycle state's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending { .. } => "Pending",
            Self::InService { .. } => "InService",
            Self::Terminating { .. } => "Terminating",
        }
    }

    fn ends(self) -> Timestamp {
        match self {
            Self::Pending { until } | Self::Terminating { until } => until,
            Self::InService { registered } => registered,
        }
    }

    fn stays(self) -> bool {
        !matches!(self, Self::Terminating { .. })
    }
}

impl Group {
    /// How many instances are in service.
    pub fn in_service(&self) -> u32 {
        self.count(|phase| matches!(phase, Phase::InService { .. }))
    }

    /// How many instances the ECS agent has registered.
    pub fn registered(&self, now: Timestamp) -> u32 {
        self.count(|phase| matches!(phase, Phase::InService { registered } if registered <= now))
    }

    fn count(&self, wanted: impl Fn(Phase) -> bool) -> u32 {
        let counted = self.instances.iter().filter(|one| wanted(one.phase));
        u32::try_from(counted.count()).unwrap_or(u32::MAX)
    }

    /// Whether a process may act.
    pub fn may(&self, process: &str) -> bool {
        !self.suspended.contains_key(process)
    }

    /// Starts an instance with this id's digits.
    pub(super) fn launch(&mut self, digits: &str, now: Timestamp) {
        let turn = self.instances.len() % self.zones.len().max(1);
        self.instances.push(Instance {
            id: format!("i-{}", digits.get(..17).unwrap_or(digits)),
            zone: self.zones.get(turn).cloned().unwrap_or_default(),
            phase: Phase::Pending {
                until: later(now, LAUNCH),
            },
        });
    }

    /// Whether an instance is to be launched now.
    pub(super) fn wants_more(&self) -> bool {
        self.may("Launch") && self.count(Phase::stays) < self.desired
    }

    /// Ends what is too much: first what is still starting, then the oldest.
    pub(super) fn shrink(&mut self, now: Timestamp) {
        if !self.may("Terminate") {
            return;
        }
        let too_many = self.count(Phase::stays).saturating_sub(self.desired);
        let mut candidates: Vec<&mut Instance> = self
            .instances
            .iter_mut()
            .filter(|instance| instance.phase.stays())
            .collect();
        candidates.sort_by_key(|instance| matches!(instance.phase, Phase::InService { .. }));
        let until = later(now, TERMINATE);
        for instance in candidates.into_iter().take(too_many as usize) {
            instance.phase = Phase::Terminating { until };
        }
    }

    /// Moves every instance to where it is by now.
    pub(super) fn pass_time(&mut self, now: Timestamp) {
        self.instances.retain(
            |instance| !matches!(instance.phase, Phase::Terminating { until } if until <= now),
        );
        for instance in &mut self.instances {
            if let Phase::Pending { until } = instance.phase
                && until <= now
            {
                let registered = later(until, REGISTER);
                instance.phase = Phase::InService { registered };
            }
        }
    }

    /// When an instance changes next.
    pub(super) fn next_change(&self, now: Timestamp) -> Option<Timestamp> {
        let ends = self.instances.iter().map(|instance| instance.phase.ends());
        ends.filter(|end| *end > now).min()
    }
}
