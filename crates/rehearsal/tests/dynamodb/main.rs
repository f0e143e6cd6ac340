//! The simulated DynamoDB, asked over its wire protocol.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may stop where it finds nonsense"
)]

mod batches;
mod conditions;
mod items;
mod queries;
mod refusals;
mod tables;
mod time_to_live;
mod transactions;
mod updates;
mod versions;

use bytes::Bytes;
use http::Request;
use jiff::{SignedDuration, Timestamp};
use rehearsal::{Account, Answer, Clock};
use serde_json::{Map, Value, json};

/// An account with one table, `ledger`, whose items have a `pk` and an `sk`.
struct DynamoDb {
    account: Account,
}

/// A refusal: the error's code, its message and the whole body.
#[derive(Debug)]
struct Refusal {
    code: String,
    message: String,
    body: Value,
}

impl DynamoDb {
    fn new() -> Self {
        let start = "2026-11-23T08:00:00Z".parse().unwrap();
        let dynamodb = Self {
            account: Account::new(Clock::stepped(start)),
        };
        dynamodb.done(
            "CreateTable",
            json!({
                "TableName": "ledger",
                "BillingMode": "PAY_PER_REQUEST",
                "AttributeDefinitions": [
                    {"AttributeName": "pk", "AttributeType": "S"},
                    {"AttributeName": "sk", "AttributeType": "S"},
                ],
                "KeySchema": [
                    {"AttributeName": "pk", "KeyType": "HASH"},
                    {"AttributeName": "sk", "KeyType": "RANGE"},
                ],
            }),
        );
        dynamodb
    }

    fn ask(&self, operation: &str, input: Value) -> Result<Value, Refusal> {
        let request = Request::builder()
            .header("x-amz-target", format!("DynamoDB_20120810.{operation}"))
            .body(Bytes::from(input.to_string()))
            .unwrap();
        let Answer::Reply(reply) = self.account.respond(&request) else {
            panic!("no reply to {operation}");
        };
        let body: Value = serde_json::from_slice(reply.body()).unwrap();
        if reply.status().is_success() {
            return Ok(body);
        }
        let text = |member| body[member].as_str().map(str::to_owned);
        Err(Refusal {
            code: text("__type").unwrap(),
            message: text("message").or_else(|| text("Message")).unwrap(),
            body,
        })
    }

    fn done(&self, operation: &str, input: Value) -> Value {
        self.ask(operation, input)
            .unwrap_or_else(|refusal| panic!("{operation}: {refusal:?}"))
    }

    fn refused(&self, operation: &str, input: Value) -> Refusal {
        match self.ask(operation, input) {
            Err(refusal) => refusal,
            Ok(body) => panic!("{operation} was done: {body}"),
        }
    }

    fn later(&self, by: SignedDuration) {
        self.account.clock.step_to(self.now() + by);
    }

    fn now(&self) -> Timestamp {
        self.account.clock.now()
    }

    fn put(&self, item: Value) {
        self.done("PutItem", json!({"TableName": "ledger", "Item": item}));
    }

    /// Puts the one item that most tests need, with these attributes.
    fn holding(attributes: Value) -> Self {
        let dynamodb = Self::new();
        dynamodb.put(with_key(attributes));
        dynamodb
    }

    /// The one item without its key.
    fn item(&self) -> Value {
        let mut item = self.get("a", "1").unwrap();
        if let Value::Object(members) = &mut item {
            members.remove("pk");
            members.remove("sk");
        }
        item
    }

    fn get(&self, pk: &str, sk: &str) -> Option<Value> {
        let output = self.done(
            "GetItem",
            json!({"TableName": "ledger", "Key": key(pk, sk)}),
        );
        output.get("Item").cloned()
    }

    /// UpdateItem of the one item, with further members.
    fn update(&self, expression: &str, more: Value) -> Result<Value, Refusal> {
        let mut input = json!({
            "TableName": "ledger", "Key": key("a", "1"), "UpdateExpression": expression,
        });
        merge(&mut input, more);
        self.ask("UpdateItem", input)
    }

    /// Whether a condition holds for the one item.
    fn holds(&self, condition: &str, values: Value) -> Result<bool, Refusal> {
        let mut input = json!({
            "TableName": "ledger", "Key": key("a", "1"), "ConditionExpression": condition,
        });
        if values != json!({}) {
            input["ExpressionAttributeValues"] = values;
        }
        let check = json!({"TransactItems": [{"ConditionCheck": input}]});
        match self.ask("TransactWriteItems", check) {
            Ok(_) => Ok(true),
            Err(refusal) if refusal.code == "TransactionCanceledException" => Ok(false),
            Err(refusal) => Err(refusal),
        }
    }
}

fn key(pk: &str, sk: &str) -> Value {
    json!({"pk": {"S": pk}, "sk": {"S": sk}})
}

fn with_key(attributes: Value) -> Value {
    let mut item = key("a", "1");
    merge(&mut item, attributes);
    item
}

fn merge(into: &mut Value, more: Value) {
    let members: Map<String, Value> = serde_json::from_value(more).unwrap();
    for (name, value) in members {
        into[name] = value;
    }
}
