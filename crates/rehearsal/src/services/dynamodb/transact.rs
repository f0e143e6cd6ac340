//! TransactWriteItems: all or nothing, and once for each token.
//!
//! Source: <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html> and
//! <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html>.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};

use super::attribute::Item;
use super::key::Key;
use super::read_input;
use super::refusal::{breaks_constraint, invalid};
use super::write::Write;
use super::write_request::{Kind, Request};
use super::{DynamoDb, plain_name};
use crate::call::{ApiError, Call};
use crate::world::World;

const MOST_ACTIONS: usize = 100;
const LARGEST_TRANSACTION: usize = 4 * 1024 * 1024;
/// How long a token makes a repeated request do nothing.
const TOKEN_LIFE: SignedDuration = SignedDuration::from_mins(10);

/// The tokens of the last ten minutes, with what was asked under them.
pub(super) type Tokens = BTreeMap<String, (Timestamp, Value)>;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Transaction {
    transact_items: Vec<Action>,
    client_request_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Action {
    put: Option<Request>,
    update: Option<Request>,
    delete: Option<Request>,
    condition_check: Option<Request>,
}

/// A write with the key that it goes to.
type Addressed = (Write, Key);

pub(super) fn write(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let now = world.now;
    let input: Transaction = read_input(call)?;
    check_count(&input)?;
    let token = input.client_request_token;
    let dynamodb = &mut world.dynamodb;
    dynamodb
        .tokens
        .retain(|_, (since, _)| now.duration_since(*since) < TOKEN_LIFE);
    if let Some(token) = &token {
        check_token_length(token)?;
        if let Some((_, asked)) = dynamodb.tokens.get(token) {
            return repeated(asked, &call.input["TransactItems"]);
        }
    }
    let writes = input
        .transact_items
        .into_iter()
        .map(Action::read)
        .collect::<Result<Vec<_>, _>>()?;
    if writes.iter().map(Write::size).sum::<usize>() > LARGEST_TRANSACTION {
        return Err(invalid("Transaction payload size cannot exceed 4 MB"));
    }
    let writes = addressed(dynamodb, writes)?;
    let outcomes = outcomes(dynamodb, &writes)?;
    for ((write, key), item) in writes.into_iter().zip(outcomes) {
        dynamodb.table_mut(&write.table)?.put(key, item);
    }
    if let Some(token) = token {
        let asked = call.input["TransactItems"].clone();
        dynamodb.tokens.insert(token, (now, asked));
    }
    Ok(json!({}))
}

impl Action {
    fn read(self) -> Result<Write, ApiError> {
        let mut kinds = [
            (Kind::Put, self.put),
            (Kind::Update, self.update),
            (Kind::Delete, self.delete),
            (Kind::ConditionCheck, self.condition_check),
        ]
        .into_iter()
        .filter_map(|(kind, request)| Some((kind, request?)));
        match (kinds.next(), kinds.next()) {
            (Some((kind, request)), None) => request.read(kind),
            _ => Err(invalid(
                "TransactItems can only contain one of Check, Put, Update or Delete",
            )),
        }
    }
}

/// Finds the tables and keys. A key that does not fit its table cancels the transaction before any
/// other action is looked at.
fn addressed(dynamodb: &DynamoDb, writes: Vec<Write>) -> Result<Vec<Addressed>, ApiError> {
    let count = writes.len();
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for (at, write) in writes.into_iter().enumerate() {
        let table = dynamodb.table(&write.table)?;
        let key = write.key(&table.schema).map_err(|error| {
            let mut reasons = vec![None; count];
            reasons[at] = Some(error);
            cancelled(&reasons)
        })?;
        if !seen.insert((plain_name(&write.table).to_owned(), key.clone())) {
            return Err(invalid(
                "Transaction request cannot include multiple operations on one item",
            ));
        }
        found.push((write, key));
    }
    Ok(found)
}

/// What every item becomes, or the reasons why none of them changes.
fn outcomes(dynamodb: &DynamoDb, writes: &[Addressed]) -> Result<Vec<Option<Item>>, ApiError> {
    let mut items = Vec::new();
    let mut reasons = Vec::new();
    for (write, key) in writes {
        let table = dynamodb.table(&write.table)?;
        match write.outcome(&table.schema, table.get(key)) {
            Ok(item) => {
                items.push(item);
                reasons.push(None);
            }
            Err(error) => reasons.push(Some(error)),
        }
    }
    if items.len() == writes.len() {
        Ok(items)
    } else {
        Err(cancelled(&reasons))
    }
}

/// `TransactionCanceledException` with a reason for each action, in their order.
fn cancelled(reasons: &[Option<ApiError>]) -> ApiError {
    let code = |reason: &Option<ApiError>| match reason.as_ref().map(|error| error.code.as_str()) {
        None => "None",
        Some("ConditionalCheckFailedException") => "ConditionalCheckFailed",
        Some(_) => "ValidationError",
    };
    let codes: Vec<&str> = reasons.iter().map(code).collect();
    let described: Vec<Value> = reasons
        .iter()
        .map(|reason| {
            let mut described = json!({"Code": code(reason)});
            if let Some(error) = reason {
                described["Message"] = json!(error.message);
                if let Some(item) = error.members.get("Item") {
                    described["Item"] = item.clone();
                }
            }
            described
        })
        .collect();
    let message = format!(
        "Transaction cancelled, please refer cancellation reasons for specific reasons [{}]",
        codes.join(", ")
    );
    ApiError::client("TransactionCanceledException", message.clone())
        .with("Message", json!(message))
        .with("CancellationReasons", Value::Array(described))
}

fn repeated(asked: &Value, asks: &Value) -> Result<Value, ApiError> {
    if asked == asks {
        return Ok(json!({}));
    }
    let message =
        "The request uses the same client token as a previous, but non-identical request.";
    Err(
        ApiError::client("IdempotentParameterMismatchException", message)
            .with("Message", json!(message)),
    )
}

fn check_count(input: &Transaction) -> Result<(), ApiError> {
    match input.transact_items.len() {
        1..=MOST_ACTIONS => Ok(()),
        count => Err(breaks_constraint(
            &format!("[{count} items]"),
            "transactItems",
            "Member must have length less than or equal to 100 and greater than or equal to 1",
        )),
    }
}

fn check_token_length(token: &str) -> Result<(), ApiError> {
    match token.len() {
        1..=36 => Ok(()),
        _ => Err(breaks_constraint(
            token,
            "clientRequestToken",
            "Member must have length less than or equal to 36 and greater than or equal to 1",
        )),
    }
}
