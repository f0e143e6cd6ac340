//! An update done to an item.
//!
//! Every value is worked out from the item as it was before the update.

use super::path::{Path, Step};
use super::update::{Operand, Update};
use crate::call::ApiError;
use crate::services::dynamodb::attribute::{Attribute, Item};
use crate::services::dynamodb::refusal::invalid;

const WRONG_TYPE: &str = "An operand in the update expression has an incorrect data type";
const NO_ATTRIBUTE: &str =
    "The provided expression refers to an attribute that does not exist in the item";
const NO_PLACE: &str = "The document path provided in the update expression is invalid for update";

impl Update {
    /// The item after the update.
    pub(crate) fn apply(&self, before: &Item) -> Result<Item, ApiError> {
        let mut written = Vec::new();
        let mut removed: Vec<&Path> = self.remove.iter().collect();
        for (path, operand) in &self.set {
            written.push((path, operand.of(before)?));
        }
        for (path, value) in &self.add {
            written.push((path, added(path.of(before), value)?));
        }
        for (path, value) in &self.delete {
            let rest = path.of(before).map(|old| without(old, value)).transpose()?;
            match rest.flatten() {
                Some(rest) => written.push((path, rest)),
                // Nothing is left, or nothing was there; its place must exist all the same.
                None => removed.push(path),
            }
        }
        // A list grows in the order of the indexes given and shrinks from its end, so that every
        // index means the element that it meant before the update.
        written.sort_by_key(|(path, _)| *path);
        removed.sort_by(|one, two| two.cmp(one));
        let mut item = before.clone();
        for (path, value) in written {
            place(&mut item, path)?.put(value);
        }
        for path in removed {
            place(&mut item, path)?.clear();
        }
        Ok(item)
    }
}

impl Operand {
    fn of(&self, item: &Item) -> Result<Attribute, ApiError> {
        match self {
            Self::Value(value) => Ok(value.clone()),
            Self::At(path) => path.of(item).cloned().ok_or_else(|| invalid(NO_ATTRIBUTE)),
            Self::IfNotExists(path, other) => {
                path.of(item).cloned().map_or_else(|| other.of(item), Ok)
            }
            Self::ListAppend(first, second) => match (first.of(item)?, second.of(item)?) {
                (Attribute::L(mut first), Attribute::L(second)) => {
                    first.extend(second);
                    Ok(Attribute::L(first))
                }
                _ => Err(invalid(WRONG_TYPE)),
            },
            Self::Plus(first, second) => match (first.of(item)?, second.of(item)?) {
                (Attribute::N(first), Attribute::N(second)) => {
                    Ok(Attribute::N(first.plus(&second)?))
                }
                _ => Err(invalid(WRONG_TYPE)),
            },
            Self::Minus(first, second) => match (first.of(item)?, second.of(item)?) {
                (Attribute::N(first), Attribute::N(second)) => {
                    Ok(Attribute::N(first.minus(&second)?))
                }
                _ => Err(invalid(WRONG_TYPE)),
            },
        }
    }
}

/// `ADD`: a sum of numbers or a union of sets; to nothing, the value itself.
fn added(old: Option<&Attribute>, value: &Attribute) -> Result<Attribute, ApiError> {
    Ok(match (old, value) {
        (None, value) => value.clone(),
        (Some(Attribute::N(old)), Attribute::N(value)) => Attribute::N(old.plus(value)?),
        (Some(Attribute::Ss(old)), Attribute::Ss(value)) => Attribute::Ss(old | value),
        (Some(Attribute::Ns(old)), Attribute::Ns(value)) => Attribute::Ns(old | value),
        (Some(Attribute::Bs(old)), Attribute::Bs(value)) => Attribute::Bs(old | value),
        _ => return Err(invalid(WRONG_TYPE)),
    })
}

/// `DELETE`: what is left of a set; nothing when it would be empty, which a set cannot be.
fn without(old: &Attribute, value: &Attribute) -> Result<Option<Attribute>, ApiError> {
    let (rest, empty) = match (old, value) {
        (Attribute::Ss(old), Attribute::Ss(value)) => {
            let rest = old - value;
            let empty = rest.is_empty();
            (Attribute::Ss(rest), empty)
        }
        (Attribute::Ns(old), Attribute::Ns(value)) => {
            let rest = old - value;
            let empty = rest.is_empty();
            (Attribute::Ns(rest), empty)
        }
        (Attribute::Bs(old), Attribute::Bs(value)) => {
            let rest = old - value;
            let empty = rest.is_empty();
            (Attribute::Bs(rest), empty)
        }
        _ => return Err(invalid(WRONG_TYPE)),
    };
    Ok((!empty).then_some(rest))
}

/// Where a value stands or would stand.
enum Place<'a> {
    Member(&'a mut Item, &'a str),
    Element(&'a mut Vec<Attribute>, usize),
}

fn place<'a>(item: &'a mut Item, path: &'a Path) -> Result<Place<'a>, ApiError> {
    let Some((last, way)) = path.steps.split_last() else {
        return Ok(Place::Member(item, &path.attribute));
    };
    let head = item.get_mut(&path.attribute);
    let parent = way.iter().fold(head, |value, step| match (step, value?) {
        (Step::Name(name), Attribute::M(members)) => members.get_mut(name),
        (Step::Index(index), Attribute::L(items)) => items.get_mut(*index),
        _ => None,
    });
    match (last, parent) {
        (Step::Name(name), Some(Attribute::M(members))) => Ok(Place::Member(members, name)),
        (Step::Index(index), Some(Attribute::L(items))) => Ok(Place::Element(items, *index)),
        _ => Err(invalid(NO_PLACE)),
    }
}

impl Place<'_> {
    /// Beyond the end of a list, a value is appended.
    fn put(self, value: Attribute) {
        match self {
            Self::Member(members, name) => {
                members.insert(name.to_owned(), value);
            }
            Self::Element(items, index) => match items.get_mut(index) {
                Some(old) => *old = value,
                None => items.push(value),
            },
        }
    }

    fn clear(self) {
        match self {
            Self::Member(members, name) => {
                members.remove(name);
            }
            Self::Element(items, index) if index < items.len() => {
                items.remove(index);
            }
            Self::Element(..) => {}
        }
    }
}
