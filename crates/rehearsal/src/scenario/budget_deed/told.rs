//! A deed in words, for the timeline.

use std::fmt;

use super::BudgetDeed;

impl fmt::Display for BudgetDeed {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Report {
                budget,
                spend: Some(spend),
                forecast,
            } => {
                write!(out, "AWS Budgets says that {budget} has spent ${spend}")?;
                match forecast {
                    Some(forecast) => write!(out, " and will spend ${forecast}"),
                    None => Ok(()),
                }
            }
            Self::Report { budget, .. } => write!(out, "AWS Budgets has no figures for {budget}"),
            Self::Meter { budget, .. } => write!(out, "the figures of {budget} follow what runs"),
            Self::WrongBy { budget, factor } => {
                write!(
                    out,
                    "the figures of {budget} are wrong by a factor of {factor}"
                )
            }
            Self::Health {
                budget,
                reason: Some(reason),
            } => write!(out, "{budget} is unhealthy: {}", reason.name()),
            Self::Health { budget, .. } => write!(out, "{budget} is healthy again"),
            Self::Casing(casing) => write!(out, "letters are spelled in {casing:?}"),
            Self::Create { budget, by } => {
                write!(
                    out,
                    "{by} creates the budget {} of ${}",
                    budget.name, budget.limit
                )
            }
            Self::SetLimit { budget, limit, by } => {
                write!(out, "{by} sets the limit of {budget} to ${limit}")
            }
            Self::Delete { budget, by } => write!(out, "{by} deletes the budget {budget}"),
            Self::AddNotification { budget, by, .. } => {
                write!(out, "{by} adds a notification to {budget}")
            }
            Self::RemoveNotification { budget, by, .. } => {
                write!(out, "{by} removes a notification from {budget}")
            }
            Self::RemoveSubscribers { budget, by, .. } => {
                write!(out, "{by} removes subscribers from {budget}")
            }
        }
    }
}
