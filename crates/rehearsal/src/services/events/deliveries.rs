//! What is on its way to a target: at least once, in no promised order, for at most a day.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::world::World;

/// How long an event takes from the bus to its target: "typical latency is about half a second",
/// <https://aws.amazon.com/eventbridge/faqs/>.
pub(crate) const LATENCY: SignedDuration = SignedDuration::from_millis(500);

/// Something on its way to a target.
#[derive(Clone, Debug, PartialEq)]
pub struct Delivery {
    /// The rule or the schedule that it comes from.
    pub cause: String,
    /// The target's ARN.
    pub target: String,
    /// What the target receives: the event, or the input that the rule or the schedule gives it.
    pub payload: Value,
    /// When it was accepted; its age counts from here.
    pub since: Timestamp,
    /// When the next attempt is made.
    pub due: Timestamp,
    /// How many attempts have failed.
    pub failed: u32,
    /// How long it is tried.
    pub policy: RetryPolicy,
    /// The queue for what could not be delivered.
    pub dead_letter: Option<String>,
}

/// How long a delivery is tried.
///
/// Source: <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html>:
/// 24 hours and up to 185 times by default, with exponential back-off and jitter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// The most attempts after the first.
    pub retries: u32,
    /// The greatest age.
    pub age: SignedDuration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            retries: 185,
            age: SignedDuration::from_hours(24),
        }
    }
}

/// A mishap for some deliveries, by script.
#[derive(Clone, Debug)]
pub struct Twist {
    /// What happens to them.
    pub twisted: Twisted,
    /// A text that the target's ARN or the payload must contain.
    pub mentions: String,
    /// How many matching deliveries go through first.
    pub skip: usize,
    /// How many are struck after that.
    pub times: usize,
}

/// What can happen to a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Twisted {
    /// It comes again, this much later.
    Repeated(SignedDuration),
    /// It comes this much later, so that later ones overtake it.
    Delayed(SignedDuration),
    /// It never comes: some services' events are best effort only,
    /// <https://docs.aws.amazon.com/eventbridge/latest/ref/event-delivery-level.html>.
    Lost,
}

/// Everything on its way, the next first.
#[derive(Debug, Default)]
pub struct Deliveries {
    queue: BTreeMap<(Timestamp, u64), Delivery>,
    added: u64,
    twists: Vec<Twist>,
}

impl Deliveries {
    /// Lets a mishap strike deliveries from now on.
    pub fn script(&mut self, twist: Twist) {
        self.twists.push(twist);
    }

    /// Sends something on its way, mishaps included.
    pub fn add(&mut self, mut delivery: Delivery) {
        match self.strike(&delivery) {
            Some(Twisted::Lost) => return,
            Some(Twisted::Delayed(by)) => delivery.due = later(delivery.due, by),
            Some(Twisted::Repeated(by)) => {
                let due = later(delivery.due, by);
                self.insert(Delivery {
                    due,
                    ..delivery.clone()
                });
            }
            None => {}
        }
        self.insert(delivery);
    }

    /// Everything on its way, the next first.
    pub fn iter(&self) -> impl Iterator<Item = &Delivery> {
        self.queue.values()
    }

    /// When the next attempt after `now` is due.
    pub fn next_after(&self, now: Timestamp) -> Option<Timestamp> {
        let mut later = self.queue.range((now, u64::MAX)..);
        later.next().map(|((due, _), _)| *due)
    }

    /// Takes what is due by `now` and fits.
    pub(super) fn take(
        &mut self,
        now: Timestamp,
        fits: impl Fn(&Delivery) -> bool,
    ) -> Vec<Delivery> {
        let due = self.queue.range(..=(now, u64::MAX));
        let due = due.filter(|(_, delivery)| fits(delivery));
        let places: Vec<_> = due.map(|(place, _)| *place).collect();
        let taken = places.iter().filter_map(|place| self.queue.remove(place));
        taken.collect()
    }

    fn insert(&mut self, delivery: Delivery) {
        self.added += 1;
        self.queue.insert((delivery.due, self.added), delivery);
    }

    fn strike(&mut self, delivery: &Delivery) -> Option<Twisted> {
        let struck = self.twists.iter_mut().find_map(|twist| {
            let concerned = twist.times > 0
                && (delivery.target.contains(&twist.mentions)
                    || delivery.payload.to_string().contains(&twist.mentions));
            if !concerned {
                return None;
            }
            if twist.skip > 0 {
                twist.skip -= 1;
                return None;
            }
            twist.times -= 1;
            Some(twist.twisted)
        });
        self.twists.retain(|twist| twist.times > 0);
        struck
    }
}

/// Takes what is due by now, the earliest first. Whoever takes it delivers it, and calls
/// [`put_back`] with what the target did not accept.
pub fn take_due_deliveries(world: &mut World) -> Vec<Delivery> {
    let now = world.now;
    world.events.deliveries.take(now, |_| true)
}

/// Puts back a delivery that its target did not accept, or hands it over as a dead letter.
pub fn put_back(world: &mut World, mut delivery: Delivery) -> Option<Delivery> {
    delivery.failed += 1;
    let Some(due) = redeliver(&delivery, delivery.failed) else {
        return Some(delivery);
    };
    delivery.due = due;
    world.events.deliveries.insert(delivery);
    None
}

/// When a delivery is tried again after this many failures; none if it has been tried enough.
///
/// The documentation gives no intervals. Doubling from a second up to eight minutes spreads 185
/// attempts over the 24 hours that it does give.
pub fn redeliver(delivery: &Delivery, failed: u32) -> Option<Timestamp> {
    if failed > delivery.policy.retries {
        return None;
    }
    let seconds = 1_i64 << failed.saturating_sub(1).min(9);
    let due = later(delivery.due, SignedDuration::from_secs(seconds.min(480)));
    (due.duration_since(delivery.since) <= delivery.policy.age).then_some(due)
}

/// A moment later; the end of time stays where it is.
pub(crate) fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.saturating_add(by).unwrap_or(at)
}
