//! The holds that there should be for budgets, given those that there are.
//!
//! A service has one hold for all budgets. It is there for as long as any budget wants the
//! service down, and its text names those that do. Every budget stops the same services, those
//! tagged `stop`: the tag does not name a budget.

use std::collections::{BTreeMap, BTreeSet};

use super::name::BudgetName;
use super::observed::{Observed, Service};
use super::plan::{Becomes, Change};
use super::selection::{Candidate, in_order};
use super::state::{State, Stop, Treatment};
use super::tags::Intent;
use super::tally::Tally;
use crate::arn::ServiceArn;
use crate::hold::Hold;

/// Who places the holds.
const BY: &str = "budget-guard";

/// The tallies, by budget.
pub(super) type Tallies = BTreeMap<BudgetName, Tally>;

/// Whether this stop wants that service down. One whose tag cannot be read is left as it is.
pub(super) fn wants(stop: &Stop, arn: &ServiceArn, service: &Service) -> bool {
    match service.intent {
        Intent::Untagged | Intent::Keep => false,
        Intent::Malformed { .. } => service.hold().is_some(),
        Intent::Stop { .. } => {
            service.hold().is_some() && !service.controllable()
                || service.controllable()
                    && stop
                        .picked
                        .as_ref()
                        .is_none_or(|picked| picked.contains(arn))
        }
    }
}

/// Whether everything that this stop wants down is down, but for what was raised so often that it
/// is left alone.
pub(super) fn complete(stop: &Stop, observed: &Observed) -> bool {
    let wanted = observed
        .services
        .iter()
        .filter(|(arn, service)| wants(stop, arn, service));
    wanted.into_iter().all(|(arn, service)| {
        let again = stop.again.get(arn);
        let left_alone = again.is_some_and(|again| again.treatment == Treatment::LeftAlone);
        service.is_down() || !service.controllable() || (service.raised() && left_alone)
    })
}

/// The other budgets that have stopped services and go on wanting them down.
pub(super) fn holders(restored: &BudgetName, observed: &Observed) -> Vec<BudgetName> {
    let budgets = observed.budgets.iter();
    let others = budgets.filter(|(name, watched)| {
        let stop = watched.tally.as_ref().and_then(Tally::stop);
        *name != restored && stop.is_some()
    });
    others.map(|(name, _)| name.clone()).collect()
}

/// The services that are held for a budget and that no other budget than `restored` wants down.
pub(super) fn left_to_lift(restored: &BudgetName, observed: &Observed) -> bool {
    let others = observed
        .budgets
        .iter()
        .filter(|(name, _)| *name != restored);
    let stops: Vec<&Stop> = others
        .filter_map(|(_, watched)| watched.tally.as_ref()?.stop())
        .collect();
    observed.services.iter().any(|(arn, service)| {
        let wanted = stops.iter().any(|stop| wants(stop, arn, service));
        service.hold().is_some() && !wanted
    })
}

/// What becomes of services: those that are to go down, low ranks first, then those that come
/// back. Which of these come first is the business of their waves.
pub(super) fn changes(observed: &Observed, after: &Tallies) -> Vec<Change> {
    let candidates = observed.services.iter().map(|(arn, service)| Candidate {
        service: arn.clone(),
        rank: match service.intent {
            Intent::Stop { rank } => rank,
            _ => super::tags::DEFAULT_RANK,
        },
        rate: service.rate(arn),
    });
    let ordered = in_order(candidates.collect());
    let arns = ordered.iter().map(|candidate| &candidate.service);
    let change = |arn: &ServiceArn| {
        let service = observed.services.get(arn)?;
        let what = becomes(arn, service, observed, after)?;
        Some(Change {
            service: arn.clone(),
            what,
        })
    };
    arns.filter_map(change).collect()
}

fn becomes(
    arn: &ServiceArn,
    service: &Service,
    observed: &Observed,
    after: &Tallies,
) -> Option<Becomes> {
    let wanting: BTreeMap<&BudgetName, &Stop> = after
        .iter()
        .filter_map(|(name, tally)| Some((name, tally.stop()?)))
        .filter(|(_, stop)| wants(stop, arn, service))
        .collect();
    let Some(wanted) = hold_for(&wanting) else {
        return lifts(service, observed, after).then_some(Becomes::Lifted);
    };
    let Some(there) = service.hold() else {
        return Some(Becomes::Held(wanted));
    };
    let hold = Hold {
        since: there.since,
        ..wanted
    };
    if !service.settled {
        return Some(Becomes::Held(hold));
    }
    let mut agains = wanting.values().filter_map(|stop| stop.again.get(arn));
    if agains.any(|again| again.is_due(service)) {
        return Some(Becomes::PutDownAgain(hold));
    }
    (hold != *there).then_some(Becomes::Reworded(hold))
}

/// Whether the hold of a service that no budget wants down is lifted: if a budget restores, or if
/// its owner took the tag away. A hold whose reason nobody remembers is never simply lifted, nor
/// is any while a tally cannot be read.
fn lifts(service: &Service, observed: &Observed, after: &Tallies) -> bool {
    let restores = after
        .values()
        .any(|tally| matches!(tally.state, State::Restoring(_)));
    let released = matches!(service.intent, Intent::Untagged | Intent::Keep);
    service.hold().is_some() && !observed.unreadable && (restores || released)
}

/// The hold for these budgets; none if there are none.
fn hold_for(wanting: &BTreeMap<&BudgetName, &Stop>) -> Option<Hold> {
    let since = wanting.values().map(|stop| stop.since).min()?;
    let names: BTreeSet<&str> = wanting.keys().map(|name| name.as_str()).collect();
    let names: Vec<&str> = names.into_iter().collect();
    let why = match names[..] {
        [name] => format!("the budget {name} is spent"),
        _ => format!("the budgets {} are spent", names.join(", ")),
    };
    Some(Hold {
        by: BY.to_owned(),
        why,
        since,
        until: None,
    })
}
