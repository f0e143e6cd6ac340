//! The function dies at every call, before and after its effect; the next tick makes it good.

use contracts::House;
use rehearsal::fault::{Fault, Rule};
use serde_json::{Value, json};

const STACK: &str = r#"
clusters:
  - name: prod
    services:
      - {name: api, desired: 3, scaling: {min: 2, max: 10, suspended: {in: true}}, tags: {"caretaker:hours": "Mon-Fri 08:00-20:00"}}
      - {name: web, desired: 2, tags: {"caretaker:hours": "Mon-Fri 08:00-20:00", "caretaker:floor": "1"}}
groups:
  - {name: hosts, min: 2, max: 6, desired: 2, tags: {"caretaker:hours": "Mon-Fri 08:00-20:00"}}
"#;

/// Thursday 2026-11-19, 19:59:30 in Berlin; half a minute later the night begins.
const DUSK: &str = "2026-11-19T18:59:30Z";

/// What a user sees of the stack.
fn seen(house: &House) -> Value {
    json!({
        "api": house.desired("prod/api"),
        "api's target": house.target("prod/api"),
        "web": house.desired("prod/web"),
        "the group's minimum": house.group_minimum("hosts"),
    })
}

fn records(house: &House) -> usize {
    house
        .standing()
        .iter()
        .filter(|key| key.starts_with("service#"))
        .count()
}

/// Runs an evening and a morning; `strike` may add a fault before either edge's tick.
async fn a_night(strike: impl Fn(&House, Edge)) -> (House, Value, Value) {
    let house = House::new(DUSK, STACK);
    house.until("2026-11-19T19:00:00Z").await;
    let day = seen(&house);
    strike(&house, Edge::Rest);
    house.tick().await;
    house.account.state().faults.clear();
    house.tick_until("2026-11-19T19:30:00Z").await;
    let night = seen(&house);
    house.until("2026-11-20T07:00:00Z").await;
    strike(&house, Edge::Wake);
    house.tick().await;
    house.account.state().faults.clear();
    house.tick_until("2026-11-20T07:40:00Z").await;
    assert_eq!(seen(&house), day, "everyone has what they had");
    assert_eq!(records(&house), 0, "every record is closed");
    (house, day, night)
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Edge {
    Rest,
    Wake,
}

/// How many calls the tick at an edge makes.
async fn calls_at(edge: Edge) -> usize {
    let house = House::new(DUSK, STACK);
    house.until("2026-11-19T19:00:00Z").await;
    if edge == Edge::Wake {
        house.tick().await.report();
        house.tick_until("2026-11-19T19:30:00Z").await;
        house.until("2026-11-20T07:00:00Z").await;
    }
    let before = house.call_count();
    house.tick().await.report();
    house.call_count() - before
}

async fn strike_every_call(fault: Fault) {
    let (_, _, expected) = a_night(|_, _| {}).await;
    for edge in [Edge::Rest, Edge::Wake] {
        let calls = calls_at(edge).await;
        assert!(calls > 8, "an edge is more than {calls} calls");
        for skip in 0..calls {
            let (_, _, night) = a_night(|house, now| {
                if now == edge {
                    let rule = Rule {
                        caller: Some("off-hours".to_owned()),
                        skip,
                        times: 1,
                        ..Rule::always(fault)
                    };
                    house.account.state().faults.add(rule);
                }
            })
            .await;
            assert_eq!(night, expected, "{fault:?} at call {skip} of {edge:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_crash_before_any_call_loses_nothing() {
    strike_every_call(Fault::CrashBefore).await;
}

#[tokio::test(start_paused = true)]
async fn a_crash_after_any_call_loses_nothing() {
    strike_every_call(Fault::CrashAfter).await;
}

#[tokio::test(start_paused = true)]
async fn a_timeout_of_any_call_that_had_its_effect_loses_nothing() {
    strike_every_call(Fault::TimeoutAfter).await;
}

#[tokio::test(start_paused = true)]
async fn a_timeout_of_any_call_without_effect_loses_nothing() {
    strike_every_call(Fault::TimeoutBefore).await;
}

#[tokio::test(start_paused = true)]
async fn a_throttled_call_is_tried_again() {
    strike_every_call(Fault::Throttle).await;
}

#[tokio::test(start_paused = true)]
async fn a_5xx_is_tried_again() {
    strike_every_call(Fault::ServerError).await;
}

#[tokio::test(start_paused = true)]
async fn a_reset_connection_is_tried_again() {
    strike_every_call(Fault::Reset).await;
}
