//! How the tasks of a task definition or of an image behave once they are to start: by script.

use serde::Deserialize;

use super::{find, find_mut};
use crate::services::ecr;
use crate::services::ecs::task::Task;
use crate::world::World;

/// How a task behaves.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(
    deny_unknown_fields,
    rename_all = "kebab-case",
    rename_all_fields = "kebab-case"
)]
pub enum Behaviour {
    /// It starts, passes its health check and stays.
    #[default]
    Good,
    /// It never starts, for this reason: an image that cannot be pulled, a secret that is gone.
    FailsToStart(String),
    /// Its container exits before it was ever RUNNING.
    ExitsAtOnce {
        /// With this exit code.
        code: i32,
    },
    /// It runs and never passes its health check. Nobody notices where there is none.
    Unhealthy,
    /// It runs, passes its health check, and exits: a crash loop that the circuit breaker does not see.
    Crashes {
        /// So many seconds after it was RUNNING.
        after_seconds: u32,
        /// With this exit code.
        code: i32,
    },
    /// It runs and passes its health check, and answers 5xx: nobody sees that.
    Errors,
    /// The same, and the metric alarm of this name sees it.
    ErrorsSeenBy(String),
}

/// How a task behaves: as its task definition does, and otherwise as the images do that it pulls.
pub(in super::super) fn of_task(world: &World, task: &Task) -> Behaviour {
    let definition = find(world, &task.task_definition).map(|it| &it.behaviour);
    let of_definition = definition.filter(|it| **it != Behaviour::Good);
    let mut digests = task.images.iter().filter_map(|it| it.digest.as_deref());
    let of_images = || digests.find_map(|digest| ecr::behaviour(world, digest));
    let found = of_definition.or_else(of_images);
    found.cloned().unwrap_or_default()
}

/// Lets the tasks of a task definition behave like this from now on; false if there is none.
pub fn behave(world: &mut World, reference: &str, behaviour: Behaviour) -> bool {
    let found = find_mut(world, reference);
    found.map(|it| it.behaviour = behaviour).is_some()
}

/// Lets the tasks of a task definition fail to start from now on, as with a tag that is not in
/// the registry.
pub fn break_task_definition(world: &mut World, reference: &str, fault: &str) -> bool {
    behave(world, reference, Behaviour::FailsToStart(fault.to_owned()))
}

/// Lets the tasks of a task definition start again.
pub fn mend_task_definition(world: &mut World, reference: &str) -> bool {
    behave(world, reference, Behaviour::Good)
}
