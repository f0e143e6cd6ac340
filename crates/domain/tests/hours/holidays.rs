//! The Holidays parameter: what a date is, what starts on it, and where a mistake is.

use domain::hours::day::Day;
use domain::hours::holidays::Holidays;
use domain::tag::Found;
use jiff::civil::date;

use super::{awake, edges, rest, schedule_with};

#[test]
fn every_kind_of_entry_is_read() {
    let holidays =
        Holidays::parse("2026-12-25,12-31  02-29,\n2026-05-01/2026-05-03, 2026-12-19=Mon,")
            .unwrap();
    for (year, month, day, expected) in [
        (2026, 12, 25, Day::Hol),
        (2027, 12, 25, Day::Sat),
        (2026, 12, 31, Day::Hol),
        (2031, 12, 31, Day::Hol),
        (2026, 4, 30, Day::Thu),
        (2026, 5, 1, Day::Hol),
        (2026, 5, 2, Day::Hol),
        (2026, 5, 3, Day::Hol),
        (2026, 5, 4, Day::Mon),
        (2028, 2, 29, Day::Hol),
        (2027, 2, 28, Day::Sun),
        (2027, 3, 1, Day::Mon),
        (2026, 12, 19, Day::Mon),
    ] {
        assert_eq!(
            holidays.what_day(date(year, month, day)),
            expected,
            "{year}-{month}-{day}"
        );
    }
}

#[test]
fn nothing_typed_means_no_holidays() {
    for text in ["", "  ", " , ,, "] {
        assert_eq!(Holidays::parse(text).unwrap(), Holidays::default());
    }
}

#[test]
fn a_day_worked_as_another_beats_a_holiday_in_any_order() {
    for text in [
        "2026-12-25=Mon 12-25",
        "12-25 2026-12-25=Mon",
        "2026-12-24/2026-12-26 2026-12-25=mon 2026-12-25=Mon",
    ] {
        assert_eq!(
            Holidays::parse(text).unwrap().what_day(date(2026, 12, 25)),
            Day::Mon,
            "{text}"
        );
    }
}

#[test]
fn every_mistake_is_found_where_it_is() {
    const DATE: &str = "a date such as 2026-12-25, or 12-25 for every year";
    const LAST: &str = "a date after the first of the range, within a year";
    const WEEKDAY: &str = "a day of the week (Mon, Tue, Wed, Thu, Fri, Sat or Sun)";
    const NEXT: &str = "a comma or a space before the next date";
    for (text, column, expected, found) in [
        ("Christmas", 1, DATE, Some("Christmas")),
        ("2026-12-25, 2026-13-01", 13, DATE, Some("2026-13-01")),
        ("2027-02-29", 1, DATE, Some("2027-02-29")),
        ("02-30", 1, DATE, Some("02-30")),
        ("2-3", 1, DATE, Some("2-3")),
        ("26-12-25", 1, DATE, Some("26-12-25")),
        ("2026-+1-25", 1, DATE, Some("2026-+1-25")),
        (
            "2026-12-25;2026-12-26",
            1,
            DATE,
            Some("2026-12-25;2026-12-26"),
        ),
        ("/2026-12-25", 1, DATE, Some("/2026-12-25")),
        ("2026-12-24/", 12, "the last date of the range", None),
        (
            "2026-12-24/12-31",
            12,
            "the last date of the range",
            Some("12-31"),
        ),
        ("2026-12-24/2026-12-23", 12, LAST, Some("2026-12-23")),
        ("2026-12-24/2062-01-01", 12, LAST, Some("2062-01-01")),
        ("12-24/12-31", 6, NEXT, Some("/12-31")),
        ("12-24=Mon", 6, NEXT, Some("=Mon")),
        ("2026-12-24/2026-12-25=Mon", 22, NEXT, Some("=Mon")),
        ("2026-12-19=", 12, WEEKDAY, None),
        ("2026-12-19=Hol", 12, WEEKDAY, Some("Hol")),
        ("2026-12-19=Montag", 12, WEEKDAY, Some("Montag")),
        ("2026-12-19=Mon=Tue", 15, NEXT, Some("=Tue")),
        (
            "2026-12-19=Mon 2026-12-19=Tue",
            16,
            "one weekday for one date",
            Some("2026-12-19"),
        ),
    ] {
        let error = Holidays::parse(text).unwrap_err();
        let found = found.map_or(Found::End, |found| Found::Text(found.to_owned()));
        assert_eq!(
            (error.column, error.expected, &error.found),
            (column, expected, &found),
            "{text:?}: {error}"
        );
        Holidays::parse(error.example).unwrap();
    }
}

