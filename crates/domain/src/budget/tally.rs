//! The tally: what the ledger remembers of one budget, in its period.
//!
//! Every write of it is conditional on [`Tally::version`], so of two runs that decided on the
//! same tally one is refused. It is written before the holds that follow from it are placed or
//! lifted: whatever crashes, the next run reads the intent and goes on.

use std::collections::BTreeSet;

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::period::Period;
use super::reading::Reading;
use super::reported::has_fallen;
use super::state::{State, Stop};
use crate::rest::Version;

/// How many readings are remembered: with three changes a day, more than a fortnight.
pub const READINGS: usize = 48;

/// What the ledger remembers of one budget.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// The period that it is about.
    pub period: Period,
    /// Where the budget has got to in it.
    pub state: State,
    /// Readings that could be believed, oldest first: one for each change.
    pub readings: Vec<Seen>,
    /// The last reading of the period before, if there was one.
    pub before: Option<Before>,
    /// The spend that cannot be, while one is reported.
    pub doubted: Option<Doubted>,
    /// Since when nothing can be believed, while nothing can.
    pub blind: Option<Timestamp>,
    /// Why people were warned in this period.
    pub warned: BTreeSet<Cause>,
    /// When the grace before a stop ends, once it has begun.
    pub grace: Option<Timestamp>,
    /// A person's word that nothing is stopped until a moment.
    pub veto: Option<Veto>,
    /// A person's word that so much may be spent in this period.
    pub allowed: Option<Allowed>,
    /// The limit when it was last read, in USD.
    pub limit: Decimal,
    /// How that limit last changed in this period.
    pub limit_change: Option<LimitChange>,
    /// The version that a write must find.
    pub version: Version,
}

/// A reading, as it is remembered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// When it was first seen.
    pub at: Timestamp,
    /// What was spent, in USD.
    pub spend: Decimal,
    /// What AWS forecast, in USD.
    pub forecast: Option<Decimal>,
    /// The limit, in USD.
    pub limit: Decimal,
    /// When the budget had last been edited.
    pub edited: Option<Timestamp>,
}

/// The last that was seen of the period before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Before {
    /// When it was seen.
    pub at: Timestamp,
    /// What was spent, in USD.
    pub spend: Decimal,
}

/// A spend that cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Doubted {
    /// When it was first seen.
    pub at: Timestamp,
    /// What was reported, in USD.
    pub spend: Decimal,
}

/// Why people are warned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// So much of the limit is spent.
    Actual,
    /// AWS forecasts that the limit will be exceeded.
    Forecast,
    /// By our own meter the limit is exceeded already, though AWS does not report it yet.
    Metered,
}

/// A person's word that nothing is stopped until a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Veto {
    /// Who.
    pub by: String,
    /// Why.
    pub why: String,
    /// Until when.
    pub until: Timestamp,
}

/// A person's word that so much may be spent in this period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allowed {
    /// Up to what, in USD: the spend at that time and what the person added.
    pub up_to: Decimal,
    /// Who.
    pub by: String,
    /// Why.
    pub why: String,
}

/// A limit that changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimitChange {
    /// What it was, in USD.
    pub from: Decimal,
    /// What it is, in USD.
    pub to: Decimal,
    /// When that was seen.
    pub at: Timestamp,
}

impl Tally {
    /// The tally of a budget that is seen for the first time.
    pub fn first(reading: &Reading, now: Timestamp) -> Self {
        Self {
            period: reading.period,
            state: State::Armed,
            readings: Vec::new(),
            before: None,
            doubted: None,
            blind: None,
            warned: BTreeSet::new(),
            grace: None,
            veto: None,
            allowed: None,
            limit: reading.limit,
            limit_change: None,
            version: Version::first(now),
        }
    }

    /// The last reading that could be believed in this period.
    pub fn last(&self) -> Option<&Seen> {
        self.readings.last()
    }

    /// What is stopped, if anything is.
    pub fn stop(&self) -> Option<&Stop> {
        match &self.state {
            State::Stopping(stop) | State::Stopped(stop) => Some(stop),
            State::Armed | State::Warned | State::Restoring(_) => None,
        }
    }

    /// What must not be exceeded: the limit, or what a person allowed if that is more.
    pub fn ceiling(&self, limit: Decimal) -> Decimal {
        let allowed = self.allowed.as_ref();
        allowed.map_or(limit, |allowed| limit.max(allowed.up_to))
    }

    /// The same tally in another period. What is stopped stays so, a veto runs on, and so does the
    /// time in which nothing can be believed; readings, warnings, a grace and what a person allowed
    /// belong to their period. One that only ends at another time is the same period.
    ///
    /// The last spend is handed on only if the period really is a later one: somebody who makes a
    /// monthly budget a daily one changes what its spend means.
    #[must_use]
    pub fn rolled(&self, period: Period) -> Self {
        if period.start == self.period.start {
            return Self {
                period,
                ..self.clone()
            };
        }
        let later = period.start >= self.period.end;
        let last = self.last().filter(|_| later);
        Self {
            period,
            state: match &self.state {
                State::Warned => State::Armed,
                state => state.clone(),
            },
            readings: Vec::new(),
            before: last.map(|last| Before {
                at: last.at,
                spend: last.spend,
            }),
            doubted: None,
            warned: BTreeSet::new(),
            grace: None,
            allowed: None,
            limit_change: None,
            ..self.clone()
        }
    }

    /// With a spend that cannot be. One that is still reported, or has hardly fallen, is as old as it
    /// was.
    pub(super) fn doubt(&mut self, spend: Decimal, now: Timestamp) {
        let still = self
            .doubted
            .is_some_and(|one| !has_fallen(spend, one.spend));
        if !still {
            self.doubted = Some(Doubted { at: now, spend });
        }
    }

    /// With a reading that could be believed; one that says what the last one said is not
    /// remembered again.
    pub(super) fn remember(&mut self, reading: &Reading, spend: Decimal, now: Timestamp) {
        let seen = Seen {
            at: now,
            spend,
            forecast: reading.forecast,
            limit: reading.limit,
            edited: reading.edited,
        };
        let same = |last: &Seen| {
            Seen {
                at: now,
                ..last.clone()
            } == seen
        };
        if !self.last().is_some_and(same) {
            self.readings.push(seen);
        }
        let surplus = self.readings.len().saturating_sub(READINGS);
        self.readings.drain(..surplus);
    }
}

impl Cause {
    /// A short, stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Actual => "actual",
            Self::Forecast => "forecast",
            Self::Metered => "metered",
        }
    }
}
