//! The template's rules and schedules in the account, and what they deliver.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::account::Account;
use crate::lambda::Invocation;
use crate::services::events::take_due_deliveries;
use crate::services::scheduler::{self, When};
use crate::suite::{NotDeployed, create};
use crate::template::Template;

/// A schedule fires within its minute, not on it:
/// <https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html>.
const LAG: SignedDuration = SignedDuration::from_secs(20);

/// Creates the rules and the schedules; the first tick is due at `from`.
pub(super) fn turn_on(
    account: &Account,
    template: &Template,
    from: Timestamp,
) -> Result<(), NotDeployed> {
    for rule in &template.rules {
        let put = json!({"Name": rule.name, "EventPattern": rule.pattern.to_string()});
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
pub(super) fn take_due(account: &Account, template: &Template) -> Vec<Invocation> {
    let due = take_due_deliveries(&mut account.state().world);
    due.into_iter()
        .filter_map(|delivery| {
            let mut functions = template.functions.iter();
            let function = functions.find(|function| function.arn == delivery.target)?;
            Some(Invocation {
                function: function.name.clone(),
                event: delivery.payload,
                request_id: None,
            })
        })
        .collect()
}
