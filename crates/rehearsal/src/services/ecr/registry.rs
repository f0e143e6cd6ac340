//! Repositories and their images, and what people and lifecycle policies do to them.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::digest::{digest, is_digest};
use super::reference::Reference;
use crate::services::ecs::Behaviour;
use crate::world::World;

/// A repository.
#[derive(Clone, Debug, Default)]
pub struct Repository {
    /// Its images by digest.
    pub images: BTreeMap<String, Image>,
    /// The digest that each tag means now.
    pub tags: BTreeMap<String, String>,
}

/// An image.
#[derive(Clone, Debug)]
pub struct Image {
    /// When it was pushed.
    pub pushed: Timestamp,
    /// How tasks behave that run it.
    pub behaviour: Behaviour,
}

impl Repository {
    /// The tags of an image, in order of their names.
    pub(super) fn tags_of<'a>(&'a self, digest: &'a str) -> impl Iterator<Item = &'a String> {
        let own = self.tags.iter().filter(move |(_, it)| *it == digest);
        own.map(|(tag, _)| tag)
    }
}

/// The digest that an image's name means now; none if it is not there.
pub fn resolve(world: &World, image: &str) -> Option<String> {
    let reference = Reference::of(image);
    let Some(repository) = modelled(world, &reference) else {
        let named = reference.digest.map(str::to_owned);
        return Some(
            named.unwrap_or_else(|| digest(&format!("{}:{}", reference.repository, reference.tag))),
        );
    };
    match reference.digest {
        Some(digest) => repository
            .images
            .contains_key(digest)
            .then(|| digest.to_owned()),
        None => repository.tags.get(reference.tag).cloned(),
    }
}

/// Whether an image can be pulled by this digest.
pub fn can_be_pulled(world: &World, image: &str, digest: &str) -> bool {
    let repository = modelled(world, &Reference::of(image));
    repository.is_none_or(|it| it.images.contains_key(digest))
}

/// How tasks behave that run the image of this digest, if it is in the model.
pub fn behaviour<'a>(world: &'a World, digest: &str) -> Option<&'a Behaviour> {
    let mut repositories = world.ecr.repositories.values();
    let image = repositories.find_map(|it| it.images.get(digest))?;
    Some(&image.behaviour).filter(|it| **it != Behaviour::Good)
}

fn modelled<'a>(world: &'a World, reference: &Reference<'_>) -> Option<&'a Repository> {
    let name = reference.own(&world.identity)?;
    world.ecr.repositories.get(name)
}

/// Pushes an image, whose tags mean it from then on, and returns its digest. What is said of the
/// bytes makes the digest: the same bytes have the same one.
pub fn push(
    world: &mut World,
    repository: &str,
    bytes: &str,
    tags: &[String],
    behaviour: Behaviour,
) -> String {
    let pushed = world.now;
    let digest = match is_digest(bytes) {
        true => bytes.to_owned(),
        false => digest(&format!("{repository} {bytes}")),
    };
    let found = world
        .ecr
        .repositories
        .entry(repository.to_owned())
        .or_default();
    found
        .images
        .insert(digest.clone(), Image { pushed, behaviour });
    for tag in tags {
        found.tags.insert(tag.clone(), digest.clone());
    }
    digest
}

/// Lets a tag mean the image of this tag or digest from now on, and returns its digest; none if there
/// is no such image.
pub fn move_tag(world: &mut World, repository: &str, tag: &str, to: &str) -> Option<String> {
    let found = world.ecr.repositories.get_mut(repository)?;
    let digest = found.named(to)?;
    found.tags.insert(tag.to_owned(), digest.clone());
    Some(digest)
}

/// Deletes the image of this tag or digest with all of its tags, as a lifecycle policy does; false if
/// there is none.
pub fn delete_image(world: &mut World, repository: &str, image: &str) -> bool {
    let Some(found) = world.ecr.repositories.get_mut(repository) else {
        return false;
    };
    let Some(digest) = found.named(image) else {
        return false;
    };
    found.tags.retain(|_, it| *it != digest);
    found.images.remove(&digest).is_some()
}

impl Repository {
    /// The digest of an image that is named by tag or digest.
    fn named(&self, image: &str) -> Option<String> {
        match self.images.contains_key(image) {
            true => Some(image.to_owned()),
            false => self.tags.get(image).cloned(),
        }
    }
}
