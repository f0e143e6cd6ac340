//! The state at an instant and the edges, where the clocks do nothing in particular.

use domain::hours::State;

use super::{awake, edges, rest, schedule, schedule_with, utc};

// 2026-11-23 is a Monday.

#[test]
fn always_and_never_have_no_edge() {
    let now = utc("2026-11-23T12:00:00Z");
    assert_eq!(schedule("always").state_at(now), State::Awake);
    assert_eq!(schedule("always").next_edge(now), None);
    assert_eq!(schedule("never").state_at(now), State::Rest);
    assert_eq!(schedule("never").next_edge(now), None);
    assert_eq!(
        schedule("never").edges(now, utc("2036-11-23T12:00:00Z")),
        [rest("2026-11-23T12:00:00Z")]
    );
}

#[test]
fn a_window_is_awake_at_its_start_and_at_rest_at_its_end() {
    let schedule = schedule("Mon-Fri 08:00-20:00");
    assert_eq!(
        schedule.state_at(utc("2026-11-23T07:59:59.999999999Z")),
        State::Rest
    );
    assert_eq!(schedule.state_at(utc("2026-11-23T08:00:00Z")), State::Awake);
    assert_eq!(
        schedule.state_at(utc("2026-11-23T19:59:59.9Z")),
        State::Awake
    );
    assert_eq!(schedule.state_at(utc("2026-11-23T20:00:00Z")), State::Rest);
}

#[test]
fn the_next_edge_is_after_the_instant_and_never_at_it() {
    let schedule = schedule("Mon-Fri 08:00-20:00");
    assert_eq!(
        schedule.next_edge(utc("2026-11-23T07:59:59.999Z")),
        Some(awake("2026-11-23T08:00:00Z"))
    );
    assert_eq!(
        schedule.next_edge(utc("2026-11-23T08:00:00Z")),
        Some(rest("2026-11-23T20:00:00Z"))
    );
    assert_eq!(
        schedule.next_edge(utc("2026-11-27T20:00:00Z")),
        Some(awake("2026-11-30T08:00:00Z"))
    );
}

#[test]
fn edges_begin_with_the_state_and_include_the_last_instant() {
    let schedule = schedule("Mon-Fri 08:00-20:00");
    assert_eq!(
        schedule.edges(utc("2026-11-23T10:00:00Z"), utc("2026-11-24T08:00:00Z")),
        [
            awake("2026-11-23T10:00:00Z"),
            rest("2026-11-23T20:00:00Z"),
            awake("2026-11-24T08:00:00Z")
        ]
    );
    assert_eq!(
        schedule.edges(utc("2026-11-23T08:00:00Z"), utc("2026-11-23T08:00:00Z")),
        [awake("2026-11-23T08:00:00Z")]
    );
    assert_eq!(
        schedule.edges(utc("2026-11-23T08:00:00Z"), utc("2026-11-23T07:00:00Z")),
        []
    );
}

#[test]
fn a_whole_day_may_be_written_with_24_00_or_with_the_same_time_twice() {
    for hours in ["Mon 00:00-24:00", "Mon 00:00-00:00"] {
        assert_eq!(
            edges(
                &schedule(hours),
                "2026-11-22T12:00:00Z",
                "2026-11-28T00:00:00Z"
            ),
            [awake("2026-11-23T00:00:00Z"), rest("2026-11-24T00:00:00Z")]
        );
    }
    assert_eq!(
        edges(
            &schedule("Mon 08:00-08:00"),
            "2026-11-22T12:00:00Z",
            "2026-11-28T00:00:00Z"
        ),
        [awake("2026-11-23T08:00:00Z"), rest("2026-11-24T08:00:00Z")]
    );
}

#[test]
fn a_minute_before_midnight_is_not_midnight() {
    assert_eq!(
        edges(
            &schedule("Mon/Tue 00:00-23:59"),
            "2026-11-22T12:00:00Z",
            "2026-11-28T00:00:00Z"
        ),
        [
            awake("2026-11-23T00:00:00Z"),
            rest("2026-11-23T23:59:00Z"),
            awake("2026-11-24T00:00:00Z"),
            rest("2026-11-24T23:59:00Z")
        ]
    );
}

