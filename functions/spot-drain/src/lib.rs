//! `spot-drain`: gets everyone out before an instance goes, proves that they got out, and notices
//! when it is not one instance but a surge.
//!
//! A message only says *look here*. What to do follows from the record of the instance, from its
//! deadline and from what is: [`handle`] reads like that. A batch of messages is one round, so that
//! every instance that goes is found at once and drained before anything is waited for.

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

use std::time::Duration;

use domain::drain::{Moment, decide, urgent};
use futures_util::FutureExt;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tokio::time::Instant;

pub use aws::Aws;
pub use failure::Failure;
pub use settings::Settings;

use event::{Request, Work};
use observe::Trouble;
use report::{Run, parts, to_the_queue};

/// What is kept of an invocation's time for the journal and the report.
const RESERVE: SignedDuration = SignedDuration::from_secs(3);

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

impl Invocation {
    /// When nothing is begun any more.
    fn stop(&self) -> Instant {
        Instant::now() + self.time()
    }

    /// When tasks are not looked at any more, however many are left: half of the time is for what
    /// follows from those that were seen. That is our choice, for a surge of which both are about
    /// as many calls.
    fn looked(&self) -> Instant {
        Instant::now() + self.time() / 2
    }

    fn time(&self) -> Duration {
        let time = self.deadline.duration_since(self.now) - RESERVE;
        Duration::try_from(time).unwrap_or(Duration::ZERO)
    }
}

/// Handles one event. What is boxed is too deep a nest of futures for the compiler to lay out as one.
pub async fn handle(
    aws: &Aws,
    settings: &Settings,
    event: Value,
    invocation: &Invocation,
) -> Result<Value, Failure> {
    match event::parse(event, settings, invocation)? {
        Request::Ask(question) => {
            ask::answer(aws, settings, question, invocation)
                .boxed_local()
                .await
        }
        Request::Work(work) => {
            work_on(aws, settings, &work, invocation)
                .boxed_local()
                .await
        }
        Request::Exercise(exercise) => {
            apply::exercise(aws, settings, &exercise).await?;
            let until = exercise.until.to_string();
            Ok(json!({ "function": "spot-drain", "exercise_until": until }))
        }
        Request::NotForUs(why) => {
            tracing::info!(why, "nothing to do");
            Ok(json!({ "function": "spot-drain", "summary": "nothing to do", "reason": why }))
        }
    }
}

/// The five steps: what was heard, a look at the world, a decision, its effect, a report. Those that
/// are lost do not wait for all of it: what tells who they are is looked at and decided first, and while
/// they drain, what that means.
async fn work_on(
    aws: &Aws,
    settings: &Settings,
    work: &Work,
    invocation: &Invocation,
) -> Result<Value, Failure> {
    let (looked, stop) = (invocation.looked(), invocation.stop());
    let moment = moment(settings, invocation);
    let mut seen = observe::urgent(aws, settings, work, moment, looked).await;
    let lost = urgent(&seen.observed, moment);
    let drained = apply::drain(aws, settings, &lost, stop).await;
    observe::rest(aws, settings, work, moment, looked, &mut seen).await;
    let plan = &decide(&seen.observed, moment);
    let decision = parts::summary(plan);
    tracing::info!(event = work.event, kind = work.kind, decision, "decided");
    let when = (invocation, stop);
    let applying = apply::apply(aws, settings, work, plan, drained, seen.blind, when);
    let applied = applying.await;
    let run = Run {
        settings,
        work,
        plan,
        applied,
        unseen: seen.unseen,
        unknown: seen.unknown,
    };
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

/// Ends a round: the journal, the log, and the answer. To the queue that is the messages that have to
/// come again; to anybody else the report, or one failure, which makes Lambda deliver the event
/// again.
async fn conclude(
    aws: &Aws,
    settings: &Settings,
    mut run: Run<'_>,
    invocation: &Invocation,
) -> Result<Value, Failure> {
    let entry = run.entry(invocation);
    if let Err(error) = apply::journal(aws, settings, &entry).await {
        let trouble = Trouble::everywhere("the journal", error);
        run.applied.failed.push(trouble);
    }
    for unknown in &run.unknown {
        let (what, cause) = (&unknown.what, shell::failure::chain(&unknown.failure));
        tracing::warn!(what, cause, "not known");
    }
    let report = run.report();
    let come_again = run.come_again();
    if run.work.queued {
        if !come_again.is_empty() {
            tracing::error!(%report, "not everything was done");
        }
        return Ok(to_the_queue(&come_again));
    }
    match run.into_failure() {
        None => Ok(report),
        Some(failure) => {
            tracing::error!(%report, "not everything was done");
            Err(failure)
        }
    }
}
