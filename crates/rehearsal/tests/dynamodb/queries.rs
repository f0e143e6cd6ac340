//! Query and Scan.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::{DynamoDb, key, merge};

/// Three partitions with the sort keys `1` to `5` each, and `n` as a number.
fn sample() -> DynamoDb {
    let dynamodb = DynamoDb::new();
    for pk in ["a", "b", "c"] {
        for n in 1..=5 {
            let mut item = key(pk, &format!("item#{n}"));
            item["n"] = json!({"N": n.to_string()});
            dynamodb.put(item);
        }
    }
    dynamodb
}

fn query(condition: &str, values: Value, more: Value) -> Value {
    let mut input = json!({
        "TableName": "ledger", "KeyConditionExpression": condition, "ExpressionAttributeValues": values,
    });
    merge(&mut input, more);
    input
}

/// The sort keys' last characters, in the order found.
fn found(output: &Value) -> String {
    let items = output["Items"].as_array().unwrap();
    items
        .iter()
        .map(|item| {
            item["sk"]["S"]
                .as_str()
                .unwrap()
                .trim_start_matches("item#")
        })
        .collect()
}

#[test]
fn a_query_reads_one_partition_in_the_order_of_sort_keys() {
    let dynamodb = sample();
    let values = json!({":pk": {"S": "b"}});
    let output = dynamodb.done("Query", query("pk = :pk", values.clone(), json!({})));
    assert_eq!(found(&output), "12345");
    assert_eq!(
        (&output["Count"], &output["ScannedCount"]),
        (&json!(5), &json!(5))
    );
    assert!(
        output["Items"]
            .as_array()
            .unwrap()
            .iter()
            .all(|item| item["pk"] == values[":pk"])
    );
    let backward = json!({"ScanIndexForward": false});
    assert_eq!(
        found(&dynamodb.done("Query", query("pk = :pk", values, backward))),
        "54321"
    );
}

#[test]
fn sort_keys_are_compared() {
    let dynamodb = sample();
    for (condition, expected) in [
        ("sk = :v", "3"),
        ("sk < :v", "12"),
        ("sk <= :v", "123"),
        ("sk > :v", "45"),
        ("sk >= :v", "345"),
        ("sk BETWEEN :v AND :w", "34"),
        ("begins_with(sk, :v)", "3"),
    ] {
        let mut values = json!({":pk": {"S": "a"}, ":v": {"S": "item#3"}});
        if condition.contains(":w") {
            values[":w"] = json!({"S": "item#4"});
        }
        for whole in [
            format!("pk = :pk AND {condition}"),
            format!("{condition} AND pk = :pk"),
        ] {
            let output = dynamodb.done("Query", query(&whole, values.clone(), json!({})));
            assert_eq!(found(&output), expected, "{whole}");
        }
    }
}

#[test]
fn number_sort_keys_sort_as_numbers() {
    let dynamodb = DynamoDb::new();
    dynamodb.done(
        "CreateTable",
        json!({
            "TableName": "numbered", "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [
                {"AttributeName": "p", "AttributeType": "S"}, {"AttributeName": "n", "AttributeType": "N"},
            ],
            "KeySchema": [{"AttributeName": "p", "KeyType": "HASH"}, {"AttributeName": "n", "KeyType": "RANGE"}],
        }),
    );
    for n in ["10", "9", "-1", "1e2"] {
        let item = json!({"p": {"S": "x"}, "n": {"N": n}});
        dynamodb.done("PutItem", json!({"TableName": "numbered", "Item": item}));
    }
    let mut input = query("p = :p", json!({":p": {"S": "x"}}), json!({}));
    input["TableName"] = json!("numbered");
    let output = dynamodb.done("Query", input);
    let order: Vec<&str> = output["Items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["n"]["N"].as_str().unwrap())
        .collect();
    assert_eq!(order, ["-1", "9", "10", "100"]);
}

#[test]
fn the_limit_counts_what_is_read_before_the_filter() {
    let dynamodb = sample();
    let more = json!({"Limit": 3, "FilterExpression": "n > :n"});
    let values = json!({":pk": {"S": "a"}, ":n": {"N": "2"}});
    let output = dynamodb.done("Query", query("pk = :pk", values, more));
    assert_eq!(found(&output), "3");
    assert_eq!(
        (&output["Count"], &output["ScannedCount"]),
        (&json!(1), &json!(3))
    );
    assert_eq!(output["LastEvaluatedKey"], key("a", "item#3"));
}

#[test]
fn a_page_that_ends_with_the_last_item_still_names_a_last_key() {
    let dynamodb = sample();
    let values = json!({":pk": {"S": "a"}});
    let output = dynamodb.done(
        "Query",
        query("pk = :pk", values.clone(), json!({"Limit": 5})),
    );
    assert_eq!(output["LastEvaluatedKey"], key("a", "item#5"));
    let more = json!({"ExclusiveStartKey": key("a", "item#5")});
    let rest = dynamodb.done("Query", query("pk = :pk", values, more));
    assert_eq!(rest, json!({"Count": 0, "ScannedCount": 0, "Items": []}));
}

#[test]
fn a_page_ends_at_a_megabyte() {
    let dynamodb = DynamoDb::new();
    for n in 0..4 {
        let mut item = key("a", &format!("item#{n}"));
        item["body"] = json!({"S": "x".repeat(390 * 1024)});
        dynamodb.put(item);
    }
    let values = json!({":pk": {"S": "a"}});
    let output = dynamodb.done("Query", query("pk = :pk", values, json!({})));
    assert_eq!(found(&output), "012");
    assert_eq!(output["LastEvaluatedKey"], key("a", "item#2"));
}

