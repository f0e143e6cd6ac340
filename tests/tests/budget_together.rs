//! Two events of a spent budget at once, and one at the edge of the night: whatever the order of
//! their calls, every service is put down once and keeps what it had.

use std::cell::Cell;
use std::rc::Rc;

use budget_guard::Aws;
use contracts::Treasury;
use contracts::house::config;
use contracts::turns::Gated;
use serde_json::json;

const STACK: &str = r#"
clusters:
  - name: prod
    services:
      - {name: api, desired: 3, scaling: {min: 2, max: 10}, tags: {"caretaker:budget": "stop", "caretaker:hours": "Mon-Fri 08:00-20:00 Europe/Berlin"}}
budgets:
  - { name: monthly, limit: "100", spent: "50" }
"#;

/// One of two runs.
struct Run {
    gated: Gated,
    ended: Rc<Cell<bool>>,
}

impl Run {
    fn new(line: &rehearsal::in_process::Line) -> Self {
        Self {
            gated: Gated::new(line.clone()),
            ended: Rc::default(),
        }
    }

    async fn calls(&self, count: usize) {
        for _ in 0..count {
            self.gated.let_one_through(|| self.ended.get()).await;
        }
    }

    async fn to_the_end(&self) {
        while !self.ended.get() {
            self.calls(1).await;
        }
    }

    /// A tick of the guard; whether it ended well.
    async fn guards(&self, treasury: &Treasury, id: &str) -> bool {
        let aws = Aws::new(
            &config(self.gated.clone(), "budget-guard"),
            &treasury.settings,
        );
        let invocation = treasury.invocation(id);
        let event = json!({ "action": "tick" });
        let ended = budget_guard::handle(&aws, &treasury.settings, event, &invocation).await;
        self.ended.set(true);
        ended.is_ok()
    }

    /// A tick of the night.
    async fn rests(&self, treasury: &Treasury, id: &str) -> bool {
        let house = &treasury.house;
        let aws = contracts::house::client(self.gated.clone(), &house.settings);
        let invocation = house.invocation(id);
        let event = json!({ "action": "tick" });
        let ended = off_hours::handle(&aws, &house.settings, event, &invocation).await;
        self.ended.set(true);
        ended.is_ok()
    }
}

/// Half past seven in the evening in Berlin, with a budget that was armed and is spent now.
async fn spent() -> Treasury {
    let treasury = Treasury::new("2026-11-19T18:30:00Z", STACK);
    treasury.tick().await.report();
    treasury.reports("101");
    treasury
}

/// The first makes so many calls, then the second so many, then both go on to their ends, the second
/// first.
async fn turns(runs: [&Run; 2], [a, b]: [usize; 2]) {
    runs[0].calls(a).await;
    runs[1].calls(b).await;
    runs[1].to_the_end().await;
    runs[0].to_the_end().await;
}

/// Everything is down for the budget, and comes back with what it had.
async fn all_is_well(treasury: Treasury, order: [usize; 2]) {
    let hours = ["2026-11-19T20:00:00Z", "2026-11-19T21:00:00Z"];
    treasury.ticks(hours).await;
    let house = &treasury.house;
    assert_eq!(house.desired("prod/api"), 0, "{order:?}");
    assert_eq!(treasury.state().as_deref(), Some("stopped"), "{order:?}");
    let restore =
        json!({ "action": "restore", "budget": "monthly", "allow": "9", "by": "ana", "why": "w" });
    treasury.invoke(restore, "restore").await.report();
    let hours = ["2026-11-20T07:00:00Z", "2026-11-20T08:00:00Z"];
    treasury.ticks(hours).await;
    assert_eq!(house.desired("prod/api"), 3, "{order:?}");
    let target = json!({ "min": 2, "max": 10, "suspended": [false, false, false] });
    assert_eq!(house.target("prod/api"), target, "{order:?}");
}

const CALLS: usize = 26;

#[tokio::test(start_paused = true)]
async fn of_two_events_at_once_one_stops_and_the_other_finds_that_it_is_done() {
    for a in 0..CALLS {
        for b in [1, 8, 14, 18] {
            let treasury = spent().await;
            let runs = [0, 1].map(|_| Run::new(&treasury.line));
            let [one, two] = &runs;
            tokio::join!(
                one.guards(&treasury, "one"),
                two.guards(&treasury, "two"),
                turns([one, two], [a, b])
            );
            assert_eq!(treasury.calls("ecs:UpdateService"), 1, "{a} {b}");
            all_is_well(treasury, [a, b]).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_stop_at_the_edge_of_the_night_and_the_night_s_tick_do_not_undo_each_other() {
    for a in 0..CALLS {
        for b in [2, 6, 8] {
            let treasury = spent().await;
            treasury.house.until("2026-11-19T19:00:00Z").await;
            let runs = [0, 1].map(|_| Run::new(&treasury.line));
            let [guard, night] = &runs;
            tokio::join!(
                guard.guards(&treasury, "guard"),
                night.rests(&treasury, "night"),
                turns([guard, night], [a, b])
            );
            all_is_well(treasury, [a, b]).await;
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
            let [hour, letter] = [0, 1].map(|_| Run::new(&treasury.line));
            let order = async {
                hour.calls(a).await;
                treasury.reports("101");
                letter.calls(b).await;
                hour.to_the_end().await;
                letter.to_the_end().await;
            };
            let (_, well, ()) = tokio::join!(
                hour.guards(&treasury, "hour"),
                letter.guards(&treasury, "letter"),
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

/// Seven in the morning in Berlin: the night has put the service to rest, and the budget is spent.
async fn spent_in_the_morning() -> Treasury {
    let treasury = Treasury::new("2026-11-20T06:00:00Z", STACK);
    treasury.ticks(["2026-11-20T06:05:00Z"]).await;
    assert_eq!(treasury.house.desired("prod/api"), 0);
    treasury.reports("101");
    treasury
}

#[tokio::test(start_paused = true)]
async fn a_stop_at_the_end_of_the_night_and_the_night_s_tick_keep_what_the_service_had() {
    for a in 0..CALLS {
        for b in [2, 6, 8, 10] {
            let treasury = spent_in_the_morning().await;
            treasury.house.until("2026-11-20T07:00:00Z").await;
            let runs = [0, 1].map(|_| Run::new(&treasury.line));
            let [guard, night] = &runs;
            tokio::join!(
                guard.guards(&treasury, "guard"),
                night.rests(&treasury, "night"),
                turns([guard, night], [a, b])
            );
            let hours = ["2026-11-20T07:05:00Z", "2026-11-20T08:00:00Z"];
            treasury.ticks(hours).await;
            let house = &treasury.house;
            assert_eq!(house.desired("prod/api"), 0, "{a} {b}");
            let restore = json!({ "action": "restore", "budget": "monthly", "allow": "9", "by": "ana", "why": "w" });
            treasury.invoke(restore, "restore").await.report();
            treasury
                .ticks(["2026-11-20T08:10:00Z", "2026-11-20T09:00:00Z"])
                .await;
            assert_eq!(house.desired("prod/api"), 3, "{a} {b}");
            let target = json!({ "min": 2, "max": 10, "suspended": [false, false, false] });
            assert_eq!(house.target("prod/api"), target, "{a} {b}");
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
