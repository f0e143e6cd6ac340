//! A failed release, as a part of an item.

use domain::rollback::{Case, Cause, Hand, Outcome};

use super::intent;
use super::release::{self, deployment, optional_deployment};
use crate::fields::{Draft, Fields, Unreadable};

/// In whose hands a failed release is, by name.
const NOBODY: &str = "nobody";
const ECS: &str = "ecs";
const US: &str = "us";

/// Writes a failed release.
pub(super) fn write(case: &Case) -> Draft {
    Draft::default()
        .instant("began", case.began)
        .map("cause", write_cause(&case.cause))
        .instant("opened", case.opened)
        .map("hand", write_hand(&case.hand))
        .some(case.failed.as_ref(), |draft, failed| {
            draft.text("failed", failed.as_str())
        })
        .some(case.release.as_ref(), |draft, release| {
            draft.map("release", release::write(release))
        })
        .some(case.migration.as_ref(), |draft, migration| {
            draft.text("migration", migration)
        })
        .some(case.outcome.as_ref(), |draft, outcome| {
            draft.map("outcome", write_outcome(outcome))
        })
}

/// Reads a failed release.
pub(super) fn read(fields: &Fields<'_>) -> Result<Case, Unreadable> {
    let outcome = fields.optional_map("outcome")?;
    Ok(Case {
        failed: optional_deployment(fields, "failed")?,
        release: release::optional(fields, "release")?,
        began: fields.instant("began")?,
        migration: fields.optional_text("migration")?,
        cause: read_cause(&fields.map("cause")?)?,
        opened: fields.instant("opened")?,
        hand: read_hand(&fields.map("hand")?)?,
        outcome: outcome.as_ref().map(read_outcome).transpose()?,
    })
}

fn write_cause(cause: &Cause) -> Draft {
    let draft = Draft::default().text("name", cause.name());
    match cause {
        Cause::Stalled | Cause::Failed | Cause::FoundByEcs => draft,
        Cause::CrashLoop { tasks } => draft.number("tasks", tasks),
        Cause::Alarm { name } => draft.text("alarm", name),
        Cause::Ordered { by, why } => draft.text("by", by).text("why", why),
    }
}

fn read_cause(fields: &Fields<'_>) -> Result<Cause, Unreadable> {
    Ok(match fields.text("name")?.as_str() {
        "stalled" => Cause::Stalled,
        "failed" => Cause::Failed,
        "crash-loop" => Cause::CrashLoop {
            tasks: fields.number("tasks")?,
        },
        "alarm" => Cause::Alarm {
            name: fields.text("alarm")?,
        },
        "ordered" => Cause::Ordered {
            by: fields.text("by")?,
            why: fields.text("why")?,
        },
        "found-by-ecs" => Cause::FoundByEcs,
        _ => return Err(fields.unreadable("name", "a cause that this version knows")),
    })
}

fn write_hand(hand: &Hand) -> Draft {
    let of = |who: &str| Draft::default().text("who", who);
    match hand {
        Hand::Nobody => of(NOBODY),
        Hand::Ecs { until } => of(ECS).instant("until", *until),
        Hand::Us(intent) => of(US).map("intent", intent::write(intent)),
    }
}

fn read_hand(fields: &Fields<'_>) -> Result<Hand, Unreadable> {
    Ok(match fields.text("who")?.as_str() {
        NOBODY => Hand::Nobody,
        ECS => Hand::Ecs {
            until: fields.instant("until")?,
        },
        US => Hand::Us(Box::new(intent::read(&fields.map("intent")?)?)),
        _ => return Err(fields.unreadable("who", "somebody whom this version knows")),
    })
}

fn write_outcome(outcome: &Outcome) -> Draft {
    let draft = Draft::default().text("name", outcome.name());
    match outcome {
        Outcome::Proved { at } => draft.instant("at", *at),
        Outcome::NotProved { why } => draft.list("why", why),
        Outcome::Superseded { by } => draft.text("by", by.as_str()),
    }
}

fn read_outcome(fields: &Fields<'_>) -> Result<Outcome, Unreadable> {
    Ok(match fields.text("name")?.as_str() {
        "proved" => Outcome::Proved {
            at: fields.instant("at")?,
        },
        "not-proved" => Outcome::NotProved {
            why: fields.texts("why")?,
        },
        "superseded" => Outcome::Superseded {
            by: deployment(fields, "by")?,
        },
        _ => return Err(fields.unreadable("name", "an outcome that this version knows")),
    })
}
