//! Sequences in which the guard was doubted, in a whole account: each is told as it should end.

use contracts::Treasury;
use rehearsal::fault::{Fault, Rule};
use serde_json::json;

const STACK: &str = r#"
clusters:
  - name: prod
    services:
      - {name: api, desired: 3, scaling: {min: 2, max: 10}, tags: {"caretaker:budget": "stop/20"}}
      - {name: worker, desired: 5}
budgets:
  - { name: monthly, limit: "100", spent: "50" }
"#;

/// The guard knows what runs, and the budget is spent.
async fn spent() -> Treasury {
    let treasury = Treasury::new("2026-11-19T08:30:00Z", STACK);
    treasury.until("2026-11-19T11:00:00Z").await;
    treasury.reports("101");
    treasury
}

fn refuses(treasury: &Treasury, action: &str) {
    let rule = Rule {
        action: Some(action.to_owned()),
        caller: Some("budget-guard".to_owned()),
        ..Rule::always(Fault::ServerError)
    };
    treasury.house.account.state().faults.add(rule);
}

#[tokio::test(start_paused = true)]
async fn an_hour_and_its_two_retries_in_which_nothing_is_put_down_use_up_no_attempt() {
    let treasury = spent().await;
    treasury.tick().await.report();
    treasury.until("2026-11-19T12:00:00Z").await;
    treasury.house.set_desired("prod/api", 4);
    refuses(&treasury, "application-autoscaling:DescribeScalableTargets");
    for _ in 0..3 {
        treasury
            .invoke(json!({ "action": "tick" }), "hour")
            .await
            .failure();
        treasury
            .house
            .pass(jiff::SignedDuration::from_mins(2))
            .await;
    }
    treasury.house.account.state().faults.clear();
    treasury.until("2026-11-19T15:00:00Z").await;
    assert_eq!(treasury.house.desired("prod/api"), 0);
}

#[tokio::test(start_paused = true)]
async fn an_hour_and_its_two_retries_that_failed_on_the_way_down_use_up_one_attempt() {
    for action in ["ecs:UpdateService", "dynamodb:PutItem"] {
        let treasury = spent().await;
        treasury.tick().await.report();
        treasury.until("2026-11-19T12:00:00Z").await;
        treasury.house.set_desired("prod/api", 4);
        refuses(&treasury, action);
        for _ in 0..3 {
            treasury
                .invoke(json!({ "action": "tick" }), "hour")
                .await
                .failure();
            treasury
                .house
                .pass(jiff::SignedDuration::from_mins(2))
                .await;
        }
        treasury.house.account.state().faults.clear();
        treasury.until("2026-11-19T15:00:00Z").await;
        assert_eq!(treasury.house.desired("prod/api"), 0, "{action}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_stop_that_could_not_look_at_the_clusters_does_not_say_that_nothing_is_tagged() {
    let treasury = spent().await;
    refuses(&treasury, "ecs:DescribeClusters");
    treasury.tick().await.failure();
    treasury.house.account.state().faults.clear();
    treasury.tick().await.report();
    assert_eq!(treasury.house.desired("prod/api"), 0);
    let page = treasury.notice("budget-stopped");
    assert!(page["done"].to_string().contains("prod/api"), "{page}");
}
