//! The template's rules and schedules in the account, and what they deliver.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::account::Account;
use crate::lambda::Invocation;
use crate::services::events::{give_up, take_due_deliveries};
use crate::services::scheduler::{self, When};
use crate::services::sqs::{self, Batch};
use crate::suite::{NotDeployed, create};
use crate::template::Template;

/// A schedule fires within its minute, not on it:
/// <https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html>.
const LAG: SignedDuration = SignedDuration::from_secs(20);

/// Creates the rules and the schedules; the first tick is due at `from`.
pub fn turn_on(account: &Account, template: &Template, from: Timestamp) -> Result<(), NotDeployed> {
    for rule in &template.rules {
        let pattern = Some(&rule.pattern).filter(|pattern| !pattern.is_null());
        let put = json!({
            "Name": rule.name,
            "EventPattern": pattern.map(Value::to_string),
            "ScheduleExpression": rule.schedule,
            "State": if rule.enabled { "ENABLED" } else { "DISABLED" },
        });
        create(account, "events", "PutRule", put)?;
        let targets = json!({"Rule": rule.name, "Targets": rule.targets});
        create(account, "events", "PutTargets", targets)?;
    }
    for schedule in &template.schedules {
        let minutes = u32::try_from(schedule.every.as_mins()).unwrap_or(u32::MAX);
        account.state().world.scheduler.put(scheduler::Schedule {
            name: schedule.name.clone(),
            when: When::Every {
                minutes,
                first: from,
            },
            lag: LAG,
            target: schedule.target.clone(),
            input: schedule.input.clone(),
        });
    }
    Ok(())
}

/// What is due for the template's functions.
pub fn take_due(account: &Account, template: &Template) -> Vec<Invocation> {
    let world = &mut account.state().world;
    let mut due = Vec::new();
    for delivery in take_due_deliveries(world) {
        match name(template, &delivery.target) {
            Some(function) => due.push(Invocation {
                function,
                event: delivery.payload,
                request_id: None,
            }),
            None => give_up(world, &delivery),
        }
    }
    due
}

/// The batches that are due, with the names of the functions that they feed.
pub fn take_due_batches(account: &Account, template: &Template) -> Vec<(String, Batch)> {
    let batches = sqs::take_due_batches(&mut account.state().world);
    let named = |batch: Batch| Some((name(template, &batch.function)?, batch));
    batches.into_iter().filter_map(named).collect()
}

fn name(template: &Template, arn: &str) -> Option<String> {
    let mut functions = template.functions.iter();
    let function = functions.find(|function| function.arn == arn)?;
    Some(function.name.clone())
}
