//! A month's money runs out, with everything that can go wrong about that: the guard beside the
//! night, in one account.

use contracts::Treasury;
use contracts::treasury::{TOPICS, swallowing};
use rehearsal::fault::{Fault, Rule};
use serde_json::{Value, json};

/// Thirty services, some by day only, on Fargate and on instances; five that are kept whatever it
/// costs. They cost about 0.9 USD an hour.
fn thirty() -> String {
    let mut services = String::new();
    for number in 0..30 {
        let rank = number % 3 * 10 + 10;
        let budget = match number % 6 {
            5 => "keep".to_owned(),
            _ => format!("stop/{rank}"),
        };
        let launch = match number % 2 {
            0 => "fargate",
            _ => "'provider:hosts'",
        };
        let hours = match number % 3 {
            0 => r#", "caretaker:hours": "Mon-Fri 08:00-20:00 Europe/Berlin""#,
            _ => "",
        };
        let scaling = match number % 5 {
            0 => ", scaling: {min: 2, max: 10}",
            _ => "",
        };
        services.push_str(&format!(
            "      - {{name: s{number:02}, desired: 2, launch: {launch}{scaling}, \
             tags: {{\"caretaker:budget\": \"{budget}\"{hours}}}}}\n"
        ));
    }
    format!(
        r#"
clusters:
  - name: prod
    services:
{services}
groups:
  - {{name: hosts, min: 0, max: 6, desired: 4, provider: hosts, cluster: prod, tasks-per-instance: 10}}
beside:
  - {{kind: loadbalancer, tags: {{team: shop}}}}
  - {{kind: volume, count: 2, tags: {{team: shop}}}}
{BUDGET}"#
    )
}

const BUDGET: &str = r#"
budgets:
  - name: monthly
    limit: "100"
    spent: "50"
    notifications:
      - { at: { percent: 80 }, topic: caretaker-BudgetWarn }
      - { at: { percent: 100 }, topic: caretaker-BudgetStop }
"#;

/// One scaled service that the budget may stop, and one that it may not.
fn two() -> String {
    format!(
        r#"
clusters:
  - name: prod
    services:
      - {{name: api, desired: 3, scaling: {{min: 2, max: 10}}, tags: {{"caretaker:budget": "stop/20"}}}}
      - {{name: pay, desired: 2, tags: {{"caretaker:budget": "keep"}}}}
{BUDGET}"#
    )
}

/// What a user sees of a service.
fn seen(treasury: &Treasury, service: &str) -> Value {
    let house = &treasury.house;
    json!({ "desired": house.desired(service), "target": house.target(service) })
}

fn all(treasury: &Treasury) -> Vec<Value> {
    (0..30)
        .map(|number| seen(treasury, &format!("prod/s{number:02}")))
        .collect()
}

/// The desired counts of the thirty services, as digits.
fn counts(treasury: &Treasury) -> String {
    let counts = (0..30).map(|number| treasury.house.desired(&format!("prod/s{number:02}")));
    counts.map(|count| count.to_string()).collect()
}

/// The thirty services when everything tagged `stop` is down: the kept are up.
const STOPPED: &str = "000002000002000002000002000002";

/// Two and a half hours of ticks, so that the guard knows what runs, up to noon in Berlin of a day.
async fn metered(stack: &str, day: &str) -> Treasury {
    let treasury = Treasury::new(&format!("{day}T08:30:00Z"), stack);
    treasury.until(&format!("{day}T11:00:00Z")).await;
    treasury
}

/// `two()`, stopped at noon of the 19th.
async fn stopped() -> Treasury {
    let treasury = metered(&two(), "2026-11-19").await;
    treasury.reports("101");
    treasury.tick().await.report();
    assert_eq!(treasury.house.desired("prod/api"), 0);
    treasury.until("2026-11-19T12:00:00Z").await;
    assert_eq!(treasury.state().as_deref(), Some("stopped"));
    treasury
}

