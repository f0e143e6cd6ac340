//! AWS Budgets: what may be spent, what was, and the letters about it.
//!
//! Budgets are the account's, whatever the Region: AWS has one endpoint for them, signed for
//! us-east-1. Figures come from a script ([`report`]) or from what runs ([`set_meter`]).

mod alerts;
mod amount;
mod budget;
mod calls;
mod history;
mod input;
mod letter;
mod limits;
mod meter;
mod notifications;
mod passing;
mod period;
mod rung;
mod script;
mod spec;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::call::{ApiError, Call};
use crate::modules::Module;
use crate::page::page;
use crate::wire::Protocol;
use crate::world::World;

pub use alerts::Letter;
pub use amount::{Amount, NoAmount, Spend};
pub use budget::{Budget, Illness, Past, Reading};
pub use letter::Casing;
pub use meter::{Meter, MeterSpec};
pub use period::{Period, TimeUnit};
pub use rung::{Rung, Subscriber};
pub use script::{report, set_factor, set_health, set_meter};
pub use spec::{BudgetSpec, RungKind, RungSpec, ThresholdSpec};

pub(crate) use spec::topic_arn;

/// AWS Budgets.
pub const MODULE: Module = Module {
    service: "budgets",
    protocol: Protocol::Json {
        target: "AWSBudgetServiceGateway",
        version: "1.1",
    },
    operations: &[
        "CreateBudget",
        "UpdateBudget",
        "DeleteBudget",
        "DescribeBudget",
        "DescribeBudgets",
        "DescribeBudgetPerformanceHistory",
        "CreateNotification",
        "DeleteNotification",
        "DescribeNotificationsForBudget",
        "CreateSubscriber",
        "DeleteSubscriber",
        "DescribeSubscribersForNotification",
    ],
    call,
    due: passing::due,
    advance: passing::advance,
};

/// What the account holds of AWS Budgets.
#[derive(Debug, Default)]
pub struct Budgets {
    /// The budgets by name.
    pub budgets: BTreeMap<String, Budget>,
    /// What the figures of a budget follow, by the budget's name.
    pub meters: BTreeMap<String, Meter>,
    /// How letters spell the type of the alert.
    pub casing: Casing,
    /// Every letter, those that a topic refused too.
    pub letters: Vec<Letter>,
}

fn call(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    match call.operation.as_str() {
        "CreateBudget" => calls::create(world, call),
        "UpdateBudget" => calls::update(world, call),
        "DeleteBudget" => calls::delete(world, call),
        "DescribeBudget" => calls::describe(world, call),
        "DescribeBudgets" => calls::describe_all(world, call),
        "DescribeBudgetPerformanceHistory" => history::describe(world, call),
        "CreateNotification" => notifications::create(world, call),
        "DeleteNotification" => notifications::delete(world, call),
        "DescribeNotificationsForBudget" => notifications::list(world, call),
        "CreateSubscriber" => notifications::subscribe(world, call),
        "DeleteSubscriber" => notifications::unsubscribe(world, call),
        "DescribeSubscribersForNotification" => notifications::subscribers(world, call),
        _ => Err(ApiError::not_modelled(call)),
    }
}

/// Budgets of another account are nobody's here:
/// <https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-create.html>.
fn own(world: &World, call: &Call) -> Result<(), ApiError> {
    match call.text("AccountId") {
        Some(account) if account == world.identity.account_id => Ok(()),
        Some(account) if account.len() == 12 && account.bytes().all(|it| it.is_ascii_digit()) => {
            let message = format!("Account {account} is not the caller's");
            Err(ApiError::client("AccessDeniedException", message))
        }
        _ => Err(invalid("AccountId must have twelve digits")),
    }
}

/// A page of a list: a hundred by default, `most` at most.
fn listed(member: &str, items: Vec<Value>, call: &Call, most: i64) -> Result<Value, ApiError> {
    let size = match call.input["MaxResults"].as_i64() {
        None => 100,
        Some(size) if (1..=most).contains(&size) => size,
        Some(_) => return Err(invalid(format!("MaxResults must be between 1 and {most}"))),
    };
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    let (items, next) = page(items, call.text("NextToken"), size).map_err(|_| {
        ApiError::client(
            "InvalidNextTokenException",
            "The pagination token is invalid.",
        )
    })?;
    Ok(json!({ member: items, "NextToken": next }))
}

fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::client("InvalidParameterException", message)
}

fn not_found(message: impl Into<String>) -> ApiError {
    ApiError::client("NotFoundException", message)
}

fn exceeded(what: &str) -> ApiError {
    let message = format!("You've exceeded the limit of {what}.");
    ApiError::client("CreationLimitExceededException", message)
}

fn unhealthy() -> ApiError {
    let message = "The billing view status must be HEALTHY to perform this action.";
    ApiError::client("BillingViewHealthStatusException", message)
}

#[cfg(test)]
mod tests;
