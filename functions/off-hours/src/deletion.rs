//! The stack of the suite is about to be deleted → everything that we hold is woken first.
//!
//! A CloudFormation custom resource. The reply goes to a pre-signed address; until everything is
//! awake there is none, and Lambda delivers the event again.
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requesttypes.html>.

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::http::HttpConnector;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
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

/// Deleted: marks that the suite is closing, wakes everything, tells CloudFormation. Created or
/// updated: takes the mark away.
pub(crate) async fn handle(
    aws: &Aws,
    settings: &Settings,
    deletion: &Deletion,
    invocation: &Invocation,
) -> Result<Value, Failure> {
    let closing = deletion.request_type == RequestType::Delete;
    apply::close_suite(aws, settings, closing).await?;
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
    tell(aws, deletion, answer(settings, &report)).await?;
    Ok(report)
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
mod tests {
    use super::*;
    use crate::script::{DUSK, Script, aws, claimed, described, invocation, record};
    use crate::settings::tests::settings;

    fn request(kind: &str) -> Value {
        json!({
            "RequestType": kind,
            "ResponseURL": "https://bucket.example/reply?signature=a",
            "StackId": "arn:aws:cloudformation:eu-central-1:123456789012:stack/caretaker/0a1b",
            "RequestId": "9e1f0b6a",
            "LogicalResourceId": "WakeBeforeDelete",
            "PhysicalResourceId": "wake-before-delete",
        })
    }

    /// An account in which the ledger remembers these records; the service of each is at rest.
    fn account(records: Vec<Value>) -> Script {
        let services = records.iter().map(|_| described("api", 0));
        let services: Vec<Value> = services.collect();
        Script::default()
            .answer("PutItem", json!({}))
            .answer("Query", json!({ "Items": records }))
            .answer("DescribeClusters", json!({ "clusters": [] }))
            .answer("DescribeServices", json!({ "services": services }))
            .answer_xml("DescribeAutoScalingGroups", "<AutoScalingGroups/>")
            .answer("DescribeScalableTargets", json!({ "ScalableTargets": [] }))
            .answer("PutItem", json!({}))
    }

    async fn deleted(script: &Script, settings: &Settings, seconds: i64) -> Result<Value, Failure> {
        let invocation = invocation(DUSK, seconds);
        crate::handle(
            &aws(script, settings),
            settings,
            request("Delete"),
            &invocation,
        )
        .await
    }

    /// How the last journal entry says that the run ended.
    fn journaled(script: &Script) -> Value {
        script.inputs("PutItem").pop().unwrap()["Item"]["outcome"]["S"].clone()
    }

    #[tokio::test(start_paused = true)]
    async fn cloudformation_is_told_once_when_nothing_is_held() {
        let script = account(Vec::new()).status(200);
        deleted(&script, &settings(), 270).await.unwrap();
        let told = json!({
            "Status": "SUCCESS",
            "Reason": null,
            "StackId": "arn:aws:cloudformation:eu-central-1:123456789012:stack/caretaker/0a1b",
            "RequestId": "9e1f0b6a",
            "LogicalResourceId": "WakeBeforeDelete",
            "PhysicalResourceId": "wake-before-delete",
        });
        assert_eq!(script.inputs("PUT"), [told]);
        assert_eq!(
            script.inputs("PutItem")[0]["Item"]["sk"]["S"],
            "suite#closing"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_is_told_while_something_is_left_or_another_runs() {
        for (record, seconds) in [(record("api"), 10), (claimed("api"), 270)] {
            let script = account(vec![record]).status(200);
            let failure = deleted(&script, &settings(), seconds).await.unwrap_err();
            assert_eq!(failure.kind(), "StillHeld", "{failure}");
            assert_eq!(script.inputs("PUT"), [json!(null); 0]);
            assert_eq!(
                journaled(&script),
                "failed",
                "so that the next delivery is journaled"
            );
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_dry_run_marks_nothing_and_refuses_to_let_go_of_what_is_at_rest() {
        let dry = Settings {
            dry_run: true,
            ..settings()
        };
        let script = account(vec![record("api")]).status(200);
        deleted(&script, &dry, 270).await.unwrap();
        assert!(!script.called().iter().any(|call| call == "PutItem"));
        assert_eq!(script.inputs("PUT")[0]["Status"], "FAILED");
        let script = account(Vec::new()).status(200);
        deleted(&script, &dry, 270).await.unwrap();
        assert_eq!(
            script.called(),
            ["Query", "DescribeAutoScalingGroups", "PUT"]
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_reply_that_is_not_taken_is_a_failure() {
        let script = account(Vec::new()).status(403);
        let failure = deleted(&script, &settings(), 270).await.unwrap_err();
        let expected = "the reply to CloudFormation was refused: status 403";
        assert!(failure.to_string().starts_with(expected), "{failure}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_suite_that_is_created_or_updated_is_not_closing() {
        for kind in ["Create", "Update"] {
            let script = Script::default()
                .refuse("DeleteItem", "ConditionalCheckFailedException")
                .status(200);
            let aws = aws(&script, &settings());
            let invocation = invocation(DUSK, 270);
            crate::handle(&aws, &settings(), request(kind), &invocation)
                .await
                .unwrap();
            assert_eq!(script.called(), ["DeleteItem", "PUT"]);
        }
    }
}
