//! Application Auto Scaling beside us: its bounds, its flags, its scheduled actions.

use contracts::House;
use rehearsal::Account;
use serde_json::{Value, json};

use super::{DUSK, EVENING, counts, prod, to_day, to_night};

/// A call to Application Auto Scaling about a service.
fn by_hand(house: &House, operation: &str, service: &str, more: Value) {
    let mut input = json!({
        "ServiceNamespace": "ecs",
        "ScalableDimension": "ecs:service:DesiredCount",
        "ResourceId": format!("service/{service}"),
    });
    let more = more.as_object().unwrap().clone();
    input.as_object_mut().unwrap().extend(more);
    house.by_hand("application-autoscaling", operation, input);
}

fn schedule(house: &House, name: &str, at: &str, bounds: Value) {
    let action = json!({
        "ScheduledActionName": name,
        "Schedule": format!("at({at})"),
        "Timezone": "Europe/Berlin",
        "ScalableTargetAction": bounds,
    });
    by_hand(house, "PutScheduledAction", "prod/api", action);
}

#[tokio::test(start_paused = true)]
async fn a_scheduled_action_of_the_night_does_not_act_and_one_of_the_day_does() {
    let services = "name: api, desired: 3, scaling: {min: 2, max: 10}";
    let house = House::new(EVENING, &prod(services));
    let (night, day) = (
        json!({ "MinCapacity": 5, "MaxCapacity": 8 }),
        json!({ "MinCapacity": 4 }),
    );
    schedule(&house, "at-night", "2026-11-20T02:00:00", night);
    schedule(&house, "by-day", "2026-11-20T09:00:00", day);
    to_night(&house).await;
    to_day(&house).await;
    let target = json!({ "min": 2, "max": 10, "suspended": [false, false, false] });
    assert_eq!(house.target("prod/api"), target);
    assert_eq!(counts(&house, "prod/api"), [3, 0, 3]);
    house.until("2026-11-20T08:05:00Z").await;
    house.tick().await.report();
    assert_eq!(house.target("prod/api")["min"], 4);
    assert_eq!(house.desired("prod/api"), 4);
}

#[tokio::test(start_paused = true)]
async fn bounds_that_move_the_count_at_once_never_move_it_on_its_way_down_or_up() {
    for (desired, min, max) in [(3, 2, 10), (2, 2, 2), (1, 2, 10), (12, 2, 10)] {
        let services = format!("name: api, desired: 3, scaling: {{min: {min}, max: {max}}}");
        let house = House::new(EVENING, &prod(&services));
        // By hand a count can be outside the bounds; the target does not notice until it is touched.
        house.set_desired("prod/api", desired);
        let before = counts(&house, "prod/api").len();
        to_night(&house).await;
        to_day(&house).await;
        let moves = counts(&house, "prod/api").split_off(before);
        assert_eq!(moves, [0, desired], "{desired} in {min} to {max}");
    }
}

#[tokio::test(start_paused = true)]
async fn flags_that_were_set_before_the_night_are_set_after_it_and_no_others() {
    let services = r#"
        name: api, desired: 3, scaling: {min: 2, max: 10, suspended: {in: true}}
        name: web, desired: 3, scaling: {min: 2, max: 10, suspended: {out: true, scheduled: true}}
    "#;
    let house = House::new(EVENING, &prod(services));
    to_night(&house).await;
    let flags = |name: &str| house.target(name)["suspended"].clone();
    assert_eq!(flags("prod/api"), json!([true, true, true]));
    to_day(&house).await;
    assert_eq!(flags("prod/api"), json!([true, false, false]));
    assert_eq!(flags("prod/web"), json!([false, true, true]));
}

#[tokio::test(start_paused = true)]
async fn targets_that_somebody_changes_at_night_are_theirs_in_the_morning() {
    let services = r#"
        name: lowered, desired: 6, scaling: {min: 1, max: 10}
        name: raised, desired: 3, scaling: {min: 2, max: 10}
        name: deleted, desired: 3, scaling: {min: 2, max: 10}
        name: made, desired: 3
    "#;
    let house = House::new(EVENING, &prod(services));
    to_night(&house).await;
    let register = |service: &str, bounds| {
        by_hand(&house, "RegisterScalableTarget", service, bounds);
    };
    register("prod/lowered", json!({ "MaxCapacity": 4 }));
    register("prod/raised", json!({ "MinCapacity": 5 }));
    by_hand(
        &house,
        "DeregisterScalableTarget",
        "prod/deleted",
        json!({}),
    );
    register("prod/made", json!({ "MinCapacity": 2, "MaxCapacity": 8 }));
    to_day(&house).await;
    let awake =
        |min: u32, max: u32| json!({ "min": min, "max": max, "suspended": [false, false, false] });
    let is = |name: &str| (house.desired(name), house.target(name));
    assert_eq!(is("prod/lowered"), (4, awake(1, 4)));
    assert_eq!(is("prod/raised"), (5, awake(5, 10)));
    assert_eq!(
        (
            house.desired("prod/deleted"),
            house.target("prod/deleted")["min"].clone()
        ),
        (3, Value::Null)
    );
    assert_eq!(is("prod/made"), (3, awake(2, 8)));
}

#[tokio::test(start_paused = true)]
async fn a_target_that_somebody_else_is_changing_is_made_good_by_the_next_delivery() {
    let services = "name: api, desired: 3, scaling: {min: 2, max: 10}\nname: web, desired: 2";
    let house = House::new(EVENING, &prod(services));
    let contend = |account: &Account, times| {
        let world = &mut account.state().world;
        world
            .application_autoscaling
            .contend("service/prod/api", times);
    };
    house.until(DUSK).await;
    contend(&house.account, 1);
    let tick = json!({ "action": "tick" });
    let failure = house.invoke(tick.clone(), "evening").await.failure();
    assert!(failure.contains("ConcurrentUpdateException"), "{failure}");
    assert_eq!(
        (house.desired("prod/api"), house.desired("prod/web")),
        (3, 0)
    );
    house.pass(jiff::SignedDuration::from_mins(1)).await;
    house.invoke(tick, "evening").await.report();
    assert_eq!(house.desired("prod/api"), 0);
    house.until("2026-11-20T07:00:00Z").await;
    contend(&house.account, 1);
    house.tick().await.failure();
    house.tick_until("2026-11-20T07:10:00Z").await;
    let target = json!({ "min": 2, "max": 10, "suspended": [false, false, false] });
    assert_eq!(
        (house.desired("prod/api"), house.target("prod/api")),
        (3, target)
    );
}
