//! What is no longer so: which concerns a decision can call over, and in which words.

use std::collections::BTreeMap;

use super::counted::Kind as Costs;
use super::facts::View;
use super::findings::free_tier_subject;
use super::free_tier::FreeTierUse;
use super::holds::holders;
use super::money::usd;
use super::observed::Observed;
use super::state::{State, Why};
use super::tally::Tally;
use super::verdict::Verdict;
use crate::announcement::ConcernKey;
use crate::arn::ServiceArn;
use crate::concern::Over;
use crate::notice::{Fact, Kind};

/// What this decision can say about a concern that does not stand any more. Nothing about what it
/// did not look at, nor about what others announced.
pub(super) fn over(
    key: &ConcernKey,
    views: &BTreeMap<String, View<'_>>,
    observed: &Observed,
) -> Option<Over> {
    let kind = Kind::from_name(key.kind)?;
    let (title, facts) = match kind {
        Kind::BudgetTagMalformed | Kind::BudgetRaisedWhileStopped => {
            (of_service(kind, key, observed)?, Vec::new())
        }
        Kind::FreeTierNearlyUsed => (of_free_tier(key, observed)?, Vec::new()),
        Kind::BudgetLedgerFailed => (
            "The ledger of budget-guard works again".to_owned(),
            Vec::new(),
        ),
        // It is remembered for good, so that it is never told twice.
        Kind::BudgetMessageForeign => return None,
        _ => match views.get(&key.subject) {
            Some(view) => of_budget(kind, view)?,
            None => (of_forgotten(key, observed)?, Vec::new()),
        },
    };
    Some(Over {
        kind,
        title: (!title.is_empty()).then_some(title),
        facts,
        done: None,
    })
}

/// Of a budget that is neither watched nor remembered.
fn of_forgotten(key: &ConcernKey, observed: &Observed) -> Option<String> {
    let (service, name) = key.subject.split_once(":budget/")?;
    let budget = service.split(':').nth(2) == Some("budgets") && !observed.unreadable;
    budget.then(|| format!("The budget {name} is not watched any more"))
}

/// Of a budget: an empty title is for what nobody needs to know.
fn of_budget(kind: Kind, view: &View<'_>) -> Option<(String, Vec<Fact>)> {
    let name = view.name;
    if !view.watched.configured && kind != Kind::BudgetStopped {
        let title = format!("The budget {name} is not watched any more");
        return Some((title, Vec::new()));
    }
    let seen = view.watched.sight.is_ok();
    let believed = view.verdict.believes();
    let title = match kind {
        Kind::BudgetWarned => format!("The budget {name} does not run short any more"),
        Kind::BudgetGrace if stops(view.tally) => String::new(),
        Kind::BudgetGrace if believed => format!("The stop of the budget {name} is off"),
        Kind::BudgetStopped => return Some((restored(view), view.facts())),
        Kind::BudgetImplausible if believed => {
            format!("The budget {name} reports what can be believed again")
        }
        Kind::BudgetBlind if !matches!(view.verdict, Verdict::Implausible { .. }) => {
            format!("The budget {name} can be read again")
        }
        Kind::BudgetCannotBeMet if seen && counts_everything(view) => {
            format!("The budget {name} can be met again")
        }
        Kind::BudgetLimitChanged => String::new(),
        Kind::BudgetUnguarded if view.sees_every_topic() => {
            format!("Messages about the budget {name} can arrive again")
        }
        _ => return None,
    };
    Some((title, Vec::new()))
}

/// Whether everything that goes on costing money was looked at: what could not be is none of the
/// known kinds.
fn counts_everything(view: &View<'_>) -> bool {
    let residual = view.observed.residual();
    let mut lines = residual.lines.iter();
    let unseen = lines.any(|line| line.kind == Costs::Other && line.hour.is_none());
    !unseen && !view.observed.services_unseen
}

fn stops(tally: &Option<Tally>) -> bool {
    tally.as_ref().is_some_and(|tally| tally.stop().is_some())
}

fn restored(view: &View<'_>) -> String {
    let name = view.name;
    let state = view.tally.as_ref().map(|tally| &tally.state);
    match state {
        Some(State::Restoring(restore)) => match &restore.why {
            Why::NewPeriod { spend } => format!(
                "A new period of the budget {name} has begun ({} spent): {}",
                usd(*spend),
                kept(view).unwrap_or_else(|| "services come back".to_owned())
            ),
            Why::Person { by, why } => {
                let kept = kept(view).map_or_else(String::new, |kept| format!("; {kept}"));
                format!("{by} restores what the budget {name} stopped: {why}{kept}")
            }
            Why::NotWatched => not_watched(view),
        },
        None if !view.watched.configured => not_watched(view),
        _ => kept(view).map_or_else(
            || format!("What the budget {name} stopped is back"),
            |kept| format!("The budget {name} keeps nothing at rest any more: {kept}"),
        ),
    }
}

/// Which other budgets keep at rest what this one gives back; none if none does.
fn kept(view: &View<'_>) -> Option<String> {
    let others = holders(view.name, view.observed);
    let names: Vec<&str> = others.iter().map(|name| name.as_str()).collect();
    Some(match names[..] {
        [] => return None,
        [name] => format!("the budget {name} keeps services at rest"),
        _ => format!("the budgets {} keep services at rest", names.join(", ")),
    })
}

/// It was taken away from us: whether what it stopped comes back depends on the others.
fn not_watched(view: &View<'_>) -> String {
    let kept = view.tally.is_none() || !holders(view.name, view.observed).is_empty();
    let then = match kept {
        true => "another budget keeps at rest what it stopped",
        false => "what it stopped comes back",
    };
    format!("The budget {} is not watched any more: {then}", view.name)
}

fn of_service(kind: Kind, key: &ConcernKey, observed: &Observed) -> Option<String> {
    let arn = ServiceArn::parse(&key.subject).ok()?;
    let looked_at = observed.services.contains_key(&arn);
    match kind {
        _ if observed.gone.contains(&arn) => Some(format!("{arn} does not exist any more")),
        _ if !looked_at => None,
        Kind::BudgetTagMalformed => Some(format!("{arn}: its tag can be read")),
        _ => Some(String::new()),
    }
}

fn of_free_tier(key: &ConcernKey, observed: &Observed) -> Option<String> {
    let uses = observed.free_tier.as_ref()?;
    let named = uses.iter().map(FreeTierUse::named);
    let mut subjects = named.map(|named| free_tier_subject(&named));
    let looked_at = subjects.any(|subject| subject == key.subject);
    looked_at.then(|| "It is free again: a new month has begun".to_owned())
}
