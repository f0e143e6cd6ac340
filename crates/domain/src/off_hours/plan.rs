//! The plan: everything to do, in order, with nothing left to choose.

use crate::announcement::Announcement;
use crate::arn::ServiceArn;
use crate::hours::Edge;
use crate::resting::{Errand, Reason, Subject};

/// What to do and why.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// What to do, most urgent first; each is independent of the others.
    pub errands: Vec<Errand>,
    /// What to tell people.
    pub announcements: Vec<Announcement>,
    /// What was decided about every service and group in scope, "nothing to do" included.
    pub verdicts: Vec<Verdict>,
    /// What a person asks for and is not to be, now or later.
    pub declined: Vec<Declined>,
}

/// A person's word that nothing follows from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declined {
    /// About which service.
    pub service: ServiceArn,
    /// Why, in words.
    pub why: String,
}

/// What was decided about one service or group.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// Which.
    pub subject: Subject,
    /// What, and why.
    pub reason: Reason,
    /// When that next changes by itself, as far as its tags say.
    pub next: Option<Edge>,
}
