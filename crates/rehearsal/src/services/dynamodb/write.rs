//! PutItem, UpdateItem, DeleteItem, and what they share with transactions.
//!
//! Source: <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithItems.html>.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::attribute::{Item, item_size};
use super::expression::condition::Condition;
use super::expression::condition_grammar;
use super::expression::path::Path;
use super::expression::substitutes::{Given, Substitutes};
use super::expression::update::{self, Update};
use super::json::{read_item, write_item};
use super::key::{Key, Schema};
use super::read_input;
use super::refusal::{breaks_constraint, invalid, invalid_parameter};
use super::return_values::ReturnValues;
use crate::call::{ApiError, Call};
use crate::world::World;

/// The largest item, in bytes, its names included.
///
/// Source: <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html>.
const LARGEST_ITEM: usize = 400 * 1024;

/// The members of a write, alone or in a transaction.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Request {
    table_name: String,
    item: Option<Map<String, Value>>,
    key: Option<Map<String, Value>>,
    update_expression: Option<String>,
    condition_expression: Option<String>,
    expression_attribute_names: Option<BTreeMap<String, String>>,
    expression_attribute_values: Option<Map<String, Value>>,
    return_values: Option<String>,
    return_values_on_condition_check_failure: Option<String>,
}

impl Request {
    /// An unconditional put.
    pub(super) fn put(table: &str, item: Map<String, Value>) -> Self {
        Self {
            table_name: table.to_owned(),
            item: Some(item),
            ..Self::default()
        }
    }

    /// An unconditional delete.
    pub(super) fn delete(table: &str, key: Map<String, Value>) -> Self {
        Self {
            table_name: table.to_owned(),
            key: Some(key),
            ..Self::default()
        }
    }
}

/// Which kind of write a request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Put,
    Update,
    Delete,
    ConditionCheck,
}

/// A write whose expressions have been read.
#[derive(Debug)]
pub(super) struct Write {
    pub(super) table: String,
    condition: Option<Condition>,
    shows_item_on_failure: bool,
    change: Change,
}

#[derive(Debug)]
enum Change {
    Put(Item),
    Update(Item, Update),
    Delete(Item),
    None(Item),
}

pub(super) fn put(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    one(world, call, Kind::Put)
}

pub(super) fn update(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    one(world, call, Kind::Update)
}

pub(super) fn delete(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    one(world, call, Kind::Delete)
}

fn one(world: &mut World, call: &Call, kind: Kind) -> Result<Value, ApiError> {
    let request: Request = read_input(call)?;
    let wanted = ReturnValues::read(request.return_values.as_deref(), kind)?;
    let write = Write::read(request, kind)?;
    let table = world.dynamodb.table_mut(&write.table)?;
    let key = write.key(&table.schema)?;
    let old = table.get(&key).cloned();
    let new = write.outcome(&table.schema, old.as_ref())?;
    table.put(key, new.clone());
    let returned = wanted.of(&write, old.as_ref(), new.as_ref());
    Ok(match returned.filter(|item| !item.is_empty()) {
        Some(item) => json!({"Attributes": write_item(&item)}),
        None => json!({}),
    })
}

