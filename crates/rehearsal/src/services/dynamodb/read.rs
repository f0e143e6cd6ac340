//! GetItem, and what reads share.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::attribute::Item;
use super::expression::path::Path;
use super::expression::projection::{parse, project};
use super::expression::substitutes::{Given, Substitutes};
use super::json::{read_item, write_item};
use super::key::Schema;
use super::read_input;
use super::refusal::invalid;
use crate::call::{ApiError, Call};
use crate::world::World;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Get {
    table_name: String,
    key: Map<String, Value>,
    projection_expression: Option<String>,
    expression_attribute_names: Option<BTreeMap<String, String>>,
    // Every read is consistent.
    #[serde(rename = "ConsistentRead")]
    _consistent_read: Option<bool>,
}

/// The parts of an item that a read returns; all of it if nothing else was asked for.
#[derive(Debug, Default)]
pub(super) struct Projection(Option<Vec<Path>>);

pub(super) fn get(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input: Get = read_input(call)?;
    let projection = Projection::alone(
        input.projection_expression.as_deref(),
        input.expression_attribute_names,
    )?;
    let given = read_item(&input.key)?;
    let table = world.dynamodb.table(&input.table_name)?;
    projection.check(&table.schema)?;
    let key = table.schema.key(&given)?;
    Ok(match table.get(&key) {
        Some(item) => json!({"Item": write_item(&projection.of(item))}),
        None => json!({}),
    })
}

impl Projection {
    /// Reads the projection of a request that has no other expression.
    pub(super) fn alone(
        text: Option<&str>,
        names: Option<BTreeMap<String, String>>,
    ) -> Result<Self, ApiError> {
        let given = Given {
            names,
            values: None,
        };
        let expressions = [("ProjectionExpression", text.is_some())];
        let mut substitutes = Substitutes::read(given, &expressions)?;
        let projection = Self::read(text, &mut substitutes)?;
        substitutes.all_used()?;
        Ok(projection)
    }

    /// Reads a projection among other expressions.
    pub(super) fn read(
        text: Option<&str>,
        substitutes: &mut Substitutes,
    ) -> Result<Self, ApiError> {
        Ok(Self(text.map(|text| parse(text, substitutes)).transpose()?))
    }

    /// Refuses paths into key attributes, which have no inside.
    pub(super) fn check(&self, schema: &Schema) -> Result<(), ApiError> {
        let nested = |name: &&str| {
            self.0
                .iter()
                .flatten()
                .any(|path| path.attribute == **name && !path.steps.is_empty())
        };
        match schema.names().find(nested) {
            Some(key) => Err(invalid(format!(
                "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: Key: {key}"
            ))),
            None => Ok(()),
        }
    }

    /// Whether only parts were asked for.
    pub(super) fn is_partial(&self) -> bool {
        self.0.is_some()
    }

    /// What is returned of an item.
    pub(super) fn of(&self, item: &Item) -> Item {
        match &self.0 {
            Some(paths) => project(item, &paths.iter().collect::<Vec<_>>()),
            None => item.clone(),
        }
    }
}
