//! A look at the world: what the ledger remembers, and of ECS and EC2 Auto Scaling only what the
//! decision asks for, until it asks for nothing more. First what those wait for that are lost, and
//! the rest when they are DRAINING.

mod clusters;
mod fargate;
pub(crate) mod fleets;
mod groups;
mod instances;
mod ledger;
mod lists;
mod locate;
mod protection;
mod services;
mod states;
pub(crate) mod survey;
mod targets;
mod tasks;
mod tasks_of;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use domain::drain::{Fleet, InstanceId, Moment, Observed, Says, Wants, wants};
use jiff::Timestamp;
use tokio::time::Instant;

use crate::event::Work;
use crate::{Aws, Failure, Settings};

/// What was seen, and what could not be.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) observed: Observed,
    /// What could not be looked at. The messages about it come again.
    pub(crate) unseen: Vec<Trouble>,
    /// What is not known of fleets, groups, capacity providers and services. Nobody's drain waits
    /// for it, so it brings no message again; the next tick asks for it again.
    pub(crate) unknown: Vec<Trouble>,
    /// Whether the ledger could not be read. Then only what is lost anyway is drained.
    pub(crate) blind: bool,
    /// The instances that the index was asked about.
    indexed: BTreeSet<InstanceId>,
    /// How large the groups are that were looked at, by name: whoever reads a group's tags is told that
    /// too.
    sizes: BTreeMap<String, Fleet>,
}

/// Something that did not succeed.
#[derive(Debug)]
pub(crate) struct Trouble {
    /// What it is about, in words.
    pub(crate) what: String,
    /// The instances that it is about; all of them if there are none here.
    pub(crate) about: BTreeSet<InstanceId>,
    /// Why.
    pub(crate) failure: Failure,
}

impl Trouble {
    /// Trouble with these instances.
    pub(crate) fn with<'i>(
        what: impl Into<String>,
        about: impl IntoIterator<Item = &'i InstanceId>,
        failure: impl Into<Failure>,
    ) -> Self {
        Self {
            what: what.into(),
            about: about.into_iter().cloned().collect(),
            failure: failure.into(),
        }
    }

    /// Trouble with everything.
    pub(crate) fn everywhere(what: impl Into<String>, failure: impl Into<Failure>) -> Self {
        Self::with(what, [], failure)
    }
}

/// How often the decision may ask for more. It asks for places, then for what is there, then for
/// the fleets and services of that; a round more than that is a mistake of ours.
const ROUNDS: usize = 12;

/// Looks at what tells who is set DRAINING at once: where those are that are lost, and who drains them
/// there.
pub(crate) async fn urgent(
    aws: &Aws,
    settings: &Settings,
    work: &Work,
    moment: Moment<'_>,
    until: Instant,
) -> Seen {
    let mut seen = Seen::default();
    seen.observed.signs.clone_from(&work.signs);
    ledger::look(aws, settings, &mut seen, moment).await;
    answer(aws, settings, &mut seen, (moment, until), Wants::urgent).await;
    seen
}

/// Looks at everything else that the decision asks for. The tasks on instances, of which there may be
/// more than can be read in time, are looked at until `until`.
pub(crate) async fn rest(
    aws: &Aws,
    settings: &Settings,
    work: &Work,
    moment: Moment<'_>,
    until: Instant,
    seen: &mut Seen,
) {
    let sweeps = |says: &Says| matches!(says, Says::Sweep);
    if work.signs.iter().any(|sign| sweeps(&sign.says)) {
        survey::look(aws, settings, seen).await;
        fargate::count(aws, seen).await;
    }
    answer(aws, settings, seen, (moment, until), |wants| wants).await;
}

/// Answers those of the questions until there are none.
async fn answer(
    aws: &Aws,
    settings: &Settings,
    seen: &mut Seen,
    (moment, until): (Moment<'_>, Instant),
    those: fn(Wants) -> Wants,
) {
    for _round in 0..ROUNDS {
        let wanted = those(wants(&seen.observed, moment));
        if wanted.is_empty() {
            return;
        }
        look(aws, settings, seen, wanted, (moment.now, until)).await;
    }
    let failure = Failure::unusable("the signs", "ask for more than can be looked at");
    seen.unseen
        .push(Trouble::everywhere("what is asked for", failure));
}

/// Looks at what is wanted. What could not be seen is there as an error afterwards, so that it is
/// not asked for again.
async fn look(
    aws: &Aws,
    settings: &Settings,
    seen: &mut Seen,
    wanted: Wants,
    (now, until): (Timestamp, Instant),
) {
    locate::look(aws, settings, seen, &wanted.locate).await;
    let groups: BTreeSet<String> = wanted.groups.union(&wanted.hooks_of).cloned().collect();
    let (states, clusters, providers, groups, tasks, protection, services) = tokio::join!(
        states::look(aws, &wanted.states_of),
        clusters::tags(aws, settings, &wanted.clusters),
        clusters::providers(aws, &wanted.providers),
        groups::look(aws, &groups, &wanted.hooks_of),
        tasks_of::look(aws, &seen.observed, &wanted.tasks_of, until),
        protection::look(aws, &seen.observed, &wanted.protection_of),
        services::look(aws, &wanted.services_of),
    );
    states.place(seen);
    clusters.place(seen);
    providers.place(seen);
    groups.place(seen);
    tasks.place(seen);
    protection.place(seen);
    services.place(seen);
    fleets::look(aws, seen, &wanted.fleets, now).await;
}
