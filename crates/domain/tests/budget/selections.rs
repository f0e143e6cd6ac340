//! Which services stop first, and how many are enough.

use domain::budget::counted::{Counted, Kind as Costs, Rate};
use domain::budget::selection::{Candidate, Projection, in_order, pick};
use jiff::SignedDuration;
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::made::{arn, service, usd};
use crate::world::world;

fn candidate(name: &str, rank: u32, rate: &str) -> Candidate {
    Candidate {
        service: arn(name),
        rank,
        rate: Rate {
            lower: usd(rate),
            upper: usd(rate),
        },
    }
}

fn candidates() -> Vec<Candidate> {
    vec![
        candidate("prod/shop", 50, "0.10"),
        candidate("prod/batch", 10, "0.02"),
        candidate("prod/report", 10, "0.04"),
        candidate("prod/idle", 10, "0"),
        candidate("prod/login", 50, "0.30"),
    ]
}

/// At 8 of 10 USD with 10 hours left.
fn projection(rate: &str) -> Projection {
    Projection {
        spend: usd("8"),
        ceiling: usd("10"),
        rate: usd(rate),
        left: SignedDuration::from_hours(10),
    }
}

fn picked(rate: &str) -> Vec<String> {
    let picked = pick(candidates(), projection(rate));
    picked.iter().map(ToString::to_string).collect()
}

#[test]
fn low_ranks_go_first_and_then_the_most_expensive() {
    let order: Vec<String> = in_order(candidates())
        .iter()
        .map(|one| one.service.to_string())
        .collect();
    let expected = [
        "prod/report",
        "prod/batch",
        "prod/idle",
        "prod/login",
        "prod/shop",
    ];
    assert_eq!(order, expected);
}

#[test]
fn no_more_stop_than_it_takes() {
    assert_eq!(picked("0.20"), [""; 0]);
    assert_eq!(picked("0.22"), ["prod/report"]);
    assert_eq!(picked("0.25"), ["prod/batch", "prod/report"]);
    assert_eq!(picked("0.46"), ["prod/batch", "prod/login", "prod/report"]);
}

#[test]
fn if_it_never_fits_everything_that_costs_something_stops() {
    let expected = ["prod/batch", "prod/login", "prod/report", "prod/shop"];
    assert_eq!(picked("5"), expected);
}

proptest! {
    #[test]
    fn what_is_left_fits_or_nothing_that_costs_is_left(
        rates in prop::collection::vec((0u32..4, 0u32..50), 0..8),
        spend in 0u32..20,
        extra in 0u32..50,
        left in 0i64..50,
    ) {
        let candidates: Vec<Candidate> = rates
            .iter()
            .enumerate()
            .map(|(at, (rank, cents))| candidate(&format!("prod/s{at}"), *rank, &Decimal::new(i64::from(*cents), 2).to_string()))
            .collect();
        let total: Decimal = candidates.iter().map(|one| one.rate.upper).sum();
        let projection = Projection {
            spend: Decimal::from(spend),
            ceiling: Decimal::TEN,
            rate: total + Decimal::new(i64::from(extra), 2),
            left: SignedDuration::from_hours(left),
        };
        let picked = pick(candidates.clone(), projection);
        let saved: Decimal = candidates.iter().filter(|one| picked.contains(&one.service)).map(|one| one.rate.upper).sum();
        let rest = Projection { rate: projection.rate - saved, ..projection };
        let costs = candidates.iter().filter(|one| one.rate.upper > Decimal::ZERO).count();
        prop_assert!(rest.fits() || picked.len() == costs);
        // Without the last one that was picked, it would not have fitted.
        let last = in_order(candidates).into_iter().rfind(|one| picked.contains(&one.service));
        if let Some(last) = last {
            let with_it = Projection { rate: rest.rate + last.rate.upper, ..rest };
            prop_assert!(!with_it.fits());
        }
    }
}

#[test]
fn a_volume_whose_price_nobody_knows_does_not_stop_everything_before_the_limit() {
    let mut world = world([service("prod/api")
        .tagged("stop")
        .desired(1)
        .hour(Some("0.0001"))]);
    world.policy.stop_percent = usd("90");
    world.beside = vec![Counted {
        kind: Costs::Volume,
        name: "EBS volumes".to_owned(),
        count: 1,
        hour: None,
    }];
    world.reports("9.20");
    world.tick("11-19 11:00");
    assert_eq!(world.count("prod/api"), 1);
}
