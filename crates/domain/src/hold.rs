//! Holds: the reasons for a service to be at rest.

use std::collections::BTreeMap;

use jiff::Timestamp;

/// Who can hold a service at rest. One hold each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Holder {
    /// It is outside the service's hours.
    OffHours,
    /// The budget is spent.
    Budget,
    /// A person said so.
    Operator,
}

impl Holder {
    /// Every holder.
    pub const ALL: [Self; 3] = [Self::OffHours, Self::Budget, Self::Operator];

    /// The stable name: `off-hours`, `budget` or `operator`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OffHours => "off-hours",
            Self::Budget => "budget",
            Self::Operator => "operator",
        }
    }

    /// Reads the stable name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|holder| holder.as_str() == name)
    }
}

/// One reason for a service to be at rest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// Who placed it: a function's name or a person's.
    pub by: String,
    /// Why.
    pub why: String,
    /// Since when.
    pub since: Timestamp,
    /// When it lifts by itself, if it does.
    pub until: Option<Timestamp>,
}

/// The holds on one service. It is awake when there are none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holds(BTreeMap<Holder, Hold>);

impl Holds {
    /// No hold.
    pub fn none() -> Self {
        Self::default()
    }

    /// Whether nothing holds the service.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// This holder's hold, if it has one.
    pub fn get(&self, holder: Holder) -> Option<&Hold> {
        self.0.get(&holder)
    }

    /// Whether there is a holder that `before` does not have.
    pub fn joined(&self, before: &Self) -> bool {
        self.0.keys().any(|holder| !before.0.contains_key(holder))
    }

    /// Every hold.
    pub fn iter(&self) -> impl Iterator<Item = (Holder, &Hold)> {
        self.0.iter().map(|(holder, hold)| (*holder, hold))
    }

    /// With this hold placed. A hold that is there stays, with its own `since`.
    #[must_use]
    pub fn with(mut self, holder: Holder, hold: Hold) -> Self {
        self.0.entry(holder).or_insert(hold);
        self
    }

    /// With this hold replaced, as when a person extends their own.
    #[must_use]
    pub fn with_replaced(mut self, holder: Holder, hold: Hold) -> Self {
        self.0.insert(holder, hold);
        self
    }

    /// Without this holder's hold.
    #[must_use]
    pub fn without(mut self, holder: Holder) -> Self {
        self.0.remove(&holder);
        self
    }

    /// Without the holds that have lifted by themselves.
    #[must_use]
    pub fn at(mut self, now: Timestamp) -> Self {
        self.0
            .retain(|_, hold| hold.until.is_none_or(|until| until > now));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hold(since: i64, until: Option<i64>) -> Hold {
        let at = |second| Timestamp::from_second(second).unwrap();
        Hold {
            by: "ana".into(),
            why: "rehearsal".into(),
            since: at(since),
            until: until.map(at),
        }
    }

    #[test]
    fn a_hold_placed_twice_keeps_its_first_since() {
        let holds = Holds::none()
            .with(Holder::OffHours, hold(1, None))
            .with(Holder::OffHours, hold(2, None));
        assert_eq!(holds.get(Holder::OffHours), Some(&hold(1, None)));
    }

    #[test]
    fn lifting_one_of_two_holds_leaves_the_service_held() {
        let holds = Holds::none()
            .with(Holder::OffHours, hold(1, None))
            .with(Holder::Budget, hold(1, None));
        assert!(!holds.clone().without(Holder::OffHours).is_empty());
        assert!(
            holds
                .without(Holder::OffHours)
                .without(Holder::Budget)
                .is_empty()
        );
    }

    #[test]
    fn a_hold_lifts_by_itself_at_its_end() {
        let holds = Holds::none().with(Holder::Operator, hold(1, Some(10)));
        let at = |second| Timestamp::from_second(second).unwrap();
        assert!(!holds.clone().at(at(9)).is_empty());
        assert!(holds.at(at(10)).is_empty());
    }
}