#[tokio::test(start_paused = true)]
async fn a_breach_on_day_19_stops_what_may_be_stopped_and_the_new_month_gives_back_what_each_had() {
    let treasury = metered(&thirty(), "2026-11-19").await;
    let day = all(&treasury);
    treasury.reports("85");
    treasury.until("2026-11-19T16:00:00Z").await;
    assert_eq!(all(&treasury), day, "a warning stops nothing");
    assert_eq!(treasury.notices(), ["budget-warned"]);

    treasury.until("2026-11-19T20:00:00Z").await;
    assert!(counts(&treasury).starts_with("022022"), "the night runs");
    treasury.reports("100.50");
    let letters = treasury.messages_since(1);
    assert_eq!(letters.len(), 1, "a letter comes for the second rung");
    treasury.invoke(letters[0].clone(), "letter").await.report();
    assert_eq!(counts(&treasury), night_of(STOPPED));
    let page = treasury.notice("budget-stopped");
    let facts = page["facts"].to_string();
    assert!(facts.contains("Goes on after a stop"), "{facts}");
    assert!(
        facts.contains("unknown: ") && facts.contains("EBS volumes"),
        "{facts}"
    );

    treasury.until("2026-11-20T12:00:00Z").await;
    assert_eq!(
        counts(&treasury),
        STOPPED,
        "in the morning the stopped stay down"
    );
    assert_eq!(treasury.state().as_deref(), Some("stopped"));

    // Ten days without a tick are as good as ten with them.
    treasury.house.until("2026-11-30T22:00:00Z").await;
    treasury.until("2026-12-01T00:00:00Z").await;
    assert_eq!(counts(&treasury), night_of(STOPPED));
    treasury.reports("104");
    treasury.until("2026-12-01T06:00:00Z").await;
    assert_eq!(
        counts(&treasury),
        night_of(STOPPED),
        "late charges are no new month"
    );
    treasury.reports("0.40");
    treasury.until("2026-12-01T12:00:00Z").await;
    assert_eq!(all(&treasury), day, "everything has exactly what it had");
    assert_eq!(treasury.state().as_deref(), Some("armed"));
    assert!(
        !treasury
            .house
            .standing()
            .iter()
            .any(|key| key.starts_with("service#"))
    );
    let notices = treasury.notices();
    assert_eq!(notices[..2], ["budget-warned", "budget-stopped"]);
    assert!(
        notices.contains(&"budget-stopped over".to_owned()),
        "{notices:?}"
    );
}

/// The same counts at night: every third service has hours, the kept among them too.
fn night_of(counts: &str) -> String {
    let counts = counts.chars().enumerate();
    counts
        .map(|(number, count)| if number % 3 == 0 { '0' } else { count })
        .collect()
}

#[tokio::test(start_paused = true)]
async fn a_billing_error_of_a_billion_stops_nothing_and_pages_once() {
    let treasury = metered(&thirty(), "2026-11-19").await;
    let day = all(&treasury);
    treasury.reports("183965812157.54");
    for letter in treasury.messages_since(0) {
        treasury.invoke(letter, "letter").await.report();
    }
    treasury.until("2026-11-19T16:00:00Z").await;
    assert_eq!(all(&treasury), day);
    assert_eq!(treasury.notices(), ["budget-implausible"]);
    assert_eq!(treasury.notice("budget-implausible")["severity"], "page");
    assert_eq!(treasury.calls("ecs:UpdateService"), 0);
    treasury.reports("51");
    treasury.until("2026-11-19T17:00:00Z").await;
    let told = ["budget-implausible", "budget-implausible over"];
    assert_eq!(treasury.notices(), told);
}

#[tokio::test(start_paused = true)]
async fn a_redeployment_while_stopped_is_put_down_a_few_times_and_then_paged() {
    let treasury = stopped().await;
    for times in 1..=3 {
        treasury.house.set_desired("prod/api", 4);
        treasury.tick().await.report();
        assert_eq!(treasury.house.desired("prod/api"), 0, "{times}");
        assert_eq!(
            treasury.notice("budget-raised-while-stopped")["severity"],
            "digest"
        );
        treasury
            .house
            .pass(jiff::SignedDuration::from_mins(5))
            .await;
    }
    treasury.house.set_desired("prod/api", 4);
    treasury.tick().await.report();
    treasury.until("2026-11-19T15:00:00Z").await;
    assert_eq!(
        treasury.house.desired("prod/api"),
        4,
        "it is not fought for ever"
    );
    let page = treasury.notice("budget-raised-while-stopped");
    assert_eq!(page["severity"], "page", "{page}");
}

#[tokio::test(start_paused = true)]
async fn a_stranger_s_message_stops_nothing_and_is_told_once() {
    let treasury = metered(&two(), "2026-11-19").await;
    let file = std::fs::read_to_string("../events/budget-guard/actual.json").unwrap();
    let mut letter: Value = serde_json::from_str(&file.replace("$8.40", "$9,999.00")).unwrap();
    letter["Records"][0]["Sns"]["TopicArn"] = json!(TOPICS[1]);
    let mut strange: Value = serde_json::from_str(&file.replace("monthly", "other")).unwrap();
    strange["Records"][0]["Sns"]["TopicArn"] = json!("arn:aws:sns:eu-central-1:666666666666:evil");
    for event in [letter, strange.clone(), strange] {
        treasury.invoke(event, "stranger").await.report();
    }
    assert_eq!(treasury.house.desired("prod/api"), 3);
    assert_eq!(treasury.notices(), ["budget-message-foreign"]);
}

