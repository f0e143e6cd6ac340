//! A night and a morning: what users see.

use contracts::House;
use serde_json::json;

/// Thursday 2026-11-19, 19:30 in Berlin.
const EVENING: &str = "2026-11-19T18:30:00Z";
/// Friday, 01:00.
const NIGHT: &str = "2026-11-20T00:00:00Z";
/// Friday, 07:50: the last tick before the morning is at or before it.
const DAWN: &str = "2026-11-20T06:50:00Z";
/// Friday, 08:40.
const MORNING: &str = "2026-11-20T07:40:00Z";

const STACK: &str = r#"
clusters:
  - name: prod
    tags: {"caretaker:hours": "Mon-Fri 08:00-20:00 Europe/Berlin"}
    services:
      - {name: api, desired: 3, scaling: {min: 2, max: 10}, tags: {"caretaker:wave": "2"}}
      - {name: db-proxy, desired: 1, tags: {"caretaker:wave": "1"}}
      - {name: web, desired: 2, tags: {"caretaker:floor": "1"}}
      - {name: paused, desired: 0}
      - {name: always-on, desired: 2, tags: {"caretaker:hours": "always"}}
      - {name: typo, desired: 2, tags: {"caretaker:hours": "Mon-Fri 08:00-25:00"}}
      - {name: agent, scheduling: DAEMON, launch: ec2}
  - name: lab
    services:
      - {name: nobody-asked, desired: 4}
"#;

#[tokio::test(start_paused = true)]
async fn at_night_everything_that_is_tagged_rests_and_nothing_else() {
    let house = House::new(EVENING, STACK);
    house.tick_until(NIGHT).await;
    let counts = ["api", "db-proxy", "web", "paused", "always-on", "typo"]
        .map(|name| house.desired(&format!("prod/{name}")));
    assert_eq!(counts, [0, 0, 1, 0, 2, 2]);
    assert_eq!(house.desired("lab/nobody-asked"), 4);
    assert_eq!(
        house.target("prod/api"),
        json!({ "min": 0, "max": 10, "suspended": [true, true, true] })
    );
}

#[tokio::test(start_paused = true)]
async fn in_the_morning_everyone_has_what_they_had() {
    let house = House::new(EVENING, STACK);
    house.tick_until(MORNING).await;
    let counts =
        ["api", "db-proxy", "web", "paused"].map(|name| house.desired(&format!("prod/{name}")));
    assert_eq!(counts, [3, 1, 2, 0]);
    assert_eq!(
        house.target("prod/api"),
        json!({ "min": 2, "max": 10, "suspended": [false, false, false] })
    );
    let rests: Vec<String> = house
        .standing()
        .into_iter()
        .filter(|key| key.starts_with("service#"))
        .collect();
    assert_eq!(rests, Vec::<String>::new(), "every record is closed");
}

#[tokio::test(start_paused = true)]
async fn a_wave_starts_when_the_one_before_is_steady() {
    let house = House::new(EVENING, STACK);
    house.tick_until("2026-11-20T07:00:00Z").await;
    assert_eq!(
        (house.desired("prod/db-proxy"), house.desired("prod/api")),
        (1, 0)
    );
    house.tick_until("2026-11-20T07:05:00Z").await;
    assert_eq!(house.desired("prod/api"), 3);
}

#[tokio::test(start_paused = true)]
async fn a_count_bumped_at_night_is_respected_and_does_not_spoil_the_morning() {
    let house = House::new(EVENING, STACK);
    house.tick_until(NIGHT).await;
    house.set_desired("prod/db-proxy", 2);
    house.tick_until(DAWN).await;
    assert_eq!(
        house.desired("prod/db-proxy"),
        2,
        "respected until the next edge"
    );
    house.tick_until(MORNING).await;
    assert_eq!(
        house.desired("prod/db-proxy"),
        2,
        "more than it had: theirs to keep"
    );
    house.tick_until("2026-11-21T00:00:00Z").await;
    assert_eq!(house.desired("prod/db-proxy"), 0);
}

#[tokio::test(start_paused = true)]
async fn quiet_ticks_change_nothing() {
    let house = House::new(EVENING, STACK);
    house.tick_until(NIGHT).await;
    let before = house.call_count();
    house.tick_until("2026-11-20T02:00:00Z").await;
    let state = house.account.state();
    let writes: Vec<&str> = state.calls[before..]
        .iter()
        .filter(|call| call.caller == "off-hours")
        .map(|call| call.action.as_str())
        .filter(|action| {
            action.contains("Update") || action.contains("Register") || action.contains("PutEvents")
        })
        .collect();
    assert_eq!(writes, Vec::<&str>::new());
}