#[test]
fn a_count_comes_without_items() {
    let values = json!({":pk": {"S": "a"}});
    let output = sample().done(
        "Query",
        query("pk = :pk", values, json!({"Select": "COUNT"})),
    );
    assert_eq!(output, json!({"Count": 5, "ScannedCount": 5}));
}

#[test]
fn a_projection_is_of_what_passed_the_filter() {
    let more = json!({"FilterExpression": "n = :n", "ProjectionExpression": "sk"});
    let values = json!({":pk": {"S": "a"}, ":n": {"N": "4"}});
    let output = sample().done("Query", query("pk = :pk", values, more));
    assert_eq!(output["Items"], json!([{"sk": {"S": "item#4"}}]));
}

#[test]
fn queries_that_no_key_can_answer_are_refused() {
    let dynamodb = sample();
    let pk = json!({":pk": {"S": "a"}});
    let both = json!({":pk": {"S": "a"}, ":v": {"S": "x"}});
    for (condition, values, message) in [
        (
            "sk = :pk",
            pk.clone(),
            "Query condition missed key schema element: pk",
        ),
        ("pk > :pk", pk.clone(), "Query key condition not supported"),
        (
            "pk = :pk OR sk = :v",
            both.clone(),
            "Invalid operator used in KeyConditionExpression: OR",
        ),
        (
            "pk = :pk AND sk <> :v",
            both.clone(),
            "Invalid operator used in KeyConditionExpression: <>",
        ),
        (
            "pk = :pk AND contains(sk, :v)",
            both.clone(),
            "Invalid operator used in KeyConditionExpression: contains",
        ),
        (
            "pk = :pk AND pk = :v",
            both.clone(),
            "KeyConditionExpressions must only contain one condition per key",
        ),
        (
            "pk = :pk AND n = :v",
            both.clone(),
            "Query condition missed key schema element: sk",
        ),
        (
            "pk = :pk",
            json!({":pk": {"N": "1"}}),
            "One or more parameter values were invalid: Condition parameter type does not match schema type",
        ),
        (
            "pk = :pk",
            json!({":pk": {"S": ""}}),
            "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: pk",
        ),
    ] {
        let refusal = dynamodb.refused("Query", query(condition, values, json!({})));
        assert_eq!(refusal.message, message, "{condition}");
    }
}

#[test]
fn parameters_that_contradict_are_refused() {
    let dynamodb = sample();
    for (more, message) in [
        (
            json!({"FilterExpression": "sk <> :pk"}),
            "Filter Expression can only contain non-primary key attributes: Primary key attribute: sk",
        ),
        (
            json!({"Limit": 0}),
            "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1",
        ),
        (
            json!({"ExclusiveStartKey": key("b", "item#1")}),
            "The provided starting key is outside query boundaries based on provided conditions",
        ),
        (
            json!({"ExclusiveStartKey": {"pk": {"S": "a"}}}),
            "The provided starting key is invalid: The provided key element does not match the schema",
        ),
        (
            json!({"Select": "SPECIFIC_ATTRIBUTES"}),
            "Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES",
        ),
    ] {
        let refusal =
            dynamodb.refused("Query", query("pk = :pk", json!({":pk": {"S": "a"}}), more));
        assert_eq!(refusal.message, message);
    }
}

/// Every page of a reading, joined.
fn all_pages(dynamodb: &DynamoDb, operation: &str, mut input: Value) -> Vec<Value> {
    let mut items = Vec::new();
    loop {
        let output = dynamodb.done(operation, input.clone());
        items.extend(output["Items"].as_array().unwrap().clone());
        match output.get("LastEvaluatedKey") {
            Some(last) => input["ExclusiveStartKey"] = last.clone(),
            None => return items,
        }
    }
}

#[test]
fn a_scan_keeps_partitions_together_but_not_in_their_order() {
    let dynamodb = DynamoDb::new();
    for n in 0..40 {
        dynamodb.put(key(&format!("p{n:02}"), "1"));
        dynamodb.put(key(&format!("p{n:02}"), "2"));
    }
    let items = all_pages(&dynamodb, "Scan", json!({"TableName": "ledger"}));
    let order: Vec<&str> = items
        .iter()
        .map(|item| item["pk"]["S"].as_str().unwrap())
        .collect();
    assert!(order.chunks(2).all(|pair| pair[0] == pair[1]));
    assert!(!order.is_sorted());
}

proptest! {
    /// However small the pages, every item is read once.
    #[test]
    fn pages_join_without_gap_or_repetition(limit in 1_i64..7, backward: bool) {
        let dynamodb = sample();
        let more = json!({"Limit": limit, "ScanIndexForward": !backward});
        let input = query("pk = :pk", json!({":pk": {"S": "b"}}), more);
        let expected = if backward { "54321" } else { "12345" };
        prop_assert_eq!(found(&json!({"Items": all_pages(&dynamodb, "Query", input)})), expected);
        let scanned = all_pages(&dynamodb, "Scan", json!({"TableName": "ledger", "Limit": limit}));
        let whole = all_pages(&dynamodb, "Scan", json!({"TableName": "ledger"}));
        prop_assert_eq!(scanned, whole);
    }
}