/// The sample letter about this rung, by that topic, under that message id.
fn letter(rung: &str, topic: &str, id: &str) -> Value {
    let file = std::fs::read_to_string("../events/budget-guard/actual.json").unwrap();
    let mut letter: Value = serde_json::from_str(&file.replace("$8.00", rung)).unwrap();
    letter["Records"][0]["Sns"]["TopicArn"] = json!(topic);
    letter["Records"][0]["Sns"]["MessageId"] = json!(id);
    letter
}

#[tokio::test(start_paused = true)]
async fn messages_that_come_twice_under_another_id_and_in_reverse_are_one_stop_and_a_journal_entry_each()
 {
    let treasury = metered(&two(), "2026-11-19").await;
    treasury.reports("101");
    let before = treasury.house.journal("2026-11-19").len();
    let stop = letter("$100.00", TOPICS[1], "one");
    let same = letter("$100.00", TOPICS[1], "two");
    let warning = letter("$80.00", TOPICS[0], "three");
    for event in [stop.clone(), stop, same, warning] {
        treasury.invoke(event, "message").await.report();
        treasury
            .house
            .pass(jiff::SignedDuration::from_secs(5))
            .await;
    }
    assert_eq!(treasury.calls("ecs:UpdateService"), 1);
    assert_eq!(treasury.notices(), ["budget-stopped"]);
    // An event that is delivered again has the entry that it had.
    assert_eq!(treasury.house.journal("2026-11-19").len() - before, 3);
}

#[tokio::test(start_paused = true)]
async fn a_person_restores_with_a_little_more_and_the_next_overrun_stops_again() {
    let treasury = stopped().await;
    let restore = |allow: Value| json!({ "action": "restore", "budget": "monthly", "allow": allow, "by": "ana", "why": "release" });
    let refused = treasury.invoke(restore(Value::Null), "refused").await;
    assert!(refused.failure().contains("it would stop again at once"));
    let report = treasury
        .invoke(restore(json!("3.00")), "restore")
        .await
        .report();
    assert_eq!(report["answer"]["up_to"], "104");
    treasury.until("2026-11-19T13:00:00Z").await;
    let had = json!({ "desired": 3, "target": { "min": 2, "max": 10, "suspended": [false, false, false] } });
    assert_eq!(seen(&treasury, "prod/api"), had);
    treasury.reports("104.10");
    treasury.until("2026-11-19T14:00:00Z").await;
    assert_eq!(treasury.house.desired("prod/api"), 0);
}

#[tokio::test(start_paused = true)]
async fn a_veto_in_the_grace_keeps_services_up_until_it_ends() {
    let grace = |name: &str| (name == "GRACE_MINUTES").then_some("120");
    let treasury = Treasury::with("2026-11-19T08:30:00Z", &two(), grace);
    treasury.until("2026-11-19T11:00:00Z").await;
    treasury.reports("101");
    treasury.tick().await.report();
    assert_eq!(treasury.notices(), ["budget-grace"]);
    let veto = json!({ "action": "veto", "budget": "monthly", "until": "2026-11-19 18:00 Europe/Berlin", "by": "ana", "why": "launch" });
    treasury.invoke(veto, "veto").await.report();
    treasury.until("2026-11-19T16:55:00Z").await;
    assert_eq!(treasury.house.desired("prod/api"), 3);
    treasury.until("2026-11-19T20:00:00Z").await;
    assert_eq!(treasury.house.desired("prod/api"), 0);
}

