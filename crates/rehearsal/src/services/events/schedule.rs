//! Rules that run on a schedule.
//!
//! Source: <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-rule-schedule.html>.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::rules::arn;
use super::{later, uuid};
use crate::world::World;

/// The schedule of a rule.
#[derive(Clone, Debug)]
pub struct Recurrence {
    /// The expression as it was given.
    pub text: String,
    /// How often.
    pub every: SignedDuration,
    /// When it runs next; none while the rule is disabled.
    pub next: Option<Timestamp>,
}

impl Recurrence {
    /// Runs from now on. That the first run is a whole interval away, after the rule was created
    /// as after it was enabled, is a choice.
    pub(super) fn start(&mut self, now: Timestamp) {
        self.next = Some(later(now, self.every));
    }
}

/// `rate(5 minutes)`:
/// <https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#rate-based>,
/// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html#eb-rate-expressions>.
pub(crate) fn rate(expression: &str) -> Option<SignedDuration> {
    let inner = expression.strip_prefix("rate(")?.strip_suffix(')')?;
    let (count, unit) = inner.trim().split_once(' ')?;
    let count: i64 = count.parse().ok().filter(|count| *count > 0)?;
    match unit.trim().trim_end_matches('s') {
        "minute" => Some(SignedDuration::from_mins(count)),
        "hour" => Some(SignedDuration::from_hours(count)),
        "day" => Some(SignedDuration::from_hours(24 * count)),
        _ => None,
    }
}

/// When a rule runs next.
pub(super) fn due(world: &World) -> Option<Timestamp> {
    let rules = world.events.rules.values();
    rules.filter_map(|rule| rule.schedule.as_ref()?.next).min()
}

/// Runs every rule that is due. Its event goes to its own targets and to no other rule.
pub(super) fn run_due(world: &mut World) {
    let now = world.now;
    let due: Vec<String> = world
        .events
        .rules
        .values()
        .filter(|rule| {
            let next = rule.schedule.as_ref().and_then(|schedule| schedule.next);
            next.is_some_and(|next| next <= now)
        })
        .map(|rule| rule.name.clone())
        .collect();
    for name in due {
        let id = uuid(&world.id());
        let event = json!({
            "version": "0",
            "id": id,
            "detail-type": "Scheduled Event",
            "source": "aws.events",
            "account": world.identity.account_id,
            "time": now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            "region": world.identity.region,
            "resources": [arn(world, &name)],
            "detail": {},
        });
        let Some(rule) = world.events.rules.get_mut(&name) else {
            continue;
        };
        if let Some(schedule) = &mut rule.schedule {
            schedule.start(now);
        }
        for delivery in rule.deliveries(&event, now) {
            world.events.deliveries.add(delivery);
        }
    }
}
