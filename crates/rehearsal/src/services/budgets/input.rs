//! A `Budget` as CreateBudget and UpdateBudget take it.
//!
//! Constraints: <https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_Budget.html>.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::budget::{Budget, Reading};
use super::invalid;
use super::limits::limits;
use super::period::{LAST_END, Period, TimeUnit};
use crate::call::ApiError;

const KINDS: [&str; 6] = [
    "USAGE",
    "COST",
    "RI_UTILIZATION",
    "RI_COVERAGE",
    "SAVINGS_PLANS_UTILIZATION",
    "SAVINGS_PLANS_COVERAGE",
];

/// Members that are kept and shown, and change nothing here.
const KEPT: [&str; 6] = [
    "CostFilters",
    "CostTypes",
    "AutoAdjustData",
    "FilterExpression",
    "Metrics",
    "BillingViewArn",
];

/// Reads a budget that is created or edited at `now`.
pub(super) fn read(input: &Value, now: Timestamp) -> Result<Budget, ApiError> {
    let kind = input["BudgetType"].as_str().unwrap_or_default();
    if !KINDS.contains(&kind) {
        return Err(invalid(format!(
            "BudgetType must be one of {}",
            KINDS.join(", ")
        )));
    }
    let unit =
        TimeUnit::deserialize(&input["TimeUnit"]).map_err(|_| invalid("TimeUnit is not valid"))?;
    let whole = whole(&input["TimePeriod"], unit, now)?;
    let (limit, planned) = limits(input, kind)?;
    Ok(Budget {
        name: name(input["BudgetName"].as_str().unwrap_or_default())?,
        kind: kind.to_owned(),
        limit,
        planned,
        unit,
        whole,
        period: unit.period(now.max(whole.start), whole),
        reading: Some(Reading::none_yet()),
        edited: now,
        ill: None,
        rungs: Vec::new(),
        past: Vec::new(),
        settings: settings(input, kind)?,
    })
}

/// 1 to 100 characters, no `:` or `\`, nothing that looks like a script or an action's ARN.
pub(super) fn name(name: &str) -> Result<String, ApiError> {
    let script = name.to_lowercase();
    let script = script.find("<script>").is_some_and(|at| {
        let rest = script.get(at..).unwrap_or_default();
        rest.contains("</script>")
    });
    let length = name.chars().count();
    if !(1..=100).contains(&length)
        || name.contains([':', '\\'])
        || name.contains("/action/")
        || script
    {
        return Err(invalid(format!("BudgetName {name:?} is not valid")));
    }
    Ok(name.to_owned())
}

/// The start defaults to that of the current period, the end to June 2087.
fn whole(input: &Value, unit: TimeUnit, now: Timestamp) -> Result<Period, ApiError> {
    let instant = |member: &str| match &input[member] {
        Value::Null => Ok(None),
        given => moment(given)
            .map(Some)
            .ok_or_else(|| invalid(format!("{member} is not a time"))),
    };
    let last = Timestamp::from_second(LAST_END).unwrap_or(Timestamp::MAX);
    let always = Period {
        start: now,
        end: last,
    };
    let whole = Period {
        start: instant("Start")?.unwrap_or_else(|| unit.period(now, always).start),
        end: instant("End")?.unwrap_or(last),
    };
    if whole.end > last {
        // The wording is the one that people note beside such code.
        return Err(invalid(format!(
            "Unable to create/update budget - end time should not be after timestamp {LAST_END}"
        )));
    }
    if whole.start >= whole.end {
        return Err(invalid(
            "Unable to create/update budget - start time should be before end time",
        ));
    }
    Ok(whole)
}

/// Seconds since 1970, with or without a fraction.
fn moment(given: &Value) -> Option<Timestamp> {
    let seconds = given.as_i64().or_else(|| {
        #[allow(
            clippy::cast_possible_truncation,
            reason = "a budget's times are whole seconds"
        )]
        given.as_f64().map(|seconds| seconds as i64)
    })?;
    Timestamp::from_second(seconds).ok()
}

/// "Either FilterExpression and Metrics or CostFilters and CostTypes, not both".
fn settings(input: &Value, kind: &str) -> Result<Map<String, Value>, ApiError> {
    let given = |member: &str| !input[member].is_null();
    let new = given("FilterExpression") || given("Metrics");
    if new && (given("CostFilters") || given("CostTypes")) {
        return Err(invalid(
            "Unable to create/update budget - either FilterExpression and Metrics or CostFilters and CostTypes, not both",
        ));
    }
    let kept = KEPT.iter().filter(|member| given(member));
    let mut kept: Map<String, Value> = kept
        .map(|member| ((*member).to_owned(), input[*member].clone()))
        .collect();
    if kind == "COST" && !new && !given("CostTypes") {
        kept.insert("CostTypes".to_owned(), usual_cost_types());
    }
    Ok(kept)
}

/// Source: <https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_CostTypes.html>.
fn usual_cost_types() -> Value {
    json!({
        "IncludeTax": true,
        "IncludeSubscription": true,
        "UseBlended": false,
        "IncludeRefund": true,
        "IncludeCredit": true,
        "IncludeUpfront": true,
        "IncludeRecurring": true,
        "IncludeOtherSubscription": true,
        "IncludeSupport": true,
        "IncludeDiscount": true,
        "UseAmortized": false,
    })
}
