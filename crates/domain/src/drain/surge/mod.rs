//! When losses are a surge: counted once each, as a share of the fleet they are from.

pub(super) mod counting;
pub(super) mod fallback;
pub(super) mod fargate;
pub(super) mod shares;
pub(super) mod strategies;
pub(super) mod watch;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::moment::Moment;
use super::plan::{FallbackStep, IncidentWrite, StrategyStep};
use super::seen::exercise::Exercises;
use super::seen::instance::InstanceId;
use super::seen::service::percent;
use super::seen::surge::{Counted, Incident, Loss, Scope};
use super::seen::world::{Fleet, Observed};

use crate::arn::ServiceArn;
use crate::rest::Version;

/// What one scope lost within the window.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally<'a> {
    /// The instances.
    pub(super) instances: BTreeSet<&'a InstanceId>,
    /// How many tasks on Fargate Spot.
    pub(super) tasks: u32,
    /// How many services ECS found no place for.
    pub(super) placements: u32,
    /// When the first of it was.
    pub(super) first: Option<Timestamp>,
    /// Whether some of the tasks ran where those on Fargate Spot were not counted.
    pub(super) uncounted: bool,
}

impl Tally<'_> {
    /// How much capacity is lost, in instances or tasks.
    pub(super) fn lost(&self) -> u32 {
        let instances = u32::try_from(self.instances.len()).unwrap_or(u32::MAX);
        instances.saturating_add(self.tasks)
    }

    /// All that counts.
    pub(super) fn all(&self) -> u32 {
        self.lost().saturating_add(self.placements)
    }
}

/// What the scopes lost.
pub(super) type Tallies<'a> = BTreeMap<Scope, Tally<'a>>;

/// A surge as it was and as it is now.
#[derive(Clone, Debug)]
pub(super) struct Change {
    pub(super) scope: Scope,
    pub(super) before: Option<Incident>,
    pub(super) after: Option<Incident>,
    pub(super) fallback: Option<FallbackStep>,
    pub(super) strategies: Vec<StrategyStep>,
}

/// What every fleet and pool lost within the window. The same thing counts once, and an exercise
/// not at all.
pub(super) fn tallies<'a>(
    observed: &'a Observed,
    fresh: &'a [Counted],
    moment: Moment<'_>,
) -> Tallies<'a> {
    let exercises = Exercises::of(observed, moment.now);
    let mut seen = BTreeSet::new();
    let mut tallies = Tallies::new();
    let since = moment.now - moment.policy.surge.window;
    for counted in observed.counts.iter().chain(fresh) {
        let within = counted.at > since && !exercises.caused(counted);
        if !within || !seen.insert(counted.what.key()) {
            continue;
        }
        let tally = tallies.entry(counted.fleet.clone()).or_default();
        tally.uncounted |= !fargate::is_counted(&counted.what, observed, moment.now);
        add(tally, counted);
        if let Some(pool) = &counted.pool {
            let scope = Scope::Pool(Box::new(counted.fleet.clone()), pool.clone());
            add(tallies.entry(scope).or_default(), counted);
        }
    }
    tallies
}

fn add<'a>(tally: &mut Tally<'a>, counted: &'a Counted) {
    match &counted.what {
        Loss::Instance(id) => {
            tally.instances.insert(id);
        }
        Loss::Task { .. } => tally.tasks += 1,
        Loss::Placement { .. } => tally.placements += 1,
    }
    tally.first = Some(
        tally
            .first
            .map_or(counted.at, |first| first.min(counted.at)),
    );
}

/// The size of a fleet, if it was looked at and can be known.
pub(super) fn fleet<'o>(scope: &Scope, observed: &'o Observed) -> Option<&'o Fleet> {
    observed.fleets.get(scope.fleet())?.as_ref()
}

/// How many there are, or were before the losses: of a fleet, its Spot side.
pub(super) fn size(scope: &Scope, tally: &Tally<'_>, observed: &Observed) -> Option<u32> {
    let fleet = fleet(scope, observed)?;
    // Of where they were not counted there may be any number.
    if fleet.counted.is_some() && tally.uncounted {
        return None;
    }
    // Where it is not known which instance is in which pool, a pool may be all of the fleet.
    let Some(pool) = scope.pool().filter(|_| !fleet.members.is_empty()) else {
        return Some(fleet.spot.max(tally.lost()));
    };
    let members = fleet.members.iter();
    let there = members.filter(|(id, its)| *its == pool && !tally.instances.contains(id));
    let there = u32::try_from(there.count()).unwrap_or(u32::MAX);
    Some(there.saturating_add(tally.lost()))
}

/// From how many losses on it is a surge: a share of the fleet, and at least a few.
fn threshold(size: Option<u32>, moment: Moment<'_>) -> u32 {
    let policy = &moment.policy.surge;
    size.map_or(policy.unknown_minimum, |size| {
        percent(size, policy.share_percent, true).max(policy.minimum)
    })
}

/// Whether that is a surge. Of a small fleet, all of it is, but never a single one.
fn is_surge(scope: &Scope, tally: &Tally<'_>, observed: &Observed, moment: Moment<'_>) -> bool {
    let size = size(scope, tally, observed);
    let whole = scope.pool().is_none() && size.is_some_and(|size| tally.lost() >= size.max(2));
    whole || tally.all() >= threshold(size, moment)
}

