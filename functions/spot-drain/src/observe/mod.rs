//! One look at the world: what the ledger remembers, and of ECS and EC2 Auto Scaling only what the
//! decision asks for, until it asks for nothing more.

mod clusters;
mod fargate;
mod fleets;
mod groups;
mod instances;
mod ledger;
mod lists;
mod locate;
mod services;
pub(crate) mod survey;
mod tasks;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use domain::drain::{InstanceId, Moment, Observed, Says, Wants, wants};

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

/// Looks at everything that the decision asks for.
pub(crate) async fn observe(
    aws: &Aws,
    settings: &Settings,
    work: &Work,
    moment: Moment<'_>,
) -> Seen {
    let mut seen = Seen::default();
    seen.observed.signs.clone_from(&work.signs);
    ledger::look(aws, settings, &mut seen, moment).await;
    let sweeps = |says: &Says| matches!(says, Says::Sweep);
    if work.signs.iter().any(|sign| sweeps(&sign.says)) {
        survey::look(aws, settings, &mut seen).await;
        fargate::count(aws, &mut seen).await;
    }
    for _round in 0..ROUNDS {
        let wanted = wants(&seen.observed, moment);
        if wanted.is_empty() {
            return seen;
        }
        look(aws, settings, &mut seen, wanted).await;
    }
    let failure = Failure::unusable("the signs", "ask for more than can be looked at");
    seen.unseen
        .push(Trouble::everywhere("what is asked for", failure));
    seen
}

/// Looks at what is wanted. What could not be seen is there as an error afterwards, so that it is
/// not asked for again.
async fn look(aws: &Aws, settings: &Settings, seen: &mut Seen, wanted: Wants) {
    locate::look(aws, settings, seen, &wanted.locate).await;
    let groups: BTreeSet<String> = wanted.groups.union(&wanted.hooks_of).cloned().collect();
    let (states, clusters, providers, groups, tasks, services) = tokio::join!(
        instances::states(aws, &wanted.states_of),
        clusters::tags(aws, settings, &wanted.clusters),
        clusters::providers(aws, &wanted.providers),
        groups::look(aws, &groups, &wanted.hooks_of),
        tasks::look(aws, &seen.observed, &wanted.tasks_of),
        services::look(aws, &wanted.services_of),
    );
    states.place(seen);
    clusters.place(seen);
    providers.place(seen);
    groups.place(seen);
    tasks.place(seen);
    services.place(seen);
    fleets::look(aws, seen, &wanted.fleets).await;
}
