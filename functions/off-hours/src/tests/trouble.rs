//! A run that ends in a failure says what went wrong: in the log, in the journal and in its error.

use std::io::Write;
use std::sync::{Arc, Mutex, Once};

use serde_json::{Value, json};

use super::{answered, half_seen};
use crate::Failure;
use crate::script::Script;

/// The log of a test, line by line.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(line)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Log {
    /// The fields of every line with this message.
    fn said(&self, message: &str) -> Vec<Value> {
        let bytes = self.0.lock().unwrap();
        let lines = std::str::from_utf8(&bytes).unwrap().lines();
        let fields =
            lines.map(|line| serde_json::from_str::<Value>(line).unwrap()["fields"].take());
        fields
            .filter(|fields| fields["message"] == message)
            .collect()
    }
}

/// Whoever is the first to log a line decides for good whether anybody listens to it, and that may be a
/// test beside these: so that there is always somebody.
fn somebody_listens() {
    static LISTENS: Once = Once::new();
    LISTENS.call_once(|| {
        let lines = tracing_subscriber::fmt()
            .with_writer(std::io::sink)
            .finish();
        tracing::subscriber::set_global_default(lines).unwrap();
    });
}

/// A tick at dusk in an account of which half cannot be seen, whose one other service may not be
/// updated and whose bus takes no notice; and what it logs.
async fn tick() -> (Script, Failure, Log) {
    let script = half_seen()
        .answer("PutItem", json!({}))
        .refuse("UpdateService", "AccessDeniedException")
        .answer("PutItem", json!({}))
        .refuse("PutEvents", "AccessDeniedException")
        .answer("PutItem", json!({}));
    somebody_listens();
    let log = Log::default();
    let writer = log.clone();
    let lines = tracing_subscriber::fmt().json();
    let lines = lines.with_writer(move || writer.clone()).finish();
    let _heard = tracing::subscriber::set_default(lines);
    let failure = answered(&script, json!({ "action": "tick" })).await;
    (script, failure.unwrap_err(), log)
}

#[tokio::test(start_paused = true)]
async fn the_report_of_a_run_that_fails_is_logged_whole_and_in_one_line() {
    let (_, _, log) = tick().await;
    let said = log.said("not finished");
    assert_eq!(said.len(), 1);
    let report: Value = serde_json::from_str(said[0]["report"].as_str().unwrap()).unwrap();
    assert_eq!(report["changed"][0]["ending"], "failed");
    let unseen = &report["not_seen"];
    assert_eq!(unseen[0]["what"], "lab/web");
    assert_eq!(unseen[1]["what"], "the Auto Scaling groups");
    let why = report["not_told"].as_str().unwrap();
    assert!(why.starts_with("PutEvents"), "{why}");
}

#[tokio::test(start_paused = true)]
async fn each_thing_that_was_not_seen_is_logged_with_its_reason() {
    let (_, _, log) = tick().await;
    let said = log.said("not seen");
    let what: Vec<&str> = said
        .iter()
        .map(|one| one["what"].as_str().unwrap())
        .collect();
    assert_eq!(what, ["lab/web", "the Auto Scaling groups"]);
    let cause = said[0]["cause"].as_str().unwrap();
    assert!(cause.contains("AccessDeniedException"), "{cause}");
}

#[tokio::test(start_paused = true)]
async fn the_journal_says_first_what_was_not_seen_not_told_and_not_done_and_why() {
    let (script, _, _) = tick().await;
    let journal = script.inputs("PutItem").pop().unwrap();
    assert_eq!(journal["Item"]["outcome"]["S"], "failed");
    let details = journal["Item"]["details"]["L"].as_array().unwrap();
    let details = details.iter().map(|detail| detail["S"].as_str().unwrap());
    let details: Vec<Value> = details
        .map(|detail| serde_json::from_str(detail).unwrap())
        .collect();
    let what: Vec<&Value> = details.iter().take(3).map(|one| &one["what"]).collect();
    assert_eq!(what, ["lab/web", "the Auto Scaling groups", "the notices"]);
    assert_eq!(details[3]["subject"], "prod/api");
    for detail in &details[..4] {
        let why = detail["why"].as_str().unwrap();
        assert!(why.contains("AccessDenied"), "{detail}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_error_names_the_first_few_and_counts_the_others() {
    let (_, failure, _) = tick().await;
    let expected = "4 of 4 did not succeed: lab/web, the Auto Scaling groups, prod/api and 1 more; \
                    the first";
    assert_eq!(failure.to_string(), expected);
}
