//! The stack of the suite is about to be deleted → everything that we hold is woken first.
//!
//! A CloudFormation custom resource. The reply goes to a pre-signed address; until everything is
//! awake there is none, and Lambda delivers the event again.
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requesttypes.html>.

use aws_sdk_ecs::error::BoxError;
use aws_smithy_runtime_api::client::http::HttpConnector;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use serde::Deserialize;
use serde_json::{Value, json};

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
        serde_json::from_value(event).map_err(|error| {
            let text = error.to_string();
            let field = text.split('`').nth(1).unwrap_or("RequestType").to_owned();
            Failure::unusable(field, text)
        })
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

/// Deleted: marks that the suite is closing, wakes everything, tells CloudFormation. Created or
/// updated: takes the mark away.
pub(crate) async fn handle(
    aws: &Aws,
    settings: &Settings,
    deletion: &Deletion,
    invocation: &Invocation,
) -> Result<Value, Failure> {
    let closing = deletion.request_type == RequestType::Delete;
    if !settings.dry_run {
        aws.ledger.close_suite(closing).await?;
    }
    if !closing {
        tell(aws, deletion, Answer::Success).await?;
        return Ok(
            json!({ "function": "off-hours", "event": "suite-deployed", "summary": "the suite is in service" }),
        );
    }
    let work = Work {
        event: deletion.request_id.clone(),
        kind: "suite-deleted",
        scope: Scope::EverythingHeld,
    };
    let report = crate::work_on(aws, settings, &work, invocation).await?;
    tell(aws, deletion, answer(settings, &report)?).await?;
    Ok(report)
}

/// Success once nothing is held any more. A dry run wakes nothing, so it refuses the deletion of a
/// suite that holds something.
fn answer(settings: &Settings, report: &Value) -> Result<Answer, Failure> {
    let count = |name| report.get(name).and_then(Value::as_u64).unwrap_or(0);
    let held = report
        .get("changed")
        .and_then(Value::as_array)
        .map_or(0, Vec::len);
    if settings.dry_run && held > 0 {
        let reason = format!(
            "DryRun is on, so {held} services and groups would stay at rest; turn it off first"
        );
        return Ok(Answer::Failed(reason));
    }
    match count("left") + count("elsewhere") {
        0 => Ok(Answer::Success),
        left => Err(Failure::StillHeld {
            left: usize::try_from(left).unwrap_or(usize::MAX),
        }),
    }
}

/// Puts the reply at the address that the request names.
async fn tell(aws: &Aws, deletion: &Deletion, answer: Answer) -> Result<(), Failure> {
    const CALL: &str = "the reply to CloudFormation";
    let failed = |cause: BoxError| Failure::Call { call: CALL, cause };
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
        return Err(Failure::Refused {
            call: CALL,
            reason: format!("status {}", response.status()),
        });
    }
    Ok(())
}
