//! What could come back, the best first.

use jiff::Timestamp;

use super::attempt::{Attempt, Status};
use super::case::Known;
use super::image::Digests;
use super::look::Look;
use super::names::{DefinitionArn, DeploymentId, RevisionArn};
use super::progress::digests;
use super::record::{Good, Record, Release};
use super::refusal::Refusal;
use super::wants::Seen;

/// A release that could come back.
pub(super) struct Candidate<'a> {
    pub(super) release: Release,
    pub(super) known: Known,
    /// What the ledger has of it, if it proved good here.
    pub(super) good: Option<&'a Good>,
}

/// What proved good here, the newest proof first.
pub(super) fn proved(record: &Record) -> impl Iterator<Item = Candidate<'_>> {
    record.good.iter().rev().map(|good| Candidate {
        release: good.release.clone(),
        known: Known::Proved(good.proved),
        good: Some(good),
    })
}

/// The attempts that ECS calls successful, or that were rolled back successfully, the newest first;
/// none that began after what failed did.
pub(super) fn successful<'a>(
    look: Look<'a>,
    attempts: &'a [Attempt],
    began: Timestamp,
) -> Vec<(&'a Attempt, Timestamp)> {
    let ended = attempts.iter().filter_map(|attempt| {
        let good = matches!(
            attempt.status,
            Status::Successful | Status::RollbackSuccessful
        );
        let finished = attempt.finished_at?;
        (good && attempt.created_at < began).then_some((attempt, finished))
    });
    let mut ended: Vec<_> = ended.collect();
    ended.sort_by_key(|(_, finished)| std::cmp::Reverse(*finished));
    ended.truncate(look.moment.policy.history);
    ended
}

/// What an attempt left running, or why that proves nothing.
pub(super) fn left_by<'a>(
    look: Look<'_>,
    attempt: &Attempt,
    finished: Timestamp,
) -> Seen<Result<Candidate<'a>, Refusal>> {
    if attempt.requested == Some(0) {
        return Ok(Err(Refusal::NoTasks));
    }
    if attempt.early {
        return Ok(Err(Refusal::Early));
    }
    let arn = match attempt.status {
        Status::RollbackSuccessful => &attempt.rolled_back_to,
        _ => &attempt.target,
    };
    let Some(arn) = arn else {
        return Ok(Err(Refusal::RevisionGone));
    };
    let release = of_revision(look, arn)?;
    Ok(release.map(|release| Candidate {
        release,
        known: Known::Successful(finished),
        good: None,
    }))
}

/// What a person named.
pub(super) fn named<'a>(
    look: Look<'_>,
    record: &'a Record,
    to: &str,
) -> Seen<Result<Candidate<'a>, Refusal>> {
    let is = |release: &Release, id: &DeploymentId| {
        let revision = release.revision.as_ref();
        id.as_str() == to
            || release.definition.as_str() == to
            || revision.is_some_and(|revision| revision.as_str() == to)
    };
    let mut good = record.good.iter().rev();
    if let Some(good) = good.find(|good| is(&good.release, &good.deployment)) {
        return Ok(Ok(Candidate {
            release: good.release.clone(),
            known: Known::Proved(good.proved),
            good: Some(good),
        }));
    }
    let mut past = record.past.iter().rev();
    let past = past.find(|past| is(&past.release, &past.deployment));
    let release = if let Some(past) = past {
        past.release.clone()
    } else if let Ok(revision) = RevisionArn::parse(to) {
        match of_revision(look, &revision)? {
            Ok(release) => release,
            Err(refusal) => return Ok(Err(refusal)),
        }
    } else if let Ok(definition) = DefinitionArn::parse(to) {
        Release {
            definition,
            revision: None,
            digests: Digests::new(),
        }
    } else {
        return Ok(Err(Refusal::NotKnown));
    };
    Ok(Ok(Candidate {
        release,
        known: Known::Named,
        good: None,
    }))
}

/// What a service revision brings.
pub(super) fn of_revision(look: Look<'_>, arn: &RevisionArn) -> Seen<Result<Release, Refusal>> {
    Ok(match look.revision(arn)? {
        Err(why) => Err(Refusal::Unread(why.to_owned())),
        Ok(None) => Err(Refusal::RevisionGone),
        Ok(Some(revision)) => Ok(Release {
            definition: revision.definition.clone(),
            revision: Some(arn.clone()),
            digests: digests(revision),
        }),
    })
}
