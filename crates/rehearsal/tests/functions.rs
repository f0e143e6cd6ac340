//! Real processes: a binary that uses the Lambda runtime, started and fed by the rehearsal.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test ends where it is surprised"
)]

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use rehearsal::fault::{Fault, Rule};
use rehearsal::lambda::{Ended, Function, Invocation, Lambda, LogLine, Outcome, Unavailable};
use rehearsal::server::Server;
use rehearsal::{Account, Clock};
use serde_json::{Value, json};
use tokio::sync::{broadcast, mpsc};

const NIGHT: &str = "2026-11-19T19:00:00Z";

/// The example that `cargo test` builds beside this test.
fn obedient() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    test.parent()
        .and_then(|deps| deps.parent())
        .unwrap()
        .join("examples/obedient")
}

struct Stage {
    account: Arc<Account>,
    lambda: Lambda,
    log: mpsc::UnboundedReceiver<LogLine>,
    _server: Server,
}

async fn stage(timeout: Duration, reserved_concurrency: Option<usize>) -> Stage {
    let account = Arc::new(Account::new(Clock::stepped(NIGHT.parse().unwrap())));
    let (crashes, _) = broadcast::channel(8);
    let server = Server::start_with(account.clone(), 0, crashes.clone())
        .await
        .unwrap();
    let (lines, log) = mpsc::unbounded_channel();
    let mut lambda = Lambda::new(account.clone(), server.url(), crashes, lines);
    lambda.deploy(Function {
        name: "obedient".to_owned(),
        deployed_as: "caretaker-obedient".to_owned(),
        binary: obedient(),
        timeout,
        memory: 128,
        variables: BTreeMap::from([("TABLE".to_owned(), "ledger".to_owned())]),
        reserved_concurrency,
    });
    Stage {
        account,
        lambda,
        log,
        _server: server,
    }
}

impl Stage {
    async fn invoke(&self, event: Value) -> Outcome {
        let invocation = Invocation {
            function: "obedient".to_owned(),
            event,
            request_id: None,
        };
        self.lambda.invoke(&invocation).await.unwrap()
    }
}

fn answer(outcome: &Outcome) -> &Value {
    match &outcome.ended {
        Ended::Ok(answer) => answer,
        other => panic!("{other:?}"),
    }
}

const LONG: Duration = Duration::from_secs(30);

#[tokio::test]
async fn the_first_event_starts_a_process_and_the_second_finds_it_warm() {
    let stage = stage(LONG, None).await;
    let first = stage.invoke(json!({})).await;
    let second = stage.invoke(json!({})).await;
    assert!(first.cold_start && !second.cold_start);
    assert_eq!(answer(&first)["process"], answer(&second)["process"]);
    assert_ne!(answer(&first)["request_id"], answer(&second)["request_id"]);
}

#[tokio::test]
async fn a_function_sees_what_lambda_and_the_template_give_it_and_nothing_of_ours() {
    let stage = stage(LONG, None).await;
    let outcome = stage.invoke(json!({})).await;
    let variables = &answer(&outcome)["variables"];
    assert_eq!(variables["AWS_LAMBDA_FUNCTION_NAME"], "caretaker-obedient");
    assert_eq!(variables["AWS_ACCESS_KEY_ID"], "obedient");
    assert_eq!(variables["AWS_REGION"], "eu-central-1");
    assert_eq!(variables["AWS_LAMBDA_LOG_FORMAT"], "JSON");
    assert_eq!(variables["TABLE"], "ledger");
    assert_eq!(variables["HOME"], Value::Null);
    assert_eq!(variables["CARGO_MANIFEST_DIR"], Value::Null);
    assert_eq!(
        answer(&outcome)["function_arn"],
        "arn:aws:lambda:eu-central-1:123456789012:function:caretaker-obedient"
    );
}

