//! Everything together: every instance, every loss, every surge, one plan.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::instance::ending;
use super::instance::looks;
use super::instance::stops::Stop;
use super::instance::voluntary;
use super::instance::{Case, Round, Step};
use super::moment::Moment;
use super::plan::{IndexWrite, Member, Plan, Record, SetState, TENS, Verdict};
use super::remembered::fold::said;
use super::seen::exercise::Exercises;
use super::seen::instance::InstanceId;
use super::seen::sign::{Says, Sign};
use super::seen::surge::{Counted, Loss};
use super::seen::world::Observed;
use super::surge;
use super::surge::counting;
use super::surge::fargate;
use super::surge::watch;
use super::surge::{Change, Tallies};
use super::told;
use crate::announcement::Announcement;
use crate::arn::ClusterArn;
use crate::rest::Version;

/// The steps of every instance, in the order of their ids.
pub(super) type Steps<'a> = BTreeMap<&'a InstanceId, Step>;

/// Decides about everything that was heard of and everything that is open.
pub fn decide(observed: &Observed, moment: Moment<'_>) -> Plan {
    let mut steps = steps(observed, moment);
    voluntary::within_breaker(&mut steps, observed, moment);
    let (counted, mut verdicts) = counted(&steps, observed, moment);
    let tallies = surge::tallies(observed, &counted, moment);
    let changes = surge::changes(&tallies, observed, moment);
    let (announcements, forgotten) = told::told(&steps, &tallies, &changes, observed, moment);
    let ticking = ticking(&steps, &changes, &counted, &announcements, observed);
    let (looks, hop) = looks_of(&steps, observed);
    let (closings, records) = records(&steps, observed);
    let mut plan = Plan {
        records,
        closings,
        looks,
        hop,
        ticking,
        incidents: surge::writes(&changes),
        counted,
        fallback: changes.iter().filter_map(|c| c.fallback.clone()).collect(),
        strategies: changes.into_iter().flat_map(|c| c.strategies).collect(),
        announcements,
        forgotten,
        ..Plan::default()
    };
    let exercises = Exercises::of(observed, moment.now);
    let (experiments, heard) = exercises.into_writes(observed);
    plan.experiments = experiments;
    verdicts.extend(heard);
    verdicts.extend(steps.iter().filter_map(|(id, step)| {
        Some(Verdict {
            about: id.as_str().to_owned(),
            reason: step.reason.clone()?,
        })
    }));
    plan.verdicts = verdicts;
    collect(steps, &mut plan);
    plan.index.extend(fargate::remembered(observed));
    plan
}

/// All of [`Plan::drain`], and nothing else of the plan. It follows from where instances are and who
/// drains them there alone, so it can be done before anything else is looked at
/// ([`Wants::urgent`](super::Wantsurgent)). The whole decision is made afterwards, of the places as
/// they were seen before, and finds the same.
pub fn urgent(observed: &Observed, moment: Moment<'_>) -> Vec<SetState> {
    let steps = steps(observed, moment).into_values();
    in_tens(steps.flat_map(|step| step.set).collect())
}

/// How this round came about.
pub(super) fn round(signs: &[Sign]) -> Round {
    let any = |is: fn(&Says) -> bool| signs.iter().any(|sign| is(&sign.says));
    let tick = any(|says| matches!(says, Says::Tick));
    let sweep = any(|says| matches!(says, Says::Sweep));
    Round {
        looking: tick || sweep || any(|says| matches!(says, Says::Look { .. })),
        tick,
        sweep,
    }
}

/// What is done for each instance alone.
pub(super) fn steps<'a>(observed: &'a Observed, moment: Moment<'a>) -> Steps<'a> {
    let round = round(&observed.signs);
    let said = said(&observed.signs, moment.now);
    let nothing = Vec::new();
    let exercises = Exercises::of(observed, moment.now);
    let open = round.looking.then(|| observed.drains.keys());
    let ids: BTreeSet<&InstanceId> = said
        .keys()
        .copied()
        .chain(open.into_iter().flatten())
        .collect();
    ids.into_iter()
        .map(|id| {
            let case = Case {
                id,
                observed,
                exercises: &exercises,
                moment,
                round,
                before: observed.drains.get(id),
            };
            (id, case.step(said.get(id).unwrap_or(&nothing)))
        })
        .collect()
}

/// What is lost, beyond what is counted already.
pub(super) fn counted(
    steps: &Steps<'_>,
    observed: &Observed,
    moment: Moment<'_>,
) -> (Vec<Counted>, Vec<Verdict>) {
    let (mut counted, verdicts) = counting::counted(observed, moment);
    // What turns out to be an exercise is written down once more.
    let known: BTreeMap<&str, bool> = observed
        .counts
        .iter()
        .map(|counted| (counted.what.key(), counted.by_fis))
        .collect();
    let lost = steps.values().filter_map(|step| step.counted.as_ref());
    let fresh = lost.filter(|lost| known.get(lost.what.key()) != Some(&lost.by_fis));
    counted.extend(fresh.cloned());
    (counted, verdicts)
}

