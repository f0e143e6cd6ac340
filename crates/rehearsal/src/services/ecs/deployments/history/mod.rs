//! Service deployments: what is remembered of a service's deployments, and for how long.
//!
//! Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-deployment.html>.

mod opening;
mod passing;

use jiff::Timestamp;
use serde_json::Value;

use super::Deployment;
use super::revisions::Revision;
use super::shift::Shift;

pub(in super::super) use opening::step;
pub(super) use opening::{is_kept, open};
pub(super) use passing::{
    complete, ongoing_mut, request_rollback, rolling_back, stalled, stop, summaries, triggered,
};

/// What a service remembers.
#[derive(Debug, Default)]
pub struct History {
    /// Its service deployments, oldest first.
    pub deployments: Vec<ServiceDeployment>,
    /// Its service revisions, oldest first.
    pub revisions: Vec<Revision>,
    /// The deployment that completed last, if one can go back to it.
    pub restorable: Option<Deployment>,
}

/// A service deployment.
#[derive(Clone, Debug)]
pub struct ServiceDeployment {
    /// The last part of its ARN.
    pub id: String,
    /// The id of the deployment that it began with.
    pub deployment: String,
    /// When it was created.
    pub created: Timestamp,
    /// When it started.
    pub started: Option<Timestamp>,
    /// When it ended.
    pub finished: Option<Timestamp>,
    /// When it last changed.
    pub updated: Timestamp,
    /// How far it is.
    pub status: Status,
    /// Why, if there is more to say.
    pub reason: Option<String>,
    /// The revisions that it found, with their tasks.
    pub sources: Vec<Summary>,
    /// The revision that it brings, with its tasks.
    pub target: Summary,
    /// `deploymentConfiguration` as it was then.
    pub configuration: Value,
    /// The way back, once there is one: why, since when, and to which revision.
    pub rollback: Option<(String, Timestamp, Option<String>)>,
    /// What the circuit breaker had counted when it ended or was given up.
    pub failures: Option<u32>,
    /// Whether the circuit breaker gave it up.
    pub broken: bool,
    /// Whether it watches alarms, and the alarms that gave it up.
    pub alarms: Option<Vec<String>>,
    /// How far it is with moving traffic, if that is its strategy.
    pub shift: Option<Shift>,
}

/// A revision and its tasks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// The revision.
    pub revision: String,
    /// The tasks that are wanted, that run, and that are on their way.
    pub counts: [u32; 3],
}

/// The status of a service deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It was created.
    Pending,
    /// It rolls.
    InProgress,
    /// All is in place.
    Successful,
    /// Another one began, or it failed and is not rolled back.
    StopRequested,
    /// It stopped for that.
    Stopped,
    /// Somebody wants it rolled back.
    RollbackRequested,
    /// It is being rolled back.
    RollbackInProgress,
    /// It was rolled back.
    RollbackSuccessful,
    /// It could not be rolled back.
    RollbackFailed,
}

impl Status {
    /// As ECS spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::InProgress => "IN_PROGRESS",
            Self::Successful => "SUCCESSFUL",
            Self::StopRequested => "STOP_REQUESTED",
            Self::Stopped => "STOPPED",
            Self::RollbackRequested => "ROLLBACK_REQUESTED",
            Self::RollbackInProgress => "ROLLBACK_IN_PROGRESS",
            Self::RollbackSuccessful => "ROLLBACK_SUCCESSFUL",
            Self::RollbackFailed => "ROLLBACK_FAILED",
        }
    }

    /// Whether nothing more comes of it.
    pub(super) fn is_final(self) -> bool {
        matches!(
            self,
            Self::Successful | Self::Stopped | Self::RollbackSuccessful | Self::RollbackFailed
        )
    }
}

impl History {
    /// A service revision, if it is known.
    pub fn revision(&self, id: &str) -> Option<&Revision> {
        self.revisions.iter().find(|it| it.id == id)
    }

    /// The service deployment that is not over; only the latest can be.
    pub(super) fn ongoing(&self) -> Option<&ServiceDeployment> {
        self.deployments.last().filter(|it| !it.status.is_final())
    }

    fn ongoing_mut(&mut self) -> Option<&mut ServiceDeployment> {
        let last = self.deployments.last_mut();
        last.filter(|it| !it.status.is_final())
    }
}

impl ServiceDeployment {
    pub(super) fn becomes(&mut self, status: Status, now: Timestamp) {
        self.status = status;
        self.updated = now;
        self.finished = status.is_final().then_some(now);
    }
}
