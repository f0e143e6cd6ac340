//! Requests that DynamoDB refuses, in its words.

use serde_json::{Value, json};

use crate::{DynamoDb, key, with_key};

fn put(attributes: Value) -> (String, String) {
    let input = json!({"TableName": "ledger", "Item": with_key(attributes)});
    let refusal = DynamoDb::new().refused("PutItem", input);
    (refusal.code, refusal.message)
}

fn invalid(message: &str) -> (String, String) {
    ("ValidationException".to_owned(), message.to_owned())
}

#[test]
fn malformed_values_are_named() {
    let bad = "One or more parameter values were invalid:";
    for (value, message) in [
        (json!({"N": "dog"}), "The parameter cannot be converted to a numeric value: dog".to_owned()),
        (json!({"N": ""}), "The parameter cannot be converted to a numeric value".to_owned()),
        (json!({"NULL": false}), format!("{bad} Null attribute value types must have the value of true")),
        (json!({"SS": []}), format!("{bad} An string set  may not be empty")),
        (json!({"SS": ["a", "a"]}), format!("{bad} Input collection [a, a] contains duplicates.")),
        (json!({"NS": ["1", "1.0"]}), format!("{bad} Input collection [1, 1.0] contains duplicates.")),
        (json!({}), "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes".to_owned()),
        (json!({"S": "a", "N": "1"}), "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes".to_owned()),
    ] {
        assert_eq!(put(json!({"x": value})), invalid(&message));
    }
}

#[test]
fn values_of_the_wrong_json_type_do_not_arrive() {
    for value in [
        json!({"N": 5}),
        json!({"S": 5}),
        json!("text"),
        json!({"B": "%"}),
        json!({"X": "1"}),
    ] {
        assert_eq!(
            put(json!({"x": value})).0,
            "SerializationException",
            "{value}"
        );
    }
}

#[test]
fn values_may_be_nested_32_levels_deep() {
    let nested =
        |levels: usize| (0..levels).fold(json!({"N": "1"}), |inner, _| json!({"L": [inner]}));
    DynamoDb::holding(json!({"x": nested(32)}));
    let message = "Nesting Levels have exceeded supported limits";
    assert_eq!(put(json!({"x": nested(33)})), invalid(message));
}

#[test]
fn an_item_needs_its_whole_key_in_the_right_types() {
    for (item, message) in [
        (
            json!({"pk": {"S": "a"}}),
            "One or more parameter values were invalid: Missing the key sk in the item",
        ),
        (
            json!({"pk": {"S": "a"}, "sk": {"N": "1"}}),
            "One or more parameter values were invalid: Type mismatch for key sk expected: S actual: N",
        ),
        (
            json!({"pk": {"S": ""}, "sk": {"S": "1"}}),
            "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: pk",
        ),
        (
            json!({"pk": {"S": "a".repeat(2049)}, "sk": {"S": "1"}}),
            "One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of2048 bytes",
        ),
        (
            json!({"pk": {"S": "a"}, "sk": {"S": "1".repeat(1025)}}),
            "One or more parameter values were invalid: Aggregated size of all range keys has exceeded the size limit of 1024 bytes",
        ),
    ] {
        let refusal =
            DynamoDb::new().refused("PutItem", json!({"TableName": "ledger", "Item": item}));
        assert_eq!(refusal.message, message);
    }
}

#[test]
fn a_given_key_is_exactly_the_key() {
    for given in [
        json!({"pk": {"S": "a"}}),
        json!({"pk": {"S": "a"}, "sk": {"N": "1"}}),
        with_key(json!({"x": {"N": "1"}})),
    ] {
        let input = json!({"TableName": "ledger", "Key": given});
        let refusal = DynamoDb::new().refused("GetItem", input);
        assert_eq!(
            refusal.message,
            "The provided key element does not match the schema"
        );
    }
}

#[test]
fn every_substitute_must_be_used_and_well_formed() {
    let update = |more: Value| {
        DynamoDb::new()
            .update("SET a = :v", more)
            .unwrap_err()
            .message
    };
    let one = json!({"N": "1"});
    assert_eq!(
        update(json!({"ExpressionAttributeValues": {":v": one, ":x": one, ":w": one}})),
        "Value provided in ExpressionAttributeValues unused in expressions: keys: {:w, :x}"
    );
    assert_eq!(
        update(
            json!({"ExpressionAttributeValues": {":v": one}, "ExpressionAttributeNames": {"#x": "x"}})
        ),
        "Value provided in ExpressionAttributeNames unused in expressions: keys: {#x}"
    );
    assert_eq!(
        update(json!({"ExpressionAttributeValues": {"v": one}})),
        "ExpressionAttributeValues contains invalid key: Syntax error; key: \"v\""
    );
    assert_eq!(
        update(json!({"ExpressionAttributeValues": {":v": {"N": "x"}}})),
        "ExpressionAttributeValues contains invalid value: The parameter cannot be converted to a numeric value: x for key :v"
    );
    assert_eq!(
        update(json!({"ExpressionAttributeValues": {}})),
        "ExpressionAttributeValues must not be empty"
    );
}

#[test]
fn substitutes_without_an_expression_are_refused() {
    let dynamodb = DynamoDb::new();
    let mut input = json!({"TableName": "ledger", "Item": key("a", "1")});
    input["ExpressionAttributeValues"] = json!({":v": {"N": "1"}});
    assert_eq!(
        dynamodb.refused("PutItem", input.clone()).message,
        "ExpressionAttributeValues can only be specified when using expressions: ConditionExpression is null"
    );
    input["ExpressionAttributeNames"] = json!({"#x": "x"});
    assert_eq!(
        dynamodb.refused("PutItem", input).message,
        "ExpressionAttributeNames can only be specified when using expressions"
    );
}

#[test]
fn an_expression_has_at_most_4096_bytes() {
    let condition = format!("attribute_exists(a{})", "b".repeat(4096));
    let refusal = DynamoDb::new().holds(&condition, json!({})).unwrap_err();
    assert_eq!(
        refusal.message,
        "Invalid ConditionExpression: Expression size has exceeded the maximum allowed size; expression size: 4115"
    );
}

#[test]
fn only_an_update_can_show_what_it_made() {
    let input = json!({"TableName": "ledger", "Item": key("a", "1"), "ReturnValues": "ALL_NEW"});
    let refusal = DynamoDb::new().refused("PutItem", input);
    assert_eq!(refusal.message, "ReturnValues can only be ALL_OLD or NONE");
}

#[test]
fn a_table_that_is_not_there_is_not_found() {
    let input = json!({"TableName": "other", "Key": key("a", "1")});
    let refusal = DynamoDb::new().refused("GetItem", input);
    assert_eq!(refusal.code, "ResourceNotFoundException");
    assert_eq!(refusal.message, "Requested resource not found");
}

#[test]
fn a_parameter_that_is_not_modelled_is_not_ignored() {
    let input = json!({
        "TableName": "ledger", "Item": key("a", "1"), "Expected": {"pk": {"Exists": false}},
    });
    let refusal = DynamoDb::new().refused("PutItem", input);
    assert_eq!(refusal.code, "NotModelled");
    assert!(
        refusal.message.contains("`Expected`"),
        "{}",
        refusal.message
    );
}
