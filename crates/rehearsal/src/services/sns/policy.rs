//! A topic's policy: whether it lets an AWS service publish.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>.
//! What cannot be evaluated here counts against the publisher: an Allow with it allows nothing, a
//! Deny with it denies.

use serde_json::{Value, json};

use crate::world::Identity;

/// An AWS service that publishes on behalf of a resource of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publisher {
    /// The service principal, such as `budgets.amazonaws.com`.
    pub principal: &'static str,
    /// `aws:SourceAccount`.
    pub account: String,
    /// `aws:SourceArn`.
    pub arn: String,
}

/// What a topic has that nobody gave another policy: its owner alone may use it.
///
/// Seen: <https://github.com/airbnb/binaryalert/issues/169>.
pub(super) fn by_default(identity: &Identity, topic: &str) -> String {
    json!({
        "Version": "2008-10-17",
        "Id": "__default_policy_ID",
        "Statement": [{
            "Sid": "__default_statement_ID",
            "Effect": "Allow",
            "Principal": {"AWS": "*"},
            "Action": [
                "SNS:GetTopicAttributes", "SNS:SetTopicAttributes", "SNS:AddPermission",
                "SNS:RemovePermission", "SNS:DeleteTopic", "SNS:Subscribe",
                "SNS:ListSubscriptionsByTopic", "SNS:Publish",
            ],
            "Resource": topic,
            "Condition": {"StringEquals": {"AWS:SourceOwner": identity.account_id}},
        }],
    })
    .to_string()
}

/// Whether `policy` lets `publisher` publish to `topic`. A Deny beats every Allow.
pub(super) fn lets(policy: &str, publisher: &Publisher, topic: &str) -> bool {
    let Ok(policy) = serde_json::from_str::<Value>(policy) else {
        return false;
    };
    let statements = || each(&policy["Statement"]);
    let concerns =
        |statement: &&Value| publisher.is_in(statement) && covers(statement, "sns:publish", topic);
    let denied = statements()
        .filter(|statement| statement["Effect"] == "Deny")
        .filter(concerns)
        .any(|statement| publisher.meets(&statement["Condition"]) != Some(false));
    let allowed = statements()
        .filter(|statement| statement["Effect"] == "Allow")
        .filter(concerns)
        .any(|statement| publisher.meets(&statement["Condition"]) == Some(true));
    allowed && !denied
}

impl Publisher {
    fn is_in(&self, statement: &Value) -> bool {
        let principal = &statement["Principal"];
        *principal == "*"
            || texts(&principal["AWS"]).any(|one| one == "*")
            || texts(&principal["Service"]).any(|one| one == self.principal)
    }

    /// Whether every condition holds; none if that depends on one that cannot be evaluated here.
    fn meets(&self, conditions: &Value) -> Option<bool> {
        let mut met = Some(true);
        for (operator, keys) in conditions.as_object().into_iter().flatten() {
            for (key, wanted) in keys.as_object().into_iter().flatten() {
                match self.meets_one(operator, key, wanted) {
                    Some(false) => return Some(false),
                    None => met = None,
                    Some(true) => {}
                }
            }
        }
        met
    }

    /// A key that the request does not have meets no condition:
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>.
    fn meets_one(&self, operator: &str, key: &str, wanted: &Value) -> Option<bool> {
        let fits: fn(&str, &str) -> bool = match operator {
            "StringEquals" => |wanted, value| wanted == value,
            "StringLike" => like,
            "ArnEquals" | "ArnLike" => arn_like,
            "Bool" => |wanted, value| wanted.eq_ignore_ascii_case(value),
            _ => return None,
        };
        let value = match key.to_ascii_lowercase().as_str() {
            "aws:sourceaccount" => self.account.as_str(),
            "aws:sourcearn" => self.arn.as_str(),
            "aws:securetransport" => "true",
            // The owner of a caller, which a service has not.
            "aws:sourceowner" => return Some(false),
            _ => return None,
        };
        Some(texts(wanted).any(|wanted| fits(wanted, value)))
    }
}

fn covers(statement: &Value, action: &str, topic: &str) -> bool {
    texts(&statement["Action"]).any(|one| like(&one.to_ascii_lowercase(), action))
        && texts(&statement["Resource"]).any(|one| like(one, topic))
}

/// One thing, or a list of them.
fn each(value: &Value) -> std::slice::Iter<'_, Value> {
    match value {
        Value::Array(items) => items.iter(),
        Value::Null => [].iter(),
        single => std::slice::from_ref(single).iter(),
    }
}

fn texts(value: &Value) -> impl Iterator<Item = &str> {
    each(value).filter_map(Value::as_str)
}

