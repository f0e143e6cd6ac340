//! Task definitions.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::input::{Tag, client, epoch, read};
use super::{arn, tags};
use crate::call::{ApiError, Call};
use crate::world::World;

/// One revision.
#[derive(Clone, Debug)]
pub struct TaskDefinition {
    /// Its ARN.
    pub arn: String,
    /// Its family.
    pub family: String,
    /// Counts from 1 within the family.
    pub revision: usize,
    /// Whether it may still be used for new deployments.
    pub active: bool,
    /// When it was registered.
    pub registered: Timestamp,
    /// What was registered, as given.
    pub definition: Map<String, Value>,
    /// Why its tasks fail to start, if they do: scripted.
    pub fault: Option<String>,
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
        active: true,
        registered: world.now,
        definition,
        fault: None,
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
        None => revisions.iter().rev().find(|it| it.active),
    }
}

/// The ARN of a task definition that may be deployed.
pub(super) fn deployable(world: &World, reference: &str) -> Result<String, ApiError> {
    match find(world, reference) {
        None => Err(client("TaskDefinition not found.")),
        Some(found) if !found.active => Err(client("TaskDefinition is inactive")),
        Some(found) => Ok(found.arn.clone()),
    }
}

/// Lets the tasks of a task definition fail to start from now on, as with a tag that is not in
/// the registry.
pub fn break_task_definition(world: &mut World, reference: &str, fault: &str) -> bool {
    set_fault(world, reference, Some(fault.to_owned()))
}

/// Lets the tasks of a task definition start again.
pub fn mend_task_definition(world: &mut World, reference: &str) -> bool {
    set_fault(world, reference, None)
}

fn set_fault(world: &mut World, reference: &str, fault: Option<String>) -> bool {
    let found = find(world, reference).map(|it| (it.family.clone(), it.revision - 1));
    let families: &mut BTreeMap<_, Vec<TaskDefinition>> = &mut world.ecs.task_definitions;
    let found = found.and_then(|(family, at)| families.get_mut(&family)?.get_mut(at));
    found.map(|it| it.fault = fault).is_some()
}

fn show(it: &TaskDefinition) -> Value {
    let mut shown = it.definition.clone();
    let mut put = |member: &str, value: Value| shown.insert(member.to_owned(), value);
    put("taskDefinitionArn", json!(it.arn));
    put("family", json!(it.family));
    put("revision", json!(it.revision));
    put(
        "status",
        json!(if it.active { "ACTIVE" } else { "INACTIVE" }),
    );
    put("registeredAt", epoch(it.registered));
    let compatibilities = it.definition.get("requiresCompatibilities").cloned();
    put(
        "compatibilities",
        compatibilities.unwrap_or_else(|| json!(["EC2"])),
    );
    Value::Object(shown)
}
