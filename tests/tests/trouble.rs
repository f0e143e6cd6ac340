//! One service in trouble: the others go on, the report says which, Lambda delivers again.

use contracts::House;
use rehearsal::fault::{Fault, Rule};
use serde_json::Value;

const DUSK: &str = "2026-11-19T18:59:30Z";

fn stack(services: usize) -> String {
    let mut stack = "clusters:\n  - name: prod\n    tags: {\"caretaker:hours\": \"Mon-Fri 08:00-20:00\"}\n    services:\n".to_owned();
    for number in 0..services {
        stack.push_str(&format!(
            "      - {{name: service-{number:02}, desired: 2}}\n"
        ));
    }
    stack
}

async fn with(fault: Fault) -> (House, String) {
    let house = House::new(DUSK, &stack(20));
    house.until("2026-11-19T19:00:00Z").await;
    let rule = Rule {
        action: Some("ecs:UpdateService".to_owned()),
        mentions: Some("service-07".to_owned()),
        ..Rule::always(fault)
    };
    house.account.state().faults.add(rule);
    let failure = house.tick().await.failure();
    (house, failure)
}

fn awake(house: &House) -> Vec<String> {
    let names = (0..20).map(|number| format!("prod/service-{number:02}"));
    names.filter(|name| house.desired(name) > 0).collect()
}

#[tokio::test(start_paused = true)]
async fn access_denied_on_one_service_leaves_the_others_resting() {
    let (house, failure) = with(Fault::AccessDenied).await;
    assert_eq!(awake(&house), ["prod/service-07"]);
    assert!(
        failure.starts_with("1 of 20 did not succeed: prod/service-07: UpdateService"),
        "{failure}"
    );
    assert!(failure.contains("AccessDenied"), "{failure}");
}

