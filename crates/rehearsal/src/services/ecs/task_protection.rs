//! GetTaskProtection and UpdateTaskProtection: tasks that neither scaling in nor a deployment ends.
//!
//! Sources: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_GetTaskProtection.html>,
//! <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateTaskProtection.html>.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::agenda::Step;
use super::input::{epoch, invalid, missing, read};
use super::task::Task;
use super::{after, arn, clusters, scheduler};
use crate::call::{ApiError, Call};
use crate::world::World;

/// At most so many tasks are asked about, and so many changed, in one call.
const MOST_ASKED: usize = 100;
const MOST_CHANGED: usize = 10;
/// Protection lasts so long unless it is said, and at most so long, in minutes.
const USUAL: u32 = 120;
const LONGEST: u32 = 2880;
/// Why a task cannot be protected: it belongs to no service, or does not run any more. The name is the
/// documentation's for a task that is not valid.
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/api_failures_messages.html>.
const NOT_VALID: &str = "TASK_NOT_VALID";

#[derive(Deserialize)]
struct Get {
    cluster: Option<String>,
    #[serde(default)]
    tasks: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Update {
    cluster: Option<String>,
    #[serde(default)]
    tasks: Vec<String>,
    protection_enabled: bool,
    expires_in_minutes: Option<u32>,
}

/// Without tasks it answers for none: a choice.
pub(super) fn get(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input: Get = read(call)?;
    if input.tasks.len() > MOST_ASKED {
        return Err(invalid("Tasks cannot have more than 100 elements."));
    }
    let cluster = clusters::named(world, input.cluster.as_deref())?
        .name
        .clone();
    Ok(shown(world, &cluster, &input.tasks))
}

pub(super) fn update(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input: Update = read(call)?;
    if !(1..=MOST_CHANGED).contains(&input.tasks.len()) {
        return Err(invalid("Tasks must have between 1 and 10 elements."));
    }
    let minutes = input.expires_in_minutes.unwrap_or(USUAL);
    if !(1..=LONGEST).contains(&minutes) {
        return Err(invalid("expiresInMinutes must be between 1 and 2880."));
    }
    let cluster = clusters::named(world, input.cluster.as_deref())?
        .name
        .clone();
    let until = after(world.now, minutes * 60);
    for reference in &input.tasks {
        let task = world.ecs.tasks.get_mut(arn::name_in(reference));
        let task = task.filter(|task| task.cluster == cluster && can_be(task));
        let Some((task, service)) = task.and_then(|task| {
            let service = task.service.clone()?;
            Some((task, service))
        }) else {
            continue;
        };
        task.protected = input.protection_enabled.then_some(until);
        world.ecs.agenda.add(until, Step::Service(service.clone()));
        scheduler::reconcile(world, &service);
    }
    Ok(shown(world, &cluster, &input.tasks))
}

fn can_be(task: &Task) -> bool {
    task.service.is_some() && !task.stopping
}

fn shown(world: &World, cluster: &str, tasks: &[String]) -> Value {
    let (mut found, mut failures) = (Vec::new(), Vec::new());
    for reference in tasks {
        let id = arn::name_in(reference);
        let arn = arn::task(&world.identity, cluster, id);
        let task = world.ecs.tasks.get(id);
        match task.filter(|task| task.cluster == cluster) {
            Some(task) if can_be(task) => found.push(protection(world, task, &arn)),
            Some(_) => failures.push(json!({"arn": arn, "reason": NOT_VALID})),
            None => failures.push(missing(arn)),
        }
    }
    json!({"protectedTasks": found, "failures": failures})
}

fn protection(world: &World, task: &Task, arn: &str) -> Value {
    let protected = task.is_protected(world.now);
    let mut shown = Map::new();
    shown.insert("taskArn".to_owned(), json!(arn));
    shown.insert("protectionEnabled".to_owned(), json!(protected));
    if let Some(until) = task.protected.filter(|_| protected) {
        shown.insert("expirationDate".to_owned(), epoch(until));
    }
    Value::Object(shown)
}
