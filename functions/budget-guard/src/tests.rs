//! What an invocation says of itself, and what it leaves undone.

use std::time::Duration;

use serde_json::{Value, json};

use crate::script::{Script, aws, budget, claimed, in_order, invocation, stoppable};
use crate::settings::tests::settings;
use crate::{Failure, Settings, handle};

const NOON: &str = "2026-11-19T12:00:00Z";

/// A message about a budget of which everything is spent, after the script's own answers.
async fn spent(script: &Script, settings: &Settings) -> Result<Value, Failure> {
    let sample = std::fs::read_to_string("../../events/budget-guard/actual.json").unwrap();
    handled(script, settings, serde_json::from_str(&sample).unwrap()).await
}

async fn handled(script: &Script, settings: &Settings, event: Value) -> Result<Value, Failure> {
    handled_in(270, script, settings, event).await
}

/// The same in so many seconds.
async fn handled_in(
    seconds: i64,
    script: &Script,
    settings: &Settings,
    event: Value,
) -> Result<Value, Failure> {
    let usd = json!({ "Amount": "11", "Unit": "USD" });
    let spent = json!({ "CalculatedSpend": { "ActualSpend": usd } });
    let script = in_order(script.clone().answer("DescribeBudget", budget(spent)));
    let invocation = invocation(NOON, seconds);
    handle(&aws(&script, settings), settings, event, &invocation).await
}

/// As many writes of the ledger as a run can need, a bus, and ECS.
fn willing(mut script: Script) -> Script {
    for _ in 0..12 {
        script = script.answer("PutItem", json!({}));
    }
    script
        .answer("PutEvents", json!({ "FailedEntryCount": 0 }))
        .answer("UpdateService", json!({}))
}

/// The writes, in order: what is put, by its key, and other calls by their name.
fn writes(script: &Script) -> Vec<String> {
    let reads = ["Query", "Get", "Describe", "List"];
    let called = script.called().into_iter();
    let called = called.filter(|call| !reads.iter().any(|read| call.starts_with(read)));
    let mut puts = script.inputs("PutItem").into_iter();
    let named = called.map(|call| match call.as_str() {
        "PutItem" => {
            let item = puts.next().unwrap()["Item"].clone();
            let (pk, sk) = (item["pk"]["S"].as_str(), item["sk"]["S"].as_str());
            let kind = sk.unwrap().split('#').next().unwrap().to_owned();
            match pk {
                Some("standing") => kind,
                Some("meter") => "sample".to_owned(),
                _ => format!("journal {}", item["outcome"]["S"].as_str().unwrap()),
            }
        }
        _ => call,
    });
    named.collect()
}

fn journal(script: &Script) -> Value {
    let last = script.inputs("PutItem").pop().unwrap();
    assert!(
        last["Item"]["pk"]["S"]
            .as_str()
            .unwrap()
            .starts_with("journal#")
    );
    last["Item"].clone()
}

#[tokio::test(start_paused = true)]
async fn the_tally_comes_first_then_the_services_then_people_then_the_journal() {
    let script = willing(Script::default());
    let report = spent(&script, &settings()).await.unwrap();
    let expected = [
        "budget",
        "service",
        "UpdateService",
        "service",
        "PutEvents",
        "concern",
        "sample",
        "journal done",
    ];
    assert_eq!(writes(&script), expected);
    assert_eq!(report["summary"], "monthly: over, stops");
    assert_eq!(report["changed"][0]["actions"][0], "desired count 0");
    assert_eq!(
        journal(&script)["event"]["S"],
        "8c1f3a5e-20b7-5d64-9f13-6b0e4d7a0001"
    );
}

#[tokio::test(start_paused = true)]
async fn an_hour_that_comes_second_does_nothing_and_is_journaled() {
    let script = Script::default()
        .refuse("PutItem", "ConditionalCheckFailedException")
        .answer("PutItem", json!({}));
    let tick = json!({ "action": "tick" });
    let report = handled(&script, &settings(), tick).await.unwrap();
    assert_eq!(report["reason"], "another-run-was-first");
    assert_eq!(writes(&script), ["budget", "journal done"]);
}

#[tokio::test(start_paused = true)]
async fn a_message_that_comes_second_comes_again() {
    let script = Script::default()
        .refuse("PutItem", "ConditionalCheckFailedException")
        .answer("PutItem", json!({}))
        .answer("PutItem", json!({}));
    let failure = spent(&script, &settings()).await.unwrap_err();
    assert!(
        failure.to_string().contains("first the tallies"),
        "{failure}"
    );
    assert_eq!(writes(&script), ["budget", "sample", "journal failed"]);
}

