//! A deployment is in progress when the night begins.

use contracts::House;
use rehearsal::services::ecs::{begin_deployment, finish_deployment};
use serde_json::json;

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
