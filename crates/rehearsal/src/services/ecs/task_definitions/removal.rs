//! DeregisterTaskDefinition and DeleteTaskDefinitions: ACTIVE, INACTIVE, DELETE_IN_PROGRESS.
//!
//! Sources: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeregisterTaskDefinition.html>,
//! <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteTaskDefinitions.html>.

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{TaskDefinition, find, find_mut, show};
use crate::call::{ApiError, Call};
use crate::services::ecs::input::{client, invalid, read};
use crate::world::World;

/// How long an INACTIVE task definition is still let through: "there may be up to a 10-minute window
/// following deregistration where these restrictions have not yet taken effect". All of it is a choice.
const WINDOW: SignedDuration = SignedDuration::from_mins(10);

/// The most that one call deletes.
const MOST: usize = 10;

/// Whether a task definition can no longer be deployed.
pub(super) fn is_refused(it: &TaskDefinition, now: Timestamp) -> bool {
    let since = |at: Timestamp| now.duration_since(at);
    it.deleted.is_some() || it.deregistered.is_some_and(|at| since(at) >= WINDOW)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Deregister {
    task_definition: String,
}

/// Deregistering again what is INACTIVE changes nothing; so is what was deleted left: a choice.
pub(in super::super) fn deregister(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input: Deregister = read(call)?;
    named(&input.task_definition)?;
    let now = world.now;
    let found = find_mut(world, &input.task_definition)
        .ok_or_else(|| client("The specified task definition does not exist."))?;
    found.deregistered.get_or_insert(now);
    Ok(json!({"taskDefinition": show(found)}))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Delete {
    task_definitions: Vec<String>,
}

/// The refusal of an ACTIVE one is as moto has it, <https://github.com/getmoto/moto/blob/master/moto/ecs/models.py>;
/// that of one that does not exist is a choice.
pub(in super::super) fn delete(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input: Delete = read(call)?;
    if input.task_definitions.len() > MOST {
        return Err(invalid(
            "Task definitions cannot have more than 10 elements.",
        ));
    }
    let (mut deleted, mut failures) = (Vec::new(), Vec::new());
    for reference in &input.task_definitions {
        named(reference)?;
        let now = world.now;
        let active = find(world, reference).map(|it| (it.is_active(), it.arn.clone()));
        let reason = match active {
            None => {
                "The specified task definition does not exist. Specify a valid account, family, revision and try again."
            }
            Some((true, _)) => {
                "The specified task definition is still in ACTIVE status. Please deregister the target and try again."
            }
            Some((false, _)) => {
                if let Some(it) = find_mut(world, reference) {
                    it.deleted.get_or_insert(now);
                    deleted.push(show(it));
                }
                continue;
            }
        };
        let arn = active.map_or_else(|| reference.clone(), |(_, arn)| arn);
        failures.push(json!({"arn": arn, "reason": reason}));
    }
    Ok(json!({"taskDefinitions": deleted, "failures": failures}))
}

/// Refuses a family without a revision.
fn named(reference: &str) -> Result<(), ApiError> {
    let name = reference.rsplit('/').next().unwrap_or(reference);
    let revision = name.split_once(':').map(|(_, revision)| revision);
    match revision.is_some_and(|revision| revision.parse::<usize>().is_ok()) {
        true => Ok(()),
        false => Err(invalid(
            "Task definition must be specified with a revision: family:revision.",
        )),
    }
}
