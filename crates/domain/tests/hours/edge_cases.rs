//! What clocks, zones and calendars do to hours: the cases that schedulers get wrong.

use domain::hours::State;

use super::{awake, edges, rest, schedule, schedule_with, utc};

#[test]
fn an_end_in_the_hour_that_spring_skips_moves_forward_by_that_hour_and_comes_once() {
    // 02:30 does not exist on 2027-03-14: it is 03:30 EDT.
    assert_eq!(
        edges(
            &schedule("Sat 20:00-Sun 02:30 America/New_York"),
            "2027-03-13T12:00:00Z",
            "2027-03-15T12:00:00Z"
        ),
        [awake("2027-03-14T01:00:00Z"), rest("2027-03-14T07:30:00Z")]
    );
}

#[test]
fn an_end_in_the_hour_that_autumn_repeats_comes_the_first_time_and_is_not_undone() {
    let schedule = schedule("Sat 20:00-Sun 01:30 America/New_York");
    assert_eq!(
        edges(&schedule, "2026-10-31T12:00:00Z", "2026-11-02T12:00:00Z"),
        [awake("2026-11-01T00:00:00Z"), rest("2026-11-01T05:30:00Z")]
    );
    assert_eq!(
        schedule.state_at(utc("2026-11-01T06:15:00Z")),
        State::Rest,
        "the second 01:15"
    );
    assert_eq!(
        edges(&schedule, "2027-11-06T12:00:00Z", "2027-11-08T12:00:00Z"),
        [awake("2027-11-07T00:00:00Z"), rest("2027-11-07T05:30:00Z")]
    );
}

#[test]
fn a_start_in_the_hour_that_autumn_repeats_comes_the_first_time_and_is_not_undone() {
    assert_eq!(
        edges(
            &schedule("Sun 01:30-06:00 America/New_York"),
            "2026-10-31T12:00:00Z",
            "2026-11-02T12:00:00Z"
        ),
        [awake("2026-11-01T05:30:00Z"), rest("2026-11-01T11:00:00Z")]
    );
}

#[test]
fn a_window_inside_the_skipped_hour_keeps_its_length() {
    assert_eq!(
        edges(
            &schedule("Sun 02:15-02:45 America/New_York"),
            "2027-03-14T00:00:00Z",
            "2027-03-15T00:00:00Z"
        ),
        [awake("2027-03-14T07:15:00Z"), rest("2027-03-14T07:45:00Z")]
    );
}

#[test]
fn a_window_that_ends_before_its_skipped_start_is_gone_for_that_day() {
    // The start would be 03:45 EDT, after the end at 03:30 EDT.
    assert_eq!(
        edges(
            &schedule("Sun 02:45-03:30 America/New_York"),
            "2027-03-14T00:00:00Z",
            "2027-03-15T00:00:00Z"
        ),
        []
    );
}

#[test]
fn windows_that_overlap_on_the_wall_are_one_even_where_spring_would_part_them() {
    // As instants the first ends at 03:10 EDT, and the second would start at 03:40 EDT.
    assert_eq!(
        edges(
            &schedule("Sat 20:00-03:10 + Sun 02:40-08:00 America/New_York"),
            "2027-03-13T12:00:00Z",
            "2027-03-15T00:00:00Z"
        ),
        [awake("2027-03-14T01:00:00Z"), rest("2027-03-14T12:00:00Z")]
    );
}

#[test]
fn windows_that_touch_only_because_spring_moves_one_are_one() {
    // 02:30 is 03:30 EDT, and the next window starts at 03:00 EDT or 03:30 EDT.
    for second in ["03:00", "03:30"] {
        let schedule = schedule(&format!(
            "Sat 20:00-02:30 + Sun {second}-08:00 America/New_York"
        ));
        assert_eq!(
            edges(&schedule, "2027-03-13T12:00:00Z", "2027-03-15T00:00:00Z"),
            [awake("2027-03-14T01:00:00Z"), rest("2027-03-14T12:00:00Z")]
        );
    }
}

#[test]
fn a_skipped_start_may_come_after_a_later_one() {
    // 02:40 becomes 03:40 EDT, and 03:00 EDT was before it.
    assert_eq!(
        edges(
            &schedule("Sun 02:40-02:50 + Sun 03:00-03:10 America/New_York"),
            "2027-03-14T00:00:00Z",
            "2027-03-15T00:00:00Z"
        ),
        [
            awake("2027-03-14T07:00:00Z"),
            rest("2027-03-14T07:10:00Z"),
            awake("2027-03-14T07:40:00Z"),
            rest("2027-03-14T07:50:00Z")
        ]
    );
}

