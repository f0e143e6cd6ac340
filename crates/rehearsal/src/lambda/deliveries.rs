//! The queue of asynchronous invocations: what waits, what is tried again, what is given up.
//!
//! Source: <https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html>.

use jiff::{SignedDuration, Timestamp};

use super::{Ended, Invocation};

/// How long a throttled event waits in the queue before it is given up: 6 hours.
const MAXIMUM_AGE: SignedDuration = SignedDuration::from_hours(6);
/// A throttled event comes back after 1 second, then after twice as long each time, up to this.
const LONGEST_BACK_OFF: SignedDuration = SignedDuration::from_mins(5);
/// After an error: one minute before the first retry, two before the second.
const RETRIES: [SignedDuration; 2] = [SignedDuration::from_mins(1), SignedDuration::from_mins(2)];

/// An invocation that waits for its moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Delivery {
    /// What is delivered.
    pub invocation: Invocation,
    /// When Lambda accepted it.
    pub accepted: Timestamp,
    /// When it is next tried.
    pub due: Timestamp,
    /// How often the function has failed on it.
    pub failures: usize,
    /// How often it was throttled.
    pub throttled: u32,
}

/// What becomes of a delivery after an attempt.
#[derive(Clone, Debug, PartialEq)]
pub enum Settled {
    /// It was taken care of.
    Done,
    /// It is tried again then.
    Again(Timestamp),
    /// It goes to the on-failure destination, for this reason.
    GivenUp(&'static str),
}

/// Every delivery that waits.
#[derive(Debug, Default)]
pub struct Deliveries {
    waiting: Vec<Delivery>,
    accepted: u64,
}

impl Deliveries {
    /// Accepts an event at `now`. Every attempt at it has the same request id, by which a function
    /// can tell a retry of its own work.
    pub fn accept(&mut self, mut invocation: Invocation, now: Timestamp) {
        self.accepted += 1;
        let request_id = format!("00000000-0000-4000-8000-{:012x}", self.accepted);
        invocation.request_id.get_or_insert(request_id);
        self.waiting.push(Delivery {
            invocation,
            accepted: now,
            due: now,
            failures: 0,
            throttled: 0,
        });
    }

    /// When the next delivery is due.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.waiting.iter().map(|delivery| delivery.due).min()
    }

    /// Takes the delivery that has been due the longest by `now`.
    pub fn take_due(&mut self, now: Timestamp) -> Option<Delivery> {
        let (at, _) = self
            .waiting
            .iter()
            .enumerate()
            .filter(|(_, delivery)| delivery.due <= now)
            .min_by_key(|(_, delivery)| delivery.due)?;
        Some(self.waiting.remove(at))
    }

    /// Puts a delivery back, or not, after an attempt that ended at `now`.
    pub fn settle(&mut self, mut delivery: Delivery, ended: &Ended, now: Timestamp) -> Settled {
        let wait = match ended {
            Ended::Ok(_) => return Settled::Done,
            Ended::Throttled => back_off(&mut delivery, now),
            Ended::Failed { .. } | Ended::TimedOut | Ended::Crashed(_) => {
                delivery.failures += 1;
                RETRIES.get(delivery.failures - 1).copied()
            }
        };
        let Some(due) = wait.and_then(|wait| now.checked_add(wait).ok()) else {
            return Settled::GivenUp(match ended {
                Ended::Throttled => "EventAgeExceeded",
                _ => "RetriesExhausted",
            });
        };
        delivery.due = due;
        self.waiting.push(delivery);
        Settled::Again(due)
    }
}

fn back_off(delivery: &mut Delivery, now: Timestamp) -> Option<SignedDuration> {
    let doubled = 1_i64.checked_shl(delivery.throttled).unwrap_or(i64::MAX);
    delivery.throttled += 1;
    let wait = SignedDuration::from_secs(doubled).min(LONGEST_BACK_OFF);
    let age = now.duration_since(delivery.accepted) + wait;
    (age <= MAXIMUM_AGE).then_some(wait)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const START: Timestamp = Timestamp::UNIX_EPOCH;

    fn accepted() -> Deliveries {
        let mut deliveries = Deliveries::default();
        let invocation = Invocation {
            function: "off-hours".to_owned(),
            event: json!({}),
            request_id: None,
        };
        deliveries.accept(invocation, START);
        deliveries
    }

    /// Seconds from the start at which each attempt happens when every one ends like this.
    fn attempts(ended: &Ended) -> (Vec<i64>, Settled) {
        let mut deliveries = accepted();
        let mut seconds = Vec::new();
        loop {
            let now = deliveries.next_due().unwrap();
            let delivery = deliveries.take_due(now).unwrap();
            seconds.push(now.as_second());
            match deliveries.settle(delivery, ended, now) {
                Settled::Again(_) => {}
                settled => return (seconds, settled),
            }
        }
    }

    #[test]
    fn an_error_is_tried_again_after_one_minute_and_then_after_two() {
        assert_eq!(
            attempts(&Ended::TimedOut),
            (vec![0, 60, 180], Settled::GivenUp("RetriesExhausted"))
        );
    }

    #[test]
    fn a_throttled_event_backs_off_to_five_minutes_and_is_dropped_after_six_hours() {
        let (seconds, settled) = attempts(&Ended::Throttled);
        assert_eq!(seconds[..11], [0, 1, 3, 7, 15, 31, 63, 127, 255, 511, 811]);
        assert!(seconds.iter().all(|second| *second <= 6 * 3600));
        assert_eq!(settled, Settled::GivenUp("EventAgeExceeded"));
    }

    #[test]
    fn what_is_not_due_is_not_delivered() {
        let mut deliveries = accepted();
        let delivery = deliveries.take_due(START).unwrap();
        deliveries.settle(delivery, &Ended::TimedOut, START);
        assert_eq!(deliveries.take_due(START), None);
        assert!(deliveries.next_due().is_some());
    }
}
