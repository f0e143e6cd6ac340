//! How far a deployment is, and which attempt made it.

use super::attempt::{Attempt, Revision, SKEW, Status};
use super::image::Digests;
use super::look::Look;
use super::names::DeploymentId;
use super::record::Release;
use super::service::{Deployment, Rollout, Service};
use super::wants::Seen;

/// The attempt that made a deployment.
#[derive(Clone, Copy)]
pub(super) enum Joined<'a> {
    /// This one.
    One(&'a Attempt),
    /// None that ECS remembers.
    None,
    /// One of several, and which cannot be told.
    Several,
    /// It cannot be read.
    Unread(&'a str),
}

impl<'a> Joined<'a> {
    pub(super) fn one(self) -> Option<&'a Attempt> {
        match self {
            Self::One(attempt) => Some(attempt),
            Self::None | Self::Several | Self::Unread(_) => None,
        }
    }
}

/// How far a deployment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    Underway,
    Completed,
    Failed,
}

/// Which attempt made this deployment.
pub(super) fn joined<'a>(
    look: Look<'a>,
    service: &Service,
    deployment: &Deployment,
) -> Seen<Joined<'a>> {
    let attempts = match look.attempts()? {
        Ok(attempts) => attempts,
        Err(why) => return Ok(Joined::Unread(why)),
    };
    let mut made = Vec::new();
    for attempt in attempts {
        let apart = attempt.created_at.duration_since(deployment.created_at);
        if apart.abs() <= SKEW && attempt.made(deployment, brings(look, attempt)?) {
            made.push(attempt);
        }
    }
    let current = |attempt: &&&Attempt| Some(&attempt.arn) == service.current.as_ref();
    Ok(match made[..] {
        [] => Joined::None,
        [one] => Joined::One(one),
        _ => made
            .iter()
            .find(current)
            .map_or(Joined::Several, |one| Joined::One(one)),
    })
}

/// What an attempt brings, as far as that can be read.
pub(super) fn brings<'a>(look: Look<'a>, attempt: &Attempt) -> Seen<Option<&'a Revision>> {
    let Some(target) = &attempt.target else {
        return Ok(None);
    };
    Ok(look.revision(target)?.ok().and_then(Option::as_ref))
}

/// How far a deployment is: as ECS says, and where it says nothing, as its attempt stands. A word
/// that nobody knew when this was written is no end.
pub(super) fn progress(service: &Service, deployment: &Deployment, joined: Joined<'_>) -> Progress {
    match deployment.rollout {
        Rollout::Completed => return Progress::Completed,
        Rollout::InProgress | Rollout::Unknown(_) => return Progress::Underway,
        Rollout::Failed => return Progress::Failed,
        Rollout::Untold => {}
    }
    match joined.one().map(|attempt| &attempt.status) {
        Some(Status::Successful) => Progress::Completed,
        Some(Status::Stopped | Status::RollbackFailed) => Progress::Failed,
        Some(_) => Progress::Underway,
        None if service.deployments.len() == 1 && service.running >= service.desired => {
            Progress::Completed
        }
        None => Progress::Underway,
    }
}

/// What a deployment brings: the digests of its service revision and, where ECS did not resolve
/// one, those of its tasks.
pub(super) fn release(
    look: Look<'_>,
    deployment: &Deployment,
    joined: Joined<'_>,
) -> Seen<Release> {
    let mut release = Release {
        definition: deployment.definition.clone(),
        revision: None,
        digests: Digests::new(),
    };
    if let Some(attempt) = joined.one() {
        release.revision.clone_from(&attempt.target);
        if let Some(revision) = brings(look, attempt)? {
            release.digests = digests(revision);
        }
    }
    fill(look, &deployment.id, &mut release);
    Ok(release)
}

/// The digests that a service revision records.
pub(super) fn digests(revision: &Revision) -> Digests {
    let images = revision.images.iter();
    images
        .filter_map(|image| Some((image.container.clone(), image.digest.clone()?)))
        .collect()
}

/// Adds the digests of tasks, as far as those were looked at.
pub(super) fn fill(look: Look<'_>, id: &DeploymentId, release: &mut Release) {
    let running = look
        .observed
        .running
        .get(look.arn)
        .and_then(|read| read.as_ref().ok());
    let stopped = look
        .observed
        .stopped
        .get(look.arn)
        .and_then(|read| read.as_ref().ok());
    let running = running.into_iter().flatten();
    let running = running.map(|task| (&task.started_by, &task.digests));
    let stopped = stopped.into_iter().flatten();
    let stopped = stopped.map(|task| (&task.started_by, &task.digests));
    let own = running.chain(stopped).filter(|(by, _)| *by == id);
    for (container, digest) in own.flat_map(|(_, digests)| digests) {
        let known = release.digests.entry(container.clone());
        known.or_insert_with(|| digest.clone());
    }
}
