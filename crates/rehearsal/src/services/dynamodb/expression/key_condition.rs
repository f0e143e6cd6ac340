//! KeyConditionExpression: one partition, and if wanted a range of its sort keys.
//!
//! Source: <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.KeyConditionExpressions.html>.

use super::condition::{Comparator, Condition, Operand};
use super::path::Path;
use crate::call::ApiError;
use crate::services::dynamodb::attribute::Attribute;
use crate::services::dynamodb::key::Schema;
use crate::services::dynamodb::refusal::{invalid, invalid_parameter};

/// Which items a query reads.
#[derive(Debug)]
pub(crate) struct KeyCondition {
    /// The partition key's value.
    pub(crate) partition: Attribute,
    /// What the sort key must be, if anything.
    pub(crate) sort: Option<Condition>,
}

/// Takes a condition for a key condition of this table, or refuses it.
pub(crate) fn read(condition: Condition, schema: &Schema) -> Result<KeyCondition, ApiError> {
    let conditions = match condition {
        Condition::All(conditions) => conditions,
        only => vec![only],
    };
    let mut partition = None;
    let mut sort = None;
    for condition in conditions {
        let (path, values) = subject(&condition)?;
        let name = path.attribute.as_str();
        if name == schema.partition.name {
            check_types(&values, schema.partition.type_name)?;
            match (&condition, values.first()) {
                (Condition::Compare(_, Comparator::Equal, _), Some(value)) => {
                    once(&mut partition, (*value).clone())?;
                }
                _ => return Err(invalid("Query key condition not supported")),
            }
        } else if let Some(key) = schema.sort.as_ref().filter(|key| key.name == name) {
            check_types(&values, key.type_name)?;
            once(&mut sort, condition)?;
        } else {
            let missed = match (&partition, &schema.sort) {
                (Some(_), Some(key)) => &key.name,
                (Some(_), None) => return Err(invalid("Query key condition not supported")),
                (None, _) => &schema.partition.name,
            };
            return Err(missing(missed));
        }
    }
    let partition = partition.ok_or_else(|| missing(&schema.partition.name))?;
    Ok(KeyCondition { partition, sort })
}

/// The attribute that a condition is about and the values that it is held against.
fn subject(condition: &Condition) -> Result<(&Path, Vec<&Attribute>), ApiError> {
    let operands = match condition {
        Condition::Compare(_, Comparator::NotEqual, _) => return Err(unusable("<>")),
        Condition::Compare(first, _, second) | Condition::BeginsWith(first, second) => {
            vec![first, second]
        }
        Condition::Between(value, low, high) => vec![value, low, high],
        Condition::All(_) => return Err(invalid("Query key condition not supported")),
        Condition::Any(_) => return Err(unusable("OR")),
        Condition::Not(_) => return Err(unusable("NOT")),
        Condition::In(..) => return Err(unusable("IN")),
        Condition::Exists(_) => return Err(unusable("attribute_exists")),
        Condition::NotExists(_) => return Err(unusable("attribute_not_exists")),
        Condition::HasType(..) => return Err(unusable("attribute_type")),
        Condition::Contains(..) => return Err(unusable("contains")),
    };
    let mut paths = Vec::new();
    let mut values = Vec::new();
    for operand in operands {
        match operand {
            Operand::At(path) => paths.push(path),
            Operand::Value(value) => values.push(value),
            Operand::Size(_) => {
                return Err(invalid(
                    "KeyConditionExpressions cannot contain nested operations",
                ));
            }
        }
    }
    match paths.as_slice() {
        [] => Err(invalid(
            "Invalid condition in KeyConditionExpression: No key attribute specified",
        )),
        [path] if path.steps.is_empty() => Ok((path, values)),
        [_] => Err(invalid(
            "KeyConditionExpressions cannot have conditions on nested attributes",
        )),
        _ => Err(invalid(
            "Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition",
        )),
    }
}

fn once<T>(place: &mut Option<T>, found: T) -> Result<(), ApiError> {
    match place.replace(found) {
        None => Ok(()),
        Some(_) => Err(invalid(
            "KeyConditionExpressions must only contain one condition per key",
        )),
    }
}

fn check_types(values: &[&Attribute], expected: &str) -> Result<(), ApiError> {
    if values.iter().all(|value| value.type_name() == expected) {
        return Ok(());
    }
    Err(invalid_parameter(
        "Condition parameter type does not match schema type",
    ))
}

fn unusable(operator: &str) -> ApiError {
    invalid(format!(
        "Invalid operator used in KeyConditionExpression: {operator}"
    ))
}

fn missing(key: &str) -> ApiError {
    invalid(format!("Query condition missed key schema element: {key}"))
}
