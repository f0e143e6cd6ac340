//! Elastic Container Registry: repositories, the tags in them, and the digests that tags mean.
//!
//! ECS asks it what an image is; a script pushes, moves tags and deletes. An image of a repository that
//! is not in the model is always there, as in a public registry.

mod calls;
mod digest;
mod reference;
mod registry;
mod spec;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::call::{ApiError, Call};
use crate::modules::{Module, never_due, nothing_happens};
use crate::wire::Protocol;
use crate::world::World;

pub use reference::Reference;
pub use registry::{Image, Repository, behaviour, can_be_pulled, resolve};
pub use registry::{delete_image, move_tag, push};
pub use spec::{ImageSpec, RepositorySpec, expanded};

/// Elastic Container Registry.
pub const MODULE: Module = Module {
    service: "ecr",
    protocol: Protocol::Json {
        target: "AmazonEC2ContainerRegistry_V20150921",
        version: "1.1",
    },
    operations: &["DescribeImages", "BatchGetImage"],
    call,
    due: never_due,
    advance: nothing_happens,
};

/// What the account holds of it.
#[derive(Debug, Default)]
pub struct Ecr {
    /// Repositories by name.
    pub repositories: BTreeMap<String, Repository>,
}

fn call(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    match call.operation.as_str() {
        "DescribeImages" => calls::describe_images(world, call),
        "BatchGetImage" => calls::batch_get_image(world, call),
        _ => Err(ApiError::not_modelled(call)),
    }
}

#[cfg(test)]
mod tests;
