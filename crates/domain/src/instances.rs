//! The instances of an Auto Scaling group, as far as their price goes.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

/// How many instances there are of each type, such as `m6i.large`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Instances(BTreeMap<String, u32>);

impl Instances {
    /// How many there are in all.
    pub fn count(&self) -> u32 {
        self.0
            .values()
            .fold(0, |sum, count| sum.saturating_add(*count))
    }

    /// The types, and how many there are of each.
    pub fn iter(&self) -> impl Iterator<Item = (&str, u32)> {
        self.0.iter().map(|(kind, count)| (kind.as_str(), *count))
    }

    /// What they cost more than `others` in an hour, by the price of each type; never less than
    /// nothing. A type whose price is not known matters only if there are more or fewer of it.
    pub fn cost_above(
        &self,
        others: &Self,
        price: impl Fn(&str) -> Option<Decimal>,
    ) -> Result<Decimal, String> {
        let types = self.iter().chain(others.iter()).map(|(kind, _)| kind);
        let types: BTreeSet<&str> = types.collect();
        let mut above = Decimal::ZERO;
        for kind in types {
            let more = i64::from(self.of(kind)) - i64::from(others.of(kind));
            if more != 0 {
                let price = price(kind).ok_or_else(|| kind.to_owned())?;
                above = above.saturating_add(price.saturating_mul(Decimal::from(more)));
            }
        }
        Ok(above.max(Decimal::ZERO))
    }

    fn of(&self, kind: &str) -> u32 {
        self.0.get(kind).copied().unwrap_or(0)
    }
}

impl<T: Into<String>> FromIterator<(T, u32)> for Instances {
    /// The same type may come again.
    fn from_iter<I: IntoIterator<Item = (T, u32)>>(counts: I) -> Self {
        let mut types = BTreeMap::new();
        for (kind, count) in counts {
            let all: &mut u32 = types.entry(kind.into()).or_default();
            *all = all.saturating_add(count);
        }
        Self(types)
    }
}
