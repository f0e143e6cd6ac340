//! Money that runs away where the guard's meter sees it, where nobody tagged anything, and where nobody
//! could look.

use contracts::Treasury;
use rehearsal::fault::{Fault, Rule};
use serde_json::json;

const STACK: &str = r#"
clusters:
  - name: prod
    services:
      - {name: api, desired: 3, scaling: {min: 2, max: 10}, tags: {"caretaker:budget": "stop/20"}}
      - {name: worker, desired: 5}
  - name: lab
    services:
      - {name: batch, desired: 1}
budgets:
  - { name: monthly, limit: "100", spent: "50" }
"#;

fn refuses(treasury: &Treasury, action: &str) {
    let rule = Rule {
        action: Some(action.to_owned()),
        caller: Some("budget-guard".to_owned()),
        ..Rule::always(Fault::ServerError)
    };
    treasury.house.account.state().faults.add(rule);
}

/// Two days of the guard's own hours, from the 17th at 08:30 to the 19th at 11:30, with a reading in the
/// last of them.
async fn metered() -> Treasury {
    let treasury = Treasury::new("2026-11-17T08:30:00Z", STACK);
    for _ in 0..50 {
        hour(&treasury).await;
        treasury.tick().await.report();
    }
    treasury.reports("51");
    hour(&treasury).await;
    treasury.tick().await.report();
    treasury
}

async fn hour(treasury: &Treasury) {
    let later = treasury.house.now() + jiff::SignedDuration::from_hours(1);
    treasury.house.until(&later.to_string()).await;
}

/// A day in which so many tasks of a service run (each costs 0.0142 USD an hour), and what they cost is
/// reported at its end. Where they are `unseen`, every look at the clusters fails meanwhile.
async fn runaway(service: &str, tasks: u32, spent: &str, unseen: bool) -> Treasury {
    let treasury = metered().await;
    if unseen {
        refuses(&treasury, "ecs:DescribeClusters");
    }
    treasury.house.set_desired(service, tasks);
    for _ in 0..23 {
        hour(&treasury).await;
        match unseen {
            true => drop(treasury.tick().await.failure()),
            false => drop(treasury.tick().await.report()),
        }
    }
    treasury.house.account.state().faults.clear();
    treasury.reports(spent);
    hour(&treasury).await;
    treasury.tick().await.report();
    treasury
}

#[tokio::test(start_paused = true)]
async fn a_runaway_that_was_seen_every_hour_is_stopped() {
    let treasury = runaway("prod/api", 600, "255", false).await;
    assert_eq!(treasury.house.desired("prod/api"), 0);
}

#[tokio::test(start_paused = true)]
async fn hours_in_which_the_services_could_not_be_seen_are_unseen_and_not_free_of_charge() {
    let treasury = runaway("prod/api", 600, "255", true).await;
    assert_eq!(
        treasury.house.desired("prod/api"),
        0,
        "{:?}",
        treasury.notices()
    );
}

#[tokio::test(start_paused = true)]
async fn a_runaway_of_a_service_without_a_tag_is_no_error_of_billing() {
    let treasury = runaway("prod/worker", 600, "255", false).await;
    assert_eq!(
        treasury.house.desired("prod/api"),
        0,
        "{:?}",
        treasury.notices()
    );
}

#[tokio::test(start_paused = true)]
async fn a_runaway_in_a_cluster_without_a_tag_is_no_error_of_billing() {
    let treasury = runaway("lab/batch", 600, "255", false).await;
    assert_eq!(
        treasury.house.desired("prod/api"),
        0,
        "{:?}",
        treasury.notices()
    );
}

#[tokio::test(start_paused = true)]
async fn what_runs_on_without_a_tag_is_named_among_what_goes_on_costing() {
    let treasury = Treasury::new("2026-11-19T08:30:00Z", STACK);
    treasury.tick().await.report();
    let drill = json!({ "action": "drill", "budget": "monthly" });
    let receipt = treasury.invoke(drill, "drill").await.report();
    let goes_on = receipt["would_go_on_costing"].to_string();
    for service in ["prod/worker", "lab/batch"] {
        assert!(goes_on.contains(service), "{goes_on}");
    }
}
