//! GetItem, PutItem, DeleteItem, and values on their way in and out.

use serde_json::{Value, json};

use crate::{DynamoDb, key, with_key};

#[test]
fn an_item_comes_back_as_it_was_put() {
    let item = with_key(json!({
        "s": {"S": ""}, "n": {"N": "-0.5"}, "b": {"B": "AAEC"}, "t": {"BOOL": false},
        "u": {"NULL": true}, "l": {"L": [{"S": "x"}, {"L": []}]}, "m": {"M": {"k": {"M": {}}}},
        "ss": {"SS": ["a", "b"]}, "ns": {"NS": ["1", "2"]}, "bs": {"BS": ["AA==", "AQ=="]},
    }));
    let dynamodb = DynamoDb::new();
    dynamodb.put(item.clone());
    assert_eq!(dynamodb.get("a", "1"), Some(item));
}

#[test]
fn a_put_replaces_the_whole_item() {
    let dynamodb = DynamoDb::holding(json!({"old": {"N": "1"}}));
    let input = json!({
        "TableName": "ledger", "Item": with_key(json!({"new": {"N": "2"}})), "ReturnValues": "ALL_OLD",
    });
    let output = dynamodb.done("PutItem", input);
    assert_eq!(output["Attributes"], with_key(json!({"old": {"N": "1"}})));
    assert_eq!(dynamodb.item(), json!({"new": {"N": "2"}}));
}

#[test]
fn what_is_not_there_is_neither_found_nor_missed() {
    let dynamodb = DynamoDb::new();
    assert_eq!(dynamodb.get("a", "1"), None);
    let input = json!({"TableName": "ledger", "Key": key("a", "1"), "ReturnValues": "ALL_OLD"});
    assert_eq!(dynamodb.done("DeleteItem", input), json!({}));
}

#[test]
fn a_projection_keeps_places_and_closes_gaps_in_lists() {
    let dynamodb = DynamoDb::holding(json!({
        "l": {"L": [{"N": "0"}, {"N": "1"}, {"N": "2"}]},
        "m": {"M": {"x": {"M": {"y": {"N": "3"}, "z": {"N": "4"}}}}},
        "hold": {"S": "night"},
    }));
    let input = json!({
        "TableName": "ledger", "Key": key("a", "1"),
        "ProjectionExpression": "l[2], l[0], m.x.y, m.gone, #h",
        "ExpressionAttributeNames": {"#h": "hold"},
    });
    assert_eq!(
        dynamodb.done("GetItem", input)["Item"],
        json!({
            "hold": {"S": "night"},
            "l": {"L": [{"N": "0"}, {"N": "2"}]},
            "m": {"M": {"x": {"M": {"y": {"N": "3"}}}}},
        })
    );
}

#[test]
fn a_failed_condition_changes_nothing_and_shows_the_item_only_if_asked() {
    let dynamodb = DynamoDb::holding(json!({"version": {"N": "3"}}));
    let mut input = json!({
        "TableName": "ledger", "Item": with_key(json!({"version": {"N": "4"}})),
        "ConditionExpression": "version = :v", "ExpressionAttributeValues": {":v": {"N": "2"}},
    });
    let refusal = dynamodb.refused("PutItem", input.clone());
    assert_eq!(refusal.code, "ConditionalCheckFailedException");
    assert_eq!(refusal.message, "The conditional request failed");
    assert_eq!(refusal.body["Item"], Value::Null);
    input["ReturnValuesOnConditionCheckFailure"] = json!("ALL_OLD");
    let refusal = dynamodb.refused("PutItem", input);
    assert_eq!(
        refusal.body["Item"],
        with_key(json!({"version": {"N": "3"}}))
    );
    assert_eq!(dynamodb.item(), json!({"version": {"N": "3"}}));
}

#[test]
fn a_failed_condition_on_nothing_shows_no_item() {
    let dynamodb = DynamoDb::new();
    let refusal = dynamodb.refused(
        "DeleteItem",
        json!({
            "TableName": "ledger", "Key": key("a", "1"), "ConditionExpression": "attribute_exists(pk)",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }),
    );
    assert_eq!(refusal.code, "ConditionalCheckFailedException");
    assert_eq!(refusal.body["Item"], Value::Null);
}

#[test]
fn an_item_may_have_400_kilobytes_with_its_names() {
    let dynamodb = DynamoDb::new();
    let item = |length: usize| with_key(json!({"body": {"S": "x".repeat(length)}}));
    // pk, sk, their values and `body` are 2 + 1 + 2 + 1 + 4 bytes.
    let most = 400 * 1024 - 10;
    dynamodb.put(item(most));
    let input = json!({"TableName": "ledger", "Item": item(most + 1)});
    let refusal = dynamodb.refused("PutItem", input);
    assert_eq!(
        refusal.message,
        "Item size has exceeded the maximum allowed size"
    );
    let more = json!({"ExpressionAttributeValues": {":v": {"N": "1"}}});
    let refusal = dynamodb.update("SET another = :v", more).unwrap_err();
    assert_eq!(
        refusal.message,
        "Item size to update has exceeded the maximum allowed size"
    );
}
