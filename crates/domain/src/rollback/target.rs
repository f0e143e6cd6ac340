//! What comes back, and how: the first candidate that passes every check.

use super::attempt::Attempt;
use super::candidates::{Candidate, left_by, named, of_revision, proved, successful};
use super::case::{How, Target};
use super::definition::CopyMark;
use super::look::Look;
use super::means::{left_to_ecs, shifting};
use super::preflight::{Checked, is_out, preflight};
use super::progress::{Joined, Progress};
use super::record::{Record, Release};
use super::refusal::{Refusal, Refused};
use super::service::{Deployment, Service};
use super::wants::Seen;
use super::withheld::Withheld;

/// What is rolled back.
pub(super) struct Failed<'a> {
    pub(super) service: &'a Service,
    pub(super) primary: &'a Deployment,
    pub(super) joined: Joined<'a>,
    pub(super) progress: Progress,
    pub(super) release: &'a Release,
}

/// What comes back, and how, or why nothing does.
pub(super) fn choose(
    look: Look<'_>,
    record: &Record,
    failed: &Failed<'_>,
    to: Option<&str>,
) -> Seen<Result<(Target, How), Withheld>> {
    if failed.service.strategy.shifts() && may_shift(failed) {
        return shifting(look, record, failed, to);
    }
    let chosen = match to {
        Some(to) => by_name(look, record, failed, to)?,
        None => by_proof(look, record, failed)?,
    };
    let (candidate, checked) = match chosen {
        Ok(chosen) => chosen,
        Err(withheld) => return Ok(Err(withheld)),
    };
    let how = match left_to_ecs(look, failed, &candidate, &checked)? {
        Some(how) => how,
        None if checked.inactive || !checked.pins.is_empty() => How::Copy {
            mark: CopyMark::of(&candidate.release.definition, failed.primary.id.as_str()),
            pins: checked.pins,
        },
        None => How::Update,
    };
    let target = Target {
        release: candidate.release,
        known: candidate.known,
        unchecked: checked.unchecked,
    };
    Ok(Ok((target, how)))
}

/// Whether traffic may be in the middle of a shift, as far as it can be told.
fn may_shift(failed: &Failed<'_>) -> bool {
    match failed.joined {
        Joined::One(attempt) => !attempt.status.is_over(),
        Joined::None => failed.progress == Progress::Underway,
        Joined::Several | Joined::Unread(_) => true,
    }
}

type Chosen<'a> = Result<(Candidate<'a>, Checked), Withheld>;

/// What proved good last and can come back: from the ledger, and then from what ECS remembers.
fn by_proof<'a>(look: Look<'_>, record: &'a Record, failed: &Failed<'_>) -> Seen<Chosen<'a>> {
    let mut refused = Vec::new();
    for candidate in proved(record) {
        if let Some(chosen) = take(look, record, failed, candidate, &mut refused)? {
            return Ok(Ok(chosen));
        }
    }
    let attempts = match look.attempts()? {
        Ok(attempts) => attempts,
        Err(why) => {
            return Ok(Err(Withheld::Unseen {
                what: "what ran before",
                why: why.to_owned(),
            }));
        }
    };
    for (attempt, finished) in successful(look, attempts, failed.primary.created_at) {
        match left_by(look, attempt, finished)? {
            // What the ledger knows was judged by that.
            Ok(candidate) if record.has_proved(&candidate.release) => {}
            Ok(candidate) => {
                if let Some(chosen) = take(look, record, failed, candidate, &mut refused)? {
                    return Ok(Ok(chosen));
                }
            }
            Err(why) => refused.push(Refused {
                target: format!("the deployment of {finished}"),
                why,
            }),
        }
    }
    Ok(Err(Withheld::NoTarget { refused }))
}

/// What a person named.
fn by_name<'a>(
    look: Look<'_>,
    record: &'a Record,
    failed: &Failed<'_>,
    to: &str,
) -> Seen<Chosen<'a>> {
    let mut refused = Vec::new();
    match named(look, record, to)? {
        Ok(candidate) => {
            if let Some(chosen) = take(look, record, failed, candidate, &mut refused)? {
                return Ok(Ok(chosen));
            }
        }
        Err(why) => refused.push(Refused {
            target: to.to_owned(),
            why,
        }),
    }
    Ok(Err(Withheld::NoTarget { refused }))
}

/// The candidate, if it can come back; otherwise why not, once.
fn take<'a>(
    look: Look<'_>,
    record: &Record,
    failed: &Failed<'_>,
    candidate: Candidate<'a>,
    refused: &mut Vec<Refused>,
) -> Seen<Option<(Candidate<'a>, Checked)>> {
    let why = match is_out(record, &candidate, failed.release) {
        Some(why) => why,
        None => match preflight(look, failed.service, &candidate)? {
            Ok(checked) => return Ok(Some((candidate, checked))),
            Err(why) => why,
        },
    };
    let one = Refused {
        target: candidate.release.definition.to_string(),
        why,
    };
    if !refused.contains(&one) {
        refused.push(one);
    }
    Ok(None)
}

/// Where ECS itself goes back to when an attempt is stopped: what ran before it.
pub(super) fn source(look: Look<'_>, attempt: &Attempt) -> Seen<Result<Release, Refusal>> {
    match attempt.sources.first() {
        Some(source) => of_revision(look, source),
        None => Ok(Err(Refusal::RevisionGone)),
    }
}
