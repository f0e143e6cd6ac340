//! Two events of a spent budget at once, and one at the edge of the night: whatever the order of
//! their calls, every service is put down once and keeps what it had.
//!
//! Two runs of two dozen calls have more orders than can be tried. Of the night and the guard, all
//! orders with up to three changes of turn are tried at the calls whose order can matter;
//! `crates/domain/tests/together` tries any order of the steps on a model.

use budget_guard::Aws;
use contracts::Treasury;
use contracts::house::config;
use contracts::turns::{Gated, Run};
use serde_json::{Value, json};

const STACK: &str = r#"
clusters:
  - name: prod
    services:
      - {name: api, desired: 3, scaling: {min: 2, max: 10}, tags: {"caretaker:budget": "stop", "caretaker:hours": "Mon-Fri 08:00-20:00 Europe/Berlin"}}
budgets:
  - { name: monthly, limit: "100", spent: "50" }
"#;

const DUSK: &str = "2026-11-19T19:00:00Z";
const DAWN: &str = "2026-11-20T07:00:00Z";

/// A run of the guard; whether it ended well.
async fn guards(run: &Run, treasury: &Treasury, event: Value, id: &str) -> bool {
    let config = config(run.gated.clone(), "budget-guard");
    let aws = Aws::new(&config, &treasury.settings);
    let invocation = treasury.invocation(id);
    let ended = budget_guard::handle(&aws, &treasury.settings, event, &invocation).await;
    run.ends();
    ended.is_ok()
}

/// A tick of the night; whether it ended well.
async fn rests(run: &Run, treasury: &Treasury, id: &str) -> bool {
    let house = &treasury.house;
    let aws = contracts::house::client(run.gated.clone(), &house.settings);
    let invocation = house.invocation(id);
    let ended = off_hours::handle(&aws, &house.settings, tick(), &invocation).await;
    run.ends();
    ended.is_ok()
}

fn tick() -> Value {
    json!({ "action": "tick" })
}

/// The letter of a spent budget.
fn message() -> Value {
    serde_json::from_str(include_str!("../../events/budget-guard/actual.json")).unwrap()
}

fn restore() -> Value {
    json!({ "action": "restore", "budget": "monthly", "allow": "9", "by": "ana", "why": "w" })
}

/// Half past seven in the evening in Berlin, with a budget that is armed.
async fn armed() -> Treasury {
    let treasury = Treasury::new("2026-11-19T18:30:00Z", STACK);
    treasury.tick().await.report();
    treasury
}

/// The same with a budget that is spent since, which no run has seen.
async fn spent() -> Treasury {
    let treasury = armed().await;
    treasury.reports("101");
    treasury
}

/// The same after the guard has seen it.
async fn stopped() -> Treasury {
    let treasury = spent().await;
    treasury.tick().await.report();
    assert_eq!(treasury.house.desired("prod/api"), 0);
    treasury
}

/// A day that ends with a tick of the night.
async fn after_an_evening(treasury: Treasury) -> Treasury {
    treasury.house.until(DUSK).await;
    treasury.house.tick().await.report();
    treasury.house.until(DAWN).await;
    treasury
}

/// What the budget holds is down, whatever the hour.
async fn is_down(treasury: &Treasury, order: &str) {
    treasury.house.until("2026-11-20T08:00:00Z").await;
    treasury.tick().await.report();
    treasury.house.tick().await.report();
    assert_eq!(treasury.house.desired("prod/api"), 0, "{order}");
    let state = treasury.state();
    let stops = matches!(state.as_deref(), Some("stopping" | "stopped"));
    assert!(stops, "{order}: {state:?}");
}

/// After two ticks of the night by day, what was restored is there as it was.
async fn comes_back(treasury: &Treasury, order: &str) {
    let house = &treasury.house;
    for at in ["2026-11-20T09:00:00Z", "2026-11-20T09:20:00Z"] {
        house.until(at).await;
        house.tick().await.report();
    }
    assert_eq!(house.desired("prod/api"), 3, "{order}");
    let target = json!({ "min": 2, "max": 10, "suspended": [false, false, false] });
    assert_eq!(house.target("prod/api"), target, "{order}");
    let resting = house.standing().into_iter();
    let resting: Vec<String> = resting
        .filter(|item| item.starts_with("service#"))
        .collect();
    assert_eq!(resting, [""; 0], "{order}");
}

// Two of the guard's.

const CALLS: usize = 26;

