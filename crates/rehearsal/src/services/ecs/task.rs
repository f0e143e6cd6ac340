//! A task.
//!
//! Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html>.

use jiff::Timestamp;

use super::images::ContainerImage;
use super::pace::Pace;
use super::service::ServiceId;

/// A task.
#[derive(Clone, Debug)]
pub struct Task {
    /// Its id of 32 hexadecimal digits.
    pub id: String,
    /// Counts up over all tasks: the order in which they were created.
    pub number: u64,
    /// The cluster's name.
    pub cluster: String,
    /// The service that it belongs to; a standalone task has none.
    pub service: Option<ServiceId>,
    /// `service:` and the service's name, or `family:` and the task definition's.
    pub group: String,
    /// The deployment that started it, or what whoever ran it called itself.
    pub started_by: String,
    /// The ARN of its task definition.
    pub task_definition: String,
    /// The images of its containers, as far as they are resolved.
    pub images: Vec<ContainerImage>,
    /// `FARGATE`, `EC2` or `EXTERNAL`.
    pub launch_type: &'static str,
    /// The capacity provider that it was started on, if it was.
    pub provider: Option<String>,
    /// The id of the container instance that it is on; on Fargate it is on none.
    pub container_instance: Option<String>,
    /// Whether it takes up no room on an instance: a daemon's task.
    pub fits_anywhere: bool,
    /// Whether there is room for it; on Fargate always.
    pub placed: bool,
    /// How far it is.
    pub last: LastStatus,
    /// Whether its desired status is STOPPED.
    pub stopping: bool,
    /// Rises with every change of status.
    pub version: u32,
    /// When it was created.
    pub created: Timestamp,
    /// When it was RUNNING.
    pub started: Option<Timestamp>,
    /// From when on the scheduler counts it as healthy, if it runs.
    pub healthy: Option<Timestamp>,
    /// When it was told to stop.
    pub stopping_since: Option<Timestamp>,
    /// When it was STOPPED.
    pub stopped: Option<Timestamp>,
    /// Why it stopped, as code and in words.
    pub stop: Option<(&'static str, String)>,
    /// What its container ended with, if it ever ran.
    pub exit_code: Option<i32>,
    /// Until when it is protected from scaling in.
    pub protected: Option<Timestamp>,
    /// How long it takes.
    pub pace: Pace,
}

/// `lastStatus`, the states that are modelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LastStatus {
    /// It has no place yet, or its network is being made.
    Provisioning,
    /// Its image is being pulled.
    Pending,
    /// It runs.
    Running,
    /// It is taken out of its target group.
    Deactivating,
    /// Its containers are told to stop.
    Stopping,
    /// It is gone.
    Stopped,
}

impl LastStatus {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Provisioning => "PROVISIONING",
            Self::Pending => "PENDING",
            Self::Running => "RUNNING",
            Self::Deactivating => "DEACTIVATING",
            Self::Stopping => "STOPPING",
            Self::Stopped => "STOPPED",
        }
    }
}

impl Task {
    /// Whether it counts as running.
    pub fn is_running(&self) -> bool {
        self.last == LastStatus::Running
    }

    /// Whether it counts as pending.
    pub fn is_pending(&self) -> bool {
        !self.stopping && self.last < LastStatus::Running
    }

    /// Whether the scheduler counts it as healthy.
    pub fn is_healthy(&self, now: Timestamp) -> bool {
        self.is_running() && self.healthy.is_some_and(|since| since <= now)
    }

    /// Whether it is protected from scaling in.
    pub fn is_protected(&self, now: Timestamp) -> bool {
        self.protected.is_some_and(|until| now < until)
    }

    /// A task that has neither an id nor a place yet.
    pub(super) fn new(cluster: &str, task_definition: &str, pace: Pace) -> Self {
        Self {
            id: String::new(),
            number: 0,
            cluster: cluster.to_owned(),
            service: None,
            group: String::new(),
            started_by: String::new(),
            task_definition: task_definition.to_owned(),
            images: Vec::new(),
            launch_type: "FARGATE",
            provider: None,
            container_instance: None,
            fits_anywhere: false,
            placed: false,
            last: LastStatus::Provisioning,
            stopping: false,
            version: 1,
            created: Timestamp::UNIX_EPOCH,
            started: None,
            healthy: None,
            stopping_since: None,
            stopped: None,
            stop: None,
            exit_code: None,
            protected: None,
            pace,
        }
    }

    /// Whom a happening is about: its service, or its cluster and group.
    pub(super) fn subject(&self) -> String {
        match &self.service {
            Some(service) => service.to_string(),
            None => format!("{}/{}", self.cluster, self.group),
        }
    }
}
