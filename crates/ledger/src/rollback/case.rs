//! A failed release, as a part of an item.

use domain::rollback::{Case, Cause, CopyMark, Digest, Hand, How, Intent, Known, Outcome, Target};

use super::release::{self, attempt, deployment, digest, optional_deployment};
use crate::fields::{Draft, Fields, Unreadable};

/// In whose hands a failed release is, by name.
const NOBODY: &str = "nobody";
const ECS: &str = "ecs";
const US: &str = "us";

/// How a target is known to be good, by name.
const PROVED: &str = "proved";
const SUCCESSFUL: &str = "successful";
const NAMED: &str = "named";

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
        Hand::Us(intent) => of(US).map("intent", write_intent(intent)),
    }
}

fn read_hand(fields: &Fields<'_>) -> Result<Hand, Unreadable> {
    Ok(match fields.text("who")?.as_str() {
        NOBODY => Hand::Nobody,
        ECS => Hand::Ecs {
            until: fields.instant("until")?,
        },
        US => Hand::Us(Box::new(read_intent(&fields.map("intent")?)?)),
        _ => return Err(fields.unreadable("who", "somebody whom this version knows")),
    })
}

fn write_intent(intent: &Intent) -> Draft {
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

fn read_intent(fields: &Fields<'_>) -> Result<Intent, Unreadable> {
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
