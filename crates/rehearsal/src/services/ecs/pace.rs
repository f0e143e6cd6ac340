//! How long the tasks of a service take.

/// How long tasks take to come and to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// From having a place to RUNNING, beside the pull.
    pub start_seconds: u32,
    /// What pulling the image takes beside that.
    pub pull_seconds: u32,
    /// From RUNNING until the health check of the container or of the target has passed; none without
    /// one.
    pub health_seconds: Option<u32>,
    /// How long a target is deregistered: the time in DEACTIVATING.
    pub deregistration_seconds: u32,
    /// From SIGTERM until the container ends by itself.
    pub exit_seconds: u32,
    /// From SIGTERM to SIGKILL: `stopTimeout`.
    pub stop_timeout: u32,
}

impl Default for Pace {
    /// A start of 35 s is a choice: AWS promises none; so is an end of 30 s, the first half of it in
    /// DEACTIVATING. 30 s is the default `stopTimeout`:
    /// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html>.
    fn default() -> Self {
        Self {
            start_seconds: 35,
            pull_seconds: 0,
            health_seconds: None,
            deregistration_seconds: 15,
            exit_seconds: 15,
            stop_timeout: 30,
        }
    }
}

impl Pace {
    /// From SIGTERM to the end of the container.
    pub(super) fn ends_after(self) -> u32 {
        self.exit_seconds.min(self.stop_timeout)
    }

    /// What the container ends with: 0 by itself, 137 if it is killed.
    pub(super) fn exit_code(self) -> i32 {
        match self.exit_seconds <= self.stop_timeout {
            true => 0,
            false => 137,
        }
    }
}
