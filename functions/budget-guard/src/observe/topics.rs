//! The topics that the budgets publish to: who may, and who gets it.

use domain::budget::topic::{Condition, Statement, Subscription, Topic};
use serde_json::{Map, Value};

use super::Seen;
use crate::{Aws, Settings};

/// The ARN of a subscription that its owner has not confirmed.
/// Source: <https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html>.
const UNCONFIRMED: &str = "PendingConfirmation";

/// Looks at every topic; one that cannot be looked at is named and is not among the answers.
pub(super) async fn look(aws: &Aws, settings: &Settings, seen: &mut Seen) -> Vec<Topic> {
    let mut topics = Vec::new();
    for arn in &settings.policy.topics {
        match topic(aws, arn).await {
            Ok(topic) => topics.push(topic),
            Err(failure) => {
                let what = format!("the topic {arn}");
                seen.unknown.push((what, failure.into()));
            }
        }
    }
    topics
}

async fn topic(aws: &Aws, arn: &str) -> Result<Topic, edge::Failure> {
    let call = aws.sns.get_topic_attributes().topic_arn(arn);
    let reply = call.send().await;
    let reply = reply.map_err(edge::Failure::call("GetTopicAttributes"))?;
    let attributes = reply.attributes.unwrap_or_default();
    let policy = attributes.get("Policy");
    let policy = policy.ok_or_else(|| "it has none".to_owned());
    Ok(Topic {
        arn: arn.to_owned(),
        policy: policy.and_then(|text| statements(text)),
        subscriptions: subscriptions(aws, arn).await?,
    })
}

async fn subscriptions(aws: &Aws, arn: &str) -> Result<Vec<Subscription>, edge::Failure> {
    let call = aws.sns.list_subscriptions_by_topic().topic_arn(arn);
    let mut pages = call.into_paginator().items().send();
    let mut subscriptions = Vec::new();
    while let Some(one) = pages.next().await {
        let one = one.map_err(edge::Failure::call("ListSubscriptionsByTopic"))?;
        subscriptions.push(Subscription {
            confirmed: one.subscription_arn() != Some(UNCONFIRMED),
            protocol: one.protocol.unwrap_or_default(),
            endpoint: one.endpoint.unwrap_or_default(),
        });
    }
    Ok(subscriptions)
}

/// The statements of a policy, or what is wrong with its text.
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>.
fn statements(policy: &str) -> Result<Vec<Statement>, String> {
    let policy: Value = serde_json::from_str(policy).map_err(|error| error.to_string())?;
    match &policy["Statement"] {
        Value::Array(statements) => statements.iter().map(statement).collect(),
        one @ Value::Object(_) => Ok(vec![statement(one)?]),
        _ => Err("it has no Statement".to_owned()),
    }
}

fn statement(statement: &Value) -> Result<Statement, String> {
    let allows = match statement["Effect"].as_str() {
        Some("Allow") => true,
        Some("Deny") => false,
        _ => return Err("a statement has no Effect".to_owned()),
    };
    // Whoever, or whatever, is not named: what is allowed then may be anything, and what is denied
    // cannot be told.
    let others = || match allows {
        true => vec!["*".to_owned()],
        false => Vec::new(),
    };
    let principals = match &statement["Principal"] {
        Value::Null => others(),
        Value::Object(kinds) => kinds.values().flat_map(texts).collect(),
        anybody => texts(anybody),
    };
    let actions = match &statement["Action"] {
        Value::Null => others(),
        actions => texts(actions),
    };
    Ok(Statement {
        allows,
        principals,
        actions,
        conditions: statement["Condition"]
            .as_object()
            .map_or_else(Vec::new, conditions),
    })
}

fn conditions(operators: &Map<String, Value>) -> Vec<Condition> {
    let of_operator = |(operator, keys): (&String, &Value)| {
        let keys = keys.as_object().cloned().unwrap_or_default().into_iter();
        let conditions = keys.map(|(key, values)| Condition {
            operator: operator.clone(),
            key,
            values: texts(&values),
        });
        conditions.collect::<Vec<_>>()
    };
    operators.iter().flat_map(of_operator).collect()
}

/// One text, or a list of them.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(values) => values.iter().flat_map(texts).collect(),
        Value::String(text) => vec![text.clone()],
        other => vec![other.to_string()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_text_is_as_good_as_a_list_of_one() {
        let short = r#"{ "Statement": { "Effect": "Allow", "Principal": "*", "Action": "SNS:Publish",
            "Condition": { "StringEquals": { "aws:SourceAccount": "123456789012" } } } }"#;
        let long = r#"{ "Statement": [{ "Effect": "Allow", "Principal": { "AWS": ["*"] }, "Action": ["SNS:Publish"],
            "Condition": { "StringEquals": { "aws:SourceAccount": ["123456789012"] } } }] }"#;
        assert_eq!(statements(short), statements(long));
        let statement = statements(short).unwrap().remove(0);
        assert_eq!(
            (statement.allows, statement.principals),
            (true, vec!["*".to_owned()])
        );
        assert_eq!(statement.conditions[0].values, ["123456789012"]);
    }

    #[test]
    fn what_is_allowed_to_all_but_somebody_is_allowed_to_anybody() {
        let but = |effect: &str| {
            let text = format!(
                r#"{{ "Statement": {{ "Effect": "{effect}", "NotPrincipal": "a", "NotAction": "b" }} }}"#
            );
            let statement = statements(&text).unwrap().remove(0);
            (statement.principals, statement.actions)
        };
        let anything = vec!["*".to_owned()];
        assert_eq!(but("Allow"), (anything.clone(), anything));
        assert_eq!(but("Deny"), (vec![], vec![]));
    }

    #[test]
    fn a_policy_that_cannot_be_read_says_what_is_wrong_with_it() {
        for (text, problem) in [
            ("", "EOF"),
            ("{}", "it has no Statement"),
            (r#"{ "Statement": [{}] }"#, "a statement has no Effect"),
        ] {
            let said = statements(text).unwrap_err();
            assert!(said.contains(problem), "{text}: {said}");
        }
    }
}
