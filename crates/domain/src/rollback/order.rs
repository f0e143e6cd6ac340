//! What a person says about rolling back.

use jiff::Timestamp;

use crate::arn::ServiceArn;

/// A person's word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// Who.
    pub by: String,
    /// Why.
    pub why: String,
    /// What is to be done.
    pub what: What,
}

/// What a person can say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// Roll a service back, whatever its tag says, after the same checks as ever.
    Rollback {
        /// Which.
        service: ServiceArn,
        /// To what: the ARN of a service revision or of a task definition, or the id of a
        /// deployment; none is what proved good last.
        to: Option<String>,
    },
    /// Nothing is rolled back until then, or until somebody says so.
    Freeze {
        /// Which service; none is all of them.
        service: Option<ServiceArn>,
        /// Until when, if it ends by itself.
        until: Option<Timestamp>,
    },
    /// Releases are rolled back again, and what was rolled back before does not count.
    Thaw {
        /// Which service; none ends what holds for all of them.
        service: Option<ServiceArn>,
    },
}

/// Nothing is rolled back while this lasts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Freeze {
    /// A person, or none if it was the guard against loops.
    pub by: Option<String>,
    /// Why.
    pub why: String,
    /// Since when.
    pub since: Timestamp,
    /// When it ends by itself, if it does.
    pub until: Option<Timestamp>,
}

impl Freeze {
    /// Whether it has ended by itself at `now`.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.until.is_some_and(|until| until <= now)
    }
}
