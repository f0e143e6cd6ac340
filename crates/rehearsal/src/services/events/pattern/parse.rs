//! Reads a pattern and refuses a bad one.

use serde_json::{Map, Value};

use super::expression::expression;
use super::operator::Operator;
use super::{Alternative, Condition, PatternError};

/// Names that an object inside `$or` must not use, so that a forgotten bracket is noticed.
///
/// Source: `Constants.java` of <https://github.com/aws/event-ruler>.
const RESERVED_IN_OR: &[&str] = &[
    "exactly",
    "equals-ignore-case",
    "prefix",
    "suffix",
    "anything-but",
    "exists",
    "wildcard",
    "numeric",
    "cidr",
    "=",
    "<",
    "<=",
    ">",
    ">=",
];

/// A refusal for this reason.
pub(super) fn bad<T>(reason: impl Into<String>) -> Result<T, PatternError> {
    Err(PatternError(reason.into()))
}

/// Reads a whole pattern.
pub(super) fn pattern(pattern: &Value) -> Result<Vec<Alternative>, PatternError> {
    match pattern {
        Value::Object(members) => object(members, "", false, vec![Vec::new()]),
        _ => bad("Filter is not an object"),
    }
}

/// Adds an object's conditions to every alternative so far.
fn object(
    members: &Map<String, Value>,
    path: &str,
    inside_or: bool,
    mut alternatives: Vec<Alternative>,
) -> Result<Vec<Alternative>, PatternError> {
    if members.is_empty() {
        return bad("Empty objects are not allowed");
    }
    for (name, value) in members {
        if name == "$or" {
            alternatives = either(value, path, &alternatives)?;
            continue;
        }
        if inside_or && RESERVED_IN_OR.contains(&name.as_str()) {
            return bad(format!(
                "{name} is Ruler reserved fieldName which cannot be used inside $or."
            ));
        }
        let path = if path.is_empty() {
            name.clone()
        } else {
            format!("{path}.{name}")
        };
        match value {
            Value::Object(members) => {
                alternatives = object(members, &path, inside_or, alternatives)?;
            }
            Value::Array(values) => {
                let any = values.iter().map(operator).collect::<Result<Vec<_>, _>>()?;
                if any.is_empty() {
                    return bad("Empty arrays are not allowed");
                }
                for alternative in &mut alternatives {
                    let (path, any) = (path.clone(), any.clone());
                    alternative.push(Condition { path, any });
                }
            }
            _ => return bad(format!("\"{name}\" must be an object or an array")),
        }
    }
    Ok(alternatives)
}

/// `$or`: every branch with everything that was asked for before it.
fn either(
    branches: &Value,
    path: &str,
    so_far: &[Alternative],
) -> Result<Vec<Alternative>, PatternError> {
    let Value::Array(branches) = branches else {
        return bad("It must be an Array followed with $or.");
    };
    if branches.len() < 2 {
        return bad("There must have at least 2 Objects in $or relationship.");
    }
    let mut alternatives = Vec::new();
    for branch in branches {
        let Value::Object(members) = branch else {
            return bad("Only JSON object is allowed in array of $or relationship.");
        };
        alternatives.extend(object(members, path, true, so_far.to_vec())?);
    }
    Ok(alternatives)
}

/// The one member of a match expression.
pub(super) fn only<'a>(
    members: &'a Map<String, Value>,
    missing: &str,
) -> Result<(&'a str, &'a Value), PatternError> {
    let mut members = members.iter();
    match (members.next(), members.next()) {
        (Some((name, value)), None) => Ok((name, value)),
        (None, _) => bad(missing),
        _ => bad("Only one key allowed in match expression"),
    }
}

fn operator(value: &Value) -> Result<Operator, PatternError> {
    match value {
        Value::Object(members) => {
            let (name, operand) = only(members, "Match expression name not found")?;
            expression(name, operand)
        }
        Value::Array(_) => bad("Match value must be String, number, true, false, or null"),
        leaf => Ok(Operator::Equals(leaf.clone())),
    }
}
