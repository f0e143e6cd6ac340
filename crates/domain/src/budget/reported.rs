//! Whether what is reported is the spend of this period at all.

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::blind::Blind;
use super::meter::LONGEST_GAP;
use super::verdict::{Case, VISIBLE, settling};

impl Case<'_> {
    /// The spend, if it is one of this period and not the zero that an edit leaves.
    pub(super) fn reported(&self) -> Result<Decimal, Blind> {
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

    /// When it was edited, if nothing that could be believed was seen since then.
    fn edited_since_last(&self) -> Option<Timestamp> {
        let edited = self.reading.edited?;
        let before = self.tally.before.map(|before| before.at);
        let last = self.tally.last().map(|last| last.at).or(before);
        let recent = self.now.duration_since(edited) < settling(self.reading);
        last.map_or(recent, |last| edited >= last).then_some(edited)
    }

    /// Whether something has run since then that would have to show, or nobody looked.
    pub(super) fn must_show(&self, since: Timestamp) -> bool {
        let bounds = self.meter.between(since, self.now);
        bounds.upper >= VISIBLE || bounds.unseen > LONGEST_GAP
    }
}
