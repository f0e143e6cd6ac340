//! Our own meter: a lower and an upper bound of what can have been spent.

use domain::budget::counted::{Counted, Kind, Rate};
use domain::budget::meter::{Meter, Sample};
use jiff::SignedDuration;
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::made::{on, usd};

fn tasks(count: u32, hour: Option<&str>) -> Counted {
    Counted {
        kind: Kind::Task,
        name: "tasks of prod/api".to_owned(),
        count,
        hour: hour.map(usd),
    }
}

fn sample(at: &str, counted: &[Counted]) -> Sample {
    Sample::of(counted, on(at))
}

#[test]
fn what_has_a_price_costs_that_and_what_has_none_costs_a_lot_at_most() {
    let sample = sample("11-19 10:00", &[tasks(2, Some("0.05")), tasks(3, None)]);
    assert_eq!(
        sample.rate,
        Rate {
            lower: usd("0.10"),
            upper: usd("12.10")
        }
    );
    assert_eq!(sample.unpriced, ["3 × tasks of prod/api"]);
    for kind in [
        Kind::Task,
        Kind::Instance,
        Kind::NatGateway,
        Kind::Volume,
        Kind::Other,
    ] {
        assert!(kind.assumed() > Decimal::ZERO, "{kind:?} is free");
    }
}

#[test]
fn between_two_samples_the_bounds_are_those_of_the_lower_and_the_higher() {
    let meter = Meter::of(vec![
        sample("11-19 11:00", &[tasks(4, Some("0.05"))]),
        sample("11-19 10:00", &[tasks(2, Some("0.05"))]),
    ]);
    let bounds = meter.between(on("11-19 10:00"), on("11-19 11:00"));
    assert_eq!((bounds.lower, bounds.upper), (usd("0.10"), usd("0.20")));
    assert_eq!(bounds.unseen, SignedDuration::ZERO);
}

#[test]
fn half_an_hour_costs_half() {
    let meter = Meter::of(vec![sample("11-19 10:00", &[tasks(2, Some("0.05"))])]);
    let bounds = meter.between(on("11-19 10:15"), on("11-19 10:45"));
    assert_eq!((bounds.lower, bounds.upper), (usd("0.05"), usd("0.05")));
}

#[test]
fn time_that_nobody_looked_at_is_unseen_and_not_free() {
    let meter = Meter::of(vec![
        sample("11-19 00:00", &[tasks(2, Some("0.05"))]),
        sample("11-19 12:00", &[tasks(2, Some("0.05"))]),
    ]);
    let bounds = meter.between(on("11-18 20:00"), on("11-19 16:00"));
    // Four hours before, nine in the middle and one after.
    assert_eq!(bounds.unseen, SignedDuration::from_hours(14));
    assert_eq!(bounds.upper, usd("0.60"));
    let nothing = Meter::default().between(on("11-19 00:00"), on("11-19 12:00"));
    assert_eq!(nothing.unseen, SignedDuration::from_hours(12));
}

#[test]
fn a_runaway_of_two_hundred_tasks_shows_at_once() {
    let meter = Meter::of(vec![
        sample("11-19 00:00", &[tasks(200, Some("0.05"))]),
        sample("11-19 03:00", &[tasks(200, Some("0.05"))]),
    ]);
    assert_eq!(
        meter.between(on("11-19 00:00"), on("11-19 06:00")).lower,
        usd("60")
    );
}

fn any_meter() -> impl Strategy<Value = Meter> {
    let one = (0i64..200, 0u32..5, 0u32..3);
    prop::collection::vec(one, 0..20).prop_map(|samples| {
        let samples = samples.into_iter().map(|(hour, priced, unpriced)| {
            let at = on("11-01 00:00") + SignedDuration::from_hours(hour);
            Sample::of(&[tasks(priced, Some("0.05")), tasks(unpriced, None)], at)
        });
        Meter::of(samples.collect())
    })
}

proptest! {
    #[test]
    fn the_bounds_hold_each_other_and_grow_with_time(meter in any_meter(), from in 0i64..200, span in 0i64..100, more in 0i64..50) {
        let at = |hour| on("11-01 00:00") + SignedDuration::from_hours(hour);
        let short = meter.between(at(from), at(from + span));
        let long = meter.between(at(from), at(from + span + more));
        prop_assert!(short.lower <= short.upper);
        prop_assert!(short.lower <= long.lower && short.upper <= long.upper && short.unseen <= long.unseen);
        prop_assert!(short.unseen <= SignedDuration::from_hours(span));
    }

    #[test]
    fn two_spans_together_are_the_whole(meter in any_meter(), from in 0i64..100, one in 0i64..60, two in 0i64..60) {
        let at = |hour| on("11-01 00:00") + SignedDuration::from_hours(hour);
        let (start, middle, end) = (at(from), at(from + one), at(from + one + two));
        let (first, second) = (meter.between(start, middle), meter.between(middle, end));
        let whole = meter.between(start, end);
        prop_assert_eq!(first.lower + second.lower, whole.lower);
        prop_assert_eq!(first.upper + second.upper, whole.upper);
        prop_assert_eq!(first.unseen + second.unseen, whole.unseen);
    }
}
