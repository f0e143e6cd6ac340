//! What happened and is over: told once, and not remembered.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::drains::{NAMED, counted, describe};
use super::subject;
use crate::arn::{ClusterArn, TaskArn};
use crate::concern::Concern;
use crate::drain::decision::Steps;
use crate::drain::moment::Moment;
use crate::drain::remembered::outcome::{Ending, Outcome};
use crate::drain::remembered::record::{Drain, Fate, Owner};
use crate::drain::seen::instance::InstanceId;
use crate::drain::seen::surge::Scope;
use crate::notice::{Kind, Next, fact, words};

/// What happened and is over: told once, for all instances of a fleet in one notice.
pub(in crate::drain) fn passing(steps: &Steps<'_>, moment: Moment<'_>) -> Vec<Concern> {
    let mut silent: BTreeMap<Scope, Vec<&Outcome>> = BTreeMap::new();
    let mut alone: BTreeMap<ClusterArn, Vec<Alone<'_>>> = BTreeMap::new();
    for (id, step) in steps {
        let Some(outcome) = &step.outcome else {
            continue;
        };
        let Some(place) = outcome.places.first() else {
            continue;
        };
        if outcome.ending == Ending::InterruptedWithoutWarning && !outcome.by_fis {
            let fleet =
                crate::drain::instance::scope::fleet(outcome.provider.as_deref(), &place.cluster);
            silent.entry(fleet).or_default().push(outcome);
        }
        for (task, group) in &step.alone {
            let alone = alone.entry(place.cluster.clone()).or_default();
            alone.push(Alone {
                id,
                task,
                group,
                since: outcome.first,
            });
        }
    }
    let silent = silent
        .iter()
        .map(|(fleet, outcomes)| without_warning(fleet, outcomes, moment));
    let alone = alone
        .iter()
        .map(|(cluster, tasks)| left_alone(cluster, tasks));
    silent.chain(alone).collect()
}

/// A task of nobody that ended with its instance.
struct Alone<'a> {
    id: &'a InstanceId,
    task: &'a TaskArn,
    group: &'a str,
    /// When the first sign of the instance was so.
    since: Timestamp,
}

fn without_warning(fleet: &Scope, outcomes: &[&Outcome], moment: Moment<'_>) -> Concern {
    let since = outcomes.iter().map(|outcome| outcome.first).min();
    let subject = subject::scope(fleet, moment);
    let kind = Kind::InterruptedWithoutWarning;
    let mut concern = Concern::about(subject, kind, since.unwrap_or(moment.now));
    concern.passing = true;
    concern.title = format!(
        "{fleet}: EC2 took {} without a warning",
        counted(outcomes.len(), "instance", "instances")
    );
    let sum = |of: fn(&Outcome) -> u32| outcomes.iter().map(|outcome| of(outcome)).sum::<u32>();
    for outcome in outcomes.iter().take(NAMED) {
        let pool = outcome.pool.as_ref().map(ToString::to_string);
        let pool = pool.unwrap_or_else(|| "of a pool that is not known".to_owned());
        concern.facts.push(fact(outcome.instance.as_str(), pool));
    }
    concern
        .facts
        .push(fact("Tasks killed", sum(|o| o.killed + o.orphaned)));
    concern.done = Some("Nothing, because it heard of it only afterwards".to_owned());
    concern.next = words(
        "Nothing now. If it happens often, spread the fleet over more pools: a warning is not \
         promised.",
    );
    concern
}

fn left_alone(cluster: &ClusterArn, tasks: &[Alone<'_>]) -> Concern {
    let since = tasks.iter().map(|alone| alone.since).min();
    let since = since.unwrap_or(Timestamp::UNIX_EPOCH);
    let kind = Kind::StandaloneTaskLeft;
    let mut concern = Concern::about(cluster.as_str(), kind, since);
    concern.passing = true;
    concern.title = format!(
        "cluster {}: {} of no service ended with the instance",
        cluster.name(),
        counted(tasks.len(), "task", "tasks")
    );
    for alone in tasks.iter().take(NAMED) {
        let value = format!("{} on {}", alone.task.id(), alone.id);
        concern.facts.push(fact(alone.group, value));
    }
    concern.next = Next {
        what:
            "Start it again if it is still needed. With the tag caretaker:standalone set to stop, \
               such tasks are stopped while there is time for them to end properly."
                .to_owned(),
        command: tasks
            .first()
            .map(|alone| describe(cluster.name(), alone.task)),
    };
    concern
}

/// The tasks of nobody that ended with their instance.
pub(in crate::drain) fn alone(drain: &Drain) -> Vec<(TaskArn, String)> {
    let lost = drain
        .tasks
        .iter()
        .filter(|(_, leaving)| matches!(leaving.fate, Fate::Killed { .. } | Fate::Orphaned));
    lost.filter_map(|(task, leaving)| match &leaving.owner {
        Owner::Nobody(group) => Some((task.clone(), group.clone())),
        Owner::Service(_) => None,
    })
    .collect()
}
