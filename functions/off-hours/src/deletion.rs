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

    fn reply(&self) -> Value {
        json!({
            "Status": "SUCCESS",
            "StackId": self.stack_id,
            "RequestId": self.request_id,
            "LogicalResourceId": self.logical_resource_id,
            "PhysicalResourceId": self.physical_resource_id.as_deref().unwrap_or("wake-before-delete"),
        })
    }
}

/// Marks that the suite is closing, wakes everything, tells CloudFormation. A stack that is
/// created or updated is not closing.
pub(crate) async fn handle(
    aws: &Aws,
    settings: &Settings,
    deletion: &Deletion,
    invocation: &Invocation,
) -> Result<Value, Failure> {
    let closing = deletion.request_type == RequestType::Delete;
    let report = if closing {
        let work = Work {
            event: deletion.request_id.clone(),
            kind: "suite-deleted",
            scope: Scope::EverythingHeld,
        };
        aws.ledger.close_suite(true).await?;
        crate::work_on(aws, settings, &work, invocation).await?
    } else {
        aws.ledger.close_suite(false).await?;
        json!({ "function": "off-hours", "event": "suite-deployed", "summary": "the suite is in service" })
    };
    // A report of a deployed suite has neither: nothing was to be woken.
    let count = |name| report.get(name).and_then(Value::as_u64).unwrap_or(0);
    let left = count("left") + count("elsewhere");
    if left > 0 {
        return Err(Failure::StillHeld {
            left: usize::try_from(left).unwrap_or(usize::MAX),
        });
    }
    tell(aws, deletion).await?;
    Ok(report)
}

/// Puts the reply at the address that the request names.
async fn tell(aws: &Aws, deletion: &Deletion) -> Result<(), Failure> {
    const CALL: &str = "the reply to CloudFormation";
    let failed = |cause: BoxError| Failure::Call { call: CALL, cause };
    let mut request = HttpRequest::new(SdkBody::from(deletion.reply().to_string()));
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
