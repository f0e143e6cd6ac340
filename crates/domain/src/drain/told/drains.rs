//! What is told of instances that are to go and do not.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::subject;
use crate::arn::TaskArn;
use crate::concern::Concern;
use crate::drain::decision::Steps;
use crate::drain::instance::ending::{limit, was_spared};
use crate::drain::moment::Moment;
use crate::drain::remembered::record::{Drain, Owner};
use crate::drain::seen::instance::InstanceId;
use crate::drain::seen::service::{Service, Task};
use crate::drain::seen::world::Observed;
use crate::notice::{Kind, Next, Severity, fact, words};

/// How many tasks a notice names.
pub(super) const NAMED: usize = 5;

/// Instances that are to go, and whose tasks do not leave.
pub(in crate::drain) fn stuck(
    steps: &Steps<'_>,
    observed: &Observed,
    moment: Moment<'_>,
) -> Vec<Concern> {
    let open = steps
        .iter()
        .filter_map(|(id, step)| Some((*id, step.drain.as_ref()?)));
    open.filter_map(|(id, drain)| {
        if was_spared(drain, moment.now) {
            return Some(spared(id, drain, moment));
        }
        let since = waits_since(drain, moment)?;
        let tasks = observed.tasks.get(id)?.as_ref().ok()?;
        let left = tasks.iter().filter(|(_, task)| !task.is_stopped());
        let left: Vec<(&TaskArn, &Task)> = left.collect();
        (!left.is_empty()).then(|| does_not_leave(id, drain, since, &left, observed, moment))
    })
    .collect()
}

/// Since when an instance waits in a hook of ours, if that is so long that people should know.
pub(super) fn waits_since(drain: &Drain, moment: Moment<'_>) -> Option<Timestamp> {
    let since = drain.hooks.iter().map(|open| open.since).min()?;
    (moment.now >= since + moment.policy.stuck_after).then_some(since)
}

fn does_not_leave(
    id: &InstanceId,
    drain: &Drain,
    since: Timestamp,
    left: &[(&TaskArn, &Task)],
    observed: &Observed,
    moment: Moment<'_>,
) -> Concern {
    let mut concern = Concern::about(subject::instance(id, moment), Kind::DrainStuck, since);
    let cluster = drain.places.first().map(|berth| berth.cluster.name());
    concern.severity = Severity::Page;
    concern.cluster = cluster.map(str::to_owned);
    concern.title = format!(
        "{id} is to go, and {} do not leave it",
        counted(left.len(), "task", "tasks")
    );
    let mut kinds = BTreeSet::new();
    let nobody = BTreeMap::new();
    let protected = observed.protected.get(id);
    let protected = protected.and_then(|read| read.as_ref().ok());
    let protected = protected.unwrap_or(&nobody);
    for (position, (arn, task)) in left.iter().enumerate() {
        let (kind, why) = why(arn, task, protected, observed);
        kinds.insert(kind);
        if position < NAMED {
            concern.facts.push(fact(&name(arn, task), why));
        }
    }
    if left.len() > NAMED {
        let more = left.len() - NAMED;
        concern.facts.push(fact("More tasks", more));
    }
    if let Some(until) = limit(drain) {
        concern.facts.push(fact("Time until", until));
    }
    concern.text = kinds.into_iter().collect::<Vec<_>>().join(", ");
    concern.done = Some(
        "Set it DRAINING, keeps its lifecycle hook open, and looks again every minute".to_owned(),
    );
    let first = left.first().map(|(arn, _)| *arn);
    concern.next = Next {
        what:
            "See why the first of them stays. Stopping it lets the instance go; so does completing \
               the lifecycle hook."
                .to_owned(),
        command: cluster
            .zip(first)
            .map(|(cluster, task)| describe(cluster, task)),
    };
    concern
}

pub(super) fn describe(cluster: &str, task: &TaskArn) -> String {
    format!(
        "aws ecs describe-tasks --cluster {cluster} --tasks {}",
        task.id()
    )
}

/// A task as people know it.
fn name(arn: &TaskArn, task: &Task) -> String {
    match &task.owner {
        Owner::Service(service) => format!("Task of {}", service.name()),
        Owner::Nobody(group) => format!("Task {} of {group}", arn.id()),
    }
}

/// Why a task does not leave: in a word that stays the same, and in words. What protection does to a
/// task on an instance that drains is documented nowhere; a task that has it and stays is told of so.
fn why(
    arn: &TaskArn,
    task: &Task,
    protected: &BTreeMap<TaskArn, Option<Timestamp>>,
    observed: &Observed,
) -> (&'static str, String) {
    let owner = task.owner.service();
    let service = owner.and_then(|arn| observed.services.get(arn)?.as_ref().ok()?.as_ref());
    if !task.wanted {
        let status = &task.last_status;
        return (
            "stops",
            format!("it was told to stop, and is {status} still"),
        );
    }
    if owner.is_none() {
        return (
            "standalone",
            "it belongs to no service, so nothing stops it".to_owned(),
        );
    }
    if let Some(until) = protected.get(arn) {
        let until = until.map(|until| format!(" until {until}"));
        let until = until.unwrap_or_default();
        let words = format!("it is protected from scaling in{until}");
        return ("protected", words);
    }
    if let Some(why) = service.and_then(of_service) {
        return why;
    }
    let words = "its service has not stopped it yet".to_owned();
    ("wanted", words)
}

/// What keeps a service from letting a task go.
fn of_service(service: &Service) -> Option<(&'static str, String)> {
    if service.floor() >= service.desired && service.ceiling() <= service.desired {
        let words = "its service may neither stop a task first nor start one first".to_owned();
        return Some(("neither-way", words));
    }
    if let Some(trouble) = &service.trouble {
        return Some(("placement", format!("ECS says of its service: {trouble}")));
    }
    (service.running <= service.floor()).then(|| {
        let (running, floor) = (service.running, service.floor());
        let words =
            format!("its service has {running} tasks that run, and may not go below {floor}");
        ("minimum", words)
    })
}

/// EC2 was to take it, and it is still there.
fn spared(id: &InstanceId, drain: &Drain, moment: Moment<'_>) -> Concern {
    let since = drain.deadline.unwrap_or(drain.opened);
    let mut concern = Concern::about(subject::instance(id, moment), Kind::DrainStuck, since);
    let cluster = drain.places.first().map(|berth| berth.cluster.name());
    concern.cluster = cluster.map(str::to_owned);
    concern.title = format!("EC2 warned of {id} and did not take it");
    concern.text = "spared".to_owned();
    concern.facts = vec![fact("Was to go at", since)];
    concern.next = words(
        "It is DRAINING and takes no tasks. If it is to stay, set it ACTIVE; if not, end it, \
         because it costs money.",
    );
    concern
}

/// A number and what it counts.
pub(in crate::drain) fn counted(number: usize, one: &str, many: &str) -> String {
    let noun = if number == 1 { one } else { many };
    format!("{number} {noun}")
}
