//! Counts over time, read from the record.

use jiff::{SignedDuration, Timestamp};

use crate::journal::What;
use crate::scenario::record::Record;

/// The steps of one count: from each moment on, this many.
pub(super) type Steps = Vec<(Timestamp, u32)>;

/// One service or group over time.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Series {
    /// `cluster/service` or the group's name.
    pub(super) subject: String,
    /// What is counted.
    pub(super) unit: &'static str,
    /// What is wanted; empty for a group.
    pub(super) wanted: Steps,
    /// What is there.
    pub(super) present: Steps,
}

impl Series {
    /// Every service, then every group.
    pub(super) fn all(record: &Record) -> Vec<Self> {
        let mut all: Vec<Self> = record
            .subjects()
            .into_iter()
            .map(|subject| Self::of(record, subject))
            .collect();
        all.sort_by_key(|series| series.wanted.is_empty());
        all
    }

    fn of(record: &Record, subject: String) -> Self {
        let (mut wanted, mut present, mut unit) = (Vec::new(), Vec::new(), "tasks");
        for happening in &record.happenings {
            if happening.subject != subject {
                continue;
            }
            match happening.what {
                What::Tasks { desired, running } => {
                    step(&mut wanted, happening.at, desired);
                    step(&mut present, happening.at, running);
                }
                What::Instances(count) => {
                    unit = "instances";
                    step(&mut present, happening.at, count);
                }
                _ => {}
            }
        }
        Self {
            subject,
            unit,
            wanted,
            present,
        }
    }

    /// The most that was ever wanted or there.
    pub(super) fn most(&self) -> u32 {
        let counts = self.wanted.iter().chain(&self.present);
        counts.map(|(_, count)| *count).max().unwrap_or_default()
    }
}

fn step(steps: &mut Steps, at: Timestamp, count: u32) {
    match steps.last_mut() {
        Some((last, previous)) if *last == at => *previous = count,
        Some((_, previous)) if *previous == count => {}
        _ => steps.push((at, count)),
    }
}

/// The sum of several counts.
pub(super) fn sum<'a>(all: impl Iterator<Item = &'a Steps> + Clone) -> Steps {
    let mut moments: Vec<Timestamp> = all.clone().flatten().map(|(at, _)| *at).collect();
    moments.sort_unstable();
    moments.dedup();
    let mut total = Vec::new();
    for moment in moments {
        let counts = all.clone().map(|steps| value(steps, moment));
        step(&mut total, moment, counts.sum());
    }
    total
}

/// The count at a moment.
pub(super) fn value(steps: &Steps, at: Timestamp) -> u32 {
    let before = steps.iter().rev().find(|(since, _)| *since <= at);
    before.map_or(0, |(_, count)| *count)
}

/// How many hours of one task, or of one instance, the steps make until `to`.
pub(super) fn hours(steps: &Steps, to: Timestamp) -> f64 {
    let ends = steps.iter().skip(1).map(|(at, _)| *at).chain([to]);
    let spans = steps.iter().zip(ends);
    spans
        .map(|((from, count), end)| {
            f64::from(*count)
                * (end.duration_since(*from))
                    .max(SignedDuration::ZERO)
                    .as_secs_f64()
                / 3600.0
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: i64) -> Timestamp {
        Timestamp::from_second(hour * 3600).unwrap()
    }

    #[test]
    fn hours_are_the_area_below_the_steps() {
        let steps = vec![(at(0), 4), (at(2), 0), (at(12), 4)];
        assert!((hours(&steps, at(15)) - 20.0).abs() < 1e-9);
    }

    #[test]
    fn a_sum_steps_whenever_one_of_its_parts_does() {
        let (one, other) = (vec![(at(0), 1), (at(2), 3)], vec![(at(1), 5), (at(2), 3)]);
        assert_eq!(sum([&one, &other].into_iter()), [(at(0), 1), (at(1), 6)]);
    }
}
