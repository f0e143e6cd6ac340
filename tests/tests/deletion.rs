//! What happens when the stack of the suite is deleted.

use aws_smithy_http_client::test_util::{CaptureRequestReceiver, capture_request};
use aws_smithy_runtime_api::client::http::{HttpClient, HttpConnectorSettings};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponentsBuilder;
use contracts::House;
use contracts::house::client;
use jiff::SignedDuration;
use serde_json::{Value, json};

const STACK: &str = r#"
clusters:
  - name: prod
    tags: {"caretaker:hours": "Mon-Fri 08:00-20:00 Europe/Berlin"}
    services:
      - {name: api, desired: 3, scaling: {min: 2, max: 10}}
      - {name: web, desired: 2}
      - {name: typo, desired: 2, tags: {"caretaker:hours": "Mon-Fri 08:00-25:00"}}
groups:
  - {name: hosts, min: 2, max: 6, desired: 2, provider: hosts, cluster: prod, tags: {"caretaker:hours": "Mon-Fri 08:00-20:00"}}
"#;

/// Thursday 2026-11-19, 12:00 in Berlin.
const NOON: &str = "2026-11-19T11:00:00Z";
const NIGHT: &str = "2026-11-20T00:00:00Z";

/// CloudFormation's request.
fn request() -> Value {
    let event = std::fs::read_to_string("../events/off-hours/suite-deleted.json").unwrap();
    serde_json::from_str(&event).unwrap()
}

/// Listens to what the function tells CloudFormation from here on.
fn listen(house: &mut House) -> CaptureRequestReceiver {
    let (http, told) = capture_request(None);
    let components = RuntimeComponentsBuilder::for_tests().build().unwrap();
    let connector = http.http_connector(&HttpConnectorSettings::default(), &components);
    house.aws = client(house.line.clone(), &house.settings).replying_through(connector);
    told
}

/// What it was told.
fn reply(told: CaptureRequestReceiver) -> Value {
    serde_json::from_slice(told.expect_request().body().bytes().unwrap()).unwrap()
}

#[tokio::test(start_paused = true)]
async fn before_the_suite_is_deleted_everything_is_woken_and_cloudformation_is_told() {
    let mut house = House::new(NOON, STACK);
    let told = listen(&mut house);
    house.tick_until(NIGHT).await;
    house.invoke(request(), "delivery").await.report();
    assert_eq!(
        (
            house.desired("prod/api"),
            house.desired("prod/web"),
            house.group_minimum("hosts")
        ),
        (3, 2, 2)
    );
    let reply = reply(told);
    assert_eq!(
        (&reply["Status"], &reply["LogicalResourceId"]),
        (&json!("SUCCESS"), &json!("WakeBeforeDelete"))
    );
    let told = format!("concern#malformed-tag#{}", house.arn("prod/typo"));
    assert!(house.standing().contains(&told), "the typo is still there");
    house.tick_until("2026-11-20T01:00:00Z").await;
    assert_eq!(
        house.desired("prod/api"),
        3,
        "a tick that comes late rests nothing"
    );
}

#[tokio::test(start_paused = true)]
async fn a_dry_run_refuses_the_deletion_of_a_suite_that_holds_something() {
    let mut house = House::new(NOON, STACK);
    house.tick_until(NIGHT).await;
    let before = house.writes();
    house.settings.dry_run = true;
    let told = listen(&mut house);
    house.invoke(request(), "delivery").await.report();
    let reply = reply(told);
    assert_eq!(reply["Status"], "FAILED");
    assert_eq!(house.writes(), before, "and nothing is written");
}

/// 400 services at rest, and a tenth of the bucket: each delivery wakes some 125 of them.
async fn crowd() -> House {
    let mut stack =
        "clusters:\n  - name: prod\n    tags: {\"caretaker:hours\": never}\n    services:\n"
            .to_owned();
    for number in 0..400 {
        stack.push_str(&format!(
            "      - {{name: service-{number:03}, desired: 1}}\n"
        ));
    }
    let tenth = |name: &str| (name == "BUCKET_SHARE_PERCENT").then_some("10");
    let house = House::with(NOON, &stack, tenth);
    house.tick_until("2026-11-19T11:45:00Z").await;
    assert_eq!(house.calls("ecs:UpdateService"), 400);
    house
}

#[tokio::test(start_paused = true)]
async fn a_deletion_that_three_deliveries_cannot_finish_fails_with_the_reason_and_the_next_goes_on()
{
    let mut house = crowd().await;
    let told = listen(&mut house);
    // Lambda delivers again after a minute, and after two.
    for wait in [1, 2] {
        let failure = house.invoke(request(), "delivery").await.failure();
        assert!(failure.contains("are still to be woken"), "{failure}");
        house.pass(SignedDuration::from_mins(wait)).await;
    }
    house.invoke(request(), "delivery").await.report();
    let reply = reply(told);
    assert_eq!(reply["Status"], "FAILED");
    let reason = reply["Reason"].as_str().unwrap();
    let left = reason.split(' ').next().unwrap().parse::<usize>().unwrap();
    assert!((1..100).contains(&left), "{reason}");
    assert!(
        reason.contains("prod/service-") && reason.ends_with("where it stopped."),
        "{reason}"
    );
    let mut journal = house.journal("2026-11-19");
    journal.retain(|entry| entry["kind"]["S"] == "suite-deleted");
    assert_eq!(journal.len(), 1);

    house.pass(SignedDuration::from_mins(5)).await;
    let told = listen(&mut house);
    let mut again = request();
    again["RequestId"] = json!("another");
    house.invoke(again, "another delivery").await.report();
    assert_eq!(self::reply(told)["Status"], "SUCCESS");
    assert_eq!(house.calls("ecs:UpdateService"), 800, "each was woken once");
}
