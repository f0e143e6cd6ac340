//! What a decision depends on beside what was observed.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::seen::tags::Standalone;
use crate::concern::Origin;

/// The rules of this installation, from the template's parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// How long before its deadline an instance's tasks are stopped that the scheduler may not
    /// stop.
    pub ladder: SignedDuration,
    /// How long we wait for DRAINING to begin where ECS drains by itself.
    pub patience: SignedDuration,
    /// Whether instances are drained because EC2 recommends it.
    pub rebalance: bool,
    /// So many hundredths of a fleet may be draining when one more is drained without need.
    pub breaker_percent: u32,
    /// When an instance is given back that was drained on a recommendation and not taken.
    pub undo_after: SignedDuration,
    /// What becomes of tasks without a service where no tag says.
    pub standalone: Standalone,
    /// When losses are a surge.
    pub surge: SurgePolicy,
    /// Whether, and how far, On-Demand capacity takes the place of Spot while a surge lasts.
    pub fallback: Option<Fallback>,
    /// The names of the lifecycle hooks that are ours to complete.
    pub hooks: BTreeSet<String>,
    /// How long a drain with a lifecycle hook may take before people are told.
    pub stuck_after: SignedDuration,
    /// How long the replacement of a task may take before people are told.
    pub replacement: SignedDuration,
    /// The name of the deployed function, for commands to paste.
    pub function: String,
}

/// When losses are a surge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SurgePolicy {
    /// How far back losses count.
    pub window: SignedDuration,
    /// Fewer losses are none, unless they are a whole fleet of at least two.
    pub minimum: u32,
    /// So many hundredths of the Spot fleet are one.
    pub share_percent: u32,
    /// As many losses are one where the size of the fleet is not known.
    pub unknown_minimum: u32,
    /// How long it has to be calm before a surge is over.
    pub calm: SignedDuration,
}

/// How far On-Demand capacity may take the place of Spot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fallback {
    /// At most so many hundredths of a group's desired capacity are added to its On-Demand base, and
    /// of a service's desired count to its On-Demand provider.
    pub cap_percent: u32,
}

impl Default for Policy {
    /// Stop at 45 s, verify for 10 s, rebalance within 20 % and undo after 30 minutes, leave
    /// standalone tasks, a surge at 3 and 20 % within 10 minutes, no fallback.
    fn default() -> Self {
        Self {
            ladder: SignedDuration::from_secs(45),
            patience: SignedDuration::from_secs(10),
            rebalance: true,
            breaker_percent: 20,
            undo_after: SignedDuration::from_mins(30),
            standalone: Standalone::Leave,
            surge: SurgePolicy::default(),
            fallback: None,
            hooks: BTreeSet::from(["caretaker-drain".to_owned()]),
            stuck_after: SignedDuration::from_mins(15),
            replacement: SignedDuration::from_mins(10),
            function: "caretaker-spot-drain".to_owned(),
        }
    }
}

impl Default for SurgePolicy {
    /// 3 losses and 20 % within 10 minutes, 10 losses of a fleet of unknown size, 5 minutes of calm.
    fn default() -> Self {
        Self {
            window: SignedDuration::from_mins(10),
            minimum: 3,
            share_percent: 20,
            unknown_minimum: 10,
            calm: SignedDuration::from_mins(5),
        }
    }
}

/// The rules, where it is, and when.
#[derive(Clone, Copy, Debug)]
pub struct Moment<'a> {
    /// The rules of this installation.
    pub policy: &'a Policy,
    /// The account of the instances.
    pub account: &'a str,
    /// The Region of the instances.
    pub region: &'a str,
    /// Now.
    pub now: Timestamp,
}

impl<'a> Moment<'a> {
    /// Where and when people are told.
    pub(super) fn origin(self) -> Origin<'a> {
        Origin {
            account: self.account,
            region: self.region,
            now: self.now,
        }
    }
}
