//! Tags of alarms.
//!
//! Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_TagResource.html>.

use serde::Deserialize;
use serde_json::{Value, json};

use super::alarm::Alarm;
use super::calls::{not_found, read};
use crate::call::{ApiError, Call};
use crate::world::World;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tag {
    key: String,
    #[serde(default)]
    value: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Request {
    #[serde(rename = "ResourceARN")]
    resource_arn: String,
    #[serde(default)]
    tags: Vec<Tag>,
    #[serde(default)]
    tag_keys: Vec<String>,
}

pub(super) fn tag(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input: Request = read(call)?;
    let alarm = named(world, &input.resource_arn)?;
    let tags = input.tags.into_iter().map(|it| (it.key, it.value));
    alarm.tags.extend(tags);
    Ok(json!({}))
}

pub(super) fn untag(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input: Request = read(call)?;
    let alarm = named(world, &input.resource_arn)?;
    alarm.tags.retain(|key, _| !input.tag_keys.contains(key));
    Ok(json!({}))
}

pub(super) fn list(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input: Request = read(call)?;
    let tags = named(world, &input.resource_arn)?.tags.iter();
    let tags: Vec<Value> = tags
        .map(|(key, value)| json!({"Key": key, "Value": value}))
        .collect();
    Ok(json!({"Tags": tags}))
}

fn named<'a>(world: &'a mut World, arn: &str) -> Result<&'a mut Alarm, ApiError> {
    let identity = world.identity.clone();
    let mut alarms = world.cloudwatch.alarms.values_mut();
    let found = alarms.find(|alarm| alarm.arn(&identity) == arn);
    found.ok_or_else(|| {
        let message = format!("Resource not found: {arn}");
        not_found("ResourceNotFoundException", message)
    })
}