/// `*` is any text, `?` any character.
fn like(pattern: &str, text: &str) -> bool {
    let mut pattern_rest = pattern.chars();
    match pattern_rest.next() {
        None => text.is_empty(),
        Some('*') => {
            let rest = pattern_rest.as_str();
            like(rest, text)
                || text
                    .char_indices()
                    .any(|(at, one)| like(rest, text.get(at + one.len_utf8()..).unwrap_or("")))
        }
        Some(wanted) => {
            let mut rest = text.chars();
            rest.next()
                .is_some_and(|one| wanted == '?' || wanted == one)
                && like(pattern_rest.as_str(), rest.as_str())
        }
    }
}

/// The six parts of an ARN are compared each on its own.
fn arn_like(pattern: &str, arn: &str) -> bool {
    let (pattern, arn) = (pattern.splitn(6, ':'), arn.splitn(6, ':'));
    let (pattern, arn): (Vec<&str>, Vec<&str>) = (pattern.collect(), arn.collect());
    pattern.len() == arn.len() && pattern.iter().zip(arn).all(|(one, other)| like(one, other))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOPIC: &str = "arn:aws:sns:eu-central-1:123456789012:budget";

    fn budgets() -> Publisher {
        Publisher {
            principal: "budgets.amazonaws.com",
            account: "123456789012".to_owned(),
            arn: "arn:aws:budgets::123456789012:budget/monthly".to_owned(),
        }
    }

    fn statement(change: Value) -> Value {
        let mut statement = json!({
            "Effect": "Allow",
            "Principal": {"Service": "budgets.amazonaws.com"},
            "Action": "SNS:Publish",
            "Resource": TOPIC,
        });
        for (member, value) in change.as_object().unwrap() {
            statement[member] = value.clone();
        }
        statement
    }

    fn allowed(statements: Value) -> bool {
        lets(
            &json!({"Statement": statements}).to_string(),
            &budgets(),
            TOPIC,
        )
    }

    fn with(change: Value) -> bool {
        allowed(json!([statement(change)]))
    }

    #[test]
    fn a_service_needs_to_be_named() {
        assert!(with(json!({})));
        assert!(with(json!({"Principal": "*"})));
        assert!(with(
            json!({"Principal": {"Service": ["a.amazonaws.com", "budgets.amazonaws.com"]}})
        ));
        assert!(!with(
            json!({"Principal": {"Service": "cloudwatch.amazonaws.com"}})
        ));
        assert!(!with(
            json!({"Principal": {"AWS": "arn:aws:iam::123456789012:root"}})
        ));
    }

    #[test]
    fn the_default_policy_is_for_the_owner_alone() {
        let policy = by_default(&Identity::default(), TOPIC);
        assert!(!lets(&policy, &budgets(), TOPIC));
    }

    #[test]
    fn actions_and_resources_may_have_wildcards() {
        assert!(with(json!({"Action": ["sns:Subscribe", "sns:Pub*"]})));
        assert!(!with(json!({"Action": "sns:Subscribe"})));
        assert!(with(json!({"Resource": "arn:aws:sns:*:123456789012:*"})));
        assert!(!with(
            json!({"Resource": "arn:aws:sns:eu-central-1:123456789012:other"})
        ));
    }

    #[test]
    fn source_account_and_source_arn_are_those_of_the_budget() {
        let when = |operator: &str, key: &str, value: &str| {
            with(json!({"Condition": {operator: {key: value}}}))
        };
        assert!(when("StringEquals", "aws:SourceAccount", "123456789012"));
        assert!(!when("StringEquals", "aws:SourceAccount", "999999999999"));
        assert!(when(
            "ArnLike",
            "AWS:SourceArn",
            "arn:aws:budgets::123456789012:*"
        ));
        assert!(!when(
            "ArnLike",
            "aws:SourceArn",
            "arn:aws:budgets:*:999999999999:*"
        ));
    }

    #[test]
    fn a_deny_beats_an_allow_and_one_for_plain_http_denies_nothing() {
        let deny = |condition: Value| {
            json!([
                statement(json!({})),
                statement(json!({"Effect": "Deny", "Principal": "*", "Condition": condition})),
            ])
        };
        assert!(!allowed(deny(json!({}))));
        assert!(allowed(deny(
            json!({"Bool": {"aws:SecureTransport": "false"}})
        )));
    }

    #[test]
    fn what_cannot_be_evaluated_counts_against_the_publisher() {
        let odd = json!({"DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}});
        assert!(!with(json!({"Condition": odd})));
        let denied =
            |condition: &Value| statement(json!({"Effect": "Deny", "Condition": condition}));
        assert!(!allowed(json!([statement(json!({})), denied(&odd)])));
        let mut others = odd.clone();
        others["StringEquals"] = json!({"aws:SourceAccount": "999999999999"});
        assert!(allowed(json!([statement(json!({})), denied(&others)])));
        assert!(!lets("not JSON", &budgets(), TOPIC));
    }
}
