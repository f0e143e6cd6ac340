//! The decision about one Auto Scaling group: a minimum that keeps instances up goes to 0 at rest.

use super::observed::{Group, GroupLive};
use super::plan::{Action, Errand, Reason, Subject};
use super::service::Moment;
use crate::arn::GroupArn;
use crate::capacity::GroupCapacity;
use crate::hold::{Hold, Holder, Holds};
use crate::rest::{GroupRest, Rest, Version};

/// What was decided about one group.
#[derive(Debug)]
pub(super) struct Decision {
    /// What, and why.
    pub(super) reason: Reason,
    /// The steps, if there is anything to do.
    pub(super) actions: Vec<Action>,
}

impl Decision {
    /// The errand of this decision, if there is anything to do.
    pub(super) fn errand(&self, arn: &GroupArn) -> Option<Errand> {
        (!self.actions.is_empty()).then(|| Errand {
            subject: Subject::Group(arn.clone()),
            reason: self.reason.clone(),
            actions: self.actions.clone(),
        })
    }
}

/// Decides about one group.
pub(super) fn decide(arn: &GroupArn, group: &Group, moment: Moment<'_>) -> Decision {
    let nothing = |reason| Decision {
        reason,
        actions: Vec::new(),
    };
    if group.intent.malformed() && !moment.closing {
        return nothing(Reason::MalformedTag);
    }
    match (&group.live, &group.rest) {
        (None, None) => nothing(Reason::Deleted),
        (None, Some(rest)) => Decision {
            reason: Reason::Deleted,
            actions: vec![Action::CloseGroup {
                group: arn.clone(),
                version: rest.version,
            }],
        },
        (Some(live), rest) => Case {
            arn,
            group,
            live,
            rest: rest.as_ref(),
            moment,
        }
        .decide(),
    }
}

struct Case<'a> {
    arn: &'a GroupArn,
    group: &'a Group,
    live: &'a GroupLive,
    rest: Option<&'a GroupRest>,
    moment: Moment<'a>,
}

impl Case<'_> {
    fn decide(&self) -> Decision {
        let nothing = |reason| Decision {
            reason,
            actions: Vec::new(),
        };
        let holds = self.holds();
        match self.rest.filter(|rest| !rest.handed_back()) {
            Some(rest) if self.claimed(rest) => nothing(Reason::ClaimedElsewhere),
            Some(rest) if holds.is_empty() => self.wake(rest),
            Some(rest) if rest.settled.is_none() => self.rest_again(rest, holds),
            Some(rest) if holds != rest.holds => Decision {
                reason: Reason::HoldsChange,
                actions: vec![self.record(rest.held(holds), Some(rest.version))],
            },
            Some(_) => nothing(Reason::AtRest),
            None => match self.rest {
                Some(rest) if holds.is_empty() => Decision {
                    reason: Reason::ProvedAwake,
                    actions: vec![Action::CloseGroup {
                        group: self.arn.clone(),
                        version: rest.version,
                    }],
                },
                _ if holds.is_empty() => nothing(Reason::Awake),
                _ if self.live.min == 0 => nothing(Reason::NothingToLower),
                rest => self.go_to_rest(holds, rest.map(|rest| rest.version)),
            },
        }
    }

    fn claimed(&self, rest: &GroupRest) -> bool {
        let claim = rest.claim.as_ref();
        claim.is_some_and(|claim| claim.keeps_away(&self.moment.claim.run, self.moment.now))
    }

    fn holds(&self) -> Holds {
        if self.moment.closing {
            return Holds::none();
        }
        let there = self.rest.filter(|rest| !rest.handed_back());
        let holds = there
            .map_or_else(Holds::none, |rest| rest.holds.clone())
            .at(self.moment.now);
        if !self.group.intent.rests(None, self.moment.now) {
            return holds.without(Holder::OffHours);
        }
        let hold = Hold {
            by: "off-hours".to_owned(),
            why: self.group.intent.why(None, self.moment.now),
            since: self.moment.now,
            until: None,
        };
        holds.with(Holder::OffHours, hold)
    }

    fn go_to_rest(&self, holds: Holds, replaces: Option<Version>) -> Decision {
        let claim = self.moment.claim.clone();
        let begun = Rest::begun(
            holds,
            self.live.capacity(),
            GroupCapacity::AT_REST,
            claim,
            self.moment.now,
        );
        self.set(Reason::GoesToRest, begun, replaces)
    }

    fn rest_again(&self, rest: &GroupRest, holds: Holds) -> Decision {
        let again = rest.rested_again(holds, GroupCapacity::AT_REST, self.moment.claim.clone());
        self.set(Reason::GoesToRest, again, Some(rest.version))
    }

    fn wake(&self, rest: &GroupRest) -> Decision {
        let restored = GroupCapacity::restored(
            rest.saved,
            self.live.capacity(),
            rest.written,
            self.live.max,
        );
        let lifted = rest.lifted(restored, self.moment.claim.clone(), self.moment.now);
        self.set(Reason::Wakes, lifted, Some(rest.version))
    }

    fn set(&self, reason: Reason, rest: GroupRest, replaces: Option<Version>) -> Decision {
        let min = rest.written.min;
        let mut actions = vec![self.record(rest.clone(), replaces)];
        if min != self.live.min {
            actions.push(Action::UpdateAutoScalingGroup {
                group: self.arn.clone(),
                min,
            });
        }
        actions.push(self.record(rest.settled(self.moment.now), Some(rest.version)));
        Decision { reason, actions }
    }

    fn record(&self, rest: GroupRest, replaces: Option<Version>) -> Action {
        Action::RecordGroup {
            group: self.arn.clone(),
            rest: Box::new(rest),
            replaces,
        }
    }
}
