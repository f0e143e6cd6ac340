//! The plan: everything to do, in order, with nothing left to choose.

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::answer::Answer;
use super::name::BudgetName;
use super::tally::Tally;
use super::verdict::Verdict;
use crate::announcement::{Announcement, ConcernKey};
use crate::arn::ServiceArn;
use crate::hold::Hold;
use crate::rest::Version;

/// What to do and why.
///
/// The records come first. If one of them is refused because another run was quicker, nothing
/// else of the plan is done: the other run does it, or the next one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// What to write into the ledger.
    pub records: Vec<Record>,
    /// What becomes of services, in the order in which they go.
    pub changes: Vec<Change>,
    /// What to tell people.
    pub announcements: Vec<Announcement>,
    /// What was told and is over without anybody needing to know.
    pub forgotten: Vec<ConcernKey>,
    /// What was decided about every budget, "nothing to do" included.
    pub verdicts: Vec<Decided>,
    /// What the person who asked is told.
    pub answer: Option<Answer>,
}

/// A write of a budget's tally.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// Whose.
    pub budget: BudgetName,
    /// The tally; none closes it.
    pub tally: Option<Box<Tally>>,
    /// The version that has to be there (none: if there is none).
    pub replaces: Option<Version>,
}

/// What becomes of one service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Which.
    pub service: ServiceArn,
    /// What.
    pub what: Becomes,
}

/// What can become of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Becomes {
    /// It is held for the budget and put to rest; or that is ended, where a run died over it.
    Held(Hold),
    /// It is put down again: something raised it.
    PutDownAgain(Hold),
    /// It stays as it is, and its hold says something else.
    Reworded(Hold),
    /// The hold for the budget is lifted; it wakes if nothing else holds it.
    Lifted,
}

/// What was decided about one budget.
#[derive(Clone, Debug, PartialEq)]
pub struct Decided {
    /// Which.
    pub budget: BudgetName,
    /// What its reading means.
    pub verdict: Verdict,
    /// What follows, and why.
    pub reason: Reason,
    /// What was spent, as far as it could be believed, in USD.
    pub spend: Option<Decimal>,
    /// What must not be exceeded, in USD.
    pub ceiling: Option<Decimal>,
}

/// Every answer that a decision about one budget can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Nothing has happened.
    Armed,
    /// People were warned.
    Warned,
    /// It is over, and people have until then to veto the stop.
    InGrace {
        /// Until when.
        until: Timestamp,
    },
    /// It is over, and a person wants nothing stopped until then.
    Vetoed {
        /// Until when.
        until: Timestamp,
    },
    /// Services stop.
    Stops,
    /// Services are being put to rest.
    Stopping,
    /// Services are at rest.
    Stopped,
    /// The period is over; its successor's own spend has not been seen.
    WaitsForProof,
    /// Services get back what they had.
    Restores,
    /// Services are getting back what they had.
    Restoring,
    /// What is reported cannot be, so nothing follows from it.
    NotBelieved,
    /// Nothing can be said, so nothing changes.
    Blind,
    /// It is not configured any more.
    NotWatched,
    /// The suite is about to be deleted.
    Closing,
}

impl Reason {
    /// A short, stable name for logs, the journal and alarms.
    pub fn name(self) -> &'static str {
        match self {
            Self::Armed => "armed",
            Self::Warned => "warned",
            Self::InGrace { .. } => "in-grace",
            Self::Vetoed { .. } => "vetoed",
            Self::Stops => "stops",
            Self::Stopping => "stopping",
            Self::Stopped => "stopped",
            Self::WaitsForProof => "waits-for-proof",
            Self::Restores => "restores",
            Self::Restoring => "restoring",
            Self::NotBelieved => "not-believed",
            Self::Blind => "blind",
            Self::NotWatched => "not-watched",
            Self::Closing => "closing",
        }
    }
}
