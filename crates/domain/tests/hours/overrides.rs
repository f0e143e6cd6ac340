//! Overrides: how they are read, when they are past, and what is wanted while they last.

use domain::hours::overrides::Override;
use domain::hours::wanted::{Wanted, Why, wanted};
use domain::hours::{Edge, State};
use domain::tag::Found;

use super::{awake, rest, schedule, schedule_with, utc, zone};

fn overriding(text: &str) -> Override {
    Override::parse(text, &zone("Europe/Berlin")).unwrap()
}

#[test]
fn up_and_down_are_read_in_their_zone_or_in_that_of_the_service() {
    let up = |at| Override {
        to: State::Awake,
        until: utc(at),
    };
    let down = |at| Override {
        to: State::Rest,
        until: utc(at),
    };
    for (text, expected) in [
        (
            "up until 2026-11-26 22:00 Europe/Berlin",
            up("2026-11-26T21:00:00Z"),
        ),
        ("up until 2026-11-26 22:00", up("2026-11-26T21:00:00Z")),
        (
            "down until 2026-11-26 22:00 Asia/Kathmandu",
            down("2026-11-26T16:15:00Z"),
        ),
        (
            "  Down  UNTIL  2026-11-26  22:00  ",
            down("2026-11-26T21:00:00Z"),
        ),
        ("up until 2026-12-31 24:00 UTC", up("2027-01-01T00:00:00Z")),
    ] {
        assert_eq!(overriding(text), expected, "{text}");
    }
}

#[test]
fn an_end_where_the_clocks_change_is_read_like_the_edge_of_a_window() {
    // 02:30 does not exist on 2026-03-29 in Berlin, and comes twice on 2026-10-25.
    assert_eq!(
        overriding("up until 2026-03-29 02:30").until,
        utc("2026-03-29T01:30:00Z")
    );
    assert_eq!(
        overriding("up until 2026-10-25 02:30").until,
        utc("2026-10-25T00:30:00Z")
    );
}

#[test]
fn every_mistake_is_found_where_it_is() {
    const ZONE: &str = "a time zone of the IANA database";
    for (text, column, expected, found) in [
        ("", 1, "\"up until\" or \"down until\"", None),
        (
            "awake until 2026-11-26 22:00",
            1,
            "\"up until\" or \"down until\"",
            Some("awake"),
        ),
        ("up", 3, "a space and \"until\"", None),
        ("up till 2026-11-26 22:00", 4, "\"until\"", Some("till")),
        ("up until", 9, "a space and a date", None),
        (
            "up until tomorrow 22:00",
            10,
            "a date such as 2026-11-26",
            Some("tomorrow"),
        ),
        (
            "up until 2026-11-31 22:00",
            10,
            "a date such as 2026-11-26",
            Some("2026-11-31"),
        ),
        (
            "up until 2026-11-26T22:00",
            10,
            "a date such as 2026-11-26",
            Some("2026-11-26T22:00"),
        ),
        ("up until 2026-11-26", 20, "a space and HH:MM", None),
        ("up until 2026-11-26 22", 21, "HH:MM", Some("22")),
        (
            "up until 2026-11-26 22:00:00",
            21,
            "HH:MM",
            Some("22:00:00"),
        ),
        (
            "up until 2026-11-26 22:00+01:00",
            26,
            "a space and a time zone, or the end",
            Some("+01:00"),
        ),
        ("up until 2026-11-26 22:00 Berlin", 27, ZONE, Some("Berlin")),
        (
            "up until 2026-11-26 22:00 UTC please",
            31,
            "nothing after the time zone",
            Some("please"),
        ),
        (
            "up until 9999-12-31 24:00",
            10,
            "a date before the year 9999",
            Some("9999-12-31"),
        ),
    ] {
        let error = Override::parse(text, &zone("UTC")).unwrap_err();
        let found = found.map_or(Found::End, |found| Found::Text(found.to_owned()));
        assert_eq!(
            (error.column, error.expected, &error.found),
            (column, expected, &found),
            "{text:?}: {error}"
        );
        overriding(error.example);
    }
    let long = format!("up until 2026-11-26 22:00{}", " ".repeat(232));
    assert_eq!(
        Override::parse(&long, &zone("UTC")).unwrap_err().found,
        Found::Characters(257)
    );
}

fn by_hours(state: State, next: Edge) -> Wanted {
    Wanted {
        state,
        why: Why::Hours,
        next: Some(next),
    }
}

