//! `off-hours`: puts services to rest outside their hours and wakes them with exactly what they
//! had.
//!
//! An event only says *look here*. What to do follows from what the tags ask for, what the ledger
//! remembers and what is: [`handle`] reads like that.

mod apply;
mod ask;
mod aws;
mod command;
mod deletion;
mod event;
mod failure;
pub mod forecast;
mod lint;
mod observe;
mod report;
mod savings;
#[cfg(test)]
mod script;
mod settings;
#[cfg(test)]
mod tests;

use domain::off_hours::{Moment, decide};
use domain::rest::Claim;
use jiff::Timestamp;
use serde_json::Value;

pub use aws::Aws;
pub use failure::Failure;
pub use settings::Settings;

use event::{Request, Work};
use observe::{Scope, Seen};
use report::Run;

/// One invocation of the function.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// Its request id: the same when Lambda delivers the event again.
    pub id: String,
    /// When it began.
    pub now: Timestamp,
    /// When Lambda ends it.
    pub deadline: Timestamp,
}

/// Handles one event.
pub async fn handle(
    aws: &Aws,
    settings: &Settings,
    event: Value,
    invocation: &Invocation,
) -> Result<Value, Failure> {
    match event::parse(event, settings, invocation)? {
        Request::Forecast(forecast) => Ok(forecast.answer()),
        Request::Ask(question) => Box::pin(ask::answer(aws, settings, question, invocation)).await,
        Request::Work(work) => Box::pin(work_on(aws, settings, &work, invocation)).await,
        Request::Deletion(deletion) => {
            Box::pin(deletion::handle(aws, settings, &deletion, invocation)).await
        }
        Request::NotForUs(why) => {
            tracing::info!(why, "nothing to do");
            Ok(
                serde_json::json!({ "function": "off-hours", "summary": "nothing to do", "reason": why }),
            )
        }
    }
}

/// The five steps: an event, a look at the world, a decision, its effect, a report.
async fn work_on(
    aws: &Aws,
    settings: &Settings,
    work: &Work,
    invocation: &Invocation,
) -> Result<Value, Failure> {
    let stop = edge::errand::stop(invocation.now, invocation.deadline);
    let claim = Claim {
        run: invocation.id.clone(),
        until: invocation.deadline,
    };
    let moment = Moment {
        policy: &settings.policy,
        claim: &claim,
        closing: work.scope == Scope::EverythingHeld,
        now: invocation.now,
    };
    let seen = observe::observe(aws, settings, &work.scope, moment).await;
    let Seen {
        observed, unseen, ..
    } = match seen {
        Ok(seen) => seen,
        // What was asked for cannot be; that is no event to be journaled or delivered again.
        Err(failure @ Failure::UnusableEvent { .. }) => return Err(failure),
        Err(failure) => return Err(blind(aws, settings, work, failure, invocation).await),
    };
    let plan = &decide(&observed, moment);
    tracing::info!(
        event = work.event,
        kind = work.kind,
        decision = report::parts::summary(plan),
        "decided"
    );
    let mut run = Run {
        settings,
        work,
        plan,
        announcements: Vec::new(),
        unseen,
        endings: Vec::new(),
        saved: Vec::new(),
        untold: None,
    };
    run.endings = apply::apply(aws, settings, plan, stop).await;
    run.announcements = run.to_announce(&observed.announced, invocation.now);
    if plan.errands.is_empty() {
        savings::ask_ahead(aws, &observed).await;
    }
    run.saved = savings::of(aws, settings, &observed, &run.errands(), invocation.now).await;
    conclude(aws, settings, run, invocation).await
}

/// Ends a run that could not look at the world: the journal says so, if it can be written, and the
/// event is delivered again.
async fn blind(
    aws: &Aws,
    settings: &Settings,
    work: &Work,
    failure: Failure,
    invocation: &Invocation,
) -> Failure {
    let entry = report::blind_entry(settings, work, &failure, invocation);
    if let Err(error) = apply::journal(aws, settings, &entry).await {
        let cause = shell::failure::chain(&error);
        tracing::error!(event = work.event, cause, "not journaled");
    }
    failure
}

/// Ends a run that acted: notices, journal, metrics.
async fn conclude(
    aws: &Aws,
    settings: &Settings,
    mut run: Run<'_>,
    invocation: &Invocation,
) -> Result<Value, Failure> {
    let announced = apply::announce(aws, settings, &run.announcements).await;
    run.untold = announced.err();
    let entry = run.entry(invocation);
    let journaled = apply::journal(aws, settings, &entry).await;
    run.saved
        .iter()
        .filter_map(|saved| saved.metric(invocation.now))
        .for_each(|metric| println!("{metric}"));
    let unjournaled = journaled.err().map(Failure::from);
    end(run, unjournaled)
}

/// The report, or one failure for whatever failed on the way, which makes Lambda deliver the event
/// again. What is returned then is an error alone, so the report goes into the log.
fn end(run: Run<'_>, unjournaled: Option<Failure>) -> Result<Value, Failure> {
    let report = run.report();
    let Some(failure) = run.into_failure(unjournaled) else {
        return Ok(report);
    };
    tracing::error!(%report, "not finished");
    Err(failure)
}
