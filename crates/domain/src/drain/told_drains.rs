//! What is told of instances: tasks that do not leave, hooks that wait for nothing that is known,
//! and what happened and is over.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::case::Step;
use super::concerns::{Concern, fact, words};
use super::decision::{Steps, round};
use super::ending::{limit, was_spared};
use super::fold::{Known, hook_times};
use super::instance::InstanceId;
use super::looks::HEARD_IN;
use super::moment::Moment;
use super::observed::{Observed, Service, Task};
use super::outcome::{Ending, Outcome};
use super::reason::Reason;
use super::record::{Drain, Fate, Owner};
use super::subject;
use super::surge::Scope;
use crate::announcement::ConcernKey;
use crate::arn::{ClusterArn, TaskArn};
use crate::notice::{Kind, Next, Severity};

/// How many tasks a notice names.
const NAMED: usize = 5;

/// Instances that are to go, and whose tasks do not leave.
pub(super) fn stuck(steps: &Steps<'_>, observed: &Observed, moment: Moment<'_>) -> Vec<Concern> {
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
fn waits_since(drain: &Drain, moment: Moment<'_>) -> Option<Timestamp> {
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
    for (position, (arn, task)) in left.iter().enumerate() {
        let (kind, why) = why(task, observed);
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

fn describe(cluster: &str, task: &TaskArn) -> String {
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

/// Why a task does not leave: in a word that stays the same, and in words.
fn why(task: &Task, observed: &Observed) -> (&'static str, String) {
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
    if let Some(why) = service.and_then(of_service) {
        return why;
    }
    if task.protected {
        let words = "it is protected from scaling in".to_owned();
        return ("protected", words);
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

/// Hooks of which nobody can say what they wait for, and hooks that end sooner than we look.
pub(super) fn waiting(steps: &Steps<'_>, observed: &Observed, moment: Moment<'_>) -> Vec<Concern> {
    let blind = steps.iter().filter_map(|(id, step)| {
        let drain = step.drain.as_ref()?;
        let since = waits_since(drain, moment)?;
        let why = unreadable(id, step, observed)?;
        Some(cannot_see(id, drain, since, why, moment))
    });
    let mut concerns: Vec<Concern> = blind.collect();
    concerns.extend(short_hooks(steps, observed, moment));
    concerns
}

/// Why it cannot be seen what runs on an instance.
fn unreadable<'o>(id: &InstanceId, step: &'o Step, observed: &'o Observed) -> Option<&'o str> {
    if let Some(Reason::Unseen(why)) = &step.reason {
        return Some(why);
    }
    observed.tasks.get(id)?.as_ref().err().map(String::as_str)
}

fn cannot_see(
    id: &InstanceId,
    drain: &Drain,
    since: Timestamp,
    why: &str,
    moment: Moment<'_>,
) -> Concern {
    let mut concern = Concern::about(subject::instance(id, moment), Kind::HookWaits, since);
    concern.title = format!("{id} is to go, and nobody can see what runs on it");
    concern.text = "unseen".to_owned();
    concern.facts = vec![fact("ECS says", why)];
    if let Some(until) = limit(drain) {
        concern.facts.push(fact("Time until", until));
    }
    concern.done = Some("Keeps its lifecycle hook open, and looks again every minute".to_owned());
    concern.next = words(
        "See what is wrong with the calls, most often a missing permission. If nothing runs on the \
         instance, completing the lifecycle hook lets it go.",
    );
    concern
}

/// Hooks that end before the next look: there is one every minute.
fn short_hooks(steps: &Steps<'_>, observed: &Observed, moment: Moment<'_>) -> Vec<Concern> {
    let drains = steps.values().filter_map(|step| step.drain.as_ref());
    let hooks = drains.flat_map(|drain| &drain.hooks);
    let mut groups = BTreeMap::new();
    for open in hooks {
        let group = observed.groups.get(&open.group);
        let group = group.and_then(|group| group.as_ref().ok());
        if let Known::Times(times) = hook_times(group, &open.hook)
            && times.heartbeat < HEARD_IN
        {
            groups.insert(&open.group, (&open.hook, times.heartbeat.as_secs()));
        }
    }
    let tell = |(group, (hook, seconds)): (&String, (&String, i64))| {
        let group_arn = subject::group(group, moment);
        let mut concern = Concern::about(group_arn, Kind::HookWaits, moment.now);
        concern.title = format!("The lifecycle hook {hook} of {group} ends sooner than we look");
        concern.text = "short".to_owned();
        concern.facts = vec![fact("Heartbeat timeout", format!("{seconds} s"))];
        concern.next = words(&format!(
            "Give the hook a heartbeat timeout of {} seconds or more.",
            HEARD_IN.as_secs()
        ));
        concern
    };
    groups.into_iter().map(tell).collect()
}

/// Whether this round did not look at what would tell that a concern is over.
pub(super) fn cannot_say(key: &ConcernKey, observed: &Observed, moment: Moment<'_>) -> bool {
    let about = observed
        .drains
        .iter()
        .find(|(id, _)| subject::instance(id, moment) == key.subject);
    about.is_some_and(|(id, drain)| {
        let looked = observed.tasks.contains_key(id);
        !drain.hooks.is_empty() && !looked && round(&observed.signs).looking
    })
}

/// A task of nobody that ended with its instance.
struct Alone<'a> {
    id: &'a InstanceId,
    task: &'a TaskArn,
    group: &'a str,
    /// When the first sign of the instance was so.
    since: Timestamp,
}

/// What happened and is over: told once, for all instances of a fleet in one notice.
pub(super) fn passing(steps: &Steps<'_>, moment: Moment<'_>) -> Vec<Concern> {
    let mut silent: BTreeMap<Scope, Vec<&Outcome>> = BTreeMap::new();
    let mut alone: BTreeMap<ClusterArn, Vec<Alone<'_>>> = BTreeMap::new();
    for (id, step) in steps {
        let Some(outcome) = &step.outcome else {
            continue;
        };
        let Some(place) = outcome.places.first() else {
            continue;
        };
        if outcome.ending == Ending::InterruptedWithoutWarning && !outcome.by_fis {
            let fleet = super::scope::fleet(outcome.provider.as_deref(), &place.cluster);
            silent.entry(fleet).or_default().push(outcome);
        }
        for (task, group) in &step.alone {
            let alone = alone.entry(place.cluster.clone()).or_default();
            alone.push(Alone {
                id,
                task,
                group,
                since: outcome.first,
            });
        }
    }
    let silent = silent
        .iter()
        .map(|(fleet, outcomes)| without_warning(fleet, outcomes, moment));
    let alone = alone
        .iter()
        .map(|(cluster, tasks)| left_alone(cluster, tasks));
    silent.chain(alone).collect()
}

fn without_warning(fleet: &Scope, outcomes: &[&Outcome], moment: Moment<'_>) -> Concern {
    let since = outcomes.iter().map(|outcome| outcome.first).min();
    let subject = subject::scope(fleet, moment);
    let kind = Kind::InterruptedWithoutWarning;
    let mut concern = Concern::about(subject, kind, since.unwrap_or(moment.now));
    concern.passing = true;
    concern.title = format!(
        "{fleet}: EC2 took {} without a warning",
        counted(outcomes.len(), "instance", "instances")
    );
    let sum = |of: fn(&Outcome) -> u32| outcomes.iter().map(|outcome| of(outcome)).sum::<u32>();
    for outcome in outcomes.iter().take(NAMED) {
        let pool = outcome.pool.as_ref().map(ToString::to_string);
        let pool = pool.unwrap_or_else(|| "of a pool that is not known".to_owned());
        concern.facts.push(fact(outcome.instance.as_str(), pool));
    }
    concern
        .facts
        .push(fact("Tasks killed", sum(|o| o.killed + o.orphaned)));
    concern.next = words(
        "Nothing now. If it happens often, spread the fleet over more pools: a warning is not \
         promised.",
    );
    concern
}

fn left_alone(cluster: &ClusterArn, tasks: &[Alone<'_>]) -> Concern {
    let since = tasks.iter().map(|alone| alone.since).min();
    let since = since.unwrap_or(Timestamp::UNIX_EPOCH);
    let kind = Kind::StandaloneTaskLeft;
    let mut concern = Concern::about(cluster.as_str(), kind, since);
    concern.passing = true;
    concern.title = format!(
        "cluster {}: {} of no service ended with the instance",
        cluster.name(),
        counted(tasks.len(), "task", "tasks")
    );
    for alone in tasks.iter().take(NAMED) {
        let value = format!("{} on {}", alone.task.id(), alone.id);
        concern.facts.push(fact(alone.group, value));
    }
    concern.next = Next {
        what:
            "Start it again if it is still needed. With the tag caretaker:standalone set to stop, \
               such tasks are stopped while there is time for them to end properly."
                .to_owned(),
        command: tasks
            .first()
            .map(|alone| describe(cluster.name(), alone.task)),
    };
    concern
}

/// The tasks of nobody that ended with their instance.
pub(super) fn alone(drain: &Drain) -> Vec<(TaskArn, String)> {
    let lost = drain
        .tasks
        .iter()
        .filter(|(_, leaving)| matches!(leaving.fate, Fate::Killed { .. } | Fate::Orphaned));
    lost.filter_map(|(task, leaving)| match &leaving.owner {
        Owner::Nobody(group) => Some((task.clone(), group.clone())),
        Owner::Service(_) => None,
    })
    .collect()
}

/// A number and what it counts.
pub(super) fn counted(number: usize, one: &str, many: &str) -> String {
    let noun = if number == 1 { one } else { many };
    format!("{number} {noun}")
}
