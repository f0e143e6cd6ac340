//! Attributes as they travel: `{"N": "5"}`.
//!
//! Source: <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html>.

use std::collections::BTreeSet;

use aws_smithy_types::base64;
use serde_json::{Map, Value, json};

use super::attribute::{Attribute, Item};
use super::number::Number;
use super::refusal::{invalid, invalid_parameter};
use crate::call::ApiError;

/// How deep lists and maps may be nested.
///
/// Source: <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html>.
const DEEPEST: usize = 32;

/// Reads an item, or the attributes of a key.
pub(crate) fn read_item(members: &Map<String, Value>) -> Result<Item, ApiError> {
    read_members(members, 0)
}

/// Reads one value.
pub(crate) fn read(value: &Value) -> Result<Attribute, ApiError> {
    read_at(value, 0)
}

/// Writes an item.
pub(crate) fn write_item(item: &Item) -> Value {
    item.iter()
        .map(|(name, value)| (name.clone(), write(value)))
        .collect::<Map<_, _>>()
        .into()
}

/// Writes one value.
pub(crate) fn write(value: &Attribute) -> Value {
    let content = match value {
        Attribute::S(text) => json!(text),
        Attribute::N(number) => json!(number.to_string()),
        Attribute::B(bytes) => json!(base64::encode(bytes)),
        Attribute::Bool(truth) => json!(truth),
        Attribute::Null => json!(true),
        Attribute::L(items) => items.iter().map(write).collect(),
        Attribute::M(members) => write_item(members),
        Attribute::Ss(members) => json!(members),
        Attribute::Ns(members) => members.iter().map(Number::to_string).collect(),
        Attribute::Bs(members) => members.iter().map(base64::encode).collect(),
    };
    json!({ value.type_name(): content })
}

fn read_members(members: &Map<String, Value>, depth: usize) -> Result<Item, ApiError> {
    members
        .iter()
        .map(|(name, value)| Ok((name.clone(), read_at(value, depth)?)))
        .collect()
}

fn read_at(value: &Value, depth: usize) -> Result<Attribute, ApiError> {
    if depth > DEEPEST {
        return Err(invalid("Nesting Levels have exceeded supported limits"));
    }
    let typed = value
        .as_object()
        .ok_or_else(|| malformed("an attribute value is an object"))?;
    let mut types = typed.iter();
    let Some((type_name, content)) = types.next() else {
        return Err(invalid(
            "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes",
        ));
    };
    if types.next().is_some() {
        return Err(invalid(
            "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes",
        ));
    }
    read_typed(type_name, content, depth)
}

fn read_typed(type_name: &str, content: &Value, depth: usize) -> Result<Attribute, ApiError> {
    Ok(match type_name {
        "S" => Attribute::S(text(content)?.to_owned()),
        "N" => Attribute::N(Number::parse(text(content)?)?),
        "B" => Attribute::B(bytes(content)?),
        "BOOL" => Attribute::Bool(truth(content)?),
        "NULL" if truth(content)? => Attribute::Null,
        "NULL" => {
            return Err(invalid_parameter(
                "Null attribute value types must have the value of true",
            ));
        }
        "L" => Attribute::L(
            list(content)?
                .iter()
                .map(|item| read_at(item, depth + 1))
                .collect::<Result<_, _>>()?,
        ),
        "M" => Attribute::M(read_members(
            content
                .as_object()
                .ok_or_else(|| malformed("M is an object"))?,
            depth + 1,
        )?),
        "SS" => Attribute::Ss(set(content, "An string set  may not be empty", |member| {
            Ok(text(member)?.to_owned())
        })?),
        "NS" => Attribute::Ns(set(content, "An number set  may not be empty", |member| {
            Number::parse(text(member)?)
        })?),
        "BS" => Attribute::Bs(set(content, "Binary sets should not be empty", bytes)?),
        other => return Err(malformed(&format!("no data type is called {other}"))),
    })
}

fn set<T: Ord>(
    content: &Value,
    when_empty: &str,
    read: impl Fn(&Value) -> Result<T, ApiError>,
) -> Result<BTreeSet<T>, ApiError> {
    let members = list(content)?;
    if members.is_empty() {
        return Err(invalid_parameter(when_empty));
    }
    let distinct = members
        .iter()
        .map(read)
        .collect::<Result<BTreeSet<T>, _>>()?;
    if distinct.len() < members.len() {
        let listed: Vec<&str> = members.iter().filter_map(Value::as_str).collect();
        return Err(invalid_parameter(format!(
            "Input collection [{}] contains duplicates.",
            listed.join(", ")
        )));
    }
    Ok(distinct)
}

fn text(content: &Value) -> Result<&str, ApiError> {
    content
        .as_str()
        .ok_or_else(|| malformed("the value is not a string"))
}

fn truth(content: &Value) -> Result<bool, ApiError> {
    content
        .as_bool()
        .ok_or_else(|| malformed("the value is not a boolean"))
}

fn list(content: &Value) -> Result<&Vec<Value>, ApiError> {
    content
        .as_array()
        .ok_or_else(|| malformed("the value is not a list"))
}

fn bytes(content: &Value) -> Result<Vec<u8>, ApiError> {
    base64::decode(text(content)?).map_err(|_| malformed("the value is not base64"))
}

fn malformed(problem: &str) -> ApiError {
    ApiError::client("SerializationException", problem)
}
