//! What a run does for the services whose holds change: the steps of [`Steps`], in the order of the
//! changes.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::plan::{Becomes, Change};
use crate::arn::ServiceArn;
use crate::hold::{Hold, Holder, Holds};
use crate::rest::{Claim, ServiceRest};
use crate::resting::{Action, Errand, Live, Reason, Steps, Subject};

/// The services that can be changed: what ECS says of each, with its scalable target, and the record
/// of its rest, if there is one.
pub type Changeable = BTreeMap<ServiceArn, (Live, Option<ServiceRest>)>;

/// The errands that carry out `changes`, in their order. One whose record another run has claimed has
/// no steps: it is that run's to finish, and the next one's if that run is dead. A service that is
/// not among the `services` could not be looked at closely enough and has no errand.
pub fn errands(
    changes: &[Change],
    services: &Changeable,
    claim: &Claim,
    now: Timestamp,
) -> Vec<Errand> {
    let errand = |change: &Change| {
        let (live, rest) = services.get(&change.service)?;
        let case = Case {
            steps: Steps {
                service: &change.service,
                live,
                claim,
                now,
            },
            rest: rest.as_ref(),
        };
        let (reason, actions) = case.carry_out(&change.what);
        Some(Errand {
            subject: Subject::Service(change.service.clone()),
            reason,
            actions,
        })
    };
    changes.iter().filter_map(errand).collect()
}

/// Whether a service is still the one of its record, and its capacity has not been handed back: then
/// the record says what holds it.
pub fn is_at_rest(live: &Live, rest: &ServiceRest) -> bool {
    rest.saved.created_at == live.created_at && !rest.handed_back()
}

/// A service and the record of its rest.
struct Case<'a> {
    steps: Steps<'a>,
    rest: Option<&'a ServiceRest>,
}

impl Case<'_> {
    fn carry_out(&self, what: &Becomes) -> (Reason, Vec<Action>) {
        let Steps { claim, now, .. } = self.steps;
        let claimed = self.rest.and_then(|rest| rest.claim.as_ref());
        if claimed.is_some_and(|theirs| theirs.keeps_away(&claim.run, now)) {
            return (Reason::ClaimedElsewhere, Vec::new());
        }
        match (what, self.at_rest()) {
            (Becomes::Held(hold) | Becomes::PutDownAgain(hold), None) => self.first(hold),
            (Becomes::Held(hold), Some(rest)) => self.joined(rest, with(&rest.holds, hold)),
            // What a person or a pipeline did to the count is respected by the night, not by a
            // budget that is spent.
            (Becomes::PutDownAgain(hold), Some(rest)) => {
                self.again(rest, with(&rest.holds, hold), Reason::RestsAgain)
            }
            (Becomes::Reworded(hold), Some(rest)) => self.only(rest, with(&rest.holds, hold)),
            (Becomes::Lifted, Some(rest)) => {
                self.only(rest, rest.holds.clone().without(Holder::Budget))
            }
            // There is nothing to say it in, or to lift it from.
            (Becomes::Reworded(_) | Becomes::Lifted, None) => (Reason::HoldsChange, Vec::new()),
        }
    }

    /// The record, if it is about this service and still says what holds it.
    fn at_rest(&self) -> Option<&ServiceRest> {
        self.rest.filter(|rest| is_at_rest(self.steps.live, rest))
    }

    /// Nothing holds it so far, or what did was another service of this name.
    fn first(&self, hold: &Hold) -> (Reason, Vec<Action>) {
        let holds = Holds::none().with(Holder::Budget, hold.clone());
        let replaces = self.rest.map(|rest| rest.version);
        let steps = self.steps.go_to_rest(holds, 0, replaces);
        (Reason::GoesToRest, steps)
    }

    /// It rests under other holds, or a run died over it. If it is down already, as it should be,
    /// nothing but its record changes.
    fn joined(&self, rest: &ServiceRest, holds: Holds) -> (Reason, Vec<Action>) {
        let (reason, steps) = self.again(rest, holds.clone(), Reason::GoesToRest);
        let down = rest.settled.is_some() && rest.written.desired == 0;
        if down && steps.iter().all(|step| step.change().is_none()) {
            return self.only(rest, holds);
        }
        (reason, steps)
    }

    fn again(&self, rest: &ServiceRest, holds: Holds, reason: Reason) -> (Reason, Vec<Action>) {
        (reason, self.steps.rest_again(rest, holds, 0))
    }

    /// Only the record changes. A service that nothing holds any more is woken by the next tick of
    /// off-hours, in the order of the waves.
    fn only(&self, rest: &ServiceRest, holds: Holds) -> (Reason, Vec<Action>) {
        let steps = self.steps.hold(rest, holds, rest.deployment.clone());
        (Reason::HoldsChange, steps)
    }
}

fn with(holds: &Holds, hold: &Hold) -> Holds {
    holds.clone().with_replaced(Holder::Budget, hold.clone())
}
