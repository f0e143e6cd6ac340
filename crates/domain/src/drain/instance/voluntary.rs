//! Drains that need not be: on a recommendation, within the breaker, and given back.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::ending;
use super::scope::{Scoped, fleet_of};
use super::{AGAIN, Open, Step};
use crate::arn::ClusterArn;
use crate::drain::moment::Moment;
use crate::drain::plan::{IndexWrite, Member};
use crate::drain::reason::Reason;
use crate::drain::remembered::became;
use crate::drain::remembered::outcome::Ending;
use crate::drain::remembered::record::{Drain, Drainer};
use crate::drain::seen::ecs::Status;
use crate::drain::seen::instance::InstanceId;
use crate::drain::seen::service::percent;
use crate::drain::seen::sign::Ec2State;
use crate::drain::seen::surge::Scope;
use crate::drain::seen::tags::Mode;
use crate::drain::seen::world::{Observed, Source};

/// How long an instance that stopped is remembered in case it comes back.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(7 * 24);

/// EC2 recommends to replace the instance, and nothing else was heard. Nothing is done before the
/// next tick, so that one run alone counts how many are draining.
pub(in crate::drain) fn recommended(mut open: Open<'_>) -> Step {
    let (now, policy) = (open.case.moment.now, open.case.moment.policy);
    let since = open.drain.heard.rebalance.unwrap_or(open.drain.opened);
    let status = live(&open);
    match open.drain.by {
        Drainer::Nobody if open.drain.places.is_empty() || now >= since + policy.undo_after => {
            closed(open, Reason::Closed)
        }
        Drainer::Nobody if !policy.rebalance || open.scoped.iter().any(is_left) => {
            closed(open, Reason::RecommendationLeft)
        }
        Drainer::Nobody => {
            // Without need nothing is done where a tag that could not be read may say `off`.
            let read = open.scoped.iter().all(|scoped| scoped.read);
            open.step.candidate = open.case.round.tick && read && status == Some(Status::Active);
            open.step.reason = Some(Reason::Recommended);
            open.kept()
        }
        Drainer::Other { .. } if now >= since + policy.undo_after => closed(open, Reason::Closed),
        Drainer::Other { .. } => {
            open.step.reason = Some(Reason::Draining);
            open.kept()
        }
        Drainer::Us { at } => ours(open, at, status),
        Drainer::Undone { .. } => undone(open, status),
    }
}

/// Whether a recommendation about it is left to others: to its group, or to whoever wrote its tag.
fn is_left(scoped: &Scoped) -> bool {
    scoped.rebalances || scoped.explicit && scoped.mode == Mode::Verify
}

/// Its status as ECS said in this round, if it is one everywhere.
fn live(open: &Open<'_>) -> Option<Status> {
    let mut statuses = open.scoped.iter().map(|scoped| &scoped.place);
    let first = statuses.next()?;
    let same = statuses.all(|place| place.status == first.status);
    (same && first.source == Source::Asked).then_some(first.status)
}

/// We drained it on the recommendation.
fn ours(mut open: Open<'_>, at: Timestamp, status: Option<Status>) -> Step {
    let now = open.case.moment.now;
    let enough = now >= at + open.case.moment.policy.undo_after;
    let tick = open.case.round.tick;
    match status {
        Some(Status::Active) if open.drain.draining.is_some() || enough => given_back(open),
        Some(Status::Active) if tick && now.duration_since(at) >= AGAIN => {
            // Whoever was to drain it died over it.
            open.drain.by = Drainer::Us { at: now };
            open.step.voluntary = members(&open);
            open.step.reason = Some(Reason::DrainsOnRecommendation);
            open.kept()
        }
        Some(Status::Draining) if tick && enough => give_back(open),
        Some(Status::Inactive | Status::Deregistering) => gone(open),
        _ => {
            open.step.reason = Some(Reason::Draining);
            open.kept()
        }
    }
}

/// It is set ACTIVE, after its record says so: a warning that comes meanwhile finds the record
/// changed, and is read again.
fn give_back(mut open: Open<'_>) -> Step {
    open.drain.by = Drainer::Undone {
        at: open.case.moment.now,
    };
    open.step.undo = members(&open);
    open.step.reason = Some(Reason::GivenBack);
    open.kept()
}

fn undone(open: Open<'_>, status: Option<Status>) -> Step {
    match status {
        Some(Status::Draining) if open.case.round.looking => give_back(open),
        Some(Status::Active) => given_back(open),
        Some(Status::Inactive | Status::Deregistering) => gone(open),
        Some(_) => open.kept(),
        None => {
            let mut open = open;
            open.step.reason = Some(Reason::GivenBack);
            open.kept()
        }
    }
}

