//! CreateBudget, UpdateBudget, DeleteBudget, DescribeBudget, DescribeBudgets.

use serde_json::{Value, json};

use super::budget::{Budget, Reading};
use super::rung::{Rung, Subscriber};
use super::{alerts, exceeded, input, invalid, listed, not_found, own, unhealthy};
use crate::call::{ApiError, Call};
use crate::world::World;

/// <https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_Notification.html>.
const MOST_RUNGS: usize = 10;

/// Source: <https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_CreateBudget.html>.
pub(super) fn create(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    own(world, call)?;
    let mut budget = input::read(&call.input["Budget"], world.now)?;
    let name = budget.name.clone();
    if world.budgets.budgets.contains_key(&name) {
        return Err(ApiError::client(
            "DuplicateRecordException",
            format!("Error creating budget: {name} - the budget already exists."),
        ));
    }
    let rungs = call.input["NotificationsWithSubscribers"].as_array();
    for given in rungs.into_iter().flatten() {
        add_rung(&mut budget, &given["Notification"], &given["Subscribers"])?;
    }
    world.budgets.budgets.insert(name, budget);
    Ok(json!({}))
}

/// Adds a notification with its subscribers, at least one.
pub(super) fn add_rung(
    budget: &mut Budget,
    notification: &Value,
    subscribers: &Value,
) -> Result<(), ApiError> {
    let mut rung = Rung::read(notification)?;
    if budget.rungs.iter().any(|known| known.is(&rung)) {
        let message = "Unable to create notification - the notification already exists.";
        return Err(ApiError::client("DuplicateRecordException", message));
    }
    if budget.rungs.len() >= MOST_RUNGS {
        return Err(exceeded("notifications"));
    }
    for given in subscribers.as_array().into_iter().flatten() {
        rung.add(Subscriber::read(given)?)?;
    }
    if rung.subscribers.is_empty() {
        return Err(invalid("a notification needs at least one subscriber"));
    }
    budget.rungs.push(rung);
    Ok(())
}

/// "When you modify a budget, the calculatedSpend drops to zero until Amazon Web Services has new
/// usage data": <https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_UpdateBudget.html>.
pub(super) fn update(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    own(world, call)?;
    let new = input::read(&call.input["NewBudget"], world.now)?;
    let name = new.name.clone();
    let old = find(world, &name)?;
    if old.ill.is_some() {
        return Err(unhealthy());
    }
    *old = Budget {
        reading: Some(
            old.reading
                .as_ref()
                .map_or_else(Reading::none_yet, Reading::zeroed),
        ),
        rungs: std::mem::take(&mut old.rungs),
        past: std::mem::take(&mut old.past),
        ..new
    };
    alerts::judge(world, &name);
    Ok(json!({}))
}

pub(super) fn delete(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    own(world, call)?;
    let name = wanted(call)?;
    match world.budgets.budgets.remove(name) {
        Some(_) => Ok(json!({})),
        None => Err(not_found(format!(
            "Unable to delete budget: {name} - the budget doesn't exist. Try creating it first. "
        ))),
    }
}

pub(super) fn describe(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    own(world, call)?;
    let now = world.now;
    let budget = find(world, wanted(call)?)?;
    Ok(json!({"Budget": budget.show(now, with_filter(call))}))
}

/// A hundred to a page by default, a thousand at most:
/// <https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_DescribeBudgets.html>.
pub(super) fn describe_all(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    own(world, call)?;
    let budgets = world.budgets.budgets.values();
    let shown = budgets.map(|budget| budget.show(world.now, with_filter(call)));
    listed("Budgets", shown.collect(), call, 1000)
}

fn with_filter(call: &Call) -> bool {
    call.input["ShowFilterExpression"] == true
}

/// The name of the budget that a call is about.
pub(super) fn wanted(call: &Call) -> Result<&str, ApiError> {
    let name = call.text("BudgetName").unwrap_or_default();
    input::name(name).map(|_| name)
}

/// The budget of this name.
pub(super) fn find<'a>(world: &'a mut World, name: &str) -> Result<&'a mut Budget, ApiError> {
    let missing = || {
        not_found(format!(
            "Unable to get budget: {name} - the budget doesn't exist."
        ))
    };
    world.budgets.budgets.get_mut(name).ok_or_else(missing)
}
