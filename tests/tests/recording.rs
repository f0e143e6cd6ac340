//! Records every call that the functions make, for the IAM contract (`tests/iam`): one line of
//! JSON a call in `target/contracts/calls.jsonl`.

use std::fmt::Write as _;

use contracts::house::LEDGER;
use contracts::{Fleet, House, Treasury};
use jiff::SignedDuration;
use rehearsal::Account;
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
  - {name: untagged-at-night, min: 1, max: 6, desired: 1, provider: more, cluster: prod, tags: {"caretaker:hours": "Mon-Fri 08:00-20:00"}}
"#;

/// The budget's services run on instances too, and beside one that it may not stop, so that all that
/// is counted.
const BUDGET: &str = r#"
clusters:
  - name: prod
    tags: {"caretaker:budget": "stop/50"}
    services:
      - {name: api, desired: 3, scaling: {min: 2, max: 10}}
      - {name: images, desired: 2, launch: "provider:hosts"}
      - {name: login, desired: 1, tags: {"caretaker:budget": keep}}
  - name: lab
    services:
      - {name: job, desired: 1, tags: {"caretaker:budget": stop}}
      - {name: other, desired: 1}
groups:
  - {name: hosts, min: 1, max: 6, desired: 2, provider: hosts, cluster: prod}
beside:
  - {kind: natgateway, tags: {team: shop}}
budgets:
  - name: monthly
    limit: "10"
    spent: "6.10"
    notifications:
      - {at: {percent: 80}, topic: caretaker-BudgetStop}
      - {at: {percent: 100}, topic: caretaker-BudgetStop}
"#;

/// Ten Spot instances with a hook of ours, and two services: one that ECS may move, slowly, and one that
/// it may not; and one on Fargate, most of it Spot.
const SPOT: &str = r#"
clusters:
  - name: shop
    services:
      - {name: web, desired: 10, launch: "provider:hosts", minimum-healthy-percent: 50, exit-seconds: 1200, stop-timeout: 1210, deregistration-delay: 10}
      - {name: sessions, desired: 10, launch: "provider:hosts", minimum-healthy-percent: 100, maximum-percent: 100}
      - {name: images, desired: 10, strategy: [{provider: FARGATE, weight: 1}, {provider: FARGATE_SPOT, weight: 4}]}
groups:
  - name: hosts
    cluster: shop
    provider: hosts
    managed-draining: false
    managed-scaling: false
    max: 20
    desired: 10
    tasks-per-instance: 6
    mixed-instances: {types: [m6i.large], on-demand-base: 0, on-demand-percentage: 0}
    hooks: [{name: caretaker-drain, heartbeat-timeout: 300}]
"#;

#[tokio::test(start_paused = true)]
async fn a_night_a_budget_and_a_surge_use_every_call_that_the_functions_have() {
    let night = night().await;
    let budget = budget().await;
    let surge = surge().await;
    write(&[&night.account, &budget.house.account, &surge.account]);
}

/// One instance ends by its group's will, and then EC2 takes half of the others and Fargate three tasks.
async fn surge() -> Fleet {
    let on_demand = [("FallbackToOnDemand", "true")];
    let fleet = Fleet::with("2026-11-19T12:00:00Z", SPOT, &on_demand);
    fleet.pass(SignedDuration::from_mins(5)).await;
    let instances = fleet.instances("hosts");
    let end = json!({ "InstanceId": instances[0], "ShouldDecrementDesiredCapacity": "false" });
    fleet.by_hand("autoscaling", "TerminateInstanceInAutoScalingGroup", end);
    fleet.pass(SignedDuration::from_mins(30)).await;
    fleet.take_back(&instances[1..6]);
    fleet.pass(SignedDuration::from_hours(2)).await;
    assert_eq!(fleet.take_tasks_back("shop", "images", 3), 3);
    fleet.pass(SignedDuration::from_hours(1)).await;
    for question in ["status", "drainability"] {
        fleet.invoke(json!({ "action": question })).await.report();
    }
    let exercise = json!({ "action": "exercise", "for": "4h", "by": "ana", "why": "recording" });
    fleet.invoke(exercise).await.report();
    fleet
}

