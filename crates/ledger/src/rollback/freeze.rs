//! A freeze, as an item or within one.

use domain::rollback::Freeze;

use crate::fields::{Draft, Fields, Unreadable};

/// Writes a freeze, without its key.
pub(crate) fn write(freeze: &Freeze) -> Draft {
    Draft::default()
        .text("why", &freeze.why)
        .instant("since", freeze.since)
        .some(freeze.by.as_ref(), |draft, by| draft.text("by", by))
        .some(freeze.until, |draft, until| draft.instant("until", until))
}

/// Reads a freeze.
pub(crate) fn read(fields: &Fields<'_>) -> Result<Freeze, Unreadable> {
    Ok(Freeze {
        by: fields.optional_text("by")?,
        why: fields.text("why")?,
        since: fields.instant("since")?,
        until: fields.optional_instant("until")?,
    })
}
