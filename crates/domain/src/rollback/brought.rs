//! Who brought the deployment that is PRIMARY.

use super::attempt::{Attempt, SKEW};
use super::case::{Case, How, Intent};
use super::look::Look;
use super::progress::brings;
use super::record::{Brought, Record};
use super::service::Deployment;
use super::wants::Seen;

/// Who brought it: we did where our record or the deployment itself says so, ECS where the newest
/// attempt was rolled back and did not make it, and otherwise whoever deploys.
pub(super) fn brought(look: Look<'_>, primary: &Deployment, record: &Record) -> Seen<Brought> {
    let ours = record
        .acts
        .iter()
        .any(|act| act.ours.as_ref() == Some(&primary.id));
    if ours {
        return Ok(Brought::Us);
    }
    let open = record.case.as_ref().filter(|case| !case.is_over());
    if let Some((case, intent)) = open.and_then(|case| Some((case, case.intent()?)))
        && came_of(look, case, intent, primary)?
    {
        return Ok(Brought::Us);
    }
    let unread = |why: &str| {
        // What never ran here is no rollback.
        let ran = record.knows(&primary.definition);
        if ran {
            Brought::Unknown(why.to_owned())
        } else {
            Brought::Release
        }
    };
    match look.attempts()? {
        Err(why) => Ok(unread(why)),
        Ok(attempts) => match attempts.iter().max_by_key(|attempt| attempt.created_at) {
            None => Ok(Brought::Release),
            Some(newest) if newest.status.is_rollback() => {
                by_rollback(look, newest, primary, record)
            }
            Some(_) => Ok(Brought::Release),
        },
    }
}

/// Whether a deployment came of our intent.
pub(super) fn came_of(
    look: Look<'_>,
    case: &Case,
    intent: &Intent,
    primary: &Deployment,
) -> Seen<bool> {
    if case.failed.as_ref() == Some(&primary.id) {
        return Ok(false);
    }
    let later = primary.created_at + SKEW >= intent.at;
    let same = primary.definition == intent.target.release.definition;
    Ok(match &intent.how {
        How::Update => later && same,
        How::Copy { mark, .. } => {
            let read = look.definition(&primary.definition)?;
            let copy = read.ok().and_then(Option::as_ref);
            copy.is_some_and(|copy| copy.copy.as_deref() == Some(mark.as_str()))
        }
        // ECS may give what it goes back to the id that it had.
        How::Stop { attempt } | How::Continue { attempt, .. } => match look.attempts()? {
            Ok(attempts) => {
                let is = |one: &&Attempt| one.arn == *attempt;
                let stopped = attempts.iter().find(is);
                let newest = attempts.iter().max_by_key(|attempt| attempt.created_at);
                let newest = newest.is_some_and(|newest| newest.arn == *attempt);
                newest && stopped.is_some_and(|attempt| attempt.status.is_rollback())
            }
            Err(_) => same,
        },
    })
}

/// Whether what is PRIMARY is what the newest attempt was rolled back to, or still what it brought.
fn by_rollback(
    look: Look<'_>,
    newest: &Attempt,
    primary: &Deployment,
    record: &Record,
) -> Seen<Brought> {
    let watched = record.watch.as_ref().filter(|watch| {
        let apart = watch.began.duration_since(newest.created_at).abs();
        watch.deployment != primary.id && apart <= SKEW
    });
    if watched.is_some() || !newest.made(primary, brings(look, newest)?) {
        return Ok(Brought::Ecs);
    }
    Ok(Brought::Release)
}
