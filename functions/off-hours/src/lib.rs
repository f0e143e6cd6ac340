//! `off-hours`: puts services to rest outside their hours and wakes them with exactly what they
//! had.
//!
//! An event only says *look here*. What to do follows from what the tags ask for, what the ledger
//! remembers and what is: [`handle`] reads like that.

mod apply;
mod ask;
mod aws;
mod deletion;
mod event;
mod failure;
pub mod forecast;
mod observe;
mod report;
mod settings;

use domain::off_hours::{Moment, decide};
use domain::rest::Claim;
use jiff::Timestamp;
use serde_json::Value;

pub use aws::Aws;
pub use failure::Failure;
pub use settings::Settings;

use event::{Request, Work};

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
        Request::Ask(question) => ask::answer(aws, settings, question, invocation).await,
        Request::Work(work) => work_on(aws, settings, &work, invocation).await,
        Request::Deletion(deletion) => deletion::handle(aws, settings, &deletion, invocation).await,
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
    let claim = Claim {
        run: invocation.id.clone(),
        until: invocation.deadline,
    };
    let moment = Moment {
        policy: &settings.policy,
        claim: &claim,
        closing: false,
        now: invocation.now,
    };
    let seen = observe::observe(aws, settings, &work.scope, moment).await?;
    let plan = decide(
        &seen.observed,
        Moment {
            closing: seen.observed.closing,
            ..moment
        },
    );
    tracing::info!(
        event = work.event,
        kind = work.kind,
        decision = report::summary(&plan),
        "decided"
    );
    let applied = apply::apply(aws, settings, &plan, invocation).await;
    report::conclude(aws, settings, work, &plan, applied, seen.unseen, invocation).await
}
