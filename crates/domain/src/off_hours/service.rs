//! The decision about one service.

use super::concerns::Concern;
use super::decision::Decision;
use super::holds::on_service;
use super::moment::Moment;
use super::observed::Service;
use super::obstacle::{obstacle, only_the_budget, only_the_night, out_of_patience};
use super::unwatched::in_force;
use super::{losses, mistakes, orders, trouble};
use crate::arn::ServiceArn;
use crate::hold::Holds;
use crate::rest::{ServiceRest, Version};
use crate::resting::{Action, Live, Reason, Sight, Steps, Subject};

/// Decides about one service.
pub(super) fn decide(arn: &ServiceArn, service: &Service, moment: Moment<'_>) -> Decision {
    let mut decision = match (&service.sight, &service.rest) {
        (Sight::Missing, None) => Decision::nothing(Reason::Deleted),
        (Sight::Missing, Some(rest)) => {
            Decision::act(Reason::Deleted, vec![close(arn, rest.version)])
        }
        (_, rest) if left_alone(service, moment) && !is_let_go(rest.as_ref(), moment) => {
            Decision::nothing(Reason::MalformedTag)
        }
        (_, None) if !service.intent.is_ours() => Decision::nothing(Reason::NotTagged),
        (Sight::NotLookedAt, _) => Decision::nothing(Reason::Awake),
        (Sight::Live(live), rest) => Case {
            arn,
            service,
            live,
            moment,
        }
        .decide(rest.as_ref()),
    };
    decision = orders::follow(decision, arn, service, moment);
    let subject = Subject::Service(arn.clone());
    let concerns = mistakes::of_subject(&service.intent, &subject, service.at_rest(), moment.now);
    decision.concerns.extend(concerns);
    decision
}

/// Whether a tag of it cannot be read, so that nothing is asked of it.
fn left_alone(service: &Service, moment: Moment<'_>) -> bool {
    service.intent.malformed() && !moment.closing
}

/// Whether it is at rest, or on its way up, and nothing holds it any more: then it wakes with what
/// it had, whatever its tags say.
fn is_let_go(rest: Option<&ServiceRest>, moment: Moment<'_>) -> bool {
    rest.is_some_and(|rest| in_force(rest.holds.clone(), moment).is_empty())
}

/// A service that exists. What is decided about it is here; the steps that follow are those of
/// [`Steps`].
struct Case<'a> {
    arn: &'a ServiceArn,
    service: &'a Service,
    live: &'a Live,
    moment: Moment<'a>,
}

