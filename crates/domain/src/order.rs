//! What a person ordered for a service, beside its tags.

use jiff::Timestamp;

use crate::hold::Hold;

/// What a person said about a service, and what is still to follow from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// What it is to be.
    pub to: Ordered,
    /// Who.
    pub by: String,
    /// Why.
    pub why: String,
    /// Since when.
    pub since: Timestamp,
}

/// What a service is to be by a person's word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ordered {
    /// Awake until a moment. Beats its hours and its override; does not beat the budget.
    Awake {
        /// Until when.
        until: Timestamp,
    },
    /// At rest, as soon as what is in the way of that is over. Then the order becomes the person's
    /// hold.
    Rest {
        /// Until when, if it ends by itself.
        until: Option<Timestamp>,
    },
}

impl Order {
    /// The order to place this hold as soon as that can be done.
    pub fn to_rest(hold: &Hold) -> Self {
        Self {
            to: Ordered::Rest { until: hold.until },
            by: hold.by.clone(),
            why: hold.why.clone(),
            since: hold.since,
        }
    }

    /// The hold that it is to become, if it is an order to rest.
    pub fn hold(&self) -> Option<Hold> {
        match self.to {
            Ordered::Awake { .. } => None,
            Ordered::Rest { until } => Some(Hold {
                by: self.by.clone(),
                why: self.why.clone(),
                since: self.since,
                until,
            }),
        }
    }

    /// Until when it keeps the service awake, if it is an order to be awake.
    pub fn awake_until(&self) -> Option<Timestamp> {
        match self.to {
            Ordered::Awake { until } => Some(until),
            Ordered::Rest { .. } => None,
        }
    }

    /// When it ends by itself, if it does.
    pub fn until(&self) -> Option<Timestamp> {
        match self.to {
            Ordered::Awake { until } => Some(until),
            Ordered::Rest { until } => until,
        }
    }

    /// Whether it has ended by itself at `now`.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.until().is_some_and(|until| until <= now)
    }
}

/// What a person asks for at this moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Hold the service at rest.
    Rest(Hold),
    /// Lift the person's hold, and keep the service awake if there is an order.
    Wake(Option<Order>),
}
