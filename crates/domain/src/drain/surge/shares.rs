//! How a strategy is shared between capacity providers, and what more of one of them is.
//!
//! Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityProviderStrategyItem.html>.

use crate::drain::seen::service::Weight;

/// The largest base and the largest weight.
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityProviderStrategyItem.html>.
const LARGEST_BASE: u32 = 100_000;
const LARGEST_WEIGHT: u32 = 1_000;

/// The base and the weight of a provider in a strategy.
pub(in crate::drain) fn share_of(strategy: &[Weight], provider: &str) -> (u32, u32) {
    let mut entries = strategy.iter();
    let entry = entries.find(|entry| entry.provider == provider);
    entry.map_or((0, 0), |entry| (entry.base, entry.weight))
}

/// A strategy for so many tasks with so many more on a provider; none if that changes nothing.
///
/// Only one provider of a strategy may have a base, and one of weight 0 takes no tasks. So the base is
/// raised where nobody else has one and the weight is not 0, and the weight where it is otherwise.
pub(super) fn raised_by(
    strategy: &[Weight],
    provider: &str,
    desired: u32,
    more: u32,
) -> Option<Vec<Weight>> {
    let (base, weight) = share_of(strategy, provider);
    let mut others = strategy.iter().filter(|entry| entry.provider != provider);
    let (base, weight) = match weight > 0 && others.all(|entry| entry.base == 0) {
        true => {
            let most = desired.max(base).min(LARGEST_BASE);
            (base.saturating_add(more).min(most), weight)
        }
        false => (base, heavier(strategy, weight, provider, desired, more)),
    };
    let raised = strategy
        .iter()
        .map(|entry| match entry.provider == provider {
            true => Weight {
                base,
                weight,
                ..entry.clone()
            },
            false => entry.clone(),
        });
    let raised: Vec<Weight> = raised.collect();
    (raised != strategy).then_some(raised)
}

/// The weight with which a provider gets so many more of the tasks above all bases, rounded up.
fn heavier(strategy: &[Weight], weight: u32, provider: &str, desired: u32, more: u32) -> u32 {
    let sum = |part: fn(&Weight) -> u32| -> u128 {
        strategy.iter().map(|entry| u128::from(part(entry))).sum()
    };
    let (bases, all) = (sum(|entry| entry.base), sum(|entry| entry.weight));
    let others = strategy.iter().filter(|entry| entry.provider != provider);
    let others: u128 = others.map(|entry| u128::from(entry.weight)).sum();
    let above = u128::from(desired).saturating_sub(bases);
    if above == 0 || others == 0 || more == 0 {
        return weight;
    }
    // Of the tasks above, weight / all are its own, and `more` are to come: both times `all`.
    let wanted = above * u128::from(weight) + u128::from(more) * all;
    let left = (above * all).saturating_sub(wanted);
    let heavier = match left {
        0 => LARGEST_WEIGHT,
        left => u32::try_from((wanted * others).div_ceil(left)).unwrap_or(LARGEST_WEIGHT),
    };
    heavier.min(LARGEST_WEIGHT).max(weight)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A strategy, as name, base and weight of each of its providers.
    fn strategy(entries: &[(&str, u32, u32)]) -> Vec<Weight> {
        let entries = entries.iter().map(|(provider, base, weight)| Weight {
            provider: (*provider).to_owned(),
            base: *base,
            weight: *weight,
        });
        entries.collect()
    }

    /// The share of `od` beside `spot` when so many of ten tasks are to come to it.
    fn raised(od: (u32, u32), spot: (u32, u32), more: u32) -> Option<(u32, u32)> {
        let before = strategy(&[("od", od.0, od.1), ("spot", spot.0, spot.1)]);
        let after = raised_by(&before, "od", 10, more)?;
        assert_eq!(share_of(&after, "spot"), spot, "the others stay");
        Some(share_of(&after, "od"))
    }

    #[test]
    fn the_base_is_raised_where_nobody_else_has_one_and_the_weight_where_somebody_has() {
        for (od, spot, more, after) in [
            ((0, 1), (0, 4), 3, Some((3, 1))),
            ((2, 1), (0, 4), 3, Some((5, 1))),
            ((8, 1), (0, 4), 5, Some((10, 1))),
            ((12, 1), (0, 4), 5, None),
            ((0, 1), (0, 4), 0, None),
            // Of weight 0 it would take nothing: 3 of 10 are 12 of 40.
            ((0, 0), (0, 4), 3, Some((0, 2))),
            // Two of the ten are Spot's already; 4 of the other 8 are its own, and 2 come.
            ((0, 1), (2, 1), 2, Some((0, 3))),
            ((0, 1), (2, 1), 9, Some((0, 1_000))),
            ((0, 1), (10, 1), 2, None),
            ((0, 1_000), (2, 1_000), 7, Some((0, 1_000))),
            ((0, 1), (2, 0), 2, None),
        ] {
            let after = after.filter(|after| *after != od);
            assert_eq!(raised(od, spot, more), after, "{od:?} {spot:?} {more}");
        }
    }

    #[test]
    fn a_strategy_stays_within_what_ecs_takes() {
        let before = strategy(&[("od", 99_999, 1), ("spot", 0, 1)]);
        let after = raised_by(&before, "od", u32::MAX, 500).unwrap();
        assert_eq!(share_of(&after, "od"), (LARGEST_BASE, 1));
    }
}