#[test]
fn on_a_holiday_the_windows_of_the_weekday_do_not_start_but_the_night_before_ends() {
    // Thursday 2026-12-24 and Friday 2026-12-25.
    assert_eq!(
        edges(
            &schedule_with("Mon-Fri 20:00-08:00", "2026-12-24,2026-12-25"),
            "2026-12-23T12:00:00Z",
            "2026-12-28T20:00:00Z"
        ),
        [
            awake("2026-12-23T20:00:00Z"),
            rest("2026-12-24T08:00:00Z"),
            awake("2026-12-28T20:00:00Z")
        ]
    );
}

#[test]
fn two_holidays_in_a_row_are_one_rest_and_each_has_its_own_windows_of_hol() {
    // Thursday 2026-12-24 and Friday 2026-12-25.
    let holidays = "2026-12-24,2026-12-25";
    let of = |hours| {
        let schedule = schedule_with(hours, holidays);
        edges(&schedule, "2026-12-23T12:00:00Z", "2026-12-28T08:00:00Z")
    };
    assert_eq!(
        of("Mon-Fri 08:00-20:00"),
        [rest("2026-12-23T20:00:00Z"), awake("2026-12-28T08:00:00Z")]
    );
    assert_eq!(
        of("Mon-Fri 08:00-20:00 + Hol 20:00-04:00"),
        [
            rest("2026-12-23T20:00:00Z"),
            awake("2026-12-24T20:00:00Z"),
            rest("2026-12-25T04:00:00Z"),
            awake("2026-12-25T20:00:00Z"),
            rest("2026-12-26T04:00:00Z"),
            awake("2026-12-28T08:00:00Z")
        ]
    );
}

#[test]
fn a_holiday_on_a_day_at_rest_changes_nothing() {
    let with = schedule_with("Mon-Fri 08:00-20:00", "2026-12-26/2026-12-27");
    let without = schedule_with("Mon-Fri 08:00-20:00", "");
    let of = |schedule| edges(schedule, "2026-12-21T00:00:00Z", "2027-01-04T00:00:00Z");
    assert_eq!(of(&with), of(&without));
}

#[test]
fn a_half_day_is_a_window_of_hol() {
    let schedule = schedule_with("Mon-Fri 08:00-20:00 + Hol 08:00-12:00", "2026-12-24");
    assert_eq!(
        edges(&schedule, "2026-12-24T00:00:00Z", "2026-12-25T08:00:00Z"),
        [
            awake("2026-12-24T08:00:00Z"),
            rest("2026-12-24T12:00:00Z"),
            awake("2026-12-25T08:00:00Z")
        ]
    );
}

#[test]
fn a_saturday_can_be_worked_as_a_monday() {
    assert_eq!(
        edges(
            &schedule_with("Mon 09:00-17:00 + Tue-Fri 08:00-20:00", "2026-12-19=Mon"),
            "2026-12-19T00:00:00Z",
            "2026-12-20T00:00:00Z"
        ),
        [awake("2026-12-19T09:00:00Z"), rest("2026-12-19T17:00:00Z")]
    );
}

#[test]
fn a_holiday_is_the_date_of_the_zone() {
    // 2026-12-25 is over in Auckland (+13) before it begins in Honolulu (-10).
    let from = "2026-12-24T00:00:00Z";
    let to = "2026-12-26T12:00:00Z";
    let schedule = |zone| schedule_with(&format!("Hol 00:00-24:00 {zone}"), "12-25");
    assert_eq!(
        edges(&schedule("Pacific/Auckland"), from, to),
        [awake("2026-12-24T11:00:00Z"), rest("2026-12-25T11:00:00Z")]
    );
    assert_eq!(
        edges(&schedule("Pacific/Honolulu"), from, to),
        [awake("2026-12-25T10:00:00Z"), rest("2026-12-26T10:00:00Z")]
    );
}
