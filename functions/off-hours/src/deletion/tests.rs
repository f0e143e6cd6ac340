//! The deletion of the suite, as CloudFormation and Lambda see it.

use serde_json::{Value, json};

use crate::script::{DUSK, Script, aws, claimed, described, invocation, record};
use crate::settings::tests::settings;
use crate::{Failure, Settings};

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

/// The mark of a deletion whose request was delivered so often before.
fn delivered(times: u32) -> Value {
    json!({
        "pk": { "S": "standing" },
        "sk": { "S": "suite#closing" },
        "request": { "S": "9e1f0b6a" },
        "deliveries": { "N": times.to_string() },
        "since": { "S": DUSK },
    })
}

/// The same account at Lambda's last delivery of the request.
fn at_last(records: Vec<Value>) -> Script {
    Script::default()
        .there(delivered(2))
        .followed_by(account(records))
}

/// What CloudFormation was told of why the deletion failed.
fn told(script: &Script) -> String {
    let told = script.inputs("PUT").pop().unwrap();
    assert_eq!(told["Status"], "FAILED", "{told}");
    assert!(told.to_string().len() < 4_096);
    told["Reason"].as_str().unwrap().to_owned()
}

#[tokio::test(start_paused = true)]
async fn after_lambda_s_last_delivery_cloudformation_is_told_what_is_still_held_and_what_to_do() {
    for (record, seconds) in [(record("api"), 10), (claimed("api"), 270)] {
        let script = at_last(vec![record]).status(200);
        let report = deleted(&script, &settings(), seconds).await.unwrap();
        let told = told(&script);
        let held = "1 are still to be woken before the suite can be deleted: prod/api";
        assert!(told.starts_with(held), "{told}");
        assert!(told.ends_with("delete the stack again: it goes on where it stopped."));
        assert!(report["why"].as_str().unwrap().starts_with(held));
        assert_eq!(journaled(&script), "failed");
    }
}

#[tokio::test(start_paused = true)]
async fn what_aws_refuses_for_good_is_told_at_once_with_its_answer_and_gives_up_its_claim() {
    let script = account(vec![record("api")])
        .answer("PutItem", json!({}))
        .refuse("UpdateService", "AccessDeniedException")
        .answer("PutEvents", json!({ "FailedEntryCount": 0 }))
        .answer("PutItem", json!({}))
        .answer("PutItem", json!({}))
        .status(200);
    deleted(&script, &settings(), 270).await.unwrap();
    let told = told(&script);
    assert!(
        told.contains("prod/api: UpdateService did not succeed"),
        "{told}"
    );
    assert!(
        told.contains("the script says AccessDeniedException"),
        "{told}"
    );
    let mut records = script.inputs("PutItem");
    records.retain(|put| put["Item"]["phase"] != json!(null));
    assert_eq!(records.pop().unwrap()["Item"]["claim"], json!(null));
}

#[tokio::test(start_paused = true)]
async fn what_the_next_delivery_may_make_good_is_not_told_before_the_last() {
    let failing = |script: Script| {
        script
            .answer("PutItem", json!({}))
            .refuse("UpdateService", "ServerException")
            .answer("PutItem", json!({}))
            .status(200)
    };
    let script = failing(account(vec![record("api")]));
    let failure = deleted(&script, &settings(), 270).await.unwrap_err();
    assert_eq!(failure.kind(), "StillHeld");
    assert_eq!(script.inputs("PUT"), [json!(null); 0]);
    let script = failing(at_last(vec![record("api")]));
    deleted(&script, &settings(), 270).await.unwrap();
    assert!(told(&script).contains("ServerException"));
}

#[tokio::test(start_paused = true)]
async fn a_ledger_that_cannot_be_written_is_told_at_once() {
    let script = Script::default()
        .refuse("PutItem", "AccessDeniedException")
        .status(200);
    deleted(&script, &settings(), 270).await.unwrap();
    assert!(told(&script).starts_with("PutItem did not succeed"));
    assert_eq!(script.called(), ["PutItem", "PUT"]);
}

#[tokio::test(start_paused = true)]
async fn a_world_that_cannot_be_looked_at_is_told_at_the_last_delivery() {
    let script = Script::default()
        .there(delivered(2))
        .answer("PutItem", json!({}))
        .refuse("Query", "AccessDeniedException")
        .answer("PutItem", json!({}))
        .status(200);
    deleted(&script, &settings(), 270).await.unwrap();
    assert!(told(&script).starts_with("Query did not succeed"));
}

#[tokio::test(start_paused = true)]
async fn when_everything_is_awake_a_journal_that_fails_does_not_hold_the_stack_up_for_ever() {
    let script = || {
        Script::default()
            .answer("PutItem", json!({}))
            .answer("Query", json!({ "Items": [] }))
            .answer("DescribeClusters", json!({ "clusters": [] }))
            .answer_xml("DescribeAutoScalingGroups", "<AutoScalingGroups/>")
            .refuse("PutItem", "AccessDeniedException")
            .status(200)
    };
    let early = script();
    deleted(&early, &settings(), 270).await.unwrap_err();
    assert_eq!(early.inputs("PUT"), [json!(null); 0]);
    let last = Script::default().there(delivered(2)).followed_by(script());
    let failure = deleted(&last, &settings(), 270).await.unwrap_err();
    assert_eq!(last.inputs("PUT")[0]["Status"], "SUCCESS");
    assert_eq!(
        failure.kind(),
        "PartlyApplied",
        "and it is loud all the same"
    );
}
