//! What people are told when the ledger fails, or a stop is not carried out.
//!
//! Without the ledger nothing is stopped and nothing is restored, and that is when a page matters
//! most. What was told may not be remembered then, and is told again: a page too many beats none.

use std::collections::BTreeSet;

use super::moment::Moment;
use super::observed::{Observed, Watched};
use super::plan::{Becomes, Plan};
use super::residual::some_of;
use super::told_stop::AT_THE_STOP;
use crate::announcement::Announcement;
use crate::arn::ServiceArn;
use crate::concern::Concern;
use crate::notice::{Fact, Kind, Severity, fact, words};

/// What was done without the ledger.
const NOTHING: &str = "Nothing was stopped and nothing was restored: without its ledger budget-guard \
                       could not give back what a service had.";

/// A service that was to go to rest for a budget, and did not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undone {
    /// Which.
    pub service: ServiceArn,
    /// Why not.
    pub why: String,
    /// Whether the ledger failed, rather than AWS refusing the service.
    pub by_ledger: bool,
}

/// The page of a run that cannot read its ledger: what AWS says of the budgets, and what the
/// messages say that woke it.
pub fn unread(observed: &Observed, why: &str, moment: Moment<'_>) -> Announcement {
    let heard = observed.messages.iter().filter_map(|message| {
        let hint = &message.hint;
        let budget = hint.budget.as_deref()?;
        let amount = hint.amount.as_ref();
        let amount = amount.map_or_else(String::new, |amount| format!(": {}", amount.value));
        Some(fact("Message about", format!("{budget}{amount}")))
    });
    let mut facts = facts(observed, why);
    facts.extend(heard);
    let concern = Concern {
        title: "budget-guard cannot read its ledger: no budget stops anything".to_owned(),
        text: "cannot be read".to_owned(),
        facts,
        unknown: Some("What is at rest already, and for which budget.".to_owned()),
        ..about(&moment.policy.function, moment)
    };
    concern.announcement(moment.origin())
}

/// What is told of a plan of which nothing is done because its tallies could not be written: that
/// nothing stops, and what does not depend on that. What would be good news has to wait.
pub fn unwritten(
    plan: &Plan,
    observed: &Observed,
    why: &str,
    moment: Moment<'_>,
) -> Vec<Announcement> {
    let announcements = plan.announcements.iter();
    let stands = announcements.filter(|one| !one.notice.resolved);
    let (stops, others): (Vec<_>, Vec<_>) = stands.partition(|one| {
        matches!(
            one.notice.kind,
            Kind::BudgetStopped | Kind::BudgetGrace | Kind::BudgetRaisedWhileStopped
        )
    });
    let stops = stops.into_iter().map(|one| Concern {
        title: format!("The ledger fails, so nothing stops: {}", one.notice.title),
        text: one.notice.kind.name().to_owned(),
        facts: [fact("Why", why)]
            .into_iter()
            .chain(one.notice.facts.clone())
            .filter(|fact| fact.label != AT_THE_STOP)
            .collect(),
        unknown: one.notice.unknown.clone(),
        ..about(&one.notice.resource, moment)
    });
    let mut concerns: Vec<Concern> = stops.collect();
    if concerns.is_empty() {
        concerns.push(not_written(observed, why, moment));
    }
    fresh(concerns, observed, moment)
        .chain(others.into_iter().cloned())
        .collect()
}

/// What is told of a plan of which these services did not go to rest: the page of the stop names
/// them, what is told of one that was raised says so, and a ledger that failed is told of itself.
pub fn carried_out(
    plan: &Plan,
    undone: &[Undone],
    observed: &Observed,
    moment: Moment<'_>,
) -> Vec<Announcement> {
    let stops = |undone: &&Undone| {
        let mut changes = plan.changes.iter();
        changes.any(|change| {
            let down = matches!(change.what, Becomes::Held(_) | Becomes::PutDownAgain(_));
            down && change.service == undone.service
        })
    };
    let up: Vec<&Undone> = undone.iter().filter(stops).collect();
    let mut announcements = plan.announcements.clone();
    for one in announcements.iter_mut().filter(|one| !one.notice.resolved) {
        let about = |undone: &&&Undone| match one.notice.kind {
            Kind::BudgetStopped => true,
            Kind::BudgetRaisedWhileStopped => undone.service.as_str() == one.notice.resource,
            _ => false,
        };
        let about: Vec<&Undone> = up.iter().filter(about).copied().collect();
        if !about.is_empty() {
            one.notice.facts.extend(not_at_rest(&about));
        }
    }
    let lost = undone.iter().find(|one| one.by_ledger);
    let lost = lost.map(|one| not_written(observed, &one.why, moment));
    announcements.extend(fresh(lost, observed, moment));
    announcements
}

/// What did not go to rest, and each reason once.
fn not_at_rest(up: &[&Undone]) -> [Fact; 2] {
    let names: Vec<String> = up.iter().map(|one| one.service.to_string()).collect();
    let reasons: BTreeSet<&str> = up.iter().map(|one| one.why.as_str()).collect();
    let reasons: Vec<String> = reasons.into_iter().map(str::to_owned).collect();
    [
        fact("Not at rest yet", some_of(&names)),
        fact("Because", some_of(&reasons)),
    ]
}

fn not_written(observed: &Observed, why: &str, moment: Moment<'_>) -> Concern {
    Concern {
        title: "budget-guard cannot write its ledger: no budget stops anything".to_owned(),
        text: "cannot be written".to_owned(),
        facts: facts(observed, why),
        ..about(&moment.policy.function, moment)
    }
}

/// A page about the ledger, to be completed.
fn about(subject: &str, moment: Moment<'_>) -> Concern {
    Concern {
        severity: Severity::Page,
        done: Some(NOTHING.to_owned()),
        next: words(
            "Find out why the ledger's table cannot be used: whether it is there, what it answers, \
             what the role may do. Until then put to rest yourself what must not go on.",
        ),
        ..Concern::about(subject, Kind::BudgetLedgerFailed, moment.now)
    }
}

/// Why, and what AWS says of every budget that is watched.
fn facts(observed: &Observed, why: &str) -> Vec<Fact> {
    let budgets = observed.budgets.iter();
    let budgets = budgets.filter(|(_, watched)| watched.configured);
    let shown = |watched: &Watched| match &watched.sight {
        Ok(reading) => reading.shown(),
        Err(blind) => blind.to_string(),
    };
    let shown = budgets.map(|(name, watched)| fact(name.as_str(), shown(watched)));
    [fact("Why", why)].into_iter().chain(shown).collect()
}

/// Those that were not told already.
fn fresh(
    concerns: impl IntoIterator<Item = Concern>,
    observed: &Observed,
    moment: Moment<'_>,
) -> impl Iterator<Item = Announcement> {
    let fresh = concerns
        .into_iter()
        .filter(|concern| concern.is_news(&observed.announced));
    fresh.map(move |concern| concern.announcement(moment.origin()))
}