#[tokio::test(start_paused = true)]
async fn while_the_ledger_fails_nothing_is_stopped_people_are_paged_and_the_event_comes_again() {
    for action in ["dynamodb:PutItem", "dynamodb:Query"] {
        let treasury = metered(&two(), "2026-11-19").await;
        treasury.reports("101");
        let rule = Rule {
            action: Some(action.to_owned()),
            caller: Some("budget-guard".to_owned()),
            ..Rule::always(Fault::ServerError)
        };
        treasury.house.account.state().faults.add(rule);
        let failure = treasury.tick().await.failure();
        assert!(failure.contains("did not succeed"), "{failure}");
        assert_eq!(treasury.house.desired("prod/api"), 3);
        assert_eq!(treasury.calls("ecs:UpdateService"), 0);
        assert_eq!(treasury.notices(), ["budget-ledger-failed"], "{action}");
        treasury.house.account.state().faults.clear();
        treasury.tick().await.report();
        assert_eq!(treasury.house.desired("prod/api"), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn while_a_budget_cannot_be_read_nothing_is_stopped_or_restored_and_people_are_paged() {
    for (fault, again) in [(Fault::AccessDenied, false), (Fault::Throttle, true)] {
        let treasury = metered(&two(), "2026-11-19").await;
        treasury.reports("101");
        let rule = Rule {
            action: Some("budgets:DescribeBudget".to_owned()),
            ..Rule::always(fault)
        };
        treasury.house.account.state().faults.add(rule);
        let ended = treasury.tick().await;
        assert_eq!(matches!(ended, contracts::house::Ended::Failed(_)), again);
        assert_eq!(treasury.house.desired("prod/api"), 3);
        assert_eq!(treasury.notices(), ["budget-blind"]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_dry_run_a_status_and_a_drill_write_nothing() {
    let dry = |name: &str| (name == "DRY_RUN").then_some("true");
    let treasury = Treasury::with("2026-11-19T08:30:00Z", &two(), dry);
    treasury.until("2026-11-19T11:00:00Z").await;
    treasury.reports("101");
    let report = treasury.tick().await.report();
    assert_eq!(report["changed"][0]["ending"], "dry-run", "{report}");
    let status = treasury
        .invoke(json!({ "action": "status" }), "status")
        .await;
    assert_eq!(status.report()["budgets"][0]["verdict"], "over");
    let drill = json!({ "action": "drill", "budget": "monthly" });
    let receipt = treasury.invoke(drill, "drill").await.report();
    assert_eq!(receipt["would_stop"][0]["service"], "prod/api", "{receipt}");
    assert_eq!(treasury.writes(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn two_hundred_and_fifty_services_in_three_clusters_all_stop_and_all_come_back() {
    let mut stack = String::from("clusters:\n");
    for (cluster, count) in [("one", 120), ("two", 100), ("three", 30)] {
        stack.push_str(&format!(
            "  - name: {cluster}\n    tags: {{\"caretaker:budget\": \"stop\"}}\n    services:\n"
        ));
        for number in 0..count {
            stack.push_str(&format!(
                "      - {{name: s{number:03}, desired: 1, launch: ec2}}\n"
            ));
        }
    }
    let treasury = metered(&format!("{stack}{BUDGET}"), "2026-11-19").await;
    treasury.reports("101");
    treasury.tick().await.report();
    assert_eq!(treasury.calls("ecs:UpdateService"), 250);
    let up = |treasury: &Treasury| {
        let state = treasury.house.account.state();
        let clusters = state.world.ecs.clusters.values();
        let services = clusters.flat_map(|cluster| cluster.services.values());
        services.filter(|service| service.desired > 0).count()
    };
    assert_eq!(up(&treasury), 0);
    treasury.until("2026-11-19T12:00:00Z").await;
    let restore =
        json!({ "action": "restore", "budget": "monthly", "allow": "9", "by": "ana", "why": "w" });
    treasury.invoke(restore, "restore").await.report();
    treasury.until("2026-11-19T13:00:00Z").await;
    assert_eq!(up(&treasury), 250);
}

/// What this suite says of a stop; with the stop taken out, it must be false.
async fn everything_that_may_stop_stops(treasury: Treasury) {
    treasury.tick().await.report();
    treasury.reports("101");
    treasury.tick().await.report();
    assert_eq!(treasury.house.desired("prod/api"), 0, "it is down");
    assert_eq!(treasury.house.desired("prod/pay"), 2, "it is kept");
}

#[tokio::test(start_paused = true)]
async fn what_may_stop_stops_and_what_is_kept_is_kept() {
    let treasury = Treasury::new("2026-11-19T11:00:00Z", &two());
    everything_that_may_stop_stops(treasury).await;
}

/// A guard whose call to stop a service never reaches AWS, though it is answered well.
#[tokio::test(start_paused = true)]
#[should_panic(expected = "it is down")]
async fn without_the_call_that_stops_a_service_this_suite_is_red() {
    let mut treasury = Treasury::new("2026-11-19T11:00:00Z", &two());
    treasury.through(swallowing(treasury.line.clone(), "UpdateService"));
    everything_that_may_stop_stops(treasury).await;
}

#[tokio::test(start_paused = true)]
async fn a_page_counts_what_no_stop_takes_away() {
    let stack = format!(
        r#"
clusters:
  - name: prod
    services:
      - {{name: api, desired: 3, launch: ec2, tags: {{"caretaker:budget": "stop"}}}}
      - {{name: other, desired: 2}}
groups:
  - {{name: hosts, min: 2, max: 6, desired: 4, provider: hosts, cluster: prod}}
{BUDGET}"#
    );
    let treasury = metered(&stack, "2026-11-19").await;
    treasury.reports("101");
    treasury.tick().await.report();
    assert_eq!(treasury.house.desired("prod/api"), 0);
    assert_eq!(treasury.house.desired("prod/other"), 2);
    let facts = treasury.notice("budget-stopped")["facts"].to_string();
    assert!(facts.contains("2 × tasks of prod/other"), "{facts}");
    assert!(facts.contains("2 × m6i.large"), "{facts}");
}
