//! What a person ordered for a service, beside its tags.

use jiff::Timestamp;

use crate::hold::Hold;

/// A service is to be awake until a moment, because a person said so. Beats its hours and its
/// override; does not beat the budget.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// Until when.
    pub until: Timestamp,
    /// Who.
    pub by: String,
    /// Why.
    pub why: String,
    /// Since when.
    pub since: Timestamp,
}

/// What a person asks for at this moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Hold the service at rest.
    Rest(Hold),
    /// Lift the person's hold, and keep the service awake if there is an order.
    Wake(Option<Order>),
}
