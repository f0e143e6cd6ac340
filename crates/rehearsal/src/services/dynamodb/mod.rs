//! DynamoDB, the subset that the ledger uses: tables with time to live, items, queries, batches and
//! transactions, with every expression in full.
//!
//! Not modelled, and refused as such: indexes, streams, capacity, segments of a scan, PartiQL and
//! the parameters that expressions replaced (`Expected`, `AttributeUpdates`, ...). Every read is
//! strongly consistent. Why this is ours: `docs/decisions/0005-simulated-dynamodb.md`.

mod attribute;
mod batch;
mod create_table;
mod expression;
mod json;
mod key;
mod number;
mod query;
mod read;
mod reading;
mod refusal;
mod return_values;
mod table;
mod tables;
mod time_to_live;
mod transact;
mod write;
mod write_request;

use std::collections::BTreeMap;

use jiff::SignedDuration;
use serde::de::DeserializeOwned;
use serde_json::Value;

use self::refusal::{invalid, no_such_table};
use self::table::Table;
use self::transact::Tokens;
use crate::call::{ApiError, Call};
use crate::modules::Module;
use crate::wire::Protocol;
use crate::world::World;

/// DynamoDB, the subset that the ledger uses.
pub const MODULE: Module = Module {
    service: "dynamodb",
    protocol: Protocol::Json {
        target: "DynamoDB_20120810",
        version: "1.0",
    },
    operations: &[
        "CreateTable",
        "DescribeTable",
        "ListTables",
        "DeleteTable",
        "UpdateTimeToLive",
        "DescribeTimeToLive",
        "GetItem",
        "PutItem",
        "UpdateItem",
        "DeleteItem",
        "Query",
        "Scan",
        "BatchGetItem",
        "BatchWriteItem",
        "TransactWriteItems",
    ],
    call,
    due: time_to_live::due,
    advance: time_to_live::sweep,
};

/// What the account holds of DynamoDB.
#[derive(Debug)]
pub struct DynamoDb {
    /// How long after its expiry an item is deleted; AWS says "typically within a few days".
    pub deletion_lag: SignedDuration,
    tables: BTreeMap<String, Table>,
    tokens: Tokens,
}

impl Default for DynamoDb {
    fn default() -> Self {
        Self {
            deletion_lag: time_to_live::DELETION_LAG,
            tables: BTreeMap::new(),
            tokens: Tokens::default(),
        }
    }
}

fn call(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    match call.operation.as_str() {
        "CreateTable" => tables::create(world, call),
        "DescribeTable" => tables::describe(world, call),
        "ListTables" => tables::list(world, call),
        "DeleteTable" => tables::delete(world, call),
        "UpdateTimeToLive" => time_to_live::update(world, call),
        "DescribeTimeToLive" => time_to_live::describe(world, call),
        "GetItem" => read::get(world, call),
        "PutItem" => write::put(world, call),
        "UpdateItem" => write::update(world, call),
        "DeleteItem" => write::delete(world, call),
        "Query" => query::query(world, call),
        "Scan" => query::scan(world, call),
        "BatchGetItem" => batch::get(world, call),
        "BatchWriteItem" => batch::write(world, call),
        "TransactWriteItems" => transact::write(world, call),
        _ => Err(ApiError::not_modelled(call)),
    }
}

/// Reads the input of a call. A parameter that is not modelled is refused as such: ignored, it would
/// make the caller's test pass for the wrong reason.
fn read_input<T: DeserializeOwned>(call: &Call) -> Result<T, ApiError> {
    serde_json::from_value(call.input.clone()).map_err(|error| {
        let problem = error.to_string();
        if problem.starts_with("unknown field") {
            ApiError {
                message: format!("{}: {problem}", ApiError::not_modelled(call).message),
                ..ApiError::not_modelled(call)
            }
        } else if problem.starts_with("missing field") {
            invalid(format!("1 validation error detected: {problem}"))
        } else {
            ApiError::client("SerializationException", problem)
        }
    })
}

impl DynamoDb {
    /// The table that an item operation names, by name or ARN.
    fn table(&self, name: &str) -> Result<&Table, ApiError> {
        self.tables.get(plain_name(name)).ok_or_else(no_such_table)
    }

    /// The same table, to be written.
    fn table_mut(&mut self, name: &str) -> Result<&mut Table, ApiError> {
        self.tables
            .get_mut(plain_name(name))
            .ok_or_else(no_such_table)
    }
}

/// The table that a table operation names; these say which table is missing.
fn require_described_table<'a>(
    dynamodb: &'a mut DynamoDb,
    name: &str,
) -> Result<&'a mut Table, ApiError> {
    let name = plain_name(name);
    dynamodb.tables.get_mut(name).ok_or_else(|| {
        ApiError::client(
            "ResourceNotFoundException",
            format!("Requested resource not found: Table: {name} not found"),
        )
    })
}

/// A table's name, where it was given as an ARN.
fn plain_name(name_or_arn: &str) -> &str {
    match name_or_arn.rsplit_once(":table/") {
        Some((_, name)) => name,
        None => name_or_arn,
    }
}
