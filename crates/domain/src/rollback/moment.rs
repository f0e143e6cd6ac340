//! What a decision depends on beside what was observed.

use jiff::{SignedDuration, Timestamp};

use crate::concern::Origin;

/// The rules of this installation, from the template's parameters. Every default is a choice of
/// ours; where AWS publishes something that it follows from, that is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// How long a deployment is watched after it is complete.
    pub window: SignedDuration,
    /// How long a deployment that failed is left to ECS where ECS rolls back: FAILED shows for a
    /// moment before the rollback begins.
    pub patience: SignedDuration,
    /// How long an alarm has to stay red before anything is done about it, because alarms flap.
    pub settle: SignedDuration,
    /// So many tasks, at least, end by themselves in a crash loop: as few as the circuit breaker
    /// ever counts.
    pub crashes: u32,
    /// How far back tasks that ended count.
    pub crash_window: SignedDuration,
    /// How long a deployment that nothing watches may be in progress before tasks that end are a
    /// crash loop.
    pub slow: SignedDuration,
    /// How long what came back has to prove.
    pub prove: SignedDuration,
    /// How long another run keeps away from what one has begun: longer than the function may run.
    pub claim: SignedDuration,
    /// How long an intent may be carried out.
    pub life: SignedDuration,
    /// Services that fail, and releases that begin, within this time are taken for one event.
    pub together: SignedDuration,
    /// So many rollbacks of one service within 24 hours are all there are.
    pub acts: usize,
    /// How many attempts of the past are looked at for something good.
    pub history: usize,
    /// How long alarms that cannot be read keep a watch open beyond its window.
    pub unread: SignedDuration,
    /// The name of the deployed function, for commands to paste.
    pub function: String,
}

impl Default for Policy {
    /// 15 minutes of watching, a minute of patience with ECS and with alarms, crash loops of 3 tasks
    /// within 20 minutes, 15 minutes to prove, 2 rollbacks a day.
    fn default() -> Self {
        Self {
            window: SignedDuration::from_mins(15),
            patience: SignedDuration::from_secs(60),
            settle: SignedDuration::from_secs(60),
            crashes: 3,
            crash_window: SignedDuration::from_mins(20),
            slow: SignedDuration::from_mins(5),
            prove: SignedDuration::from_mins(15),
            claim: SignedDuration::from_mins(2),
            life: SignedDuration::from_mins(10),
            together: SignedDuration::from_mins(10),
            acts: 2,
            history: 10,
            unread: SignedDuration::from_hours(1),
            function: "caretaker-deploy-rollback".to_owned(),
        }
    }
}

/// The rules, where it is, and when.
#[derive(Clone, Copy, Debug)]
pub struct Moment<'a> {
    /// The rules of this installation.
    pub policy: &'a Policy,
    /// The account of the services.
    pub account: &'a str,
    /// The Region of the services.
    pub region: &'a str,
    /// Now.
    pub now: Timestamp,
}

impl<'a> Moment<'a> {
    /// Where and when people are told.
    pub(super) fn origin(self) -> Origin<'a> {
        Origin {
            account: self.account,
            region: self.region,
            now: self.now,
        }
    }
}
