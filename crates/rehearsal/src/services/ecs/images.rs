//! Which image a task runs: resolved once for a deployment, so that all of its tasks run the same, or by
//! each task for itself.
//!
//! Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html#deployment-container-image-stability>.

use super::task_definitions;
use crate::services::ecr;
use crate::world::World;

/// The image of a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContainerImage {
    /// The container's name.
    pub container: String,
    /// The image's name, as the task definition has it.
    pub image: String,
    /// What that means, once it was resolved.
    pub digest: Option<String>,
}

/// The images of a deployment of this task definition. What `versionConsistency` switches off is not
/// resolved, and nothing is where no task is wanted.
pub(super) fn of_deployment(
    world: &World,
    task_definition: &str,
    desired: u32,
) -> Vec<ContainerImage> {
    let definition = task_definitions::find(world, task_definition);
    let containers = definition.into_iter().flat_map(|it| it.containers());
    containers
        .map(|it| {
            let text = |member: &str| it[member].as_str().unwrap_or_default().to_owned();
            let image = text("image");
            let resolved = desired > 0 && it["versionConsistency"] != "disabled";
            ContainerImage {
                container: text("name"),
                digest: ecr::resolve(world, &image).filter(|_| resolved),
                image,
            }
        })
        .collect()
}

/// A task pulls its images: those that its deployment did not resolve mean what they mean now. Says why it
/// cannot, in words as people see them.
pub(super) fn pull(world: &mut World, task: &str) -> Result<(), String> {
    let Some(found) = world.ecs.tasks.get(task) else {
        return Ok(());
    };
    let mut images = found.images.clone();
    if images.is_empty() {
        images = of_deployment(world, &found.task_definition, 1);
    }
    let mut missing = None;
    for it in &mut images {
        it.digest = it.digest.take().or_else(|| ecr::resolve(world, &it.image));
        let there = it.digest.as_deref();
        if !there.is_some_and(|digest| ecr::can_be_pulled(world, &it.image, digest)) {
            missing = missing.or(Some(it.image.clone()));
        }
    }
    if let Some(task) = world.ecs.tasks.get_mut(task) {
        task.images = images;
    }
    match missing {
        None => Ok(()),
        Some(image) => Err(format!(
            "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref {image}: {image}: not found"
        )),
    }
}
