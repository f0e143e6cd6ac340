//! What a person can ask, and what happens when the suite itself is deleted.

use aws_smithy_http_client::test_util::capture_request;
use aws_smithy_runtime_api::client::http::{HttpClient, HttpConnectorSettings};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponentsBuilder;
use contracts::House;
use contracts::house::client;
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
"#;

/// Thursday 2026-11-19, 12:00 in Berlin.
const NOON: &str = "2026-11-19T11:00:00Z";
const NIGHT: &str = "2026-11-20T00:00:00Z";

async fn ask(house: &House, event: Value) -> Value {
    let id = format!("asked-{}", house.call_count());
    house.invoke(event, &id).await.report()
}

fn order(action: &str, until: Option<&str>) -> Value {
    json!({ "action": action, "service": "prod/api", "until": until, "why": "load test", "by": "ana" })
}

#[tokio::test(start_paused = true)]
async fn a_person_puts_a_service_to_rest_and_lifts_it_again() {
    let house = House::new(NOON, STACK);
    ask(&house, order("rest", None)).await;
    assert_eq!(house.desired("prod/api"), 0);
    house.tick_until("2026-11-19T11:30:00Z").await;
    assert_eq!(house.desired("prod/api"), 0, "the tick respects it");
    ask(&house, order("wake", None)).await;
    assert_eq!(house.desired("prod/api"), 3);
}

#[tokio::test(start_paused = true)]
async fn a_persons_hold_lifts_itself_at_its_end() {
    let house = House::new(NOON, STACK);
    ask(
        &house,
        order("rest", Some("2026-11-19 13:00 Europe/Berlin")),
    )
    .await;
    house.tick_until("2026-11-19T11:55:00Z").await;
    assert_eq!(house.desired("prod/api"), 0);
    house.tick_until("2026-11-19T12:05:00Z").await;
    assert_eq!(house.desired("prod/api"), 3);
}

#[tokio::test(start_paused = true)]
async fn a_person_keeps_a_service_awake_into_the_night() {
    let house = House::new(NOON, STACK);
    house.tick_until(NIGHT).await;
    assert_eq!(house.desired("prod/api"), 0);
    ask(
        &house,
        order("wake", Some("2026-11-20 03:00 Europe/Berlin")),
    )
    .await;
    assert_eq!(house.desired("prod/api"), 3);
    house.tick_until("2026-11-20T01:50:00Z").await;
    assert_eq!(house.desired("prod/api"), 3);
    house.tick_until("2026-11-20T02:10:00Z").await;
    assert_eq!(house.desired("prod/api"), 0, "and it rests again by itself");
}

