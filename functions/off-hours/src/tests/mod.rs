//! What an invocation says of itself when something is left undone.

mod trouble;

use std::time::Duration;

use serde_json::{Value, json};

use crate::script::{DUSK, Script, aws, claimed, described, invocation, tagged};
use crate::settings::tests::settings;
use crate::{Failure, handle};

/// Thursday 2026-11-19, 12:00 in Berlin.
const NOON: &str = "2026-11-19T11:00:00Z";

/// An account in which `prod/api` has a desired count of three and the ledger these items.
fn account(items: Vec<Value>) -> Script {
    Script::default()
        .answer("Query", json!({ "Items": items }))
        .answer("GetResources", tagged(&["api"]))
        .answer("DescribeClusters", json!({ "clusters": [] }))
        .answer(
            "DescribeServices",
            json!({ "services": [described("api", 3)] }),
        )
        .answer_xml("DescribeAutoScalingGroups", "<AutoScalingGroups/>")
        .answer("DescribeScalableTargets", json!({ "ScalableTargets": [] }))
}

async fn asked_to_rest(script: &Script) -> Failure {
    let event = json!({ "action": "rest", "service": "prod/api", "why": "load test", "by": "ana" });
    let invocation = invocation(NOON, 270);
    let aws = aws(script, &settings());
    handle(&aws, &settings(), event, &invocation)
        .await
        .unwrap_err()
}

#[tokio::test(start_paused = true)]
async fn the_time_that_the_look_took_is_not_there_to_act() {
    // Six looks of four seconds leave sixteen of forty, less than what is kept for the report.
    let script = account(Vec::new())
        .answer("PutItem", json!({}))
        .slow(Duration::from_secs(4));
    let event = json!({ "action": "tick" });
    let aws = aws(&script, &settings());
    let report = handle(&aws, &settings(), event, &invocation(DUSK, 40)).await;
    assert_eq!(report.unwrap()["left"], 1);
    assert_eq!(
        script.inputs("PutItem").len(),
        1,
        "only the journal is written"
    );
}

#[tokio::test(start_paused = true)]
async fn what_a_person_asks_while_another_run_changes_the_service_is_not_taken_for_done() {
    let script = account(vec![claimed("api")]).answer("PutItem", json!({}));
    let failure = asked_to_rest(&script).await;
    assert_eq!(failure.kind(), "NotHeeded", "{failure}");
    let journal = script.inputs("PutItem").remove(0);
    assert_eq!(journal["Item"]["outcome"]["S"], "failed");
}

#[tokio::test(start_paused = true)]
async fn what_a_person_asks_and_another_run_overtakes_is_not_taken_for_done() {
    let script = account(Vec::new())
        .refuse("PutItem", "ConditionalCheckFailedException")
        .answer("PutItem", json!({}));
    let failure = asked_to_rest(&script).await;
    assert_eq!(failure.kind(), "NotHeeded", "{failure}");
    assert!(
        failure
            .to_string()
            .starts_with("prod/api was not changed as asked")
    );
}

/// What a person is answered.
async fn answered(script: &Script, event: Value) -> Result<Value, Failure> {
    let aws = aws(script, &settings());
    handle(&aws, &settings(), event, &invocation(DUSK, 270)).await
}

/// The names of what an answer is about, and of what it could not see.
fn names<'a>(answer: &'a Value, list: &str, name: &str) -> (Vec<&'a str>, Vec<&'a str>) {
    let all = |list: &str, name: &str| {
        let list = answer[list].as_array().unwrap().iter();
        list.map(|one| one[name].as_str().unwrap()).collect()
    };
    (all(list, name), all("not_seen", "what"))
}

fn status(service: Option<&str>) -> Value {
    json!({ "action": "status", "service": service })
}

/// An account with `prod/api` and `lab/web`, in which the services of one cluster cannot be
/// described.
fn half_seen() -> Script {
    let mut tagged = tagged(&["api"]);
    let mut web = tagged["ResourceTagMappingList"][0].clone();
    web["ResourceARN"] = json!("arn:aws:ecs:eu-central-1:123456789012:service/lab/web");
    let resources = tagged["ResourceTagMappingList"].as_array_mut().unwrap();
    resources.push(web);
    Script::default()
        .answer("Query", json!({}))
        .answer("GetResources", tagged)
        .answer("DescribeClusters", json!({}))
        .refuse("DescribeServices", "AccessDeniedException")
        .answer(
            "DescribeServices",
            json!({ "services": [described("api", 3)] }),
        )
        .refuse_xml("DescribeAutoScalingGroups", "AccessDenied")
        .answer("DescribeScalableTargets", json!({}))
}