/// The notices that were put on the bus from the call of this number on: kind, and `over`.
fn notices(house: &House, first: usize) -> Vec<String> {
    let state = house.account.state();
    let calls = state.calls.iter().skip(first);
    let puts = calls.filter(|call| call.action == "events:PutEvents");
    let entries = puts.flat_map(|call| call.input["Entries"].as_array().unwrap().clone());
    entries
        .map(|entry| {
            let detail: Value = serde_json::from_str(entry["Detail"].as_str().unwrap()).unwrap();
            let over = if detail["resolved"] == true {
                " over"
            } else {
                ""
            };
            format!("{}{over}", detail["kind"].as_str().unwrap())
        })
        .collect()
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_refused_again_and_again_is_told_once_and_over_when_it_succeeds() {
    for (action, mentions) in [
        ("ecs:UpdateService", "service-07"),
        (
            "application-autoscaling:RegisterScalableTarget",
            "service-07",
        ),
    ] {
        let stack = stack(20).replace(
            "07, desired: 2",
            "07, desired: 2, scaling: {min: 1, max: 4}",
        );
        let house = House::new(DUSK, &stack);
        house.until("2026-11-19T19:00:00Z").await;
        let rule = Rule {
            action: Some(action.to_owned()),
            mentions: Some(mentions.to_owned()),
            ..Rule::always(Fault::AccessDenied)
        };
        house.account.state().faults.add(rule);
        for _ in 0..4 {
            house.tick().await.failure();
            house.pass(contracts::house::TICK).await;
        }
        assert_eq!(notices(&house, 0), ["permission-denied"], "{action}");
        house.account.state().faults.clear();
        let cleared = house.call_count();
        house.tick().await.report();
        house.pass(contracts::house::TICK).await;
        house.tick().await.report();
        assert_eq!(
            notices(&house, cleared),
            ["permission-denied over"],
            "{action}"
        );
        assert_eq!(awake(&house), Vec::<String>::new());
    }
}

#[tokio::test(start_paused = true)]
async fn what_the_next_delivery_makes_good_is_no_news() {
    for fault in [Fault::TimeoutBefore, Fault::ServerError, Fault::Throttle] {
        let (house, _) = with(fault).await;
        assert_eq!(notices(&house, 0), Vec::<String>::new(), "{fault:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_night_that_begins_too_late_is_told_once_and_over_when_everything_rests() {
    let tenth = |name: &str| (name == "BUCKET_SHARE_PERCENT").then_some("10");
    let house = House::with(DUSK, &stack(620), tenth);
    house.until("2026-11-19T19:00:00Z").await;
    house.tick().await.report();
    assert_eq!(notices(&house, 0), ["behind-schedule"]);
    house.tick_until("2026-11-19T20:30:00Z").await;
    assert_eq!(
        notices(&house, 0),
        ["behind-schedule", "behind-schedule over"]
    );
    assert_eq!(house.calls("ecs:UpdateService"), 620);
}

#[tokio::test(start_paused = true)]
async fn a_service_that_never_answers_leaves_the_others_resting() {
    for fault in [Fault::TimeoutBefore, Fault::ServerError, Fault::Throttle] {
        let (house, failure) = with(fault).await;
        assert_eq!(awake(&house), ["prod/service-07"], "{fault:?}");
        assert!(failure.contains("prod/service-07"), "{failure}");
    }
}

#[tokio::test(start_paused = true)]
async fn lambdas_retry_finishes_what_failed() {
    let (house, _) = with(Fault::AccessDenied).await;
    house.account.state().faults.clear();
    house.pass(jiff::SignedDuration::from_mins(1)).await;
    house
        .invoke(serde_json::json!({ "action": "tick" }), "tick-0")
        .await
        .report();
    assert_eq!(awake(&house), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn without_the_ledger_nothing_is_changed() {
    let house = House::new(DUSK, &stack(5));
    house.until("2026-11-19T19:00:00Z").await;
    let rule = Rule {
        action: Some("dynamodb:PutItem".to_owned()),
        ..Rule::always(Fault::AccessDenied)
    };
    house.account.state().faults.add(rule);
    house.tick().await.failure();
    assert_eq!(house.calls("ecs:UpdateService"), 0);
}

#[tokio::test(start_paused = true)]
async fn an_event_that_could_not_be_decided_has_its_journal_entry_too() {
    let house = House::new(DUSK, &stack(5));
    house.until("2026-11-19T19:00:00Z").await;
    let rule = Rule {
        action: Some("tag:GetResources".to_owned()),
        ..Rule::always(Fault::AccessDenied)
    };
    house.account.state().faults.add(rule);
    house.tick().await.failure();
    let outcome = |house: &House| -> Vec<String> {
        let entries = house.journal("2026-11-19");
        entries
            .iter()
            .map(|entry| entry["outcome"]["S"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(outcome(&house), ["failed"]);
    house.account.state().faults.clear();
    house
        .invoke(serde_json::json!({ "action": "tick" }), "tick-0")
        .await
        .report();
    assert_eq!(
        outcome(&house),
        ["done"],
        "the retry's entry takes its place"
    );
}

#[tokio::test(start_paused = true)]
async fn a_run_with_much_to_see_ends_before_lambda_ends_it() {
    // With a tenth of the buckets, looking at 600 services takes 25 seconds, more than the reserve.
    let tenth = |name: &str| (name == "BUCKET_SHARE_PERCENT").then_some("10");
    let house = House::with(DUSK, &stack(600), tenth);
    house.until("2026-11-19T19:00:00Z").await;
    let began = house.now();
    let report = house.tick().await.report();
    assert_ne!(report["left"], 0, "there was more to do than time");
    let took = house.now().duration_since(began);
    assert!(took < contracts::house::TIMEOUT, "{took}");
}

/// Two waves with autoscalers, at rest; the bounds of the first cannot be read in the morning.
#[tokio::test(start_paused = true)]
async fn a_wave_that_cannot_be_looked_at_does_not_cost_the_next_one_its_bounds() {
    let service = |name: &str, wave: u8| {
        format!(
            "      - {{name: {name}, desired: 3, scaling: {{min: 2, max: 9}}, tags: {{\"caretaker:wave\": \"{wave}\"}}}}\n"
        )
    };
    let stack = format!(
        "clusters:\n  - name: prod\n    tags: {{\"caretaker:hours\": \"Mon-Fri 08:00-20:00\"}}\n    services:\n{}{}",
        service("first", 1),
        service("second", 2)
    );
    let house = House::new(DUSK, &stack);
    let before = ["prod/first", "prod/second"].map(|name| house.target(name));
    house.until("2026-11-19T19:00:00Z").await;
    house.tick().await.report();
    house.until("2026-11-20T07:00:00Z").await;
    let rule = Rule {
        action: Some("application-autoscaling:DescribeScalableTargets".to_owned()),
        mentions: Some("prod/first".to_owned()),
        ..Rule::always(Fault::AccessDenied)
    };
    house.account.state().faults.add(rule);
    house.tick().await.failure();
    house.account.state().faults.clear();
    for _ in 0..6 {
        house.pass(jiff::SignedDuration::from_mins(5)).await;
        house.tick().await.report();
    }
    let after = ["prod/first", "prod/second"].map(|name| house.target(name));
    assert_eq!(after, before);
    assert_eq!(house.standing(), Vec::<String>::new());
}