fn by_override(state: State, until: &str, next: Edge) -> Wanted {
    Wanted {
        state,
        why: Why::Override { until: utc(until) },
        next: Some(next),
    }
}

#[test]
fn without_an_override_the_hours_decide() {
    let schedule = schedule("Mon-Fri 08:00-20:00");
    let now = utc("2026-11-23T12:00:00Z");
    assert_eq!(
        wanted(&schedule, None, now),
        by_hours(State::Awake, rest("2026-11-23T20:00:00Z"))
    );
}

#[test]
fn an_override_ends_by_itself_at_its_instant() {
    let schedule = schedule("Mon-Fri 08:00-20:00");
    let up = overriding("up until 2026-11-23 22:00 UTC");
    let before = utc("2026-11-23T21:59:59.9Z");
    let at = utc("2026-11-23T22:00:00Z");
    assert!(!up.is_past(before));
    assert!(up.is_past(at));
    assert_eq!(
        wanted(&schedule, Some(&up), before),
        by_override(
            State::Awake,
            "2026-11-23T22:00:00Z",
            rest("2026-11-23T22:00:00Z")
        )
    );
    assert_eq!(
        wanted(&schedule, Some(&up), at),
        by_hours(State::Rest, awake("2026-11-24T08:00:00Z"))
    );
}

#[test]
fn an_override_that_ends_inside_a_window_of_its_own_state_is_no_edge() {
    let schedule = schedule("Mon-Fri 08:00-20:00");
    let up = overriding("up until 2026-11-24 10:00 UTC");
    assert_eq!(
        wanted(&schedule, Some(&up), utc("2026-11-24T03:00:00Z")),
        by_override(
            State::Awake,
            "2026-11-24T10:00:00Z",
            rest("2026-11-24T20:00:00Z")
        )
    );
}

#[test]
fn an_override_that_ends_inside_a_window_of_the_other_state_is_an_edge() {
    let schedule = schedule("Mon-Fri 08:00-20:00");
    let down = overriding("down until 2026-11-24 10:00 UTC");
    assert_eq!(
        wanted(&schedule, Some(&down), utc("2026-11-24T03:00:00Z")),
        by_override(
            State::Rest,
            "2026-11-24T10:00:00Z",
            awake("2026-11-24T10:00:00Z")
        )
    );
}

#[test]
fn an_override_that_ends_at_the_very_edge_hands_over_to_what_starts_there() {
    let schedule = schedule("Mon-Fri 08:00-20:00");
    for (text, now, expected) in [
        (
            "down until 2026-11-24 08:00 UTC",
            "2026-11-24T03:00:00Z",
            by_override(
                State::Rest,
                "2026-11-24T08:00:00Z",
                awake("2026-11-24T08:00:00Z"),
            ),
        ),
        (
            "up until 2026-11-24 20:00 UTC",
            "2026-11-24T03:00:00Z",
            by_override(
                State::Awake,
                "2026-11-24T20:00:00Z",
                rest("2026-11-24T20:00:00Z"),
            ),
        ),
        (
            "up until 2026-11-24 08:00 UTC",
            "2026-11-24T03:00:00Z",
            by_override(
                State::Awake,
                "2026-11-24T08:00:00Z",
                rest("2026-11-24T20:00:00Z"),
            ),
        ),
    ] {
        assert_eq!(
            wanted(&schedule, Some(&overriding(text)), utc(now)),
            expected,
            "{text}"
        );
    }
}

#[test]
fn an_override_wakes_a_service_on_a_holiday_and_beats_never_and_always() {
    let now = utc("2026-12-25T10:00:00Z");
    let up = overriding("up until 2026-12-25 12:00 UTC");
    let holiday = schedule_with("Mon-Fri 08:00-20:00", "12-25");
    assert_eq!(
        wanted(&holiday, Some(&up), now),
        by_override(
            State::Awake,
            "2026-12-25T12:00:00Z",
            rest("2026-12-25T12:00:00Z")
        )
    );
    assert_eq!(
        wanted(&schedule("never"), Some(&up), now).next,
        Some(rest("2026-12-25T12:00:00Z"))
    );
    let down = overriding("down until 2026-12-25 12:00 UTC");
    assert_eq!(
        wanted(&schedule("always"), Some(&down), now).next,
        Some(awake("2026-12-25T12:00:00Z"))
    );
    assert_eq!(wanted(&schedule("always"), Some(&up), now).next, None);
}
