//! The decision of `budget-guard`: what AWS says of a budget, what ran, and what the ledger
//! remembers → a plan.
//!
//! A message only says *look here*. What to do follows from the reading, believed or not, and
//! from what is; so messages that are late, repeated or out of order change nothing.

mod answer;
mod asked;
pub mod blind;
mod command;
pub mod counted;
pub mod described;
mod drill;
mod errands;
mod extent;
mod facts;
pub mod finding;
mod findings;
mod foreign;
pub mod free_tier;
pub mod guard;
mod holds;
mod hosts;
mod ledgerless;
pub mod meter;
mod moment;
pub mod money;
mod name;
mod observed;
mod over;
pub mod period;
mod plan;
mod plausible;
mod proof;
pub mod prose;
mod raised;
pub mod reading;
mod reported;
pub mod residual;
mod room;
pub mod selection;
mod services;
pub mod state;
mod step;
mod stopping;
mod tags;
pub mod tally;
mod told;
mod told_stop;
pub mod topic;
mod unwatched;
mod verdict;

use std::collections::BTreeMap;

pub use answer::{Answer, Refusal};
pub use asked::LONGEST_VETO;
pub use drill::{Receipt, drill};
pub use errands::{Changeable, errands, is_at_rest};
pub use ledgerless::{Undone, carried_out, unread, unwritten};
pub use moment::{Moment, Policy};
pub use name::{BudgetName, NameError};
pub use observed::{Asked, Message, Observed, Service, Watched, What};
pub use plan::{Becomes, Change, Decided, Plan, Reason, Record};
pub use plausible::{FACTOR, FLOOR, UNSEEN_SCALE};
pub use raised::PATIENCE;
pub use tags::{BUDGET, DEFAULT_RANK, Intent, parse};
pub use verdict::{LAG, VISIBLE, Verdict, judge};

use crate::announcement::{Announcement, ConcernKey};
use crate::concern::{self, Concern};
use crate::rest::Version;
use facts::View;
use holds::Tallies;
use step::{Case, Step};
use tally::Tally;

/// Decides about every budget.
pub fn decide(observed: &Observed, moment: Moment<'_>) -> Plan {
    if observed.closing {
        return closing(observed);
    }
    let steps: BTreeMap<&BudgetName, Step> = observed
        .budgets
        .iter()
        .map(|(name, watched)| {
            let case = Case {
                name,
                watched,
                observed,
                moment,
                pretend: false,
            };
            (name, case.step())
        })
        .collect();
    let after: Tallies = steps
        .iter()
        .filter_map(|(name, step)| Some(((*name).clone(), step.tally.clone()?)))
        .collect();
    let (announcements, forgotten) = told(observed, &steps, &after, moment);
    Plan {
        records: records(observed, &steps),
        changes: holds::changes(observed, &after),
        announcements,
        forgotten,
        verdicts: steps
            .iter()
            .map(|(name, step)| decided(name, step))
            .collect(),
        answer: answer(observed, &steps),
    }
}

/// Before the suite is deleted nothing is stopped, and the tallies stay as they are: whoever
/// deletes it wakes what is held.
fn closing(observed: &Observed) -> Plan {
    let verdicts = observed.budgets.iter().map(|(name, watched)| Decided {
        budget: name.clone(),
        verdict: match &watched.sight {
            Ok(_) => Verdict::Under,
            Err(blind) => Verdict::Blind(blind.clone()),
        },
        reason: Reason::Closing,
        spend: None,
        ceiling: None,
    });
    Plan {
        verdicts: verdicts.collect(),
        answer: observed
            .asked
            .as_ref()
            .map(|_| Answer::Refused(Refusal::Closing)),
        ..Plan::default()
    }
}

/// The writes: every tally that is not as it was. One that is closed comes last, so that a stop which
/// another budget takes over is written before it is forgotten.
fn records(observed: &Observed, steps: &BTreeMap<&BudgetName, Step>) -> Vec<Record> {
    let mut records = Vec::new();
    for (name, step) in steps {
        let before = observed.budgets.get(*name);
        let before = before.and_then(|watched| watched.tally.as_ref());
        if before == step.tally.as_ref() {
            continue;
        }
        let replaces = before.map(|tally| tally.version);
        let next = |tally: &Tally| Tally {
            version: replaces.map_or(tally.version, Version::next),
            ..tally.clone()
        };
        records.push(Record {
            budget: (*name).clone(),
            tally: step.tally.as_ref().map(|tally| Box::new(next(tally))),
            replaces,
        });
    }
    records.sort_by_key(|record| record.tally.is_none());
    records
}

fn decided(name: &BudgetName, step: &Step) -> Decided {
    let tally = step.tally.as_ref();
    Decided {
        budget: name.clone(),
        verdict: step.verdict.clone(),
        reason: step.reason,
        spend: tally.and_then(Tally::last).map(|last| last.spend),
        ceiling: tally.map(|tally| tally.ceiling(tally.limit)),
    }
}

fn answer(observed: &Observed, steps: &BTreeMap<&BudgetName, Step>) -> Option<Answer> {
    let asked = observed.asked.as_ref()?;
    let Some(step) = steps.get(&asked.budget) else {
        return Some(Answer::Refused(Refusal::UnknownBudget));
    };
    step.answer.clone()
}

fn told(
    observed: &Observed,
    steps: &BTreeMap<&BudgetName, Step>,
    after: &Tallies,
    moment: Moment<'_>,
) -> (Vec<Announcement>, Vec<ConcernKey>) {
    let view = |name: &'_ BudgetName| observed.budgets.get_key_value(name);
    let views: BTreeMap<String, View<'_>> = steps
        .iter()
        .filter_map(|(name, step)| {
            let (name, watched) = view(name)?;
            let view = View {
                name,
                watched,
                tally: &step.tally,
                verdict: &step.verdict,
                observed,
                moment,
            };
            Some((name.arn(moment.account), view))
        })
        .collect();
    let of_budgets = views.values().flat_map(View::concerns);
    let services = observed.services.iter();
    let of_services =
        services.flat_map(|(arn, service)| services::of_service(arn, service, after, moment));
    let standing: Vec<Concern> = of_budgets
        .chain(of_services)
        .chain(findings::of_free_tier(observed, moment))
        .chain(foreign::of_messages(observed, moment))
        .collect();
    let over = |key: &ConcernKey| over::over(key, &views, observed);
    concern::announcements(standing, &observed.announced, over, moment.origin())
}
