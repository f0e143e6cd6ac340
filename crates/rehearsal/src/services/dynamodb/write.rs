//! PutItem, UpdateItem, DeleteItem, and what they share with transactions.
//!
//! Source: <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithItems.html>.

use serde_json::{Value, json};

use super::attribute::{Item, item_size};
use super::expression::condition::Condition;
use super::expression::path::Path;
use super::expression::update::Update;
use super::json::write_item;
use super::key::{Key, Schema};
use super::read_input;
use super::refusal::{invalid, invalid_parameter};
use super::return_values::ReturnValues;
use super::write_request::{Kind, Request};
use crate::call::{ApiError, Call};
use crate::world::World;

/// The largest item, in bytes, its names included.
///
/// Source: <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html>.
const LARGEST_ITEM: usize = 400 * 1024;

/// A write whose expressions have been read.
#[derive(Debug)]
pub(super) struct Write {
    pub(super) table: String,
    pub(super) condition: Option<Condition>,
    pub(super) shows_item_on_failure: bool,
    pub(super) change: Change,
}

/// What a write makes of its item, which the key names where the item itself does not.
#[derive(Debug)]
pub(super) enum Change {
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
    let write = request.read(kind)?;
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
