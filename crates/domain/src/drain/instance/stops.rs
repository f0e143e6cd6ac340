//! The last rung: which tasks are stopped before the deadline, because nothing else will.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::Open;
use super::ending::limit;
use super::scope;
use crate::arn::{ClusterArn, ServiceArn, TaskArn};
use crate::drain::plan::StopTask;
use crate::drain::remembered::record::{Drain, Drainer, Fate, Owner};
use crate::drain::seen::service::{Service, Task};
use crate::drain::seen::tags::Standalone;
use crate::drain::seen::world::Observed;
use crate::resting::Kind;

/// For how long a run that stops tasks may be at it: the function's timeout in the template.
const AT_IT: SignedDuration = SignedDuration::from_secs(30);

/// Whether a run is stopping tasks of this instance. In a surge that takes it as long as it may, and
/// one that stops the same tasks at the same time slows both down.
pub(in crate::drain) fn are_under_way(drain: &Drain, now: Timestamp) -> bool {
    let just_asked = |fate| matches!(fate, Fate::Stopping { at } if now.duration_since(at) < AT_IT);
    let mut fates = drain.tasks.values().map(|leaving| leaving.fate);
    fates.any(just_asked)
}

/// A task to stop, and where it stands in the order.
#[derive(Clone, Debug)]
pub(in crate::drain) struct Stop {
    /// Services with healthy targets to spare come first, the oldest of them before the others;
    /// what nobody replaces comes last.
    pub(in crate::drain) rank: (u8, Option<Timestamp>, Option<ServiceArn>, TaskArn),
    pub(in crate::drain) task: StopTask,
}

/// How many tasks have not stopped. What a task was desired to be says nothing: one that is not
/// wanted any more may still serve.
pub(in crate::drain) fn left(tasks: &BTreeMap<TaskArn, Task>) -> u32 {
    let left = tasks.values().filter(|task| !task.is_stopped());
    u32::try_from(left.count()).unwrap_or(u32::MAX)
}

/// The tasks to stop now: those of services that the scheduler was not allowed to stop until the
/// last rung, and those of nobody where a tag says so.
///
/// A task that is protected from scaling in is stopped on the last rung like any other, and is not
/// asked about: it ends with its instance in any case, and so has the time that its containers need to
/// stop. Before that it is left and waited for: while an instance waits in a hook, and where a
/// recommendation alone drains it.
pub(in crate::drain) fn stops(open: &Open<'_>, tasks: &BTreeMap<TaskArn, Task>) -> Vec<Stop> {
    let (now, policy) = (open.case.moment.now, open.case.moment.policy);
    let heard = &open.drain.heard;
    let ours = matches!(open.drain.by, Drainer::Us { .. } | Drainer::Other { .. });
    let (Some(limit), true) = (limit(&open.drain), ours && heard.certain().is_some()) else {
        return Vec::new();
    };
    let last_rung = limit.duration_since(now) <= policy.ladder;
    // A hook waits for what nobody else stops, and would wait for days.
    let waits = heard.doom().is_none() && !open.drain.hooks.is_empty();
    let Some(cluster) = open.scoped.first().map(|scoped| &scoped.place.cluster) else {
        return Vec::new();
    };
    let wanted = tasks
        .iter()
        .filter(|(_, task)| task.wanted && !task.is_stopped());
    wanted
        .filter(|(_, task)| match &task.owner {
            Owner::Service(service) => {
                last_rung && !is_daemon(service_of(service, open.case.observed))
            }
            Owner::Nobody(_) => {
                (last_rung || waits) && stands_alone(task, cluster, open) == Standalone::Stop
            }
        })
        .map(|(arn, task)| Stop {
            rank: rank(arn, task, open.case.observed),
            task: StopTask {
                instance: open.case.id.clone(),
                cluster: place_of(arn, open).unwrap_or(cluster).clone(),
                task: arn.clone(),
                reason: reason(open, limit),
            },
        })
        .collect()
}

/// The cluster that a task's ARN names, if the instance is in more than one.
fn place_of<'o>(task: &TaskArn, open: &'o Open<'_>) -> Option<&'o ClusterArn> {
    let mut clusters = open.scoped.iter().map(|scoped| &scoped.place.cluster);
    clusters.find(|cluster| {
        task.as_str()
            .contains(&format!(":task/{}/", cluster.name()))
    })
}

fn stands_alone(task: &Task, cluster: &ClusterArn, open: &Open<'_>) -> Standalone {
    scope::standalone(
        &task.standalone,
        cluster,
        open.case.observed,
        open.case.moment,
    )
}

fn service_of<'o>(arn: &ServiceArn, observed: &'o Observed) -> Option<&'o Service> {
    observed.services.get(arn)?.as_ref().ok()?.as_ref()
}

/// One of which nothing is known is taken for what most are.
fn is_daemon(service: Option<&Service>) -> bool {
    service.is_some_and(|service| service.kind == Kind::Daemon)
}

fn rank(
    arn: &TaskArn,
    task: &Task,
    observed: &Observed,
) -> (u8, Option<Timestamp>, Option<ServiceArn>, TaskArn) {
    let owner = task.owner.service();
    let service = owner.and_then(|owner| service_of(owner, observed));
    let spare = service.and_then(|service| service.spare).unwrap_or(0);
    let place = match (owner, spare) {
        (Some(_), 1..) => 0,
        (Some(_), 0) => 1,
        (None, _) => 2,
    };
    let created = service.map(|service| service.created_at);
    (place, created, owner.cloned(), arn.clone())
}

/// For people who look at the task; far below the 255 characters that ECS takes.
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_StopTask.html>.
fn reason(open: &Open<'_>, limit: Timestamp) -> String {
    let who = if open.drain.heard.doom().is_some() {
        "EC2 takes"
    } else {
        "Auto Scaling ends"
    };
    let at = limit.as_second();
    let at = Timestamp::from_second(at).unwrap_or(limit);
    format!(
        "{who} {} at {at}; stopped by Caretaker while there is time",
        open.case.id
    )
}
