//! What the repository ships is what the rehearsal can read.

#![allow(clippy::unwrap_used, reason = "a test ends where it is surprised")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rehearsal::scenario::Scenario;
use rehearsal::services::budgets::{Casing, Reading, report};
use rehearsal::template::{Deployment, Template};
use rehearsal::world::Identity;
use rehearsal::{Account, Clock, Stack, suite};
use serde_json::{Value, json};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The template with every part that a parameter turns on.
fn whole() -> Template {
    let given = [
        ("BudgetNames", "dev"),
        ("MonthlyLimit", "250"),
        ("WarnPercent", "75"),
    ];
    template(
        given
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
    )
}

fn template(overrides: BTreeMap<String, String>) -> Template {
    let deployment = Deployment {
        identity: Identity::default(),
        stack: "caretaker".to_owned(),
        overrides,
    };
    Template::load(&root().join("template.yaml"), &deployment).unwrap()
}

#[test]
fn the_template_s_functions_are_the_folders_under_functions() {
    let mut folders: Vec<String> = std::fs::read_dir(root().join("functions"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    folders.sort();
    let mut names: Vec<String> = whole()
        .functions
        .into_iter()
        .map(|function| function.name)
        .collect();
    names.sort();
    assert_eq!(names, folders);
}

#[test]
fn every_rule_and_schedule_of_the_template_reaches_a_function() {
    let template = whole();
    let known = |arn: &str| {
        template.functions.iter().any(|function| {
            let mut queues = function.queues.iter();
            function.arn == arn || queues.any(|source| source.queue == arn)
        })
    };
    assert!(!template.rules.is_empty() && !template.schedules.is_empty());
    for rule in &template.rules {
        assert!(!rule.targets.is_empty(), "{rule:?}");
        for target in &rule.targets {
            assert!(known(target["Arn"].as_str().unwrap()), "{rule:?}");
        }
    }
    for schedule in &template.schedules {
        assert!(known(&schedule.target), "{schedule:?}");
    }
}

#[test]
fn every_scenario_can_be_read_and_overrides_only_parameters_that_exist() {
    let mut scenarios = 0;
    for entry in std::fs::read_dir(root().join("scenarios")).unwrap() {
        let path = entry.unwrap().path();
        let scenario = Scenario::load(&path).unwrap();
        assert!(!scenario.expect.is_empty(), "{}", path.display());
        template(scenario.parameters);
        scenarios += 1;
    }
    assert!(scenarios > 0);
}

/// Policies, subscriptions and budgets are checked as AWS checks them.
#[test]
fn the_account_accepts_what_the_template_deploys() {
    let email = BTreeMap::from([("Email".to_owned(), "oncall@example.com".to_owned())]);
    let clock = Clock::stepped("2026-11-19T12:10:00Z".parse().unwrap());
    let account = suite::account(clock, &template(email), &Stack::default()).unwrap();
    let state = account.state();
    let topic = &state.world.sns.topics["arn:aws:sns:eu-central-1:123456789012:caretaker-Pages"];
    assert!(topic.attributes["Policy"].contains("cloudwatch.amazonaws.com"));
    assert!(topic.subscriptions[0].confirmed);
    assert_eq!(topic.subscriptions[0].endpoint, "oncall@example.com");
}

/// The budget that the template makes is at the thresholds that were given, and its letters reach
/// the guard.
#[test]
fn the_account_s_budget_tells_the_guard() {
    let clock = Clock::stepped("2026-11-19T12:10:00Z".parse().unwrap());
    let template = whole();
    let account = suite::account(clock, &template, &Stack::default()).unwrap();
    let guard = &template.function("budget-guard").unwrap().variables;
    let budget = "caretaker-monthly-warn-75-stop-100";
    assert_eq!(guard["BUDGET_NAMES"], format!("dev,{budget}"));
    let world = &mut account.state().world;
    let reading = |spend: &str| Reading {
        actual: spend.parse().unwrap(),
        forecast: None,
    };
    let mut told = Vec::new();
    for spend in ["187.00", "188.00", "249.00", "251.00"] {
        assert!(report(world, budget, Some(reading(spend))), "{spend}");
        told.push(world.events.deliveries.iter().count());
    }
    assert_eq!(told, [0, 1, 1, 2]);
    let topics: Vec<String> = world
        .events
        .deliveries
        .iter()
        .map(|letter| letter.payload["Records"][0]["Sns"]["TopicArn"].to_string())
        .map(|topic| topic.trim_matches('"').to_owned())
        .collect();
    assert_eq!(guard["BUDGET_TOPICS"], topics.join(","));
}

/// The event that the account delivers for a letter: its names, and its text.
fn letter(casing: Casing, spend: &str, forecast: Option<&str>) -> Value {
    let account = Account::new(Clock::stepped("2026-11-19T12:10:00Z".parse().unwrap()));
    let topic = "arn:aws:sns:eu-central-1:123456789012:caretaker-Budget";
    let policy = json!({"Statement": [{
        "Effect": "Allow",
        "Principal": {"Service": "budgets.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": topic,
    }]});
    for (operation, input) in [
        ("CreateTopic", json!({"Name": "caretaker-Budget"})),
        (
            "SetTopicAttributes",
            json!({"TopicArn": topic, "AttributeName": "Policy", "AttributeValue": policy.to_string()}),
        ),
        (
            "Subscribe",
            json!({
                "TopicArn": topic,
                "Protocol": "lambda",
                "Endpoint": "arn:aws:lambda:eu-central-1:123456789012:function:budget-guard",
            }),
        ),
    ] {
        account.by_hand("test", "sns", operation, input).unwrap();
    }
    let stack = r#"
budgets:
  - name: monthly
    limit: "10"
    notifications:
      - { at: { percent: 80 }, topic: caretaker-Budget }
      - { at: { percent: 100 }, topic: caretaker-Budget }
      - { type: FORECASTED, at: { percent: 100 }, topic: caretaker-Budget }
"#;
    let world = &mut account.state().world;
    Stack::read(stack).unwrap().build(world).unwrap();
    world.budgets.casing = casing;
    let reading = Reading {
        actual: spend.parse().unwrap(),
        forecast: forecast.map(|text| text.parse().unwrap()),
    };
    report(world, "monthly", Some(reading));
    world
        .events
        .deliveries
        .iter()
        .last()
        .unwrap()
        .payload
        .clone()
}

fn sample(name: &str) -> Value {
    let path = root().join("events/budget-guard").join(name);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn names(value: &Value) -> Vec<&String> {
    value.as_object().unwrap().keys().collect()
}

#[test]
fn the_sample_letters_are_what_the_account_delivers() {
    for (file, delivered) in [
        ("actual.json", letter(Casing::Capitals, "8.40", None)),
        (
            "actual-spelled-as-in-2020.json",
            letter(Casing::Title, "10.20", None),
        ),
        (
            "forecast.json",
            letter(Casing::Capitals, "1", Some("1234.5")),
        ),
    ] {
        let sample = sample(file);
        let (ours, theirs) = (&delivered["Records"][0], &sample["Records"][0]);
        assert_eq!(theirs["Sns"]["Message"], ours["Sns"]["Message"], "{file}");
        assert_eq!(theirs["Sns"]["Subject"], ours["Sns"]["Subject"], "{file}");
        assert_eq!(names(theirs), names(ours), "{file}");
        assert_eq!(names(&theirs["Sns"]), names(&ours["Sns"]), "{file}");
    }
}
