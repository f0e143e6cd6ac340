//! TransactWriteItems.

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::{DynamoDb, key, merge, with_key};

fn put(sk: &str, more: Value) -> Value {
    let mut action = json!({"TableName": "ledger", "Item": key("a", sk)});
    merge(&mut action, more);
    json!({"Put": action})
}

fn codes(reasons: &Value) -> Vec<&str> {
    let reasons = reasons.as_array().unwrap();
    reasons
        .iter()
        .map(|reason| reason["Code"].as_str().unwrap())
        .collect()
}

#[test]
fn all_kinds_of_actions_happen_together() {
    let dynamodb = DynamoDb::holding(json!({"version": {"N": "1"}}));
    dynamodb.put(key("a", "old"));
    dynamodb.put(key("a", "guard"));
    let output = dynamodb.done(
        "TransactWriteItems",
        json!({"TransactItems": [
            put("2", json!({"ConditionExpression": "attribute_not_exists(pk)"})),
            {"Update": {
                "TableName": "ledger", "Key": key("a", "1"), "UpdateExpression": "ADD version :one",
                "ConditionExpression": "version = :one", "ExpressionAttributeValues": {":one": {"N": "1"}},
            }},
            {"Delete": {"TableName": "ledger", "Key": key("a", "old")}},
            {"ConditionCheck": {
                "TableName": "ledger", "Key": key("a", "guard"),
                "ConditionExpression": "attribute_exists(pk)",
            }},
        ]}),
    );
    assert_eq!(output, json!({}));
    assert_eq!(dynamodb.item(), json!({"version": {"N": "2"}}));
    assert!(dynamodb.get("a", "2").is_some());
    assert_eq!(dynamodb.get("a", "old"), None);
}

