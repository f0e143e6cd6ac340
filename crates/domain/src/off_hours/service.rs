//! The decision about one service.

use jiff::Timestamp;

use super::concerns::Concern;
use super::observed::{Deployment, Kind, Live, Policy, Service, Sight};
use super::plan::{Action, Errand, Reason, Subject};
use super::trouble;
use crate::arn::ServiceArn;
use crate::capacity::{Bounds, ServiceCapacity};
use crate::hold::{Hold, Holder, Holds};
use crate::hours::State;
use crate::order::{Asked, Order};
use crate::rest::{Claim, Rest, ServiceRest, Version};

/// Everything that a decision about one service depends on beside the service itself.
#[derive(Clone, Copy, Debug)]
pub struct Moment<'a> {
    /// The rules of this installation.
    pub policy: &'a Policy,
    /// Who is deciding, and until when it can act.
    pub claim: &'a Claim,
    /// The suite is about to be deleted.
    pub closing: bool,
    /// Now.
    pub now: Timestamp,
}

/// What was decided about one service.
#[derive(Debug)]
pub(super) struct Decision {
    /// What, and why.
    pub reason: Reason,
    /// The steps, if there is anything to do.
    pub actions: Vec<Action>,
    /// What people should know of it.
    pub concerns: Vec<Concern>,
}

impl Decision {
    fn nothing(reason: Reason) -> Self {
        Self {
            reason,
            actions: Vec::new(),
            concerns: Vec::new(),
        }
    }

    fn act(reason: Reason, actions: Vec<Action>) -> Self {
        Self {
            reason,
            actions,
            concerns: Vec::new(),
        }
    }

    fn concerned(mut self, concern: Concern) -> Self {
        self.concerns.push(concern);
        self
    }
}

/// Decides about one service.
pub(super) fn decide(arn: &ServiceArn, service: &Service, moment: Moment<'_>) -> Decision {
    let mut decision = match (&service.sight, &service.rest) {
        _ if service.intent.malformed() && !moment.closing => {
            Decision::nothing(Reason::MalformedTag)
        }
        (Sight::NotLookedAt, _) => Decision::nothing(Reason::Awake),
        (Sight::Missing, None) => Decision::nothing(Reason::Deleted),
        (Sight::Missing, Some(rest)) => {
            Decision::act(Reason::Deleted, vec![close(arn, rest.version)])
        }
        (Sight::Live(live), rest) => Case {
            arn,
            service,
            live,
            rest: rest.as_ref(),
            moment,
        }
        .decide(),
    };
    decision
        .actions
        .splice(..0, order(arn, service, moment.now));
    decision
        .concerns
        .extend(trouble::with_tags(arn, service, moment.now));
    decision
}

/// What becomes of a person's order: a new one is written down, and the one there is withdrawn
/// when it has expired or the person asks for rest.
fn order(arn: &ServiceArn, service: &Service, now: Timestamp) -> Option<Action> {
    let withdrawn = |order: &Order| Action::WithdrawOrder {
        service: arn.clone(),
        order: order.clone(),
    };
    match (&service.asked, &service.order) {
        (Some(Asked::Wake(Some(order))), _) => Some(Action::Order {
            service: arn.clone(),
            order: order.clone(),
        }),
        (Some(Asked::Rest(_)), Some(order)) => Some(withdrawn(order)),
        (_, Some(order)) if order.until <= now => Some(withdrawn(order)),
        _ => None,
    }
}

/// A service that exists.
struct Case<'a> {
    arn: &'a ServiceArn,
    service: &'a Service,
    live: &'a Live,
    rest: Option<&'a ServiceRest>,
    moment: Moment<'a>,
}