#[tokio::test]
async fn the_deadline_is_the_account_s_time_plus_the_timeout() {
    let stage = stage(LONG, None).await;
    let morning: Timestamp = "2026-11-20T07:00:00Z".parse().unwrap();
    stage.account.clock.step_to(morning);
    let outcome = stage.invoke(json!({})).await;
    assert_eq!(
        answer(&outcome)["deadline_ms"],
        morning.as_millisecond() + 30_000
    );
    assert_eq!(answer(&outcome)["now_ms"], morning.as_millisecond());
}

#[tokio::test]
async fn an_error_is_reported_and_the_process_lives_on() {
    let stage = stage(LONG, None).await;
    let failed = stage.invoke(json!({"fail": "the ledger is away"})).await;
    match failed.ended {
        Ended::Failed { message, .. } => assert_eq!(message, "the ledger is away"),
        other => panic!("{other:?}"),
    }
    assert!(!stage.invoke(json!({})).await.cold_start);
}

#[tokio::test]
async fn a_function_that_takes_too_long_is_killed_and_the_next_event_starts_a_new_one() {
    let stage = stage(Duration::from_secs(1), None).await;
    let late = stage.invoke(json!({"sleep": 60_000})).await;
    assert_eq!(late.ended, Ended::TimedOut);
    assert!(late.wall < Duration::from_secs(10), "{:?}", late.wall);
    let next = stage.invoke(json!({})).await;
    assert!(next.cold_start && next.ended.is_ok());
}

#[tokio::test]
async fn a_process_that_dies_is_a_crash_and_the_next_event_starts_a_new_one() {
    let stage = stage(LONG, None).await;
    let died = stage.invoke(json!({"exit": 3})).await;
    match died.ended {
        Ended::Crashed(how) => assert!(how.contains("exit status: 3"), "{how}"),
        other => panic!("{other:?}"),
    }
    let next = stage.invoke(json!({})).await;
    assert!(next.cold_start && next.ended.is_ok());
}

#[tokio::test]
async fn a_crash_by_script_kills_the_caller_in_the_middle_of_its_call() {
    let stage = stage(LONG, None).await;
    stage
        .account
        .state()
        .faults
        .add(Rule::always(Fault::CrashAfter));
    let call = json!([{"target": "AWSEvents.ListRules", "input": {}}]);
    let killed = stage.invoke(json!({"call": call})).await;
    assert_eq!(killed.ended, Ended::Crashed("killed by a fault".to_owned()));
    assert_eq!(stage.account.state().calls[0].caller, "obedient");
}

#[tokio::test]
async fn a_function_limited_to_one_at_a_time_is_throttled_while_it_runs() {
    let stage = stage(LONG, Some(1)).await;
    let (slow, refused) =
        tokio::join!(stage.invoke(json!({"sleep": 300})), stage.invoke(json!({})));
    assert!(slow.ended.is_ok());
    assert_eq!(refused.ended, Ended::Throttled);
    assert!(stage.invoke(json!({})).await.ended.is_ok());
}

#[tokio::test]
async fn what_a_function_writes_reaches_the_log() {
    let mut stage = stage(LONG, None).await;
    stage.invoke(json!({})).await;
    assert_eq!(
        stage.log.recv().await,
        Some(LogLine {
            function: "obedient".to_owned(),
            text: "up".to_owned(),
        })
    );
}

#[tokio::test]
async fn a_missing_binary_is_named() {
    let mut stage = stage(LONG, None).await;
    stage.lambda.deploy(Function {
        name: "absent".to_owned(),
        deployed_as: "absent".to_owned(),
        binary: "/nowhere/bootstrap".into(),
        timeout: LONG,
        memory: 128,
        variables: BTreeMap::new(),
        reserved_concurrency: None,
    });
    let invocation = Invocation {
        function: "absent".to_owned(),
        event: json!({}),
        request_id: None,
    };
    let error = stage.lambda.invoke(&invocation).await.unwrap_err();
    assert!(matches!(error, Unavailable::NotStarted { .. }));
    assert_eq!(
        error.to_string(),
        "absent could not be started from /nowhere/bootstrap"
    );
}
