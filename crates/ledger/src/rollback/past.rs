//! What became of a deployment, as a part of an item.

use domain::rollback::{Past, Verdict};

use super::release::{self, deployment, optional_definition};
use crate::fields::{Draft, Fields, Unreadable};

/// Writes what became of a deployment.
pub(super) fn write(past: &Past) -> Draft {
    let draft = Draft::default()
        .text("deployment", past.deployment.as_str())
        .map("release", release::write(&past.release))
        .instant("began", past.began)
        .instant("ended", past.ended)
        .text("verdict", past.verdict.name())
        .text("why", &past.why)
        .some(past.migration.as_ref(), |draft, migration| {
            draft.text("migration", migration)
        });
    match &past.verdict {
        Verdict::RolledBack { to: Some(to) } => draft.text("to", to.as_str()),
        Verdict::RolledBack { to: None }
        | Verdict::Deployed
        | Verdict::Failed
        | Verdict::InProgress
        | Verdict::Superseded
        | Verdict::Unknown => draft,
    }
}

/// Reads what became of a deployment.
pub(super) fn read(fields: &Fields<'_>) -> Result<Past, Unreadable> {
    Ok(Past {
        deployment: deployment(fields, "deployment")?,
        release: release::read(fields, "release")?,
        began: fields.instant("began")?,
        ended: fields.instant("ended")?,
        verdict: read_verdict(fields)?,
        why: fields.text("why")?,
        migration: fields.optional_text("migration")?,
    })
}

fn read_verdict(fields: &Fields<'_>) -> Result<Verdict, Unreadable> {
    Ok(match fields.text("verdict")?.as_str() {
        "deployed" => Verdict::Deployed,
        "rolled-back" => Verdict::RolledBack {
            to: optional_definition(fields, "to")?,
        },
        "failed" => Verdict::Failed,
        "in-progress" => Verdict::InProgress,
        "superseded" => Verdict::Superseded,
        "unknown" => Verdict::Unknown,
        _ => return Err(fields.unreadable("verdict", "a verdict that this version knows")),
    })
}
