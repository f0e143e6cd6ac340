//! What an invocation says of itself when something is left undone.

use std::time::Duration;

use serde_json::{Value, json};

use crate::script::{DUSK, Script, claimed, described, invocation, tagged};
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
    let aws = script.aws(&settings());
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
    let aws = script.aws(&settings());
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
