//! What Query and Scan share: their parameters and their pages.
//!
//! Source: <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.Pagination.html>.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::attribute::{Item, item_size};
use super::expression::condition::Condition;
use super::expression::condition_grammar;
use super::expression::substitutes::{Given, Substitutes};
use super::json::{read_item, write_item};
use super::key::{Key, Schema};
use super::read::Projection;
use super::refusal::{breaks_constraint, invalid};
use super::table::Table;
use crate::call::ApiError;

/// A page ends with the item that reaches this many bytes, before the filter.
const PAGE_BYTES: usize = 1024 * 1024;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Request {
    table_name: String,
    pub(super) key_condition_expression: Option<String>,
    filter_expression: Option<String>,
    projection_expression: Option<String>,
    expression_attribute_names: Option<BTreeMap<String, String>>,
    expression_attribute_values: Option<Map<String, Value>>,
    exclusive_start_key: Option<Map<String, Value>>,
    pub(super) scan_index_forward: Option<bool>,
    limit: Option<i64>,
    select: Option<String>,
    // Every read is consistent.
    #[serde(rename = "ConsistentRead")]
    _consistent_read: Option<bool>,
}

/// A request whose expressions have been read.
pub(super) struct Reading {
    pub(super) table: String,
    pub(super) keys: Option<Condition>,
    filter: Option<Condition>,
    pub(super) projection: Projection,
    start: Option<Item>,
    limit: Option<usize>,
    pub(super) backward: bool,
    counts_only: bool,
}

impl Reading {
    /// Reads the expressions of a request.
    pub(super) fn read(request: Request) -> Result<Self, ApiError> {
        let limit = request.limit.map(read_limit).transpose()?;
        let expressions = [
            (
                "ProjectionExpression",
                request.projection_expression.is_some(),
            ),
            ("FilterExpression", request.filter_expression.is_some()),
            (
                "KeyConditionExpression",
                request.key_condition_expression.is_some(),
            ),
        ];
        let given = Given {
            names: request.expression_attribute_names,
            values: request.expression_attribute_values,
        };
        let mut substitutes = Substitutes::read(given, &expressions)?;
        let mut condition = |member: &'static str, text: Option<String>| {
            text.map(|text| condition_grammar::parse(member, &text, &mut substitutes))
                .transpose()
        };
        let keys = condition("KeyConditionExpression", request.key_condition_expression)?;
        let filter = condition("FilterExpression", request.filter_expression)?;
        let text = request.projection_expression.as_deref();
        let projection = Projection::read(text, &mut substitutes)?;
        substitutes.all_used()?;
        let counts_only = counts_only(request.select.as_deref(), &projection)?;
        Ok(Self {
            table: request.table_name,
            keys,
            filter,
            projection,
            start: request
                .exclusive_start_key
                .as_ref()
                .map(read_item)
                .transpose()?,
            limit,
            backward: request.scan_index_forward == Some(false),
            counts_only,
        })
    }

    /// Refuses what a query may not do with the key's attributes.
    pub(super) fn check(&self, schema: &Schema) -> Result<(), ApiError> {
        self.projection.check(schema)?;
        let Some(filter) = &self.filter else {
            return Ok(());
        };
        match schema.names().find(|name| filter.mentions(name)) {
            Some(key) => Err(invalid(format!(
                "Filter Expression can only contain non-primary key attributes: Primary key attribute: {key}"
            ))),
            None => Ok(()),
        }
    }

    /// The key after which to go on.
    pub(super) fn start(&self, table: &Table) -> Result<Option<Key>, ApiError> {
        let key = |start| {
            table.schema.key(start).map_err(|error| {
                invalid(format!(
                    "The provided starting key is invalid: {}",
                    error.message
                ))
            })
        };
        self.start.as_ref().map(key).transpose()
    }

    /// Reads until the limit or a megabyte is reached. What is counted there is what was read, before
    /// the filter; a page that ends for its limit names a last key even when nothing follows.
    pub(super) fn page<'a>(
        &self,
        table: &Table,
        items: impl Iterator<Item = (&'a Key, &'a Item)>,
    ) -> Value {
        let (mut scanned, mut bytes, mut last) = (0, 0, None);
        let mut found: Vec<&Item> = Vec::new();
        for (key, item) in items {
            scanned += 1;
            bytes += item_size(item);
            if self.filter.as_ref().is_none_or(|filter| filter.holds(item)) {
                found.push(item);
            }
            if self.limit == Some(scanned) || bytes >= PAGE_BYTES {
                last = Some(key);
                break;
            }
        }
        let mut output = json!({"Count": found.len(), "ScannedCount": scanned});
        if !self.counts_only {
            output["Items"] = found
                .into_iter()
                .map(|item| write_item(&self.projection.of(item)))
                .collect();
        }
        if let Some(key) = last {
            output["LastEvaluatedKey"] = write_item(&table.schema.attributes(key));
        }
        output
    }
}

fn read_limit(limit: i64) -> Result<usize, ApiError> {
    usize::try_from(limit)
        .ok()
        .filter(|limit| *limit > 0)
        .ok_or_else(|| {
            breaks_constraint(
                &limit.to_string(),
                "limit",
                "Member must have value greater than or equal to 1",
            )
        })
}

fn counts_only(select: Option<&str>, projection: &Projection) -> Result<bool, ApiError> {
    match (select, projection.is_partial()) {
        (None, _) | (Some("SPECIFIC_ATTRIBUTES"), true) | (Some("ALL_ATTRIBUTES"), false) => {
            Ok(false)
        }
        (Some("COUNT"), false) => Ok(true),
        (Some("SPECIFIC_ATTRIBUTES"), false) => Err(invalid(
            "Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES",
        )),
        (Some(select @ ("ALL_ATTRIBUTES" | "COUNT")), true) => Err(invalid(format!(
            "Cannot specify the ProjectionExpression when choosing to get {}",
            if select == "COUNT" {
                "only the Count"
            } else {
                select
            }
        ))),
        (Some("ALL_PROJECTED_ATTRIBUTES"), _) => Err(invalid(
            "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName",
        )),
        (Some(other), _) => Err(breaks_constraint(
            other,
            "select",
            "Member must satisfy enum value set: [SPECIFIC_ATTRIBUTES, COUNT, ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES]",
        )),
    }
}