/// Whether it is calm: less than half of what would be a surge, and the fleet is whole.
fn is_calm(scope: &Scope, tally: &Tally<'_>, observed: &Observed, moment: Moment<'_>) -> bool {
    let size = size(scope, tally, observed);
    let smallest = size.map_or(u32::MAX, |size| size.max(2));
    let threshold = threshold(size, moment).min(smallest);
    let whole = match observed.fleets.get(scope.fleet()) {
        Some(Some(fleet)) => fleet.in_service >= fleet.desired,
        // Nobody counts it; of one that could not be read it is not known whether it is back.
        Some(None) => scope.is_fargate_spot() || tally.all() == 0,
        None => false,
    };
    whole && tally.all().saturating_mul(2) < threshold
}

/// What becomes of every surge, old and new.
pub(super) fn changes(
    tallies: &Tallies<'_>,
    observed: &Observed,
    moment: Moment<'_>,
) -> Vec<Change> {
    let standing: BTreeMap<&Scope, &Incident> = observed
        .incidents
        .iter()
        .map(|incident| (&incident.scope, incident))
        .collect();
    let mut fleets: BTreeSet<&Scope> = BTreeSet::new();
    let mut changes = Vec::new();
    let mut bases: BTreeSet<String> = BTreeSet::new();
    let mut services: BTreeSet<ServiceArn> = BTreeSet::new();
    let scopes: BTreeSet<&Scope> = tallies.keys().chain(standing.keys().copied()).collect();
    // Fleets come before their pools, which have no surge of their own while the fleet has one.
    let (whole, pools): (Vec<&Scope>, Vec<&Scope>) =
        scopes.into_iter().partition(|scope| scope.pool().is_none());
    for scope in whole.into_iter().chain(pools) {
        let nothing = Tally::default();
        let tally = tallies.get(scope).unwrap_or(&nothing);
        let before = standing.get(scope).copied();
        let covered = scope.pool().is_some() && fleets.contains(scope.fleet());
        let mut change = match before {
            Some(before) => goes_on(before, tally, covered, observed, moment),
            None if !covered && is_surge(scope, tally, observed, moment) => {
                begins(scope, tally, observed, moment)
            }
            None => continue,
        };
        if change.after.is_some() {
            fleets.insert(scope);
        }
        if let Some(step) = &change.fallback
            && !bases.insert(step.group.clone())
        {
            change.leaves_the_base();
        }
        change.leaves_services(&mut services);
        changes.push(change);
    }
    changes
}

impl Change {
    /// The On-Demand base of one group is one surge's at a time.
    fn leaves_the_base(&mut self) {
        self.fallback = None;
        let before = self.before.as_ref();
        if let Some(after) = &mut self.after {
            after.fallback = before.and_then(|before| before.fallback.clone());
        }
    }

    /// The strategy of a service, too: what is new here is left to whoever was first in this round.
    fn leaves_services(&mut self, taken: &mut BTreeSet<ServiceArn>) {
        let after = &mut self.after;
        self.strategies.retain(|step| {
            let first = taken.insert(step.service.clone());
            if let (false, Some(after)) = (first, after.as_mut()) {
                after.strategies.remove(&step.service);
            }
            first
        });
    }
}

fn begins(scope: &Scope, tally: &Tally<'_>, observed: &Observed, moment: Moment<'_>) -> Change {
    let mut incident = Incident {
        scope: scope.clone(),
        since: tally.first.unwrap_or(moment.now),
        peak: tally.all(),
        calm: None,
        fallback: None,
        strategies: BTreeMap::new(),
        version: Version::first(moment.now),
    };
    let fallback = fallback::raised(&mut incident, tally, observed, moment);
    let strategies = strategies::raised(&mut incident, observed, moment);
    Change {
        scope: scope.clone(),
        before: None,
        after: Some(incident),
        fallback,
        strategies,
    }
}

fn goes_on(
    before: &Incident,
    tally: &Tally<'_>,
    covered: bool,
    observed: &Observed,
    moment: Moment<'_>,
) -> Change {
    let mut incident = before.clone();
    incident.peak = incident.peak.max(tally.all());
    let calm = is_calm(&before.scope, tally, observed, moment);
    incident.calm = calm.then(|| before.calm.unwrap_or(moment.now));
    let long_enough = |since: Timestamp| moment.now >= since + moment.policy.surge.calm;
    let over = covered || incident.calm.is_some_and(long_enough);
    let (after, fallback, strategies) = if !over {
        let step = fallback::raised(&mut incident, tally, observed, moment);
        let steps = strategies::raised(&mut incident, observed, moment);
        (Some(incident), step, steps)
    } else {
        let services = strategies::lowered(&incident, observed);
        let (group, step) = match fallback::lowered(&incident, observed) {
            fallback::Lowered::Nothing => (false, None),
            fallback::Lowered::Step(step) => (true, Some(step)),
            fallback::Lowered::Unseen => (true, None),
        };
        let waits = group || services.waits || !services.steps.is_empty();
        (waits.then_some(incident), step, services.steps)
    };
    Change {
        scope: before.scope.clone(),
        before: Some(before.clone()),
        after,
        fallback,
        strategies,
    }
}

/// The writes of those that changed, and of those for which a service gets another strategy: only who
/// writes the surge may give it.
pub(super) fn writes(changes: &[Change]) -> Vec<IncidentWrite> {
    changes
        .iter()
        .filter(|change| change.before != change.after || !change.strategies.is_empty())
        .map(|change| {
            let replaces = change.before.as_ref().map(|before| before.version);
            let next = |incident: &Incident| Incident {
                version: replaces.map_or(incident.version, Version::next),
                ..incident.clone()
            };
            IncidentWrite {
                scope: change.scope.clone(),
                incident: change.after.as_ref().map(|after| Box::new(next(after))),
                replaces,
            }
        })
        .collect()
}
