//! BatchGetItem and BatchWriteItem.

use serde_json::{Value, json};

use crate::{DynamoDb, key};

fn keys(count: usize) -> Value {
    (0..count).map(|n| key("a", &n.to_string())).collect()
}

fn puts(count: usize) -> Value {
    (0..count)
        .map(|n| json!({"PutRequest": {"Item": key("a", &n.to_string())}}))
        .collect()
}

fn sort_keys(items: &Value) -> Vec<&str> {
    let items = items.as_array().unwrap();
    let mut found: Vec<&str> = items
        .iter()
        .map(|item| item["sk"]["S"].as_str().unwrap())
        .collect();
    found.sort_unstable();
    found
}

#[test]
fn a_batch_writes_deletes_and_reads_what_is_there() {
    let dynamodb = DynamoDb::new();
    dynamodb.put(key("a", "old"));
    let requests = json!([
        {"PutRequest": {"Item": key("a", "1")}},
        {"DeleteRequest": {"Key": key("a", "old")}},
    ]);
    let output = dynamodb.done(
        "BatchWriteItem",
        json!({"RequestItems": {"ledger": requests}}),
    );
    assert_eq!(output, json!({"UnprocessedItems": {}}));
    let wanted = json!([key("a", "1"), key("a", "old"), key("a", "never")]);
    let output = dynamodb.done(
        "BatchGetItem",
        json!({"RequestItems": {"ledger": {"Keys": wanted}}}),
    );
    assert_eq!(
        output,
        json!({"Responses": {"ledger": [key("a", "1")]}, "UnprocessedKeys": {}})
    );
}

#[test]
fn a_batch_has_at_most_25_writes_and_100_reads() {
    let dynamodb = DynamoDb::new();
    dynamodb.done(
        "BatchWriteItem",
        json!({"RequestItems": {"ledger": puts(25)}}),
    );
    let refusal = dynamodb.refused(
        "BatchWriteItem",
        json!({"RequestItems": {"ledger": puts(26)}}),
    );
    assert_eq!(
        refusal.message,
        "Too many items requested for the BatchWriteItem call"
    );
    let output = dynamodb.done(
        "BatchGetItem",
        json!({"RequestItems": {"ledger": {"Keys": keys(100)}}}),
    );
    assert_eq!(sort_keys(&output["Responses"]["ledger"]).len(), 25);
    let refusal = dynamodb.refused(
        "BatchGetItem",
        json!({"RequestItems": {"ledger": {"Keys": keys(101)}}}),
    );
    assert_eq!(
        refusal.message,
        "Too many items requested for the BatchGetItem call"
    );
}

#[test]
fn one_item_twice_is_refused_and_nothing_is_written() {
    let dynamodb = DynamoDb::new();
    let requests = json!([
        {"PutRequest": {"Item": key("a", "1")}},
        {"DeleteRequest": {"Key": key("a", "1")}},
    ]);
    let refusal = dynamodb.refused(
        "BatchWriteItem",
        json!({"RequestItems": {"ledger": requests}}),
    );
    assert_eq!(
        refusal.message,
        "Provided list of item keys contains duplicates"
    );
    assert_eq!(dynamodb.get("a", "1"), None);
    let twice = json!([key("a", "1"), key("a", "1")]);
    let refusal = dynamodb.refused(
        "BatchGetItem",
        json!({"RequestItems": {"ledger": {"Keys": twice}}}),
    );
    assert_eq!(
        refusal.message,
        "Provided list of item keys contains duplicates"
    );
}

#[test]
fn what_does_not_fit_an_answer_of_16_megabytes_is_left_to_ask_again() {
    let dynamodb = DynamoDb::new();
    for n in 0..42 {
        let mut item = key("a", &n.to_string());
        item["body"] = json!({"S": "x".repeat(400_000)});
        dynamodb.put(item);
    }
    let wanted = json!({"Keys": keys(42), "ProjectionExpression": "pk, sk"});
    let output = dynamodb.done("BatchGetItem", json!({"RequestItems": {"ledger": wanted}}));
    let left = output["UnprocessedKeys"].clone();
    assert_eq!(left["ledger"]["ProjectionExpression"], "pk, sk");
    let rest = dynamodb.done("BatchGetItem", json!({"RequestItems": left}));
    let found = sort_keys(&output["Responses"]["ledger"]).len();
    assert_eq!(found, 41);
    assert_eq!(found + sort_keys(&rest["Responses"]["ledger"]).len(), 42);
}