#[tokio::test(start_paused = true)]
async fn a_typo_is_told_once() {
    let house = House::new(EVENING, STACK);
    house.tick_until(MORNING).await;
    assert_eq!(house.calls("events:PutEvents"), 1);
    house.tag("prod/typo", "caretaker:hours", "Mon-Fri 08:00-26:00");
    house.tick_until("2026-11-20T07:50:00Z").await;
    assert_eq!(
        house.calls("events:PutEvents"),
        2,
        "and again when it is mistyped differently"
    );
}

#[tokio::test(start_paused = true)]
async fn every_event_ends_in_one_journal_entry() {
    let house = House::new(EVENING, STACK);
    house.tick_until("2026-11-19T20:30:00Z").await;
    assert_eq!(house.journal("2026-11-19").len(), 24);
}

#[tokio::test(start_paused = true)]
async fn dry_run_writes_nothing_at_all() {
    let house = House::with(EVENING, STACK, |name| (name == "DRY_RUN").then_some("true"));
    house.tick_until(NIGHT).await;
    assert_eq!(house.writes(), Vec::<String>::new());
    let report = house.tick().await.report();
    assert_eq!(
        report["changed"].as_array().unwrap().len(),
        4,
        "and shows what it would do: {report}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_service_whose_tag_is_removed_at_rest_is_woken() {
    let house = House::new(EVENING, &STACK.replace("tags: {\"caretaker:hours\": \"Mon-Fri 08:00-20:00 Europe/Berlin\"}\n    services:\n      - {name: api, desired: 3, scaling: {min: 2, max: 10}, tags: {\"caretaker:wave\": \"2\"}}", "services:\n      - {name: api, desired: 3, tags: {\"caretaker:hours\": \"Mon-Fri 08:00-20:00\"}}"));
    house.tick_until(NIGHT).await;
    assert_eq!(house.desired("prod/api"), 0);
    house.untag("prod/api", "caretaker:hours");
    house.tick_until("2026-11-20T00:10:00Z").await;
    assert_eq!(house.desired("prod/api"), 3);
}

#[tokio::test(start_paused = true)]
async fn what_a_night_saved_is_told_when_it_ends() {
    let house = House::new(EVENING, STACK);
    house.tick_until("2026-11-20T07:00:00Z").await;
    house.pass(contracts::house::TICK).await;
    let report = house.tick().await.report();
    let api = report["saved"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["service"] == "prod/api")
        .unwrap();
    // Three tasks from 20:00 to 08:05, less the five minutes in which they still cost. Each has a
    // quarter of a vCPU and half a GB, at 0.04656 and 0.00511 USD an hour.
    assert_eq!(
        (&api["task_hours"], &api["usd"]),
        (&json!(36.0), &json!("0.51102"))
    );
}

const INSTANCES: &str = r#"
clusters:
  - name: prod
    tags: {"caretaker:hours": "Mon-Fri 08:00-20:00 Europe/Berlin"}
    services:
      - {name: images, desired: 4, launch: "provider:workers"}
groups:
  - {name: workers, min: 2, max: 6, desired: 2, provider: workers, cluster: prod, tasks-per-instance: 2, tags: {"caretaker:hours": "Mon-Fri 08:00-20:00 Europe/Berlin"}}
"#;

/// On instances, a service saves none by itself; its group saves those that went away.
#[tokio::test(start_paused = true)]
async fn what_a_night_on_instances_saved_is_told_of_their_group() {
    let house = House::new(EVENING, INSTANCES);
    house.tick_until("2026-11-20T06:55:00Z").await;
    house.pass(contracts::house::TICK).await;
    let report = house.tick().await.report();
    let group = json!({ "group": "workers", "instance_hours": 23.266667, "usd": "2.675667", "estimate": null, "unknown": null });
    let images = json!({
        "service": "prod/images",
        "task_hours": 47.666667,
        "usd": null,
        "estimate": null,
        "unknown": "its tasks run on instances; what these save is their group's",
    });
    assert_eq!(report["saved"], json!([group, images]));
}
