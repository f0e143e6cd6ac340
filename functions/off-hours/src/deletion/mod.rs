//! The stack of the suite is about to be deleted → everything that we hold is woken first.
//!
//! A CloudFormation custom resource. The reply goes to a pre-signed address. While another delivery
//! may wake more there is none, and Lambda delivers the event again; after that CloudFormation is
//! told that the deletion failed, and why, so that somebody deletes the stack once more
//! (docs/decisions/0015-when-a-deletion-gives-up.md).
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requesttypes.html>.

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::http::HttpConnector;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use domain::cut::cut_ascii;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::apply;
use crate::event::Work;
use crate::observe::Scope;
use crate::{Aws, Failure, Invocation, Settings};

/// A request of the custom resource.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Deletion {
    request_type: RequestType,
    #[serde(rename = "ResponseURL")]
    response_url: String,
    stack_id: String,
    request_id: String,
    logical_resource_id: String,
    physical_resource_id: Option<String>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
enum RequestType {
    Create,
    Update,
    Delete,
}

impl Deletion {
    pub(crate) fn parse(event: Value) -> Result<Self, Failure> {
        Ok(shell::json::read(event)?)
    }

    fn reply(&self, answer: &Answer) -> Value {
        let (status, reason) = match answer {
            Answer::Success => ("SUCCESS", None),
            Answer::Failed(reason) => ("FAILED", Some(reason)),
        };
        json!({
            "Status": status,
            "Reason": reason,
            "StackId": self.stack_id,
            "RequestId": self.request_id,
            "LogicalResourceId": self.logical_resource_id,
            "PhysicalResourceId": self.physical_resource_id.as_deref().unwrap_or("wake-before-delete"),
        })
    }
}

/// What CloudFormation is told.
enum Answer {
    Success,
    /// The stack must not be deleted, for this reason.
    Failed(String),
}

/// How often Lambda delivers an event: once, and again after each of `MaximumRetryAttempts` in the
/// template.
/// Source: <https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html>.
const DELIVERIES: u32 = 3;

/// How long a reason for CloudFormation is, in characters, each of which may take four bytes. A reply
/// may have 4,096.
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html>.
const REASON: usize = 700;

/// Deleted: marks that the suite is closing, wakes everything, tells CloudFormation. Created or
/// updated: takes the mark away.
pub(crate) async fn handle(
    aws: &Aws,
    settings: &Settings,
    deletion: &Deletion,
    invocation: &Invocation,
) -> Result<Value, Failure> {
    if deletion.request_type != RequestType::Delete {
        apply::reopen_suite(aws, settings).await?;
        tell(aws, deletion, Answer::Success).await?;
        return Ok(
            json!({ "function": "off-hours", "event": "suite-deployed", "summary": "the suite is in service" }),
        );
    }
    let request = &deletion.request_id;
    let closing = match apply::close_suite(aws, settings, request, invocation.now).await {
        Ok(closing) => closing,
        // Without the count nobody knows which delivery is the last.
        Err(error) => return give_up(aws, deletion, error.into()).await,
    };
    let work = Work {
        event: request.clone(),
        came: closing.since,
        kind: "suite-deleted",
        scope: Scope::EverythingHeld,
    };
    match crate::work_on(aws, settings, &work, invocation).await {
        Ok(report) => {
            tell(aws, deletion, answer(settings, &report)).await?;
            Ok(report)
        }
        Err(failure) if closing.deliveries < DELIVERIES && failure.may_pass() => Err(failure),
        // Everything is awake; what failed is only what was to be said or noted of it.
        Err(failure @ Failure::PartlyApplied { .. }) => {
            tell(aws, deletion, Answer::Success).await?;
            Err(failure)
        }
        Err(failure) => give_up(aws, deletion, failure).await,
    }
}

/// Tells CloudFormation that the deletion failed. That is loud enough, and what another delivery
/// would do is the next deletion's.
async fn give_up(aws: &Aws, deletion: &Deletion, failure: Failure) -> Result<Value, Failure> {
    const NEXT: &str = "Correct what was refused, if anything was, and delete the stack again: it goes \
                        on where it stopped.";
    let why = cut_ascii(&shell::failure::chain(&failure), REASON);
    tracing::error!(why, "gave up");
    tell(aws, deletion, Answer::Failed(format!("{why}. {NEXT}"))).await?;
    Ok(json!({
        "function": "off-hours",
        "event": "suite-deleted",
        "summary": "CloudFormation was told that the deletion failed",
        "why": why,
    }))
}

/// Success once everything is awake. A dry run wakes nothing, so it refuses the deletion of a suite
/// that holds something: to fail instead would let CloudFormation wait for an hour.
fn answer(settings: &Settings, report: &Value) -> Answer {
    let changed = report.get("changed").and_then(Value::as_array);
    match changed.map_or(0, Vec::len) {
        held if settings.dry_run && held > 0 => Answer::Failed(format!(
            "DryRun is on, so {held} services and groups would stay at rest; turn it off first"
        )),
        _ => Answer::Success,
    }
}

/// Puts the reply at the address that the request names.
async fn tell(aws: &Aws, deletion: &Deletion, answer: Answer) -> Result<(), Failure> {
    const CALL: &str = "the reply to CloudFormation";
    let failed = |cause: BoxError| edge::Failure::Call {
        call: CALL,
        answer: None,
        cause,
    };
    let mut request = HttpRequest::new(SdkBody::from(deletion.reply(&answer).to_string()));
    request
        .set_method("PUT")
        .map_err(|error| failed(error.into()))?;
    request
        .set_uri(deletion.response_url.as_str())
        .map_err(|error| failed(error.into()))?;
    let connector = (aws.reply)().map_err(|error| failed(error.into()))?;
    let response = connector
        .call(request)
        .await
        .map_err(|error| failed(error.into()))?;
    if !response.status().is_success() {
        return Err(Failure::Edge(edge::Failure::Refused {
            call: CALL,
            reason: format!("status {}", response.status()),
        }));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
