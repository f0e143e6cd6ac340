//! Tasks of a service: those that run, and those that stopped and why.

use jiff::Timestamp;

use super::image::Digests;
use super::names::DeploymentId;

/// A task that runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Running {
    /// The deployment that started it.
    pub started_by: DeploymentId,
    /// The digests of its images, as far as they are known.
    pub digests: Digests,
}

/// A task that stopped. ECS shows it for about an hour.
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTasks.html>.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stopped {
    /// The deployment that started it.
    pub started_by: DeploymentId,
    /// Who or what stopped it.
    pub code: StopCode,
    /// Why, in the words of ECS.
    pub reason: String,
    /// The exit codes of its containers, by name, as far as they are known.
    pub exit_codes: Vec<(String, i32)>,
    /// The digests of its images, as far as they are known.
    pub digests: Digests,
    /// When it had started, if it ever did.
    pub started_at: Option<Timestamp>,
    /// When it had stopped.
    pub stopped_at: Timestamp,
}

/// Who or what stopped a task.
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html>.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StopCode {
    /// It did not start.
    TaskFailedToStart,
    /// A container ended that it cannot do without.
    EssentialContainerExited,
    /// Somebody stopped it.
    UserInitiated,
    /// The service did: fewer tasks, newer tasks, or bad health.
    ServiceSchedulerInitiated,
    /// Its Spot capacity was taken back.
    SpotInterruption,
    /// Its Fargate capacity is taken back.
    TerminationNotice,
    /// What it ran on is not sound.
    InfrastructureHealth,
    /// Something that AWS did not have when this was written, or nothing.
    Unknown(String),
}

impl StopCode {
    /// The code of that name.
    pub fn from_name(name: &str) -> Self {
        match name {
            "TaskFailedToStart" => Self::TaskFailedToStart,
            "EssentialContainerExited" => Self::EssentialContainerExited,
            "UserInitiated" => Self::UserInitiated,
            "ServiceSchedulerInitiated" => Self::ServiceSchedulerInitiated,
            "SpotInterruption" => Self::SpotInterruption,
            "TerminationNotice" => Self::TerminationNotice,
            "InfrastructureHealth" => Self::InfrastructureHealth,
            other => Self::Unknown(other.to_owned()),
        }
    }

    /// The name that AWS gives it.
    pub fn name(&self) -> &str {
        match self {
            Self::TaskFailedToStart => "TaskFailedToStart",
            Self::EssentialContainerExited => "EssentialContainerExited",
            Self::UserInitiated => "UserInitiated",
            Self::ServiceSchedulerInitiated => "ServiceSchedulerInitiated",
            Self::SpotInterruption => "SpotInterruption",
            Self::TerminationNotice => "TerminationNotice",
            Self::InfrastructureHealth => "InfrastructureHealth",
            Self::Unknown(name) => name,
        }
    }
}
