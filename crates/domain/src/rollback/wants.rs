//! What has to be looked at before anything can be decided.

use std::collections::BTreeSet;

use super::definition::Needed;
use super::image::ImageAt;
use super::names::{DefinitionArn, RevisionArn};
use crate::arn::ServiceArn;

/// What has to be looked at, and has not been yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wants {
    /// The services, with their tags: ten in a call of `DescribeServices`.
    pub services: BTreeSet<ServiceArn>,
    /// The services whose attempts are needed: `ListServiceDeployments`, page by page, and
    /// `DescribeServiceDeployments` of the newest.
    pub attempts_of: BTreeSet<ServiceArn>,
    /// The service revisions: `DescribeServiceRevisions`.
    pub revisions: BTreeSet<RevisionArn>,
    /// The task definitions, with their tags: `DescribeTaskDefinition`.
    pub definitions: BTreeSet<DefinitionArn>,
    /// The images: `BatchGetImage` of Amazon ECR, for the digests of platforms too.
    pub images: BTreeSet<ImageAt>,
    /// What has to exist.
    pub needed: BTreeSet<Needed>,
    /// The target groups, with the health of their targets.
    pub target_groups: BTreeSet<String>,
    /// The services whose stopped tasks are needed.
    pub stopped_of: BTreeSet<ServiceArn>,
    /// The services whose running tasks are needed.
    pub running_of: BTreeSet<ServiceArn>,
    /// The services whose alarms are needed.
    pub alarms_of: BTreeSet<ServiceArn>,
}

impl Wants {
    /// Whether everything was looked at.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Both.
    pub(super) fn add(&mut self, other: Self) {
        self.services.extend(other.services);
        self.attempts_of.extend(other.attempts_of);
        self.revisions.extend(other.revisions);
        self.definitions.extend(other.definitions);
        self.images.extend(other.images);
        self.needed.extend(other.needed);
        self.target_groups.extend(other.target_groups);
        self.stopped_of.extend(other.stopped_of);
        self.running_of.extend(other.running_of);
        self.alarms_of.extend(other.alarms_of);
    }
}

/// What was looked at, or what has to be before it can be said.
pub(super) type Seen<T> = Result<T, Box<Wants>>;

/// Both; what has to be looked at for either is asked for at once.
pub(super) fn both<A, B>(one: Seen<A>, other: Seen<B>) -> Seen<(A, B)> {
    match (one, other) {
        (Ok(one), Ok(other)) => Ok((one, other)),
        (Err(mut wants), Err(others)) => {
            wants.add(*others);
            Err(wants)
        }
        (Err(wants), _) | (_, Err(wants)) => Err(wants),
    }
}
