//! What was called and what happened: the raw material of reports, contracts and call counts.

use jiff::Timestamp;
use serde_json::Value;

/// One call and how it ended.
#[derive(Clone, Debug)]
pub struct Record {
    /// When the account received it.
    pub at: Timestamp,
    /// The function that called.
    pub caller: String,
    /// The IAM action.
    pub action: String,
    /// The input as JSON.
    pub input: Value,
    /// The error code, or none if it succeeded.
    pub refused: Option<String>,
    /// The output as JSON where it succeeded.
    pub output: Value,
}

/// Something that happened in the world, told for people and for charts.
#[derive(Clone, Debug, PartialEq)]
pub struct Happening {
    /// When.
    pub at: Timestamp,
    /// What it happened to: `prod/api`, an ASG's name, a topic.
    pub subject: String,
    /// What happened, with its numbers.
    pub what: What,
}

/// The kinds of happenings.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// A service's counts are now these.
    Tasks {
        /// Desired count.
        desired: u32,
        /// Running tasks.
        running: u32,
    },
    /// An Auto Scaling group has this many instances.
    Instances(u32),
    /// A container instance has this status now; the subject is its EC2 instance.
    ContainerInstance(&'static str),
    /// No task is left on a container instance that is DRAINING; the subject is its EC2 instance.
    Emptied,
    /// A task's container was killed (exit code 137); the subject is its service, or its cluster and
    /// group.
    Killed {
        /// The task's id.
        task: String,
    },
    /// Somebody had a task stopped that ran; the subject is that of a killed one.
    Stopped {
        /// The EC2 instance that it is on, if it is on one.
        instance: Option<String>,
        /// Who called StopTask.
        by: String,
        /// The reason that was given.
        reason: String,
    },
    /// An event reached the bus.
    Event(Value),
    /// A message was published to people.
    Published(Value),
    /// A deployment of a service is this far now; the subject is the service.
    Deployment {
        /// Its id.
        deployment: String,
        /// The ARN of the task definition that it brings.
        task_definition: String,
        /// The digests of the images that it brings, as far as they are resolved.
        digests: Vec<String>,
        /// `IN_PROGRESS`, `COMPLETED` or `FAILED`.
        state: &'static str,
    },
    /// An alarm has this state now; the subject is its name.
    Alarm(&'static str),
    /// AWS Budgets wrote a letter; the subject is the budget's name.
    Alert(Value),
    /// An instance no longer waits for a lifecycle hook; the subject is the instance.
    HookCompleted {
        /// The group and the hook, as `group/hook`.
        hook: String,
        /// `CONTINUE` or `ABANDON`.
        result: &'static str,
        /// Whether nobody completed it in time.
        timed_out: bool,
    },
    /// Anything else, in words.
    Note(String),
}
