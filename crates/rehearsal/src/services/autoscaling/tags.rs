//! A group's tags, which the Tagging API does not show.

use serde_json::{Value, json};

use super::describe::{filters, listed};
use super::group::{Group, GroupTag};
use super::{group, invalid};
use crate::call::{ApiError, Call};
use crate::world::World;

/// The most tags on a group.
///
/// Source: <https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-tagging.html>.
const MOST_TAGS: usize = 50;

/// A tag as a request gives it.
pub(super) struct Given {
    /// The group; empty where the request is about one group anyway.
    resource: String,
    /// The tag's key.
    pub(super) key: String,
    /// The tag's value.
    pub(super) tag: GroupTag,
}

/// The tags in a request.
pub(super) fn read_tags(call: &Call) -> Result<Vec<Given>, ApiError> {
    let given = call.input["Tags"].as_array();
    let read = |tag: &Value| {
        let text = |member: &str| tag[member].as_str().unwrap_or_default().to_owned();
        let (key, value) = (text("Key"), text("Value"));
        if key.is_empty() || key.chars().count() > 128 || value.chars().count() > 256 {
            return Err(invalid(format!("Invalid tag key or value: {key}")));
        }
        if key.starts_with("aws:") {
            return Err(invalid(format!(
                "Tag keys starting with 'aws:' are reserved for internal use: {key}"
            )));
        }
        let propagate = text("PropagateAtLaunch") == "true";
        Ok(Given {
            resource: text("ResourceId"),
            key,
            tag: GroupTag { value, propagate },
        })
    };
    given.into_iter().flatten().map(read).collect()
}

/// Source: <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_CreateOrUpdateTags.html>.
pub(super) fn create_or_update(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let given = read_tags(call)?;
    for tag in &given {
        group(world, &tag.resource)?;
    }
    for Given { resource, key, tag } in given {
        let tags = &mut group(world, &resource)?.tags;
        if tags.len() >= MOST_TAGS && !tags.contains_key(&key) {
            return Err(ApiError::client(
                "LimitExceeded",
                format!("The maximum number of tags per resource is {MOST_TAGS}"),
            ));
        }
        tags.insert(key, tag);
    }
    Ok(json!({}))
}

/// Source: <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DeleteTags.html>.
pub(super) fn delete(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    for Given { resource, key, .. } in read_tags(call)? {
        group(world, &resource)?.tags.remove(&key);
    }
    Ok(json!({}))
}

/// Source: <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeTags.html>.
pub(super) fn describe(world: &World, call: &Call) -> Result<Value, ApiError> {
    let filters = filters(call);
    let members = [
        ("auto-scaling-group", "ResourceId"),
        ("key", "Key"),
        ("value", "Value"),
        ("propagate-at-launch", "PropagateAtLaunch"),
    ];
    let mut wanted = Vec::new();
    for (name, values) in &filters {
        let member = members.iter().find(|(filter, _)| filter == name);
        let (_, member) = member.ok_or_else(|| {
            invalid(format!(
                "Filter type {name} is not correct. Allowed Filter types are: auto-scaling-group key value propagate-at-launch"
            ))
        })?;
        wanted.push((*member, values));
    }
    let fits = |tag: &Value| {
        wanted.iter().all(|(member, values)| {
            let value = match &tag[member] {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            values.contains(&value)
        })
    };
    let groups = world.autoscaling.groups.values();
    listed(
        "Tags",
        groups.flat_map(described).filter(fits).collect(),
        call,
    )
}

/// A group's tags as replies show them.
pub(super) fn described(group: &Group) -> Vec<Value> {
    let shown = |(key, tag): (&String, &GroupTag)| {
        json!({
            "ResourceId": group.name,
            "ResourceType": "auto-scaling-group",
            "Key": key,
            "Value": tag.value,
            "PropagateAtLaunch": tag.propagate,
        })
    };
    group.tags.iter().map(shown).collect()
}
