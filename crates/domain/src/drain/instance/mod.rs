//! One instance: from what was heard and seen of it to what is done for it.

pub(super) mod draining;
pub(super) mod ending;
pub(super) mod fates;
pub(super) mod hooks;
pub(super) mod looks;
pub(super) mod open;
pub(super) mod scope;
pub(super) mod stops;
pub(super) mod voluntary;

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use self::open::back;
use self::scope::{Found, Scoped};
use self::stops::Stop;
use super::moment::Moment;
use super::plan::{HookCallback, HookStep, IndexWrite, Member};
use super::reason::Reason;
use super::remembered::became;
use super::remembered::fold::{self, Folded, NOTICE, Said};
use super::remembered::hear;
use super::remembered::outcome::{Ending, Outcome};
use super::remembered::record::Drain;
use super::seen::ecs::Status;
use super::seen::exercise::Exercises;
use super::seen::instance::InstanceId;
use super::seen::surge::Counted;
use super::seen::tags::Mode;
use super::seen::world::{Observed, Place};
use crate::arn::{ClusterArn, TaskArn};

/// How long a state that was asked for may take to show before it is asked for again: our choice.
pub(super) const AGAIN: SignedDuration = SignedDuration::from_secs(5);

/// How this round came about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Round {
    /// It was time to look: what is, is read.
    pub(super) looking: bool,
    /// A minute has passed: what is not urgent is done.
    pub(super) tick: bool,
    /// An hour has passed.
    pub(super) sweep: bool,
}

/// What is done for one instance.
#[derive(Clone, Debug, Default)]
pub(super) struct Step {
    /// The record afterwards; none if there is none.
    pub(super) drain: Option<Drain>,
    pub(super) set: Vec<(ClusterArn, Member)>,
    pub(super) voluntary: Vec<(ClusterArn, Member)>,
    pub(super) undo: Vec<(ClusterArn, Member)>,
    pub(super) hooks: Vec<HookStep>,
    pub(super) stops: Vec<Stop>,
    pub(super) looks: BTreeSet<Timestamp>,
    pub(super) index: Vec<IndexWrite>,
    pub(super) counted: Option<Counted>,
    pub(super) outcome: Option<Outcome>,
    /// The tasks of nobody that ended with it, and their groups; known with the outcome.
    pub(super) alone: Vec<(TaskArn, String)>,
    pub(super) reason: Option<Reason>,
    /// It may be drained without need, if not too many are.
    pub(super) candidate: bool,
}

/// One instance, and the world around it.
pub(super) struct Case<'a> {
    pub(super) id: &'a InstanceId,
    pub(super) observed: &'a Observed,
    pub(super) exercises: &'a Exercises<'a>,
    pub(super) moment: Moment<'a>,
    pub(super) round: Round,
    pub(super) before: Option<&'a Drain>,
}

/// A record that is being decided about.
pub(super) struct Open<'a> {
    pub(super) case: &'a Case<'a>,
    pub(super) drain: Drain,
    pub(super) scoped: Vec<Scoped>,
    /// Its status after its end, as far as its agent answers again.
    pub(super) back: Option<Status>,
    pub(super) step: Step,
}

impl<'a> Case<'a> {
    pub(super) fn step(&'a self, said: &Said<'a>) -> Step {
        let mut folded = fold::fold(self.id, said, self.observed, self.moment);
        let found = scope::found(self.id, folded.drain.as_ref(), &folded.seen, self.observed);
        let drain = folded.drain.take();
        let mut step = match (drain, &found) {
            (None, _) => self.unopened(&folded, &found),
            (Some(drain), Found::At(places)) if self.is_here(&drain, places) => {
                self.open(drain, places, &folded).decide()
            }
            (Some(drain), Found::Unseen(why)) => self.unseen(drain, why),
            (Some(drain), _) => self.elsewhere(&drain),
        };
        step.hooks.extend(folded.let_go.iter().map(|call| HookStep {
            what: HookCallback::Complete,
            group: call.group.clone(),
            hook: call.hook.clone(),
            token: call.token.clone(),
            instance: self.id.clone(),
        }));
        self.index(&folded, &found, &mut step);
        step
    }

    /// Whether it is in a cluster, or was when it went or should have gone.
    fn is_here(&self, drain: &Drain, places: &[Place]) -> bool {
        let inside = places.iter().any(|place| place.status.is_in());
        let over = ending::is_over(drain, self.moment.now);
        let went = over || self.before.is_some_and(|before| !before.places.is_empty());
        inside || went
    }

    fn open(&'a self, mut drain: Drain, places: &[Place], folded: &Folded<'_>) -> Open<'a> {
        scope::settle_in(&mut drain, places);
        let scoped = places
            .iter()
            .map(|place| scope::scoped(place, self.observed))
            .collect();
        let back = back(&drain, places, folded);
        let mut open = Open {
            case: self,
            drain,
            scoped,
            back,
            step: Step::default(),
        };
        open.notice_draining(folded);
        open
    }

    /// Nothing was heard that opens a record.
    fn unopened(&self, folded: &Folded<'_>, found: &Found) -> Step {
        let mut step = Step {
            reason: folded.reason.clone(),
            ..Step::default()
        };
        let Found::At(places) = found else {
            return step;
        };
        let Some(at) = folded.late else { return step };
        let scoped: Vec<Scoped> = places
            .iter()
            .map(|place| scope::scoped(place, self.observed))
            .collect();
        if scoped.iter().all(|scoped| scoped.mode == Mode::Off) {
            step.reason = Some(Reason::Off);
            return step;
        }
        let mut drain = hear::fresh(self.moment.now, crate::rest::Version(0));
        scope::settle_in(&mut drain, places);
        drain.heard.warning = Some(at);
        step.outcome = Some(became::outcome(
            self.id,
            &drain,
            Ending::WarnedTooLate,
            self.moment.now,
        ));
        step.index.push(IndexWrite::Done {
            instance: self.id.clone(),
            at,
        });
        step
    }

    /// It is in no cluster: nothing is to be done for it, and hooks of ours let it go.
    fn elsewhere(&self, drain: &Drain) -> Step {
        let mut step = Step {
            reason: Some(Reason::NotInCluster),
            hooks: self.completed(&drain.hooks),
            ..Step::default()
        };
        // It may register yet.
        if let Some(at) = drain.heard.doom()
            && self.moment.now < at + NOTICE
            && drain.ended.is_none()
        {
            step.index.push(IndexWrite::Doomed {
                instance: self.id.clone(),
                at,
            });
        }
        step
    }

    /// It cannot be seen where it is. What may be ours is kept and looked for again.
    fn unseen(&self, mut drain: Drain, why: &str) -> Step {
        let now = self.moment.now;
        let mut step = Step {
            reason: Some(Reason::Unseen(why.to_owned())),
            ..Step::default()
        };
        let limit = ending::limit(&drain);
        let over = drain.ended.is_some() || limit.is_some_and(|limit| limit <= now);
        if over {
            step.hooks = self.completed(&drain.hooks);
            return step;
        }
        let expires = drain
            .heard
            .rebalance
            .map(|at| at + self.moment.policy.undo_after);
        if drain.heard.only_recommended() && expires.is_some_and(|at| at <= now) {
            step.reason = Some(Reason::Closed);
            return step;
        }
        step.hooks = self.beaten(&mut drain);
        step.looks = looks::plan(&mut drain, true, self.round, self.moment);
        step.drain = Some(drain);
        step
    }
}
