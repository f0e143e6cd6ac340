//! A year, minute by minute, in 38 zones and years, against the table of a program that shares
//! neither code, nor idea, nor time-zone library with us: tests/oracle/edges.py.

use std::sync::Arc;

use domain::hours::holidays::Holidays;
use domain::hours::schedule::Schedule;
use domain::hours::{Edge, Hours, State};
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::zone;

const TABLE: &str = include_str!("../oracle/edges.txt");

/// Coprime to the minutes of a week, so that the samples of a year do not fall on the same few
/// minutes.
const STEP: usize = 487;

struct Row {
    schedule: Schedule,
    from: Timestamp,
    to: Timestamp,
    /// The state at `from`, and every edge of the year.
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
    for step in read_steps(steps) {
        let last = edges[edges.len() - 1];
        edges.push(Edge {
            at: last.at + step.minutes(),
            to: other(last.to),
        });
    }
    Row {
        schedule,
        from,
        to,
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
fn read_steps(text: &str) -> Vec<i64> {
    let mut steps = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (word, after) = match rest.split_once("*[") {
            Some((count, _)) if !count.contains(' ') => rest.split_once(']').unwrap(),
            _ => rest.split_once(' ').unwrap_or((rest, "")),
        };
        let (count, block) = word.split_once("*[").unwrap_or(("1", word));
        let block: Vec<i64> = block
            .split(' ')
            .map(|step| step.parse::<i64>().unwrap())
            .collect();
        steps.extend(block.repeat(count.parse().unwrap()));
        rest = after.trim_start();
    }
    steps
}

#[test]
fn the_edges_of_a_year_are_those_of_an_independent_computation() {
    let mut zones = std::collections::BTreeSet::new();
    for (line, row) in rows() {
        assert_eq!(row.schedule.edges(row.from, row.to), row.edges, "{line}");
        zones.insert(row.schedule.zone().name().to_owned());
    }
    assert!(zones.len() >= 30, "{zones:?}");
}

/// The minute before each edge, the minute of the edge, and about a thousand minutes between them.
#[test]
fn the_state_is_that_of_an_independent_computation() {
    for (n, (line, row)) in rows().enumerate() {
        for edge in &row.edges[1..] {
            assert_state(&row, edge.at - 1.minute(), line);
            assert_state(&row, edge.at, line);
        }
        minutes(&row)
            .skip(n % STEP)
            .step_by(STEP)
            .for_each(|at| assert_state(&row, at, line));
    }
}

#[test]
#[ignore = "every minute of every row is more than a hundred million: under a minute, but only when optimised"]
fn the_state_at_every_minute_is_that_of_an_independent_computation() {
    for (line, row) in rows() {
        minutes(&row).for_each(|at| assert_state(&row, at, line));
    }
}

fn minutes(row: &Row) -> impl Iterator<Item = Timestamp> {
    let from = row.from;
    (0..=row.to.duration_since(from).as_mins())
        .map(move |minute| from + SignedDuration::from_mins(minute))
}

fn assert_state(row: &Row, at: Timestamp, line: &str) {
    let passed = row.edges.partition_point(|edge| edge.at <= at);
    assert_eq!(
        row.schedule.state_at(at),
        row.edges[passed - 1].to,
        "{at} in {line}"
    );
}
