//! One instance: from what was heard and seen of it to what is done for it.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::fold::{self, Folded, LATE, NOTICE, Said};
use super::instance::InstanceId;
use super::looks;
use super::moment::Moment;
use super::observed::{Mark, Observed, Source, Task};
use super::outcome::{Ending, Outcome};
use super::plan::{HookCallback, HookStep, IndexWrite, Member};
use super::reason::Reason;
use super::record::{Drain, Drainer, OpenHook};
use super::scope::{self, Found, Scoped};
use super::sign::Status;
use super::stops::Stop;
use super::surge::{Counted, Loss, Scope};
use super::tags::Mode;
use super::{ending, fates, stops, voluntary};
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
    fn is_here(&self, drain: &Drain, places: &[super::Place]) -> bool {
        let inside = places.iter().any(|place| place.status.is_in());
        let over = ending::is_over(drain, self.moment.now);
        let went = over || self.before.is_some_and(|before| !before.places.is_empty());
        inside || went
    }

    fn open(&'a self, mut drain: Drain, places: &[super::Place], folded: &Folded<'_>) -> Open<'a> {
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
        let mut drain = fold::fresh(self.moment.now, crate::rest::Version(0));
        scope::settle_in(&mut drain, places);
        drain.heard.warning = Some(at);
        step.outcome = Some(ending::outcome(
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

    pub(super) fn hook_step(&self, open: &OpenHook, what: HookCallback) -> HookStep {
        HookStep {
            what,
            group: open.group.clone(),
            hook: open.hook.clone(),
            token: open.token.clone(),
            instance: self.id.clone(),
        }
    }

    fn completed(&self, hooks: &[OpenHook]) -> Vec<HookStep> {
        let complete = |open| self.hook_step(open, HookCallback::Complete);
        hooks.iter().map(complete).collect()
    }

    /// The heartbeats that are due. A hook of unknown times gets one at every look.
    pub(super) fn beaten(&self, drain: &mut Drain) -> Vec<HookStep> {
        let now = self.moment.now;
        if !self.round.looking {
            return Vec::new();
        }
        let mut steps = Vec::new();
        for open in &mut drain.hooks {
            let group = self.observed.groups.get(&open.group);
            let group = group.and_then(|group| group.as_ref().ok());
            let due = match fold::hook_times(group, &open.hook) {
                fold::Known::Times(times) => {
                    let half = now.duration_since(open.beat) * 2 >= times.heartbeat;
                    // A look comes every minute, and may be late.
                    let soon = (open.beat + times.heartbeat).duration_since(now)
                        <= SignedDuration::from_secs(90);
                    half || soon
                }
                fold::Known::Nothing | fold::Known::Gone => true,
            };
            if due && now > open.beat {
                open.beat = now;
                steps.push(self.hook_step(open, HookCallback::Heartbeat));
            }
        }
        steps
    }

    /// What is remembered of the instance by its id.
    fn index(&self, folded: &Folded<'_>, found: &Found, step: &mut Step) {
        let instance = self.id;
        for (at, seen) in &folded.seen {
            step.index.push(if seen.status.is_in() {
                IndexWrite::Seen {
                    instance: instance.clone(),
                    place: scope::place_of(seen),
                }
            } else {
                IndexWrite::Gone {
                    instance: instance.clone(),
                    arn: seen.arn.clone(),
                    version: seen.version,
                }
            });
            let stale = match self.observed.marks.get(instance) {
                Some(Mark::Done { at: done }) => at > done,
                Some(Mark::Doomed { at: warned }) => *at >= *warned + NOTICE,
                None => false,
            };
            if stale && seen.status == Status::Active && step.drain.is_none() {
                step.index.push(IndexWrite::Unmarked {
                    instance: instance.clone(),
                });
            }
        }
        // What ECS answered is news to the index.
        if let Found::At(places) = found {
            let asked = places.iter().filter(|place| place.source == Source::Asked);
            let inside = asked.filter(|place| place.status.is_in());
            step.index.extend(inside.map(|place| IndexWrite::Seen {
                instance: instance.clone(),
                place: place.clone(),
            }));
        }
    }
}

/// What ECS says of an instance after its end, if its agent answers again.
fn back(drain: &Drain, places: &[super::Place], folded: &Folded<'_>) -> Option<Status> {
    let (_, ended) = drain.ended?;
    let asked = places
        .iter()
        .filter(|place| place.source == Source::Asked && place.agent_connected)
        .map(|place| place.status);
    let told = folded
        .seen
        .iter()
        .filter(|(at, seen)| *at > ended && seen.agent_connected)
        .map(|(_, seen)| seen.status);
    asked.chain(told).rfind(|status| status.is_in())
}

impl Open<'_> {
    fn now(&self) -> Timestamp {
        self.case.moment.now
    }

    fn decide(mut self) -> Step {
        self.scoped.retain(|scoped| scoped.mode != Mode::Off);
        if self.scoped.is_empty() {
            return self.off();
        }
        self.count();
        if self.drain.dormant.is_some() {
            return self.asleep();
        }
        if !ending::is_over(&self.drain, self.now()) && self.drain.heard.certain().is_some() {
            self.drain_it();
        }
        self.read_tasks();
        if !ending::is_over(&self.drain, self.now()) {
            self.stop_tasks();
        }
        self.hooks();
        if ending::is_over(&self.drain, self.now()) {
            return self.ending();
        }
        if self.drain.heard.only_recommended() {
            return self.recommended();
        }
        self.kept()
    }

    /// The record stays open.
    pub(super) fn kept(mut self) -> Step {
        let verify = self.scoped.iter().any(|scoped| scoped.mode == Mode::Verify);
        let registering = self
            .scoped
            .iter()
            .any(|scoped| scoped.place.status == Status::Registering);
        let unsure = verify && self.drain.draining.is_none() || registering;
        self.step.looks = looks::plan(&mut self.drain, unsure, self.case.round, self.case.moment);
        self.step.drain = Some(self.drain);
        self.step
    }

    /// A tag keeps it out of scope: hooks of ours let it go, and nothing else is done.
    fn off(mut self) -> Step {
        self.step.hooks = self.case.completed(&self.drain.hooks);
        self.step.index.clear();
        self.step.reason = Some(Reason::Off);
        self.step
    }

    /// It is counted as lost, once.
    fn count(&mut self) {
        let heard = &self.drain.heard;
        let at = [heard.warning, heard.reservation, heard.evicted];
        let (Some(at), Some(fleet)) = (at.into_iter().flatten().min(), self.fleet()) else {
            return;
        };
        let moment = self.case.moment;
        if at + moment.policy.surge.window <= moment.now {
            return;
        }
        let experiments = self.case.observed.experiments.as_ref();
        let exercise = experiments.is_some_and(|ids| ids.contains(self.case.id));
        self.drain.heard.by_fis |= exercise;
        self.step.counted = Some(Counted {
            what: Loss::Instance(self.case.id.clone()),
            fleet,
            pool: self.drain.pool.clone(),
            at,
            by_fis: self.drain.heard.by_fis,
        });
    }

    fn fleet(&self) -> Option<Scope> {
        scope::fleet_of(&self.drain)
    }

    /// When we first knew that it goes.
    fn known_since(&self) -> Timestamp {
        let certain = self.drain.heard.certain();
        certain.map_or(self.drain.opened, |at| at.max(self.drain.opened))
    }

    /// Sees who set it DRAINING, and when.
    fn notice_draining(&mut self, folded: &Folded<'_>) {
        let now = self.now();
        let told = folded.seen.iter();
        let told = told.filter(|(_, seen)| seen.status == Status::Draining);
        let told = told.map(|(at, _)| *at).min();
        let is = |scoped: &Scoped| scoped.place.status == Status::Draining;
        let shown = self.scoped.iter().any(is).then_some(now);
        let Some(when) = told.or(shown) else { return };
        let first = self.drain.draining.is_none();
        self.drain.draining = self.drain.draining.min(Some(when)).or(Some(when));
        match self.drain.by {
            // Events count whole seconds.
            Drainer::Us { at } if told.is_some_and(|told| told.as_second() < at.as_second()) => {
                self.drain.by = Drainer::Other { seen: when };
            }
            Drainer::Nobody => {
                self.drain.by = Drainer::Other { seen: when };
                if first {
                    self.learn(when);
                }
            }
            Drainer::Us { .. } | Drainer::Other { .. } | Drainer::Undone { .. } => {}
        }
    }

    /// An instance that began to drain right after its warning without us is one of a fleet that
    /// drains by itself: its agent does, or somebody else's function.
    fn learn(&mut self, when: Timestamp) {
        let Some(warned) = self.drain.heard.doom() else {
            return;
        };
        let after = when.duration_since(warned);
        let soon = after >= SignedDuration::ZERO && after <= self.case.moment.policy.patience;
        let managed = self.scoped.iter().any(|scoped| scoped.managed);
        let seen_before = self.case.before.is_some();
        self.know(soon && seen_before && !managed, true);
    }

    fn know(&mut self, is_so: bool, works: bool) {
        let Some(fleet) = self.fleet() else { return };
        let known = self.case.observed.self_draining.contains(&fleet);
        if is_so && known != works {
            self.step
                .index
                .push(IndexWrite::SelfDraining { fleet, works });
        }
    }

    /// It goes for certain, and there is time: it is set DRAINING, or ECS is given a moment to.
    fn drain_it(&mut self) {
        let (now, policy) = (self.now(), self.case.moment.policy);
        let since = self.known_since();
        let begin = since + policy.patience;
        let limit = ending::limit(&self.drain);
        let urgent = limit.is_some_and(|limit| limit.duration_since(now) <= policy.ladder);
        let asked = match self.drain.by {
            Drainer::Us { at } => Some(at),
            Drainer::Nobody | Drainer::Other { .. } | Drainer::Undone { .. } => None,
        };
        let again = asked.is_some_and(|at| now.duration_since(at) >= AGAIN);
        for scoped in &self.scoped {
            let place = &scoped.place;
            let live = place.source == Source::Asked;
            match place.status {
                Status::Active if asked.is_some() && !(live && again) => {
                    self.step.reason.get_or_insert(Reason::Draining);
                }
                Status::Active => {
                    let verify = scoped.mode == Mode::Verify && asked.is_none() && !urgent;
                    if verify && (now < begin || !self.case.round.looking) {
                        let waits = Reason::LeftToEcs { until: begin };
                        self.step.reason.get_or_insert(waits);
                        continue;
                    }
                    self.step.reason = Some(if verify {
                        Reason::DrainsLate
                    } else {
                        Reason::Drains
                    });
                    self.drain.by = Drainer::Us { at: now };
                    let member = Member {
                        instance: self.case.id.clone(),
                        arn: place.arn.clone(),
                    };
                    self.step.set.push((place.cluster.clone(), member));
                }
                Status::Draining => {
                    self.step.reason.get_or_insert(Reason::Draining);
                }
                Status::Registering => {
                    self.step.reason.get_or_insert(Reason::Registering);
                }
                Status::Deregistering | Status::RegistrationFailed | Status::Inactive => {}
            }
        }
        self.know(self.step.reason == Some(Reason::DrainsLate), false);
    }

    /// The tasks on it, if they were read in this round.
    pub(super) fn tasks(&self) -> Option<&std::collections::BTreeMap<TaskArn, Task>> {
        self.case.observed.tasks.get(self.case.id)?.as_ref().ok()
    }

    fn read_tasks(&mut self) {
        let observed = self.case.observed;
        if let Some(Ok(tasks)) = observed.tasks.get(self.case.id) {
            let dead = self.is_dead();
            fates::read(&mut self.drain, tasks, dead, self.case.moment.now);
        }
    }

    /// Whether its machine is gone, as far as anybody says.
    pub(super) fn is_dead(&self) -> bool {
        let live = |scoped: &&Scoped| scoped.place.source == Source::Asked;
        let mut asked = self.scoped.iter().filter(live).peekable();
        let left = asked.peek().is_some()
            && asked.all(|scoped| !scoped.place.status.is_in() || !scoped.place.agent_connected);
        self.drain.ended.is_some() || left
    }

    /// Stops what cannot leave by itself.
    fn stop_tasks(&mut self) {
        let Some(Ok(tasks)) = self.case.observed.tasks.get(self.case.id) else {
            return;
        };
        let now = self.now();
        let stops = stops::stops(self, tasks);
        let stops: Vec<Stop> = stops
            .into_iter()
            .filter(|stop| fates::stopping(&mut self.drain, &stop.task, now))
            .collect();
        if !stops.is_empty() {
            let count = u32::try_from(stops.len()).unwrap_or(u32::MAX);
            self.step.reason = Some(Reason::StopsTasks(count));
        }
        self.step.stops = stops;
    }

    /// Keeps the hooks of ours open, or lets the instance go.
    fn hooks(&mut self) {
        if self.drain.hooks.is_empty() {
            return;
        }
        let out_of_time = ending::is_over(&self.drain, self.now());
        let outside = self
            .scoped
            .iter()
            .all(|scoped| !scoped.place.status.is_in());
        let left = self.tasks().map(stops::left);
        let done = !out_of_time && (outside || self.asked_before() && left == Some(0));
        if out_of_time || done {
            self.step.hooks = self.case.completed(&self.drain.hooks);
            self.drain.hooks.clear();
            self.drain.released = Some(self.now());
            self.step.reason = Some(if done {
                Reason::HookDone
            } else {
                Reason::HookOutOfTime
            });
            return;
        }
        self.step.hooks = self.case.beaten(&mut self.drain);
        let waits = match left {
            Some(tasks) => Reason::HookWaits { tasks },
            None => Reason::HookOpened,
        };
        if matches!(self.step.reason, None | Some(Reason::Draining)) {
            self.step.reason = Some(waits);
        }
    }

    /// Whether no task can have come since its tasks were read: it was DRAINING before, or was
    /// asked to.
    fn asked_before(&self) -> bool {
        let since = self.drain.draining.is_some_and(|at| at < self.now());
        let asked = matches!(self.drain.by, Drainer::Us { at } if at < self.now());
        since || asked
    }

    fn ending(self) -> Step {
        ending::ending(self)
    }

    fn recommended(self) -> Step {
        voluntary::recommended(self)
    }

    fn asleep(self) -> Step {
        voluntary::asleep(self)
    }

    /// How long after its deadline we stop asking what became of it.
    pub(super) fn gives_up(&self, end: Timestamp) -> bool {
        self.now() >= end + LATE
    }
}