#[test]
fn a_day_without_midnight_starts_an_hour_later() {
    for (hours, from, first, last) in [
        (
            "Fri 00:00-08:00 Africa/Cairo",
            "2026-04-23T12:00:00Z",
            "2026-04-23T22:00:00Z",
            "2026-04-24T05:00:00Z",
        ),
        (
            "Sun 00:00-06:00 America/Santiago",
            "2026-09-05T12:00:00Z",
            "2026-09-06T04:00:00Z",
            "2026-09-06T09:00:00Z",
        ),
        (
            "Sun 00:00-06:00 Asia/Beirut",
            "2026-03-28T12:00:00Z",
            "2026-03-28T22:00:00Z",
            "2026-03-29T03:00:00Z",
        ),
        // 24:00 of the day before is the same midnight.
        (
            "Thu 18:00-24:00 Africa/Cairo",
            "2026-04-23T12:00:00Z",
            "2026-04-23T16:00:00Z",
            "2026-04-23T22:00:00Z",
        ),
    ] {
        assert_eq!(
            edges(&schedule(hours), from, last),
            [awake(first), rest(last)],
            "{hours}"
        );
    }
    for zone in ["Africa/Cairo", "America/Santiago", "Asia/Beirut"] {
        let schedule = schedule(&format!("Mon-Sun 00:00-24:00 {zone}"));
        assert_eq!(
            schedule.next_edge(utc("2026-01-01T12:00:00Z")),
            None,
            "{zone}"
        );
    }
}

#[test]
fn lord_howe_skips_half_an_hour() {
    // From 02:00 to 02:30 on 2026-10-04; 02:15 is 02:45 at +11.
    assert_eq!(
        edges(
            &schedule("Sun 02:15-06:00 Australia/Lord_Howe"),
            "2026-10-03T00:00:00Z",
            "2026-10-04T12:00:00Z"
        ),
        [awake("2026-10-03T15:45:00Z"), rest("2026-10-03T19:00:00Z")]
    );
}

#[test]
fn half_and_quarter_hours_of_a_zone_are_kept() {
    for (zone, first, last) in [
        (
            "Asia/Kolkata",
            "2026-11-23T02:30:00Z",
            "2026-11-23T13:30:00Z",
        ),
        (
            "Asia/Kathmandu",
            "2026-11-23T02:15:00Z",
            "2026-11-23T13:15:00Z",
        ),
        (
            "Pacific/Chatham",
            "2026-11-22T18:15:00Z",
            "2026-11-23T05:15:00Z",
        ),
    ] {
        let schedule = schedule(&format!("Mon 08:00-19:00 {zone}"));
        assert_eq!(
            edges(&schedule, "2026-11-22T12:00:00Z", "2026-11-24T12:00:00Z"),
            [awake(first), rest(last)],
            "{zone}"
        );
    }
}

#[test]
fn the_friday_that_samoa_skipped_is_kept_on_the_saturday() {
    // 2011-12-30 never was in Apia: the clock went from Thursday 24:00 at -10 to Saturday 00:00 at
    // +14.
    assert_eq!(
        edges(
            &schedule("Fri 08:00-20:00 Pacific/Apia"),
            "2011-12-28T00:00:00Z",
            "2012-01-02T00:00:00Z"
        ),
        [awake("2011-12-30T18:00:00Z"), rest("2011-12-31T06:00:00Z")]
    );
    assert_eq!(
        edges(
            &schedule("Thu 22:00-02:00 Pacific/Apia"),
            "2011-12-28T00:00:00Z",
            "2012-01-02T00:00:00Z"
        ),
        [awake("2011-12-30T08:00:00Z"), rest("2011-12-30T12:00:00Z")]
    );
}

#[test]
fn a_window_of_almost_a_week_stays_open_until_an_end_that_was_moved_by_a_day() {
    // It starts on Saturday 2011-12-24 and ends at noon of the Friday that never was. The next one
    // does not start, as its Saturday is a holiday.
    let schedule = schedule_with("Sat 00:00-Fri 12:00 Pacific/Apia", "2011-12-31");
    assert_eq!(
        edges(&schedule, "2011-12-28T00:00:00Z", "2012-01-05T00:00:00Z"),
        [rest("2011-12-30T22:00:00Z")]
    );
    assert_eq!(schedule.state_at(utc("2011-12-30T21:59:59Z")), State::Awake);
}

#[test]
fn dublin_has_its_negative_summer_time_and_mexico_no_longer_any() {
    let dublin = schedule("Mon-Fri 08:00-20:00 Europe/Dublin");
    assert_eq!(
        dublin.next_edge(utc("2026-03-27T00:00:00Z")),
        Some(awake("2026-03-27T08:00:00Z"))
    );
    assert_eq!(
        dublin.next_edge(utc("2026-03-30T00:00:00Z")),
        Some(awake("2026-03-30T07:00:00Z"))
    );
    let mexico = schedule("Mon-Fri 08:00-20:00 America/Mexico_City");
    assert_eq!(
        mexico.next_edge(utc("2022-04-04T12:00:00Z")),
        Some(awake("2022-04-04T13:00:00Z"))
    );
    assert_eq!(
        mexico.next_edge(utc("2023-04-03T12:00:00Z")),
        Some(awake("2023-04-03T14:00:00Z"))
    );
}

