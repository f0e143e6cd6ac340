//! What has to be looked at about one instance.

use jiff::Timestamp;

use super::instance::Round;
use super::instance::ending::{SILENCE, end, is_over, lacking, limit, wants_tasks};
use super::instance::scope::{Found, fleet, fleet_of};
use super::instance::stops;
use super::moment::Moment;
use super::remembered::record::{Drain, Drainer};
use super::seen::ecs::{ContainerInstanceSeen, Status};
use super::seen::instance::InstanceId;
use super::seen::service::Task;
use super::seen::surge::Scope;
use super::seen::world::{Group, Observed, Place, Source};
use super::wants::Wants;
use crate::arn::ServiceArn;

/// What ECS said of an instance in this round.
type Seen<'a> = [(Timestamp, &'a ContainerInstanceSeen)];

/// One instance, and what is known of it so far.
pub(super) struct One<'a> {
    pub(super) id: &'a InstanceId,
    pub(super) observed: &'a Observed,
    pub(super) moment: Moment<'a>,
    pub(super) round: Round,
}

impl One<'_> {
    /// In which capacity provider it is. That is asked when it registers, so that on the day it goes
    /// nobody has to ask.
    pub(super) fn provider(&self, found: &Found, wants: &mut Wants) {
        let Found::At(places) = found else {
            return;
        };
        // Of one that registers ECS may not say it yet; the next event comes when it has.
        let settled = |place: &&Place| place.status.is_in() && place.status != Status::Registering;
        for place in places.iter().filter(settled) {
            if !place.knows_provider() {
                self.state(place, wants);
            }
        }
    }

    fn state(&self, place: &Place, wants: &mut Wants) {
        let asked = place.source == Source::Asked;
        if !asked && !self.observed.unseen.contains(&place.arn) {
            let cluster = wants.states_of.entry(place.cluster.clone());
            cluster.or_default().insert(place.arn.clone());
        }
    }

    /// Where it is, and what is said of that place.
    pub(super) fn place(&self, found: &Found, drain: Option<&Drain>, wants: &mut Wants) {
        let observed = self.observed;
        let Found::At(places) = found else {
            if !observed.instances.contains_key(self.id) {
                wants.locate.insert(self.id.clone());
            }
            return;
        };
        // Of one that is gone, nothing is decided by tags any more.
        let idle = |drain: &Drain| drain.dormant.is_some() && !self.round.sweep;
        if drain.is_some_and(idle) {
            return;
        }
        self.provider(found, wants);
        for place in places {
            if !observed.clusters.contains_key(&place.cluster) {
                wants.clusters.insert(place.cluster.clone());
            }
            if let Some(name) = &place.provider {
                want_provider(name, observed, wants);
            }
        }
    }

    /// Of one that goes for certain, what the index may know no more: nobody is told that an instance
    /// is ACTIVE again, which is why one that the index has as DRAINING is asked about, and the word
    /// that it registered anew may be lost, which is why one that only left is looked for.
    pub(super) fn stale(
        &self,
        drain: &Drain,
        places: &[Place],
        seen: &Seen<'_>,
        wants: &mut Wants,
    ) {
        let new = drain.draining.is_none() || matches!(drain.by, Drainer::Undone { .. });
        if !new || drain.heard.certain().is_none() || is_over(drain, self.moment.now) {
            return;
        }
        let told = |place: &Place| seen.iter().any(|(_, seen)| seen.arn == place.arn);
        let draining = places.iter();
        let draining = draining.filter(|place| place.status == Status::Draining && !told(place));
        for place in draining {
            self.state(place, wants);
        }
        let left = |place: &Place| !place.status.is_in() && place.source != Source::Asked;
        if places.iter().all(left) {
            wants.locate.insert(self.id.clone());
        }
    }

    /// What is on it, and who waits for it.
    pub(super) fn drain(&self, drain: &Drain, places: &[Place], wants: &mut Wants) {
        if !self.round.looking {
            return;
        }
        if self.wants_state(drain) {
            for place in places {
                self.state(place, wants);
            }
        }
        if drain.dormant.is_some() {
            return;
        }
        if self.wants_tasks(drain) && !self.observed.tasks.contains_key(self.id) {
            wants.tasks_of.insert(self.id.clone());
        }
        self.services(drain, wants);
        let waits = drain.heard.only_recommended() && drain.by == Drainer::Nobody;
        if self.round.tick
            && waits
            && self.moment.policy.rebalance
            && let Some(fleet) = fleet_of(drain).or_else(|| places.first().map(fleet_at))
        {
            want_fleet(&fleet, self.observed, wants);
        }
    }

    /// How long its hooks last.
    pub(super) fn hooks(&self, drain: &Drain, wants: &mut Wants) {
        for hook in &drain.hooks {
            let group = self.observed.groups.get(&hook.group);
            let unread = |group: &Group| group.hooks.is_none();
            if group.is_none_or(|group| group.as_ref().is_ok_and(unread)) {
                wants.groups.insert(hook.group.clone());
                wants.hooks_of.insert(hook.group.clone());
            }
        }
    }

    fn wants_state(&self, drain: &Drain) -> bool {
        let now = self.moment.now;
        if drain.dormant.is_some() {
            return self.round.sweep;
        }
        if is_over(drain, now) {
            let silent = end(drain).is_some_and(|end| now >= end + SILENCE);
            return drain.ended.is_none() && silent;
        }
        if drain.heard.only_recommended() {
            return self.round.tick || matches!(drain.by, Drainer::Undone { .. });
        }
        let certain = drain.heard.certain();
        let since = certain.map_or(drain.opened, |at| at.max(drain.opened));
        let before = matches!(drain.by, Drainer::Us { at } if at < since);
        certain.is_some() && (drain.draining.is_none() || before)
    }

    fn wants_tasks(&self, drain: &Drain) -> bool {
        let now = self.moment.now;
        if is_over(drain, now) {
            return wants_tasks(drain, now);
        }
        let asked = matches!(drain.by, Drainer::Us { at } if at < now);
        let waits = !drain.hooks.is_empty() && (asked || drain.draining.is_some());
        waits || self.on_last_rung(drain)
    }

    fn on_last_rung(&self, drain: &Drain) -> bool {
        let left = limit(drain).map(|limit| limit.duration_since(self.moment.now));
        let last = left.is_some_and(|left| left <= self.moment.policy.ladder);
        last && drain.heard.certain().is_some() && !stops::are_under_way(drain, self.moment.now)
    }

    /// The services of the tasks that are still there, if something is done or said about them.
    fn services(&self, drain: &Drain, wants: &mut Wants) {
        let now = self.moment.now;
        if is_over(drain, now) {
            if drain.settled.is_some() {
                wants_services(lacking(drain).into_iter(), self.observed, wants);
            }
            return;
        }
        let waiting = drain.heard.hook.filter(|_| !drain.hooks.is_empty());
        let stuck = waiting.is_some_and(|at| now >= at + self.moment.policy.stuck_after);
        if let Some(Ok(tasks)) = self.observed.tasks.get(self.id)
            && (stuck || self.on_last_rung(drain))
        {
            let there = tasks.values().filter(|task| !task.is_stopped());
            let owners = there.filter_map(|task| task.owner.service());
            wants_services(owners, self.observed, wants);
            let stays = tasks.values().any(Task::may_be_protected);
            if stuck && stays && !self.observed.protected.contains_key(self.id) {
                wants.protection_of.insert(self.id.clone());
            }
        }
    }
}

fn fleet_at(place: &Place) -> Scope {
    fleet(place.provider.as_deref(), &place.cluster)
}

pub(super) fn wants_services<'s>(
    services: impl Iterator<Item = &'s ServiceArn>,
    observed: &Observed,
    wants: &mut Wants,
) {
    let unread = services.filter(|service| !observed.services.contains_key(*service));
    wants.services_of.extend(unread.cloned());
}

/// A provider, and its group when it is known which that is.
pub(super) fn want_provider(name: &str, observed: &Observed, wants: &mut Wants) {
    match observed.providers.get(name) {
        None => {
            wants.providers.insert(name.to_owned());
        }
        Some(Ok(provider)) => {
            if let Some(group) = &provider.group {
                want_group(group, observed, wants);
            }
        }
        Some(Err(_)) => {}
    }
}

pub(super) fn want_group(name: &str, observed: &Observed, wants: &mut Wants) {
    if !observed.groups.contains_key(name) {
        wants.groups.insert(name.to_owned());
    }
}

pub(super) fn want_fleet(fleet: &Scope, observed: &Observed, wants: &mut Wants) {
    if !observed.fleets.contains_key(fleet) {
        wants.fleets.insert(fleet.clone());
    }
}
