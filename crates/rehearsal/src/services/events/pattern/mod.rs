//! Event patterns: the language in which a rule says which events it wants.
//!
//! Sources: <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html>
//! and Ruler, EventBridge's own engine, for what that page leaves open and for the words in which
//! a bad pattern is refused: <https://github.com/aws/event-ruler>.

mod bounds;
mod event;
mod expression;
mod operator;
mod parse;

use serde_json::Value;

use event::{Field, Place};
use operator::Operator;

/// Why a pattern cannot be used, in Ruler's words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct PatternError(String);

/// A pattern that has been checked: alternatives, of which one must hold entirely.
#[derive(Clone, Debug, PartialEq)]
pub struct Pattern(Vec<Alternative>);

/// Conditions that must hold together.
type Alternative = Vec<Condition>;

/// One field of the event and what its value may be.
#[derive(Clone, Debug, PartialEq)]
struct Condition {
    /// The names from the root, joined by dots as Ruler joins them.
    path: String,
    /// Any of these suffices.
    any: Vec<Operator>,
}

/// Whether the event is one that the pattern wants.
pub fn matches(pattern: &Value, event: &Value) -> Result<bool, PatternError> {
    Ok(Pattern::parse(pattern)?.matches(event))
}

impl Pattern {
    /// Checks a pattern.
    pub fn parse(pattern: &Value) -> Result<Self, PatternError> {
        parse::pattern(pattern).map(Self)
    }

    /// Whether an event of this source and type may be one that the pattern wants, whatever else it says.
    pub fn may_want(&self, source: &str, detail_type: &str) -> bool {
        let (source, detail_type) = (Value::from(source), Value::from(detail_type));
        self.0.iter().any(|alternative| {
            alternative.iter().all(|condition| {
                let value = match condition.path.as_str() {
                    "source" => &source,
                    "detail-type" => &detail_type,
                    _ => return true,
                };
                condition.any.iter().any(|test| test.accepts(value))
            })
        })
    }

    /// Whether the event is one that the pattern wants.
    pub fn matches(&self, event: &Value) -> bool {
        let fields = event::fields(event);
        self.0
            .iter()
            .any(|alternative| hold_together(alternative, &fields, &mut Vec::new()))
    }
}

/// Whether every condition holds for fields that are not in different elements of one array.
fn hold_together<'a>(
    conditions: &[Condition],
    fields: &'a [Field<'a>],
    chosen: &mut Vec<&'a Place>,
) -> bool {
    let Some((condition, rest)) = conditions.split_first() else {
        return true;
    };
    let mut named = fields
        .iter()
        .filter(|field| field.path == condition.path)
        .peekable();
    if named.peek().is_none() {
        return condition.any.contains(&Operator::Exists(false))
            && hold_together(rest, fields, chosen);
    }
    named.any(|field| {
        let fits = condition.any.iter().any(|test| test.accepts(field.value))
            && chosen.iter().all(|place| place.agrees_with(&field.place));
        if !fits {
            return false;
        }
        chosen.push(&field.place);
        let held = hold_together(rest, fields, chosen);
        chosen.pop();
        held
    })
}

#[cfg(test)]
mod tests;
