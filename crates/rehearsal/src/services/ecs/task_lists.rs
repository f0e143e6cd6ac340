//! ListTasks and DescribeTasks.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::input::{epoch, invalid, missing, page_size, read, service_not_found};
use super::tasks::{LastStatus, Task};
use super::{arn, clusters, page_after, task_definitions};
use crate::call::{ApiError, Call};
use crate::world::World;

/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTasks.html>.
const MOST: usize = 100;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct List {
    cluster: Option<String>,
    service_name: Option<String>,
    family: Option<String>,
    started_by: Option<String>,
    desired_status: Option<String>,
    launch_type: Option<String>,
    next_token: Option<String>,
    max_results: Option<i64>,
}

/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTasks.html>.
pub(super) fn list(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input: List = read(call)?;
    let cluster = clusters::named(world, input.cluster.as_deref())?;
    let size = page_size(input.max_results, MOST)?;
    let ids: Vec<&String> = match &input.service_name {
        Some(name) => {
            let service = cluster.services.get(arn::name_in(name));
            service
                .ok_or_else(service_not_found)?
                .tasks
                .iter()
                .collect()
        }
        None => cluster.services.values().flat_map(|it| &it.tasks).collect(),
    };
    let tasks: BTreeMap<String, &Task> = ids
        .into_iter()
        .filter_map(|id| Some((id.clone(), world.ecs.tasks.get(id)?)))
        .collect();
    let token = input.next_token.as_deref();
    let page = page_after(&tasks, token, size, |task| input.wants(world, task))
        .ok_or_else(|| invalid("Invalid token"))?;
    let arns = page
        .entries
        .iter()
        .map(|(id, _)| arn::task(&world.identity, &cluster.name, id));
    Ok(json!({"taskArns": arns.collect::<Vec<_>>(), "nextToken": page.next_token}))
}

impl List {
    fn wants(&self, world: &World, task: &Task) -> bool {
        let is = |wanted: &Option<String>, value: &str| {
            wanted.as_deref().is_none_or(|wanted| wanted == value)
        };
        let status = self.desired_status.as_deref().unwrap_or("RUNNING");
        let family = || task_definitions::find(world, &task.task_definition).map(|it| &it.family);
        status == desired_status(task)
            && is(&self.started_by, &task.deployment)
            && is(&self.launch_type, task.launch_type)
            && (self.family.is_none() || self.family.as_ref() == family())
    }
}

fn desired_status(task: &Task) -> &'static str {
    match task.stopping {
        true => "STOPPED",
        false => "RUNNING",
    }
}

#[derive(Deserialize)]
struct Describe {
    cluster: Option<String>,
    #[serde(default)]
    tasks: Vec<String>,
}

pub(super) fn describe(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input: Describe = read(call)?;
    let cluster = clusters::named(world, input.cluster.as_deref())?;
    if input.tasks.is_empty() {
        return Err(invalid("Tasks cannot be empty."));
    }
    if input.tasks.len() > MOST {
        return Err(invalid("Tasks cannot have more than 100 elements."));
    }
    let (mut found, mut failures) = (Vec::new(), Vec::new());
    for reference in &input.tasks {
        let id = arn::name_in(reference);
        let task = world.ecs.tasks.get(id);
        match task.filter(|task| task.service.cluster == cluster.name) {
            Some(task) => found.push(show(world, task)),
            None => failures.push(missing(arn::task(&world.identity, &cluster.name, id))),
        }
    }
    Ok(json!({"tasks": found, "failures": failures}))
}

fn show(world: &World, task: &Task) -> Value {
    let cluster = &task.service.cluster;
    let task_arn = arn::task(&world.identity, cluster, &task.id);
    let mut shown = Map::new();
    let mut put = |member: &str, value: Value| shown.insert(member.to_owned(), value);
    put("containers", containers(world, task, &task_arn));
    put("taskArn", json!(task_arn));
    put("clusterArn", json!(arn::cluster(&world.identity, cluster)));
    put("taskDefinitionArn", json!(task.task_definition));
    put("group", json!(format!("service:{}", task.service.service)));
    put("startedBy", json!(task.deployment));
    put("lastStatus", json!(task.last.name()));
    put("desiredStatus", json!(desired_status(task)));
    put("version", json!(task.version));
    put("launchType", json!(task.launch_type));
    if let Some(provider) = &task.provider {
        put("capacityProviderName", json!(provider));
    }
    put("createdAt", epoch(task.created));
    let moments = [
        ("startedAt", task.started),
        ("stoppingAt", task.stopping_since),
        ("stoppedAt", task.stopped),
    ];
    for (member, at) in moments {
        if let Some(at) = at {
            put(member, epoch(at));
        }
    }
    if let Some((code, reason)) = &task.stop {
        put("stopCode", json!(code));
        put("stoppedReason", json!(reason));
    }
    Value::Object(shown)
}

fn containers(world: &World, task: &Task, task_arn: &str) -> Value {
    let definition = task_definitions::find(world, &task.task_definition);
    let containers = definition.and_then(|it| it.definition.get("containerDefinitions"));
    let containers = containers.and_then(Value::as_array).into_iter().flatten();
    let status = match task.last {
        LastStatus::Provisioning | LastStatus::Pending => "PENDING",
        LastStatus::Stopped => "STOPPED",
        _ => "RUNNING",
    };
    containers
        .map(|it| {
            json!({
                "taskArn": task_arn,
                "name": it["name"],
                "image": it["image"],
                "lastStatus": status,
            })
        })
        .collect()
}
