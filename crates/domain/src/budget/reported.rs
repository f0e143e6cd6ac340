//! Whether what is reported is the spend of this period at all.

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::blind::Blind;
use super::meter::LONGEST_GAP;
use super::verdict::{Case, LAG, VISIBLE, settling};

/// A spend that has fallen to more than so much of what it was has not fallen: refunds and
/// corrections take a little away. A choice; AWS says nothing of their size.
const HARDLY: Decimal = Decimal::from_parts(9, 0, 0, false, 1);

impl Case<'_> {
    /// The spend, if it is one of this period and not the zero that an edit leaves.
    pub(super) fn reported(&self) -> Result<Decimal, Blind> {
        match self.reading.actual {
            Some(spend) if !spend.is_zero() => match self.of_the_old_period(spend) {
                Some(blind) => Err(blind),
                None => Ok(spend),
            },
            zero => self.nothing(zero.is_some()),
        }
    }

    /// Whether the period began so recently that it may report nothing of its own.
    fn fresh(&self) -> bool {
        self.now.duration_since(self.reading.period.start) < settling(self.reading)
    }

    /// No spend is `reported`, or none at all: is that so?
    fn nothing(&self, reported: bool) -> Result<Decimal, Blind> {
        let began = self.reading.period.start;
        if let Some(edited) = self.edited_since_last() {
            let age = self.now.duration_since(edited);
            if age < settling(self.reading) {
                return Err(Blind::Edited { edited });
            }
        }
        let last = self.tally.last();
        let fell = last.is_some_and(|last| last.spend > Decimal::ZERO);
        if fell || self.should_have_shown() {
            return Err(Blind::NoSpend);
        }
        if !reported && self.must_show(began, self.now) {
            return Err(Blind::NewPeriod { began });
        }
        Ok(Decimal::ZERO)
    }

    /// Whether what ran for as long as billing may be behind would have to show by now. A short
    /// period may be over by then: what its predecessor did not show is counted with it.
    fn should_have_shown(&self) -> bool {
        let period = self.reading.period;
        let silent = self.tally.before.filter(|before| before.spend.is_zero());
        let silent = silent.filter(|_| period.length() < LAG);
        let since = silent.map_or(period.start, |before| before.at);
        let until = self.now.saturating_sub(LAG).unwrap_or(since);
        since < until && self.must_show(since, until)
    }

    /// Whether what is reported can still be the old period's, with its late charges: it has not
    /// fallen clearly, nothing lower was seen since the boundary, and no edit has set it to zero
    /// meanwhile. Late charges beyond what ran, and beyond the limit itself, are none.
    ///
    /// When it should have changed, was looked at all the time and has not risen either, billing stands
    /// still. A short period may have spent as much by then as the one before, so there it is taken for
    /// its own.
    fn of_the_old_period(&self, spend: Decimal) -> Option<Blind> {
        let period = self.reading.period;
        let began = period.start;
        let edited = self.reading.edited.is_some_and(|edited| edited >= began);
        let before = self.tally.before?;
        let own = edited || self.tally.last().is_some() || before.spend <= Decimal::ZERO;
        if own || has_fallen(spend, before.spend) {
            return None;
        }
        if !self.fresh() {
            let watched = self.tally.blind.is_some() && period.length() >= LAG * 2;
            let still = watched && spend <= before.spend;
            return still.then_some(Blind::Stale { since: before.at });
        }
        let (ran, limit) = (self.ran(began, began), self.reading.limit);
        let late = self.believed(ran, limit, ran.unseen > LONGEST_GAP);
        let old = spend <= before.spend.saturating_add(late);
        old.then_some(Blind::NewPeriod { began })
    }

    /// When it was edited, if nothing that could be believed was seen since then.
    fn edited_since_last(&self) -> Option<Timestamp> {
        let edited = self.reading.edited?;
        let before = self.tally.before.map(|before| before.at);
        let last = self.tally.last().map(|last| last.at).or(before);
        let recent = self.now.duration_since(edited) < settling(self.reading);
        last.map_or(recent, |last| edited >= last).then_some(edited)
    }

    /// Whether something ran from one moment to another that has to show, or nobody looked. What has
    /// no price may have cost nothing.
    pub(super) fn must_show(&self, from: Timestamp, to: Timestamp) -> bool {
        let bounds = self.meter.between(from, to);
        bounds.lower >= VISIBLE || bounds.unseen > LONGEST_GAP
    }
}

/// Whether a spend has fallen clearly.
pub(super) fn has_fallen(spend: Decimal, from: Decimal) -> bool {
    spend < from.saturating_mul(HARDLY)
}
