//! What follows when another deployment is PRIMARY than the one that was watched.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::attempt::{Attempt, SKEW, Status};
use super::brought::brought;
use super::candidates::of_revision;
use super::case::{Case, Cause, Hand, Outcome};
use super::ending::{condemn, end};
use super::guards::DAY;
use super::look::Look;
use super::names::DeploymentId;
use super::past::{Past, Verdict};
use super::progress::{Joined, Progress, joined, progress, release};
use super::record::{Brought, Record, Release, Watch};
use super::service::{Deployment, Service};
use super::sign::{Event, Says};
use super::wants::Seen;

/// Turns the watch to what is PRIMARY, if that is another deployment than the one that is watched,
/// and says what that means for the failure that is handled. What was watched to its end before is
/// not watched again.
pub(super) fn turn(
    look: Look<'_>,
    service: &Service,
    primary: &Deployment,
    record: &mut Record,
) -> Seen<()> {
    let watched = record
        .watch
        .as_ref()
        .filter(|watch| watch.deployment == primary.id);
    let unclear = watched.is_some_and(|watch| matches!(watch.brought, Brought::Unknown(_)));
    if watched.is_some() && !unclear {
        return Ok(());
    }
    let open = record.case.as_ref().is_some_and(|case| !case.is_over());
    if record.watch.is_none() && !open && is_over(record, &primary.id) {
        return Ok(());
    }
    let brought = brought(look, primary, record)?;
    if let Some(watch) = record.watch.as_mut().filter(|_| unclear) {
        watch.brought = brought;
        return Ok(());
    }
    let joined = joined(look, service, primary)?;
    let watch = opened(look, service, primary, joined, brought.clone())?;
    match record.case.as_ref().filter(|case| !case.is_over()) {
        // A case whose watch was lost goes on.
        Some(case) if case.failed.as_ref() == Some(&primary.id) => {}
        Some(_) => take_over(look, record, primary, &brought),
        None if brought == Brought::Ecs => found_rolled_back(look, record, primary)?,
        None => {}
    }
    retire(look, record);
    record.watch = Some(watch);
    Ok(())
}

/// Whether it was watched to its end.
fn is_over(record: &Record, id: &DeploymentId) -> bool {
    record.past.iter().any(|past| past.deployment == *id)
}

/// The watch of a deployment that is seen for the first time. One that is complete already is
/// watched from when its attempt was, or else from its beginning: rather too short than so long
/// that something of today is blamed on it.
fn opened(
    look: Look<'_>,
    service: &Service,
    primary: &Deployment,
    joined: Joined<'_>,
    brought: Brought,
) -> Seen<Watch> {
    let finished = joined.one().and_then(|attempt| attempt.finished_at);
    let complete = progress(service, primary, joined) == Progress::Completed;
    Ok(Watch {
        deployment: primary.id.clone(),
        release: release(look, primary, joined)?,
        brought,
        began: primary.created_at,
        completed: complete.then(|| finished.unwrap_or(primary.created_at)),
        failed: None,
        red: None,
        fired: BTreeSet::new(),
        doubted: None,
        tied: BTreeSet::new(),
        troubles: BTreeMap::new(),
        migration: None,
    })
}

/// What another deployment means for the failure that is handled.
fn take_over(look: Look<'_>, record: &mut Record, primary: &Deployment, brought: &Brought) {
    let until = look.moment.now + look.moment.policy.prove;
    let overwrote = overwritten(record, look);
    let Some(case) = record.case.as_mut() else {
        return;
    };
    match brought {
        Brought::Us => {
            if let Hand::Us(intent) = &mut case.hand {
                intent.ours = Some(primary.id.clone());
                intent.until = until;
                intent.overwrote = overwrote.filter(|id| *id != primary.id);
            }
            let failed = case.failed.clone();
            let acts = record.acts.iter_mut().rev();
            for act in acts
                .filter(|act| Some(&act.failed) == failed.as_ref())
                .take(1)
            {
                act.ours = Some(primary.id.clone());
            }
        }
        Brought::Ecs => {
            case.hand = Hand::Ecs { until };
            condemn(look, record);
        }
        Brought::Release | Brought::Unknown(_) => {
            let by = primary.id.clone();
            end(look, record, Outcome::Superseded { by }, None);
        }
    }
}

