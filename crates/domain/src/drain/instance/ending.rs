//! The end of a drain: what became of the tasks, whether they were replaced, and the outcome.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::fates;
use super::{Open, Step};
use crate::arn::ServiceArn;
use crate::drain::plan::IndexWrite;
use crate::drain::reason::Reason;
use crate::drain::remembered::became::outcome;
use crate::drain::remembered::fold::LATE;
use crate::drain::remembered::outcome::Ending;
use crate::drain::remembered::record::{Drain, Drainer};
use crate::drain::seen::service::Service;
use crate::drain::seen::sign::Ec2State;
use crate::drain::seen::world::Observed;
use crate::drain::told::passing;
use crate::resting::Kind;

/// How long we wait for the word that EC2 took an instance back, which comes by CloudTrail: within
/// about five minutes, and later now and then
/// (<https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html>).
const WORD: SignedDuration = SignedDuration::from_mins(15);

/// How long after its deadline an instance of which nothing more was heard is taken for gone
/// without asking: our choice.
pub(in crate::drain) const SILENCE: SignedDuration = SignedDuration::from_mins(5);

/// How long an instance is waited for that was warned of and is still there, and how long for
/// what cannot be read: our choice.
const SPARED: SignedDuration = SignedDuration::from_hours(1);

/// When nothing can be done any more: when EC2 takes it, or when its first hook ends.
pub(in crate::drain) fn limit(drain: &Drain) -> Option<Timestamp> {
    let hooks = drain.hooks.iter().map(|open| open.until);
    hooks.chain(drain.deadline).min()
}

/// Whether nothing can be done for its tasks any more.
pub(in crate::drain) fn is_over(drain: &Drain, now: Timestamp) -> bool {
    let let_go = drain.ended.is_some() || drain.released.is_some();
    let_go || limit(drain).is_some_and(|limit| limit <= now)
}

/// When it was over: when it went, or when it could be let go or taken.
pub(in crate::drain) fn end(drain: &Drain) -> Option<Timestamp> {
    let ended = drain.ended.map(|(_, at)| at);
    ended.or(drain.released).or(drain.deadline)
}

/// Whether nothing but its end was heard, which may be anybody's doing.
pub(super) fn is_unannounced(drain: &Drain) -> bool {
    let heard = &drain.heard;
    let ours = matches!(drain.by, Drainer::Us { .. });
    heard.certain().is_none() && heard.evicted.is_none() && !ours
}

/// Whether its tasks have to be read to know what became of them.
pub(in crate::drain) fn wants_tasks(drain: &Drain, now: Timestamp) -> bool {
    let after = end(drain).is_some_and(|end| now >= end + super::looks::AFTER);
    is_over(drain, now) && after && drain.settled.is_none() && !is_unannounced(drain)
}

/// The services that are to get their tasks back and have not been seen to.
pub(in crate::drain) fn lacking(drain: &Drain) -> BTreeSet<&ServiceArn> {
    let owners = drain.tasks.values().map(|leaving| &leaving.owner);
    let services = owners.filter_map(|owner| owner.service());
    services
        .filter(|service| !drain.replaced.contains_key(*service))
        .collect()
}

/// Goes on with an instance for which nothing can be done any more.
pub(in crate::drain) fn ending(mut open: Open<'_>) -> Step {
    let now = open.case.moment.now;
    // Who hears of it late waits from then on.
    let end = end(&open.drain).unwrap_or(now).max(open.drain.opened);
    if is_unannounced(&open.drain) {
        return unannounced(open, end);
    }
    settle(&mut open, end);
    replace(&mut open);
    let patience = open.case.moment.policy.replacement;
    let replaced = lacking(&open.drain).is_empty() || now >= end + patience;
    let enough = open.drain.settled.is_some() && replaced || now >= end + SPARED;
    let ending = is_known(&open, end);
    match ending {
        Some(ending) if enough => close(open, ending),
        _ => {
            let reason = match (open.drain.settled, open.drain.ended) {
                (Some(_), Some(_)) => Reason::WaitsForReplacements,
                (_, Some(_)) => Reason::Ending,
                (_, None) => Reason::TimeIsOver,
            };
            open.step.reason.get_or_insert(reason);
            open.kept()
        }
    }
}

/// It went and nothing had announced it: an eviction is told of later, and anything else is
/// somebody's own doing.
fn unannounced(mut open: Open<'_>, end: Timestamp) -> Step {
    if open.case.moment.now < end + WORD {
        open.step.reason.get_or_insert(Reason::Unannounced);
        open.step.drain = Some(open.drain);
        return open.step;
    }
    // Nothing is marked: should the word come later still, it is heard.
    open.step.reason = Some(Reason::Closed);
    open.step
}

