//! What ECS says of a task definition, and what that needs to run.

use std::collections::BTreeMap;

use super::image::{ImageError, ImageRef};
use super::names::DefinitionArn;

/// A revision of a task definition that can be described.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Definition {
    /// Whether a service can be set to it.
    pub status: DefinitionStatus,
    /// Its containers by name.
    pub containers: BTreeMap<String, Container>,
    /// What it needs beside its images.
    pub needs: Vec<Needed>,
    /// Its tag `caretaker:migration`, if it has one: what it says.
    pub migration: Option<String>,
    /// Its tag `caretaker:copy`, if it has one: for what it was registered. See
    /// [`super::CopyMark`].
    pub copy: Option<String>,
}

/// Whether a service can be set to a task definition.
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-definition-state-machine.html>.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DefinitionStatus {
    /// It can.
    Active,
    /// It was deregistered. For up to ten minutes ECS may still let it through, which is not relied
    /// on; an exact copy can be registered.
    Inactive,
    /// It is being deleted, and can be described until it is gone.
    DeleteInProgress,
}

/// A container of a task definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Container {
    /// Its image, if its name can be read.
    pub image: Result<ImageRef, ImageError>,
    /// The ports that it listens on.
    pub ports: Vec<u16>,
}

/// What a task definition needs beside its images.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Needed {
    /// A secret or a parameter, by its ARN.
    Secret(String),
    /// A role, by its ARN.
    Role(String),
}

impl Needed {
    /// What it is and its ARN, for people.
    pub fn words(&self) -> String {
        match self {
            Self::Secret(arn) => format!("the secret {arn}"),
            Self::Role(arn) => format!("the role {arn}"),
        }
    }
}

/// What the copy of a task definition is tagged with, so that whoever looks after a crash knows for
/// what it was registered: the original and the failed deployment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopyMark(String);

impl CopyMark {
    /// The mark of a copy of `original` that takes the place of what `failed` brought.
    pub(super) fn of(original: &DefinitionArn, failed: &str) -> Self {
        Self(format!("{original} after {failed}"))
    }

    /// The value of the tag.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Reads what the ledger has of it.
    pub fn from_ledger(text: &str) -> Self {
        Self(text.to_owned())
    }
}
