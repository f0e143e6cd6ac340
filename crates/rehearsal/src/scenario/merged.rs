//! One line for what happened to one subject, or to several alike, in the same moment.

use jiff::Timestamp;

use super::timeline::Change;

/// Puts together what happened in the same moment: machines and tasks to which the same happened,
/// and the counts of a service or a group, from the first to the last. What ends as it began in one
/// moment is no news.
pub(super) fn merged(changes: Vec<(Timestamp, Change)>) -> Vec<(Timestamp, Change)> {
    let mut merged: Vec<(Timestamp, Change)> = Vec::new();
    for (at, change) in changes {
        merged.retain(|(other, before)| *other != at || !is_past(before, &change));
        let mut same = merged.iter_mut().filter(|(other, _)| *other == at);
        if !same.any(|(_, other)| joins(other, &change)) {
            merged.push((at, change));
        }
    }
    merged.retain(|(_, change)| match change {
        Change::Desired { from, to, .. } | Change::Instances { from, to, .. } => from != to,
        _ => true,
    });
    merged
}

/// Whether a service was steady at a count that it does not want any more.
fn is_past(before: &Change, change: &Change) -> bool {
    matches!(
        (before, change),
        (Change::Steady { service, .. }, Change::Desired { service: changed, .. })
            if service == changed
    )
}

/// Adds a change to another one of its kind; false if it is of another kind.
fn joins(change: &mut Change, more: &Change) -> bool {
    match (change, more) {
        (
            Change::Desired { service, to, .. },
            Change::Desired {
                service: also,
                to: last,
                ..
            },
        ) if service == also => *to = *last,
        (
            Change::Instances { group, to, .. },
            Change::Instances {
                group: also,
                to: last,
                ..
            },
        ) if group == also => *to = *last,
        (
            Change::Machines { ids, what },
            Change::Machines {
                ids: more,
                what: also,
            },
        ) if what == also => ids.extend(more.iter().cloned()),
        (
            Change::Killed { service, tasks },
            Change::Killed {
                service: also,
                tasks: more,
            },
        ) if service == also => *tasks += more,
        (
            Change::Stopped {
                service,
                by,
                after,
                reasons,
            },
            Change::Stopped {
                service: also,
                by: same,
                after: when,
                reasons: more,
            },
        ) if (&*service, &*by, &*after) == (also, same, when) => {
            reasons.extend(more.iter().cloned());
        }
        _ => return false,
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn instances(from: u32, to: u32) -> Change {
        Change::Instances {
            group: "hosts".to_owned(),
            from,
            to,
        }
    }

    fn desired(from: u32, to: u32) -> Change {
        Change::Desired {
            service: "shop/agent".to_owned(),
            from,
            to,
        }
    }

    #[test]
    fn the_counts_of_one_moment_are_told_from_the_first_to_the_last() {
        let told = merged(vec![
            (at(0), instances(20, 19)),
            (at(0), desired(12, 13)),
            (at(0), instances(19, 18)),
            (at(0), desired(13, 14)),
            (at(1), instances(18, 17)),
        ]);
        let expected = [
            (at(0), instances(20, 18)),
            (at(0), desired(12, 14)),
            (at(1), instances(18, 17)),
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn what_ends_as_it_began_in_one_moment_is_no_news() {
        assert_eq!(
            merged(vec![(at(0), desired(3, 2)), (at(0), desired(2, 3))]),
            []
        );
    }

    #[test]
    fn a_count_that_is_passed_in_one_moment_is_not_steady() {
        let steady = |running| Change::Steady {
            service: "shop/agent".to_owned(),
            running,
        };
        let told = merged(vec![
            (at(0), desired(20, 19)),
            (at(0), steady(19)),
            (at(0), desired(19, 18)),
            (at(0), steady(18)),
        ]);
        assert_eq!(told, [(at(0), desired(20, 18)), (at(0), steady(18))]);
    }
}
