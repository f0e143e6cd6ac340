//! Whether a condition holds for an item.
//!
//! An attribute that is missing is equal to nothing, not even to another missing one: `=` is false
//! and `<>` is true. Values of different types have no order.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::condition::{Comparator, Condition, Operand};
use crate::services::dynamodb::attribute::{Attribute, Item};
use crate::services::dynamodb::number::Number;

impl Condition {
    /// Whether it holds for the item; an item that does not exist is an empty one.
    pub(crate) fn holds(&self, item: &Item) -> bool {
        match self {
            Self::All(conditions) => conditions.iter().all(|condition| condition.holds(item)),
            Self::Any(conditions) => conditions.iter().any(|condition| condition.holds(item)),
            Self::Not(condition) => !condition.holds(item),
            Self::Exists(path) => path.of(item).is_some(),
            Self::NotExists(path) => path.of(item).is_none(),
            Self::Compare(first, comparator, second) => {
                comparator.holds(first.of(item).as_deref(), second.of(item).as_deref())
            }
            Self::Between(value, low, high) => {
                let value = value.of(item);
                let at_least = |low| Comparator::GreaterOrEqual.holds(value.as_deref(), low);
                let at_most = |high| Comparator::LessOrEqual.holds(value.as_deref(), high);
                at_least(low.of(item).as_deref()) && at_most(high.of(item).as_deref())
            }
            Self::In(value, options) => {
                let value = value.of(item);
                value.is_some() && options.iter().any(|option| option.of(item) == value)
            }
            Self::HasType(value, name) => value
                .of(item)
                .is_some_and(|value| value.type_name() == name),
            Self::BeginsWith(text, start) => {
                matches!((text.of(item), start.of(item)), (Some(text), Some(start)) if begins_with(&text, &start))
            }
            Self::Contains(whole, part) => {
                matches!((whole.of(item), part.of(item)), (Some(whole), Some(part)) if contains(&whole, &part))
            }
        }
    }
}

impl Operand {
    fn of<'a>(&'a self, item: &'a Item) -> Option<Cow<'a, Attribute>> {
        match self {
            Self::At(path) => path.of(item).map(Cow::Borrowed),
            Self::Value(value) => Some(Cow::Borrowed(value)),
            Self::Size(operand) => {
                let size = size(operand.of(item)?.as_ref())?;
                Some(Cow::Owned(Attribute::N(Number::from(size))))
            }
        }
    }
}

impl Comparator {
    fn holds(self, first: Option<&Attribute>, second: Option<&Attribute>) -> bool {
        let (Some(first), Some(second)) = (first, second) else {
            return self == Self::NotEqual;
        };
        match self {
            Self::Equal => first == second,
            Self::NotEqual => first != second,
            Self::Less => order(first, second) == Some(Ordering::Less),
            Self::LessOrEqual => order(first, second).is_some_and(Ordering::is_le),
            Self::Greater => order(first, second) == Some(Ordering::Greater),
            Self::GreaterOrEqual => order(first, second).is_some_and(Ordering::is_ge),
        }
    }
}

/// The order of two values: numbers as numbers, strings and binaries by their bytes.
pub(super) fn order(first: &Attribute, second: &Attribute) -> Option<Ordering> {
    match (first, second) {
        (Attribute::S(first), Attribute::S(second)) => Some(first.cmp(second)),
        (Attribute::N(first), Attribute::N(second)) => Some(first.cmp(second)),
        (Attribute::B(first), Attribute::B(second)) => Some(first.cmp(second)),
        _ => None,
    }
}

fn begins_with(text: &Attribute, start: &Attribute) -> bool {
    match (text, start) {
        (Attribute::S(text), Attribute::S(start)) => text.starts_with(start.as_str()),
        (Attribute::B(bytes), Attribute::B(start)) => bytes.starts_with(start),
        _ => false,
    }
}

/// A part of a string or binary, or a member of a set or list.
fn contains(whole: &Attribute, part: &Attribute) -> bool {
    match (whole, part) {
        (Attribute::L(items), part) => items.contains(part),
        (Attribute::S(text), Attribute::S(part)) => text.contains(part.as_str()),
        (Attribute::B(bytes), Attribute::B(part)) => {
            part.is_empty() || bytes.windows(part.len()).any(|window| window == part)
        }
        (Attribute::Ss(members), Attribute::S(part)) => members.contains(part),
        (Attribute::Ns(members), Attribute::N(part)) => members.contains(part),
        (Attribute::Bs(members), Attribute::B(part)) => members.contains(part),
        _ => false,
    }
}

/// `size`: characters, bytes or elements; a number, a boolean and null have none.
fn size(value: &Attribute) -> Option<usize> {
    match value {
        Attribute::S(text) => Some(text.chars().count()),
        Attribute::B(bytes) => Some(bytes.len()),
        Attribute::L(items) => Some(items.len()),
        Attribute::M(members) => Some(members.len()),
        Attribute::Ss(members) => Some(members.len()),
        Attribute::Ns(members) => Some(members.len()),
        Attribute::Bs(members) => Some(members.len()),
        Attribute::N(_) | Attribute::Bool(_) | Attribute::Null => None,
    }
}
