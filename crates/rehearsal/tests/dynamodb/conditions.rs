//! Condition expressions.

use serde_json::{Value, json};

use crate::DynamoDb;

fn sample() -> DynamoDb {
    DynamoDb::holding(json!({
        "amount": {"N": "10"},
        "greeting": {"S": "hello"},
        "bytes": {"B": "aGkgdGhlcmU="},
        "flag": {"BOOL": true},
        "blank": {"NULL": true},
        "tags": {"SS": ["x", "y"]},
        "sizes": {"NS": ["1", "2.50"]},
        "steps": {"L": [{"S": "first"}, {"M": {"far": {"N": "2"}}}]},
        "nested": {"M": {"below": {"M": {"leaf": {"S": "deep"}}}, "seq": {"L": [{"N": "7"}]}}},
    }))
}

/// The claims that hold, and those that do not, with `:v` standing for the value.
fn check(cases: &[(&str, Value, bool)]) {
    let dynamodb = sample();
    for (condition, value, expected) in cases {
        let values = if value.is_null() {
            json!({})
        } else {
            json!({":v": value})
        };
        let found = dynamodb.holds(condition, values).unwrap();
        assert_eq!(found, *expected, "{condition} with {value}");
    }
}

#[test]
fn values_are_equal_when_type_and_value_are() {
    check(&[
        ("amount = :v", json!({"N": "10.0"}), true),
        ("amount = :v", json!({"S": "10"}), false),
        ("tags = :v", json!({"SS": ["y", "x"]}), true),
        ("sizes = :v", json!({"NS": ["2.5", "1"]}), true),
        ("nested.seq = :v", json!({"L": [{"N": "7"}]}), true),
        ("flag <> :v", json!({"BOOL": false}), true),
        ("greeting <> :v", json!({"S": "hello"}), false),
    ]);
}

#[test]
fn what_is_missing_equals_nothing() {
    check(&[
        ("gone = :v", json!({"N": "10"}), false),
        ("gone <> :v", json!({"N": "10"}), true),
        ("gone = lost", Value::Null, false),
        ("gone <> lost", Value::Null, true),
        ("gone < :v", json!({"N": "10"}), false),
        ("NOT gone < :v", json!({"N": "10"}), true),
    ]);
}

#[test]
fn numbers_are_ordered_as_numbers_and_texts_as_bytes() {
    check(&[
        ("amount > :v", json!({"N": "9"}), true),
        ("amount >= :v", json!({"N": "1e1"}), true),
        ("amount < :v", json!({"N": "9"}), false),
        ("amount > :v", json!({"S": "9"}), false),
        ("greeting < :v", json!({"S": "help"}), true),
        ("greeting <= :v", json!({"S": "Help"}), false),
        ("bytes > :v", json!({"B": "aGE="}), true),
    ]);
}

#[test]
fn between_takes_in_both_ends() {
    let dynamodb = sample();
    for (low, high, expected) in [("10", "11", true), ("9", "10", true), ("11", "12", false)] {
        let values = json!({":low": {"N": low}, ":high": {"N": high}});
        let found = dynamodb.holds("amount BETWEEN :low AND :high", values);
        assert_eq!(found.unwrap(), expected, "{low} to {high}");
    }
}

#[test]
fn in_is_equality_with_any_of_them() {
    let dynamodb = sample();
    let values = json!({":a": {"S": "other"}, ":b": {"N": "10"}});
    assert!(
        dynamodb
            .holds("amount IN (:a, :b)", values.clone())
            .unwrap()
    );
    assert!(
        !dynamodb
            .holds("greeting IN (:a, :b)", values.clone())
            .unwrap()
    );
    assert!(!dynamodb.holds("gone IN (:a, :b)", values).unwrap());
}

#[test]
fn existence_and_type_are_of_a_place() {
    check(&[
        ("attribute_exists(nested.below.leaf)", Value::Null, true),
        ("attribute_exists(steps[1].far)", Value::Null, true),
        ("attribute_exists(steps[2])", Value::Null, false),
        ("attribute_not_exists(nested.below.twig)", Value::Null, true),
        ("attribute_exists(blank)", Value::Null, true),
        ("attribute_type(blank, :v)", json!({"S": "NULL"}), true),
        ("attribute_type(steps, :v)", json!({"S": "L"}), true),
        ("attribute_type(steps, :v)", json!({"S": "M"}), false),
    ]);
}

#[test]
fn begins_with_and_contains_look_inside() {
    check(&[
        ("begins_with(greeting, :v)", json!({"S": "he"}), true),
        ("begins_with(greeting, :v)", json!({"S": "el"}), false),
        ("begins_with(bytes, :v)", json!({"B": "aGk="}), true),
        ("begins_with(amount, :v)", json!({"S": "1"}), false),
        ("contains(greeting, :v)", json!({"S": "ell"}), true),
        ("contains(tags, :v)", json!({"S": "x"}), true),
        ("contains(sizes, :v)", json!({"N": "2.5"}), true),
        ("contains(steps, :v)", json!({"S": "first"}), true),
        ("contains(steps, :v)", json!({"S": "fir"}), false),
        ("contains(amount, :v)", json!({"N": "1"}), false),
    ]);
}