#[test]
fn the_day_of_the_week_is_that_of_the_zone() {
    // Sunday 00:00 in Sydney is Saturday in UTC.
    assert_eq!(
        edges(
            &schedule("Sun 00:00-06:00 Australia/Sydney"),
            "2026-11-20T00:00:00Z",
            "2026-11-24T00:00:00Z"
        ),
        [awake("2026-11-21T13:00:00Z"), rest("2026-11-21T19:00:00Z")]
    );
}

#[test]
fn a_night_belongs_to_the_day_on_which_it_starts() {
    let schedule = schedule("Mon-Fri 20:00-08:00");
    assert_eq!(
        schedule.state_at(utc("2026-11-28T02:00:00Z")),
        State::Awake,
        "Saturday 02:00 is Friday's night"
    );
    assert_eq!(
        schedule.state_at(utc("2026-11-23T02:00:00Z")),
        State::Rest,
        "Monday 02:00 would be Sunday's night"
    );
    assert_eq!(schedule.state_at(utc("2026-11-28T08:00:00Z")), State::Rest);
    assert_eq!(schedule.state_at(utc("2026-11-28T20:00:00Z")), State::Rest);
}

#[test]
fn a_weekend_is_one_span() {
    assert_eq!(
        edges(
            &schedule("Fri 20:00-Mon 08:00"),
            "2026-11-25T00:00:00Z",
            "2026-12-03T00:00:00Z"
        ),
        [awake("2026-11-27T20:00:00Z"), rest("2026-11-30T08:00:00Z")]
    );
}

#[test]
fn ranges_of_days_wrap_around_the_week() {
    for (hours, days) in [
        ("Sun-Thu 10:00-12:00", [22, 23, 24, 25, 26].as_slice()),
        ("Sat-Mon 10:00-12:00", &[21, 22, 23, 28]),
    ] {
        let expected: Vec<_> = days
            .iter()
            .flat_map(|day| {
                [
                    awake(&format!("2026-11-{day}T10:00:00Z")),
                    rest(&format!("2026-11-{day}T12:00:00Z")),
                ]
            })
            .collect();
        assert_eq!(
            edges(
                &schedule(hours),
                "2026-11-21T00:00:00Z",
                "2026-11-28T12:00:00Z"
            ),
            expected,
            "{hours}"
        );
    }
}

#[test]
fn the_year_and_the_leap_day_are_crossed_like_any_night() {
    assert_eq!(
        edges(
            &schedule("Thu 20:00-08:00"),
            "2026-12-31T00:00:00Z",
            "2027-01-02T00:00:00Z"
        ),
        [awake("2026-12-31T20:00:00Z"), rest("2027-01-01T08:00:00Z")]
    );
    assert_eq!(
        edges(
            &schedule_with("Mon-Fri 08:00-20:00", "02-29"),
            "2028-02-28T12:00:00Z",
            "2028-03-01T12:00:00Z"
        ),
        [rest("2028-02-28T20:00:00Z"), awake("2028-03-01T08:00:00Z")]
    );
}

#[test]
fn old_names_are_the_zones_they_were_renamed_to() {
    for (old, new) in [
        ("US/Eastern", "America/New_York"),
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("Europe/Kiev", "Europe/Kyiv"),
    ] {
        let of = |zone| {
            edges(
                &schedule(&format!("Mon-Fri 08:00-20:00 {zone}")),
                "2026-01-01T00:00:00Z",
                "2027-01-01T00:00:00Z",
            )
        };
        assert_eq!(of(old), of(new));
    }
}

#[test]
fn the_sign_of_etc_gmt_is_inverted() {
    let schedule = schedule("Mon 08:00-20:00 Etc/GMT+3");
    assert_eq!(
        schedule.next_edge(utc("2026-11-23T00:00:00Z")),
        Some(awake("2026-11-23T11:00:00Z"))
    );
}

#[test]
fn est_has_no_summer_time() {
    let schedule = schedule("Mon 08:00-20:00 EST");
    assert_eq!(
        schedule.next_edge(utc("2026-07-06T00:00:00Z")),
        Some(awake("2026-07-06T13:00:00Z"))
    );
}

#[test]
fn a_tick_a_moment_early_sees_the_old_state_and_a_tick_on_time_the_new_one() {
    let schedule = schedule("Mon-Fri 07:00-19:00");
    assert_eq!(
        schedule.state_at(utc("2026-11-23T18:59:59.9Z")),
        State::Awake
    );
    assert_eq!(
        schedule.state_at(utc("2026-11-23T19:00:00.0Z")),
        State::Rest
    );
}
