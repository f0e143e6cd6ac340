//! The notifications of a budget and their subscribers.

use serde_json::{Value, json};

use super::calls::{add_rung, find, wanted};
use super::rung::{Rung, Subscriber};
use super::{listed, not_found, own};
use crate::call::{ApiError, Call};
use crate::world::World;

/// The most of a page.
const PAGE: i64 = 100;

pub(super) fn create(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    own(world, call)?;
    let budget = find(world, wanted(call)?)?;
    add_rung(
        budget,
        &call.input["Notification"],
        &call.input["Subscribers"],
    )?;
    Ok(json!({}))
}

pub(super) fn delete(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    own(world, call)?;
    let rung = rung(world, call)?.clone();
    let budget = find(world, wanted(call)?)?;
    budget.rungs.retain(|known| !known.is(&rung));
    Ok(json!({}))
}

pub(super) fn list(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    own(world, call)?;
    let rungs = find(world, wanted(call)?)?.rungs.iter();
    listed("Notifications", rungs.map(Rung::show).collect(), call, PAGE)
}

pub(super) fn subscribe(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    own(world, call)?;
    let subscriber = Subscriber::read(&call.input["Subscriber"])?;
    rung(world, call)?.add(subscriber)?;
    Ok(json!({}))
}

/// "Deleting the last subscriber to a notification also deletes the notification":
/// <https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_DeleteSubscriber.html>.
pub(super) fn unsubscribe(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    own(world, call)?;
    let subscriber = Subscriber::read(&call.input["Subscriber"])?;
    let subscribers = &mut rung(world, call)?.subscribers;
    let before = subscribers.len();
    subscribers.retain(|known| *known != subscriber);
    if subscribers.len() == before {
        return Err(not_found(
            "Unable to delete subscriber - the subscriber doesn't exist.",
        ));
    }
    let budget = find(world, wanted(call)?)?;
    budget.rungs.retain(|rung| !rung.subscribers.is_empty());
    Ok(json!({}))
}

pub(super) fn subscribers(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    own(world, call)?;
    let shown = rung(world, call)?.subscribers.iter().map(Subscriber::show);
    listed("Subscribers", shown.collect(), call, PAGE)
}

/// The notification that a call is about.
fn rung<'a>(world: &'a mut World, call: &Call) -> Result<&'a mut Rung, ApiError> {
    let wanted_rung = Rung::read(&call.input["Notification"])?;
    let budget = find(world, wanted(call)?)?;
    let known = budget.rungs.iter_mut().find(|known| known.is(&wanted_rung));
    known.ok_or_else(|| not_found("Unable to get notification - the notification doesn't exist."))
}
