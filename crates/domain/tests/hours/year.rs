//! A year, minute by minute, in 38 zones and years, against the table of a program that shares neither code, nor idea,
//! nor time-zone library with us: tests/oracle/edges.py.

use std::sync::Arc;

use domain::hours::holidays::Holidays;
use domain::hours::schedule::Schedule;
use domain::hours::{Edge, Hours, State};
use jiff::{Timestamp, ToSpan};

use super::zone;

const TABLE: &str = include_str!("../oracle/edges.txt");

/// Coprime to the minutes of an hour, a day and a week: over the year every minute of the week comes up.
const STEP: usize = 97;

struct Row {
    schedule: Schedule,
    from: Timestamp,
    /// The state in each minute of the year.
    minutes: Vec<State>,
    edges: Vec<Edge>,
}

fn rows() -> impl Iterator<Item = (&'static str, Row)> {
    TABLE
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| (line, row(line)))
}

fn row(line: &str) -> Row {
    let [name, year, hours, holidays, state, steps] =
        line.splitn(6, '|').map(str::trim).collect::<Vec<_>>()[..]
    else {
        panic!("six columns: {line}")
    };
    let new_year = |year: i16| {
        jiff::civil::date(year, 1, 1)
            .to_zoned(jiff::tz::TimeZone::UTC)
            .unwrap()
            .timestamp()
    };
    let year: i16 = year.parse().unwrap();
    let (from, to) = (new_year(year), new_year(year + 1));
    let holidays = Arc::new(Holidays::parse(holidays).unwrap());
    let schedule = Schedule::new(&Hours::parse(hours).unwrap(), holidays, &zone(name));

    let mut edges = vec![Edge {
        at: from,
        to: if state == "awake" {
            State::Awake
        } else {
            State::Rest
        },
    }];
    let mut minutes = Vec::new();
    for step in read_steps(steps) {
        let last = edges[edges.len() - 1];
        edges.push(Edge {
            at: last.at + (step as i64).minutes(),
            to: other(last.to),
        });
        minutes.extend(std::iter::repeat_n(last.to, step));
    }
    let length = usize::try_from(to.duration_since(from).as_mins()).unwrap();
    minutes.resize(length + 1, edges[edges.len() - 1].to);
    Row {
        schedule,
        from,
        minutes,
        edges,
    }
}

fn other(state: State) -> State {
    match state {
        State::Awake => State::Rest,
        State::Rest => State::Awake,
    }
}

/// `480 2*[720 3600]` is 480 720 3600 720 3600.
fn read_steps(text: &str) -> Vec<usize> {
    let mut steps = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (word, after) = match rest.split_once("*[") {
            Some((count, _)) if !count.contains(' ') => rest.split_once(']').unwrap(),
            _ => rest.split_once(' ').unwrap_or((rest, "")),
        };
        let (count, block) = word.split_once("*[").unwrap_or(("1", word));
        let block: Vec<usize> = block.split(' ').map(|step| step.parse().unwrap()).collect();
        steps.extend(block.repeat(count.parse().unwrap()));
        rest = after.trim_start();
    }
    steps
}

#[test]
fn the_edges_of_a_year_are_those_of_an_independent_computation() {
    let mut zones = std::collections::BTreeSet::new();
    for (line, row) in rows() {
        let to = row.from + (row.minutes.len() as i64 - 1).minutes();
        assert_eq!(row.schedule.edges(row.from, to), row.edges, "{line}");
        zones.insert(row.schedule.zone().name().to_owned());
    }
    assert!(zones.len() >= 30, "{zones:?}");
}

/// The states of every 97th minute of a year, and of the minutes beside each edge.
#[test]
fn the_state_at_a_minute_is_that_of_an_independent_computation() {
    for (n, (line, row)) in rows().enumerate() {
        let beside_edges = row
            .edges
            .iter()
            .map(|edge| minutes_between(row.from, edge.at))
            .flat_map(|m| [m.saturating_sub(1), m, m + 1]);
        let sampled = (n % STEP..row.minutes.len()).step_by(STEP);
        for minute in beside_edges
            .chain(sampled)
            .filter(|&minute| minute < row.minutes.len())
        {
            assert_state(&row, minute, line);
        }
    }
}

#[test]
#[ignore = "every minute of every row, more than a hundred million: minutes of work in a release build"]
fn the_state_at_every_minute_is_that_of_an_independent_computation() {
    for (line, row) in rows() {
        (0..row.minutes.len()).for_each(|minute| assert_state(&row, minute, line));
    }
}

fn assert_state(row: &Row, minute: usize, line: &str) {
    let at = row.from + (minute as i64).minutes();
    assert_eq!(
        row.schedule.state_at(at),
        row.minutes[minute],
        "{at} in {line}"
    );
}

fn minutes_between(from: Timestamp, to: Timestamp) -> usize {
    usize::try_from(to.duration_since(from).as_mins()).unwrap()
}
