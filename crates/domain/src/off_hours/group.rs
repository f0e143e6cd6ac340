//! The decision about one Auto Scaling group: a minimum that keeps instances up goes to 0 at rest.

use super::concerns::Concern;
use super::decision::Decision;
use super::holds::on_group;
use super::losses;
use super::mistakes;
use super::moment::Moment;
use super::observed::Group;
use crate::arn::GroupArn;
use crate::capacity::GroupCapacity;
use crate::hold::Holds;
use crate::rest::{GroupRest, Rest, Version};
use crate::resting::{Action, GroupLive, Reason, Subject};

/// Decides about one group.
pub(super) fn decide(arn: &GroupArn, group: &Group, moment: Moment<'_>) -> Decision {
    let mut decision = match (&group.live, &group.rest) {
        (None, None) => Decision::nothing(Reason::Deleted),
        (None, Some(rest)) => Decision::act(Reason::Deleted, vec![close(arn, rest.version)]),
        _ if group.intent.malformed() && !moment.closing => Decision::nothing(Reason::MalformedTag),
        (Some(live), rest) => Case {
            arn,
            group,
            live,
            moment,
        }
        .decide(rest.as_ref()),
    };
    let subject = Subject::Group(arn.clone());
    let at_rest = group.at_rest();
    let concerns = mistakes::of_subject(&group.intent, &subject, at_rest, moment.now);
    decision.concerns.extend(concerns);
    decision
}

/// A group that exists.
struct Case<'a> {
    arn: &'a GroupArn,
    group: &'a Group,
    live: &'a GroupLive,
    moment: Moment<'a>,
}

impl Case<'_> {
    fn decide(&self, rest: Option<&GroupRest>) -> Decision {
        match rest {
            Some(rest) if !rest.handed_back() => self.under(rest),
            Some(rest) if self.holds(Holds::none()).is_empty() => {
                let proved = vec![close(self.arn, rest.version)];
                Decision::act(Reason::ProvedAwake, proved).concerned(self.lost(rest))
            }
            rest => self.without_hold(rest.map(|rest| rest.version)),
        }
    }

    /// Nothing holds it so far.
    fn without_hold(&self, replaces: Option<Version>) -> Decision {
        let holds = self.holds(Holds::none());
        if holds.is_empty() {
            return Decision::nothing(Reason::Awake);
        }
        if self.live.min == 0 {
            return Decision::nothing(Reason::NothingToLower);
        }
        let (saved, written) = (self.live.capacity(), GroupCapacity::AT_REST);
        let claim = self.moment.claim.clone();
        let begun = Rest::begun(holds, saved, written, claim, self.moment.now);
        self.rest(begun, replaces)
    }

    /// Something held it at the last write.
    fn under(&self, rest: &GroupRest) -> Decision {
        if self.moment.claimed_elsewhere(rest) {
            return Decision::nothing(Reason::ClaimedElsewhere);
        }
        let holds = self.holds(rest.holds.clone());
        if holds.is_empty() {
            return self.wake(rest);
        }
        if rest.settled.is_none() {
            let claim = self.moment.claim.clone();
            let again = rest.rested_again(holds, GroupCapacity::AT_REST, claim);
            return self.rest(again, Some(rest.version));
        }
        if holds == rest.holds {
            return Decision::nothing(Reason::AtRest);
        }
        let record = self.record(rest.held(holds), Some(rest.version));
        Decision::act(Reason::HoldsChange, vec![record])
    }

    fn holds(&self, there: Holds) -> Holds {
        on_group(self.group, there, self.moment)
    }

    fn rest(&self, rest: GroupRest, replaces: Option<Version>) -> Decision {
        let settled = rest.settled(self.moment.now);
        let (min, version) = (rest.written.min, rest.version);
        let mut actions = vec![self.record(rest, replaces)];
        actions.extend(self.set(min));
        actions.push(self.record(settled, Some(version)));
        Decision::act(Reason::GoesToRest, actions)
    }

    fn wake(&self, rest: &GroupRest) -> Decision {
        let (now, max) = (self.live.capacity(), self.live.max);
        let restored = GroupCapacity::restored(&rest.saved, &now, &rest.written, max);
        let lifted = rest.lifted(self.moment.claim.clone(), self.moment.now);
        let (min, version) = (restored.min, lifted.version);
        let woken = lifted.woken(restored, self.moment.now);
        let mut actions = vec![self.record(lifted, Some(rest.version))];
        actions.extend(self.set(min));
        actions.push(self.record(woken, Some(version)));
        Decision::act(Reason::Wakes, actions).concerned(self.lost(rest))
    }

    fn lost(&self, rest: &GroupRest) -> Option<Concern> {
        losses::of_group(self.arn, &rest.saved, self.live.max, self.moment.now)
    }

    fn set(&self, min: u32) -> Option<Action> {
        (min != self.live.min).then(|| Action::UpdateAutoScalingGroup {
            group: self.arn.clone(),
            min,
        })
    }

    fn record(&self, rest: GroupRest, replaces: Option<Version>) -> Action {
        Action::RecordGroup {
            group: self.arn.clone(),
            rest: Box::new(rest),
            replaces,
        }
    }
}

fn close(arn: &GroupArn, version: Version) -> Action {
    Action::CloseGroup {
        group: arn.clone(),
        version,
    }
}
