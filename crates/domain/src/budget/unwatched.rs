//! A budget that stopped services and whose owner took it away from us.
//!
//! What we took is given back, unless another budget took its place: a budget that is watched from
//! then on and of which nothing is remembered may be the same one under another name, and a new name
//! is no reason to open the tap.

use std::collections::{BTreeMap, BTreeSet};

use super::plan::Reason;
use super::reading::Reading;
use super::state::{Restore, State, Stop, Why};
use super::step::Case;
use super::tally::Tally;

impl Case<'_> {
    /// What becomes of the stop of a budget that is not watched any more; none if it is watched, has
    /// stopped nothing, or nothing can be said yet: while what took its place cannot be read, or
    /// another tally cannot.
    pub(super) fn unwatched(&self, tally: &mut Tally) -> Option<Reason> {
        let stands = self.watched.configured || tally.stop().is_none();
        if stands || self.observed.unreadable {
            return None;
        }
        let budgets = self.observed.budgets.values();
        let mut heirs = budgets
            .filter(|other| other.configured && other.tally.is_none())
            .peekable();
        if heirs.peek().is_some() {
            let taken_over = heirs.any(|heir| heir.sight.is_ok());
            return taken_over.then_some(Reason::NotWatched);
        }
        tally.warned.clear();
        tally.grace = None;
        tally.limit_change = None;
        tally.state = State::Restoring(Restore {
            since: self.moment.now,
            why: Why::NotWatched,
        });
        Some(Reason::Restores)
    }

    /// The stop that a budget which is seen for the first time takes over from those that are not
    /// watched any more: it ends as theirs would have, in a period of its own.
    pub(super) fn taken_over(&self, reading: &Reading) -> Option<Stop> {
        let budgets = self.observed.budgets.values();
        let unwatched = budgets.filter(|other| !other.configured && !self.observed.unreadable);
        let stops = unwatched.filter_map(|other| other.tally.as_ref()?.stop());
        let own = Stop {
            since: self.moment.now,
            period_end: reading.period.end,
            spend: reading.actual.unwrap_or_default(),
            picked: Some(BTreeSet::new()),
            again: BTreeMap::new(),
        };
        let add = |sum: Option<Stop>, stop: &Stop| Some(both(sum.as_ref().unwrap_or(&own), stop));
        stops.fold(None, add)
    }
}

/// One stop for two, which ends no sooner than either.
fn both(own: &Stop, other: &Stop) -> Stop {
    let picked = own.picked.as_ref().zip(other.picked.as_ref());
    Stop {
        since: own.since,
        period_end: own.period_end.max(other.period_end),
        spend: own.spend.max(other.spend),
        picked: picked.map(|(own, other)| own | other),
        again: BTreeMap::new(),
    }
}
