//! Where a budget has got to in its period, and what it stopped.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use rust_decimal::Decimal;

use crate::arn::ServiceArn;

/// Where a budget has got to in its period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Nothing has happened.
    Armed,
    /// People were warned.
    Warned,
    /// Services are being put to rest.
    Stopping(Stop),
    /// They are at rest.
    Stopped(Stop),
    /// They get back what they had.
    Restoring(Restore),
}

/// What a budget stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stop {
    /// Since when.
    pub since: Timestamp,
    /// The end of the period in which it stopped them: no restore by itself before it.
    pub period_end: Timestamp,
    /// The most that was believed to be spent in that period, in USD: a spend that is lower is that of
    /// another one.
    pub spend: Decimal,
    /// Which services; none is everything tagged `stop`, whatever that is now.
    pub picked: Option<BTreeSet<ServiceArn>>,
    /// Those that somebody or something raised meanwhile, and what was decided about each.
    pub again: BTreeMap<ServiceArn, Again>,
}

/// A service that somebody or something raised while it was stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Again {
    /// How often it was to be put down again.
    pub times: u8,
    /// What was decided last.
    pub treatment: Treatment,
    /// When that was decided.
    pub at: Timestamp,
}

/// What is done about a service that somebody or something raised while it was stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Treatment {
    /// Its deployment is waited for.
    Waited,
    /// It is put down again.
    PutDown,
    /// It was raised too often: it is left alone, and people are told.
    LeftAlone,
}

/// A stop that ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restore {
    /// Since when.
    pub since: Timestamp,
    /// Why.
    pub why: Why,
}

/// Why a stop ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// A new period began, and its own, lower spend was seen.
    NewPeriod {
        /// That spend, in USD.
        spend: Decimal,
    },
    /// A person said so.
    Person {
        /// Who.
        by: String,
        /// Why.
        why: String,
    },
    /// The owner took the budget away from us.
    NotWatched,
}

impl State {
    /// A short, stable name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Armed => "armed",
            Self::Warned => "warned",
            Self::Stopping(_) => "stopping",
            Self::Stopped(_) => "stopped",
            Self::Restoring(_) => "restoring",
        }
    }
}

impl Treatment {
    /// A short, stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Waited => "waited",
            Self::PutDown => "put-down",
            Self::LeftAlone => "left-alone",
        }
    }
}
