//! A rollback of ours as it was intended, as a part of an item.

use domain::rollback::{CopyMark, Digest, How, Intent, Known, Target};

use super::release::{self, attempt, digest, optional_deployment};
use crate::fields::{Draft, Fields, Unreadable};

/// How a target is known to be good, by name.
const PROVED: &str = "proved";
const SUCCESSFUL: &str = "successful";
const NAMED: &str = "named";

/// Writes a rollback as it was intended.
pub(super) fn write(intent: &Intent) -> Draft {
    Draft::default()
        .map("target", write_target(&intent.target))
        .map("how", write_how(&intent.how))
        .instant("at", intent.at)
        .instant("tried", intent.tried)
        .instant("until", intent.until)
        .some(intent.ours.as_ref(), |draft, ours| {
            draft.text("ours", ours.as_str())
        })
        .some(intent.overwrote.as_ref(), |draft, overwrote| {
            draft.text("overwrote", overwrote.as_str())
        })
        .some(intent.by.as_ref(), |draft, by| draft.text("by", by))
}

/// Reads a rollback as it was intended.
pub(super) fn read(fields: &Fields<'_>) -> Result<Intent, Unreadable> {
    Ok(Intent {
        target: read_target(&fields.map("target")?)?,
        how: read_how(&fields.map("how")?)?,
        at: fields.instant("at")?,
        tried: fields.instant("tried")?,
        ours: optional_deployment(fields, "ours")?,
        until: fields.instant("until")?,
        overwrote: optional_deployment(fields, "overwrote")?,
        by: fields.optional_text("by")?,
    })
}

fn write_target(target: &Target) -> Draft {
    let draft = Draft::default()
        .map("release", release::write(&target.release))
        .list("unchecked", &target.unchecked);
    match target.known {
        Known::Proved(at) => draft.text("known", PROVED).instant("at", at),
        Known::Successful(at) => draft.text("known", SUCCESSFUL).instant("at", at),
        Known::Named => draft.text("known", NAMED),
    }
}

fn read_target(fields: &Fields<'_>) -> Result<Target, Unreadable> {
    let known = match fields.text("known")?.as_str() {
        PROVED => Known::Proved(fields.instant("at")?),
        SUCCESSFUL => Known::Successful(fields.instant("at")?),
        NAMED => Known::Named,
        _ => return Err(fields.unreadable("known", "a proof that this version knows")),
    };
    Ok(Target {
        release: release::read(fields, "release")?,
        known,
        unchecked: fields.texts("unchecked")?,
    })
}

fn write_how(how: &How) -> Draft {
    let draft = Draft::default().text("name", how.name());
    match how {
        How::Stop { attempt } => draft.text("attempt", attempt.as_str()),
        How::Continue { attempt, hook } => {
            draft.text("attempt", attempt.as_str()).text("hook", hook)
        }
        How::Update => draft,
        How::Copy { pins, mark } => draft
            .maps("pins", pins.iter().map(write_pin))
            .text("mark", mark.as_str()),
    }
}

fn read_how(fields: &Fields<'_>) -> Result<How, Unreadable> {
    Ok(match fields.text("name")?.as_str() {
        "stop" => How::Stop {
            attempt: attempt(fields)?,
        },
        "continue" => How::Continue {
            attempt: attempt(fields)?,
            hook: fields.text("hook")?,
        },
        "update" => How::Update,
        "copy" => How::Copy {
            pins: fields.each("pins", read_pin)?,
            mark: CopyMark::from_ledger(&fields.text("mark")?),
        },
        _ => return Err(fields.unreadable("name", "a way that this version knows")),
    })
}

fn write_pin((container, digest): &(String, Digest)) -> Draft {
    Draft::default()
        .text("container", container)
        .text("digest", digest.as_str())
}

fn read_pin(fields: &Fields<'_>) -> Result<(String, Digest), Unreadable> {
    Ok((fields.text("container")?, digest(fields, "digest")?))
}
