//! What was saved, whatever happens to the service meanwhile.

use contracts::House;
use serde_json::{Value, json};

use super::{DUSK, EVENING, MORNING, prod, to_day, to_night};

#[tokio::test(start_paused = true)]
async fn three_hours_without_a_tick_are_made_up_for_in_the_evening_and_in_the_morning() {
    let house = House::new(EVENING, &prod("name: api, desired: 3"));
    house.until("2026-11-19T22:00:00Z").await;
    house.tick().await.report();
    assert_eq!(house.desired("prod/api"), 0);
    house.until("2026-11-20T10:00:00Z").await;
    house.tick().await.report();
    assert_eq!(house.desired("prod/api"), 3);
}

#[tokio::test(start_paused = true)]
async fn a_count_set_at_night_below_what_was_saved_is_not_what_the_morning_restores() {
    let house = House::new(EVENING, &prod("name: api, desired: 3"));
    to_night(&house).await;
    house.set_desired("prod/api", 1);
    house.tick_until("2026-11-20T00:10:00Z").await;
    assert_eq!(house.desired("prod/api"), 1, "theirs until the edge");
    to_day(&house).await;
    assert_eq!(house.desired("prod/api"), 3);
}

#[tokio::test(start_paused = true)]
async fn a_redeployment_that_brings_the_count_back_at_night_rests_after_its_grace() {
    let house = House::new(EVENING, &prod("name: api, desired: 3"));
    to_night(&house).await;
    let redeployed = json!({ "cluster": "prod", "service": "api", "desiredCount": 4, "forceNewDeployment": true });
    house.by_hand("ecs", "UpdateService", redeployed);
    house.tick_until("2026-11-20T00:10:00Z").await;
    house.until("2026-11-20T00:50:00Z").await;
    house.tick_until("2026-11-20T00:55:00Z").await;
    assert_eq!(house.desired("prod/api"), 4);
    house.tick_until("2026-11-20T01:05:00Z").await;
    assert_eq!(house.desired("prod/api"), 0);
    to_day(&house).await;
    assert_eq!(
        house.desired("prod/api"),
        3,
        "what was saved first is what comes back"
    );
}

#[tokio::test(start_paused = true)]
async fn a_service_created_anew_at_night_has_nothing_of_its_predecessor() {
    let house = House::new(EVENING, &prod("name: api, desired: 3"));
    to_night(&house).await;
    let deleted = json!({ "cluster": "prod", "service": "api" });
    house.by_hand("ecs", "DeleteService", deleted);
    house.pass(contracts::house::TICK).await;
    let created = json!({ "cluster": "prod", "serviceName": "api", "taskDefinition": "prod-api", "desiredCount": 5 });
    house.by_hand("ecs", "CreateService", created);
    house.tick_until("2026-11-20T01:00:00Z").await;
    assert_eq!(house.desired("prod/api"), 5, "new: it has its grace");
    house.tick_until("2026-11-20T01:15:00Z").await;
    assert_eq!(house.desired("prod/api"), 0);
    to_day(&house).await;
    assert_eq!(house.desired("prod/api"), 5);
}

#[tokio::test(start_paused = true)]
async fn a_service_deleted_at_rest_leaves_no_record_behind() {
    let house = House::new(EVENING, &prod("name: api, desired: 3"));
    to_night(&house).await;
    let deleted = json!({ "cluster": "prod", "service": "api" });
    house.by_hand("ecs", "DeleteService", deleted);
    house.tick_until("2026-11-20T00:10:00Z").await;
    assert_eq!(house.standing(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_service_whose_hours_change_at_rest_wakes_by_the_new_ones() {
    let house = House::new(EVENING, &prod("name: api, desired: 3"));
    to_night(&house).await;
    house.tag(
        "prod/api",
        "caretaker:hours",
        "Mon-Fri 03:00-20:00 Europe/Berlin",
    );
    house.until("2026-11-20T01:50:00Z").await;
    house.tick_until("2026-11-20T01:55:00Z").await;
    assert_eq!(house.desired("prod/api"), 0);
    house.tick_until("2026-11-20T02:00:00Z").await;
    assert_eq!(house.desired("prod/api"), 3);
}

#[tokio::test(start_paused = true)]
async fn an_opt_out_a_moment_before_the_edge_counts_although_the_index_does_not_know_it_yet() {
    let services = r#"
        name: api, desired: 3, tags: {"caretaker:hours": "Mon-Fri 08:00-20:00 Europe/Berlin"}
        name: web, desired: 2, tags: {"caretaker:hours": "always"}
    "#;
    let house = House::new(EVENING, &prod(services));
    house.until("2026-11-19T18:59:59Z").await;
    house.tag("prod/api", "caretaker:hours", "always");
    house.tag(
        "prod/web",
        "caretaker:hours",
        "Mon-Fri 08:00-20:00 Europe/Berlin",
    );
    house.until(DUSK).await;
    house.tick().await.report();
    assert_eq!(house.desired("prod/api"), 3);
    house.pass(contracts::house::TICK).await;
    house.tick().await.report();
    assert_eq!(
        (house.desired("prod/api"), house.desired("prod/web")),
        (3, 0)
    );
}

#[tokio::test(start_paused = true)]
async fn what_has_no_count_of_its_own_or_no_tags_is_left_alone() {
    let services = r#"
        name: agent, scheduling: DAEMON, launch: ec2
        name: blue-green, desired: 2, controller: CODE_DEPLOY
        name: external, desired: 2, controller: EXTERNAL
        name: old, desired: 2, short-arn: true
        name: leaving, desired: 2
    "#;
    let house = House::new(EVENING, &prod(services));
    let deleted = json!({ "cluster": "prod", "service": "leaving", "force": true });
    house.until("2026-11-19T18:59:59Z").await;
    house.by_hand("ecs", "DeleteService", deleted);
    house.until(DUSK).await;
    assert_eq!(house.service("prod/leaving")["status"], "DRAINING");
    house.tick().await.report();
    house.tick_until("2026-11-19T19:10:00Z").await;
    house.until(MORNING).await;
    house.tick().await.report();
    assert_eq!(house.calls("ecs:UpdateService"), 0);
    let kept = ["blue-green", "external", "old"].map(|name| house.desired(&format!("prod/{name}")));
    assert_eq!(kept, [2, 2, 2]);
}

#[tokio::test(start_paused = true)]
async fn a_service_with_as_many_tags_as_it_can_have_rests_and_wakes_with_the_same_tags() {
    let tags: Vec<String> = (0..50)
        .map(|number| format!("\"team:tag-{number:02}\": \"value\""))
        .collect();
    let stack = prod(&format!(
        "name: api, desired: 3, tags: {{{}}}",
        tags.join(", ")
    ));
    let house = House::new(EVENING, &stack);
    let tags = |house: &House| -> Value {
        let input = json!({ "resourceArn": house.arn("prod/api") });
        house.by_hand("ecs", "ListTagsForResource", input)["tags"].clone()
    };
    let before = tags(&house);
    to_night(&house).await;
    assert_eq!(
        (house.desired("prod/api"), tags(&house)),
        (0, before.clone())
    );
    to_day(&house).await;
    assert_eq!((house.desired("prod/api"), tags(&house)), (3, before));
}