#[tokio::test(start_paused = true)]
async fn a_person_s_wish_that_comes_second_is_not_taken_for_done() {
    let script = Script::default()
        .refuse("PutItem", "ConditionalCheckFailedException")
        .answer("PutItem", json!({}))
        .answer("PutItem", json!({}));
    let veto = json!({ "action": "veto", "budget": "monthly", "until": "2026-11-20T12:00:00Z", "by": "ana", "why": "launch" });
    let failure = handled(&script, &settings(), veto).await.unwrap_err();
    assert_eq!(failure.kind(), "PartlyApplied");
    assert_eq!(writes(&script), ["budget", "sample", "journal failed"]);
}

/// What was put on the bus.
fn told(script: &Script) -> Vec<Value> {
    let puts = script.inputs("PutEvents").into_iter();
    let entries = puts.flat_map(|put| put["Entries"].as_array().unwrap().clone());
    let details = entries.map(|entry| entry["Detail"].as_str().unwrap().to_owned());
    details
        .map(|detail| serde_json::from_str(&detail).unwrap())
        .collect()
}

fn kinds(told: &[Value]) -> Vec<&str> {
    told.iter()
        .map(|one| one["kind"].as_str().unwrap())
        .collect()
}

#[tokio::test(start_paused = true)]
async fn a_ledger_that_cannot_be_written_stops_nothing_and_a_page_says_so() {
    let mut script = Script::default().answer("PutEvents", json!({ "FailedEntryCount": 0 }));
    for _ in 0..4 {
        script = script.refuse("PutItem", "AccessDeniedException");
    }
    let failure = spent(&script, &settings()).await.unwrap_err();
    assert!(
        failure.to_string().contains("first the tallies"),
        "{failure}"
    );
    assert_eq!(script.inputs("UpdateService"), Vec::<Value>::new());
    let told = told(&script);
    assert_eq!(kinds(&told), ["budget-ledger-failed"]);
    assert_eq!(told[0]["severity"], "page");
    let facts = told[0]["facts"].to_string();
    assert!(facts.contains("11.00 of 10.00 USD"), "{facts}");
    assert!(facts.contains("AccessDeniedException"), "{facts}");
    let done = told[0]["done"].as_str().unwrap();
    assert!(done.starts_with("Nothing was stopped"), "{done}");
}

#[tokio::test(start_paused = true)]
async fn a_ledger_that_cannot_be_read_is_a_page_with_what_aws_says_of_the_budget() {
    let script = Script::default()
        .refuse("Query", "AccessDeniedException")
        .answer("PutEvents", json!({ "FailedEntryCount": 0 }))
        .answer("PutItem", json!({}))
        .answer("PutItem", json!({}));
    let failure = spent(&script, &settings()).await.unwrap_err();
    assert_eq!(failure.kind(), "LedgerFailed");
    assert_eq!(writes(&script), ["PutEvents", "concern", "journal failed"]);
    let told = told(&script);
    assert_eq!(kinds(&told), ["budget-ledger-failed"]);
    let facts = told[0]["facts"].to_string();
    assert!(facts.contains("11.00 of 10.00 USD"), "{facts}");
    assert!(facts.contains("AccessDeniedException"), "{facts}");
}

#[tokio::test(start_paused = true)]
async fn a_claim_that_cannot_be_written_stops_nothing_and_people_are_told_why() {
    let script = Script::default()
        .answer("PutItem", json!({}))
        .refuse("PutItem", "ValidationException");
    let script = willing(script);
    spent(&script, &settings()).await.unwrap_err();
    assert_eq!(script.inputs("UpdateService"), Vec::<Value>::new());
    let told = told(&script);
    assert_eq!(kinds(&told), ["budget-stopped", "budget-ledger-failed"]);
    let facts = told[0]["facts"].to_string();
    assert!(facts.contains("Not at rest yet"), "{facts}");
    assert!(facts.contains("prod/api"), "{facts}");
}

#[tokio::test(start_paused = true)]
async fn a_page_of_a_stop_names_what_aws_refused_to_stop() {
    let script = willing(Script::default().refuse("UpdateService", "AccessDeniedException"));
    spent(&script, &settings()).await.unwrap_err();
    let told = told(&script);
    assert_eq!(kinds(&told), ["budget-stopped"]);
    let facts = told[0]["facts"].to_string();
    assert!(facts.contains("Not at rest yet"), "{facts}");
    assert!(facts.contains("UpdateService"), "{facts}");
}

