//! How a release that is still under way is rolled back: ECS is told to stop, and goes back itself.

use super::attempt::Attempt;
use super::candidates::Candidate;
use super::case::{How, Known, Target};
use super::look::Look;
use super::preflight::Checked;
use super::progress::{Joined, Progress};
use super::record::{Record, Release, Same};
use super::target::{Failed, source};
use super::wants::Seen;
use super::withheld::Withheld;

/// Whether what is under way can be stopped so that ECS goes back to exactly this candidate.
pub(super) fn left_to_ecs(
    look: Look<'_>,
    failed: &Failed<'_>,
    candidate: &Candidate<'_>,
    checked: &Checked,
) -> Seen<Option<How>> {
    let in_flight = failed
        .joined
        .one()
        .filter(|attempt| attempt.status.is_in_flight() && failed.progress == Progress::Underway);
    let Some(attempt) = in_flight else {
        return Ok(None);
    };
    if checked.inactive || !checked.pins.is_empty() {
        return Ok(None);
    }
    let back = source(look, attempt)?.ok();
    let same = back.is_some_and(|back| back.same(&candidate.release) == Same::Yes);
    Ok(same.then(|| stop(attempt)))
}

/// How a shift of traffic is rolled back, which is never by an update: the old tasks are still
/// there, and ECS goes back to them.
pub(super) fn shifting(
    look: Look<'_>,
    record: &Record,
    failed: &Failed<'_>,
    to: Option<&str>,
) -> Seen<Result<(Target, How), Withheld>> {
    let attempt = match failed.joined {
        Joined::One(attempt) if attempt.status.is_in_flight() => attempt,
        Joined::Unread(why) => {
            return Ok(Err(Withheld::Unseen {
                what: "its service deployment",
                why: why.to_owned(),
            }));
        }
        Joined::One(_) | Joined::None | Joined::Several => return Ok(Err(Withheld::Ambiguous)),
    };
    let back = match source(look, attempt)? {
        Ok(back) => back,
        Err(why) => {
            let what = "where ECS would go back to";
            let why = why.to_string();
            return Ok(Err(Withheld::Unseen { what, why }));
        }
    };
    let asked = to.is_none_or(|to| names(&back, to));
    if record.is_bad(&back) || back.same(failed.release) == Same::Yes || !asked {
        return Ok(Err(Withheld::EcsWouldGoBackToBad));
    }
    let good = record.good.iter().rev();
    let good = good
        .clone()
        .find(|good| good.release.same(&back) == Same::Yes);
    let target = Target {
        known: good.map_or(Known::Successful(attempt.created_at), |good| {
            Known::Proved(good.proved)
        }),
        release: back,
        unchecked: Vec::new(),
    };
    Ok(Ok((target, stop(attempt))))
}

fn stop(attempt: &Attempt) -> How {
    let attempt_arn = attempt.arn.clone();
    match &attempt.paused {
        Some(hook) => How::Continue {
            attempt: attempt_arn,
            hook: hook.clone(),
        },
        None => How::Stop {
            attempt: attempt_arn,
        },
    }
}

fn names(release: &Release, to: &str) -> bool {
    let revision = release.revision.as_ref();
    release.definition.as_str() == to || revision.is_some_and(|revision| revision.as_str() == to)
}
