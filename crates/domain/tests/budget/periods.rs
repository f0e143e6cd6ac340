//! Periods: UTC, whatever the clocks of their owner say.

use domain::budget::period::{Cycle, Outside, Period, TimeUnit};
use jiff::Timestamp;
use proptest::prelude::*;

use crate::made::on;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn period(unit: TimeUnit, instant: &str) -> (String, String) {
    let cycle = Cycle::new(unit, at("2019-12-01T00:00:00Z"), None).unwrap();
    let Period { start, end } = cycle.at(at(instant)).unwrap();
    (start.to_string(), end.to_string())
}

#[test]
fn a_period_ends_at_midnight_utc() {
    for (unit, instant, start, end) in [
        (
            TimeUnit::Daily,
            "2026-11-19T23:59:59Z",
            "2026-11-19",
            "2026-11-20",
        ),
        (
            TimeUnit::Daily,
            "2026-11-20T00:00:00Z",
            "2026-11-20",
            "2026-11-21",
        ),
        (
            TimeUnit::Monthly,
            "2026-11-30T23:59:59.999Z",
            "2026-11-01",
            "2026-12-01",
        ),
        (
            TimeUnit::Monthly,
            "2026-12-01T00:00:00Z",
            "2026-12-01",
            "2027-01-01",
        ),
        (
            TimeUnit::Monthly,
            "2028-02-29T12:00:00Z",
            "2028-02-01",
            "2028-03-01",
        ),
        (
            TimeUnit::Quarterly,
            "2026-11-19T00:00:00Z",
            "2026-10-01",
            "2027-01-01",
        ),
        (
            TimeUnit::Quarterly,
            "2026-03-31T23:59:59Z",
            "2026-01-01",
            "2026-04-01",
        ),
        (
            TimeUnit::Annually,
            "2026-11-19T00:00:00Z",
            "2026-01-01",
            "2027-01-01",
        ),
    ] {
        let midnight = |day: &str| format!("{day}T00:00:00Z");
        assert_eq!(
            period(unit, instant),
            (midnight(start), midnight(end)),
            "{unit:?} {instant}"
        );
    }
}

#[test]
fn an_instant_is_utc_wherever_it_was_written() {
    let berlin = "2026-12-01T00:30:00+01:00";
    assert_eq!(period(TimeUnit::Monthly, berlin).0, "2026-11-01T00:00:00Z");
    let los_angeles = "2026-11-30T16:00:00-08:00";
    assert_eq!(
        period(TimeUnit::Monthly, los_angeles).0,
        "2026-12-01T00:00:00Z"
    );
}

#[test]
fn a_custom_budget_has_one_period() {
    let (starts, ends) = (on("11-10 00:00"), on("12-24 00:00"));
    let cycle = Cycle::new(TimeUnit::Custom, starts, Some(ends)).unwrap();
    let whole = Period {
        start: starts,
        end: ends,
    };
    assert_eq!(cycle.at(on("11-10 00:00")), Ok(whole));
    assert_eq!(cycle.at(on("12-23 23:59")), Ok(whole));
    assert_eq!(
        cycle.at(on("11-09 23:59")),
        Err(Outside::NotBegun { starts })
    );
    assert_eq!(cycle.at(ends), Err(Outside::Ended { ended: ends }));
}

#[test]
fn a_budget_with_an_end_in_the_past_is_in_no_period() {
    let ended = on("11-15 00:00");
    let cycle = Cycle::new(TimeUnit::Monthly, on("10-01 00:00"), Some(ended)).unwrap();
    assert_eq!(cycle.at(on("11-14 23:00")).unwrap().end, ended);
    assert_eq!(cycle.at(on("11-15 00:00")), Err(Outside::Ended { ended }));
    assert_eq!(Cycle::new(TimeUnit::Monthly, ended, Some(ended)), None);
}

#[test]
fn a_budget_that_starts_next_month_has_not_begun() {
    let starts = on("12-01 00:00");
    let cycle = Cycle::new(TimeUnit::Monthly, starts, None).unwrap();
    assert_eq!(
        cycle.at(on("11-30 23:59")),
        Err(Outside::NotBegun { starts })
    );
    assert_eq!(cycle.at(starts).unwrap().start, starts);
}

proptest! {
    #[test]
    fn every_instant_is_in_its_period_and_the_next_begins_where_it_ends(
        second in 1_577_836_800i64..3_600_000_000,
        unit in prop::sample::select(vec![TimeUnit::Daily, TimeUnit::Monthly, TimeUnit::Quarterly, TimeUnit::Annually]),
    ) {
        let cycle = Cycle::new(unit, at("2019-12-01T00:00:00Z"), None).unwrap();
        let instant = Timestamp::from_second(second).unwrap();
        let period = cycle.at(instant).unwrap();
        prop_assert!(period.contains(instant));
        prop_assert_eq!(cycle.at(period.start).unwrap(), period);
        prop_assert_eq!(cycle.at(period.end).unwrap().start, period.end);
    }

    #[test]
    fn no_instant_is_too_far_away(second in any::<i64>()) {
        let instant = Timestamp::from_second(second % 253_000_000_000).unwrap();
        let cycle = Cycle::new(TimeUnit::Monthly, Timestamp::MIN, Some(Timestamp::MAX)).unwrap();
        prop_assert!(cycle.at(instant).is_ok());
    }
}
