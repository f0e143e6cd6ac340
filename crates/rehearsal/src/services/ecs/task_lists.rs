//! ListTasks and DescribeTasks.

use serde::Deserialize;
use serde_json::{Value, json};

use super::input::{epoch, invalid, missing, page_size, read, service_not_found};
use super::task::Task;
use super::task_show::{desired_status, show};
use super::{arn, clusters, page_after, task_definitions};
use crate::call::{ApiError, Call};
use crate::world::World;

/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTasks.html>.
const MOST: usize = 100;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct List {
    cluster: Option<String>,
    container_instance: Option<String>,
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
    if let Some(name) = &input.service_name {
        let service = cluster.services.get(arn::name_in(name));
        service.ok_or_else(service_not_found)?;
    }
    let token = input.next_token.as_deref();
    let page = page_after(&world.ecs.tasks, token, size, |task| {
        task.cluster == cluster.name && input.wants(world, task)
    })
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
            && self.is_of_service(task)
            && self.is_on(task)
            && is(&self.started_by, &task.started_by)
            && is(&self.launch_type, task.launch_type)
            && (self.family.is_none() || self.family.as_ref() == family())
    }

    fn is_of_service(&self, task: &Task) -> bool {
        let Some(name) = &self.service_name else {
            return true;
        };
        let own = task.service.as_ref();
        own.is_some_and(|id| id.service == arn::name_in(name))
    }

    fn is_on(&self, task: &Task) -> bool {
        let Some(instance) = &self.container_instance else {
            return true;
        };
        task.container_instance.as_deref() == Some(arn::name_in(instance))
    }
}

#[derive(Deserialize)]
struct Describe {
    cluster: Option<String>,
    #[serde(default)]
    tasks: Vec<String>,
    #[serde(default)]
    include: Vec<String>,
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
    let with_tags = input.include.iter().any(|asked| asked == "TAGS");
    let (mut found, mut failures) = (Vec::new(), Vec::new());
    for reference in &input.tasks {
        let id = arn::name_in(reference);
        let task = world.ecs.tasks.get(id);
        match task.filter(|task| task.cluster == cluster.name) {
            Some(task) => found.push(show(world, task, epoch, with_tags)),
            None => failures.push(missing(arn::task(&world.identity, &cluster.name, id))),
        }
    }
    Ok(json!({"tasks": found, "failures": failures}))
}
