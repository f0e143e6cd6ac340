//! What ECS remembers of service deployments, here called attempts, and of what they brought.

use jiff::{SignedDuration, Timestamp};

use super::image::{Digest, ImageRef};
use super::names::{AttemptArn, DefinitionArn, RevisionArn};
use super::service::Deployment;

/// How far the clocks of ECS may tell two moments of one deployment apart: of its service deployment
/// and of itself, and of our writing and its creation. A choice: nothing is published.
pub(super) const SKEW: SignedDuration = SignedDuration::from_secs(60);

/// One attempt to bring a service revision. ECS remembers it for 90 days, and none from before
/// 2024-10-25.
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceDeployment.html>.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Its ARN.
    pub arn: AttemptArn,
    /// How it stands.
    pub status: Status,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was over.
    pub finished_at: Option<Timestamp>,
    /// What it brings.
    pub target: Option<RevisionArn>,
    /// What ran before: where ECS goes back to.
    pub sources: Vec<RevisionArn>,
    /// What a rollback brings, once ECS has begun one.
    pub rolled_back_to: Option<RevisionArn>,
    /// Whether the circuit breaker found that it fails.
    pub breaker_triggered: bool,
    /// So many tasks may fail before the breaker finds that it does, if that is told.
    pub threshold: Option<u32>,
    /// The alarms that ECS found red.
    pub triggered_alarms: Vec<String>,
    /// The hook at which it waits for somebody's word.
    pub paused: Option<String>,
    /// How many tasks it was to bring, if that is told.
    pub requested: Option<u32>,
    /// Whether it may be successful before all of its tasks are healthy.
    pub early: bool,
}

/// How an attempt stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// It has not begun.
    Pending,
    /// It is under way.
    InProgress,
    /// It is done.
    Successful,
    /// Somebody asked to stop it.
    StopRequested,
    /// It was stopped, or failed where nothing rolls back.
    Stopped,
    /// Somebody, or ECS, asked to roll it back.
    RollbackRequested,
    /// It is being rolled back.
    RollbackInProgress,
    /// It was rolled back.
    RollbackSuccessful,
    /// It could not be rolled back.
    RollbackFailed,
    /// Something that AWS did not have when this was written.
    Unknown(String),
}

impl Status {
    /// The status of that name.
    pub fn from_name(name: &str) -> Self {
        match name {
            "PENDING" => Self::Pending,
            "IN_PROGRESS" => Self::InProgress,
            "SUCCESSFUL" => Self::Successful,
            "STOP_REQUESTED" => Self::StopRequested,
            "STOPPED" => Self::Stopped,
            "ROLLBACK_REQUESTED" => Self::RollbackRequested,
            "ROLLBACK_IN_PROGRESS" => Self::RollbackInProgress,
            "ROLLBACK_SUCCESSFUL" => Self::RollbackSuccessful,
            "ROLLBACK_FAILED" => Self::RollbackFailed,
            other => Self::Unknown(other.to_owned()),
        }
    }

    /// Whether it can still be stopped.
    pub fn is_in_flight(&self) -> bool {
        matches!(self, Self::Pending | Self::InProgress)
    }

    /// Whether nothing more happens to it.
    pub fn is_over(&self) -> bool {
        matches!(
            self,
            Self::Successful | Self::Stopped | Self::RollbackSuccessful | Self::RollbackFailed
        )
    }

    /// Whether it is being rolled back.
    pub fn rolls_back(&self) -> bool {
        matches!(self, Self::RollbackRequested | Self::RollbackInProgress)
    }

    /// Whether it is being, was, or could not be rolled back.
    pub fn is_rollback(&self) -> bool {
        self.rolls_back() || matches!(self, Self::RollbackSuccessful | Self::RollbackFailed)
    }
}

impl Attempt {
    /// Whether this made the deployment, as far as that can be told: nothing that AWS documents
    /// joins the two, so they must be of one moment and of one task definition.
    pub(super) fn made(&self, deployment: &Deployment, brings: Option<&Revision>) -> bool {
        let apart = self.created_at.duration_since(deployment.created_at).abs();
        let other = brings.is_some_and(|brings| brings.definition != deployment.definition);
        apart <= SKEW && !other
    }
}

/// A service revision.
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceRevision.html>.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// Its task definition.
    pub definition: DefinitionArn,
    /// Its images by container: the name, and the digest if ECS resolved it.
    pub images: Vec<RanImage>,
    /// When it was created.
    pub created_at: Timestamp,
}

/// The image of one container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RanImage {
    /// The name of the container.
    pub container: String,
    /// How its image is named, if that can be read.
    pub image: Option<ImageRef>,
    /// Its digest, if ECS resolved it.
    pub digest: Option<Digest>,
}
