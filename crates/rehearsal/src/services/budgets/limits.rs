//! What a budget allows: one limit, or one for each of some periods.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use super::amount::{Amount, Spend};
use super::invalid;
use crate::call::ApiError;

/// The limit of every period, or the planned ones by when they begin.
type Limits = (Option<Spend>, BTreeMap<Timestamp, Spend>);

/// One limit or planned ones. Wording: as moto has it,
/// <https://github.com/getmoto/moto/blob/master/moto/budgets/exceptions.py>.
pub(super) fn limits(input: &Value, kind: &str) -> Result<Limits, ApiError> {
    let limit = match &input["BudgetLimit"] {
        Value::Null => None,
        given => Some(spend(given, kind)?),
    };
    let mut planned = BTreeMap::new();
    for (from, given) in input["PlannedBudgetLimits"]
        .as_object()
        .into_iter()
        .flatten()
    {
        let from = from
            .parse()
            .ok()
            .and_then(|second| Timestamp::from_second(second).ok());
        let from = from.ok_or_else(|| invalid("a planned limit begins at seconds since 1970"))?;
        planned.insert(from, spend(given, kind)?);
    }
    let adjusts = !input["AutoAdjustData"].is_null();
    match (&limit, planned.is_empty()) {
        (Some(_), false) => Err(invalid(
            "Unable to create/update budget - only one of Budget Limit/ Planned Budget Limit can be present",
        )),
        (None, true) if !adjusts && ["COST", "USAGE"].contains(&kind) => Err(invalid(
            "Unable to create/update budget - please provide one of the followings: Budget Limit/ Planned Budget Limit/ Auto Adjust Data",
        )),
        _ => Ok((limit, planned)),
    }
}

fn spend(given: &Value, kind: &str) -> Result<Spend, ApiError> {
    let amount = given["Amount"]
        .as_str()
        .and_then(|text| text.parse::<Amount>().ok());
    let amount = amount.filter(|amount| !amount.as_str().starts_with('-'));
    let unit = given["Unit"].as_str().unwrap_or_default();
    if kind == "COST" && unit != "USD" {
        return Err(invalid(format!(
            "Unable to create/update budget - {unit} is not in the supported unit set: [USD]"
        )));
    }
    Ok(Spend {
        amount: amount
            .ok_or_else(|| invalid("Amount is not a number"))?
            .as_limit(),
        unit: unit.to_owned(),
    })
}
