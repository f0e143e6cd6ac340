//! What a reading means: under, warn, over, implausible or blind.
//!
//! Billing can be wrong: on 16 to 18 July 2026 AWS's own estimates were too high by up to nine
//! orders of magnitude, and alerts went out for them (<https://news.ycombinator.com/item?id=48945241>).
//! So a rise is believed only if it can have been produced by what ran.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;

use super::meter::{Bounds, LONGEST_GAP, Meter};
use super::moment::Policy;
use super::reading::{Blind, Reading};
use super::tally::{Cause, Seen, Tally};

/// How far billing may be behind: data come up to three times a day, 8 to 12 hours after the
/// last, and a day's charges may arrive on the next.
/// Source: <https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-managing-costs.html>.
pub const LAG: SignedDuration = SignedDuration::from_hours(26);

/// So many times what our meter says at most is still believed. It does not see traffic, requests
/// and storage operations, which in a stack of containers cost about as much as the containers;
/// five leaves room for twice that and a wrong price.
pub const FACTOR: Decimal = Decimal::from_parts(5, 0, 0, false, 0);

/// A rise of so many USD needs no explanation, and neither does one of the limit itself: a budget
/// may be spent by what our meter does not see, and its owner asked for a stop at the limit, not
/// for an argument about it.
pub const FLOOR: Decimal = Decimal::from_parts(5, 0, 0, false, 0);

/// Where nobody metered (the first reading, an outage of ours, an edit that changes what is
/// counted), so many times the limit is believed: a limit tells the scale its owner lives in.
pub const UNSEEN_SCALE: Decimal = Decimal::TEN;

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
        Err(blind) => return Verdict::Blind(blind),
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

struct Case<'a> {
    reading: &'a Reading,
    tally: &'a Tally,
    meter: &'a Meter,
    policy: &'a Policy,
    now: Timestamp,
}

impl Case<'_> {
    /// The spend, if it is one of this period and not the zero that an edit leaves.
    fn reported(&self) -> Result<Decimal, Blind> {
        let began = self.reading.period.start;
        let fresh = self.now.duration_since(began) < settling(self.reading);
        match self.reading.actual {
            Some(spend) if !spend.is_zero() => {
                if fresh && self.of_the_old_period(spend) {
                    return Err(Blind::NewPeriod { began });
                }
                Ok(spend)
            }
            zero => self.nothing(zero.is_some(), fresh),
        }
    }

    /// No spend is `reported`, or none at all: is that so?
    fn nothing(&self, reported: bool, fresh: bool) -> Result<Decimal, Blind> {
        let began = self.reading.period.start;
        if let Some(edited) = self.edited_since_last() {
            let age = self.now.duration_since(edited);
            if age < settling(self.reading) {
                return Err(Blind::Edited { edited });
            }
        }
        let last = self.tally.last();
        let fell = last.is_some_and(|last| last.spend > Decimal::ZERO);
        if fell || (!fresh && self.must_show(began)) {
            return Err(Blind::NoSpend);
        }
        if !reported && self.must_show(began) {
            return Err(Blind::NewPeriod { began });
        }
        Ok(Decimal::ZERO)
    }

    /// Whether what is reported can still be the old period's, with its late charges: it has not
    /// fallen, nothing lower was seen since the boundary, and no edit has set it to zero meanwhile.
    /// Late charges beyond what ran, and beyond the limit itself, are none.
    fn of_the_old_period(&self, spend: Decimal) -> bool {
        let start = self.reading.period.start;
        let edited = self.reading.edited.is_some_and(|edited| edited >= start);
        let Some(before) = self.tally.before else {
            return false;
        };
        if edited || self.tally.last().is_some() || before.spend <= Decimal::ZERO {
            return false;
        }
        let (ran, limit) = (self.ran(start, start), self.reading.limit);
        let late = self.believed(ran, limit, ran.unseen > LONGEST_GAP);
        (before.spend..=before.spend.saturating_add(late)).contains(&spend)
    }

    /// What ran from one moment to another, and as long before as billing may be behind.
    fn ran(&self, from: Timestamp, to: Timestamp) -> Bounds {
        self.meter
            .between(from.saturating_sub(LAG).unwrap_or(from), to)
    }

    /// The largest rise that is believed where this ran, in USD.
    fn believed(&self, ran: Bounds, limit: Decimal, unseen: bool) -> Decimal {
        let scale = if unseen { UNSEEN_SCALE } else { Decimal::ONE };
        let unmetered = limit.saturating_mul(scale).max(FLOOR);
        ran.upper.saturating_mul(FACTOR).saturating_add(unmetered)
    }

    /// When it was edited, if nothing that could be believed was seen since then.
    fn edited_since_last(&self) -> Option<Timestamp> {
        let edited = self.reading.edited?;
        let before = self.tally.before.map(|before| before.at);
        let last = self.tally.last().map(|last| last.at).or(before);
        let recent = self.now.duration_since(edited) < settling(self.reading);
        last.map_or(recent, |last| edited >= last).then_some(edited)
    }

    /// Whether something has run since then that would have to show, or nobody looked.
    fn must_show(&self, since: Timestamp) -> bool {
        let bounds = self.meter.between(since, self.now);
        bounds.upper >= VISIBLE || bounds.unseen > LONGEST_GAP
    }

    /// Whether the spend rose more than what ran can have cost.
    ///
    /// It is compared with the last reading that was believed. Without one, or with one from
    /// before an edit, it is compared with nothing at the beginning of the period, and the limit
    /// gives the scale.
    fn implausible(&self, spend: Decimal) -> Option<Verdict> {
        let edited = self.reading.edited;
        let last = self.tally.last();
        let last = last.filter(|last| edited.is_none_or(|edited| edited < last.at));
        let (from, base) = last.map_or((self.reading.period.start, Decimal::ZERO), |last| {
            (last.at, last.spend)
        });
        let ran = self.ran(from, self.now);
        let rise = spend.saturating_sub(base);
        let limit = self.tally.ceiling(self.reading.limit);
        let unseen = last.is_none() || ran.unseen > LONGEST_GAP;
        let believed = self.believed(ran, limit, unseen);
        (rise > believed).then_some(Verdict::Implausible { rise, believed })
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
        (old && self.must_show(since)).then_some(Blind::Stale { since })
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
