//! A group, and how its instances come.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::hooks::Hook;
use super::instance::{Instance, Phase};
use super::managed::Tracking;
use super::mix::Blank;
use super::news::News;
use crate::services::events::later;

/// How long an instance takes until it is in service. AWS promises no time; a minute is usual for
/// the ECS-optimised images.
const LAUNCH: SignedDuration = SignedDuration::from_secs(60);
/// How long the ECS agent then takes to register it.
pub(super) const REGISTER: SignedDuration = SignedDuration::from_secs(30);
/// How long a group waits before it tries again where no pool has capacity. A choice.
const RETRY: SignedDuration = SignedDuration::from_secs(60);

/// How often ECS looks whether an instance is drained. A choice.
const LOOK: SignedDuration = SignedDuration::from_secs(5);

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
    /// What its instances are where no policy says otherwise.
    pub instance_type: String,
    /// The launch template, or the policy, as it was given.
    pub template: Value,
    /// Where its instances are, in turn.
    pub zones: Vec<String>,
    /// Its tags by key.
    pub tags: BTreeMap<String, GroupTag>,
    /// The processes that are suspended, and since when.
    pub suspended: BTreeMap<String, Timestamp>,
    /// Its instances, the oldest first.
    pub instances: Vec<Instance>,
    /// What the end of its instances waits for.
    pub hooks: Vec<Hook>,
    /// Whether an instance that is at risk is replaced before EC2 takes it.
    pub capacity_rebalance: bool,
    /// What ECS managed scaling remembers about it.
    pub tracking: Tracking,
    /// How many instances in service the journal knows of.
    pub(super) journaled: u32,
    /// When it tries again to launch what no pool had capacity for.
    pub(super) retry: Option<Timestamp>,
}

/// The value of a group's tag.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupTag {
    /// The value.
    pub value: String,
    /// Whether new instances get it too.
    pub propagate: bool,
}

impl Group {
    /// How many instances are in service.
    pub fn in_service(&self) -> u32 {
        self.count(|one| one.phase.serves())
    }

    /// How many instances the ECS agent has registered.
    pub fn registered(&self, now: Timestamp) -> u32 {
        self.count(|one| matches!(one.phase, Phase::InService { registered } if registered <= now))
    }

    /// The instance with this id.
    pub fn instance(&self, id: &str) -> Option<&Instance> {
        self.instances.iter().find(|instance| instance.id == id)
    }

    pub(super) fn count(&self, wanted: impl Fn(&Instance) -> bool) -> u32 {
        let counted = self.instances.iter().filter(|one| wanted(one));
        u32::try_from(counted.count()).unwrap_or(u32::MAX)
    }

    /// Whether a process may act.
    pub fn may(&self, process: &str) -> bool {
        !self.suspended.contains_key(process)
    }

    /// Starts an instance with this id's digits.
    pub(super) fn launch(&mut self, digits: &str, blank: Blank, now: Timestamp) -> News {
        let id = format!("i-{}", digits.get(..17).unwrap_or(digits));
        self.instances.push(Instance {
            id: id.clone(),
            zone: blank.zone,
            instance_type: blank.instance_type,
            purchase: blank.purchase,
            phase: Phase::Pending {
                until: later(now, LAUNCH),
            },
            at_risk: false,
            gone: false,
            actions: Vec::new(),
        });
        News::Starts(id)
    }

    /// No pool has capacity: it tries again later.
    pub(super) fn wait_for_capacity(&mut self, now: Timestamp) -> News {
        self.retry = Some(later(now, RETRY));
        News::NoCapacity
    }

    /// Whether an instance is to be launched now.
    pub(super) fn wants_more(&self, now: Timestamp) -> bool {
        self.may("Launch")
            && self.retry.is_none_or(|at| at <= now)
            && self.count(|one| one.phase.stays()) < self.desired + self.replacements()
    }

    /// How many instances it may have beyond the desired capacity, to replace those at risk
    /// before they end: "up to 10 percent of the desired capacity" beyond the maximum,
    /// <https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-capacity-rebalancing.html>.
    /// That it is rounded up is a choice.
    pub(super) fn replacements(&self) -> u32 {
        if !self.capacity_rebalance {
            return 0;
        }
        let room = self.max.saturating_sub(self.desired) + self.desired.div_ceil(10);
        self.count(|one| one.phase.stays() && one.at_risk).min(room)
    }

    /// When something next happens to it by itself.
    pub(super) fn next_change(&self, now: Timestamp) -> Option<Timestamp> {
        let changes = self.instances.iter().filter_map(Instance::next_change);
        let retry = self.retry.filter(|_| self.may("Launch"));
        let look = self.wait_for_ecs().next().map(|_| later(now, LOOK));
        changes
            .chain(retry)
            .chain(look)
            .filter(|at| *at > now)
            .min()
    }
}
