//! Query and Scan.
//!
//! Source: <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.html> and
//! <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Scan.html>.

use serde_json::Value;

use super::attribute::Item;
use super::expression::key_condition::{self, KeyCondition};
use super::key::Key;
use super::read_input;
use super::reading::{Reading, Request};
use super::refusal::invalid;
use super::table::Table;
use crate::call::{ApiError, Call};
use crate::world::World;

pub(super) fn query(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let mut reading = Reading::read(read_input(call)?)?;
    let table = world.dynamodb.table(&reading.table)?;
    let keys = reading.keys.take().ok_or_else(|| {
        invalid("Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.")
    })?;
    let keys = key_condition::read(keys, &table.schema)?;
    reading.check(&table.schema)?;
    let partition = table.schema.partition(&keys.partition)?;
    let start = reading.start(table)?;
    check_boundaries(table, &keys, &partition, start.as_ref())?;
    let wanted = |(_, item): &(&Key, &Item)| keys.sort.as_ref().is_none_or(|sort| sort.holds(item));
    let items = table.partition(&partition).filter(wanted);
    Ok(if reading.backward {
        let rest = items
            .rev()
            .filter(|(key, _)| start.as_ref().is_none_or(|start| *key < start));
        reading.page(table, rest)
    } else {
        let rest = items.filter(|(key, _)| start.as_ref().is_none_or(|start| *key > start));
        reading.page(table, rest)
    })
}

pub(super) fn scan(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let request: Request = read_input(call)?;
    if request.key_condition_expression.is_some() || request.scan_index_forward.is_some() {
        return Err(ApiError::not_modelled(call));
    }
    let reading = Reading::read(request)?;
    let table = world.dynamodb.table(&reading.table)?;
    reading.projection.check(&table.schema)?;
    let start = reading.start(table)?;
    let rest = table
        .items()
        .filter(|(key, _)| start.as_ref().is_none_or(|start| *key > start));
    Ok(reading.page(table, rest))
}

fn check_boundaries(
    table: &Table,
    keys: &KeyCondition,
    partition: &Key,
    start: Option<&Key>,
) -> Result<(), ApiError> {
    let Some(start) = start else {
        return Ok(());
    };
    if !start.shares_partition(partition) {
        return Err(invalid(
            "The provided starting key is outside query boundaries based on provided conditions",
        ));
    }
    let attributes = table.schema.attributes(start);
    if keys
        .sort
        .as_ref()
        .is_none_or(|sort| sort.holds(&attributes))
    {
        return Ok(());
    }
    Err(invalid(
        "The provided starting key does not match the range key predicate",
    ))
}