#[tokio::test(start_paused = true)]
async fn a_service_that_is_not_tagged_is_refused_by_name() {
    let house = House::new(NOON, STACK);
    let mut event = order("rest", None);
    event["service"] = json!("prod/nothing");
    let failure = house.invoke(event, "asked").await.failure();
    assert!(
        failure.starts_with("service: no service \"prod/nothing\""),
        "{failure}"
    );
    assert_eq!(house.writes(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_carried_out_is_an_error_that_names_the_reason_and_is_in_the_journal() {
    let stack = STACK.replace(
        "      - {name: web",
        "      - {name: agent, scheduling: DAEMON}\n      - {name: web",
    );
    let house = House::new(NOON, &stack);
    let expected = [
        ("prod/agent", "rest", None, "one task runs on each instance"),
        (
            "prod/typo",
            "wake",
            Some("2026-11-20T03:00:00Z"),
            "a tag of its own",
        ),
        ("prod/typo", "rest", None, "caretaker:hours: at column 15"),
    ];
    for (service, action, until, why) in expected {
        let mut event = order(action, until);
        event["service"] = json!(service);
        let failure = house.invoke(event, &format!("{service} {action}")).await;
        let failure = failure.failure();
        let begins = format!("{service} was not changed as asked: ");
        assert!(
            failure.starts_with(&begins) && failure.contains(why),
            "{failure}"
        );
    }
    assert_eq!(house.journal("2026-11-19").len(), 3);
    assert_eq!(house.calls("ecs:UpdateService"), 0);
    let standing = house.standing();
    assert!(standing.iter().all(|item| item.starts_with("concern#")));
}

#[tokio::test(start_paused = true)]
async fn a_person_is_answered_what_became_of_their_word_and_what_is_remembered_of_it() {
    let house = House::new(NOON, STACK);
    let rest = ask(&house, order("rest", None)).await;
    assert_eq!(rest["asked"]["detail"], "it goes to rest");
    assert_eq!(rest["remembered"], json!([]));
    let until = "2026-11-20T03:00:00Z";
    let wake = ask(&house, order("wake", Some(until))).await;
    let words = "nothing holds it any more, and it gets back what it had";
    assert_eq!(wake["asked"]["detail"], words);
    let remembered = &wake["remembered"][0];
    assert_eq!(remembered["ordered"]["until"], until);
    assert_eq!(remembered["waits_for"], Value::Null);
}

#[tokio::test(start_paused = true)]
async fn the_status_says_what_is_at_rest_and_why() {
    let house = House::new(NOON, STACK);
    house.tick_until(NIGHT).await;
    let before = house.writes();
    let status = ask(&house, json!({ "action": "status", "service": "prod/api" })).await;
    let api = &status["services"][0];
    assert_eq!(api["state"], "at rest");
    assert_eq!(api["why"], "it is at rest, as it should be");
    assert_eq!(
        api["holds"][0]["why"],
        "outside Mon-Fri 08:00-20:00 Europe/Berlin"
    );
    assert_eq!(api["saved"]["desired"], 3);
    assert_eq!(api["next"]["local"], "2026-11-20T08:00:00+01:00");
    assert_eq!(house.writes(), before, "asking changes nothing");
}

#[tokio::test(start_paused = true)]
async fn lint_shows_what_every_tag_means_or_where_it_is_wrong() {
    let house = House::new(NOON, STACK);
    let lint = ask(&house, json!({ "action": "lint" })).await;
    let resources = lint["resources"].as_array().unwrap();
    let typo = resources
        .iter()
        .find(|one| one["resource"] == "prod/typo")
        .unwrap();
    let problem = typo["problems"][0]["problem"].as_str().unwrap();
    assert!(problem.starts_with("at column 15: expected"), "{problem}");
    assert!(
        resources.iter().any(|one| one["resource"] == "hosts"),
        "{lint}"
    );
    assert_eq!(house.writes(), Vec::<String>::new());
}

/// A cluster of twenty services with a typo in its hours.
fn misspelt() -> House {
    let mut stack = "clusters:\n  - name: prod\n    tags: {\"caretaker:hours\": \"Mon-Fri 8-20\"}\n    services:\n".to_owned();
    for number in 0..20 {
        stack.push_str(&format!(
            "      - {{name: service-{number:02}, desired: 1}}\n"
        ));
    }
    House::new(NOON, &stack)
}

#[tokio::test(start_paused = true)]
async fn a_typo_of_a_cluster_is_one_notice_and_one_all_clear_whatever_the_number_of_its_services() {
    let house = misspelt();
    let told = |report: Value| report["notices"].clone();
    let first = told(house.tick().await.report());
    let title = "cluster prod: the tag caretaker:hours cannot be read";
    assert_eq!(first, json!([title]));
    assert_eq!(house.standing().len(), 1, "one is remembered");
    house.pass(contracts::house::TICK).await;
    assert_eq!(told(house.tick().await.report()), json!([]));
    let tag = json!({ "key": "caretaker:hours", "value": "always" });
    let cluster = "arn:aws:ecs:eu-central-1:123456789012:cluster/prod";
    let input = json!({ "resourceArn": cluster, "tags": [tag] });
    house.by_hand("ecs", "TagResource", input);
    house.pass(contracts::house::TICK).await;
    let over = told(house.tick().await.report());
    assert!(
        over[0]
            .as_str()
            .unwrap()
            .starts_with("cluster prod: no service"),
        "{over}"
    );
    assert_eq!(house.standing(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_cluster_of_which_a_part_cannot_be_seen_gets_no_all_clear() {
    let house = misspelt();
    house.tick().await.report();
    for action in ["ecs:ListServices", "ecs:DescribeClusters"] {
        let rule = rehearsal::fault::Rule {
            action: Some(action.to_owned()),
            ..rehearsal::fault::Rule::always(rehearsal::fault::Fault::AccessDenied)
        };
        house.account.state().faults.add(rule);
        house.pass(contracts::house::TICK).await;
        house.tick().await.failure();
        house.account.state().faults.clear();
        assert_eq!(house.standing().len(), 1, "{action}");
    }
}

#[tokio::test(start_paused = true)]
async fn lint_shows_a_typo_of_a_cluster_once_under_the_cluster() {
    let lint = ask(&misspelt(), json!({ "action": "lint" })).await;
    let clusters = &lint["clusters"];
    assert_eq!(clusters[0]["cluster"], "prod");
    assert_eq!(clusters[0]["problems"][0]["value"], "Mon-Fri 8-20");
    assert_eq!(clusters[0]["problems"][0]["services"], 20);
    let resources = lint["resources"].as_array().unwrap();
    assert_eq!(resources.len(), 20);
    assert!(resources.iter().all(|one| one["problems"] == json!([])));
}

#[tokio::test(start_paused = true)]
async fn a_groups_minimum_goes_to_zero_at_night_and_comes_back() {
    let house = House::new(NOON, STACK);
    house.tick_until(NIGHT).await;
    assert_eq!(house.group_minimum("hosts"), 0);
    house.tick_until("2026-11-20T07:10:00Z").await;
    assert_eq!(house.group_minimum("hosts"), 2);
}

#[tokio::test(start_paused = true)]
async fn before_the_suite_is_deleted_everything_is_woken_and_cloudformation_is_told() {
    let mut house = House::new(NOON, STACK);
    let (http, told) = capture_request(None);
    let components = RuntimeComponentsBuilder::for_tests().build().unwrap();
    let connector = http.http_connector(&HttpConnectorSettings::default(), &components);
    house.aws = client(house.line.clone(), &house.settings).replying_through(connector);
    house.tick_until(NIGHT).await;
    let event = std::fs::read_to_string("../events/off-hours/suite-deleted.json").unwrap();
    ask(&house, serde_json::from_str(&event).unwrap()).await;
    assert_eq!(
        (
            house.desired("prod/api"),
            house.desired("prod/web"),
            house.group_minimum("hosts")
        ),
        (3, 2, 2)
    );
    let reply: Value =
        serde_json::from_slice(told.expect_request().body().bytes().unwrap()).unwrap();
    assert_eq!(
        (&reply["Status"], &reply["LogicalResourceId"]),
        (&json!("SUCCESS"), &json!("WakeBeforeDelete"))
    );
    let told = format!("concern#malformed-tag#{}", house.arn("prod/typo"));
    assert!(house.standing().contains(&told), "the typo is still there");
    house.tick_until("2026-11-20T01:00:00Z").await;
    assert_eq!(
        house.desired("prod/api"),
        3,
        "a tick that comes late rests nothing"
    );
}

#[tokio::test(start_paused = true)]
async fn an_event_about_one_service_rests_it_but_leaves_the_waking_to_the_tick() {
    let house = House::new(NOON, STACK);
    house.tick_until(NIGHT).await;
    house.set_desired("prod/typo", 3);
    let event = std::fs::read_to_string("../events/off-hours/service-created.json").unwrap();
    let event: Value = serde_json::from_str(&event).unwrap();
    house.until("2026-11-20T07:01:00Z").await;
    let report = ask(&house, event.clone()).await;
    assert_eq!(report["not_as_usual"][0]["reason"], "left-to-the-tick");
    let words = "it wakes in its wave, with the next tick";
    assert_eq!(report["not_as_usual"][0]["detail"], words);
    assert_eq!(house.desired("prod/api"), 0);
    house.tick().await.report();
    assert_eq!(house.desired("prod/api"), 3);
    house.until("2026-11-20T19:01:00Z").await;
    ask(&house, event).await;
    assert_eq!(
        (house.desired("prod/api"), house.desired("prod/web")),
        (0, 2)
    );
}

#[tokio::test(start_paused = true)]
async fn an_all_clear_knows_since_when_it_was_so() {
    let house = House::new(NOON, STACK);
    house.tick_until("2026-11-19T12:00:00Z").await;
    house.by_hand(
        "ecs",
        "DeleteService",
        json!({ "cluster": "prod", "service": "typo", "force": true }),
    );
    house.tick_until("2026-11-19T12:30:00Z").await;
    let state = house.account.state();
    let puts = state
        .calls
        .iter()
        .filter(|call| call.action == "events:PutEvents");
    let details: Vec<Value> = puts
        .map(|call| {
            serde_json::from_str(call.input["Entries"][0]["Detail"].as_str().unwrap()).unwrap()
        })
        .collect();
    assert_eq!(
        details.len(),
        2,
        "told once, and that it is over once, though the service is gone"
    );
    assert_eq!(
        (&details[1]["resolved"], &details[1]["since"]),
        (&json!(true), &details[0]["since"])
    );
}

#[tokio::test(start_paused = true)]
async fn a_dry_run_refuses_the_deletion_of_a_suite_that_holds_something() {
    let mut house = House::new(NOON, STACK);
    house.tick_until(NIGHT).await;
    let before = house.writes();
    let (http, told) = capture_request(None);
    let components = RuntimeComponentsBuilder::for_tests().build().unwrap();
    let connector = http.http_connector(&HttpConnectorSettings::default(), &components);
    house.settings.dry_run = true;
    house.aws = client(house.line.clone(), &house.settings).replying_through(connector);
    let event = std::fs::read_to_string("../events/off-hours/suite-deleted.json").unwrap();
    ask(&house, serde_json::from_str(&event).unwrap()).await;
    let reply: Value =
        serde_json::from_slice(told.expect_request().body().bytes().unwrap()).unwrap();
    assert_eq!(reply["Status"], "FAILED");
    assert_eq!(house.writes(), before, "and nothing is written");
}

#[tokio::test(start_paused = true)]
async fn a_tagged_cluster_out_of_reach_is_left_alone_and_fails_nothing() {
    let stack = STACK.replace("groups:", "  - name: lab\n    tags: {\"caretaker:hours\": never}\n    services: [{name: bench, desired: 1}]\ngroups:");
    let house = House::with(NOON, &stack, |name| {
        (name == "CLUSTERS").then_some("prod,dev-*")
    });
    house.tick_until(NIGHT).await;
    assert_eq!(
        (house.desired("prod/api"), house.desired("lab/bench")),
        (0, 1)
    );
    let failure = house.invoke(
        json!({ "action": "rest", "service": "lab/bench", "why": "x", "by": "ana" }),
        "asked",
    );
    assert!(failure.await.failure().starts_with("service: no service"));
}
