//! Services that run on Fargate Spot: how many tasks that is, and more On-Demand while a surge lasts.

use contracts::Fleet;
use jiff::SignedDuration;
use serde_json::{Value, json};

const BEGIN: &str = "2026-11-19T12:00:00Z";

/// Ten tasks on Fargate, eight of them Spot.
const STACK: &str = "
clusters:
  - name: shop
    services:
      - { name: web, desired: 10, strategy: [{ provider: FARGATE, weight: 1 }, { provider: FARGATE_SPOT, weight: 4 }] }
";

const FALLBACK: [(&str, &str); 1] = [("FallbackToOnDemand", "true")];

fn minutes(minutes: i64) -> SignedDuration {
    SignedDuration::from_mins(minutes)
}

/// After the first sweep, of which nobody was told anything.
async fn steady(parameters: &[(&str, &str)]) -> Fleet {
    let fleet = Fleet::with(BEGIN, STACK, parameters);
    fleet.pass(minutes(70)).await;
    assert_eq!(fleet.notices(), Vec::<String>::new());
    fleet
}

/// The shares of FARGATE and FARGATE_SPOT in the strategy of `web`, as base and weight.
fn shares(fleet: &Fleet) -> [(u64, u64); 2] {
    let strategy = fleet.strategy("shop", "web");
    let names: Vec<&str> = strategy.iter().map(|(name, ..)| name.as_str()).collect();
    assert_eq!(names, ["FARGATE", "FARGATE_SPOT"]);
    [0, 1].map(|place| (strategy[place].1, strategy[place].2))
}

/// How many tasks of `web` run on a provider.
fn on(fleet: &Fleet, provider: &str) -> usize {
    let listed = fleet.by_hand("ecs", "ListTasks", json!({ "cluster": "shop" }));
    let input = json!({ "cluster": "shop", "tasks": listed["taskArns"] });
    let described = fleet.by_hand("ecs", "DescribeTasks", input);
    let tasks = described["tasks"].as_array().unwrap().iter();
    let on = tasks.filter(|task| task["capacityProviderName"] == provider);
    on.count()
}

fn update(fleet: &Fleet, more: &Value) {
    let mut input = json!({ "cluster": "shop", "service": "web", "forceNewDeployment": true });
    let more = more.as_object().unwrap().clone();
    input.as_object_mut().unwrap().extend(more);
    fleet.by_hand("ecs", "UpdateService", input);
}

#[tokio::test(start_paused = true)]
async fn a_service_on_fargate_spot_gets_more_of_fargate_and_its_strategy_back() {
    let fleet = steady(&FALLBACK).await;
    assert_eq!((on(&fleet, "FARGATE"), on(&fleet, "FARGATE_SPOT")), (2, 8));
    assert_eq!(fleet.take_tasks_back("shop", "web", 3), 3);
    fleet.pass(minutes(6)).await;
    assert_eq!(shares(&fleet), [(3, 1), (0, 4)]);
    let moved = (on(&fleet, "FARGATE"), on(&fleet, "FARGATE_SPOT"));
    assert!(moved.0 >= 4 && moved.0 + moved.1 == 10, "{moved:?}");
    fleet.pass(minutes(40)).await;
    assert_eq!(shares(&fleet), [(0, 1), (0, 4)]);
    assert_eq!((on(&fleet, "FARGATE"), on(&fleet, "FARGATE_SPOT")), (2, 8));
    assert_eq!(fleet.calls("ecs:UpdateService").len(), 2);
    // Three of eight are a surge because they were counted; told once more when it was raised.
    let notices = fleet.notices();
    assert_eq!(notices, ["spot-surge", "spot-surge", "spot-surge over"]);
    let done = |place: usize| fleet.details()[place]["done"].as_str().unwrap().to_owned();
    assert!(
        done(1).contains("web in shop, FARGATE: base 0"),
        "{}",
        done(1)
    );
    assert!(done(2).contains("gave 1 service back"), "{}", done(2));
}

#[tokio::test(start_paused = true)]
async fn without_the_switch_a_surge_is_told_and_nothing_is_moved() {
    let fleet = steady(&[]).await;
    fleet.take_tasks_back("shop", "web", 3);
    fleet.pass(minutes(40)).await;
    assert_eq!(fleet.notices(), ["spot-surge", "spot-surge over"]);
    assert!(fleet.calls("ecs:UpdateService").is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_a_person_sets_meanwhile_stays_and_what_they_roll_out_is_waited_for() {
    let fleet = steady(&FALLBACK).await;
    fleet.take_tasks_back("shop", "web", 3);
    fleet.pass(minutes(6)).await;
    update(&fleet, &json!({}));
    fleet.pass(minutes(40)).await;
    assert_eq!(shares(&fleet), [(0, 1), (0, 4)], "a rollout keeps it ours");
    fleet.take_tasks_back("shop", "web", 3);
    fleet.pass(minutes(6)).await;
    let theirs = json!([
        { "capacityProvider": "FARGATE", "base": 8, "weight": 1 },
        { "capacityProvider": "FARGATE_SPOT", "weight": 1 },
    ]);
    update(&fleet, &json!({ "capacityProviderStrategy": theirs }));
    fleet.pass(minutes(60)).await;
    assert_eq!(shares(&fleet), [(8, 1), (0, 1)]);
    assert!(fleet.notices().last().unwrap().ends_with("over"));
}

#[tokio::test(start_paused = true)]
async fn a_service_that_is_tagged_off_keeps_its_strategy() {
    let fleet = steady(&FALLBACK).await;
    let input = json!({ "cluster": "shop", "services": ["web"] });
    let described = fleet.by_hand("ecs", "DescribeServices", input);
    let tag = json!({
        "resourceArn": described["services"][0]["serviceArn"],
        "tags": [{ "key": "caretaker:drain", "value": "off" }],
    });
    fleet.by_hand("ecs", "TagResource", tag);
    fleet.take_tasks_back("shop", "web", 3);
    fleet.pass(minutes(40)).await;
    assert!(fleet.calls("ecs:UpdateService").is_empty());
}
