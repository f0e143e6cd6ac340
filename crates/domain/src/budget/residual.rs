//! What still costs money after a stop.

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::counted::{Counted, Rate};
use super::meter::hours;
use super::money::{usd, usd_per_hour};
use super::period::Period;

/// What still costs money when everything that may be stopped is stopped.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Residual {
    /// What, dearest first; what has no price comes last.
    pub lines: Vec<Counted>,
}

impl Residual {
    /// Of what was counted, what there is any of.
    pub fn of(counted: impl IntoIterator<Item = Counted>) -> Self {
        let mut lines: Vec<Counted> = counted.into_iter().filter(|one| one.count > 0).collect();
        lines.sort_by(|one, other| {
            let known = other.hour.is_some().cmp(&one.hour.is_some());
            let dearest = other.rate().lower.cmp(&one.rate().lower);
            known.then(dearest).then(one.name.cmp(&other.name))
        });
        Self { lines }
    }

    /// What of it is known to cost, in USD per hour.
    pub fn known(&self) -> Decimal {
        Rate::of(&self.lines).lower
    }

    /// What of it has no price, in words.
    pub fn unknown(&self) -> Vec<String> {
        let unknown = self.lines.iter().filter(|line| line.hour.is_none());
        unknown.map(Counted::shown).collect()
    }

    /// What it is known to cost from `from` until the period ends, in USD.
    pub fn until_end(&self, period: Period, from: Timestamp) -> Decimal {
        self.known().saturating_mul(hours(period.left(from)))
    }

    /// `0.0225 USD per hour, 6.21 USD until the period ends (1 × load balancers); unknown: 2 × EBS
    /// volumes`.
    pub fn shown(&self, period: Period, now: Timestamp) -> String {
        if self.lines.is_empty() {
            return "nothing that we know of".to_owned();
        }
        let known = self.lines.iter().filter(|line| line.hour.is_some());
        let known: Vec<String> = known.map(Counted::shown).collect();
        let mut parts = Vec::new();
        if !known.is_empty() {
            parts.push(format!(
                "{}, {} until the period ends ({})",
                usd_per_hour(self.known()),
                usd(self.until_end(period, now)),
                some_of(&known)
            ));
        }
        let unknown = self.unknown();
        if !unknown.is_empty() {
            parts.push(format!("unknown: {}", some_of(&unknown)));
        }
        parts.join("; ")
    }
}

/// The first few, and how many more there are.
pub(super) fn some_of(names: &[String]) -> String {
    const SHOWN: usize = 6;
    let mut shown = names
        .iter()
        .take(SHOWN)
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    if names.len() > SHOWN {
        shown.push_str(&format!(" and {} more", names.len() - SHOWN));
    }
    shown
}