impl Write {
    /// Reads a request's expressions and values; what is wrong with them is wrong whatever the table
    /// holds.
    pub(super) fn read(request: Request, kind: Kind) -> Result<Self, ApiError> {
        let shows_item_on_failure =
            match request.return_values_on_condition_check_failure.as_deref() {
                None | Some("NONE") => false,
                Some("ALL_OLD") => true,
                Some(other) => {
                    return Err(breaks_constraint(
                        other,
                        "returnValuesOnConditionCheckFailure",
                        "Member must satisfy enum value set: [ALL_OLD, NONE]",
                    ));
                }
            };
        let mut expressions = vec![(
            "ConditionExpression",
            request.condition_expression.is_some(),
        )];
        if kind == Kind::Update {
            expressions.insert(0, ("UpdateExpression", request.update_expression.is_some()));
        }
        let given = Given {
            names: request.expression_attribute_names,
            values: request.expression_attribute_values,
        };
        let mut substitutes = Substitutes::read(given, &expressions)?;
        let update = match &request.update_expression {
            Some(text) => update::parse(text, &mut substitutes)?,
            None => Update::default(),
        };
        let condition = request
            .condition_expression
            .map(|text| condition_grammar::parse("ConditionExpression", &text, &mut substitutes))
            .transpose()?;
        substitutes.all_used()?;
        let key = read_member(request.key, "key");
        let change = match kind {
            Kind::Put => Change::Put(read_member(request.item, "item")?),
            Kind::Update => Change::Update(key?, update),
            Kind::Delete => Change::Delete(key?),
            Kind::ConditionCheck if condition.is_none() => {
                return Err(invalid(
                    "The ConditionExpression parameter is required but was not present in the request",
                ));
            }
            Kind::ConditionCheck => Change::None(key?),
        };
        Ok(Self {
            table: request.table_name,
            condition,
            shows_item_on_failure,
            change,
        })
    }

    /// The key of the item that it writes.
    pub(super) fn key(&self, schema: &Schema) -> Result<Key, ApiError> {
        match &self.change {
            Change::Put(item) => schema.key_of(item),
            Change::Update(key, _) | Change::Delete(key) | Change::None(key) => schema.key(key),
        }
    }

    /// The item after the write, none if there is none; or why the write is refused.
    pub(super) fn outcome(
        &self,
        schema: &Schema,
        old: Option<&Item>,
    ) -> Result<Option<Item>, ApiError> {
        let nothing = Item::new();
        let holds = |condition: &Condition| condition.holds(old.unwrap_or(&nothing));
        if !self.condition.as_ref().is_none_or(holds) {
            return Err(self.condition_failed(old));
        }
        match &self.change {
            Change::Put(item) if item_size(item) > LARGEST_ITEM => {
                Err(invalid("Item size has exceeded the maximum allowed size"))
            }
            Change::Put(item) => Ok(Some(item.clone())),
            Change::Update(key, update) => updated(schema, old.unwrap_or(key), update).map(Some),
            Change::Delete(_) => Ok(None),
            Change::None(_) => Ok(old.cloned()),
        }
    }

    /// The places that an update touches.
    pub(super) fn touched(&self) -> Vec<&Path> {
        match &self.change {
            Change::Update(_, update) => update.paths(),
            Change::Put(_) | Change::Delete(_) | Change::None(_) => Vec::new(),
        }
    }

    /// The bytes that the write carries: all of a new item, and of the others no more than the key.
    pub(super) fn size(&self) -> usize {
        match &self.change {
            Change::Put(item) => item_size(item),
            Change::Update(key, _) | Change::Delete(key) | Change::None(key) => item_size(key),
        }
    }

    fn condition_failed(&self, old: Option<&Item>) -> ApiError {
        let refusal = ApiError::client(
            "ConditionalCheckFailedException",
            "The conditional request failed",
        );
        match old.filter(|_| self.shows_item_on_failure) {
            Some(item) => refusal.with("Item", write_item(item)),
            None => refusal,
        }
    }
}

fn updated(schema: &Schema, before: &Item, update: &Update) -> Result<Item, ApiError> {
    let paths = update.paths();
    if let Some(key) = schema
        .names()
        .find(|name| paths.iter().any(|path| path.attribute == *name))
    {
        return Err(invalid_parameter(format!(
            "Cannot update attribute {key}. This attribute is part of the key"
        )));
    }
    let after = update.apply(before)?;
    if item_size(&after) > LARGEST_ITEM {
        return Err(invalid(
            "Item size to update has exceeded the maximum allowed size",
        ));
    }
    Ok(after)
}

fn read_member(member: Option<Map<String, Value>>, name: &str) -> Result<Item, ApiError> {
    let member = member.ok_or_else(|| {
        invalid(format!(
            "1 validation error detected: Value null at '{name}' failed to satisfy constraint: Member must not be null"
        ))
    })?;
    read_item(&member)
}
