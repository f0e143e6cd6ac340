//! The drill: the whole way of a stop, without a step of it.

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::counted::Rate;
use super::facts::View;
use super::holds::{Tallies, changes};
use super::moment::Moment;
use super::name::BudgetName;
use super::observed::Observed;
use super::plan::Becomes;
use super::residual::Residual;
use super::step::Case;
use super::verdict::Verdict;
use crate::arn::ServiceArn;

/// What a drill leaves behind: what would happen if the budget were spent at this moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Receipt {
    /// Of which budget.
    pub budget: BudgetName,
    /// When.
    pub at: Timestamp,
    /// What its reading means in truth.
    pub verdict: Verdict,
    /// Which services would go to rest, in their order, and what each costs.
    pub stops: Vec<(ServiceArn, Rate)>,
    /// Those at rest for a budget already.
    pub down: Vec<ServiceArn>,
    /// Those tagged `stop` whose count is not ours to change, in words.
    pub spared: Vec<String>,
    /// What would go on costing money.
    pub residual: Residual,
    /// The same until the period ends, in USD, as far as it is known; none without a period.
    pub until_end: Option<Decimal>,
}

/// The decision about a budget as if it were spent, and nothing is to be written; none if there
/// is no such budget, or nothing is known of it. Vetoes and graces do not count: the question is
/// what would happen.
pub fn drill(observed: &Observed, budget: &BudgetName, moment: Moment<'_>) -> Option<Receipt> {
    let watched = observed.budgets.get(budget)?;
    let case = |pretend| Case {
        name: budget,
        watched,
        observed,
        moment,
        pretend,
    };
    let mut after: Tallies = observed
        .budgets
        .iter()
        .filter_map(|(name, watched)| Some((name.clone(), watched.tally.clone()?)))
        .collect();
    after.insert(budget.clone(), case(true).step().tally?);
    let step = case(false).step();
    let view = View {
        name: budget,
        watched,
        tally: &step.tally,
        verdict: &step.verdict,
        observed,
        moment,
    };
    let stops = changes(observed, &after);
    let stops = stops
        .into_iter()
        .filter(|change| matches!(change.what, Becomes::Held(_) | Becomes::PutDownAgain(_)));
    let rate = |arn: &ServiceArn| {
        let service = observed.services.get(arn);
        service.map_or_else(Rate::default, |service| service.rate(arn))
    };
    let residual = observed.residual();
    let period = view.period();
    Some(Receipt {
        budget: budget.clone(),
        at: moment.now,
        stops: stops
            .map(|stop| (stop.service.clone(), rate(&stop.service)))
            .collect(),
        down: observed
            .services
            .iter()
            .filter(|(_, service)| service.is_down())
            .map(|(arn, _)| arn.clone())
            .collect(),
        spared: view.spared(),
        until_end: period.map(|period| residual.until_end(period, moment.now)),
        residual,
        verdict: step.verdict.clone(),
    })
}
