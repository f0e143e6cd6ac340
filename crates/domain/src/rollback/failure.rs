//! Whether a deployment fails: as ECS says, by what its tasks do, and by what its alarms say.

use jiff::Timestamp;

use super::alarm::Alarm;
use super::attempt::{Attempt, Status};
use super::blame::{Blame, blame};
use super::case::Cause;
use super::look::Look;
use super::progress::Progress;
use super::reason::Reason;
use super::record::Watch;
use super::service::Service;
use super::step::Now;
use super::task::{StopCode, Stopped};
use super::wants::Seen;

/// The most tasks that the circuit breaker ever lets fail.
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceDeploymentCircuitBreaker.html>.
const MOST: u32 = 200;

/// What is found of a deployment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Finding {
    /// Nothing is wrong.
    Fine,
    /// Something may be, and has a moment.
    Wait(Reason),
    /// ECS is rolling it back.
    EcsRollsBack,
    /// ECS could not roll it back.
    EcsFailed,
    /// It fails.
    Fails(Cause),
}

/// What is found of the deployment that is watched.
pub(super) fn finding(look: Look<'_>, now: Now<'_>, watch: &Watch) -> Seen<Finding> {
    if let Some(attempt) = now.joined.one() {
        // It may take ECS a moment to make what it went back to PRIMARY.
        if attempt.status.rolls_back() || attempt.status == Status::RollbackSuccessful {
            return Ok(Finding::EcsRollsBack);
        }
        // Where no rollback ever began there is none to fail: ECS found nothing to go back to.
        if attempt.status == Status::RollbackFailed && attempt.rolled_back_to.is_some() {
            return Ok(Finding::EcsFailed);
        }
    }
    if now.progress == Progress::Failed {
        return Ok(failed(look, now, watch));
    }
    if let Some(cause) = crash_loop(look, now, watch)? {
        return Ok(Finding::Fails(cause));
    }
    alarm(look, watch)
}

/// It failed. Where ECS rolls that back it gets a moment to begin.
fn failed(look: Look<'_>, now: Now<'_>, watch: &Watch) -> Finding {
    if !ecs_would(now.service, now.joined.one()) {
        return Finding::Fails(Cause::Failed);
    }
    let until = watch.failed.unwrap_or(look.moment.now) + look.moment.policy.patience;
    if look.moment.now < until {
        Finding::Wait(Reason::Patience { until })
    } else {
        Finding::Fails(Cause::Stalled)
    }
}

/// Whether ECS rolls back what failed: by the flag of what found it, or by either where that is not
/// told.
fn ecs_would(service: &Service, attempt: Option<&Attempt>) -> bool {
    let breaker = attempt.is_some_and(|attempt| attempt.breaker_triggered);
    let alarms = attempt.is_some_and(|attempt| !attempt.triggered_alarms.is_empty());
    let untold = !breaker && !alarms;
    (service.breaker.rolls_back() && (breaker || untold))
        || (service.alarms.rolls_back() && (alarms || untold))
}

/// Whether its tasks end by themselves, over and over. Where the circuit breaker counts, only those
/// that had started do: it counts the others itself, and forgets them whenever one is healthy.
/// Once a deployment is complete nobody else counts, and only until its watch is over. A task that
/// ends well is no crash.
fn crash_loop(look: Look<'_>, now: Now<'_>, watch: &Watch) -> Seen<Option<Cause>> {
    let (at, policy) = (look.moment.now, look.moment.policy);
    let in_progress = now.progress == Progress::Underway;
    let counted_by_ecs = in_progress && now.service.breaker.on;
    let too_early = in_progress && at < watch.began + policy.slow;
    let (Ok(stopped), false) = (look.stopped()?, too_early && !counted_by_ecs) else {
        return Ok(None);
    };
    let since = watch.completed.unwrap_or(watch.began);
    let since = since.max(at - policy.crash_window);
    let end = watch.completed.map(|completed| completed + policy.window);
    let counts = |task: &&Stopped| {
        task.started_by == now.primary.id
            && crashed(task, since)
            && end.is_none_or(|end| task.stopped_at <= end)
            && (!counted_by_ecs || task.started_at.is_some())
    };
    let tasks = u32::try_from(stopped.iter().filter(counts).count()).unwrap_or(u32::MAX);
    let half = now.service.desired.div_ceil(2).min(MOST);
    let threshold = now.joined.one().and_then(|attempt| attempt.threshold);
    let enough = tasks >= threshold.unwrap_or(half).max(policy.crashes);
    Ok(enough.then_some(Cause::CrashLoop { tasks }))
}

/// Whether a task ended by itself, and badly.
fn crashed(task: &Stopped, since: Timestamp) -> bool {
    let by_itself = matches!(
        task.code,
        StopCode::EssentialContainerExited | StopCode::TaskFailedToStart
    );
    let well = !task.exit_codes.is_empty() && task.exit_codes.iter().all(|(_, code)| *code == 0);
    by_itself && !well && task.stopped_at >= since && blame(task) == Blame::Release
}

/// Whether an alarm fired after the deployment was complete and before its watch was over, and has
/// been red long enough not to flap. One that was red before the deployment began says nothing
/// about it.
fn alarm(look: Look<'_>, watch: &Watch) -> Seen<Finding> {
    let Some(completed) = watch.completed else {
        return Ok(Finding::Fine);
    };
    let (Ok(alarms), Some(red)) = (look.alarms()?, &watch.red) else {
        return Ok(Finding::Fine);
    };
    let end = completed + look.moment.policy.window;
    let fired = |alarm: &&Alarm| {
        let meant = !red.contains(&alarm.name);
        alarm.is_red() && meant && alarm.changed_at > watch.began && alarm.changed_at <= end
    };
    let fired = alarms.iter().filter(fired);
    let first = fired.min_by_key(|alarm| alarm.changed_at);
    Ok(first.map_or(Finding::Fine, |alarm| {
        let until = alarm.changed_at + look.moment.policy.settle;
        let name = alarm.name.clone();
        if look.moment.now < until {
            Finding::Wait(Reason::Settles { alarm: name, until })
        } else {
            Finding::Fails(Cause::Alarm { name })
        }
    }))
}
