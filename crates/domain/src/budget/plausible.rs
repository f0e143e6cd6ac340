//! Whether a rise can have been produced by what ran.

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::meter::{Bounds, LONGEST_GAP};
use super::reported::has_fallen;
use super::verdict::{Case, LAG, Verdict};

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

/// From where a spend is believed, and how far.
struct Belief {
    base: Decimal,
    believed: Decimal,
    counted: bool,
}

impl Belief {
    /// The largest spend that is believed, in USD.
    fn up_to(&self) -> Decimal {
        self.base.saturating_add(self.believed)
    }
}

impl Case<'_> {
    /// What ran from one moment to another, and as long before as billing may be behind.
    pub(super) fn ran(&self, from: Timestamp, to: Timestamp) -> Bounds {
        self.meter
            .between(from.saturating_sub(LAG).unwrap_or(from), to)
    }

    /// The largest rise that is believed where this ran, in USD.
    pub(super) fn believed(&self, ran: Bounds, limit: Decimal, unseen: bool) -> Decimal {
        let scale = if unseen { UNSEEN_SCALE } else { Decimal::ONE };
        let unmetered = limit.saturating_mul(scale).max(FLOOR);
        ran.upper.saturating_mul(FACTOR).saturating_add(unmetered)
    }

    /// Whether the spend rose more than what ran can have cost. What was believed once in this period
    /// stays so, and what could not be when it was first seen does not become true by waiting.
    pub(super) fn implausible(&self, spend: Decimal) -> Option<Verdict> {
        let readings = self.tally.readings.iter();
        let known = readings.map(|seen| seen.spend).max();
        if known.is_some_and(|known| spend <= known) {
            return None;
        }
        let doubted = self.tally.doubted;
        let doubted = doubted.filter(|one| !has_fallen(spend, one.spend));
        let still = doubted.filter(|one| self.beyond(one.spend.min(spend), one.at).is_some());
        self.beyond(spend, still.map_or(self.now, |one| one.at))
    }

    /// Whether so much cannot have been spent by a moment.
    fn beyond(&self, spend: Decimal, at: Timestamp) -> Option<Verdict> {
        let belief = self.belief(at);
        (spend > belief.up_to()).then(|| Verdict::Implausible {
            rise: spend.saturating_sub(belief.base),
            believed: belief.believed,
            counted: belief.counted,
        })
    }

    /// What is believed by a moment: from the last reading that was, whatever the limit is now. After
    /// an edit, which may change what is counted, also from nothing at the beginning of the period, as
    /// if there were no reading yet.
    fn belief(&self, at: Timestamp) -> Belief {
        let edited = self.reading.edited;
        let last = self.tally.last();
        let from_last = last.map(|last| self.belief_from(last.at, last.spend, at, false));
        let same = last.is_some_and(|last| edited.is_none_or(|edited| edited < last.at));
        let from_nothing = || self.belief_from(self.reading.period.start, Decimal::ZERO, at, true);
        match from_last {
            Some(from_last) if same => from_last,
            Some(from_last) => {
                let anew = from_nothing();
                if anew.up_to() > from_last.up_to() {
                    anew
                } else {
                    from_last
                }
            }
            None => from_nothing(),
        }
    }

    fn belief_from(&self, from: Timestamp, base: Decimal, at: Timestamp, anew: bool) -> Belief {
        let ran = self.ran(from, at);
        let unseen = anew || ran.unseen > LONGEST_GAP;
        Belief {
            base,
            believed: self.believed(ran, self.scale(), unseen),
            counted: !unseen,
        }
    }

    /// The scale that the owner lives in, in USD: who lowers a limit lives in the old one still.
    fn scale(&self) -> Decimal {
        let limits = self.tally.readings.iter().map(|seen| seen.limit);
        let ceiling = self.tally.ceiling(self.reading.limit);
        limits.fold(ceiling, Decimal::max)
    }
}
