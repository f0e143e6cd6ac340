//! Document paths: `a.b[0]`.
//!
//! Source: <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.Attributes.html>.

use std::fmt;

use crate::services::dynamodb::attribute::{Attribute, Item};

/// One step into a value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Step {
    /// Into a map.
    Name(String),
    /// Into a list.
    Index(usize),
}

/// Where a value stands in an item.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Path {
    /// The top-level attribute.
    pub(crate) attribute: String,
    /// From there on.
    pub(crate) steps: Vec<Step>,
}

/// How two paths of one update or projection get in each other's way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Clash {
    /// One leads through or to the other.
    Overlap,
    /// They take the same value for a map and for a list.
    Conflict,
}

impl Path {
    /// The value at this path, if there is one.
    pub(crate) fn of<'a>(&self, item: &'a Item) -> Option<&'a Attribute> {
        let head = item.get(&self.attribute)?;
        self.steps
            .iter()
            .try_fold(head, |value, step| match (step, value) {
                (Step::Name(name), Attribute::M(members)) => members.get(name),
                (Step::Index(index), Attribute::L(items)) => items.get(*index),
                _ => None,
            })
    }

    /// Whether both paths can stand in one expression.
    pub(crate) fn clash(&self, other: &Self) -> Option<Clash> {
        if self.attribute != other.attribute {
            return None;
        }
        for (ours, theirs) in self.steps.iter().zip(&other.steps) {
            match (ours, theirs) {
                (Step::Name(_), Step::Index(_)) | (Step::Index(_), Step::Name(_)) => {
                    return Some(Clash::Conflict);
                }
                (ours, theirs) if ours != theirs => return None,
                _ => {}
            }
        }
        Some(Clash::Overlap)
    }
}

impl fmt::Display for Path {
    /// As DynamoDB shows paths: `[a, b, [0]]`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}", self.attribute)?;
        for step in &self.steps {
            match step {
                Step::Name(name) => write!(f, ", {name}")?,
                Step::Index(index) => write!(f, ", [{index}]")?,
            }
        }
        f.write_str("]")
    }
}
