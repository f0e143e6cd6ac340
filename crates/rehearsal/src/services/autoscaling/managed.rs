//! ECS managed scaling: a target-tracking policy on CapacityProviderReservation.
//!
//! The metric is instances needed per instance present, in percent, once a minute; its target is
//! 100 here. Sources: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-auto-scaling.html>,
//! <https://aws.amazon.com/blogs/containers/deep-dive-on-amazon-ecs-cluster-auto-scaling/>,
//! <https://github.com/aws/containers-roadmap/issues/1716>.

use jiff::{SignedDuration, Timestamp};

use super::{Group, settle};
use crate::services::ecs::Demand;
use crate::services::events::later;
use crate::world::World;

/// How many points in a row must be low before instances are taken away.
const LOW_POINTS: u32 = 15;
/// `instanceWarmupPeriod` where none is given:
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ManagedScaling.html>.
const WARM_UP: SignedDuration = SignedDuration::from_secs(300);
/// What a group at zero goes to, however much is needed: the metric can say 200 and no more.
const FIRST_STEP: u32 = 2;

/// What managed scaling remembers about a group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tracking {
    /// How many points in a row were low.
    pub low: u32,
    /// Until when the instances that were added last are warming up.
    pub warm: Option<Timestamp>,
}

/// Publishes a minute's metrics and lets the alarms act on them.
pub(super) fn measure(world: &mut World, demand: impl Fn(&World, &str) -> Demand) {
    let measured: Vec<(String, u32)> = world
        .ecs
        .providers
        .iter()
        .filter(|(_, provider)| provider.managed_scaling)
        .map(|(name, provider)| {
            let demand = demand(world, name);
            let tasks = demand.running + demand.waiting;
            let needed = tasks.div_ceil(provider.tasks_per_instance.max(1));
            (provider.group.clone(), needed)
        })
        .collect();
    let now = world.now;
    for (name, needed) in measured {
        let Some(group) = world.autoscaling.groups.get_mut(&name) else {
            continue;
        };
        if let Some(desired) = group.track(now, needed) {
            group.desired = desired;
            settle(world, &name);
        }
    }
}

impl Group {
    /// The desired capacity that follows from one point of the metric, if it changes.
    fn track(&mut self, now: Timestamp, needed: u32) -> Option<u32> {
        if needed >= self.desired {
            self.tracking.low = 0;
        } else {
            self.tracking.low += 1;
        }
        if !self.may("AlarmNotification") {
            return None;
        }
        if needed > self.desired {
            self.scale_out(now, needed)
        } else if self.tracking.low >= LOW_POINTS {
            self.scale_in(needed)
        } else {
            None
        }
    }

    fn scale_out(&mut self, now: Timestamp, needed: u32) -> Option<u32> {
        if self.tracking.warm.is_some_and(|warm| now < warm) {
            return None;
        }
        let wanted = if self.desired == 0 {
            FIRST_STEP
        } else {
            needed
        };
        let desired = wanted.min(self.max);
        if desired <= self.desired {
            return None;
        }
        self.tracking.warm = Some(later(now, WARM_UP));
        Some(desired)
    }

    /// About half goes each minute, never an instance that is needed, never below the minimum.
    fn scale_in(&self, needed: u32) -> Option<u32> {
        let desired = (self.desired / 2).max(needed).max(self.min);
        (desired < self.desired).then_some(desired)
    }
}

#[cfg(test)]
mod tests;
