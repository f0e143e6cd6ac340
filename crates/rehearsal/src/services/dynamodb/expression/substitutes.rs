//! ExpressionAttributeNames and ExpressionAttributeValues of one request.
//!
//! Source: <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ExpressionAttributeNames.html>.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::call::ApiError;
use crate::services::dynamodb::attribute::{Attribute, Item};
use crate::services::dynamodb::json;
use crate::services::dynamodb::refusal::invalid;

/// The two members of a request, as they travel.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Given {
    pub(crate) names: Option<BTreeMap<String, String>>,
    pub(crate) values: Option<Map<String, Value>>,
}

/// What `#` and `:` placeholders stand for; every one must be used by an expression of the request.
#[derive(Debug, Default)]
pub(crate) struct Substitutes {
    names: BTreeMap<String, String>,
    values: Item,
    unused_names: BTreeSet<String>,
    unused_values: BTreeSet<String>,
}

impl Substitutes {
    /// Reads both members. `expressions` are the request's expressions that could use them: their
    /// names, and whether they are there.
    pub(crate) fn read(given: Given, expressions: &[(&str, bool)]) -> Result<Self, ApiError> {
        let any = expressions.iter().any(|(_, present)| *present);
        let names = read_names(given.names, any)?;
        let values = read_values(given.values, expressions)?;
        Ok(Self {
            unused_names: names.keys().cloned().collect(),
            unused_values: values.keys().cloned().collect(),
            names,
            values,
        })
    }

    /// The attribute's name behind `#placeholder`.
    pub(super) fn name(&mut self, placeholder: &str) -> Option<String> {
        self.unused_names.remove(placeholder);
        self.names.get(placeholder).cloned()
    }

    /// The value behind `:placeholder`.
    pub(super) fn value(&mut self, placeholder: &str) -> Option<Attribute> {
        self.unused_values.remove(placeholder);
        self.values.get(placeholder).cloned()
    }

    /// Refuses placeholders that no expression used; ask when all of them have been parsed.
    pub(crate) fn all_used(&self) -> Result<(), ApiError> {
        for (member, unused) in [
            ("ExpressionAttributeNames", &self.unused_names),
            ("ExpressionAttributeValues", &self.unused_values),
        ] {
            if !unused.is_empty() {
                let keys: Vec<&str> = unused.iter().map(String::as_str).collect();
                return Err(invalid(format!(
                    "Value provided in {member} unused in expressions: keys: {{{}}}",
                    keys.join(", ")
                )));
            }
        }
        Ok(())
    }
}

fn read_names(
    names: Option<BTreeMap<String, String>>,
    any_expression: bool,
) -> Result<BTreeMap<String, String>, ApiError> {
    let Some(names) = names else {
        return Ok(BTreeMap::new());
    };
    if !any_expression {
        return Err(invalid(
            "ExpressionAttributeNames can only be specified when using expressions",
        ));
    }
    well_formed("ExpressionAttributeNames", '#', names.keys())?;
    Ok(names)
}

fn read_values(
    values: Option<Map<String, Value>>,
    expressions: &[(&str, bool)],
) -> Result<Item, ApiError> {
    let Some(values) = values else {
        return Ok(Item::new());
    };
    // A projection takes no values.
    let takers: Vec<_> = expressions
        .iter()
        .filter(|(name, _)| *name != "ProjectionExpression")
        .collect();
    if !takers.iter().any(|(_, present)| *present) {
        let names: Vec<&str> = takers.iter().map(|(name, _)| *name).collect();
        return Err(invalid(format!(
            "ExpressionAttributeValues can only be specified when using expressions: {} {} null",
            names.join(" and "),
            if names.len() > 1 { "are" } else { "is" }
        )));
    }
    well_formed("ExpressionAttributeValues", ':', values.keys())?;
    values
        .iter()
        .map(|(key, value)| match json::read(value) {
            Ok(value) => Ok((key.clone(), value)),
            Err(mut error) => {
                if error.code == "ValidationException" {
                    error.message = format!(
                        "ExpressionAttributeValues contains invalid value: {} for key {key}",
                        error.message
                    );
                }
                Err(error)
            }
        })
        .collect()
}

fn well_formed<'a>(
    member: &str,
    mark: char,
    keys: impl ExactSizeIterator<Item = &'a String>,
) -> Result<(), ApiError> {
    if keys.len() == 0 {
        return Err(invalid(format!("{member} must not be empty")));
    }
    for key in keys {
        let placeholder = key.strip_prefix(mark).is_some_and(|rest| {
            !rest.is_empty() && rest.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        });
        if !placeholder {
            return Err(invalid(format!(
                "{member} contains invalid key: Syntax error; key: \"{key}\""
            )));
        }
    }
    Ok(())
}
