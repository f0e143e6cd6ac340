//! The plan: everything to do, in order, with nothing left to choose.

use super::case::{How, Target};
use super::names::DeploymentId;
use super::order::Freeze;
use super::reason::Reason;
use super::record::Record;
use crate::announcement::{Announcement, ConcernKey};
use crate::arn::ServiceArn;
use crate::rest::Version;

/// What to do and why, in the order in which it is done.
///
/// The records come first. What another run was quicker with is left out of everything that follows:
/// no act and no announcement about a service whose record was refused; the next round says what is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// What to write into the ledger, intents among it.
    pub records: Vec<RecordWrite>,
    /// What becomes of the freeze that holds for every service, if that changes.
    pub freeze: Option<FreezeWrite>,
    /// The rollbacks, each after its record was written.
    pub acts: Vec<Act>,
    /// What to tell people.
    pub announcements: Vec<Announcement>,
    /// What was told and is over without anybody needing to know.
    pub forgotten: Vec<ConcernKey>,
    /// Whether a look every minute is needed; none leaves that as it is. Whoever switches it off
    /// looks into the ledger once more afterwards, and on again if a record is open.
    pub ticking: Option<bool>,
    /// What was decided about every service that was heard of or looked at, "nothing to do"
    /// included.
    pub verdicts: Vec<Decided>,
}

/// A write of a service's record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordWrite {
    /// Whose.
    pub service: ServiceArn,
    /// The record.
    pub record: Box<Record>,
    /// The version that has to be there (none: if there is none).
    pub replaces: Option<Version>,
}

/// A write of the freeze that holds for every service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FreezeWrite {
    /// The freeze; none ends it.
    pub freeze: Option<Freeze>,
}

/// Roll a service back, once.
///
/// Right before it the service is read again: unless `expects` is still its PRIMARY deployment,
/// nothing is done. ECS has no condition for that, so the time between
/// the two is kept short and what came of it is looked at afterwards. The desired count is never
/// sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// Which.
    pub service: ServiceArn,
    /// The deployment that is rolled back, which still has to be there.
    pub expects: DeploymentId,
    /// What comes back.
    pub target: Target,
    /// How.
    pub how: How,
}

/// What was decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// About which service; none is all of them.
    pub about: Option<ServiceArn>,
    /// What, and why.
    pub reason: Reason,
}
