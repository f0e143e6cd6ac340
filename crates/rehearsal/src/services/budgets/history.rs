//! DescribeBudgetPerformanceHistory: how past periods ended.
//!
//! Source: <https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_DescribeBudgetPerformanceHistory.html>.

use serde_json::{Value, json};

use super::budget::{Budget, Past};
use super::calls::{find, wanted};
use super::period::TimeUnit;
use super::{invalid, listed, own, unhealthy};
use crate::call::{ApiError, Call};
use crate::world::World;

/// "Budget history isn't available for ANNUAL budgets."
pub(super) fn describe(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    own(world, call)?;
    let budget = find(world, wanted(call)?)?;
    if matches!(budget.unit, TimeUnit::Annually | TimeUnit::Custom) {
        return Err(invalid(
            "Budget history is available for DAILY, MONTHLY and QUARTERLY budgets only",
        ));
    }
    if budget.ill.is_some() {
        return Err(unhealthy());
    }
    let amounts = budget.past.iter().map(|past| budget.amounts(past));
    let mut page = listed("Amounts", amounts.collect(), call, 100)?;
    let mut history = json!({
        "BudgetName": budget.name,
        "BudgetType": budget.kind,
        "TimeUnit": budget.unit.name(),
        "BudgetedAndActualAmountsList": page["Amounts"].take(),
    });
    for member in [
        "CostFilters",
        "CostTypes",
        "BillingViewArn",
        "FilterExpression",
        "Metrics",
    ] {
        if let Some(value) = budget.settings.get(member) {
            history[member] = value.clone();
        }
    }
    Ok(json!({"BudgetPerformanceHistory": history, "NextToken": page["NextToken"]}))
}

impl Budget {
    fn amounts(&self, past: &Past) -> Value {
        json!({
            "BudgetedAmount": past.limit.as_ref().map(super::Spend::show),
            "ActualAmount": {"Amount": past.actual.as_str(), "Unit": self.measure()},
            "TimePeriod": past.period.show(),
        })
    }
}