/// Whether what became of its tasks is known by now.
fn settle(open: &mut Open<'_>, end: Timestamp) {
    let now = open.case.moment.now;
    if open.drain.settled.is_some() {
        return;
    }
    let read = open.tasks().is_some() && wants_tasks(&open.drain, now);
    // A hook lets go when every task has stopped, so that there is nothing left to read.
    let let_go = open.drain.released.is_some() && !open.drain.tasks.is_empty();
    if open.case.round.looking && open.gives_up(end) && open.is_dead() {
        fates::give_up(&mut open.drain);
        open.drain.settled = Some(now);
    } else if (read || let_go) && fates::all_known(&open.drain) {
        open.drain.settled = Some(now);
    }
}

/// Sees which services run as many tasks as they should. Before the fates are known, ECS counts
/// tasks that are gone.
fn replace(open: &mut Open<'_>) {
    if open.drain.settled.is_none() {
        return;
    }
    let now = open.case.moment.now;
    let observed = open.case.observed;
    let lacking: Vec<ServiceArn> = lacking(&open.drain).into_iter().cloned().collect();
    for service in lacking {
        if is_whole(&service, observed) == Some(true) {
            open.drain.replaced.insert(service, now);
        }
    }
}

/// Whether a service runs as many tasks as it should, or need not; none if it was not looked at.
pub(in crate::drain) fn is_whole(service: &ServiceArn, observed: &Observed) -> Option<bool> {
    let seen = observed.services.get(service)?.as_ref().ok()?;
    let lacks = |service: &Service| service.kind != Kind::Daemon && !service.is_whole();
    Some(!seen.as_ref().is_some_and(lacks))
}

/// What happened to it, if nothing can change that any more.
fn is_known(open: &Open<'_>, end: Timestamp) -> Option<Ending> {
    let (drain, now) = (&open.drain, open.case.moment.now);
    let gone = drain.ended.is_some() || drain.heard.evicted.is_some();
    if drain.heard.doom().is_some() {
        let late = drain
            .deadline
            .is_some_and(|deadline| deadline <= drain.opened);
        let silent = now >= end + SILENCE && open.is_dead();
        let spared = now >= end + SPARED;
        return match gone || silent {
            true if late => Some(Ending::WarnedTooLate),
            true => Some(Ending::Interrupted),
            false if late => spared.then_some(Ending::WarnedTooLate),
            false => spared.then_some(Ending::Spared),
        };
    }
    if drain.heard.evicted.is_some() {
        return Some(Ending::InterruptedWithoutWarning);
    }
    if drain.heard.hook.is_some() {
        return (gone || now >= end + WORD).then_some(Ending::Released);
    }
    Some(Ending::Replaced)
}

/// Writes down what became of it. One that stopped and was drained by us is kept in case it comes
/// back.
fn close(mut open: Open<'_>, ending: Ending) -> Step {
    let now = open.case.moment.now;
    let outcome = outcome(open.case.id, &open.drain, ending, now);
    let returns = open
        .drain
        .ended
        .is_some_and(|(state, _)| state.may_return());
    let ours = matches!(open.drain.by, Drainer::Us { .. });
    open.step.reason = Some(Reason::Closed);
    open.step.outcome = Some(outcome);
    open.step.alone = passing::alone(&open.drain);
    done(&mut open);
    if returns && ours {
        open.drain.dormant = Some(now);
        open.drain.tasks.clear();
        open.drain.replaced.clear();
        open.step.drain = Some(open.drain);
    }
    open.step
}

/// Later words about the same end are known to be late.
fn done(open: &mut Open<'_>) {
    let heard = &open.drain.heard;
    let words = [
        heard.rebalance,
        heard.warning,
        heard.reservation,
        heard.hook,
        heard.state,
        heard.evicted,
    ];
    let last = words.into_iter().flatten().chain(end(&open.drain)).max();
    open.step.index.push(IndexWrite::Done {
        instance: open.case.id.clone(),
        at: last.unwrap_or(open.case.moment.now),
    });
}

/// Whether the minute tick is needed for this record.
pub(in crate::drain) fn needs_ticks(drain: &Drain) -> bool {
    drain.dormant.is_none() && !(drain.ended.is_some() && is_unannounced(drain))
}

/// Whether it is still there although EC2 was to take it a while ago.
pub(in crate::drain) fn was_spared(drain: &Drain, now: Timestamp) -> bool {
    let overdue = drain
        .deadline
        .is_some_and(|deadline| now >= deadline + LATE);
    overdue && drain.ended.is_none() && drain.dormant.is_none()
}

/// Whether it may come back after this state.
pub(super) fn ended_for_good(drain: &Drain) -> bool {
    matches!(drain.ended, Some((Ec2State::Terminated, _)))
}
