//! What has to be looked at before anything can be decided.

use std::collections::{BTreeMap, BTreeSet};

use super::case::Round;
use super::decision::{counted, losses, round, steps};
use super::ending::{self, SILENCE, end, is_over, lacking, limit, wants_tasks};
use super::fold::{fold, said};
use super::instance::InstanceId;
use super::moment::Moment;
use super::observed::{Observed, Place, Source};
use super::record::{Drain, Drainer};
use super::scope::{Found, fleet_of, found};
use super::sign::Says;
use super::surge::Scope;
use super::watch;
use crate::arn::{ClusterArn, ContainerInstanceArn, ServiceArn};

/// What has to be looked at, and has not been yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wants {
    /// The instances that the index does not know: one filtered `ListContainerInstances` for each
    /// cluster.
    pub locate: BTreeSet<InstanceId>,
    /// The container instances whose status has to be asked for, because events may be late. One
    /// that ECS does not know any more is INACTIVE.
    pub states_of: BTreeMap<ClusterArn, BTreeSet<ContainerInstanceArn>>,
    /// The clusters whose tags are needed.
    pub clusters: BTreeSet<ClusterArn>,
    /// The capacity providers.
    pub providers: BTreeSet<String>,
    /// The Auto Scaling groups, by name, with their tags.
    pub groups: BTreeSet<String>,
    /// Those of the groups whose lifecycle hooks are needed too.
    pub hooks_of: BTreeSet<String>,
    /// The fleets whose size is needed.
    pub fleets: BTreeSet<Scope>,
    /// The instances whose tasks are needed: both desired statuses, in all of their places.
    pub tasks_of: BTreeSet<InstanceId>,
    /// The services.
    pub services_of: BTreeSet<ServiceArn>,
    /// Whether it is needed which instances AWS Fault Injection Service interrupts.
    pub experiments: bool,
}

impl Wants {
    /// Whether everything was looked at.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What has to be looked at next, given what has been. It is asked again with what was read until
/// it is empty; what could not be read is there as an error and is not asked for again. A round
/// that only hears of instances reads no tasks, however many there are.
pub fn wants(observed: &Observed, moment: Moment<'_>) -> Wants {
    let mut wants = Wants::default();
    let round = round(&observed.signs);
    let said = said(&observed.signs, moment.now);
    let nothing = Vec::new();
    let open = round.looking.then(|| observed.drains.keys());
    let ids: BTreeSet<&InstanceId> = said
        .keys()
        .copied()
        .chain(open.into_iter().flatten())
        .collect();
    for id in ids {
        let words = said.get(id).unwrap_or(&nothing);
        let folded = fold(id, words, observed, moment);
        if folded.drain.is_none() && folded.late.is_none() {
            continue;
        }
        let at = found(id, folded.drain.as_ref(), &folded.seen, observed);
        let one = One {
            id,
            observed,
            moment,
            round,
        };
        one.place(&at, folded.drain.as_ref(), &mut wants);
        if let Some(drain) = &folded.drain
            && round.looking
        {
            one.hooks(drain, &mut wants);
        }
        if let (Some(drain), Found::At(places)) = (&folded.drain, &at) {
            one.drain(drain, places, &mut wants);
        }
    }
    of_tasks(observed, &mut wants);
    // What is lost is only known once it is known where everything is.
    if wants.locate.is_empty() {
        of_losses(observed, moment, round, &mut wants);
    }
    wants
}

struct One<'a> {
    id: &'a InstanceId,
    observed: &'a Observed,
    moment: Moment<'a>,
    round: Round,
}

