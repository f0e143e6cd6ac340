//! Update expressions.

use serde_json::{Value, json};

use crate::{DynamoDb, key};

/// What the item is after one update.
fn after(before: Value, expression: &str, values: Value) -> Value {
    let dynamodb = DynamoDb::holding(before);
    let more = if values == json!({}) {
        json!({})
    } else {
        json!({"ExpressionAttributeValues": values})
    };
    dynamodb.update(expression, more).unwrap();
    dynamodb.item()
}

/// Why an update of an item is refused.
fn refusal(before: Value, expression: &str, values: Value) -> String {
    let dynamodb = DynamoDb::holding(before.clone());
    let more = if values == json!({}) {
        json!({})
    } else {
        json!({"ExpressionAttributeValues": values})
    };
    let refusal = dynamodb.update(expression, more).unwrap_err();
    assert_eq!(refusal.code, "ValidationException");
    assert_eq!(dynamodb.item(), before, "a refused update changes nothing");
    refusal.message
}

#[test]
fn set_creates_and_replaces() {
    let item = after(
        json!({"was": {"N": "1"}}),
        "SET was = :s, fresh = :n",
        json!({":s": {"S": "x"}, ":n": {"N": "2.50"}}),
    );
    assert_eq!(item, json!({"fresh": {"N": "2.5"}, "was": {"S": "x"}}));
}

#[test]
fn sums_are_exact_to_38_digits() {
    let item = after(
        json!({"tally": {"N": "10000000000000000000000"}, "half": {"N": "0.1"}}),
        "SET tally = tally - :one, half = half + :more",
        json!({":one": {"N": "1"}, ":more": {"N": "0.2"}}),
    );
    assert_eq!(
        item,
        json!({"half": {"N": "0.3"}, "tally": {"N": "9999999999999999999999"}})
    );
}

#[test]
fn every_value_is_that_of_before_the_update() {
    let item = after(
        json!({"one": {"S": "1"}, "two": {"S": "2"}}),
        "SET one = two, two = one",
        json!({}),
    );
    assert_eq!(item, json!({"one": {"S": "2"}, "two": {"S": "1"}}));
}

#[test]
fn a_first_value_stays_and_a_missing_one_starts() {
    let item = after(
        json!({"earliest": {"N": "1"}}),
        "SET earliest = if_not_exists(earliest, :v), version = if_not_exists(version, :zero) + :v",
        json!({":v": {"N": "5"}, ":zero": {"N": "0"}}),
    );
    assert_eq!(item, json!({"earliest": {"N": "1"}, "version": {"N": "5"}}));
}

#[test]
fn lists_grow_at_either_end() {
    let before = json!({"seen": {"L": [{"N": "2"}]}});
    let values = json!({":new": {"L": [{"N": "3"}]}});
    let end = after(
        before.clone(),
        "SET seen = list_append(seen, :new)",
        values.clone(),
    );
    assert_eq!(end, json!({"seen": {"L": [{"N": "2"}, {"N": "3"}]}}));
    let front = after(before, "SET seen = list_append(:new, seen)", values);
    assert_eq!(front, json!({"seen": {"L": [{"N": "3"}, {"N": "2"}]}}));
}

#[test]
fn a_list_is_started_and_appended_to_in_one_expression() {
    let item = after(
        json!({}),
        "SET seen = list_append(if_not_exists(seen, :none), :new)",
        json!({":none": {"L": []}, ":new": {"L": [{"S": "a"}]}}),
    );
    assert_eq!(item, json!({"seen": {"L": [{"S": "a"}]}}));
}

