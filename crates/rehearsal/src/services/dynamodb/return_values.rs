//! ReturnValues: what a single write answers with.
//!
//! Source: <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html>.

use super::attribute::Item;
use super::expression::projection::project;
use super::refusal::{breaks_constraint, invalid};
use super::write::Write;
use super::write_request::Kind;
use crate::call::ApiError;

/// What a single write answers with.
#[derive(Clone, Copy)]
pub(super) enum ReturnValues {
    None,
    AllOld,
    AllNew,
    UpdatedOld,
    UpdatedNew,
}

impl ReturnValues {
    /// Reads the parameter; only an update can show what it made.
    pub(super) fn read(given: Option<&str>, kind: Kind) -> Result<Self, ApiError> {
        let wanted = match given {
            None | Some("NONE") => return Ok(Self::None),
            Some("ALL_OLD") => return Ok(Self::AllOld),
            Some("ALL_NEW") => Self::AllNew,
            Some("UPDATED_OLD") => Self::UpdatedOld,
            Some("UPDATED_NEW") => Self::UpdatedNew,
            Some(other) => {
                return Err(breaks_constraint(
                    other,
                    "returnValues",
                    "Member must satisfy enum value set: [ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]",
                ));
            }
        };
        if kind == Kind::Update {
            return Ok(wanted);
        }
        Err(invalid("ReturnValues can only be ALL_OLD or NONE"))
    }

    /// The attributes to show, of the item before and after the write.
    pub(super) fn of(self, write: &Write, old: Option<&Item>, new: Option<&Item>) -> Option<Item> {
        let touched = |item: &Item| project(item, &write.touched());
        match self {
            Self::None => None,
            Self::AllOld => old.cloned(),
            Self::AllNew => new.cloned(),
            Self::UpdatedOld => old.map(touched),
            Self::UpdatedNew => new.map(touched),
        }
    }
}