/// A deployment of somebody else that began between what failed and what we brought. ECS has no
/// condition for an update, so it can happen; people are told, and it is not done again.
fn overwritten(record: &Record, look: Look<'_>) -> Option<DeploymentId> {
    let case = record.case.as_ref()?;
    let intent = case.intent()?;
    let read = look.observed.services.get(look.arn)?;
    let service = read.as_ref().ok()?.as_ref()?;
    let foreign = |one: &&Deployment| {
        !one.primary && Some(&one.id) != case.failed.as_ref() && one.created_at > case.began
    };
    let newer = |one: &&Deployment| one.created_at + SKEW >= intent.at;
    let mut found = service.deployments.iter().filter(foreign).filter(newer);
    found.next().map(|one| one.id.clone())
}

/// ECS rolled something back before anybody looked.
fn found_rolled_back(look: Look<'_>, record: &mut Record, primary: &Deployment) -> Seen<()> {
    let newest = match look.attempts()? {
        Ok(attempts) => attempts.iter().max_by_key(|attempt| attempt.created_at),
        Err(_) => None,
    };
    let watched = record.watch.as_ref();
    let release = match (watched, newest) {
        (Some(watch), _) => Some(watch.release.clone()),
        (None, Some(newest)) => brought_by(look, newest)?,
        (None, None) => None,
    };
    let failed = watched.map(|watch| watch.deployment.clone());
    let began = newest.map_or(primary.created_at, |attempt| attempt.created_at);
    let over = newest.is_some_and(|newest| newest.status == Status::RollbackSuccessful);
    let finished = newest
        .and_then(|newest| newest.finished_at)
        .filter(|_| over);
    if watched.is_none() && long_ago(look, finished) {
        return Ok(());
    }
    record.case = Some(Case {
        migration: watched.and_then(|watch| watch.migration.clone()),
        failed: failed.or_else(|| said_to_fail(look, primary)),
        release,
        began,
        cause: Cause::FoundByEcs,
        opened: look.moment.now,
        hand: Hand::Ecs {
            until: look.moment.now + look.moment.policy.prove,
        },
        outcome: None,
    });
    condemn(look, record);
    Ok(())
}

/// What was rolled back before the last day is nobody's news.
fn long_ago(look: Look<'_>, finished: Option<Timestamp>) -> bool {
    finished.is_some_and(|finished| finished + DAY < look.moment.now)
}

fn brought_by(look: Look<'_>, attempt: &Attempt) -> Seen<Option<Release>> {
    match &attempt.target {
        Some(target) => Ok(of_revision(look, target)?.ok()),
        None => Ok(None),
    }
}

/// The deployment that a message says has failed, if it is not what is there.
fn said_to_fail(look: Look<'_>, primary: &Deployment) -> Option<DeploymentId> {
    look.signs.iter().find_map(|sign| match &sign.says {
        Says::Deployment {
            deployment,
            event: Event::Failed,
            ..
        } if *deployment != primary.id => Some(deployment.clone()),
        _ => None,
    })
}

/// Writes down what became of what was watched, unless its case says it.
fn retire(look: Look<'_>, record: &mut Record) {
    let Some(watch) = record.watch.take() else {
        return;
    };
    let handled = record
        .case
        .as_ref()
        .is_some_and(|case| case.failed.as_ref() == Some(&watch.deployment));
    if handled {
        return;
    }
    let (verdict, why) = if watch.completed.is_some() {
        (
            Verdict::Deployed,
            "something newer came before its watch was over",
        )
    } else {
        (
            Verdict::Superseded,
            "something newer came before it was complete",
        )
    };
    record.remember(Past {
        deployment: watch.deployment,
        release: watch.release,
        began: watch.began,
        ended: look.moment.now,
        verdict,
        why: why.to_owned(),
        migration: watch.migration,
    });
}