#[tokio::test(start_paused = true)]
async fn of_two_events_at_once_one_stops_and_the_other_finds_that_it_is_done() {
    for a in 0..CALLS {
        for b in [1, 8, 14, 18] {
            let treasury = spent().await;
            let [one, two] = [0, 1].map(|_| Run::new(Gated::new(treasury.line.clone())));
            let turns = async {
                one.calls(a).await;
                two.calls(b).await;
                two.to_the_end().await;
                one.to_the_end().await;
            };
            tokio::join!(
                guards(&one, &treasury, tick(), "one"),
                guards(&two, &treasury, tick(), "two"),
                turns
            );
            assert_eq!(treasury.calls("ecs:UpdateService"), 1, "{a} {b}");
            let order = format!("{a} {b}");
            is_down(&treasury, &order).await;
            treasury.invoke(restore(), "restore").await.report();
            comes_back(&treasury, &order).await;
        }
    }
}

// One of the guard's and one of the night's.

/// Whether the other run can see that this call was made, or what it answers depends on the other's:
/// the ledger, the count, and the scalable target. Whichever of two other calls comes first, the same
/// follows.
fn matters(target: &str) -> bool {
    let (service, operation) = target.split_once('.').unwrap_or_default();
    match service {
        "AmazonEC2ContainerServiceV20141113" => {
            matches!(operation, "DescribeServices" | "UpdateService")
        }
        _ => service.starts_with("DynamoDB") || service == "AnyScaleFrontendService",
    }
}

/// How far each of the two got.
struct Met {
    /// The guard's run ended well.
    guarded: bool,
    /// Each was over before it had made as many calls as it was to make before its first break.
    over: [bool; 2],
}

/// A run of the guard for this event and a tick of the night at once. The `first` of the two makes so
/// many calls, then the other so many, then the first goes on to its end, and then the other.
async fn meet(treasury: &Treasury, event: Value, first: usize, calls: [usize; 2]) -> Met {
    let lines = [&treasury.line, &treasury.house.line];
    let runs = lines.map(|line| Run::new(Gated::at(line.clone(), matters)));
    let order = [first, 1 - first].map(|one| &runs[one]);
    let turns = async {
        let mut over = [false; 2];
        for (run, calls) in order.iter().zip(calls) {
            run.calls(calls).await;
        }
        over.iter_mut()
            .zip(order)
            .for_each(|(over, run)| *over = run.has_ended());
        order[0].to_the_end().await;
        order[1].to_the_end().await;
        over
    };
    let (guarded, _, over) = tokio::join!(
        guards(&runs[0], treasury, event, "guard"),
        rests(&runs[1], treasury, "night"),
        turns
    );
    Met { guarded, over }
}

