//! Task definitions.

mod behaviour;
mod removal;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::input::{Tag, client, epoch, read};
use super::{arn, tags};
use crate::call::{ApiError, Call};
use crate::world::World;

pub(super) use behaviour::of_task;
pub use behaviour::{Behaviour, behave, break_task_definition, mend_task_definition};
pub(super) use removal::{delete, deregister};

/// One revision.
#[derive(Clone, Debug)]
pub struct TaskDefinition {
    /// Its ARN.
    pub arn: String,
    /// Its family.
    pub family: String,
    /// Counts from 1 within the family.
    pub revision: usize,
    /// When it was registered.
    pub registered: Timestamp,
    /// Who registered it.
    pub registered_by: String,
    /// When it was deregistered: it is INACTIVE from then on.
    pub deregistered: Option<Timestamp>,
    /// When it was deleted: it is DELETE_IN_PROGRESS from then on.
    pub deleted: Option<Timestamp>,
    /// What was registered, as given.
    pub definition: Map<String, Value>,
    /// How its tasks behave: scripted.
    pub behaviour: Behaviour,
}

impl TaskDefinition {
    /// Whether it is ACTIVE.
    pub fn is_active(&self) -> bool {
        self.deregistered.is_none()
    }

    /// Its containers.
    pub(super) fn containers(&self) -> impl Iterator<Item = &Value> {
        let containers = self.definition.get("containerDefinitions");
        containers.and_then(Value::as_array).into_iter().flatten()
    }

    fn status(&self) -> &'static str {
        match (self.deregistered, self.deleted) {
            (_, Some(_)) => "DELETE_IN_PROGRESS",
            (Some(_), None) => "INACTIVE",
            (None, None) => "ACTIVE",
        }
    }
}

#[derive(Deserialize)]
struct Create {
    family: String,
    #[serde(default)]
    tags: Vec<Tag>,
}

pub(super) fn create(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input: Create = read(call)?;
    let tags = tags::checked(input.tags)?;
    let Some(mut definition) = call.input.as_object().cloned() else {
        return Err(client("The input is not a structure."));
    };
    if !definition.contains_key("containerDefinitions") {
        return Err(client("Container definitions cannot be empty."));
    }
    definition.remove("tags");
    let arn = register(world, &input.family, definition);
    if let Some(registered) = find_mut(world, &arn) {
        registered.registered_by.clone_from(&call.caller);
    }
    world.ecs.tags.replace(&arn, tags, world.now);
    let shown = find(world, &arn).map(show);
    Ok(json!({"taskDefinition": shown, "tags": tags::listed(world, &arn)}))
}

/// Registers the next revision of a family and returns its ARN.
pub(crate) fn register(world: &mut World, family: &str, definition: Map<String, Value>) -> String {
    let revisions = world
        .ecs
        .task_definitions
        .entry(family.to_owned())
        .or_default();
    let revision = revisions.len() + 1;
    let arn = arn::task_definition(&world.identity, family, revision);
    revisions.push(TaskDefinition {
        arn: arn.clone(),
        family: family.to_owned(),
        revision,
        registered: world.now,
        registered_by: format!("arn:aws:iam::{}:root", world.identity.account_id),
        deregistered: None,
        deleted: None,
        definition,
        behaviour: Behaviour::default(),
    });
    arn
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Describe {
    task_definition: String,
    #[serde(default)]
    include: Vec<String>,
}

pub(super) fn describe(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input: Describe = read(call)?;
    let found = find(world, &input.task_definition)
        .ok_or_else(|| client("Unable to describe task definition."))?;
    let mut output = json!({"taskDefinition": show(found)});
    if input.include.iter().any(|asked| asked == "TAGS") {
        output["tags"] = tags::listed(world, &found.arn);
    }
    Ok(output)
}

/// `family` means its latest ACTIVE revision; `family:3` and an ARN mean themselves.
pub(super) fn find<'a>(world: &'a World, reference: &str) -> Option<&'a TaskDefinition> {
    let name = arn::name_in(reference);
    let (family, revision) = match name.split_once(':') {
        Some((family, revision)) => (family, Some(revision.parse::<usize>().ok()?)),
        None => (name, None),
    };
    let revisions = world.ecs.task_definitions.get(family)?;
    match revision {
        Some(revision) => revisions.get(revision.checked_sub(1)?),
        None => revisions.iter().rev().find(|it| it.is_active()),
    }
}

fn find_mut<'a>(world: &'a mut World, reference: &str) -> Option<&'a mut TaskDefinition> {
    let found = find(world, reference).map(|it| (it.family.clone(), it.revision - 1));
    let families: &mut BTreeMap<_, Vec<TaskDefinition>> = &mut world.ecs.task_definitions;
    found.and_then(|(family, at)| families.get_mut(&family)?.get_mut(at))
}

/// The ARN of a task definition that may be deployed. An INACTIVE one is still let through for a
/// while.
pub(super) fn deployable(world: &World, reference: &str) -> Result<String, ApiError> {
    match find(world, reference) {
        None => Err(client("TaskDefinition not found.")),
        Some(found) if removal::is_refused(found, world.now) => {
            Err(client("TaskDefinition is inactive"))
        }
        Some(found) => Ok(found.arn.clone()),
    }
}

fn show(it: &TaskDefinition) -> Value {
    let mut shown = it.definition.clone();
    let mut put = |member: &str, value: Value| shown.insert(member.to_owned(), value);
    put("taskDefinitionArn", json!(it.arn));
    put("family", json!(it.family));
    put("revision", json!(it.revision));
    put("status", json!(it.status()));
    put("registeredAt", epoch(it.registered));
    put("registeredBy", json!(it.registered_by));
    if let Some(at) = it.deregistered {
        put("deregisteredAt", epoch(at));
    }
    if let Some(at) = it.deleted {
        put("deleteRequestedAt", epoch(at));
    }
    let compatibilities = it.definition.get("requiresCompatibilities").cloned();
    put(
        "compatibilities",
        compatibilities.unwrap_or_else(|| json!(["EC2"])),
    );
    Value::Object(shown)
}
