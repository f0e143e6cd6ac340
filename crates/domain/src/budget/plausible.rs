//! Whether a rise can have been produced by what ran.

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::meter::{Bounds, LONGEST_GAP};
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

    /// Whether the spend rose more than what ran can have cost.
    ///
    /// It is compared with the last reading that was believed. Without one, or with one from
    /// before an edit, it is compared with nothing at the beginning of the period, and the limit
    /// gives the scale.
    pub(super) fn implausible(&self, spend: Decimal) -> Option<Verdict> {
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
}
