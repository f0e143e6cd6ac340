//! When to look again: when ECS should have begun, before the deadline, and after it.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::Round;
use super::ending::limit;
use crate::drain::moment::Moment;
use crate::drain::remembered::record::{Drain, Drainer};

/// Moments are rounded up to so many seconds, so that one look serves many instances.
const STEP: i64 = 5;

/// How long after its deadline an instance is looked at for what became of its tasks.
pub(super) const AFTER: SignedDuration = SignedDuration::from_secs(10);

/// How long a heartbeat timeout has to be for a look every minute to keep a hook open, with one
/// look that comes late.
pub(in crate::drain) const HEARD_IN: SignedDuration = SignedDuration::from_secs(120);

/// How long after the last rung a tick has it looked at once more, in case the look at it is lost.
/// It is our choice: long enough for a look that came to have written down what it stops, and
/// short enough for most of the time to be left.
const ONCE_MORE: SignedDuration = SignedDuration::from_secs(STEP);

/// The longest that a message can be delayed.
/// Source: <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html>.
const LONGEST_DELAY: SignedDuration = SignedDuration::from_mins(15);

/// The most looks in a chain: Lambda ends a loop through a queue after about sixteen.
/// Source: <https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html>.
pub(in crate::drain) const HOPS: u8 = 8;

/// The moments at which this instance has to be looked at again and for which no look is planned
/// yet. They are written down in its record.
///
/// A message can be lost, and a minute may pass over the last rung. So whoever is called every
/// minute plans a look of its own right after that, whatever the record says was planned; one of
/// many is sent.
pub(in crate::drain) fn plan(
    drain: &mut Drain,
    unsure: bool,
    round: Round,
    moment: Moment<'_>,
) -> BTreeSet<Timestamp> {
    let (now, policy) = (moment.now, moment.policy);
    let Some(certain) = drain.heard.certain() else {
        return BTreeSet::new();
    };
    let mut moments = Vec::new();
    let since = certain.max(drain.opened);
    let drained_before = matches!(drain.by, Drainer::Us { at } if at < since);
    if unsure || drained_before {
        moments.push(since + policy.patience);
    }
    if let Some(limit) = limit(drain) {
        let ladder = limit - policy.ladder;
        // Who comes late to the ladder still stops what can be stopped.
        let missed = ladder <= now && now < limit && !round.looking;
        moments.push(if missed {
            now + SignedDuration::from_secs(1)
        } else {
            ladder
        });
        moments.push(limit + AFTER);
    }
    let due = |at: &Timestamp| *at > now && at.duration_since(now) <= LONGEST_DELAY;
    let mut fresh: BTreeSet<Timestamp> = moments
        .into_iter()
        .map(rounded)
        .filter(due)
        .filter(|at| !drain.looks.contains(at))
        .collect();
    drain.looks.extend(&fresh);
    let last_rung = limit(drain).filter(|_| round.tick);
    let once_more = last_rung.map(|limit| rounded(limit - policy.ladder) + ONCE_MORE);
    fresh.extend(once_more.filter(due));
    fresh
}

/// Rounded up to a moment that others ask for too.
fn rounded(at: Timestamp) -> Timestamp {
    let whole = at.as_second() + i64::from(at.subsec_nanosecond() > 0);
    let seconds = whole.div_euclid(STEP) * STEP;
    let seconds = if seconds < whole {
        seconds + STEP
    } else {
        seconds
    };
    Timestamp::from_second(seconds).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_rounded_up_to_five_seconds() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        for (exact, shared) in [
            ("2026-11-24T10:00:00Z", "2026-11-24T10:00:00Z"),
            ("2026-11-24T10:00:00.001Z", "2026-11-24T10:00:05Z"),
            ("2026-11-24T10:00:01Z", "2026-11-24T10:00:05Z"),
            ("2026-11-24T10:00:04.9Z", "2026-11-24T10:00:05Z"),
            ("2026-12-31T23:59:56Z", "2027-01-01T00:00:00Z"),
        ] {
            assert_eq!(rounded(at(exact)), at(shared), "{exact}");
        }
    }
}
