//! The members of a write, alone or in a transaction.
//!
//! Source: <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html>.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::attribute::Item;
use super::expression::condition::Condition;
use super::expression::condition_grammar;
use super::expression::substitutes::{Given, Substitutes};
use super::expression::update::{self, Update};
use super::json::read_item;
use super::refusal::{breaks_constraint, invalid};
use super::write::{Change, Write};
use crate::call::ApiError;

/// A write as it travels.
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
    pub(super) return_values: Option<String>,
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

impl Request {
    /// Reads the expressions and values; what is wrong with them is wrong whatever the table holds.
    pub(super) fn read(mut self, kind: Kind) -> Result<Write, ApiError> {
        let shows_item_on_failure = self.shows_item_on_failure()?;
        let (update, condition) = self.expressions(kind)?;
        if kind == Kind::ConditionCheck && condition.is_none() {
            return Err(invalid(
                "The ConditionExpression parameter is required but was not present in the request",
            ));
        }
        let key = read_member(self.key, "key");
        let change = match kind {
            Kind::Put => Change::Put(read_member(self.item, "item")?),
            Kind::Update => Change::Update(key?, update),
            Kind::Delete => Change::Delete(key?),
            Kind::ConditionCheck => Change::None(key?),
        };
        Ok(Write {
            table: self.table_name,
            condition,
            shows_item_on_failure,
            change,
        })
    }

    fn shows_item_on_failure(&self) -> Result<bool, ApiError> {
        match self.return_values_on_condition_check_failure.as_deref() {
            None | Some("NONE") => Ok(false),
            Some("ALL_OLD") => Ok(true),
            Some(other) => Err(breaks_constraint(
                other,
                "returnValuesOnConditionCheckFailure",
                "Member must satisfy enum value set: [ALL_OLD, NONE]",
            )),
        }
    }

    fn expressions(&mut self, kind: Kind) -> Result<(Update, Option<Condition>), ApiError> {
        let update = ("UpdateExpression", self.update_expression.is_some());
        let condition = ("ConditionExpression", self.condition_expression.is_some());
        let given = Given {
            names: self.expression_attribute_names.take(),
            values: self.expression_attribute_values.take(),
        };
        let mut substitutes = match kind {
            Kind::Update => Substitutes::read(given, &[update, condition])?,
            _ => Substitutes::read(given, &[condition])?,
        };
        let update = match &self.update_expression {
            Some(text) => update::parse(text, &mut substitutes)?,
            None => Update::default(),
        };
        let condition = match &self.condition_expression {
            Some(text) => Some(condition_grammar::parse(
                condition.0,
                text,
                &mut substitutes,
            )?),
            None => None,
        };
        substitutes.all_used()?;
        Ok((update, condition))
    }
}

fn read_member(member: Option<Map<String, Value>>, name: &str) -> Result<Item, ApiError> {
    let member = member.ok_or_else(|| {
        invalid(format!(
            "1 validation error detected: Value null at '{name}' failed to satisfy constraint: Member must not be null"
        ))
    })?;
    read_item(&member)
}
