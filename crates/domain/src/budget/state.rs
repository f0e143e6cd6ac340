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
    /// What was spent at that time, in USD.
    pub spend: Decimal,
    /// Which services; none is everything tagged `stop`, whatever that is now.
    pub picked: Option<BTreeSet<ServiceArn>>,
    /// How often each was put down again because somebody or something raised it.
    pub again: BTreeMap<ServiceArn, u8>,
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
