//! One record that is open: the order in which it is decided about.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::ending;
use super::fates;
use super::looks;
use super::scope::{self, Scoped};
use super::stops::{self, Stop};
use super::voluntary;
use super::{Open, Step};
use crate::arn::TaskArn;
use crate::drain::reason::Reason;
use crate::drain::remembered::fold::{Folded, LATE};
use crate::drain::remembered::record::Drain;
use crate::drain::seen::ecs::Status;
use crate::drain::seen::service::Task;
use crate::drain::seen::surge::{Counted, Loss, Scope};
use crate::drain::seen::tags::Mode;
use crate::drain::seen::world::{Place, Source};

/// What ECS says of an instance after its end, if its agent answers again.
pub(in crate::drain) fn back(
    drain: &Drain,
    places: &[Place],
    folded: &Folded<'_>,
) -> Option<Status> {
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
    pub(in crate::drain) fn now(&self) -> Timestamp {
        self.case.moment.now
    }

    pub(in crate::drain) fn decide(mut self) -> Step {
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
    pub(in crate::drain) fn kept(mut self) -> Step {
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
    pub(in crate::drain) fn off(mut self) -> Step {
        self.step.hooks = self.case.completed(&self.drain.hooks);
        self.step.index.clear();
        self.step.reason = Some(Reason::Off);
        self.step
    }

    /// It is counted as lost, once.
    pub(in crate::drain) fn count(&mut self) {
        let heard = &self.drain.heard;
        let at = [heard.warning, heard.reservation, heard.evicted];
        let (Some(at), Some(fleet)) = (at.into_iter().flatten().min(), self.fleet()) else {
            return;
        };
        let moment = self.case.moment;
        if at + moment.policy.surge.window <= moment.now {
            return;
        }
        self.drain.heard.by_fis |= self.case.exercises.cover(at);
        self.step.counted = Some(Counted {
            what: Loss::Instance(self.case.id.clone()),
            fleet,
            pool: self.drain.pool.clone(),
            at,
            by_fis: self.drain.heard.by_fis,
        });
    }

    pub(in crate::drain) fn fleet(&self) -> Option<Scope> {
        scope::fleet_of(&self.drain)
    }

    /// The tasks on it, if they were read in this round.
    pub(in crate::drain) fn tasks(&self) -> Option<&BTreeMap<TaskArn, Task>> {
        self.case.observed.tasks.get(self.case.id)?.as_ref().ok()
    }

    pub(super) fn read_tasks(&mut self) {
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
    pub(in crate::drain) fn stop_tasks(&mut self) {
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

    pub(in crate::drain) fn ending(self) -> Step {
        ending::ending(self)
    }

    pub(in crate::drain) fn recommended(self) -> Step {
        voluntary::recommended(self)
    }

    pub(in crate::drain) fn asleep(self) -> Step {
        voluntary::asleep(self)
    }

    /// How long after its deadline we stop asking what became of it.
    pub(super) fn gives_up(&self, end: Timestamp) -> bool {
        self.now() >= end + LATE
    }
}
