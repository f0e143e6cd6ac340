//! CreateTable, DescribeTable, ListTables, DeleteTable.

use serde_json::{Value, json};

use crate::{DynamoDb, key};

fn named(name: &str) -> Value {
    json!({
        "TableName": name, "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "B"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    })
}

#[test]
fn a_table_is_described() {
    let dynamodb = DynamoDb::new();
    dynamodb.put(key("a", "1"));
    let table = dynamodb.done("DescribeTable", json!({"TableName": "ledger"}))["Table"].clone();
    assert_eq!(table["TableStatus"], "ACTIVE");
    assert_eq!(
        table["TableArn"],
        "arn:aws:dynamodb:eu-central-1:123456789012:table/ledger"
    );
    assert_eq!(table["ItemCount"], 1);
    assert_eq!(
        table["BillingModeSummary"]["BillingMode"],
        "PAY_PER_REQUEST"
    );
    let by_arn = dynamodb.done("DescribeTable", json!({"TableName": table["TableArn"]}));
    assert_eq!(by_arn["Table"], table);
}

#[test]
fn tables_are_listed_page_by_page_in_the_order_of_their_names() {
    let dynamodb = DynamoDb::new();
    for name in ["zeta", "alpha"] {
        dynamodb.done("CreateTable", named(name));
    }
    let page = dynamodb.done("ListTables", json!({"Limit": 2}));
    assert_eq!(
        page,
        json!({"TableNames": ["alpha", "ledger"], "LastEvaluatedTableName": "ledger"})
    );
    let rest = dynamodb.done("ListTables", json!({"ExclusiveStartTableName": "ledger"}));
    assert_eq!(rest, json!({"TableNames": ["zeta"]}));
}

#[test]
fn a_deleted_table_is_gone_with_its_items() {
    let dynamodb = DynamoDb::new();
    dynamodb.put(key("a", "1"));
    let output = dynamodb.done("DeleteTable", json!({"TableName": "ledger"}));
    assert_eq!(output["TableDescription"]["TableStatus"], "DELETING");
    let refusal = dynamodb.refused("DescribeTable", json!({"TableName": "ledger"}));
    assert_eq!(refusal.code, "ResourceNotFoundException");
    assert_eq!(
        refusal.message,
        "Requested resource not found: Table: ledger not found"
    );
}

#[test]
fn a_protected_table_stays() {
    let dynamodb = DynamoDb::new();
    let mut input = named("safe");
    input["DeletionProtectionEnabled"] = json!(true);
    dynamodb.done("CreateTable", input);
    let refusal = dynamodb.refused("DeleteTable", json!({"TableName": "safe"}));
    assert_eq!(refusal.code, "ValidationException");
}

#[test]
fn a_name_is_taken_once() {
    let dynamodb = DynamoDb::new();
    let refusal = dynamodb.refused("CreateTable", named("ledger"));
    assert_eq!(refusal.code, "ResourceInUseException");
    assert_eq!(refusal.message, "Table already exists: ledger");
}

#[test]
fn tables_that_cannot_be_are_refused() {
    for (member, value) in [
        ("TableName", json!("ab")),
        ("TableName", json!("a table")),
        ("BillingMode", json!("PROVISIONED")),
        (
            "KeySchema",
            json!([{"AttributeName": "id", "KeyType": "RANGE"}]),
        ),
        (
            "KeySchema",
            json!([{"AttributeName": "other", "KeyType": "HASH"}]),
        ),
        (
            "AttributeDefinitions",
            json!([{"AttributeName": "id", "AttributeType": "BOOL"}]),
        ),
    ] {
        let mut input = named("fine");
        input[member] = value;
        let refusal = DynamoDb::new().refused("CreateTable", input);
        assert_eq!(refusal.code, "ValidationException", "{member}");
    }
}

#[test]
fn an_index_is_not_modelled_and_not_ignored() {
    let mut input = named("indexed");
    input["GlobalSecondaryIndexes"] = json!([]);
    assert_eq!(
        DynamoDb::new().refused("CreateTable", input).code,
        "NotModelled"
    );
}
