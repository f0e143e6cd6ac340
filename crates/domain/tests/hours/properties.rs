//! What holds for any hours at any instant.

use std::sync::Arc;

use domain::hours::holidays::Holidays;
use domain::hours::overrides::Override;
use domain::hours::schedule::Schedule;
use domain::hours::zone::Zone;
use domain::hours::{Edge, Hours, State};
use jiff::{SignedDuration, Timestamp};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::zone;

const DAYS: [&str; 8] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun", "Hol"];

/// Zones whose clocks do everything that clocks do.
const ZONES: [&str; 8] = [
    "UTC",
    "Europe/Berlin",
    "America/St_Johns",
    "Africa/Cairo",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Antarctica/Troll",
    "Africa/Casablanca",
];

fn time() -> impl Strategy<Value = String> {
    (0..24, select(vec![0, 1, 15, 30, 59]))
        .prop_map(|(hour, minute)| format!("{hour:02}:{minute:02}"))
}

fn days() -> impl Strategy<Value = String> {
    let range = subsequence(DAYS[..7].to_vec(), 2)
        .prop_shuffle()
        .prop_map(|ends| ends.join("-"));
    prop_oneof![
        range,
        subsequence(DAYS.to_vec(), 1..=8)
            .prop_shuffle()
            .prop_map(|days| days.join("/"))
    ]
}

fn window() -> impl Strategy<Value = String> {
    let daily = (
        days(),
        time(),
        prop_oneof![time(), Just("24:00".to_owned())],
    );
    let span = (
        subsequence(DAYS[..7].to_vec(), 2).prop_shuffle(),
        time(),
        time(),
    );
    prop_oneof![
        daily.prop_map(|(days, start, end)| format!("{days} {start}-{end}")),
        span.prop_map(|(ends, start, end)| format!("{} {start}-{} {end}", ends[0], ends[1])),
    ]
}

fn hours() -> impl Strategy<Value = String> {
    let windows = vec(window(), 1..=4).prop_map(|windows| windows.join(" + "));
    let zoned =
        (windows, select(ZONES.to_vec())).prop_map(|(windows, zone)| format!("{windows} {zone}"));
    prop_oneof![1 => Just("always".to_owned()), 1 => Just("never".to_owned()), 18 => zoned]
}

/// Any instant of the years in which these zones did what they are here for.
fn instant() -> impl Strategy<Value = Timestamp> {
    // 2005 to 2030.
    (1_104_537_600_i64..1_893_456_000).prop_map(|second| Timestamp::from_second(second).unwrap())
}

fn schedule(hours: &str) -> Schedule {
    let holidays = Holidays::parse("12-25 02-29 2011-12-28/2012-01-02 2026-12-19=Mon").unwrap();
    Schedule::new(
        &Hours::parse(hours).unwrap(),
        Arc::new(holidays),
        &Zone::UTC,
    )
}

const A_MOMENT: SignedDuration = SignedDuration::from_nanos(1);

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read_as_the_same(text in hours()) {
        let hours = Hours::parse(&text).unwrap();
        let written = hours.to_string();
        prop_assert_eq!(&Hours::parse(&written).unwrap(), &hours);
        prop_assert_eq!(Hours::parse(&written).unwrap().to_string(), written);
    }

    #[test]
    fn edges_alternate_and_agree_with_the_state_on_both_sides(text in hours(), from in instant()) {
        let schedule = schedule(&text);
        let edges = schedule.edges(from, from + SignedDuration::from_hours(24 * 30));
        prop_assert_eq!(edges[0], Edge { at: from, to: schedule.state_at(from) });
        for pair in edges.windows(2) {
            prop_assert!(pair[0].at < pair[1].at);
            prop_assert_ne!(pair[0].to, pair[1].to);
            prop_assert_eq!(schedule.state_at(pair[1].at), pair[1].to);
            prop_assert_eq!(schedule.state_at(pair[1].at - A_MOMENT), pair[0].to);
        }
    }

    #[test]
    fn the_state_stays_until_the_next_edge(text in hours(), from in instant(), part in 0.0..1.0) {
        let schedule = schedule(&text);
        if let Some(edge) = schedule.next_edge(from) {
            let between = from + edge.at.duration_since(from).mul_f64(part);
            prop_assert_eq!(schedule.state_at(between), schedule.state_at(from));
            prop_assert_eq!(schedule.next_edge(between), Some(edge));
        }
    }

    #[test]
    fn no_text_is_a_panic(text in "\\PC{0,40}") {
        read_all(&text);
    }

    /// Texts made of the pieces of right ones go further before they are wrong.
    #[test]
    fn no_jumble_of_right_pieces_is_a_panic(pieces in vec(select(PIECES.to_vec()), 0..12)) {
        read_all(&pieces.concat());
    }

    #[test]
    fn no_instant_is_a_panic(text in hours(), second in Timestamp::MIN.as_second()..=Timestamp::MAX.as_second()) {
        let at = Timestamp::from_second(second).unwrap();
        for at in [at, Timestamp::MIN, Timestamp::MAX] {
            let schedule = schedule(&text);
            schedule.state_at(at);
            schedule.next_edge(at);
        }
    }
}

/// A tick only looks at the state. So it makes each change that it sees at the first tick at or
/// after its edge, and an hour after the last edge every period and phase has left the service in
/// the same state.
#[test]
fn ticks_of_any_period_and_phase_end_in_the_same_state() {
    for (hours, from) in [
        ("Mon-Fri 08:00-20:00 Europe/Berlin", "2026-03-25T22:30:00Z"),
        (
            "Sat-Sun 01:30-02:30 + Mon-Fri 20:00-08:00 America/New_York",
            "2026-10-28T00:00:00Z",
        ),
        (
            "Fri 18:00-Mon 06:00 + Wed 12:00-12:07 Pacific/Chatham",
            "2026-09-23T00:00:00Z",
        ),
    ] {
        let (schedule, from): (Schedule, Timestamp) = (schedule(hours), from.parse().unwrap());
        let edges = schedule.edges(from, from + SignedDuration::from_hours(24 * 7));
        let last = edges[edges.len() - 1];
        for period in [1, 5, 15, 60] {
            for phase in [0, period * 17, period * 59] {
                let ticks =
                    (0..).map(|n| from + SignedDuration::from_secs(phase + n * period * 60));
                let mut service = edges[0].to;
                for tick in ticks.take_while(|tick| *tick < last.at + SignedDuration::from_hours(1))
                {
                    service = schedule.state_at(tick);
                    let passed = edges.partition_point(|edge| edge.at <= tick);
                    assert_eq!(
                        service,
                        edges[passed - 1].to,
                        "{hours} every {period} min at {tick}"
                    );
                }
                assert_eq!(service, last.to, "{hours} every {period} min");
            }
        }
    }
}

const PIECES: [&str; 24] = [
    "Mon",
    "Hol",
    "Fri",
    "-",
    "/",
    "=",
    "+",
    ",",
    " ",
    " + ",
    ":",
    "08:00",
    "24:00",
    "99:99",
    "é",
    "\u{a0}",
    "2026-12-25",
    "12-25",
    "Europe/Berlin",
    "up",
    "until",
    "down",
    "always",
    "00",
];

fn read_all(text: &str) {
    if let Err(error) = Hours::parse(text) {
        assert!(error.column <= text.chars().count() + 1);
    }
    if let Err(error) = Holidays::parse(text) {
        assert!(error.column <= text.chars().count() + 1);
    }
    if let Ok(overriding) = Override::parse(text, &zone("UTC")) {
        assert!([State::Awake, State::Rest].contains(&overriding.to));
    }
}
