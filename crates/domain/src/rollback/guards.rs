//! What keeps a failed release from being rolled back, in the order in which it is asked.

use jiff::SignedDuration;

use super::blame::environment;
use super::case::Cause;
use super::look::Look;
use super::order::Freeze;
use super::past::Verdict;
use super::record::{Brought, Record, Watch};
use super::service::Service;
use super::tags::Mode;
use super::wants::Seen;
use super::withheld::Withheld;
use crate::arn::ServiceArn;

/// How far back our rollbacks count.
pub(super) const DAY: SignedDuration = SignedDuration::from_hours(24);

/// What keeps the release that is watched from being rolled back. The guard against loops freezes
/// its service.
pub(super) fn of_failure(
    look: Look<'_>,
    service: &Service,
    watch: &Watch,
    record: &mut Record,
    cause: &Cause,
) -> Seen<Option<Withheld>> {
    if let Some(withheld) = loops(watch, record) {
        return Ok(Some(withheld));
    }
    if let Some(withheld) = environment(look, &watch.deployment, watch, cause)? {
        return Ok(Some(withheld));
    }
    if let Some(withheld) = shared(look, watch, record, cause) {
        return Ok(Some(withheld));
    }
    if let Some(withheld) = of_anything(look, service, record) {
        return Ok(Some(withheld));
    }
    if service.mode.value() != Some(Mode::Auto) {
        return Ok(Some(Withheld::Tagged));
    }
    if let Some(withheld) = migration(look, service, watch)? {
        return Ok(Some(withheld));
    }
    Ok(too_many(look, record).then(|| {
        let policy = look.moment.policy;
        let freeze = Freeze {
            by: None,
            why: format!("it was rolled back {} times within 24 hours", policy.acts),
            since: look.moment.now,
            until: None,
        };
        let withheld = frozen(&freeze);
        record.frozen = Some(freeze);
        withheld
    }))
}

/// Whether what failed carries a migration, by its own tag or by that of its task definition.
fn migration(look: Look<'_>, service: &Service, watch: &Watch) -> Seen<Option<Withheld>> {
    let read = match look.definition(&watch.release.definition)? {
        Ok(read) => read,
        Err(why) => {
            return Ok(Some(Withheld::Unseen {
                what: "the tags of its task definition",
                why: why.to_owned(),
            }));
        }
    };
    let own = read.as_ref().and_then(|read| read.migration.clone());
    let what = own.or_else(|| service.migration.clone());
    Ok(what.map(|what| Withheld::Migration { what }))
}

/// What keeps even a person's order from being carried out.
pub(super) fn of_anything(look: Look<'_>, service: &Service, record: &Record) -> Option<Withheld> {
    if service.rests() {
        return Some(Withheld::AtRest);
    }
    if let Some(stack) = &service.stack_busy {
        return Some(Withheld::StackBusy {
            stack: stack.clone(),
        });
    }
    let everywhere = look
        .frozen
        .filter(|freeze| !freeze.is_over(look.moment.now));
    record.frozen.as_ref().or(everywhere).map(frozen)
}

fn frozen(freeze: &Freeze) -> Withheld {
    Withheld::Frozen {
        by: freeze.by.clone(),
        why: freeze.why.clone(),
        until: freeze.until,
    }
}

/// A rollback is never rolled back, and there is one try for each release.
fn loops(watch: &Watch, record: &Record) -> Option<Withheld> {
    match &watch.brought {
        Brought::Us | Brought::Ecs => return Some(Withheld::OwnRollback),
        Brought::Unknown(why) => {
            return Some(Withheld::Unseen {
                what: "whether it is a rollback",
                why: why.clone(),
            });
        }
        Brought::Release => {}
    }
    let acted = record.acts.iter().any(|act| act.failed == watch.deployment);
    let ended = record.past.iter().any(|past| {
        past.deployment == watch.deployment
            && matches!(past.verdict, Verdict::Failed | Verdict::RolledBack { .. })
    });
    (acted || ended).then_some(Withheld::Tried)
}

/// Whether what fails here fails elsewhere in the same minutes, or could be somebody else's alarm.
fn shared(look: Look<'_>, watch: &Watch, record: &Record, cause: &Cause) -> Option<Withheld> {
    let together = look.moment.policy.together;
    let case = record.case.as_ref().filter(|case| !case.is_over());
    let opened = case.map_or(look.moment.now, |case| case.opened);
    let failing = look.others().filter(|(_, other)| {
        let since = other.failing;
        since.is_some_and(|since| since.duration_since(opened).abs() <= together)
    });
    let with: Vec<ServiceArn> = failing.map(|(arn, _)| (*arn).clone()).collect();
    if !with.is_empty() {
        return Some(Withheld::Shared { with });
    }
    let Cause::Alarm { name } = cause else {
        return None;
    };
    let released = look.others().filter(|(_, other)| {
        let began = other.began;
        let near = began.is_some_and(|at| at.duration_since(watch.began).abs() <= together);
        near && other.tied.contains(name)
    });
    let with: Vec<ServiceArn> = released.map(|(arn, _)| (*arn).clone()).collect();
    (!with.is_empty()).then(|| Withheld::SharedAlarm {
        alarm: name.clone(),
        with,
    })
}

/// The record has only those of the last day.
fn too_many(look: Look<'_>, record: &Record) -> bool {
    let counted = record.acts.iter().filter(|act| act.counts);
    counted.count() >= look.moment.policy.acts
}
