//! What people do to budgets, and what AWS says was spent.

mod told;

use serde::Deserialize;
use serde_json::{Value, json};

use super::script::NotDone;
use crate::account::Account;
use crate::services::budgets::{
    Amount, BudgetSpec, Casing, Illness, MeterSpec, Reading, RungSpec, report, set_factor,
    set_health, set_meter,
};

/// A deed that concerns a budget.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(
    deny_unknown_fields,
    rename_all = "kebab-case",
    rename_all_fields = "kebab-case"
)]
pub enum BudgetDeed {
    /// New data come: the budget shows them and tells whoever is to be told. Without a spend it
    /// shows none at all.
    Report {
        /// The budget.
        budget: String,
        /// What it says was spent.
        spend: Option<Amount>,
        /// What it says will be spent.
        forecast: Option<Amount>,
    },
    /// From now on the figures follow what runs.
    Meter {
        /// The budget.
        budget: String,
        /// How.
        follows: Box<MeterSpec>,
    },
    /// From now on the data of the meter are wrong.
    WrongBy {
        /// The budget.
        budget: String,
        /// By this factor; 1 is right.
        factor: Amount,
    },
    /// The budget becomes unhealthy, or healthy again.
    Health {
        /// The budget.
        budget: String,
        /// Why; nothing is healthy.
        reason: Option<Illness>,
    },
    /// Letters spell the type of the alert like this from now on.
    Casing(Casing),
    /// Somebody creates a budget.
    Create {
        /// What it is like.
        budget: Box<BudgetSpec>,
        /// Who.
        by: String,
    },
    /// Somebody changes its limit, which also makes the spend zero until new data come.
    SetLimit {
        /// The budget.
        budget: String,
        /// The new limit in USD.
        limit: Amount,
        /// Who.
        by: String,
    },
    /// Somebody deletes it.
    Delete {
        /// The budget.
        budget: String,
        /// Who.
        by: String,
    },
    /// Somebody adds a notification.
    AddNotification {
        /// The budget.
        budget: String,
        /// Which.
        notification: RungSpec,
        /// Who.
        by: String,
    },
    /// Somebody removes a notification.
    RemoveNotification {
        /// The budget.
        budget: String,
        /// Which; its topic and addresses do not matter.
        notification: RungSpec,
        /// Who.
        by: String,
    },
    /// Somebody removes subscribers of a notification: the topic and the addresses that are
    /// written with it.
    RemoveSubscribers {
        /// The budget.
        budget: String,
        /// Of which.
        notification: RungSpec,
        /// Who.
        by: String,
    },
}

impl BudgetDeed {
    /// Does it.
    pub(in crate::scenario) fn perform(&self, account: &Account) -> Result<(), NotDone> {
        let known = match self {
            Self::Report {
                budget,
                spend,
                forecast,
            } => {
                let reading = spend.clone().map(|actual| Reading {
                    actual,
                    forecast: forecast.clone(),
                });
                report(&mut account.state().world, budget, reading)
            }
            Self::Meter { budget, follows } => {
                set_meter(&mut account.state().world, budget, (**follows).clone());
                true
            }
            Self::WrongBy { budget, factor } => {
                set_factor(&mut account.state().world, budget, factor.clone())
            }
            Self::Health { budget, reason } => {
                set_health(&mut account.state().world, budget, *reason)
            }
            Self::Casing(casing) => {
                account.state().world.budgets.casing = *casing;
                true
            }
            by_a_person => return by_a_person.call(account),
        };
        match known {
            true => Ok(()),
            false => Err(NotDone::NoBudget(self.to_string())),
        }
    }

    /// What a person does is one call of the API, or one for each subscriber.
    fn call(&self, account: &Account) -> Result<(), NotDone> {
        let by = self.by().unwrap_or_default();
        for (operation, mut input) in self.calls(account) {
            input["AccountId"] = json!(account.state().world.identity.account_id);
            let called = account.by_hand(by, "budgets", operation, input);
            called.map_err(|cause| NotDone::Refused {
                deed: self.to_string(),
                cause,
            })?;
        }
        Ok(())
    }

    fn calls(&self, account: &Account) -> Vec<(&'static str, Value)> {
        let world = &account.state().world;
        match self {
            Self::Create { budget, .. } => vec![("CreateBudget", budget.input(world))],
            Self::SetLimit { budget, limit, .. } => {
                let known = world.budgets.budgets.get(budget);
                let new = known.map(|known| known.edited_to(limit, world.now));
                // One that is not there is asked for all the same, and AWS says so.
                let new = new.unwrap_or_else(|| {
                    json!({
                        "BudgetName": budget,
                        "BudgetType": "COST",
                        "TimeUnit": "MONTHLY",
                        "BudgetLimit": {"Amount": limit.as_str(), "Unit": "USD"},
                    })
                });
                vec![("UpdateBudget", json!({"NewBudget": new}))]
            }
            Self::Delete { budget, .. } => vec![("DeleteBudget", json!({"BudgetName": budget}))],
            Self::AddNotification {
                budget,
                notification,
                ..
            } => vec![(
                "CreateNotification",
                json!({
                    "BudgetName": budget,
                    "Notification": notification.notification(),
                    "Subscribers": notification.subscribers(world),
                }),
            )],
            Self::RemoveNotification {
                budget,
                notification,
                ..
            } => vec![(
                "DeleteNotification",
                json!({"BudgetName": budget, "Notification": notification.notification()}),
            )],
            Self::RemoveSubscribers {
                budget,
                notification,
                ..
            } => {
                let subscribers = notification.subscribers(world);
                let subscribers = subscribers.as_array().into_iter().flatten();
                let input = |subscriber: &Value| {
                    json!({
                        "BudgetName": budget,
                        "Notification": notification.notification(),
                        "Subscriber": subscriber,
                    })
                };
                subscribers
                    .map(|one| ("DeleteSubscriber", input(one)))
                    .collect()
            }
            _ => Vec::new(),
        }
    }

    fn by(&self) -> Option<&str> {
        match self {
            Self::Create { by, .. }
            | Self::SetLimit { by, .. }
            | Self::Delete { by, .. }
            | Self::AddNotification { by, .. }
            | Self::RemoveNotification { by, .. }
            | Self::RemoveSubscribers { by, .. } => Some(by),
            _ => None,
        }
    }
}
