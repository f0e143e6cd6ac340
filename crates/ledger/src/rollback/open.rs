//! What is open of a service, as an item: as much of its record as matters for the others.

use domain::rollback::Elsewhere;

use crate::fields::{Draft, Fields, Unreadable};

/// Writes what is open, without its key.
pub(crate) fn write(elsewhere: &Elsewhere) -> Draft {
    let tied: Vec<String> = elsewhere.tied.iter().cloned().collect();
    Draft::default()
        .list("tied", &tied)
        .some(elsewhere.began, |draft, at| draft.instant("began", at))
        .some(elsewhere.failing, |draft, at| draft.instant("failing", at))
}

/// Reads what is open.
pub(crate) fn read(fields: &Fields<'_>) -> Result<Elsewhere, Unreadable> {
    Ok(Elsewhere {
        began: fields.optional_instant("began")?,
        tied: fields.texts("tied")?.into_iter().collect(),
        failing: fields.optional_instant("failing")?,
    })
}
