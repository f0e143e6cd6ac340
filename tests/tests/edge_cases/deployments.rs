//! A deployment is in progress when the night begins.

use contracts::House;
use rehearsal::fault::{Fault, Rule};
use rehearsal::services::ecs::{begin_deployment, finish_deployment};
use serde_json::{Value, json};

use super::{EVENING, counts, notices, prod, to_day};

/// A service whose deployment began at 19:50 and does not end by itself.
async fn deploying() -> House {
    let house = House::new(EVENING, &prod("name: api, desired: 3"));
    let next = json!({ "family": "prod-api", "containerDefinitions": [{ "name": "api", "image": "api:2" }] });
    house.by_hand("ecs", "RegisterTaskDefinition", next);
    let mut state = house.account.state();
    begin_deployment(&mut state.world, "prod", "api", "prod-api:2", None).unwrap();
    drop(state);
    house
}

#[tokio::test(start_paused = true)]
async fn a_deployment_that_ends_in_the_night_is_waited_for() {
    let house = deploying().await;
    house.tick_until("2026-11-19T19:20:00Z").await;
    assert_eq!(house.desired("prod/api"), 3);
    finish_deployment(&mut house.account.state().world, "prod", "api").unwrap();
    house.tick_until("2026-11-19T19:25:00Z").await;
    assert_eq!(house.desired("prod/api"), 0);
    to_day(&house).await;
    assert_eq!(counts(&house, "prod/api"), [3, 0, 3]);
    assert_eq!(notices(&house), Vec::<String>::new());
}

/// What a person asks for the service in the middle of its deployment.
async fn asked(house: &House, action: &str, until: Option<&str>) -> Value {
    let event = json!({ "action": action, "service": "prod/api", "until": until, "why": "load test", "by": "ana" });
    let id = format!("asked-{}", house.call_count());
    house.invoke(event, &id).await.report()
}

async fn ordered(house: &House) -> Value {
    let status = house.invoke(json!({ "action": "status" }), "status").await;
    status.report()["services"][0]["ordered"].clone()
}

fn end(house: &House) {
    finish_deployment(&mut house.account.state().world, "prod", "api").unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_persons_rest_during_a_deployment_is_remembered_and_carried_out_when_that_has_ended() {
    let house = deploying().await;
    let report = asked(&house, "rest", None).await;
    let remembered = &report["remembered"][0];
    assert_eq!(remembered["service"], "prod/api");
    let waits_for = remembered["waits_for"].as_str().unwrap();
    assert!(
        waits_for.starts_with("a deployment in progress"),
        "{waits_for}"
    );
    let said = ordered(&house).await;
    assert_eq!(
        (&said["to"], &said["by"], &said["why"], &said["until"]),
        (
            &json!("rest"),
            &json!("ana"),
            &json!("load test"),
            &Value::Null
        )
    );
    house.pass(contracts::house::TICK).await;
    end(&house);
    house.tick().await.report();
    assert_eq!(house.desired("prod/api"), 0, "long before the night");
    let arn = house.arn("prod/api");
    assert_eq!(house.standing(), [format!("service#{arn}")]);
    assert_eq!(ordered(&house).await, Value::Null);
    house.until("2026-11-20T06:50:00Z").await;
    house.tick_until("2026-11-20T07:40:00Z").await;
    assert_eq!(
        house.desired("prod/api"),
        0,
        "the night's end does not end it"
    );
    asked(&house, "wake", None).await;
    assert_eq!(house.desired("prod/api"), 3);
}

#[tokio::test(start_paused = true)]
async fn a_crash_at_any_call_of_the_tick_that_carries_an_order_out_loses_nothing() {
    for fault in [Fault::CrashBefore, Fault::CrashAfter] {
        for skip in 0..12 {
            let house = deploying().await;
            asked(&house, "rest", None).await;
            house.pass(contracts::house::TICK).await;
            end(&house);
            let rule = Rule {
                caller: Some("off-hours".to_owned()),
                skip,
                times: 1,
                ..Rule::always(fault)
            };
            house.account.state().faults.add(rule);
            house.tick().await;
            house.account.state().faults.clear();
            house.tick_until("2026-11-19T19:05:00Z").await;
            assert_eq!(house.desired("prod/api"), 0, "{fault:?} at {skip}");
            let orders = house.standing().into_iter();
            let orders = orders.filter(|key| key.starts_with("order#"));
            assert_eq!(orders.count(), 0, "{fault:?} at {skip}");
            asked(&house, "wake", Some("2026-11-19T23:00:00Z")).await;
            assert_eq!(house.desired("prod/api"), 3, "{fault:?} at {skip}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_wake_withdraws_a_rest_that_waits_and_so_does_its_own_end() {
    for until in [None, Some("2026-11-19T18:57:00Z")] {
        let house = deploying().await;
        asked(&house, "rest", until).await;
        if until.is_none() {
            asked(&house, "wake", None).await;
        }
        house.pass(contracts::house::TICK).await;
        house.pass(contracts::house::TICK / 2).await;
        end(&house);
        house.tick().await.report();
        assert_eq!(house.desired("prod/api"), 3, "{until:?}");
        assert_eq!(house.standing(), Vec::<String>::new(), "{until:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_deployment_that_does_not_end_is_waited_for_an_hour_and_told() {
    let house = deploying().await;
    house.tick_until("2026-11-19T19:45:00Z").await;
    assert_eq!((house.desired("prod/api"), notices(&house).len()), (3, 0));
    house.tick_until("2026-11-19T19:55:00Z").await;
    assert_eq!((house.desired("prod/api"), notices(&house).len()), (0, 1));
    assert!(
        notices(&house)[0].contains("deployment"),
        "{:?}",
        notices(&house)
    );
    to_day(&house).await;
    assert_eq!(counts(&house, "prod/api"), [3, 0, 3]);
}