/// Spent at noon, and given back in the new month.
async fn budget() -> Treasury {
    let treasury = Treasury::new("2026-11-30T10:55:00Z", BUDGET);
    treasury.until("2026-11-30T12:00:00Z").await;
    treasury.reports("10.40");
    for message in treasury.messages_since(0) {
        treasury.invoke(message, "letter").await.report();
    }
    assert_eq!(treasury.house.desired("prod/api"), 0);
    for question in [
        json!({ "action": "status" }),
        json!({ "action": "drill", "budget": "monthly" }),
    ] {
        treasury.invoke(question, "question").await.report();
    }
    treasury.until("2026-12-01T04:00:00Z").await;
    treasury.reports("0.30");
    treasury.until("2026-12-01T06:30:00Z").await;
    assert_eq!(treasury.house.desired("prod/api"), 3);
    treasury
}

async fn night() -> House {
    let house = House::new("2026-11-19T18:30:00Z", STACK);
    house.tick_until("2026-11-20T00:00:00Z").await;
    let untag = json!({ "Tags": [{ "ResourceId": "untagged-at-night", "ResourceType": "auto-scaling-group", "Key": "caretaker:hours" }] });
    house.by_hand("autoscaling", "DeleteTags", untag);
    let order = |action: &str| json!({ "action": action, "service": "prod/web", "until": "2026-11-20 03:00 Europe/Berlin", "why": "recording", "by": "ana" });
    house.invoke(order("wake"), "wake").await.report();
    house.invoke(order("rest"), "rest").await.report();
    for question in ["status", "lint"] {
        house
            .invoke(json!({ "action": question }), question)
            .await
            .report();
    }
    house.tag("prod/typo", "caretaker:hours", "Mon-Fri 08:00-20:00");
    house.tick_until("2026-11-20T08:00:00Z").await;
    assert_eq!(house.group_minimum("untagged-at-night"), 1);
    let pages = publish(&house).await;
    assert!(pages > 0, "the pager published");
    house
}

/// Hands every notice to the pager, as the rule on the bus would.
async fn publish(house: &House) -> usize {
    let topic = house.by_hand("sns", "CreateTopic", json!({ "Name": "pages" }))["TopicArn"]
        .as_str()
        .unwrap()
        .to_owned();
    let settings = pager::Settings::from_env(&|name: &str| {
        Some(match name {
            "TOPIC_ARN" => topic.clone(),
            "STACK_NAME" => "caretaker".to_owned(),
            "TIME_ZONE" => "Europe/Berlin".to_owned(),
            "DRY_RUN" => "false".to_owned(),
            _ => return None,
        })
    });
    let aws = pager::Aws::new(&contracts::house::config(house.line.clone(), "pager"));
    let notices = notices(house);
    for notice in &notices {
        pager::handle(
            &aws,
            &settings.clone().unwrap(),
            notice.clone(),
            house.now(),
        )
        .await
        .unwrap();
    }
    notices.len()
}

fn notices(house: &House) -> Vec<Value> {
    let state = house.account.state();
    let puts = state
        .calls
        .iter()
        .filter(|call| call.action == "events:PutEvents" && call.refused.is_none());
    puts.flat_map(|call| {
        call.input["Entries"]
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| (call.at, entry))
    })
    .map(|(at, entry)| {
        json!({
            "version": "0",
            "id": "0",
            "detail-type": entry["DetailType"],
            "source": entry["Source"],
            "account": "123456789012",
            "time": at.to_string(),
            "region": "eu-central-1",
            "resources": entry["Resources"],
            "detail": serde_json::from_str::<Value>(entry["Detail"].as_str().unwrap()).unwrap(),
        })
    })
    .collect()
}

/// The table of whichever account is called by one name, for there is one policy.
fn write(accounts: &[&Account]) {
    let mut lines = String::new();
    for account in accounts {
        let state = account.state();
        let functions = ["off-hours", "budget-guard", "spot-drain", "pager"];
        let ours = state.calls.iter();
        for call in ours.filter(|call| functions.contains(&call.caller.as_str())) {
            let line = json!({
                "at": call.at.to_string(),
                "caller": call.caller,
                "action": call.action,
                "input": call.input,
                "refused": call.refused,
            });
            let line = line
                .to_string()
                .replace("\"caretaker-Ledger\"", &format!("\"{LEDGER}\""));
            writeln!(lines, "{line}").unwrap();
        }
    }
    let folder = format!("{}/../target/contracts", env!("CARGO_MANIFEST_DIR"));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(format!("{folder}/calls.jsonl"), lines).unwrap();
}