/// It left its cluster, and nothing had been heard of that.
fn gone(mut open: Open<'_>) -> Step {
    open.drain.ended = Some((Ec2State::ShuttingDown, open.case.moment.now));
    ending::ending(open)
}

/// It is ACTIVE again, by us or by somebody else.
fn given_back(mut open: Open<'_>) -> Step {
    let now = open.case.moment.now;
    let outcome = became::outcome(open.case.id, &open.drain, Ending::GivenBack, now);
    open.step.outcome = Some(outcome);
    closed(open, Reason::GivenBack)
}

fn closed(mut open: Open<'_>, reason: Reason) -> Step {
    open.step.reason = Some(reason);
    open.step
}

fn members(open: &Open<'_>) -> Vec<(ClusterArn, Member)> {
    let places = open.scoped.iter().map(|scoped| &scoped.place);
    let member = |place: &crate::drain::Place| Member {
        instance: open.case.id.clone(),
        arn: place.arn.clone(),
    };
    places
        .map(|place| (place.cluster.clone(), member(place)))
        .collect()
}

/// It stopped, and its outcome is written down. If it comes back, it comes back DRAINING, and what
/// we drained we give back.
pub(in crate::drain) fn asleep(mut open: Open<'_>) -> Step {
    let (now, id) = (open.case.moment.now, open.case.id);
    let since = open.drain.dormant.unwrap_or(now);
    let forgotten = now >= since + REMEMBERED || ending::ended_for_good(&open.drain);
    if forgotten {
        return closed(open, Reason::Closed);
    }
    match open.back {
        Some(Status::Draining) => {
            open.drain.by = Drainer::Undone { at: now };
            open.step.undo = members(&open);
            open.step.reason = Some(Reason::GivenBack);
        }
        Some(Status::Active) => {
            open.step.index.push(IndexWrite::Unmarked {
                instance: id.clone(),
            });
            return closed(open, Reason::GivenBack);
        }
        _ => open.step.reason = Some(Reason::Dormant),
    }
    open.step.drain = Some(open.drain);
    open.step
}

/// Drains as many of those that may be drained as the breaker lets through, the oldest
/// recommendation first.
pub(in crate::drain) fn within_breaker(
    steps: &mut BTreeMap<&InstanceId, Step>,
    observed: &Observed,
    moment: Moment<'_>,
) {
    let mut waiting: BTreeMap<Scope, Vec<(Timestamp, InstanceId)>> = BTreeMap::new();
    let mut draining: BTreeMap<Scope, u32> = BTreeMap::new();
    for (id, step) in steps.iter() {
        let Some(drain) = &step.drain else { continue };
        let Some(fleet) = fleet_of(drain) else {
            continue;
        };
        if step.candidate {
            let since = drain.heard.rebalance.unwrap_or(drain.opened);
            let waiting = waiting.entry(fleet).or_default();
            waiting.push((since, (*id).clone()));
        } else if counts_as_draining(drain) {
            *draining.entry(fleet).or_default() += 1;
        }
    }
    for (fleet, mut candidates) in waiting {
        candidates.sort();
        let size = observed.fleets.get(&fleet).and_then(Option::as_ref);
        let most = size.map_or(0, |size| {
            percent(size.desired, moment.policy.breaker_percent, false)
        });
        let used = draining.get(&fleet).copied().unwrap_or(0);
        let room = usize::try_from(most.saturating_sub(used)).unwrap_or(usize::MAX);
        for (position, (_, id)) in candidates.iter().enumerate() {
            let Some(step) = steps.get_mut(id) else {
                continue;
            };
            if position < room {
                pass(id, step, moment);
            } else {
                step.reason = Some(Reason::BreakerHolds);
            }
        }
    }
}

/// Whether it takes a place within the breaker: it is draining, or is lost and not replaced yet.
fn counts_as_draining(drain: &Drain) -> bool {
    let drains = matches!(drain.by, Drainer::Us { .. } | Drainer::Other { .. });
    drain.dormant.is_none() && (drains || drain.heard.certain().is_some())
}

fn pass(id: &InstanceId, step: &mut Step, moment: Moment<'_>) {
    let Some(drain) = &mut step.drain else { return };
    drain.by = Drainer::Us { at: moment.now };
    step.reason = Some(Reason::DrainsOnRecommendation);
    let member = |arn| Member {
        instance: id.clone(),
        arn,
    };
    let places = drain.places.iter();
    step.voluntary = places
        .map(|berth| (berth.cluster.clone(), member(berth.arn.clone())))
        .collect();
}
