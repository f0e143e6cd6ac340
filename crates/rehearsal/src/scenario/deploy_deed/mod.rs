//! What people, pipelines and registries do to releases.

mod release;
mod told;

use serde::Deserialize;
use serde_json::json;

use super::script::NotDone;
use crate::account::Account;
use crate::services::cloudwatch::{State, set_metric};
use crate::services::ecr::{delete_image, move_tag, push};
use crate::services::ecs::{Behaviour, ServiceId, behave};

/// A deed that concerns a release.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(
    deny_unknown_fields,
    rename_all = "kebab-case",
    rename_all_fields = "kebab-case"
)]
pub enum DeployDeed {
    /// Somebody registers the next revision of a service's task definition and deploys it.
    Release {
        /// `cluster/service`.
        service: String,
        /// The image of its first container, with `ecr:` for the account's own registry; the same as
        /// before if nothing is said.
        image: Option<String>,
        /// How its tasks behave.
        #[serde(default)]
        behaviour: Behaviour,
        /// The desired count, if the pipeline knows one.
        desired: Option<u32>,
        /// Who.
        #[serde(default = "pipeline")]
        by: String,
    },
    /// A person deploys a revision that there is.
    Rollback {
        /// `cluster/service`.
        service: String,
        /// `family:revision`.
        to: String,
        /// Who.
        by: String,
    },
    /// A person has the deployment that is under way rolled back.
    Stop {
        /// `cluster/service`.
        service: String,
        /// Who.
        by: String,
    },
    /// Somebody deregisters a task definition, as CloudFormation does with one that it replaces.
    Deregister {
        /// `family:revision`.
        task_definition: String,
        /// Who.
        by: String,
    },
    /// The tasks of a task definition that start from now on behave like this.
    Behave {
        /// `family:revision`, or a family for its latest.
        task_definition: String,
        /// How.
        behaviour: Behaviour,
    },
    /// An image is pushed, and its tags mean it from then on.
    Push {
        /// The repository's name.
        repository: String,
        /// Its tags.
        tags: Vec<String>,
        /// Its digest; one made of its first tag if nothing is said.
        digest: Option<String>,
        /// How tasks behave that run it.
        #[serde(default)]
        behaviour: Behaviour,
    },
    /// A tag means another image from now on.
    MoveTag {
        /// The repository's name.
        repository: String,
        /// The tag.
        tag: String,
        /// The tag or the digest of the image.
        to: String,
    },
    /// A lifecycle policy deletes an image.
    DeleteImage {
        /// The repository's name.
        repository: String,
        /// Its tag or its digest.
        image: String,
    },
    /// An alarm's metric shows this from now on.
    Alarm {
        /// The alarm.
        alarm: String,
        /// The state that follows from it.
        state: State,
    },
    /// Whether ECS can no longer read the alarms of its deployments, being throttled.
    HideAlarms(bool),
    /// Whether rollbacks of ECS are deployments of their own, with an id of their own.
    NewRollbacks(bool),
}

fn pipeline() -> String {
    "ci".to_owned()
}

impl DeployDeed {
    /// Does it.
    pub(super) fn perform(&self, account: &Account) -> Result<(), NotDone> {
        match self {
            Self::Release {
                service,
                image,
                behaviour,
                desired,
                by,
            } => {
                let id = split(service)?;
                let definition = self.next_revision(account, &id, image.as_deref(), by)?;
                behave(&mut account.state().world, &definition, behaviour.clone());
                self.deploy(account, &id, &definition, *desired, by)
            }
            Self::Rollback { service, to, by } => {
                self.deploy(account, &split(service)?, to, None, by)
            }
            Self::Stop { service, by } => self.stop(account, &split(service)?, by),
            Self::Deregister {
                task_definition,
                by,
            } => {
                let input = json!({"taskDefinition": task_definition});
                self.call(account, by, "DeregisterTaskDefinition", input)
                    .map(|_| ())
            }
            Self::HideAlarms(hidden) => {
                account.state().world.cloudwatch.hidden_from_ecs = *hidden;
                Ok(())
            }
            Self::NewRollbacks(new) => {
                account.state().world.ecs.rollbacks_are_new_deployments = *new;
                Ok(())
            }
            _ => match self.happens(account) {
                true => Ok(()),
                false => Err(NotDone::NoSuchThing(self.to_string())),
            },
        }
    }

    /// Lets happen what nobody calls an API for; false if there is nothing that it could happen to.
    fn happens(&self, account: &Account) -> bool {
        let world = &mut account.state().world;
        match self {
            Self::Behave {
                task_definition,
                behaviour,
            } => behave(world, task_definition, behaviour.clone()),
            Self::Push {
                repository,
                tags,
                digest,
                behaviour,
            } => {
                let first = tags.first().map_or("untagged", String::as_str);
                let bytes = digest.as_deref().unwrap_or(first);
                push(world, repository, bytes, tags, behaviour.clone());
                true
            }
            Self::MoveTag {
                repository,
                tag,
                to,
            } => move_tag(world, repository, tag, to).is_some(),
            Self::DeleteImage { repository, image } => delete_image(world, repository, image),
            Self::Alarm { alarm, state } => set_metric(world, alarm, *state),
            _ => false,
        }
    }
}

fn split(service: &str) -> Result<ServiceId, NotDone> {
    let parts = service.split_once('/');
    let (cluster, name) = parts.ok_or_else(|| NotDone::NoService(service.to_owned()))?;
    Ok(ServiceId::new(cluster, name))
}
