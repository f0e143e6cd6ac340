//! What happens by itself, and when.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::deployments::Cause;
use super::service::ServiceId;

/// One thing that will happen.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// A task takes its next step, unless it has taken another one meanwhile.
    Task {
        /// The task's id.
        id: String,
        /// Its version when this was written down.
        version: u32,
    },
    /// A service is looked at again.
    Service(ServiceId),
    /// A running task's health check has failed often enough.
    Unhealthy {
        /// The task's id.
        task: String,
    },
    /// An alarm looks for tasks that answer with errors.
    Errors {
        /// Its name.
        alarm: String,
    },
    /// ECS asks for the alarms of a deployment.
    PollAlarms {
        /// Whose.
        service: ServiceId,
        /// The deployment's id.
        deployment: String,
    },
    /// A deployment that was given up is rolled back.
    RollBack {
        /// Whose.
        service: ServiceId,
        /// The deployment's id.
        deployment: String,
        /// Why it was given up.
        cause: Cause,
    },
    /// A service deployment takes its next step.
    ServiceDeployment {
        /// Whose.
        service: ServiceId,
        /// Its id.
        id: String,
    },
    /// A stage of a service deployment that moves traffic may have ended.
    Shift {
        /// Whose.
        service: ServiceId,
        /// The service deployment's id.
        id: String,
    },
    /// A stopped task is no longer shown.
    Forget(String),
    /// A container instance has registered.
    Registered(String),
    /// A container instance is deregistered.
    Deregistered(String),
    /// A container instance that is no longer registered is no longer shown.
    ForgetInstance(String),
    /// Whoever drains an EC2 instance by itself does so now.
    Drain(String),
    /// Tasks that wait for room are looked at again.
    Room,
}

/// Steps in the order in which they happen; those of one moment in the order of writing.
#[derive(Debug, Default)]
pub(super) struct Agenda {
    written: u64,
    steps: BTreeMap<(Timestamp, u64), Step>,
}

impl Agenda {
    /// Writes down that `step` happens at `at`.
    pub(super) fn add(&mut self, at: Timestamp, step: Step) {
        self.written += 1;
        self.steps.insert((at, self.written), step);
    }

    /// When the next step happens.
    pub(super) fn due(&self) -> Option<Timestamp> {
        self.steps.first_key_value().map(|((at, _), _)| *at)
    }

    /// Takes the next step that is due by `now`.
    pub(super) fn pop(&mut self, now: Timestamp) -> Option<Step> {
        self.due().filter(|at| *at <= now)?;
        self.steps.pop_first().map(|(_, step)| step)
    }
}
