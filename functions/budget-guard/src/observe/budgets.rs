//! What AWS Budgets says of every budget that is watched.

use aws_sdk_budgets::types::{
    Budget, Notification, NotificationState, NotificationType, Spend as Theirs, ThresholdType,
};
use domain::budget::blind::Blind;
use domain::budget::described::{Described, Spend};
use domain::budget::money::from_api;
use domain::budget::prose::AlertType;
use domain::budget::reading::{Reading, Rung, Threshold};
use domain::budget::{BudgetName, Watched};
use edge::live::instant;
use jiff::Timestamp;
use ledger::Standing;

use super::{Seen, left_alone};
use crate::{Aws, Failure, Settings};

/// `DescribeNotificationsForBudget` returns at most 100 in a page.
/// Source: `MaxResults` in botocore's `budgets/2016-10-20/service-2.json`.
pub(super) const PAGE: i32 = 100;

/// Looks at every budget that is configured, and remembers those that the ledger does. One whose
/// tally cannot be read is left alone.
pub(super) async fn look(
    aws: &Aws,
    settings: &Settings,
    seen: &mut Seen,
    standing: &Standing,
    now: Timestamp,
) {
    let known = settings.budgets.iter().chain(standing.budgets.keys());
    for name in known {
        let left_alone = left_alone(standing, "budget").any(|alone| alone == name.as_str());
        if left_alone || seen.observed.budgets.contains_key(name) {
            continue;
        }
        let configured = settings.budgets.contains(name);
        let sight = match configured {
            true => read(aws, settings, seen, name, now).await,
            false => Err(Blind::NotConfigured),
        };
        let watched = Watched {
            configured,
            sight,
            tally: standing.budgets.get(name).cloned(),
            guarded: None,
        };
        seen.observed.budgets.insert(name.clone(), watched);
    }
}

async fn read(
    aws: &Aws,
    settings: &Settings,
    seen: &mut Seen,
    name: &BudgetName,
    now: Timestamp,
) -> Result<Reading, Blind> {
    let budget = match describe(aws, settings, name).await {
        Ok(budget) => budget,
        Err(failure) => return Err(blind(seen, name, failure)),
    };
    let rungs = match notifications(aws, settings, name).await {
        Ok(notifications) => notifications.iter().map(rung).collect(),
        Err(failure) => {
            let what = format!("the notifications of the budget {name}");
            seen.unknown.push((what, failure.into()));
            Vec::new()
        }
    };
    described(budget, rungs).read(now)
}

async fn describe(
    aws: &Aws,
    settings: &Settings,
    name: &BudgetName,
) -> Result<Budget, edge::Failure> {
    const CALL: &str = "DescribeBudget";
    let call = aws
        .budgets
        .describe_budget()
        .account_id(&settings.account)
        .budget_name(name.as_str());
    let reply = call.send().await.map_err(edge::Failure::call(CALL))?;
    reply.budget.ok_or_else(|| edge::Failure::Refused {
        call: CALL,
        reason: "it described no budget".to_owned(),
    })
}

/// Every notification of a budget.
pub(super) async fn notifications(
    aws: &Aws,
    settings: &Settings,
    name: &BudgetName,
) -> Result<Vec<Notification>, edge::Failure> {
    let pages = aws
        .budgets
        .describe_notifications_for_budget()
        .account_id(&settings.account)
        .budget_name(name.as_str())
        .max_results(PAGE);
    let mut pages = pages.into_paginator().items().send();
    let mut notifications = Vec::new();
    while let Some(one) = pages.next().await {
        notifications.push(one.map_err(edge::Failure::call("DescribeNotificationsForBudget"))?);
    }
    Ok(notifications)
}

/// Why nothing can be said of a budget. What may be otherwise in a minute makes Lambda deliver the
/// event again; what somebody has to put right is told.
fn blind(seen: &mut Seen, name: &BudgetName, failure: edge::Failure) -> Blind {
    let code = code(&failure).unwrap_or_default().to_owned();
    let refusal = failure.refusal();
    let call = "DescribeBudget".to_owned();
    match code.as_str() {
        "NotFoundException" => return Blind::Missing,
        "BillingViewHealthStatusException" => {
            let reason = refusal.map_or(code, |refusal| refusal.words);
            return Blind::Unhealthy { reason };
        }
        _ if refusal.is_some_and(|refusal| refusal.denied) => return Blind::Denied { call },
        _ => {}
    }
    let error = shell::failure::chain(&failure);
    let throttled = code.starts_with("Throttling") || code == "TooManyRequestsException";
    let what = format!("the budget {name}");
    seen.unseen.push((what, Failure::from(failure)));
    match throttled {
        true => Blind::Throttled { call },
        false => Blind::Failed { call, error },
    }
}

fn code(failure: &edge::Failure) -> Option<&str> {
    match failure {
        edge::Failure::Call { answer, .. } => answer.as_ref().map(|answer| answer.code.as_str()),
        _ => None,
    }
}

/// A budget as the SDK has it, in the words of the domain.
fn described(budget: Budget, rungs: Vec<Rung>) -> Described {
    let planned = budget.planned_budget_limits.unwrap_or_default().into_iter();
    let planned = planned.map(|(start, limit)| (start, spend(limit)));
    let period = budget.time_period.as_ref();
    let calculated = budget.calculated_spend;
    let (actual, forecast) = calculated.map_or((None, None), |calculated| {
        (calculated.actual_spend, calculated.forecasted_spend)
    });
    let health = budget.health_status.and_then(|health| {
        let reason = health
            .status_reason
            .map(|reason| reason.as_str().to_owned());
        Some((health.status?.as_str().to_owned(), reason))
    });
    Described {
        limit: budget.budget_limit.map(spend),
        planned: planned.collect(),
        unit: budget.time_unit.as_str().to_owned(),
        starts: period.and_then(|period| instant(period.start()?)),
        ends: period.and_then(|period| instant(period.end()?)),
        actual: actual.map(spend),
        forecast: forecast.map(spend),
        edited: budget.last_updated_time.as_ref().and_then(instant),
        health,
        auto_adjusting: budget.auto_adjust_data.is_some(),
        rungs,
    }
}

fn spend(theirs: Theirs) -> Spend {
    Spend {
        amount: theirs.amount,
        unit: theirs.unit,
    }
}

fn rung(notification: &Notification) -> Rung {
    let (alert, threshold) = watches(notification);
    let state = notification.notification_state();
    Rung {
        alert,
        threshold,
        in_alarm: state == Some(&NotificationState::Alarm),
    }
}

/// What a notification watches. AWS has a threshold as a double, which its shortest text gives back
/// exactly; without a type it is a percentage.
/// Source: `ThresholdType` in botocore's `budgets/2016-10-20/service-2.json`.
pub(super) fn watches(notification: &Notification) -> (AlertType, Threshold) {
    let alert = match notification.notification_type() {
        NotificationType::Forecasted => AlertType::Forecasted,
        _ => AlertType::Actual,
    };
    let amount = from_api(&notification.threshold().to_string()).unwrap_or_default();
    let threshold = match notification.threshold_type() {
        Some(ThresholdType::AbsoluteValue) => Threshold::Amount(amount),
        _ => Threshold::Percent(amount),
    };
    (alert, threshold)
}
