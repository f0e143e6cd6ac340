//! What has to be looked at before anything can be decided.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::decision::{counted, losses, round, steps};
use super::instance::Round;
use super::instance::ending;
use super::instance::scope::{Found, found};
use super::moment::Moment;
use super::remembered::fold::{fold, said};
use super::remembered::record::Drain;
use super::seen::instance::InstanceId;
use super::seen::sign::Says;
use super::seen::surge::Scope;
use super::seen::world::Observed;
use super::surge::Change;
use super::surge::counting::FARGATE_SPOT;
use super::surge::strategies;
use super::surge::strategies::FARGATE;
use super::surge::watch;
use super::wanted::{One, want_fleet, want_group, want_provider, wants_services};
use crate::arn::{ClusterArn, ContainerInstanceArn, ServiceArn};

/// What has to be looked at, and has not been yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wants {
    /// The instances that the index does not know: one filtered `ListContainerInstances` for each
    /// cluster.
    pub locate: BTreeSet<InstanceId>,
    /// The container instances that have to be asked about, because events may be late and name no
    /// capacity provider. One that ECS does not know any more is INACTIVE.
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
    /// The instances of whose tasks it is needed which are protected from scaling in: those of
    /// services that are wanted and have not stopped.
    pub protection_of: BTreeSet<InstanceId>,
    /// The services.
    pub services_of: BTreeSet<ServiceArn>,
}

impl Wants {
    /// Whether everything was looked at.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Only what tells who is set DRAINING at once, and so comes before that: where instances are,
    /// and who drains them there. How large fleets are, and what runs where, changes nothing of
    /// [`urgent`](super::urgent).
    pub fn urgent(self) -> Self {
        Self {
            fleets: BTreeSet::new(),
            tasks_of: BTreeSet::new(),
            protection_of: BTreeSet::new(),
            services_of: BTreeSet::new(),
            ..self
        }
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
        let at = found(id, folded.drain.as_ref(), &folded.seen, observed);
        let one = One {
            id,
            observed,
            moment,
            round,
        };
        if folded.drain.is_none() && folded.late.is_none() {
            if !folded.seen.is_empty() {
                one.provider(&at, &mut wants);
            }
            continue;
        }
        one.place(&at, folded.drain.as_ref(), &mut wants);
        if let (Some(drain), Found::At(places)) = (&folded.drain, &at) {
            one.stale(drain, places, &folded.seen, &mut wants);
        }
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
        let fleet = super::surge::fleet(&change.scope, observed);
        let group = fleet.and_then(|fleet| fleet.group.as_ref());
        if moment.policy.fallback.is_some()
            && let Some(group) = group
        {
            want_group(group, observed, wants);
        }
    }
    if round.tick {
        for change in &changes {
            want_strategies(change, observed, moment, wants);
        }
    }
    if round.looking {
        let watched = watch::overdue(observed, moment);
        let told = watch::told(observed);
        let services: BTreeSet<ServiceArn> = watched.into_keys().chain(told).collect();
        wants_services(services.iter(), observed, wants);
    }
}

/// What is needed to give services more On-Demand capacity, or their own strategies back.
fn want_strategies(change: &Change, observed: &Observed, moment: Moment<'_>, wants: &mut Wants) {
    let Some(incident) = change.after.as_ref().or(change.before.as_ref()) else {
        return;
    };
    let services = strategies::concerned(incident, observed, moment);
    wants_services(services.iter().copied(), observed, wants);
    for arn in services {
        let cluster = arn.cluster_arn();
        if !observed.clusters.contains_key(&cluster) {
            wants.clusters.insert(cluster);
        }
        let entries = strategies::there(arn, observed).map(|service| service.strategy.as_slice());
        let is_fargate = |name: &str| [FARGATE, FARGATE_SPOT].contains(&name);
        let entries = entries.unwrap_or_default().iter();
        for entry in entries.filter(|entry| !is_fargate(&entry.provider)) {
            want_provider(&entry.provider, observed, wants);
        }
    }
}

/// When nothing can be done for an instance any more, if that is known: whoever cannot look at all
/// of them looks at those first for which it is first.
pub fn ends_at(drain: &Drain) -> Option<Timestamp> {
    ending::limit(drain)
}

/// Whether a record needs the minute tick.
pub fn needs_ticks(drain: &Drain) -> bool {
    ending::needs_ticks(drain)
}
