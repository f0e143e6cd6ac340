//! Tags, and the index that the tagging API searches.
//!
//! Limits: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Tag.html>.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};

use super::input::{Tag, invalid, read};
use super::service::{ServiceId, Status};
use super::{arn, task_definitions};
use crate::call::{ApiError, Call};
use crate::world::World;

/// How far the tagging API's index is behind. AWS promises no figure; 5 s is a choice, long
/// enough that a program which relies on reading its own write there is found out.
const INDEX_LAG: SignedDuration = SignedDuration::from_secs(5);

/// The most tags that a resource can have.
const MOST: usize = 50;

type Set = BTreeMap<String, String>;

/// The tags of every resource by ARN.
#[derive(Debug, Default)]
pub(super) struct Tags(BTreeMap<String, History>);

/// What a resource's tags were and since when, oldest first; only as far back as the index looks.
#[derive(Debug, Default)]
struct History(Vec<(Timestamp, Set)>);

impl History {
    fn current(&self) -> Option<&Set> {
        self.0.last().map(|(_, tags)| tags)
    }

    fn indexed(&self, now: Timestamp) -> Option<&Set> {
        let seen = |(written, _): &&(Timestamp, Set)| now.duration_since(*written) >= INDEX_LAG;
        self.0.iter().rev().find(seen).map(|(_, tags)| tags)
    }

    fn write(&mut self, tags: Set, now: Timestamp) {
        let seen = |written: Timestamp| now.duration_since(written) >= INDEX_LAG;
        while self.0.get(1).is_some_and(|(written, _)| seen(*written)) {
            self.0.remove(0);
        }
        self.0.push((now, tags));
    }
}

impl Tags {
    /// The tags as ECS itself shows them: at once.
    pub(super) fn current(&self, arn: &str) -> Set {
        let history = self.0.get(arn);
        history
            .and_then(History::current)
            .cloned()
            .unwrap_or_default()
    }

    pub(super) fn indexed(&self, arn: &str, now: Timestamp) -> Set {
        let history = self.0.get(arn);
        let tags = history.and_then(|history| history.indexed(now));
        tags.cloned().unwrap_or_default()
    }

    pub(super) fn all_indexed(&self, now: Timestamp) -> impl Iterator<Item = (&str, &Set)> {
        self.0
            .iter()
            .filter_map(move |(arn, history)| Some((arn.as_str(), history.indexed(now)?)))
            .filter(|(_, tags)| !tags.is_empty())
    }

    pub(super) fn replace(&mut self, arn: &str, tags: Set, now: Timestamp) {
        self.0.entry(arn.to_owned()).or_default().write(tags, now);
    }

    /// Lets the index know at once: for what was there before the story begins.
    pub(super) fn catch_up(&mut self) {
        for history in self.0.values_mut() {
            for (written, _) in &mut history.0 {
                *written = Timestamp::MIN;
            }
        }
    }
}

/// The tags if each of them is allowed.
pub(super) fn checked(tags: Vec<Tag>) -> Result<Set, ApiError> {
    for tag in &tags {
        check_key(&tag.key)?;
        if tag.value.chars().count() > 256 || !allowed(&tag.value) {
            return Err(invalid(
                "Tag value is invalid: at most 256 letters, numbers, spaces and _ . : / = + - @",
            ));
        }
    }
    if tags.len() > MOST {
        return Err(invalid("Tags can not have more than 50 elements."));
    }
    Ok(tags.into_iter().map(|tag| (tag.key, tag.value)).collect())
}

fn check_key(key: &str) -> Result<(), ApiError> {
    if !(1..=128).contains(&key.chars().count()) || !allowed(key) {
        return Err(invalid(
            "Tag key is invalid: 1 to 128 letters, numbers, spaces and _ . : / = + - @",
        ));
    }
    if key.to_ascii_lowercase().starts_with("aws:") {
        return Err(invalid(
            "Tag keys cannot start with the reserved prefix aws:",
        ));
    }
    Ok(())
}

/// `[\p{L}\p{Z}\p{N}_.:/=+\-@]*`; white space that is no control character is exactly `\p{Z}`.
fn allowed(text: &str) -> bool {
    text.chars().all(|c| {
        c.is_alphabetic()
            || c.is_numeric()
            || (c.is_whitespace() && !c.is_control())
            || "_.:/=+-@".contains(c)
    })
}

/// A resource's tags as a list of keys and values.
pub(super) fn listed(world: &World, arn: &str) -> Value {
    let tags = world.ecs.tags.current(arn).into_iter();
    tags.map(|(key, value)| json!({"key": key, "value": value}))
        .collect()
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    resource_arn: String,
    #[serde(default)]
    tags: Vec<Tag>,
    #[serde(default)]
    tag_keys: Vec<String>,
}

pub(super) fn tag(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input: Request = read(call)?;
    taggable(world, &input.resource_arn)?;
    let mut tags = world.ecs.tags.current(&input.resource_arn);
    tags.extend(checked(input.tags)?);
    if tags.len() > MOST {
        return Err(ApiError::client(
            "LimitExceededException",
            "The resource has more than 50 tags.",
        ));
    }
    world.ecs.tags.replace(&input.resource_arn, tags, world.now);
    Ok(json!({}))
}

pub(super) fn untag(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input: Request = read(call)?;
    taggable(world, &input.resource_arn)?;
    let mut tags = world.ecs.tags.current(&input.resource_arn);
    tags.retain(|key, _| !input.tag_keys.contains(key));
    world.ecs.tags.replace(&input.resource_arn, tags, world.now);
    Ok(json!({}))
}

pub(super) fn list(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input: Request = read(call)?;
    taggable(world, &input.resource_arn)?;
    Ok(json!({"tags": listed(world, &input.resource_arn)}))
}

/// Refuses what has no tags. Message for short ARNs: <https://github.com/boto/boto3/issues/2473>.
fn taggable(world: &World, resource_arn: &str) -> Result<(), ApiError> {
    let Some(resource) = arn::resource(resource_arn) else {
        return Err(invalid("Invalid ARN."));
    };
    let parts: Vec<&str> = resource.split('/').collect();
    let known = match parts.as_slice() {
        ["cluster", name] => world.ecs.clusters.contains_key(*name),
        ["service", _] => {
            return Err(invalid(
                "Long arn format must be used for tagging operations",
            ));
        }
        ["service", cluster, service] => active(world, &ServiceId::new(cluster, service))?,
        ["task-definition", reference] => task_definitions::find(world, reference).is_some(),
        ["task", cluster, id] => {
            let task = world.ecs.tasks.get(*id);
            task.is_some_and(|task| task.cluster == *cluster)
        }
        ["container-instance", cluster, id] => {
            let instance = world.ecs.container_instances.get(*id);
            instance.is_some_and(|it| it.cluster == *cluster && it.is_registered())
        }
        ["capacity-provider", name] => world.ecs.providers.contains_key(*name),
        _ => false,
    };
    if known {
        return Ok(());
    }
    Err(ApiError::client(
        "ResourceNotFoundException",
        "The specified resource was not found.",
    ))
}

fn active(world: &World, id: &ServiceId) -> Result<bool, ApiError> {
    match world.ecs.service(id) {
        Some(service) if service.status == Status::Inactive => Err(invalid(
            "The specified service is inactive. Specify an active service and try again.",
        )),
        service => Ok(service.is_some_and(|service| service.arn.ends_with(&id.to_string()))),
    }
}