impl Case<'_> {
    fn decide(&self, rest: Option<&ServiceRest>) -> Decision {
        match rest {
            Some(rest) if rest.saved.created_at != self.live.created_at => self.created_anew(rest),
            _ if !self.live.active => Decision::nothing(Reason::NotActive),
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
            Some(reason) => Decision::nothing(reason),
            None => self.go_to_rest(holds, replaces),
        }
    }

    /// It was woken and is to prove that it is awake.
    fn after(&self, rest: &ServiceRest) -> Decision {
        if !self.holds(Holds::none()).is_empty() {
            return self.without_record(Some(rest.version));
        }
        let lost = losses::of_service(self.arn, &rest.saved, &rest.written, self.moment.now);
        if self.live.steady() {
            let proved = vec![close(self.arn, rest.version)];
            return Decision::act(Reason::ProvedAwake, proved).concerned(lost);
        }
        let reason = Reason::NotSteadyYet {
            running: self.live.running,
            desired: self.live.desired,
        };
        let age = rest.waking_for(self.moment.now);
        let overdue = age.is_some_and(|age| age >= self.moment.policy.wave_timeout);
        let concern = || trouble::not_steady(self.arn, self.service, self.live, rest);
        Decision::nothing(reason)
            .concerned(overdue.then(concern))
            .concerned(lost)
    }

    /// Something held it at the last write.
    fn under(&self, rest: &ServiceRest) -> Decision {
        if self.moment.claimed_elsewhere(rest) {
            return Decision::nothing(Reason::ClaimedElsewhere);
        }
        let holds = self.holds(rest.holds.clone());
        if holds.is_empty() {
            return self.wake(rest);
        }
        if rest.settled.is_none() {
            return self.unless_spared(Reason::GoesToRest, rest, holds);
        }
        if self.live.desired == rest.written.desired {
            self.untouched(rest, holds)
        } else {
            self.touched(rest, holds)
        }
    }

    /// It is at rest as we left it.
    fn untouched(&self, rest: &ServiceRest, holds: Holds) -> Decision {
        if rest.saved.at_rest(self.floor(&holds)).desired != rest.written.desired {
            return self.unless_spared(Reason::RestsAgain, rest, holds);
        }
        // A deployment that left the count alone is noted once its grace is over. After that, a
        // count that changes was changed by hand.
        let noted = if self.redeployed_since(rest) && self.obstacle(&holds).is_none() {
            self.live.deployment_id()
        } else {
            rest.deployment.clone()
        };
        let reason = if holds == rest.holds {
            Reason::AtRest
        } else {
            Reason::HoldsChange
        };
        self.held(reason, rest, holds, noted)
            .concerned(self.blocked(rest))
    }

    /// Somebody changed its count at rest. A deployment rests again; what a person did is
    /// respected until the next edge: a hold that joins, or a person who asks for rest.
    fn touched(&self, rest: &ServiceRest, holds: Holds) -> Decision {
        let edge = holds.joined(&rest.holds) || orders::places(&holds, &rest.holds);
        if !edge && only_the_budget(&holds) {
            return self.left_to_the_budget(rest, holds);
        }
        if edge || self.redeployed_since(rest) {
            return self.unless_spared(Reason::RestsAgain, rest, holds);
        }
        let desired = self.live.desired;
        let reason = if holds == rest.holds {
            Reason::ChangedAtRest { desired }
        } else {
            Reason::HoldsChange
        };
        let changed =
            trouble::changed_at_rest(self.arn, self.service, self.live, rest, self.moment.now);
        self.held(reason, rest, holds, rest.deployment.clone())
            .concerned(Some(changed))
    }

    /// Somebody raised what nothing but a spent budget holds. The budget guard puts it down again, a
    /// few times, and then asks people: two who put it down would not be counted.
    fn left_to_the_budget(&self, rest: &ServiceRest, holds: Holds) -> Decision {
        self.held(
            Reason::LeftToTheBudget,
            rest,
            holds,
            rest.deployment.clone(),
        )
    }

    /// Sets it to rest once more, unless something keeps it awake meanwhile, such as a deployment
    /// that began after a run which did not get to its end.
    fn unless_spared(&self, reason: Reason, rest: &ServiceRest, holds: Holds) -> Decision {
        match self.obstacle(&holds) {
            Some(spared) => Decision::nothing(spared),
            None => self.rest_again(reason, rest, holds),
        }
    }

    /// The holds that there should be, given those that there are. Tags that cannot be read neither
    /// place one nor lift one.
    fn holds(&self, there: Holds) -> Holds {
        if left_alone(self.service, self.moment) {
            return in_force(there, self.moment);
        }
        on_service(self.service, there, self.moment)
    }

    fn obstacle(&self, holds: &Holds) -> Option<Reason> {
        obstacle(self.service, self.live, holds, self.moment)
    }

    /// How many tasks stay at rest: the floor is for the night, not for a budget or a person.
    fn floor(&self, holds: &Holds) -> u32 {
        if only_the_night(holds) {
            self.service.intent.floor
        } else {
            0
        }
    }

    fn steps(&self) -> Steps<'_> {
        Steps {
            service: self.arn,
            live: self.live,
            claim: self.moment.claim,
            now: self.moment.now,
        }
    }

    fn go_to_rest(&self, holds: Holds, replaces: Option<Version>) -> Decision {
        let floor = self.floor(&holds);
        let steps = self.steps().go_to_rest(holds, floor, replaces);
        Decision::act(Reason::GoesToRest, steps).concerned(self.interrupted())
    }

    fn rest_again(&self, reason: Reason, rest: &ServiceRest, holds: Holds) -> Decision {
        let floor = self.floor(&holds);
        let steps = self.steps().rest_again(rest, holds, floor);
        Decision::act(reason, steps).concerned(self.interrupted())
    }

    fn wake(&self, rest: &ServiceRest) -> Decision {
        let restored = self.steps().restored(rest);
        let lost = losses::of_service(self.arn, &rest.saved, &restored, self.moment.now);
        Decision::act(Reason::Wakes, self.steps().wake(rest)).concerned(lost)
    }

    /// Only the record changes, if anything does.
    fn held(
        &self,
        reason: Reason,
        rest: &ServiceRest,
        holds: Holds,
        deployment: Option<String>,
    ) -> Decision {
        Decision::act(reason, self.steps().hold(rest, holds, deployment))
    }

    /// It is put to rest in the middle of a deployment.
    fn interrupted(&self) -> Option<Concern> {
        let deployment = self.live.deployment.as_ref();
        let deployment = deployment.filter(|deployment| deployment.in_progress)?;
        Some(trouble::deployment_blocks(self.arn, deployment))
    }

    fn redeployed_since(&self, rest: &ServiceRest) -> bool {
        let now = self.live.deployment_id();
        now.is_some() && now != rest.deployment
    }

    /// It was put to rest in the middle of a deployment that has not ended since.
    fn blocked(&self, rest: &ServiceRest) -> Option<Concern> {
        let deployment = self.live.deployment.as_ref()?;
        let blocked = out_of_patience(deployment, self.moment)
            && rest.deployment.as_ref() == Some(&deployment.id);
        blocked.then(|| trouble::deployment_blocks(self.arn, deployment))
    }
}

pub(super) fn close(arn: &ServiceArn, version: Version) -> Action {
    Action::CloseService {
        service: arn.clone(),
        version,
    }
}
