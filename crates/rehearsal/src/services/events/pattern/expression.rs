//! Match expressions: objects such as `{"prefix": "a"}`.

use serde_json::Value;

use super::PatternError;
use super::bounds::{network, range};
use super::operator::{Glyph, Operator};
use super::parse::{bad, only};

/// Reads the expression with this name.
pub(super) fn expression(name: &str, operand: &Value) -> Result<Operator, PatternError> {
    match name {
        "anything-but" => anything_but(operand),
        "numeric" => range(operand).map(Operator::Numeric),
        "exists" => match operand {
            Value::Bool(wanted) => Ok(Operator::Exists(*wanted)),
            _ => bad("exists match pattern must be either true or false."),
        },
        "cidr" => network(operand).map(Operator::Cidr),
        _ => text_expression(name, operand),
    }
}

/// The operators on strings, which `anything-but` takes too.
fn text_expression(name: &str, operand: &Value) -> Result<Operator, PatternError> {
    let ignoring_case = match operand {
        Value::Object(members) => {
            let (inner, operand) = only(members, &format!("{name} expression name not found"))?;
            if inner != "equals-ignore-case" {
                return bad(format!("Unsupported {name} pattern: {inner}"));
            }
            Some(operand)
        }
        _ => None,
    };
    let Some(text) = ignoring_case.unwrap_or(operand).as_str() else {
        return bad(format!("{name} match pattern must be a string"));
    };
    let text = text.to_owned();
    match (name, ignoring_case.is_some()) {
        ("equals-ignore-case", false) => Ok(Operator::EqualsIgnoreCase(text)),
        ("prefix", false) => Ok(Operator::Prefix(text)),
        ("prefix", true) => Ok(Operator::PrefixIgnoreCase(text)),
        ("suffix", false) => Ok(Operator::Suffix(text)),
        ("suffix", true) => Ok(Operator::SuffixIgnoreCase(text)),
        ("wildcard", false) => glyphs(&text).map(Operator::Wildcard),
        _ => bad(format!("Unrecognized match type {name}")),
    }
}

fn anything_but(operand: &Value) -> Result<Operator, PatternError> {
    match operand {
        Value::Object(members) => {
            let (name, operand) = only(members, "Anything-But expression name not found")?;
            if !["prefix", "suffix", "equals-ignore-case", "wildcard"].contains(&name) {
                return bad(format!("Unsupported anything-but pattern: {name}"));
            }
            let excluded = each(operand, |text| match text {
                Value::String(empty) if empty.is_empty() && name.ends_with("fix") => {
                    bad("Null prefix/suffix not allowed")
                }
                Value::String(_) => text_expression(name, text),
                _ => bad(format!("{name} match pattern must be a string")),
            })?;
            Ok(Operator::AnythingBut(excluded))
        }
        plain => {
            let excluded = each(plain, |value| match value {
                Value::String(_) | Value::Number(_) => Ok(Operator::Equals(value.clone())),
                _ => bad("Inside anything but list, start|null|boolean is not supported."),
            })?;
            let strings = excluded
                .iter()
                .filter(|test| matches!(test, Operator::Equals(Value::String(_))))
                .count();
            if excluded.is_empty() || (strings > 0 && strings < excluded.len()) {
                return bad(
                    "Inside anything but list, either all values are number or string, mixed type is not supported",
                );
            }
            Ok(Operator::AnythingBut(excluded))
        }
    }
}

/// One value or a list of them.
fn each(
    operand: &Value,
    read: impl Fn(&Value) -> Result<Operator, PatternError>,
) -> Result<Vec<Operator>, PatternError> {
    match operand {
        Value::Array(values) => values.iter().map(read).collect(),
        one => Ok(vec![read(one)?]),
    }
}

/// `*` is any number of characters; a backslash makes `*` and itself ordinary.
fn glyphs(text: &str) -> Result<Vec<Glyph>, PatternError> {
    let mut glyphs = Vec::new();
    let mut characters = text.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        glyphs.push(match character {
            '*' if matches!(characters.peek(), Some((_, '*'))) => {
                return bad(format!("Consecutive wildcard characters at pos {at}"));
            }
            '*' => Glyph::Any,
            '\\' => match characters.next() {
                Some((_, escaped @ ('*' | '\\'))) => Glyph::One(escaped),
                _ => return bad(format!("Invalid escape character at pos {at}")),
            },
            ordinary => Glyph::One(ordinary),
        });
    }
    Ok(glyphs)
}