impl One<'_> {
    /// Where it is, and what is said of that place.
    fn place(&self, found: &Found, drain: Option<&Drain>, wants: &mut Wants) {
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
        for place in places {
            if !observed.clusters.contains_key(&place.cluster) {
                wants.clusters.insert(place.cluster.clone());
            }
            let Some(name) = &place.provider else {
                continue;
            };
            match observed.providers.get(name) {
                None => {
                    wants.providers.insert(name.clone());
                }
                Some(Ok(provider)) => {
                    if let Some(group) = &provider.group {
                        want_group(group, observed, wants);
                    }
                }
                Some(Err(_)) => {}
            }
        }
    }

    /// What is on it, and who waits for it.
    fn drain(&self, drain: &Drain, places: &[Place], wants: &mut Wants) {
        if !self.round.looking {
            return;
        }
        if self.wants_state(drain) {
            for place in places {
                let asked = place.source == Source::Asked;
                if !asked && !self.observed.unseen.contains(&place.arn) {
                    let cluster = wants.states_of.entry(place.cluster.clone());
                    cluster.or_default().insert(place.arn.clone());
                }
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
    fn hooks(&self, drain: &Drain, wants: &mut Wants) {
        for hook in &drain.hooks {
            let group = self.observed.groups.get(&hook.group);
            let unread = |group: &super::Group| group.hooks.is_none();
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
        last && drain.heard.certain().is_some()
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
        }
    }
}

fn fleet_at(place: &Place) -> Scope {
    super::scope::fleet(place.provider.as_deref(), &place.cluster)
}

fn wants_services<'s>(
    services: impl Iterator<Item = &'s ServiceArn>,
    observed: &Observed,
    wants: &mut Wants,
) {
    let unread = services.filter(|service| !observed.services.contains_key(*service));
    wants.services_of.extend(unread.cloned());
}

fn want_group(name: &str, observed: &Observed, wants: &mut Wants) {
    if !observed.groups.contains_key(name) {
        wants.groups.insert(name.to_owned());
    }
}

fn want_fleet(fleet: &Scope, observed: &Observed, wants: &mut Wants) {
    if !observed.fleets.contains_key(fleet) {
        wants.fleets.insert(fleet.clone());
    }
}

/// The clusters of tasks that stop or find no place: their tags may keep them out of scope.
fn of_tasks(observed: &Observed, wants: &mut Wants) {
    for sign in &observed.signs {
        let cluster = match &sign.says {
            Says::TaskStopping(task) if task.container_instance.is_none() => &task.cluster,
            Says::PlacementFailed { cluster, .. } => cluster,
            _ => continue,
        };
        if !observed.clusters.contains_key(cluster) {
            wants.clusters.insert(cluster.clone());
        }
    }
}

/// What is needed to tell a surge, and what became of the services that lost tasks.
fn of_losses(observed: &Observed, moment: Moment<'_>, round: Round, wants: &mut Wants) {
    let steps = steps(observed, moment);
    let (counted, _) = counted(&steps, observed, moment);
    let (tallies, changes) = losses(observed, &counted, moment);
    for (scope, tally) in &tallies {
        // One loss is never a surge.
        if tally.all() > 1 {
            want_fleet(scope.fleet(), observed, wants);
        }
    }
    for incident in &observed.incidents {
        want_fleet(incident.scope.fleet(), observed, wants);
        if let Some(raised) = &incident.fallback {
            want_group(&raised.group, observed, wants);
        }
    }
    if !wants.fleets.is_empty() {
        return;
    }
    for change in &changes {
        wants.experiments |= change.before.is_none() && observed.experiments.is_none();
        let fleet = super::surges::fleet(&change.scope, observed);
        let group = fleet.and_then(|fleet| fleet.group.as_ref());
        if moment.policy.fallback.is_some()
            && let Some(group) = group
        {
            want_group(group, observed, wants);
        }
    }
    if round.looking {
        let watched = watch::overdue(observed, moment);
        let told = watch::told(observed);
        let services: BTreeSet<ServiceArn> = watched.into_keys().chain(told).collect();
        wants_services(services.iter(), observed, wants);
    }
}

/// Whether a record needs the minute tick.
pub fn needs_ticks(drain: &Drain) -> bool {
    ending::needs_ticks(drain)
}