#[test]
fn size_counts_characters_bytes_and_elements() {
    check(&[
        ("size(greeting) = :v", json!({"N": "5"}), true),
        ("size(bytes) = :v", json!({"N": "8"}), true),
        ("size(tags) = :v", json!({"N": "2"}), true),
        ("size(nested) = :v", json!({"N": "2"}), true),
        ("size(steps) > :v", json!({"N": "1"}), true),
        ("size(amount) = :v", json!({"N": "2"}), false),
        ("size(gone) = :v", json!({"N": "0"}), false),
    ]);
}

#[test]
fn not_binds_closer_than_and_and_and_than_or() {
    check(&[
        (
            "amount = :v OR amount = :v AND gone = :v",
            json!({"N": "10"}),
            true,
        ),
        (
            "(amount = :v OR amount = :v) AND gone = :v",
            json!({"N": "10"}),
            false,
        ),
        ("NOT gone = :v AND amount = :v", json!({"N": "10"}), true),
        ("NOT (gone = :v OR amount = :v)", json!({"N": "10"}), false),
        (
            "not NOT amount = :v and amount = :v Or gone = :v",
            json!({"N": "10"}),
            true,
        ),
    ]);
}

#[test]
fn a_condition_on_an_item_that_is_not_there_sees_an_empty_one() {
    let dynamodb = DynamoDb::new();
    assert!(
        dynamodb
            .holds("attribute_not_exists(pk)", json!({}))
            .unwrap()
    );
    assert!(!dynamodb.holds("attribute_exists(pk)", json!({})).unwrap());
}

/// The condition, its values and what the refusal says after `Invalid ConditionExpression: `.
#[test]
fn nonsense_is_refused_before_any_item_is_read() {
    let dynamodb = DynamoDb::new();
    for (condition, values, problem) in [
        ("", json!({}), "The expression can not be empty;"),
        (
            "amount",
            json!({}),
            "Syntax error; token: \"<EOF>\", near: \"amount\"",
        ),
        (
            "amount = = amount",
            json!({}),
            "Syntax error; token: \"=\", near: \"= = amount\"",
        ),
        (
            "amount ! :v",
            json!({":v": {"N": "1"}}),
            "Syntax error; token: \"!\", near: \"! :v\"",
        ),
        (
            "a = :v",
            json!({}),
            "An expression attribute value used in expression is not defined; attribute value: :v",
        ),
        (
            "#a = b",
            json!({}),
            "An expression attribute name used in the document path is not defined; attribute name: #a",
        ),
        (
            "hold = :v",
            json!({":v": {"N": "1"}}),
            "Attribute name is a reserved keyword; reserved keyword: hold",
        ),
        ("dog(a)", json!({}), "Invalid function name; function: dog"),
        (
            "if_not_exists(a, b)",
            json!({}),
            "The function is not allowed in a condition expression; function: if_not_exists",
        ),
        (
            "size(a)",
            json!({}),
            "The function is not allowed to be used this way in an expression; function: size",
        ),
        (
            "attribute_exists(a) = b",
            json!({}),
            "The function is not allowed to be used this way in an expression; function: attribute_exists",
        ),
        (
            "attribute_exists(:v)",
            json!({":v": {"N": "1"}}),
            "Operator or function requires a document path; operator or function: attribute_exists",
        ),
        (
            "begins_with(a)",
            json!({}),
            "Incorrect number of operands for operator or function; operator or function: begins_with, number of operands: 1",
        ),
        (
            "begins_with(a, :v)",
            json!({":v": {"N": "1"}}),
            "Incorrect operand type for operator or function; operator or function: begins_with, operand type: N",
        ),
        (
            "a < :v",
            json!({":v": {"BOOL": true}}),
            "Incorrect operand type for operator or function; operator or function: <, operand type: BOOL",
        ),
        (
            "attribute_type(a, :v)",
            json!({":v": {"S": "DOG"}}),
            "Invalid attribute type name found; type: DOG, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}",
        ),
        (
            "a = a",
            json!({}),
            "The first operand must be distinct from the remaining operands for this operator or function; operator: =, first operand: [a]",
        ),
        (
            "((a = b))",
            json!({}),
            "The expression has redundant parentheses;",
        ),
        (
            "a BETWEEN :v AND :w",
            json!({":v": {"N": "2"}, ":w": {"N": "1"}}),
            "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound operand: AttributeValue: {N:2}, upper bound operand: AttributeValue: {N:1}",
        ),
    ] {
        let refusal = dynamodb.holds(condition, values).unwrap_err();
        assert_eq!(refusal.code, "ValidationException");
        assert_eq!(
            refusal.message,
            format!("Invalid ConditionExpression: {problem}"),
            "{condition}"
        );
    }
}
