//! Which services stop first, and how many are enough.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use rust_decimal::Decimal;

use super::counted::Rate;
use super::meter::hours;
use crate::arn::ServiceArn;

/// A service that may be stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Which.
    pub service: ServiceArn,
    /// Its rank: low ranks go first.
    pub rank: u32,
    /// What it costs, with its part of the instances that go away with their last task.
    pub rate: Rate,
}

/// What is going to be spent until the period ends, if everything goes on as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Projection {
    /// What was spent, with what billing cannot have reported yet, in USD.
    pub spend: Decimal,
    /// What must not be exceeded, in USD.
    pub ceiling: Decimal,
    /// What everything together costs in an hour, as far as that is known, in USD.
    pub rate: Decimal,
    /// How much of the period is left.
    pub left: SignedDuration,
}

impl Projection {
    /// What will have been spent when the period ends, in USD.
    pub fn at_the_end(&self) -> Decimal {
        let rest = self.rate.saturating_mul(hours(self.left));
        self.spend.saturating_add(rest)
    }

    /// Whether that is within the ceiling.
    pub fn fits(&self) -> bool {
        self.at_the_end() <= self.ceiling
    }

    /// The same without something that costs so much in an hour.
    #[must_use]
    fn without(self, rate: Decimal) -> Self {
        Self {
            rate: self.rate.saturating_sub(rate).max(Decimal::ZERO),
            ..self
        }
    }
}

/// The candidates in the order in which they go: by rank, then the most expensive first, then by
/// name. One without a price counts as expensive as it can be.
pub fn in_order(mut candidates: Vec<Candidate>) -> Vec<Candidate> {
    candidates.sort_by(|one, other| {
        let by_rank = one.rank.cmp(&other.rank);
        by_rank
            .then(other.rate.upper.cmp(&one.rate.upper))
            .then(one.service.cmp(&other.service))
    });
    candidates
}

/// As few of the candidates as it takes, in their order, until what is projected fits; all of
/// those that cost something if it never does. What costs nothing would be stopped for nothing.
pub fn pick(candidates: Vec<Candidate>, projection: Projection) -> BTreeSet<ServiceArn> {
    let mut projection = projection;
    let mut picked = BTreeSet::new();
    for candidate in in_order(candidates) {
        if projection.fits() {
            break;
        }
        if candidate.rate.upper > Decimal::ZERO {
            projection = projection.without(candidate.rate.lower);
            picked.insert(candidate.service);
        }
    }
    picked
}