#[test]
fn indexes_mean_the_elements_from_before_the_update() {
    let before = json!({"seen": {"L": [{"N": "0"}, {"N": "1"}, {"N": "2"}]}});
    let removed = after(before.clone(), "REMOVE seen[0], seen[2]", json!({}));
    assert_eq!(removed, json!({"seen": {"L": [{"N": "1"}]}}));
    let values = json!({":a": {"S": "a"}, ":b": {"S": "b"}});
    let appended = after(
        before,
        "SET seen[20] = :b, seen[10] = :a REMOVE seen[0], seen[1]",
        values,
    );
    assert_eq!(
        appended,
        json!({"seen": {"L": [{"N": "2"}, {"S": "a"}, {"S": "b"}]}})
    );
}

#[test]
fn nested_places_are_set_and_removed() {
    let item = after(
        json!({"m": {"M": {"keep": {"N": "1"}, "lose": {"N": "2"}, "seq": {"L": [{"M": {}}]}}}}),
        "SET m.seq[0].leaf = :v REMOVE m.lose, m.never",
        json!({":v": {"S": "x"}}),
    );
    assert_eq!(
        item,
        json!({"m": {"M": {"keep": {"N": "1"}, "seq": {"L": [{"M": {"leaf": {"S": "x"}}}]}}}})
    );
}

#[test]
fn add_counts_and_unites() {
    let item = after(
        json!({"tries": {"N": "5"}, "tags": {"SS": ["a"]}}),
        "ADD tries :n, fresh :n, tags :s",
        json!({":n": {"N": "-2"}, ":s": {"SS": ["a", "b"]}}),
    );
    assert_eq!(item["tries"], json!({"N": "3"}));
    assert_eq!(item["fresh"], json!({"N": "-2"}));
    assert_eq!(item["tags"], json!({"SS": ["a", "b"]}));
}

#[test]
fn delete_takes_members_away_and_the_last_one_takes_the_set() {
    let item = after(
        json!({"tags": {"SS": ["a", "b"]}}),
        "DELETE tags :s, gone :s",
        json!({":s": {"SS": ["a", "z"]}}),
    );
    assert_eq!(item, json!({"tags": {"SS": ["b"]}}));
    let emptied = after(
        json!({"tags": {"NS": ["1", "2.0"]}}),
        "DELETE tags :all",
        json!({":all": {"NS": ["2", "1", "9"]}}),
    );
    assert_eq!(emptied, json!({}));
}

#[test]
fn an_update_creates_the_item_with_its_key() {
    let dynamodb = DynamoDb::new();
    let more = json!({"ExpressionAttributeValues": {":v": {"N": "1"}}, "ReturnValues": "ALL_NEW"});
    let output = dynamodb.update("ADD version :v", more).unwrap();
    let mut whole = key("a", "1");
    whole["version"] = json!({"N": "1"});
    assert_eq!(output["Attributes"], whole);
    assert_eq!(dynamodb.get("a", "1"), Some(whole));
}

#[test]
fn an_update_without_an_expression_creates_the_bare_key() {
    let dynamodb = DynamoDb::new();
    let input = json!({"TableName": "ledger", "Key": key("a", "1")});
    assert_eq!(dynamodb.done("UpdateItem", input), json!({}));
    assert_eq!(dynamodb.get("a", "1"), Some(key("a", "1")));
}

#[test]
fn an_update_answers_with_what_was_asked_for() {
    for (wanted, expected) in [
        ("NONE", Value::Null),
        ("UPDATED_OLD", json!({"m": {"M": {"x": {"N": "1"}}}})),
        (
            "UPDATED_NEW",
            json!({"m": {"M": {"x": {"N": "2"}}}, "y": {"N": "2"}}),
        ),
    ] {
        let dynamodb = DynamoDb::holding(json!({"m": {"M": {"x": {"N": "1"}, "z": {"N": "9"}}}}));
        let more = json!({"ExpressionAttributeValues": {":v": {"N": "2"}}, "ReturnValues": wanted});
        let output = dynamodb.update("SET m.x = :v, y = :v", more).unwrap();
        assert_eq!(output["Attributes"], expected, "{wanted}");
    }
}

