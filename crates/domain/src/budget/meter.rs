//! Our own meter: what ran, times what it costs, as a lower and an upper bound.
//!
//! It knows nothing of billing, so it can contradict it. It sees tasks, instances and what stands
//! beside them; not requests, not traffic, not other services.

use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;

use super::counted::{Counted, Rate};

/// How long a sample stands for what ran. They come hourly; two may be lost.
pub const LONGEST_GAP: SignedDuration = SignedDuration::from_hours(3);

/// What ran at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// When it was counted.
    pub at: Timestamp,
    /// What it cost in an hour.
    pub rate: Rate,
    /// What had no price, in words.
    pub unpriced: Vec<String>,
}

/// What can have been spent between two instants, in USD.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bounds {
    /// At least.
    pub lower: Decimal,
    /// At most, as far as somebody looked.
    pub upper: Decimal,
    /// For how long nobody looked.
    pub unseen: SignedDuration,
}

/// The samples, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Meter {
    samples: Vec<Sample>,
}

impl Sample {
    /// What ran at `at`.
    pub fn of(counted: &[Counted], at: Timestamp) -> Self {
        let unpriced = |thing: &&Counted| thing.hour.is_none() && thing.count > 0;
        Self {
            at,
            rate: Rate::of(counted),
            unpriced: counted
                .iter()
                .filter(unpriced)
                .map(Counted::shown)
                .collect(),
        }
    }
}

impl Meter {
    /// The meter with these samples, in any order.
    pub fn of(mut samples: Vec<Sample>) -> Self {
        samples.sort_by_key(|sample| sample.at);
        Self { samples }
    }

    /// The newest sample.
    pub fn newest(&self) -> Option<&Sample> {
        self.samples.last()
    }

    /// What can have been spent from `from` to `to`. Between two samples at least the lower and
    /// at most the higher rate ran; a sample stands for [`LONGEST_GAP`] where none follows. Time
    /// that nobody looked at adds nothing to either bound and is counted as unseen: whoever asks
    /// has to say what may have run in it.
    pub fn between(&self, from: Timestamp, to: Timestamp) -> Bounds {
        let mut bounds = Bounds::default();
        let mut seen = SignedDuration::ZERO;
        for (position, sample) in self.samples.iter().enumerate() {
            let next = self.samples.get(position + 1);
            let close = next.filter(|next| next.at.duration_since(sample.at) <= LONGEST_GAP);
            let stands = sample.at.saturating_add(LONGEST_GAP).unwrap_or(sample.at);
            let until = next.map_or(stands, |next| next.at.min(stands));
            let span = until.min(to).duration_since(sample.at.max(from));
            if span <= SignedDuration::ZERO {
                continue;
            }
            let other = close.map_or(sample.rate, |next| next.rate);
            let hours = hours(span);
            let lower = sample.rate.lower.min(other.lower).saturating_mul(hours);
            let upper = sample.rate.upper.max(other.upper).saturating_mul(hours);
            bounds.lower = bounds.lower.saturating_add(lower);
            bounds.upper = bounds.upper.saturating_add(upper);
            seen += span;
        }
        let whole = to.duration_since(from).max(SignedDuration::ZERO);
        bounds.unseen = (whole - seen).max(SignedDuration::ZERO);
        bounds
    }
}

/// A span in hours, to the second.
pub(super) fn hours(span: SignedDuration) -> Decimal {
    Decimal::from(span.as_secs().max(0)) / Decimal::from(3_600)
}
