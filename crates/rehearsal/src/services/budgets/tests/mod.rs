//! Budgets as a caller and a reader of its letters see them.

mod alerts;
mod calls;
mod figures;

use serde_json::{Value, json};

use super::*;
use crate::testbed::Testbed;

const ACCOUNT: &str = "123456789012";
const TOPIC: &str = "arn:aws:sns:eu-central-1:123456789012:budget";

fn ask(bed: &Testbed, operation: &str, mut input: Value) -> Result<Value, String> {
    input["AccountId"] = json!(ACCOUNT);
    bed.call("AWSBudgetServiceGateway", operation, input)
}

fn by_name(operation: &str, bed: &Testbed, name: &str) -> Value {
    ask(bed, operation, json!({"BudgetName": name})).unwrap()
}

fn budget(change: Value) -> Value {
    let mut budget = json!({
        "BudgetName": "monthly",
        "BudgetType": "COST",
        "TimeUnit": "MONTHLY",
        "BudgetLimit": {"Amount": "10", "Unit": "USD"},
    });
    for (member, value) in change.as_object().unwrap() {
        budget[member] = value.clone();
    }
    budget
}

fn rung(kind: &str, percent: f64) -> Value {
    json!({"NotificationType": kind, "ComparisonOperator": "GREATER_THAN", "Threshold": percent})
}

fn topic() -> Value {
    json!({"SubscriptionType": "SNS", "Address": TOPIC})
}

fn mail(name: &str) -> Value {
    json!({"SubscriptionType": "EMAIL", "Address": format!("{name}@example.com")})
}

/// A budget of 10 USD a month that tells the topic at 80 % and at 100 %, and of a forecast.
fn with_budget() -> Testbed {
    let bed = Testbed::prod(json!([{"name": "api", "desired": 2}]));
    let rungs = [("ACTUAL", 80.0), ("ACTUAL", 100.0), ("FORECASTED", 100.0)].map(
        |(kind, percent)| json!({"Notification": rung(kind, percent), "Subscribers": [topic()]}),
    );
    let input = json!({"Budget": budget(json!({})), "NotificationsWithSubscribers": rungs});
    ask(&bed, "CreateBudget", input).unwrap();
    for (operation, input) in [
        ("CreateTopic", json!({"Name": "budget"})),
        (
            "SetTopicAttributes",
            json!({
                "TopicArn": TOPIC,
                "AttributeName": "Policy",
                "AttributeValue": json!({"Statement": [{
                    "Effect": "Allow",
                    "Principal": {"Service": "budgets.amazonaws.com"},
                    "Action": "sns:Publish",
                    "Resource": TOPIC,
                    "Condition": {
                        "StringEquals": {"aws:SourceAccount": ACCOUNT},
                        "ArnLike": {"aws:SourceArn": format!("arn:aws:budgets::{ACCOUNT}:*")},
                    },
                }]}).to_string(),
            }),
        ),
        (
            "Subscribe",
            json!({
                "TopicArn": TOPIC,
                "Protocol": "lambda",
                "Endpoint": "arn:aws:lambda:eu-central-1:123456789012:function:budget-guard",
            }),
        ),
    ] {
        bed.account
            .by_hand("test", "sns", operation, input)
            .unwrap();
    }
    bed
}

fn reading(actual: &str, forecast: Option<&str>) -> Option<Reading> {
    Some(Reading {
        actual: actual.parse().unwrap(),
        forecast: forecast.map(|text| text.parse().unwrap()),
    })
}

fn spend(bed: &Testbed, actual: &str) {
    assert!(bed.world(|world| report(world, "monthly", reading(actual, None))));
}

/// Of every letter its threshold and its figure.
fn letters(bed: &Testbed) -> Vec<String> {
    let is_wanted = |line: &&str| {
        line.contains("Threshold: ")
            || line.starts_with("ACTUAL A")
            || line.starts_with("FORECASTED A")
    };
    bed.world(|world| {
        let letters = world.budgets.letters.iter();
        letters
            .map(|letter| {
                letter
                    .text
                    .lines()
                    .filter(is_wanted)
                    .collect::<Vec<_>>()
                    .join(", ")
            })
            .collect()
    })
}

/// The states of the three notifications, in their order.
fn states(bed: &Testbed) -> Vec<String> {
    let list = by_name("DescribeNotificationsForBudget", bed, "monthly");
    let list = list["Notifications"].as_array().unwrap().clone();
    list.iter()
        .map(|rung| rung["NotificationState"].as_str().unwrap().to_owned())
        .collect()
}
