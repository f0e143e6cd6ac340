//! A person asks how things stand, or what a stop would do → an answer; nothing is changed.

use domain::budget::state::{State, Stop, Why};
use domain::budget::tally::Tally;
use domain::budget::{BudgetName, Decided, Moment, Observed, Receipt, Watched, decide, drill};
use domain::hold::Holder;
use serde_json::{Value, json};

use crate::event::Work;
use crate::observe::{Look, Seen, observe};
use crate::report::parts::{named, usd, why};
use crate::{Aws, Failure, Invocation, Settings, moment};

/// A question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Question {
    /// Where has each budget got to, and what holds it down?
    Status {
        /// Only this budget.
        budget: Option<BudgetName>,
    },
    /// What would happen if this budget were spent?
    Drill {
        /// The budget.
        budget: BudgetName,
    },
}

/// Answers a question.
pub(crate) async fn answer(
    aws: &Aws,
    settings: &Settings,
    question: Question,
    invocation: &Invocation,
) -> Result<Value, Failure> {
    let moment = moment(settings, invocation);
    let seen = observe(aws, settings, &Work::default(), Look::Money, moment).await?;
    match question {
        Question::Status { budget } => status(&seen, budget.as_ref(), moment),
        Question::Drill { budget } => match drill(&seen.observed, &budget, moment) {
            Some(receipt) => Ok(shown(&receipt, &seen)),
            None => Err(unknown(&budget, "nothing is known of it yet")),
        },
    }
}

fn unknown(budget: &BudgetName, otherwise: &str) -> Failure {
    Failure::unusable(
        "budget",
        format!("\"{budget}\" is not watched, or {otherwise}"),
    )
}

fn status(seen: &Seen, only: Option<&BudgetName>, moment: Moment<'_>) -> Result<Value, Failure> {
    let observed = &seen.observed;
    if let Some(only) = only.filter(|only| !observed.budgets.contains_key(only)) {
        return Err(unknown(only, "its tally cannot be read"));
    }
    let plan = decide(observed, moment);
    let decided = plan.verdicts.iter();
    let decided = decided.filter(|one| only.is_none_or(|only| *only == one.budget));
    let budgets = decided.filter_map(|decided| {
        let watched = observed.budgets.get(&decided.budget)?;
        Some(budget(decided, watched))
    });
    Ok(json!({
        "budgets": budgets.collect::<Vec<_>>(),
        "held": held(observed),
        "rate": observed.meter.newest().map(|sample| sample.rate.shown()),
        "not_seen": named(&seen.unseen),
        "not_known": named(&seen.unknown),
    }))
}

fn budget(decided: &Decided, watched: &Watched) -> Value {
    let reading = watched.sight.as_ref().ok();
    let tally = watched.tally.as_ref();
    let period = reading.map(|reading| reading.period);
    let period = period.or(tally.map(|tally| tally.period));
    json!({
        "budget": decided.budget.as_str(),
        "state": tally.map_or("armed", |tally| tally.state.name()),
        "verdict": decided.verdict.name(),
        "why": why(&decided.verdict),
        "decision": decided.reason.name(),
        "reported": reading.map(|reading| reading.shown()),
        "ceiling": usd(decided.ceiling),
        "period": period.map(|period| json!({
            "start": period.start.to_string(),
            "end": period.end.to_string(),
        })),
        "configured": watched.configured,
        "remembered": tally.map(remembered),
    })
}

fn remembered(tally: &Tally) -> Value {
    json!({
        "readings": tally.readings.len(),
        "last": tally.last().map(|last| json!({
            "at": last.at.to_string(),
            "spend": usd(Some(last.spend)),
        })),
        "grace_until": tally.grace.map(|until| until.to_string()),
        "veto": tally.veto.as_ref().map(|veto| json!({
            "by": veto.by, "why": veto.why, "until": veto.until.to_string(),
        })),
        "allowed": tally.allowed.as_ref().map(|allowed| json!({
            "by": allowed.by, "why": allowed.why, "up_to": usd(Some(allowed.up_to)),
        })),
        "stop": tally.stop().map(stop),
        "restore": match &tally.state {
            State::Restoring(restore) => json!({
                "since": restore.since.to_string(),
                "why": match &restore.why {
                    Why::NewPeriod { .. } => "a new period".to_owned(),
                    Why::Person { by, why } => format!("{by}: {why}"),
                    Why::NotWatched => "it is not watched any more".to_owned(),
                },
            }),
            _ => Value::Null,
        },
    })
}

fn stop(stop: &Stop) -> Value {
    let again = stop.again.iter();
    json!({
        "since": stop.since.to_string(),
        "until_at_least": stop.period_end.to_string(),
        "spend": usd(Some(stop.spend)),
        "services": stop.picked.as_ref().map(|picked| picked.len()),
        "put_down_again": again.map(|(arn, again)| json!({
            "service": arn.to_string(), "times": again.times, "last": again.treatment.name(),
        })).collect::<Vec<_>>(),
    })
}

/// The services that are held for a budget.
fn held(observed: &Observed) -> Vec<Value> {
    let held = observed.services.iter().filter_map(|(arn, service)| {
        let hold = service.hold()?;
        let holders = service.holds.iter().map(|(holder, _)| holder);
        let others = holders.filter(|holder| *holder != Holder::Budget);
        Some(json!({
            "service": arn.to_string(),
            "why": hold.why,
            "since": hold.since.to_string(),
            "also_held_by": others.map(Holder::as_str).collect::<Vec<_>>(),
            "desired": service.desired,
        }))
    });
    held.collect()
}

/// The receipt of a drill.
fn shown(receipt: &Receipt, seen: &Seen) -> Value {
    let residual = &receipt.residual;
    let lines = residual.lines.iter().map(|line| {
        json!({ "what": line.shown(), "usd_per_hour": usd(line.hour.map(|_| line.rate().lower)) })
    });
    json!({
        "drill": receipt.budget.as_str(),
        "at": receipt.at.to_string(),
        "verdict": receipt.verdict.name(),
        "why": why(&receipt.verdict),
        "would_stop": receipt.stops.iter().map(|(arn, rate)| json!({
            "service": arn.to_string(), "costs": rate.shown(),
        })).collect::<Vec<_>>(),
        "already_down": receipt.down.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "would_run_on": receipt.spared,
        "would_go_on_costing": lines.collect::<Vec<_>>(),
        "known_usd_per_hour": usd(Some(residual.known())),
        "known_usd_until_the_period_ends": usd(receipt.until_end),
        "unknown": residual.unknown(),
        "not_seen": named(&seen.unseen),
        "not_known": named(&seen.unknown),
    })
}
