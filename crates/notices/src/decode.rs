//! From the wire form back to a notice.

use domain::notice::{Fact, Kind, Next, Notice, Severity};
use jiff::Timestamp;
use serde_json::Value;

use crate::VERSION;

/// Why a detail is not a notice.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{field} {problem}")]
pub struct DecodeError {
    /// The field that cannot be read, such as `facts[2].value`.
    pub field: String,
    /// What is wrong with it.
    pub problem: &'static str,
}

/// The notice that an event's detail carries.
pub fn decode(detail: &Value) -> Result<Notice, DecodeError> {
    version(detail)?;
    Ok(Notice {
        kind: named(detail, "kind", Kind::from_name)?,
        severity: named(detail, "severity", Severity::from_name)?,
        resource: text(detail, "resource")?,
        cluster: optional(detail, "cluster")?,
        service: optional(detail, "service")?,
        title: text(detail, "title")?,
        facts: facts(detail)?,
        done: optional(detail, "done")?,
        next: Next {
            what: text(detail, "next.what")?,
            command: optional(detail, "next.command")?,
        },
        unknown: optional(detail, "unknown")?,
        since: moment(detail, "since")?,
        at: moment(detail, "at")?,
        dedupe: text(detail, "dedupe")?,
        resolved: yes_or_no(detail, "resolved")?,
    })
}

fn version(detail: &Value) -> Result<(), DecodeError> {
    if field(detail, "version").and_then(Value::as_u64) == Some(VERSION) {
        Ok(())
    } else {
        Err(bad("version", "is not 1"))
    }
}

fn named<T>(
    detail: &Value,
    name: &str,
    from_name: impl Fn(&str) -> Option<T>,
) -> Result<T, DecodeError> {
    from_name(&text(detail, name)?).ok_or_else(|| bad(name, "is not a name that is known here"))
}

fn facts(detail: &Value) -> Result<Vec<Fact>, DecodeError> {
    let facts = field(detail, "facts")
        .and_then(Value::as_array)
        .ok_or_else(|| bad("facts", "is not a list"))?;
    facts.iter().enumerate().map(fact).collect()
}

fn fact((position, fact): (usize, &Value)) -> Result<Fact, DecodeError> {
    let within = |error: DecodeError| DecodeError {
        field: format!("facts[{position}].{}", error.field),
        ..error
    };
    Ok(Fact {
        label: text(fact, "label").map_err(within)?,
        value: text(fact, "value").map_err(within)?,
    })
}

fn text(detail: &Value, name: &str) -> Result<String, DecodeError> {
    optional(detail, name)?.ok_or_else(|| bad(name, "is missing"))
}

fn optional(detail: &Value, name: &str) -> Result<Option<String>, DecodeError> {
    match field(detail, name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(bad(name, "is not text")),
    }
}

fn moment(detail: &Value, name: &str) -> Result<Timestamp, DecodeError> {
    text(detail, name)?
        .parse()
        .map_err(|_| bad(name, "is not a moment such as 2026-11-26T06:45:00Z"))
}

fn yes_or_no(detail: &Value, name: &str) -> Result<bool, DecodeError> {
    field(detail, name)
        .and_then(Value::as_bool)
        .ok_or_else(|| bad(name, "is not true or false"))
}

/// The field at a path such as `next.what`.
fn field<'a>(detail: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.')
        .try_fold(detail, |value, key| value.get(key))
}

fn bad(field: &str, problem: &'static str) -> DecodeError {
    DecodeError {
        field: field.to_owned(),
        problem,
    }
}
