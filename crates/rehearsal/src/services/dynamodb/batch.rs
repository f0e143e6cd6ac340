//! BatchGetItem and BatchWriteItem.
//!
//! Source: <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html> and
//! <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html>.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::attribute::item_size;
use super::json::{read_item, write_item};
use super::key::{Key, Schema};
use super::read::Projection;
use super::refusal::{breaks_constraint, invalid};
use super::write::Write;
use super::write_request::{Kind, Request};
use super::{plain_name, read_input};
use crate::call::{ApiError, Call};
use crate::world::World;

const MOST_READ: usize = 100;
const MOST_WRITTEN: usize = 25;
const LARGEST_ANSWER: usize = 16 * 1024 * 1024;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Batch<T> {
    request_items: BTreeMap<String, T>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Reads {
    keys: Vec<Map<String, Value>>,
    projection_expression: Option<String>,
    expression_attribute_names: Option<BTreeMap<String, String>>,
    // Every read is consistent.
    #[serde(rename = "ConsistentRead")]
    _consistent_read: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct WriteRequest {
    put_request: Option<PutRequest>,
    delete_request: Option<DeleteRequest>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct PutRequest {
    item: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct DeleteRequest {
    key: Map<String, Value>,
}

/// BatchGetItem. What does not fit the answer is in UnprocessedKeys.
pub(super) fn get(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input: Batch<Reads> = read_input(call)?;
    let count: usize = input
        .request_items
        .values()
        .map(|reads| reads.keys.len())
        .sum();
    check_count(&input, count, MOST_READ, "BatchGetItem")?;
    let mut responses = Map::new();
    let mut unprocessed = Map::new();
    let mut bytes = 0;
    for (name, reads) in input.request_items {
        let projection = Projection::alone(
            reads.projection_expression.as_deref(),
            reads.expression_attribute_names,
        )?;
        let table = world.dynamodb.table(&name)?;
        projection.check(&table.schema)?;
        let mut found = Vec::new();
        let mut left = Vec::new();
        for (key, given) in distinct_keys(&table.schema, reads.keys)? {
            let Some(item) = table.get(&key) else {
                continue;
            };
            bytes += item_size(item);
            if bytes > LARGEST_ANSWER {
                left.push(given);
            } else {
                found.push(write_item(&projection.of(item)));
            }
        }
        if !left.is_empty() {
            let mut request = call.input["RequestItems"][&name].clone();
            request["Keys"] = json!(left);
            unprocessed.insert(name.clone(), request);
        }
        responses.insert(name, Value::Array(found));
    }
    Ok(json!({"Responses": responses, "UnprocessedKeys": unprocessed}))
}

/// BatchWriteItem. Its writes have no conditions; all of them are done.
pub(super) fn write(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input: Batch<Vec<WriteRequest>> = read_input(call)?;
    let count: usize = input.request_items.values().map(Vec::len).sum();
    check_count(&input, count, MOST_WRITTEN, "BatchWriteItem")?;
    let mut seen = BTreeSet::new();
    let mut planned = Vec::new();
    for (name, requests) in input.request_items {
        let table = world.dynamodb.table(&name)?;
        for request in requests {
            let write = request.read(&name)?;
            let key = write.key(&table.schema).map_err(as_batch)?;
            let item = write.outcome(&table.schema, None)?;
            if !seen.insert((plain_name(&name).to_owned(), key.clone())) {
                return Err(duplicates());
            }
            planned.push((name.clone(), key, item));
        }
    }
    for (name, key, item) in planned {
        world.dynamodb.table_mut(&name)?.put(key, item);
    }
    Ok(json!({"UnprocessedItems": {}}))
}

impl WriteRequest {
    fn read(self, table: &str) -> Result<Write, ApiError> {
        match (self.put_request, self.delete_request) {
            (Some(put), None) => Request::put(table, put.item).read(Kind::Put),
            (None, Some(delete)) => Request::delete(table, delete.key).read(Kind::Delete),
            _ => Err(invalid(
                "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes",
            )),
        }
    }
}

/// A batch says of every unfit key what the other operations say of a given one.
fn as_batch(error: ApiError) -> ApiError {
    if error.message.contains("Missing the key") || error.message.contains("Type mismatch for key")
    {
        return invalid("The provided key element does not match the schema");
    }
    error
}

fn distinct_keys(
    schema: &Schema,
    given: Vec<Map<String, Value>>,
) -> Result<BTreeMap<Key, Map<String, Value>>, ApiError> {
    let mut keys = BTreeMap::new();
    for key in given {
        if keys.insert(schema.key(&read_item(&key)?)?, key).is_some() {
            return Err(duplicates());
        }
    }
    Ok(keys)
}

fn duplicates() -> ApiError {
    invalid("Provided list of item keys contains duplicates")
}

fn check_count<T>(
    batch: &Batch<T>,
    count: usize,
    most: usize,
    operation: &str,
) -> Result<(), ApiError> {
    if batch.request_items.is_empty() || count == 0 {
        return Err(breaks_constraint(
            "{}",
            "requestItems",
            "Member must have length greater than or equal to 1",
        ));
    }
    if count <= most {
        return Ok(());
    }
    Err(invalid(format!(
        "Too many items requested for the {operation} call"
    )))
}
