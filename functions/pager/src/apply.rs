//! Doing what was decided.

use domain::pager::{Action, Page, Plan, Reason};

use crate::Aws;
use crate::failure::Failure;
use crate::message::message;
use crate::report::Report;
use crate::settings::Settings;

/// Performs every action of the plan. The template hands over one message of the queue at a time, so
/// a plan has one action at most, and the first failure ends it.
///
/// A dead letter is told in a dry run too: it is no effect of a decision but the news that one
/// could not be taken, and with this answer it leaves its queue for good.
pub(crate) async fn apply(aws: &Aws, settings: &Settings, plan: Plan) -> Result<Report, Failure> {
    let shown_only = settings.dry_run && plan.reason != Reason::Undelivered;
    let mut report = Report::new(plan.reason, shown_only, plan.actions.len());
    for action in &plan.actions {
        if shown_only {
            log(action, "not applied");
            continue;
        }
        report
            .message_ids
            .push(perform(aws, settings, action).await?);
        log(action, "applied");
    }
    Ok(report)
}

/// One arm, one call. Answers with the id of the message.
async fn perform(aws: &Aws, settings: &Settings, action: &Action) -> Result<String, Failure> {
    match action {
        Action::Publish(page) => publish(aws, &settings.topic, page).await,
    }
}

async fn publish(aws: &Aws, topic: &str, page: &Page) -> Result<String, Failure> {
    let reply = aws
        .sns
        .publish()
        .topic_arn(topic)
        .subject(&page.subject)
        .message_structure("json")
        .message(message(page))
        .send()
        .await
        .map_err(|cause| Failure::Call {
            call: "sns:Publish",
            cause: cause.into(),
        })?;
    // An answer without an id is still an answer: SNS has the message.
    Ok(reply.message_id.unwrap_or_default())
}

fn log(action: &Action, outcome: &'static str) {
    let Action::Publish(page) = action;
    tracing::info!(
        function = "pager",
        call = "sns:Publish",
        subject = page.subject,
        outcome
    );
}