#[tokio::test(start_paused = true)]
async fn a_service_whose_target_cannot_be_looked_at_is_told_to_be_up_still() {
    let script = Script::default().refuse("DescribeScalableTargets", "AccessDeniedException");
    let script = willing(script);
    let failure = spent(&script, &settings()).await.unwrap_err();
    assert_eq!(failure.kind(), "PartlyApplied");
    let facts = told(&script)[0]["facts"].to_string();
    assert!(facts.contains("Not at rest yet"), "{facts}");
    assert!(
        facts.contains("its scalable target could not be looked at"),
        "{facts}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_service_that_another_run_is_changing_is_left_to_it_and_the_event_comes_again() {
    let script = Script::default().answer("Query", json!({ "Items": [claimed("api")] }));
    let script = willing(script);
    let failure = spent(&script, &settings()).await.unwrap_err();
    assert_eq!(failure.kind(), "Unfinished");
    assert_eq!(script.inputs("UpdateService"), Vec::<Value>::new());
    assert_eq!(journal(&script)["outcome"]["S"], "failed");
}

#[tokio::test(start_paused = true)]
async fn what_there_is_no_time_for_comes_again() {
    // Eleven looks of four seconds leave sixteen of sixty, less than what is kept for the report.
    let script = willing(Script::default().slow(Duration::from_secs(4)));
    let tick = json!({ "action": "tick" });
    let failure = handled_in(60, &script, &settings(), tick)
        .await
        .unwrap_err();
    assert_eq!(failure.kind(), "Unfinished", "{failure}");
    assert_eq!(writes(&script)[0], "budget", "that it stops is remembered");
    assert_eq!(script.inputs("UpdateService"), Vec::<Value>::new());
}

#[tokio::test(start_paused = true)]
async fn a_service_that_refuses_fails_the_run_and_keeps_no_other_up() {
    let both = json!({ "services": [stoppable("api", 3), stoppable("web", 1)] });
    let script = Script::default()
        .answer("GetResources", crate::script::tagged(&["api", "web"]))
        .answer("DescribeServices", both)
        .refuse("UpdateService", "AccessDeniedException");
    let script = willing(script);
    let failure = spent(&script, &settings()).await.unwrap_err();
    assert_eq!(failure.kind(), "PartlyApplied");
    assert_eq!(script.inputs("UpdateService").len(), 2);
    let details = journal(&script)["details"].to_string();
    assert!(details.contains("AccessDeniedException"), "{details}");
    assert!(details.contains(r#"\"ending\":\"done\""#), "{details}");
}

#[tokio::test(start_paused = true)]
async fn what_is_not_done_for_a_person_is_an_error_with_its_reason() {
    let restore =
        json!({ "action": "restore", "budget": "monthly", "by": "ana", "why": "release" });
    let script = willing(Script::default());
    let failure = handled(&script, &settings(), restore).await.unwrap_err();
    assert_eq!(failure.kind(), "Refused");
    assert_eq!(
        failure.to_string(),
        "not done: that budget has stopped nothing"
    );
    let strange = json!({ "action": "drill", "budget": "strange" });
    let failure = handled(&Script::default(), &settings(), strange)
        .await
        .unwrap_err();
    assert_eq!(failure.kind(), "UnusableEvent");
}

#[tokio::test(start_paused = true)]
async fn a_dry_run_says_what_it_would_do_and_writes_nothing() {
    let dry = Settings {
        dry_run: true,
        ..settings()
    };
    let script = Script::default();
    let report = spent(&script, &dry).await.unwrap();
    assert_eq!(report["changed"][0]["ending"], "dry-run");
    assert_eq!(writes(&script), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_record_that_could_not_be_read_is_in_the_report_and_the_journal() {
    let path = "../../events/budget-guard/two-records-of-which-one-is-bad.json";
    let sample = std::fs::read_to_string(path).unwrap();
    let script = willing(Script::default());
    let event = serde_json::from_str(&sample).unwrap();
    let report = handled(&script, &settings(), event).await.unwrap();
    assert_eq!(report["not_read"][0]["what"], "Records[0].Sns");
    assert!(
        journal(&script)["details"]
            .to_string()
            .contains("Records[0].Sns")
    );
}

#[tokio::test(start_paused = true)]
async fn a_world_that_cannot_be_looked_at_is_journaled_and_comes_again() {
    let script = Script::default()
        .refuse("GetResources", "AccessDeniedException")
        .answer("PutItem", json!({}));
    let failure = spent(&script, &settings()).await.unwrap_err();
    assert_eq!(failure.kind(), "CallFailed");
    assert_eq!(writes(&script), ["journal failed"]);
}
