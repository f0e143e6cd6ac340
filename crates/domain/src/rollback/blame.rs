//! What made tasks end: the release, or something that a rollback would meet as well.

use std::collections::BTreeSet;

use super::case::Cause;
use super::look::Look;
use super::names::DeploymentId;
use super::record::Watch;
use super::sign::Trouble;
use super::task::{StopCode, Stopped};
use super::wants::Seen;
use super::withheld::Withheld;

/// What made a task end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Blame {
    /// What it runs.
    Release,
    /// Its capacity was taken back.
    Spot,
    /// There was no capacity for it, or what it ran on broke.
    Capacity,
    /// Its image could not be had for reasons that are not its own.
    Registry,
    /// Something was asked too often.
    Throttled,
    /// Nothing that counts: it was stopped on purpose.
    Nobody,
}

impl Blame {
    fn words(self) -> &'static str {
        match self {
            Self::Release => "its tasks end by themselves",
            Self::Spot => "Spot capacity was taken back",
            Self::Capacity => "there is no capacity, or it broke",
            Self::Registry => "the registry does not answer",
            Self::Throttled => "calls are throttled",
            Self::Nobody => "tasks were stopped",
        }
    }
}

/// What made a task end. Where the code leaves it open, words of the reason sort it: what is not
/// recognised is the release's where it did not start, and nobody's where the service stopped it.
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html>.
pub(super) fn blame(task: &Stopped) -> Blame {
    match &task.code {
        StopCode::EssentialContainerExited => Blame::Release,
        StopCode::SpotInterruption | StopCode::TerminationNotice => Blame::Spot,
        StopCode::InfrastructureHealth => Blame::Capacity,
        StopCode::UserInitiated | StopCode::Unknown(_) => Blame::Nobody,
        StopCode::ServiceSchedulerInitiated if is_unhealthy(&task.reason) => Blame::Release,
        StopCode::ServiceSchedulerInitiated => Blame::Nobody,
        StopCode::TaskFailedToStart => of_start(&task.reason),
    }
}

fn is_unhealthy(reason: &str) -> bool {
    reason.to_ascii_lowercase().contains("health check")
}

fn of_start(reason: &str) -> Blame {
    let reason = reason.to_ascii_lowercase();
    let any = |parts: &[&str]| parts.iter().any(|part| reason.contains(part));
    let pulls = any(&["cannotpull", "pull image", "image pull"]);
    if any(&[
        "throttl",
        "rate exceeded",
        "toomanyrequests",
        "too many requests",
    ]) {
        Blame::Throttled
    } else if any(&["capacity is unavailable", "resource:", "insufficient"]) {
        Blame::Capacity
    } else if pulls
        && any(&[
            "timeout",
            "timed out",
            "503",
            "502",
            "500",
            "unavailable",
            "eof",
        ])
    {
        Blame::Registry
    } else {
        Blame::Release
    }
}

/// Whether a release is not to blame for what is wrong with it: something else is seen to fail, and
/// fewer of its tasks than a crash loop has ended by themselves.
pub(super) fn environment(
    look: Look<'_>,
    id: &DeploymentId,
    watch: &Watch,
    cause: &Cause,
) -> Seen<Option<Withheld>> {
    let stopped = match look.stopped()? {
        Ok(stopped) => stopped,
        Err(why) => {
            return Ok(Some(Withheld::Unseen {
                what: "what its tasks ended of",
                why: why.to_owned(),
            }));
        }
    };
    let blames = stopped
        .iter()
        .filter(|task| task.started_by == *id)
        .map(blame);
    let blames: Vec<Blame> = blames.collect();
    let own = blames.iter().filter(|blame| **blame == Blame::Release);
    let own = u32::try_from(own.count()).unwrap_or(u32::MAX);
    let troubles = watch.troubles.iter().filter(|(_, at)| **at >= watch.began);
    let troubles = troubles.map(|(trouble, _)| match trouble {
        Trouble::Capacity => Blame::Capacity,
        Trouble::Throttled => Blame::Throttled,
    });
    let other = |blame: &Blame| !matches!(blame, Blame::Release | Blame::Nobody);
    let others: BTreeSet<Blame> = blames
        .iter()
        .copied()
        .chain(troubles)
        .filter(other)
        .collect();
    let crashes = matches!(cause, Cause::CrashLoop { .. });
    if others.is_empty() || crashes || own >= look.moment.policy.crashes {
        return Ok(None);
    }
    let words: Vec<&str> = others.into_iter().map(Blame::words).collect();
    Ok(Some(Withheld::Environment {
        what: words.join(", "),
    }))
}
