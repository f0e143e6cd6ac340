//! Two ticks at once: whatever the order of their calls, every service is changed once.
//!
//! Two runs of a dozen calls have millions of orders. All orders with up to three changes of turn
//! are tried here; `crates/domain/tests/off_hours` tries all orders of the actions on a model.

use contracts::House;
use contracts::house::client;
use contracts::turns::{Gated, Run};
use serde_json::json;

const STACK: &str = r#"
clusters:
  - name: prod
    services:
      - {name: api, desired: 3, scaling: {min: 2, max: 10}, tags: {"caretaker:hours": "Mon-Fri 08:00-20:00"}}
"#;

/// More calls than a run makes.
const CALLS: usize = 12;

const DUSK: &str = "2026-11-19T18:59:30Z";

/// Two ticks of which the first makes `a` calls, the second `b`, the first `c`, and then both go
/// on to their ends, the second first. Returns how many calls the first one made before its end.
async fn two_ticks(house: &House, number: usize, [a, b, c]: [usize; 3]) {
    let runs = [0, 1].map(|_| Run::new(Gated::new(house.line.clone())));
    let clients = [0, 1].map(|one: usize| client(runs[one].gated.clone(), &house.settings));
    let tick = async |one: usize| {
        let invocation = house.invocation(&format!("tick-{number}-{one}"));
        let event = json!({ "action": "tick" });
        let ended = off_hours::handle(&clients[one], &house.settings, event, &invocation).await;
        runs[one].ends();
        ended.unwrap_or_else(|failure| panic!("{}", shell::failure::chain(&failure)));
    };
    let order = async {
        runs[0].calls(a).await;
        runs[1].calls(b).await;
        runs[0].calls(c).await;
        runs[1].to_the_end().await;
        runs[0].to_the_end().await;
    };
    tokio::join!(tick(0), tick(1), order);
}

/// An evening and a morning with two ticks at once in this order, after which everything was
/// changed once and is as it should be.
async fn a_night(order: [usize; 3]) {
    let house = House::new(DUSK, STACK);
    let now = |house: &House| (house.desired("prod/api"), house.calls("ecs:UpdateService"));
    house.until("2026-11-19T19:00:00Z").await;
    two_ticks(&house, 1, order).await;
    assert_eq!(now(&house), (0, 1), "{order:?}");
    house.until("2026-11-20T07:00:00Z").await;
    two_ticks(&house, 2, order).await;
    assert_eq!(now(&house), (3, 2), "{order:?}");
    let target = json!({ "min": 2, "max": 10, "suspended": [false, false, false] });
    assert_eq!(house.target("prod/api"), target, "{order:?}");
}

/// Every order whose first run makes one of these numbers of calls before it is interrupted.
async fn every_order(first: impl Iterator<Item = usize>) {
    for a in first {
        for b in 0..CALLS {
            for c in 0..CALLS {
                a_night([a, b, c]).await;
            }
        }
    }
}

// In two halves, for as many cores.

#[tokio::test(start_paused = true)]
async fn two_ticks_at_once_change_every_service_once_in_the_evening_and_once_in_the_morning() {
    every_order((0..CALLS).step_by(2)).await;
}

#[tokio::test(start_paused = true)]
async fn so_they_do_wherever_the_first_is_interrupted() {
    every_order((1..CALLS).step_by(2)).await;
}
