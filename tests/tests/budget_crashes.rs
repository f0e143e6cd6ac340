//! The guard dies at every call of a stop and of a restore, before and after its effect, and so does
//! its answer; what Lambda delivers again, and the next hour, make it good. So they do where AWS refuses
//! a call until then.

use contracts::Treasury;
use jiff::SignedDuration;
use rehearsal::fault::{Fault, Rule};
use serde_json::{Value, json};

const STACK: &str = r#"
clusters:
  - name: prod
    services:
      - {name: api, desired: 3, scaling: {min: 2, max: 10, suspended: {in: true}}, tags: {"caretaker:budget": "stop/20"}}
      - {name: web, desired: 2, tags: {"caretaker:budget": "stop/10"}}
      - {name: pay, desired: 2, tags: {"caretaker:budget": "keep"}}
budgets:
  - name: monthly
    limit: "100"
    spent: "50"
    notifications:
      - { at: { percent: 100 }, topic: caretaker-BudgetStop }
"#;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Edge {
    Stop,
    Restore,
}

/// What a user sees of the stack.
fn seen(treasury: &Treasury) -> Value {
    let house = &treasury.house;
    json!({
        "api": house.desired("prod/api"),
        "api's target": house.target("prod/api"),
        "web": house.desired("prod/web"),
        "pay": house.desired("prod/pay"),
    })
}

fn restore() -> Value {
    json!({ "action": "restore", "budget": "monthly", "allow": "5", "by": "ana", "why": "release" })
}

/// An event, then Lambda's second and third delivery of it, if the one before did not end well.
async fn delivered(treasury: &Treasury, event: Value, id: &str) {
    for minutes in [1, 2, 0] {
        if let contracts::house::Ended::Reported(_) = treasury.invoke(event.clone(), id).await {
            return;
        }
        treasury.house.account.state().faults.clear();
        treasury
            .house
            .pass(SignedDuration::from_mins(minutes))
            .await;
    }
}

/// A stop and a restore; `strike` may add a fault before either. What was seen while stopped.
async fn a_stop_and_a_restore(strike: impl Fn(&Treasury, Edge)) -> Value {
    let treasury = Treasury::new("2026-11-19T10:00:00Z", STACK);
    treasury.tick().await.report();
    let before = seen(&treasury);
    treasury.house.pass(SignedDuration::from_mins(30)).await;
    treasury.reports("101");
    strike(&treasury, Edge::Stop);
    delivered(&treasury, json!({ "action": "tick" }), "stop").await;
    treasury.house.account.state().faults.clear();
    let hours = ["2026-11-19T11:00:00Z", "2026-11-19T12:00:00Z"];
    treasury.ticks(hours).await;
    assert_eq!(treasury.state().as_deref(), Some("stopped"));
    let stopped = seen(&treasury);
    strike(&treasury, Edge::Restore);
    delivered(&treasury, restore(), "restore").await;
    treasury.house.account.state().faults.clear();
    let hours = ["2026-11-19T13:00:00Z", "2026-11-19T14:00:00Z"];
    treasury.ticks(hours).await;
    if treasury.state().as_deref() == Some("stopped") {
        // The person has to ask again: their wish was lost before it was written down.
        delivered(&treasury, restore(), "again").await;
        let hours = ["2026-11-19T15:00:00Z", "2026-11-19T16:00:00Z"];
        treasury.ticks(hours).await;
    }
    assert_eq!(seen(&treasury), before, "everyone has what they had");
    let standing = treasury.house.standing();
    let open = standing.iter().filter(|key| key.starts_with("service#"));
    assert_eq!(open.count(), 0, "every record is closed");
    stopped
}

/// How many calls of the guard an edge takes.
async fn calls_at(edge: Edge) -> usize {
    let counted = std::cell::Cell::new(0);
    let ours = |treasury: &Treasury| {
        let state = treasury.house.account.state();
        let calls = state.calls.iter();
        calls.filter(|call| call.caller == "budget-guard").count()
    };
    let treasury = Treasury::new("2026-11-19T10:00:00Z", STACK);
    treasury.tick().await.report();
    treasury.reports("101");
    let before = ours(&treasury);
    treasury.tick().await.report();
    counted.set(ours(&treasury) - before);
    if edge == Edge::Restore {
        let before = ours(&treasury);
        treasury.invoke(restore(), "restore").await.report();
        counted.set(ours(&treasury) - before);
    }
    counted.get()
}

async fn strike_every_call(fault: Fault) {
    let expected = a_stop_and_a_restore(|_, _| {}).await;
    assert_eq!((&expected["api"], &expected["web"]), (&json!(0), &json!(0)));
    for edge in [Edge::Stop, Edge::Restore] {
        let calls = calls_at(edge).await;
        assert!(calls > 10, "{edge:?} is more than {calls} calls");
        for skip in 0..calls {
            let stopped = a_stop_and_a_restore(|treasury, now| {
                if now == edge {
                    let rule = Rule {
                        caller: Some("budget-guard".to_owned()),
                        skip,
                        times: 1,
                        ..Rule::always(fault)
                    };
                    treasury.house.account.state().faults.add(rule);
                }
            })
            .await;
            assert_eq!(stopped, expected, "{fault:?} at call {skip} of {edge:?}");
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
async fn any_call_that_is_throttled_is_tried_again() {
    strike_every_call(Fault::Throttle).await;
}

#[tokio::test(start_paused = true)]
async fn a_refusal_of_any_call_once_loses_nothing() {
    strike_every_call(Fault::AccessDenied).await;
}

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