#[test]
fn a_week_without_a_minute_of_rest_has_no_edge() {
    for hours in [
        "Mon-Sun 00:00-24:00",
        "Mon-Sun 08:00-08:00",
        "Mon 00:00-Sun 24:00",
        "Fri 18:00-Mon 06:00 + Mon-Fri 06:00-18:00 + Mon-Thu 18:00-06:00",
    ] {
        let schedule = schedule(&format!("{hours} Europe/Berlin"));
        assert_eq!(
            schedule.next_edge(utc("2026-01-01T00:00:00Z")),
            None,
            "{hours}"
        );
        assert_eq!(
            schedule
                .edges(utc("2026-01-01T00:00:00Z"), utc("2030-01-01T00:00:00Z"))
                .len(),
            1,
            "{hours}"
        );
    }
}

#[test]
fn the_longest_window_is_a_week() {
    let schedule = schedule_with(
        "Wed 00:01-Wed 00:02 + Wed 00:02-Wed 00:03 + Tue 00:00-Mon 24:00",
        "2026-12-01",
    );
    // The Tuesday is a holiday, so only the one before it starts its week.
    assert_eq!(
        edges(&schedule, "2026-11-24T12:00:00Z", "2026-12-05T00:00:00Z"),
        [
            rest("2026-12-01T00:00:00Z"),
            awake("2026-12-02T00:01:00Z"),
            rest("2026-12-02T00:03:00Z")
        ]
    );
}

#[test]
fn windows_that_touch_or_overlap_are_one() {
    for hours in [
        "Mon 08:00-12:00 + Mon 12:00-18:00",
        "Mon 12:00-18:00 + Mon 08:00-12:00",
        "Mon 08:00-15:00 + Mon 10:00-18:00",
        "Mon 08:00-18:00 + Mon 10:00-12:00",
    ] {
        assert_eq!(
            edges(
                &schedule(hours),
                "2026-11-23T00:00:00Z",
                "2026-11-28T00:00:00Z"
            ),
            [awake("2026-11-23T08:00:00Z"), rest("2026-11-23T18:00:00Z")],
            "{hours}"
        );
    }
    for hours in [
        "Mon 20:00-24:00 + Tue 00:00-04:00",
        "Mon 20:00-02:00 + Tue 01:00-04:00",
        "Mon 20:00-Tue 04:00",
    ] {
        assert_eq!(
            edges(
                &schedule(hours),
                "2026-11-23T00:00:00Z",
                "2026-11-28T00:00:00Z"
            ),
            [awake("2026-11-23T20:00:00Z"), rest("2026-11-24T04:00:00Z")],
            "{hours}"
        );
    }
}

#[test]
fn the_next_edge_is_looked_for_more_than_a_year_ahead_but_not_for_ever() {
    let after_christmas = utc("2026-12-26T00:00:00Z");
    let yearly = schedule_with("Hol 10:00-12:00", "12-25");
    assert_eq!(
        yearly.next_edge(after_christmas),
        Some(awake("2027-12-25T10:00:00Z"))
    );

    let leap_day = schedule_with("Hol 10:00-12:00", "02-29");
    assert_eq!(leap_day.next_edge(after_christmas), None);
    assert_eq!(
        leap_day.next_edge(utc("2027-03-01T00:00:00Z")),
        Some(awake("2028-02-29T10:00:00Z"))
    );
    assert_eq!(
        edges(&leap_day, "2026-12-26T00:00:00Z", "2033-01-01T00:00:00Z"),
        [
            awake("2028-02-29T10:00:00Z"),
            rest("2028-02-29T12:00:00Z"),
            awake("2032-02-29T10:00:00Z"),
            rest("2032-02-29T12:00:00Z")
        ]
    );

    let awake_but_on_holidays = schedule_with("Mon-Sun 00:00-24:00", "12-25");
    assert_eq!(
        awake_but_on_holidays.next_edge(after_christmas),
        Some(rest("2027-12-25T00:00:00Z"))
    );
}
