//! Lifecycle hooks of ours: kept open while there is something to wait for, and let go.

use jiff::SignedDuration;

use super::ending;
use super::stops;
use super::{Case, Open};
use crate::drain::plan::{HookCallback, HookStep};
use crate::drain::reason::Reason;
use crate::drain::remembered::fold;
use crate::drain::remembered::record::{Drain, Drainer, OpenHook};

impl Case<'_> {
    pub(super) fn hook_step(&self, open: &OpenHook, what: HookCallback) -> HookStep {
        HookStep {
            what,
            group: open.group.clone(),
            hook: open.hook.clone(),
            token: open.token.clone(),
            instance: self.id.clone(),
        }
    }

    pub(in crate::drain) fn completed(&self, hooks: &[OpenHook]) -> Vec<HookStep> {
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
}

impl Open<'_> {
    /// Keeps the hooks of ours open, or lets the instance go.
    pub(in crate::drain) fn hooks(&mut self) {
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
}