#[test]
fn updates_that_make_no_sense_for_the_item_are_refused() {
    let before =
        json!({"n": {"N": "1"}, "s": {"S": "x"}, "big": {"N": format!("9{}", "0".repeat(125))}});
    for (expression, values, message) in [
        (
            "SET a = gone",
            json!({}),
            "The provided expression refers to an attribute that does not exist in the item",
        ),
        (
            "SET a.b = :v",
            json!({":v": {"N": "1"}}),
            "The document path provided in the update expression is invalid for update",
        ),
        (
            "DELETE a.b :v",
            json!({":v": {"SS": ["x"]}}),
            "The document path provided in the update expression is invalid for update",
        ),
        (
            "REMOVE a.b",
            json!({}),
            "The document path provided in the update expression is invalid for update",
        ),
        (
            "SET n[0] = :v",
            json!({":v": {"N": "1"}}),
            "The document path provided in the update expression is invalid for update",
        ),
        (
            "SET n = s + :v",
            json!({":v": {"N": "1"}}),
            "An operand in the update expression has an incorrect data type",
        ),
        (
            "ADD s :v",
            json!({":v": {"N": "1"}}),
            "An operand in the update expression has an incorrect data type",
        ),
        (
            "SET big = big + big",
            json!({}),
            "Number overflow. Attempting to store a number with magnitude larger than supported range",
        ),
        (
            "SET pk = :v",
            json!({":v": {"S": "b"}}),
            "One or more parameter values were invalid: Cannot update attribute pk. This attribute is part of the key",
        ),
        (
            "REMOVE sk",
            json!({}),
            "One or more parameter values were invalid: Cannot update attribute sk. This attribute is part of the key",
        ),
    ] {
        assert_eq!(
            refusal(before.clone(), expression, values),
            message,
            "{expression}"
        );
    }
}

/// The update, its values and what the refusal says after `Invalid UpdateExpression: `.
#[test]
fn updates_that_make_no_sense_at_all_are_refused() {
    let one = json!({":v": {"N": "1"}});
    for (expression, values, problem) in [
        ("", json!({}), "The expression can not be empty;"),
        (
            "SET",
            json!({}),
            "Syntax error; token: \"<EOF>\", near: \"SET\"",
        ),
        (
            "a = :v",
            one.clone(),
            "Syntax error; token: \"a\", near: \"a =\"",
        ),
        (
            "SET a = :v SET b = :v",
            one.clone(),
            "The \"SET\" section can only be used once in an update expression;",
        ),
        (
            "SET a = :v, a.b = :v",
            one.clone(),
            "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a, b]",
        ),
        (
            "SET a[0] = :v REMOVE a.b",
            one.clone(),
            "Two document paths conflict with each other; must remove or rewrite one of these paths; path one: [a, [0]], path two: [a, b]",
        ),
        (
            "SET a = size(b)",
            json!({}),
            "The function is not allowed in an update expression; function: size",
        ),
        (
            "SET a = dog(b)",
            json!({}),
            "Invalid function name; function: dog",
        ),
        (
            "SET a = if_not_exists(:v, b)",
            one.clone(),
            "Operator or function requires a document path; operator or function: if_not_exists",
        ),
        (
            "SET a = list_append(b)",
            json!({}),
            "Incorrect number of operands for operator or function; operator or function: list_append, number of operands: 1",
        ),
        (
            "SET a = b + :s",
            json!({":s": {"S": "1"}}),
            "Incorrect operand type for operator or function; operator or function: +, operand type: S",
        ),
        (
            "ADD a :s",
            json!({":s": {"S": "1"}}),
            "Incorrect operand type for operator or function; operator: ADD, operand type: STRING, typeset: ALLOWED_FOR_ADD_OPERAND",
        ),
        (
            "SET ttl = :v",
            one.clone(),
            "Attribute name is a reserved keyword; reserved keyword: ttl",
        ),
    ] {
        let message = refusal(json!({}), expression, values);
        assert_eq!(
            message,
            format!("Invalid UpdateExpression: {problem}"),
            "{expression}"
        );
    }
}