impl Case<'_> {
    fn decide(&self) -> Decision {
        match self.rest {
            Some(rest) if rest.saved.created_at != self.live.created_at => self.created_anew(rest),
            Some(rest) if !rest.handed_back() => self.under(rest),
            Some(rest) => self.after(rest),
            None => self.without_record(None),
        }
    }

    /// The service of the record was deleted; this one has its name. Nothing of the old one is
    /// applied to it.
    fn created_anew(&self, old: &ServiceRest) -> Decision {
        let decision = self.without_record(Some(old.version));
        if decision.actions.is_empty() {
            return Decision::act(Reason::CreatedAnew, vec![close(self.arn, old.version)]);
        }
        decision
    }

    /// Nothing holds it so far.
    fn without_record(&self, replaces: Option<Version>) -> Decision {
        let holds = self.holds(Holds::none());
        if holds.is_empty() {
            return Decision::nothing(Reason::Awake);
        }
        match self.obstacle(&holds) {
            Some(decision) => decision,
            None => self.go_to_rest(holds, replaces),
        }
    }

    /// It was woken and is to prove that it is awake.
    fn after(&self, rest: &ServiceRest) -> Decision {
        if !self.holds(Holds::none()).is_empty() {
            return self.without_record(Some(rest.version));
        }
        if self.live.steady() {
            return Decision::act(Reason::ProvedAwake, vec![close(self.arn, rest.version)]);
        }
        let decision = Decision::nothing(Reason::NotSteadyYet {
            running: self.live.running,
            desired: self.live.desired,
        });
        if self.overdue(rest) {
            return decision.concerned(trouble::not_steady(
                self.arn,
                self.service,
                self.live,
                rest,
            ));
        }
        decision
    }

    /// Something held it at the last write.
    fn under(&self, rest: &ServiceRest) -> Decision {
        let claimed = rest
            .claim
            .as_ref()
            .is_some_and(|claim| claim.keeps_away(&self.moment.claim.run, self.moment.now));
        if claimed {
            return Decision::nothing(Reason::ClaimedElsewhere);
        }
        let holds = self.holds(rest.holds.clone());
        if holds.is_empty() {
            return self.wake(rest);
        }
        if rest.settled.is_none() {
            let floor = rest.saved.at_rest(self.service.intent.floor);
            return self.set_to_rest(
                Reason::GoesToRest,
                rest.rested_again(holds, floor, self.claim()),
                Some(rest.version),
            );
        }
        self.still_at_rest(rest, holds)
    }

    fn still_at_rest(&self, rest: &ServiceRest, holds: Holds) -> Decision {
        let floor = rest.saved.at_rest(self.service.intent.floor);
        let untouched = self.live.desired == rest.written.desired;
        if untouched && floor.desired != rest.written.desired {
            return self.set_to_rest(
                Reason::RestsAgain,
                rest.rested_again(holds, floor, self.claim()),
                Some(rest.version),
            );
        }
        if !untouched && self.redeployed_since(rest) {
            return match self.obstacle(&holds) {
                Some(decision) => decision,
                None => self.set_to_rest(
                    Reason::RestsAgain,
                    rest.rested_again(holds, floor, self.claim()),
                    Some(rest.version),
                ),
            };
        }
        if holds != rest.holds {
            let record = self.record(rest.held(holds), Some(rest.version));
            return Decision::act(Reason::HoldsChange, vec![record]);
        }
        if untouched {
            return Decision::nothing(Reason::AtRest);
        }
        Decision::nothing(Reason::ChangedAtRest {
            desired: self.live.desired,
        })
        .concerned(trouble::changed_at_rest(
            self.arn,
            self.service,
            self.live,
            rest,
        ))
    }

    /// The holds that there should be now, given those that there are.
    fn holds(&self, holds: Holds) -> Holds {
        if self.moment.closing {
            return Holds::none();
        }
        let holds = match &self.service.asked {
            Some(Asked::Rest(hold)) => holds.with_replaced(Holder::Operator, hold.clone()),
            Some(Asked::Wake(_)) => holds.without(Holder::Operator),
            None => holds,
        };
        let holds = holds.at(self.moment.now);
        match self.wanted() {
            State::Awake => holds.without(Holder::OffHours),
            State::Rest => holds.with(
                Holder::OffHours,
                Hold {
                    by: "off-hours".to_owned(),
                    why: self.service.intent.why(self.order(), self.moment.now),
                    since: self.moment.now,
                    until: None,
                },
            ),
        }
    }

    /// What keeps it awake by a person's order: the one just given, or the one there is.
    fn order(&self) -> Option<&Order> {
        match &self.service.asked {
            Some(Asked::Wake(Some(order))) => Some(order),
            Some(Asked::Rest(_)) => None,
            Some(Asked::Wake(None)) | None => self.service.order.as_ref(),
        }
    }

    fn wanted(&self) -> State {
        let rests = self.service.intent.rests(self.order(), self.moment.now);
        if rests { State::Rest } else { State::Awake }
    }

    /// What keeps a service awake that something holds.
    fn obstacle(&self, holds: &Holds) -> Option<Decision> {
        match self.live.kind {
            Kind::Replica => {}
            Kind::Daemon => return Some(Decision::nothing(Reason::Daemon)),
            Kind::CodeDeploy | Kind::External => {
                return Some(Decision::nothing(Reason::ControlledElsewhere));
            }
        }
        if !self.live.active {
            return Some(Decision::nothing(Reason::NotActive));
        }
        let deployment = self.live.deployment.as_ref()?;
        if deployment.in_progress {
            return self.waits_for(deployment);
        }
        let only_the_night = holds.iter().all(|(holder, _)| holder == Holder::OffHours);
        let until = self
            .grace_ends(deployment)
            .filter(|until| only_the_night && *until > self.moment.now)?;
        Some(Decision::nothing(Reason::InGrace { until }))
    }

    /// A deployment in progress is waited for, but not for ever.
    fn waits_for(&self, deployment: &Deployment) -> Option<Decision> {
        let age = self.moment.now.duration_since(deployment.created_at);
        (age < self.moment.policy.deployment_patience)
            .then(|| Decision::nothing(Reason::DeploymentInProgress))
    }

    /// When the grace of a service that is new or redeployed at night ends; none if that happened
    /// by day.
    fn grace_ends(&self, deployment: &Deployment) -> Option<Timestamp> {
        let born = deployment.created_at.max(self.live.created_at);
        let at_night = self.service.intent.rests(self.order(), born);
        at_night.then(|| {
            born.saturating_add(self.moment.policy.night_grace)
                .unwrap_or(born)
        })
    }

    fn redeployed_since(&self, rest: &ServiceRest) -> bool {
        let now = self
            .live
            .deployment
            .as_ref()
            .map(|deployment| &deployment.id);
        now.is_some() && now != rest.deployment.as_ref()
    }

    fn overdue(&self, rest: &ServiceRest) -> bool {
        rest.waking_for(self.moment.now)
            .is_some_and(|age| age >= self.moment.policy.wave_timeout)
    }

    fn go_to_rest(&self, holds: Holds, replaces: Option<Version>) -> Decision {
        let saved = self.live.capacity();
        let floor = saved.at_rest(self.service.intent.floor);
        let begun = Rest::begun(holds, saved, floor, self.claim(), self.moment.now);
        self.set_to_rest(Reason::GoesToRest, begun, replaces)
    }

    /// The intent in the ledger, then the target's bounds and flags, then the count, then the
    /// ledger again. The order matters: a target whose minimum is above the count would raise it.
    fn set_to_rest(
        &self,
        reason: Reason,
        mut rest: ServiceRest,
        replaces: Option<Version>,
    ) -> Decision {
        rest.deployment = self
            .live
            .deployment
            .as_ref()
            .map(|deployment| deployment.id.clone());
        let settled = rest.settled(self.moment.now);
        let mut actions = vec![self.record(rest.clone(), replaces)];
        actions.extend(self.scale(&rest.written));
        actions.extend(self.count(rest.written.desired));
        actions.push(self.record(settled, Some(rest.version)));
        let decision = Decision::act(reason, actions);
        match self
            .live
            .deployment
            .as_ref()
            .filter(|deployment| deployment.in_progress)
        {
            Some(deployment) => {
                decision.concerned(trouble::deployment_blocks(self.arn, deployment))
            }
            None => decision,
        }
    }

    /// The intent in the ledger, then the count, then the target's own bounds, then the ledger
    /// again. The count comes first: restoring the minimum of a target above the count would do
    /// the same by way of Auto Scaling, once for the minimum and once more for the count.
    fn wake(&self, rest: &ServiceRest) -> Decision {
        let restored = ServiceCapacity::restored(&rest.saved, &self.live.capacity(), &rest.written);
        let lifted = rest.lifted(restored, self.claim(), self.moment.now);
        let mut actions = vec![self.record(lifted.clone(), Some(rest.version))];
        actions.extend(self.count(lifted.written.desired));
        actions.extend(self.scale(&lifted.written));
        actions.push(self.record(lifted.settled(self.moment.now), Some(lifted.version)));
        Decision::act(Reason::Wakes, actions)
    }

    /// A target that is there is moved; one that was deleted meanwhile is not made again.
    fn scale(&self, to: &ServiceCapacity) -> Option<Action> {
        let theirs = self.live.bounds?;
        let bounds = Bounds {
            max: theirs.max,
            min: to.bounds?.min.min(theirs.max),
            ..to.bounds?
        };
        (bounds != theirs).then(|| Action::RegisterScalableTarget {
            service: self.arn.clone(),
            bounds,
        })
    }

    fn count(&self, desired: u32) -> Option<Action> {
        (desired != self.live.desired).then(|| Action::UpdateService {
            service: self.arn.clone(),
            desired,
        })
    }

    fn record(&self, rest: ServiceRest, replaces: Option<Version>) -> Action {
        Action::RecordService {
            service: self.arn.clone(),
            rest: Box::new(rest),
            replaces,
        }
    }

    fn claim(&self) -> Claim {
        self.moment.claim.clone()
    }
}

fn close(arn: &ServiceArn, version: Version) -> Action {
    Action::CloseService {
        service: arn.clone(),
        version,
    }
}

impl Decision {
    /// The errand of this decision, if there is anything to do.
    pub(super) fn errand(&self, arn: &ServiceArn) -> Option<Errand> {
        (!self.actions.is_empty()).then(|| Errand {
            subject: Subject::Service(arn.clone()),
            reason: self.reason.clone(),
            actions: self.actions.clone(),
        })
    }
}
