//! What has to be looked at before anything can be decided.

use std::collections::{BTreeMap, BTreeSet};

use super::instance::InstanceId;
use super::surge::Scope;
use crate::arn::{ClusterArn, ContainerInstanceArn, ServiceArn};

/// What has to be looked at, and has not been yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wants {
    /// The instances of which it is not known where they are: the index first, then one filtered
    /// `ListContainerInstances` for each cluster.
    pub locate: BTreeSet<InstanceId>,
    /// The container instances whose status has to be asked for, because events may be late.
    pub states_of: BTreeMap<ClusterArn, BTreeSet<ContainerInstanceArn>>,
    /// The clusters whose tags are needed.
    pub clusters: BTreeSet<ClusterArn>,
    /// The capacity providers.
    pub providers: BTreeSet<String>,
    /// The Auto Scaling groups, by name, with their tags.
    pub groups: BTreeSet<String>,
    /// Those of the groups whose lifecycle hooks are needed too.
    pub hooks_of: BTreeSet<String>,
    /// The fleets whose size is needed.
    pub fleets: BTreeSet<Scope>,
    /// The instances whose tasks are needed: both desired statuses, in all of their places.
    pub tasks_of: BTreeSet<InstanceId>,
    /// The services.
    pub services_of: BTreeSet<ServiceArn>,
    /// Whether it is needed which instances AWS Fault Injection Service interrupts.
    pub experiments: bool,
}

impl Wants {
    /// Whether everything was looked at.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
