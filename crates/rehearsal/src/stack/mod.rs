//! A stack to rehearse with: clusters, services, Auto Scaling groups, as a small readable file.

mod build;

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use crate::services::autoscaling::GroupSpec;
pub use build::{NotBuilt, build};

/// A stack's file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Stack {
    /// The clusters.
    pub clusters: Vec<Cluster>,
    /// The Auto Scaling groups that carry container instances.
    pub groups: Vec<GroupSpec>,
    /// The services.
    pub services: Vec<Service>,
}

/// A cluster.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Cluster {
    /// Its name.
    pub name: String,
    /// Its tags, the defaults of its services.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
}

/// A service.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Service {
    /// Its name.
    pub name: String,
    /// Its cluster.
    pub cluster: String,
    /// How many tasks it should have.
    #[serde(default = "one")]
    pub desired: u32,
    /// REPLICA or DAEMON.
    #[serde(default)]
    pub scheduling: Scheduling,
    /// The capacity provider of its tasks: FARGATE, FARGATE_SPOT, or a group's.
    #[serde(default = "fargate")]
    pub provider: String,
    /// CPU units of a task.
    #[serde(default = "default_cpu")]
    pub cpu: u32,
    /// Memory of a task in MiB.
    #[serde(default = "default_memory")]
    pub memory: u32,
    /// The bounds of its scalable target, if it has one.
    pub scaling: Option<Scaling>,
    /// Its tags.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
}

/// How a service places its tasks.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Scheduling {
    /// A number of tasks.
    #[default]
    Replica,
    /// One task on every instance.
    Daemon,
}

/// The bounds of a scalable target.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Scaling {
    /// The fewest tasks.
    pub min: u32,
    /// The most.
    pub max: u32,
}

/// Why a stack's file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// The file cannot be read.
    #[error("the stack cannot be read")]
    File(#[from] std::io::Error),
    /// It says something that a stack does not have.
    #[error("the stack has a mistake: {0}")]
    Mistake(String),
}

impl Stack {
    /// Reads a stack's file.
    pub fn load(path: &Path) -> Result<Self, Unreadable> {
        Self::read(&std::fs::read_to_string(path)?)
    }

    /// Reads a stack.
    pub fn read(yaml: &str) -> Result<Self, Unreadable> {
        serde_saphyr::from_str(yaml).map_err(|mistake| Unreadable::Mistake(mistake.to_string()))
    }

    /// The `caretaker:hours` of a service or a group, or of the service's cluster.
    pub fn hours(&self, subject: &str) -> Option<&str> {
        const TAG: &str = "caretaker:hours";
        let group = self.groups.iter().find(|group| group.name == subject);
        let (cluster, name) = subject.split_once('/').unwrap_or_default();
        let service = self
            .services
            .iter()
            .find(|service| service.cluster == cluster && service.name == name);
        let cluster = self.clusters.iter().find(|known| known.name == cluster);
        let own = group.and_then(|group| group.tags.get(TAG));
        let own = own.or_else(|| service.and_then(|service| service.tags.get(TAG)));
        own.or_else(|| cluster.and_then(|cluster| cluster.tags.get(TAG)))
            .map(String::as_str)
    }
}

impl Scheduling {
    /// As ECS spells it.
    fn as_ecs(self) -> &'static str {
        match self {
            Self::Replica => "REPLICA",
            Self::Daemon => "DAEMON",
        }
    }
}

fn one() -> u32 {
    1
}

fn default_cpu() -> u32 {
    256
}

fn default_memory() -> u32 {
    512
}

fn fargate() -> String {
    "FARGATE".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_stack_can_be_read() {
        let stack = Stack::read(include_str!("../../stacks/default.yaml")).unwrap();
        assert!(!stack.services.is_empty());
    }

    #[test]
    fn a_mistyped_field_is_named_with_its_line() {
        let mistake = Stack::read("services:\n  - {name: web, cluster: shop, desird: 2}\n")
            .unwrap_err()
            .to_string();
        assert!(mistake.contains("line 2 column 32"), "{mistake}");
        assert!(mistake.contains("unknown field `desird`"), "{mistake}");
    }
}
