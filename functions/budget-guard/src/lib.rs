//! `budget-guard`: warns when money runs short, stops spending when it is gone, and gives everything
//! back with proof.
//!
//! A message only says *look here*. What to do follows from what AWS says of the budgets, what runs,
//! and what the ledger remembers: [`handle`] reads like that.

mod apply;
mod ask;
mod aws;
mod command;
mod event;
mod failure;
mod observe;
mod report;
#[cfg(test)]
mod script;
mod settings;
#[cfg(test)]
mod tests;

use domain::budget::{Moment, carried_out, decide, errands, unread, unwritten};
use domain::rest::Claim;
use jiff::Timestamp;
use ledger::{LedgerError, Outcome};
use serde_json::{Value, json};

pub use aws::Aws;
pub use failure::Failure;
pub use settings::Settings;

use event::{Request, Work};
use observe::Seen;
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
        Request::Ask(question) => Box::pin(ask::answer(aws, settings, question, invocation)).await,
        Request::Work(work) => Box::pin(work_on(aws, settings, &work, invocation)).await,
        Request::NotForUs(why) => {
            tracing::info!(why, "nothing to do");
            Ok(json!({ "function": "budget-guard", "summary": "nothing to do", "reason": why }))
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
    let moment = moment(settings, invocation);
    let seen = observe::observe(aws, settings, work, work.look(), moment).await;
    let Seen {
        observed,
        changeable,
        unseen,
        unknown,
    } = match seen {
        Ok(seen) => seen,
        Err(failure) => return Err(blind(aws, settings, work, failure, invocation).await),
    };
    let plan = &decide(&observed, moment);
    let claim = Claim {
        run: invocation.id.clone(),
        until: invocation.deadline,
    };
    let errands = &errands(&plan.changes, &changeable, &claim, invocation.now);
    let decision = report::parts::summary(plan);
    tracing::info!(event = work.event, kind = work.kind, decision, "decided");
    let mut run = Run {
        settings,
        work,
        plan,
        errands,
        endings: Vec::new(),
        announcements: Vec::new(),
        unseen,
        unknown,
        failed: Vec::new(),
    };
    match apply::record(aws, settings, &plan.records).await {
        (_, Ok(())) => {
            run.endings = apply::apply(aws, settings, errands, stop).await;
            run.announcements = carried_out(plan, &run.undone(), &observed, moment);
            tell(aws, settings, &mut run).await;
            forget(aws, settings, &mut run).await;
        }
        // The other run does what follows. It may have read less than a message says, so that one
        // comes again.
        (0, Err(LedgerError::Overtaken)) if work.can_wait() => {
            tracing::info!(event = work.event, "another run was first");
            return overtaken(aws, settings, run, invocation).await;
        }
        (_, Err(error)) => {
            if let LedgerError::Call { .. } = &error {
                let why = shell::failure::chain(&error);
                run.announcements = unwritten(plan, &observed, &why, moment);
            }
            run.failed.push(("the tallies".to_owned(), error.into()));
            tell(aws, settings, &mut run).await;
        }
    }
    if let Some(sample) = observed.sample(invocation.now)
        && let Err(error) = apply::sample(aws, settings, &sample).await
    {
        run.failed.push(("the sample".to_owned(), error.into()));
    }
    conclude(aws, settings, run, invocation).await
}

/// The rules, where it is, and when.
fn moment<'a>(settings: &'a Settings, invocation: &Invocation) -> Moment<'a> {
    Moment {
        policy: &settings.policy,
        account: &settings.account,
        region: &settings.region,
        now: invocation.now,
    }
}

/// Tells people what is to be told.
async fn tell(aws: &Aws, settings: &Settings, run: &mut Run<'_>) {
    if let Err(failure) = apply::announce(aws, settings, &run.announcements).await {
        run.failed.push(("the notices".to_owned(), failure));
    }
}

/// Forgets what was told and is over without anybody needing to know.
async fn forget(aws: &Aws, settings: &Settings, run: &mut Run<'_>) {
    if let Err(error) = apply::forget(aws, settings, &run.plan.forgotten).await {
        let what = "what was told and is over".to_owned();
        run.failed.push((what, error.into()));
    }
}

/// Ends a run that could not look at the world: people are told if it was the ledger, without which
/// no other run can tell them either; the journal says so, if it can be written, and the event is
/// delivered again.
async fn blind(
    aws: &Aws,
    settings: &Settings,
    work: &Work,
    failure: Failure,
    invocation: &Invocation,
) -> Failure {
    if failure.is_the_ledger_s() {
        let moment = moment(settings, invocation);
        let observed = observe::without_the_ledger(aws, settings, work, moment).await;
        let page = unread(&observed, &shell::failure::chain(&failure), moment);
        if let Err(error) = apply::announce(aws, settings, &[page]).await {
            let cause = shell::failure::chain(&error);
            tracing::error!(event = work.event, cause, "not told, or not remembered");
        }
    }
    let entry = report::blind_entry(settings, work, &failure, invocation);
    if let Err(error) = apply::journal(aws, settings, &entry).await {
        let cause = shell::failure::chain(&error);
        tracing::error!(event = work.event, cause, "not journaled");
    }
    failure
}

/// Ends a run that came second: nothing of its plan was done, and nothing is left to do.
async fn overtaken(
    aws: &Aws,
    settings: &Settings,
    run: Run<'_>,
    invocation: &Invocation,
) -> Result<Value, Failure> {
    let mut entry = run.entry(Outcome::Done, invocation);
    entry.summary = "another run was first".to_owned();
    apply::journal(aws, settings, &entry).await?;
    Ok(json!({
        "function": "budget-guard",
        "event": run.work.kind,
        "summary": "nothing to do",
        "reason": "another-run-was-first",
    }))
}

/// Ends a run that acted: the journal, the report, or one failure for whatever failed on the way,
/// which makes Lambda deliver the event again.
async fn conclude(
    aws: &Aws,
    settings: &Settings,
    mut run: Run<'_>,
    invocation: &Invocation,
) -> Result<Value, Failure> {
    let outcome = match run.succeeded() {
        true => Outcome::Done,
        false => Outcome::Failed,
    };
    let entry = run.entry(outcome, invocation);
    if let Err(error) = apply::journal(aws, settings, &entry).await {
        run.failed.push(("the journal".to_owned(), error.into()));
    }
    for (what, why) in &run.unknown {
        let cause = shell::failure::chain(why);
        tracing::warn!(what, cause, "not known");
    }
    let report = run.report();
    match run.into_failure() {
        None => Ok(report),
        Some(failure) => {
            tracing::error!(%report, "not everything was done");
            Err(failure)
        }
    }
}
