//! ListContainerInstances, DescribeContainerInstances and UpdateContainerInstancesState.
//!
//! Sources: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListContainerInstances.html>,
//! <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeContainerInstances.html>,
//! <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateContainerInstancesState.html>.

use serde::Deserialize;
use serde_json::{Value, json};

use super::draining::set_statuses;
use super::{ContainerInstance, InstanceStatus, arn_of, filter, show};
use crate::call::{ApiError, Call};
use crate::services::ecs::input::{invalid, missing, page_size, read};
use crate::services::ecs::{arn, clusters, page_after};
use crate::world::World;

/// The most of a page, and of a call that describes.
const MOST: usize = 100;

/// The most of a call that changes, with its refusal as people saw it:
/// <https://github.com/minamijoyo/myaws/pull/25>.
const MOST_CHANGED: usize = 10;

/// The values of `status` that can be asked for.
const STATUSES: [&str; 5] = [
    "ACTIVE",
    "DRAINING",
    "REGISTERING",
    "DEREGISTERING",
    "REGISTRATION_FAILED",
];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct List {
    cluster: Option<String>,
    filter: Option<String>,
    status: Option<String>,
    next_token: Option<String>,
    max_results: Option<i64>,
}

/// "The default is to include container instances set to all states other than INACTIVE." Other
/// filters than those by EC2 instance are not modelled.
pub(in crate::services::ecs) fn list(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input: List = read(call)?;
    let cluster = clusters::named(world, input.cluster.as_deref())?;
    let size = page_size(input.max_results, MOST)?;
    let machines = match &input.filter {
        Some(expression) => {
            let wanted = filter::wanted(expression);
            Some(wanted.ok_or_else(|| ApiError::not_modelled(call))?)
        }
        None => None,
    };
    let status = input.status.as_deref();
    if status.is_some_and(|status| !STATUSES.contains(&status)) {
        return Err(invalid("Invalid container instance status."));
    }
    let wanted = |it: &ContainerInstance| {
        it.cluster == cluster.name
            && it.status != InstanceStatus::Inactive
            && status.is_none_or(|status| status == it.status.name())
            && machines
                .as_ref()
                .is_none_or(|ids| ids.contains(&it.ec2_instance))
    };
    let token = input.next_token.as_deref();
    let page = page_after(&world.ecs.container_instances, token, size, wanted)
        .ok_or_else(|| invalid("Invalid token"))?;
    let arns = page.entries.iter().map(|(_, it)| arn_of(world, it));
    Ok(json!({
        "containerInstanceArns": arns.collect::<Vec<_>>(),
        "nextToken": page.next_token,
    }))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Describe {
    cluster: Option<String>,
    #[serde(default)]
    container_instances: Vec<String>,
    #[serde(default)]
    include: Vec<String>,
}

pub(in crate::services::ecs) fn describe(
    world: &mut World,
    call: &Call,
) -> Result<Value, ApiError> {
    let input: Describe = read(call)?;
    let cluster = clusters::named(world, input.cluster.as_deref())?;
    if input.container_instances.is_empty() {
        return Err(invalid("Container instances cannot be empty."));
    }
    if input.container_instances.len() > MOST {
        return Err(invalid(
            "Container instances cannot have more than 100 elements.",
        ));
    }
    let with_tags = input.include.iter().any(|asked| asked == "TAGS");
    let (mut found, mut failures) = (Vec::new(), Vec::new());
    for reference in &input.container_instances {
        let id = arn::name_in(reference);
        match named(world, &cluster.name, id) {
            Some(instance) => found.push(show(world, instance, with_tags)),
            None => failures.push(missing(arn::container_instance(
                &world.identity,
                &cluster.name,
                id,
            ))),
        }
    }
    Ok(json!({"containerInstances": found, "failures": failures}))
}

fn named<'a>(world: &'a World, cluster: &str, id: &str) -> Option<&'a ContainerInstance> {
    let found = world.ecs.container_instances.get(id);
    found.filter(|it| it.cluster == cluster)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct UpdateState {
    cluster: Option<String>,
    #[serde(default)]
    container_instances: Vec<String>,
    status: String,
}

/// An instance in another status than the one that the new one follows fails the whole call, and
/// nothing is changed: "if the instance is in any other status, an error will be received". What that
/// error says is not published: a choice.
pub(in crate::services::ecs) fn update_state(
    world: &mut World,
    call: &Call,
) -> Result<Value, ApiError> {
    let input: UpdateState = read(call)?;
    let cluster = clusters::named(world, input.cluster.as_deref())?;
    let cluster = cluster.name.clone();
    let (from, to) = match input.status.as_str() {
        "DRAINING" => (InstanceStatus::Active, InstanceStatus::Draining),
        "ACTIVE" => (InstanceStatus::Draining, InstanceStatus::Active),
        _ => {
            return Err(invalid(
                "Container instances status should be one of [ACTIVE,DRAINING]",
            ));
        }
    };
    if input.container_instances.is_empty() {
        return Err(invalid("Container instances cannot be empty."));
    }
    if input.container_instances.len() > MOST_CHANGED {
        return Err(invalid("instanceIds can have at most 10 items."));
    }
    let (mut changed, mut failures) = (Vec::new(), Vec::new());
    for reference in &input.container_instances {
        let id = arn::name_in(reference);
        let arn = arn::container_instance(&world.identity, &cluster, id);
        match named(world, &cluster, id).map(|it| it.status) {
            None => failures.push(missing(arn)),
            Some(InstanceStatus::Inactive) => {
                failures.push(json!({"arn": arn, "reason": "INACTIVE"}));
            }
            Some(status) if status == from => changed.push(id.to_owned()),
            Some(status) => {
                return Err(invalid(format!(
                    "Container instance {id} is {} and cannot be set to {}.",
                    status.name(),
                    to.name(),
                )));
            }
        }
    }
    set_statuses(world, &changed, to);
    let shown = changed
        .iter()
        .filter_map(|id| named(world, &cluster, id))
        .map(|it| show(world, it, false));
    Ok(json!({"containerInstances": shown.collect::<Vec<_>>(), "failures": failures}))
}
