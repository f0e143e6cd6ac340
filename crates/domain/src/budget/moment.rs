//! What a decision depends on beside what was observed.

use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;

use crate::concern::Origin;

/// The rules of this installation, from the template's parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// People are warned when so many hundredths of the limit are spent.
    pub warn_percent: Decimal,
    /// Services stop when so many hundredths of the limit are spent.
    pub stop_percent: Decimal,
    /// How long people have to veto a stop.
    pub grace: SignedDuration,
    /// How often a service that something raised while it was stopped is put down again.
    pub put_down_again: u8,
    /// The topics whose messages count, by ARN.
    pub topics: Vec<String>,
    /// The name of the deployed function, for commands to paste.
    pub function: String,
}

impl Default for Policy {
    /// Warn at 80 %, stop at 100 %, no grace, put down again three times.
    fn default() -> Self {
        Self {
            warn_percent: Decimal::from(80),
            stop_percent: Decimal::ONE_HUNDRED,
            grace: SignedDuration::ZERO,
            put_down_again: 3,
            topics: Vec::new(),
            function: "caretaker-budget-guard".to_owned(),
        }
    }
}

/// The rules, where it is, and when.
#[derive(Clone, Copy, Debug)]
pub struct Moment<'a> {
    /// The rules of this installation.
    pub policy: &'a Policy,
    /// The account whose budgets are watched.
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