#[test]
fn one_failed_condition_undoes_all_and_every_action_has_its_reason() {
    let dynamodb = DynamoDb::holding(json!({"version": {"N": "1"}}));
    let fails = json!({
        "ConditionExpression": "attribute_not_exists(pk)",
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    });
    let refusal = dynamodb.refused(
        "TransactWriteItems",
        json!({"TransactItems": [
            put("2", json!({})),
            put("1", fails),
            put("3", json!({"ConditionExpression": "attribute_exists(pk)"})),
        ]}),
    );
    assert_eq!(refusal.code, "TransactionCanceledException");
    assert_eq!(
        refusal.message,
        "Transaction cancelled, please refer cancellation reasons for specific reasons [None, ConditionalCheckFailed, ConditionalCheckFailed]"
    );
    assert_eq!(
        refusal.body["CancellationReasons"],
        json!([
            {"Code": "None"},
            {
                "Code": "ConditionalCheckFailed", "Message": "The conditional request failed",
                "Item": with_key(json!({"version": {"N": "1"}})),
            },
            {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed"},
        ])
    );
    assert_eq!(dynamodb.get("a", "2"), None);
}

#[test]
fn a_key_that_does_not_fit_cancels_before_any_condition_is_asked() {
    let refusal = DynamoDb::new().refused(
        "TransactWriteItems",
        json!({"TransactItems": [
            {"Put": {"TableName": "ledger", "Item": {"pk": {"N": "7"}, "sk": {"S": "1"}}}},
            put("3", json!({"ConditionExpression": "attribute_exists(pk)"})),
        ]}),
    );
    assert_eq!(
        codes(&refusal.body["CancellationReasons"]),
        ["ValidationError", "None"]
    );
}

#[test]
fn an_update_that_fails_on_its_item_is_a_reason() {
    let dynamodb = DynamoDb::holding(json!({"greeting": {"S": "x"}}));
    let update = json!({"Update": {
        "TableName": "ledger", "Key": key("a", "1"), "UpdateExpression": "ADD greeting :one",
        "ExpressionAttributeValues": {":one": {"N": "1"}},
    }});
    let refusal = dynamodb.refused("TransactWriteItems", json!({"TransactItems": [update]}));
    let reason = &refusal.body["CancellationReasons"][0];
    assert_eq!(reason["Code"], "ValidationError");
    assert_eq!(
        reason["Message"],
        "An operand in the update expression has an incorrect data type"
    );
}

#[test]
fn transactions_that_make_no_sense_are_refused_whole() {
    let dynamodb = DynamoDb::new();
    let check = |condition: Value| {
        let mut action = json!({"TableName": "ledger", "Key": key("a", "1")});
        merge(&mut action, condition);
        json!({"ConditionCheck": action})
    };
    for (actions, message) in [
        (
            vec![put("1", json!({})), put("1", json!({}))],
            "Transaction request cannot include multiple operations on one item",
        ),
        (
            vec![json!({})],
            "TransactItems can only contain one of Check, Put, Update or Delete",
        ),
        (
            vec![check(json!({}))],
            "The ConditionExpression parameter is required but was not present in the request",
        ),
        (
            vec![check(json!({"ConditionExpression": "hello !"}))],
            "Invalid ConditionExpression: Syntax error; token: \"!\", near: \"!\"",
        ),
        (
            vec![],
            "1 validation error detected: Value '[0 items]' at 'transactItems' failed to satisfy constraint: Member must have length less than or equal to 100 and greater than or equal to 1",
        ),
    ] {
        let refusal = dynamodb.refused("TransactWriteItems", json!({"TransactItems": actions}));
        assert_eq!(
            (refusal.code.as_str(), refusal.message.as_str()),
            ("ValidationException", message)
        );
    }
}

#[test]
fn a_transaction_has_at_most_100_actions_and_4_megabytes() {
    let dynamodb = DynamoDb::new();
    let actions =
        |count: usize| -> Value { (0..count).map(|n| put(&n.to_string(), json!({}))).collect() };
    dynamodb.done("TransactWriteItems", json!({"TransactItems": actions(100)}));
    dynamodb.refused("TransactWriteItems", json!({"TransactItems": actions(101)}));
    let heavy: Value = (0..50)
        .map(|n| {
            let mut item = key("a", &n.to_string());
            item["body"] = json!({"S": "x".repeat(100_000)});
            put("x", json!({"Item": item}))
        })
        .collect();
    let refusal = dynamodb.refused("TransactWriteItems", json!({"TransactItems": heavy}));
    assert!(
        refusal.message.contains("size cannot exceed"),
        "{}",
        refusal.message
    );
}

/// The SDK sends a token with every transaction: a request that it repeats after a lost answer must
/// not count twice.
#[test]
fn a_token_makes_a_repeated_transaction_do_nothing_for_ten_minutes() {
    let dynamodb = DynamoDb::holding(json!({"total": {"N": "0"}}));
    let add = |step: &str| {
        json!({"ClientRequestToken": "token-1", "TransactItems": [{"Update": {
            "TableName": "ledger", "Key": key("a", "1"), "UpdateExpression": "ADD tally :n",
            "ExpressionAttributeValues": {":n": {"N": step}},
        }}]})
    };
    dynamodb.done("TransactWriteItems", add("1"));
    dynamodb.done("TransactWriteItems", add("1"));
    assert_eq!(dynamodb.item()["tally"], json!({"N": "1"}));
    let refusal = dynamodb.refused("TransactWriteItems", add("2"));
    assert_eq!(refusal.code, "IdempotentParameterMismatchException");
    dynamodb.later(SignedDuration::from_mins(11));
    dynamodb.done("TransactWriteItems", add("1"));
    assert_eq!(dynamodb.item()["tally"], json!({"N": "2"}));
}

#[test]
fn a_cancelled_transaction_may_be_tried_again_under_its_token() {
    let dynamodb = DynamoDb::new();
    let request = json!({
        "ClientRequestToken": "token-1",
        "TransactItems": [put("2", json!({})), {"ConditionCheck": {
            "TableName": "ledger", "Key": key("a", "1"), "ConditionExpression": "attribute_exists(pk)",
        }}],
    });
    dynamodb.refused("TransactWriteItems", request.clone());
    dynamodb.put(key("a", "1"));
    dynamodb.done("TransactWriteItems", request);
    assert!(dynamodb.get("a", "2").is_some());
}
