//! What has to be looked at before anything can be decided.

use std::collections::{BTreeMap, BTreeSet};

use super::case::Round;
use super::decision::{counted, losses, round, steps};
use super::ending;
use super::fold::{Folded, fold, said};
use super::instance::InstanceId;
use super::moment::Moment;
use super::observed::{Observed, Place, Source};
use super::record::Drain;
use super::scope::{Found, found};
use super::seen::Status;
use super::sign::Says;
use super::surge::Scope;
use super::wanted::{One, want_fleet, want_group, wants_services};
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
        let at = found(id, folded.drain.as_ref(), &folded.seen, observed);
        of_newcomers(&folded, &at, observed, &mut wants);
        if folded.drain.is_none() && folded.late.is_none() {
            continue;
        }
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

/// An instance that comes in: the event of AWS's own example does not name its capacity provider, and
/// without it nobody would know whose fleet it is of when it goes.
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_container_instance_events.html>.
fn of_newcomers(folded: &Folded<'_>, at: &Found, observed: &Observed, wants: &mut Wants) {
    let Found::At(places) = at else { return };
    let came = |place: &&Place| {
        let mut seen = folded.seen.iter();
        place.status == Status::Active && seen.any(|(_, seen)| seen.arn == place.arn)
    };
    for place in places.iter().filter(came) {
        let asked = place.source == Source::Asked || observed.unseen.contains(&place.arn);
        if place.provider.is_none() && !asked {
            let cluster = wants.states_of.entry(place.cluster.clone());
            cluster.or_default().insert(place.arn.clone());
        }
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