/// The writes: every record that is not as it was, those that end apart from the others.
fn records(steps: &Steps<'_>, observed: &Observed) -> (Vec<Record>, Vec<Record>) {
    let (mut closings, mut records) = (Vec::new(), Vec::new());
    for (id, step) in steps {
        let before = observed.drains.get(*id);
        if before == step.drain.as_ref() {
            continue;
        }
        let replaces = before.map(|drain| drain.version);
        let drain = step.drain.as_ref().map(|drain| {
            let mut drain = drain.clone();
            drain.version = replaces.map_or(drain.version, Version::next);
            Box::new(drain)
        });
        let ends = drain.is_none() || step.outcome.is_some();
        let writes = if ends { &mut closings } else { &mut records };
        writes.push(Record {
            instance: (*id).clone(),
            drain,
            replaces,
        });
    }
    (closings, records)
}

/// The looks that are needed, and how many came before them. A chain that is too long ends; the
/// tick goes on without it.
fn looks_of(steps: &Steps<'_>, observed: &Observed) -> (Vec<Timestamp>, u8) {
    let hops = observed.signs.iter().filter_map(|sign| match sign.says {
        Says::Look { hop } => Some(hop.saturating_add(1)),
        _ => None,
    });
    let hop = hops.max().unwrap_or(0);
    if hop >= looks::HOPS {
        return (Vec::new(), hop);
    }
    let moments = steps.values().flat_map(|step| &step.looks);
    let moments: BTreeSet<Timestamp> = moments.copied().collect();
    (moments.into_iter().collect(), hop)
}

/// Whether a look every minute is needed. Only who saw everything can say that it is not.
fn ticking(
    steps: &Steps<'_>,
    changes: &[Change],
    counted: &[Counted],
    announcements: &[Announcement],
    observed: &Observed,
) -> Option<bool> {
    let drains = steps.values().filter_map(|step| step.drain.as_ref());
    let mut drains = drains.filter(|drain| ending::needs_ticks(drain));
    let surge = changes.iter().any(|change| change.after.is_some());
    let is_watched = |counted: &Counted| !matches!(counted.what, Loss::Instance(_));
    let mut losses = observed.counts.iter().chain(counted);
    let watched = losses.any(is_watched) || watch::goes_on(announcements, observed);
    if drains.next().is_some() || surge || watched {
        return Some(true);
    }
    let round = round(&observed.signs);
    (observed.all_drains && (round.tick || round.sweep)).then_some(false)
}

/// What is done for each instance, gathered into calls.
fn collect(steps: Steps<'_>, plan: &mut Plan) {
    let mut set = Vec::new();
    let mut voluntary = Vec::new();
    let mut undo = Vec::new();
    let mut stops: Vec<Stop> = Vec::new();
    for step in steps.into_values() {
        set.extend(step.set);
        voluntary.extend(step.voluntary);
        undo.extend(step.undo);
        stops.extend(step.stops);
        plan.hooks.extend(step.hooks);
        plan.index.extend(step.index);
        plan.outcomes.extend(step.outcome);
    }
    stops.sort_by(|one, other| one.rank.cmp(&other.rank));
    plan.stop_tasks = stops.into_iter().map(|stop| stop.task).collect();
    plan.drain = in_tens(set);
    plan.voluntary = in_tens(voluntary);
    plan.undo = in_tens(undo);
    let mut written: Vec<IndexWrite> = Vec::new();
    for write in std::mem::take(&mut plan.index) {
        if !matches!(write, IndexWrite::SelfDraining { .. }) || !written.contains(&write) {
            written.push(write);
        }
    }
    plan.index = written;
}

/// As few calls as ECS allows: ten instances of one cluster in each.
fn in_tens(members: Vec<(ClusterArn, Member)>) -> Vec<SetState> {
    let mut clusters: BTreeMap<ClusterArn, Vec<Member>> = BTreeMap::new();
    for (cluster, member) in members {
        clusters.entry(cluster).or_default().push(member);
    }
    let mut calls = Vec::new();
    for (cluster, members) in clusters {
        calls.extend(members.chunks(TENS).map(|members| SetState {
            cluster: cluster.clone(),
            members: members.to_vec(),
        }));
    }
    calls
}

/// What the round knows of losses, for whoever asks what has to be looked at.
pub(super) fn losses<'a>(
    observed: &'a Observed,
    counted: &'a [Counted],
    moment: Moment<'_>,
) -> (Tallies<'a>, Vec<Change>) {
    let tallies = surge::tallies(observed, counted, moment);
    let changes = surge::changes(&tallies, observed, moment);
    (tallies, changes)
}