/// Every order with up to three changes of turn in which this one of the two is the first.
async fn every_order(
    first: usize,
    event: fn() -> Value,
    begins: impl AsyncFn() -> Treasury,
    ends: impl AsyncFn(&Treasury, bool, &str),
) {
    for a in 0.. {
        let mut over = [false; 2];
        for b in 0.. {
            let treasury = begins().await;
            let met = meet(&treasury, event(), first, [a, b]).await;
            ends(&treasury, met.guarded, &format!("{first}: {a} {b}")).await;
            over = met.over;
            if over[1] {
                break;
            }
        }
        if over[0] {
            return;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_letter_that_is_overtaken_by_a_run_which_read_less_comes_again() {
    for a in 0..CALLS {
        for b in 0..CALLS {
            let treasury = Treasury::new("2026-11-19T18:30:00Z", STACK);
            treasury.tick().await.report();
            treasury.reports("60");
            let [hour, letter] = [0, 1].map(|_| Run::new(Gated::new(treasury.line.clone())));
            let order = async {
                hour.calls(a).await;
                treasury.reports("101");
                letter.calls(b).await;
                hour.to_the_end().await;
                letter.to_the_end().await;
            };
            let (_, well, ()) = tokio::join!(
                guards(&hour, &treasury, tick(), "hour"),
                guards(&letter, &treasury, message(), "letter"),
                order
            );
            let stopped = treasury.house.desired("prod/api") == 0;
            assert!(
                stopped || !well,
                "{a} {b}: the letter is gone, and nothing stopped"
            );
        }
    }
}

/// Each function takes its share of one and the same bucket, so together they ask for more than there
/// is. What ECS throttles is asked again by the SDK, and what is left by the next run.
#[tokio::test(start_paused = true)]
async fn a_night_and_a_stop_at_once_ask_for_more_than_there_is_and_both_come_to_their_end() {
    const EACH: usize = 150;
    let service = |kind: &str, tag: &str, number: usize| {
        format!("      - {{name: {kind}-{number:03}, desired: 1, tags: {{{tag}}}}}\n")
    };
    let hours = r#""caretaker:hours": "Mon-Fri 08:00-20:00 Europe/Berlin""#;
    let budget = r#""caretaker:budget": "stop""#;
    let night = (0..EACH).map(|number| service("night", hours, number));
    let money = (0..EACH).map(|number| service("money", budget, number));
    let services: String = night.chain(money).collect();
    let stack = format!(
        "clusters:\n  - name: prod\n    services:\n{services}budgets:\n  - {{ name: monthly, limit: \"1000\", spent: \"50\" }}\n"
    );
    let treasury = Treasury::new("2026-11-19T17:00:00Z", &stack);
    treasury.ticks(["2026-11-19T18:00:00Z"]).await;
    treasury.reports("1001");
    treasury.house.until("2026-11-19T19:00:00Z").await;
    let names = ["night", "money"]
        .map(|kind| (0..EACH).map(move |number| format!("prod/{kind}-{number:03}")));
    let names: Vec<String> = names.into_iter().flatten().collect();
    let up = || {
        names
            .iter()
            .filter(|name| treasury.house.desired(name) > 0)
            .count()
    };
    let mut rounds = 0;
    while up() > 0 && rounds < 3 {
        tokio::join!(treasury.house.tick(), treasury.tick());
        treasury
            .house
            .pass(jiff::SignedDuration::from_mins(5))
            .await;
        rounds += 1;
    }
    assert_eq!(up(), 0, "after {rounds} rounds");
    let state = treasury.house.account.state();
    let throttled = state
        .calls
        .iter()
        .filter(|call| call.action == "ecs:UpdateService" && call.refused.is_some());
    assert!(throttled.count() > 0, "they met");
}

/// A stop that met a tick is whole after the next, and is restored.
async fn stops(treasury: &Treasury, _: bool, order: &str) {
    is_down(treasury, order).await;
    treasury.invoke(restore(), "restore").await.report();
    comes_back(treasury, order).await;
}

/// A restore that met a tick and could not be ended is ended by the guard's next; one of which nothing
/// was written down is asked for again by the person who was told that it failed.
async fn restores(treasury: &Treasury, guarded: bool, order: &str) {
    if !guarded {
        treasury.house.until("2026-11-20T08:00:00Z").await;
        treasury.tick().await.report();
        if treasury.state().as_deref() == Some("stopped") {
            treasury.invoke(restore(), "again").await.report();
        }
    }
    comes_back(treasury, order).await;
}

/// A restore at dusk lets go what the night holds from then on.
async fn restores_into_the_night(treasury: &Treasury, guarded: bool, order: &str) {
    treasury.house.until("2026-11-19T19:30:00Z").await;
    treasury.house.tick().await.report();
    assert_eq!(treasury.house.desired("prod/api"), 0, "{order}");
    restores(treasury, guarded, order).await;
}

async fn stop_and_dusk() -> Treasury {
    let treasury = spent().await;
    treasury.house.until(DUSK).await;
    treasury
}

async fn stop_and_dawn() -> Treasury {
    let treasury = after_an_evening(armed().await).await;
    treasury.reports("101");
    treasury
}

async fn restore_and_dusk() -> Treasury {
    let treasury = stopped().await;
    treasury.house.until(DUSK).await;
    treasury
}

async fn restore_and_dawn() -> Treasury {
    after_an_evening(stopped().await).await
}

#[tokio::test(start_paused = true)]
async fn a_stop_that_meets_the_evening_and_the_evening_do_not_undo_each_other() {
    every_order(0, tick, stop_and_dusk, stops).await;
}

#[tokio::test(start_paused = true)]
async fn nor_does_an_evening_that_meets_a_stop() {
    every_order(1, tick, stop_and_dusk, stops).await;
}

#[tokio::test(start_paused = true)]
async fn a_stop_that_meets_the_morning_and_the_morning_do_not_undo_each_other() {
    every_order(0, tick, stop_and_dawn, stops).await;
}

#[tokio::test(start_paused = true)]
async fn nor_does_a_morning_that_meets_a_stop() {
    every_order(1, tick, stop_and_dawn, stops).await;
}

#[tokio::test(start_paused = true)]
async fn a_restore_that_meets_the_evening_leaves_it_to_the_night() {
    every_order(0, restore, restore_and_dusk, restores_into_the_night).await;
}

#[tokio::test(start_paused = true)]
async fn so_does_an_evening_that_meets_a_restore() {
    every_order(1, restore, restore_and_dusk, restores_into_the_night).await;
}

#[tokio::test(start_paused = true)]
async fn a_restore_that_meets_the_morning_gives_everything_back() {
    every_order(0, restore, restore_and_dawn, restores).await;
}

#[tokio::test(start_paused = true)]
async fn so_does_a_morning_that_meets_a_restore() {
    every_order(1, restore, restore_and_dawn, restores).await;
}