#[tokio::test(start_paused = true)]
async fn a_status_answers_what_was_seen_and_names_what_was_not() {
    let answer = answered(&half_seen(), status(None)).await.unwrap();
    let expected = (vec!["prod/api"], vec!["lab/web", "the Auto Scaling groups"]);
    assert_eq!(names(&answer, "services", "service"), expected);
    let why = answer["not_seen"][0]["why"].as_str().unwrap();
    assert!(why.contains("AccessDeniedException"), "{why}");
}

#[tokio::test(start_paused = true)]
async fn a_lint_answers_what_was_seen_and_names_what_was_not() {
    let lint = json!({ "action": "lint" });
    let answer = answered(&half_seen(), lint).await.unwrap();
    let expected = (vec!["prod/api"], vec!["lab/web", "the Auto Scaling groups"]);
    assert_eq!(names(&answer, "resources", "resource"), expected);
}

#[tokio::test(start_paused = true)]
async fn a_service_that_was_not_seen_is_no_mistake_of_whoever_asks_and_a_strange_one_is() {
    for service in [
        "lab/web",
        "arn:aws:ecs:eu-central-1:123456789012:service/lab/web",
    ] {
        let answer = answered(&half_seen(), status(Some(service))).await.unwrap();
        assert_eq!(answer["services"], json!([]));
        assert_eq!(answer["not_seen"][0]["what"], "lab/web");
    }
    let failure = answered(&half_seen(), status(Some("lab/we"))).await;
    assert_eq!(failure.unwrap_err().kind(), "UnusableEvent");
}

#[tokio::test(start_paused = true)]
async fn without_the_tagging_api_a_status_is_what_the_ledger_remembers_and_a_lint_is_none() {
    let script = || {
        Script::default()
            .answer("Query", json!({ "Items": [claimed("api")] }))
            .refuse("GetResources", "AccessDeniedException")
            .answer("DescribeClusters", json!({}))
            .answer(
                "DescribeServices",
                json!({ "services": [described("api", 0)] }),
            )
            .answer_xml("DescribeAutoScalingGroups", "<AutoScalingGroups/>")
    };
    let answer = answered(&script(), status(None)).await.unwrap();
    let expected = (vec!["prod/api"], vec!["what is tagged and not remembered"]);
    assert_eq!(names(&answer, "services", "service"), expected);
    let failure = answered(&script(), json!({ "action": "lint" })).await;
    assert_eq!(failure.unwrap_err().kind(), "CallFailed");
}

#[tokio::test(start_paused = true)]
async fn without_the_ledger_a_lint_is_what_is_tagged_and_a_status_is_none() {
    let script = || {
        Script::default()
            .refuse("Query", "AccessDeniedException")
            .answer("GetResources", tagged(&["api"]))
            .answer("DescribeClusters", json!({}))
            .answer(
                "DescribeServices",
                json!({ "services": [described("api", 3)] }),
            )
            .answer_xml("DescribeAutoScalingGroups", "<AutoScalingGroups/>")
            .answer("DescribeScalableTargets", json!({}))
    };
    let lint = json!({ "action": "lint" });
    let answer = answered(&script(), lint).await.unwrap();
    let expected = (vec!["prod/api"], vec!["the ledger"]);
    assert_eq!(names(&answer, "resources", "resource"), expected);
    let failure = answered(&script(), status(None)).await;
    assert_eq!(failure.unwrap_err().kind(), "LedgerFailed");
}

#[tokio::test(start_paused = true)]
async fn a_rest_of_a_service_that_cannot_be_looked_at_is_a_failure_and_no_mistake_of_the_person() {
    let script = Script::default()
        .answer("Query", json!({}))
        .answer("GetResources", tagged(&["api"]))
        .refuse("DescribeClusters", "AccessDeniedException")
        .answer("PutItem", json!({}));
    let failure = asked_to_rest(&script).await;
    assert_eq!(failure.kind(), "PartlyApplied", "{failure}");
    let journal = script.inputs("PutItem").remove(0);
    assert_eq!(journal["Item"]["outcome"]["S"], "failed");
}
