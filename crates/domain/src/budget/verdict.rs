//! What a reading means: under, warn, over, implausible or blind.
//!
//! Billing can be wrong: on 16 to 18 July 2026 AWS's own estimates were too high by up to nine
//! orders of magnitude, and alerts went out for them (<https://news.ycombinator.com/item?id=48945241>).
//! So a rise is believed only if it can have been produced by what ran.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;

use super::blind::Blind;
use super::meter::Meter;
use super::moment::Policy;
use super::reading::Reading;
use super::tally::{Cause, Seen, Tally};

/// How far billing may be behind: data come up to three times a day, 8 to 12 hours after the
/// last, and a day's charges may arrive on the next.
/// Source: <https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-managing-costs.html>.
pub const LAG: SignedDuration = SignedDuration::from_hours(26);

/// Less than this in USD may have been spent without being reported: AWS shows cents.
pub const VISIBLE: Decimal = Decimal::from_parts(1, 0, 0, false, 2);

/// What a reading means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing to do.
    Under,
    /// People should know.
    Warn(BTreeSet<Cause>),
    /// The stop is reached.
    Over {
        /// Whether everything is spent, so that everything tagged `stop` stops; otherwise enough
        /// stops that the rest lasts.
        whole: bool,
    },
    /// The spend rose more than what ran can have cost.
    Implausible {
        /// By so many USD.
        rise: Decimal,
        /// At most this would be believed, in USD.
        believed: Decimal,
        /// Whether what ran was counted; otherwise the limit gave the scale.
        counted: bool,
    },
    /// It cannot be said.
    Blind(Blind),
}

impl Verdict {
    /// A short, stable name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Under => "under",
            Self::Warn(_) => "warn",
            Self::Over { .. } => "over",
            Self::Implausible { .. } => "implausible",
            Self::Blind(_) => "blind",
        }
    }

    /// Whether the reading it is about can be believed.
    pub fn believes(&self) -> bool {
        matches!(self, Self::Under | Self::Warn(_) | Self::Over { .. })
    }
}

/// Judges a reading of the period that `tally` is in.
pub fn judge(
    reading: &Reading,
    tally: &Tally,
    meter: &Meter,
    policy: &Policy,
    now: Timestamp,
) -> Verdict {
    let case = Case {
        reading,
        tally,
        meter,
        policy,
        now,
    };
    let spend = match case.reported() {
        Ok(spend) => spend,
        Err(blind) => return case.unreadable(blind),
    };
    let verdict = case.implausible(spend).or_else(|| case.over(spend));
    verdict.unwrap_or_else(|| match case.stale(spend) {
        Some(blind) => Verdict::Blind(blind),
        None => case.warn(spend),
    })
}

/// How long after its beginning (or an edit) a period may report nothing of its own: as long as
/// billing may be behind, or half of it.
pub(super) fn settling(reading: &Reading) -> SignedDuration {
    LAG.min(reading.period.length() / 2)
}

pub(super) struct Case<'a> {
    pub(super) reading: &'a Reading,
    pub(super) tally: &'a Tally,
    pub(super) meter: &'a Meter,
    pub(super) policy: &'a Policy,
    pub(super) now: Timestamp,
}

impl Case<'_> {
    /// What follows if it cannot be said what is spent. An edit hides the spend and takes nothing of
    /// it back: what was over stays over, unless the limit is above it now. What passes by itself
    /// does so in the time that billing may be behind.
    fn unreadable(&self, blind: Blind) -> Verdict {
        let edited = matches!(blind, Blind::Edited { .. });
        let last = self.tally.last().filter(|_| edited);
        let was = last.filter(|last| last.spend >= percent(self.policy.stop_percent, last.limit));
        if let Some(over) = was.and_then(|last| self.over(last.spend)) {
            return over;
        }
        let long = |since: &Timestamp| self.now.duration_since(*since) >= LAG;
        Verdict::Blind(match self.tally.blind.filter(long) {
            Some(since) if blind.passes() => Blind::Unread { since },
            _ => blind,
        })
    }

    /// Whether the stop is reached. What a person allowed beats the limit in both.
    fn over(&self, spend: Decimal) -> Option<Verdict> {
        let ceiling = self.tally.ceiling(self.reading.limit);
        let stop = percent(self.policy.stop_percent, self.reading.limit);
        let stop = match &self.tally.allowed {
            Some(_) => stop.max(ceiling),
            None => stop,
        };
        let spent = spend > Decimal::ZERO && spend >= stop;
        spent.then(|| Verdict::Over {
            whole: spend >= ceiling,
        })
    }

    /// Whether it should have changed by now. What is over stays over, however old it is.
    fn stale(&self, spend: Decimal) -> Option<Blind> {
        let last = self.tally.last().filter(|last| last.spend == spend)?;
        let since = self.first_with(last);
        let old = self.now.duration_since(since) >= LAG;
        (old && self.must_show(since, self.now)).then_some(Blind::Stale { since })
    }

    /// When this spend was first reported: an edit of the limit is no new data.
    fn first_with(&self, last: &Seen) -> Timestamp {
        let same = self.tally.readings.iter().rev();
        let same = same.take_while(|seen| seen.spend == last.spend);
        same.last().map_or(last.at, |seen| seen.at)
    }

    fn warn(&self, spend: Decimal) -> Verdict {
        let ceiling = self.tally.ceiling(self.reading.limit);
        let line = percent(self.policy.warn_percent, self.reading.limit);
        let forecast = self.reading.forecast;
        let last = self.tally.last().filter(|last| last.spend == spend);
        let since = last.map_or(self.now, |last| self.first_with(last));
        let metered = spend.saturating_add(self.meter.between(since, self.now).lower);
        let causes = [
            (Cause::Actual, spend > Decimal::ZERO && spend >= line),
            (
                Cause::Forecast,
                forecast.is_some_and(|forecast| forecast >= ceiling && forecast > Decimal::ZERO),
            ),
            (Cause::Metered, metered > ceiling),
        ];
        let causes: BTreeSet<Cause> = causes
            .into_iter()
            .filter_map(|(cause, so)| so.then_some(cause))
            .collect();
        if causes.is_empty() {
            Verdict::Under
        } else {
            Verdict::Warn(causes)
        }
    }
}

fn percent(percent: Decimal, of: Decimal) -> Decimal {
    of.saturating_mul(percent) / Decimal::ONE_HUNDRED
}
