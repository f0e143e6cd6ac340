//! `rehearsal invoke` as a person or a script runs it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test ends where it is surprised"
)]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};

fn invoke(name: &str, event: &Value) -> Output {
    invoke_after(name, &[], event)
}

fn file(name: &str, event: &Value) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.json"));
    std::fs::File::create(&path)
        .and_then(|mut file| file.write_all(event.to_string().as_bytes()))
        .unwrap();
    path
}

fn invoke_after(name: &str, before: &[Value], event: &Value) -> Output {
    let before = before.iter().enumerate().flat_map(|(place, event)| {
        let path = file(&format!("{name}-before-{place}"), event);
        [PathBuf::from("--before"), path]
    });
    let examples = std::env::current_exe().unwrap();
    let examples = examples.parent().and_then(Path::parent).unwrap();
    Command::new(env!("CARGO_BIN_EXE_rehearsal"))
        .args(["invoke", "--function", "obedient", "--endpoint"])
        .args(["http://127.0.0.1:1", "--template"])
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/template.yaml"))
        .arg("--binary")
        .arg(examples.join("examples/obedient"))
        .arg("--event")
        .arg(file(name, event))
        .args(before)
        .output()
        .unwrap()
}

#[test]
fn the_answer_is_the_one_document_on_stdout_and_the_log_is_on_stderr() {
    let output = invoke("answer", &json!({"summary": "all quiet"}));
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer["summary"], "all quiet");
    assert_eq!(answer["variables"]["LEDGER_TABLE"], "caretaker-Ledger");
    assert_eq!(
        answer["variables"]["AWS_ENDPOINT_URL"],
        "http://127.0.0.1:1"
    );
    assert_eq!(String::from_utf8_lossy(&output.stderr), "up\n");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn a_failed_invocation_prints_the_error_and_ends_with_1() {
    let output = invoke("failure", &json!({"fail": "no ledger"}));
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer["errorMessage"], "no ledger");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn what_is_to_come_before_goes_to_the_same_process_and_is_not_printed() {
    let output = invoke_after("last", &[json!({"process": "first"})], &json!({}));
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(answer["process"].is_number(), "{answer}");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "up\n");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn what_is_to_come_before_and_fails_is_the_end() {
    let output = invoke_after("never", &[json!({"fail": "no ledger"})], &json!({}));
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer["errorMessage"], "no ledger");
    assert_eq!(output.status.code(), Some(1));
}
