//! Repositories as a stack file describes them.

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::reference::registry;
use super::registry::push;
use crate::services::ecs::Behaviour;
use crate::stack::instant;
use crate::world::{Identity, World};

/// How a stack file writes that an image is in the account's own registry.
const OWN: &str = "ecr:";

/// How old an image is that says nothing: a choice.
const USUAL_AGE: SignedDuration = SignedDuration::from_hours(24);

/// A repository.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RepositorySpec {
    /// Its name.
    pub name: String,
    /// Its images, the oldest first.
    #[serde(default)]
    pub images: Vec<ImageSpec>,
}

/// An image.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ImageSpec {
    /// Its tags; one that a later image has too means that.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Its digest; one made of its first tag if nothing is said.
    #[serde(default)]
    pub digest: Option<String>,
    /// When it was pushed; a day ago if nothing is said.
    #[serde(default, deserialize_with = "instant")]
    pub pushed: Option<Timestamp>,
    /// How tasks behave that run it.
    #[serde(default)]
    pub behaviour: Behaviour,
}

impl RepositorySpec {
    /// Puts it into the world.
    pub fn build(&self, world: &mut World) {
        world.ecr.repositories.entry(self.name.clone()).or_default();
        let usual = world.now.saturating_sub(USUAL_AGE).unwrap_or(world.now);
        for spec in &self.images {
            let first = spec.tags.first().map_or("untagged", String::as_str);
            let bytes = spec.digest.as_deref().unwrap_or(first);
            let digest = push(world, &self.name, bytes, &spec.tags, spec.behaviour.clone());
            let repository = world.ecr.repositories.get_mut(&self.name);
            if let Some(image) = repository.and_then(|it| it.images.get_mut(&digest)) {
                image.pushed = spec.pushed.unwrap_or(usual);
            }
        }
    }
}

/// An image's name as a stack file or a script writes it, with `ecr:` for the account's own registry.
pub fn expanded(identity: &Identity, image: &str) -> String {
    match image.strip_prefix(OWN) {
        Some(rest) => format!("{}/{rest}", registry(identity)),
        None => image.to_owned(),
    }
}
