//! Each word, and what it makes of a record.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::fold::{Folded, Known, LATE, NOTICE, hook_times};
use super::record::{Drain, Drainer, Heard, OpenHook};
use crate::drain::moment::Moment;
use crate::drain::reason::Reason;
use crate::drain::seen::ecs::{ContainerInstanceSeen, Status};
use crate::drain::seen::sign::{Action, Ec2State, HookCall, Says};
use crate::drain::seen::world::{Mark, Observed};
use crate::rest::Version;

/// The longest that an instance waits in any hook.
/// Source: <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_LifecycleHook.html>.
const LONGEST_HOOK: SignedDuration = SignedDuration::from_hours(48);

/// What a word is read against.
pub(super) struct Fold<'a> {
    pub(in crate::drain) mark: Option<Mark>,
    pub(in crate::drain) observed: &'a Observed,
    pub(in crate::drain) moment: Moment<'a>,
}

impl<'a> Fold<'a> {
    pub(in crate::drain) fn hear<'s>(
        &self,
        folded: &mut Folded<'s>,
        at: Timestamp,
        says: &'s Says,
    ) {
        match says {
            Says::Warning { action, .. } => self.warned(folded, at, action, false),
            Says::ReservationWarning { action, .. } => self.warned(folded, at, action, true),
            Says::Rebalance { .. } => self.recommended(folded, at),
            Says::Hook(call) => self.called(folded, at, call),
            Says::State { state, .. } => self.changed(folded, at, *state),
            Says::Evicted { by_fis, .. } => self.evicted(folded, at, *by_fis),
            Says::Instance(seen) => self.seen(folded, at, seen),
            Says::HookTest { .. }
            | Says::TaskStopping(_)
            | Says::PlacementFailed { .. }
            | Says::Experiment(_)
            | Says::Look { .. }
            | Says::Tick
            | Says::Sweep => {}
        }
    }

    fn warned(&self, folded: &mut Folded<'_>, at: Timestamp, action: &Action, reserved: bool) {
        let now = self.moment.now;
        let asleep = folded.drain.as_ref().and_then(|drain| drain.dormant);
        let open = folded.drain.is_some() && asleep.is_none();
        if !open && (self.done_after(at) || asleep.is_some_and(|since| at <= since)) {
            folded.reason.get_or_insert(Reason::AlreadyRecorded);
            return;
        }
        if !open && now >= deadline(at, action) + LATE {
            folded.reason.get_or_insert(Reason::PastDeadline);
            folded.late.get_or_insert(at);
            return;
        }
        // It came back, and is warned of anew.
        if asleep.is_some() {
            folded.drain = folded.drain.take().map(|old| anew(&old, now));
        }
        let drain = self.opened(folded);
        let heard = &mut drain.heard;
        let since = if reserved {
            &mut heard.reservation
        } else {
            &mut heard.warning
        };
        earliest(since, at);
        heard.action.get_or_insert_with(|| action.clone());
        earliest(&mut drain.deadline, deadline(at, action));
    }

    fn recommended(&self, folded: &mut Folded<'_>, at: Timestamp) {
        let open = folded.drain.is_some();
        if !open && self.done_after(at) {
            folded.reason.get_or_insert(Reason::AlreadyRecorded);
        } else if !open && at + self.moment.policy.undo_after <= self.moment.now {
            folded.reason.get_or_insert(Reason::PastDeadline);
        } else {
            earliest(&mut self.opened(folded).heard.rebalance, at);
        }
    }

    fn called<'s>(&self, folded: &mut Folded<'s>, at: Timestamp, call: &'s HookCall) {
        if !self.moment.policy.hooks.contains(&call.hook) {
            folded.reason.get_or_insert(Reason::NotOurHook);
            return;
        }
        let released = folded.drain.as_ref().and_then(|drain| drain.released);
        let done = folded.drain.is_none() && self.done_after(at);
        if done || released.is_some_and(|released| at <= released) {
            folded.reason.get_or_insert(Reason::AlreadyRecorded);
            folded.let_go.push(call);
            return;
        }
        let drain = self.opened(folded);
        earliest(&mut drain.heard.hook, at);
        if drain.hooks.iter().any(|open| open.token == call.token) {
            return;
        }
        // A later wait in the same hook takes the place of an earlier one.
        let same = |open: &OpenHook| open.group == call.group && open.hook == call.hook;
        drain.hooks.retain(|open| !same(open));
        drain.hooks.push(OpenHook {
            group: call.group.clone(),
            hook: call.hook.clone(),
            token: call.token.clone(),
            since: at,
            beat: at,
            until: at + LONGEST_HOOK,
        });
    }

    fn changed(&self, folded: &mut Folded<'_>, at: Timestamp, state: Ec2State) {
        if let Some(drain) = &mut folded.drain
            && drain.dormant.is_some()
        {
            if state == Ec2State::Terminated {
                drain.ended = Some((state, at));
            }
            return;
        }
        if folded.drain.is_none() && self.is_done() {
            folded.reason.get_or_insert(Reason::AlreadyRecorded);
            return;
        }
        let drain = self.opened(folded);
        earliest(&mut drain.heard.state, at);
        drain.ended = Some(match drain.ended {
            // The first moment counts, and the last word on whether it may come back.
            Some((before, since)) => (before.max(state), since.min(at)),
            None => (state, at),
        });
    }

    fn evicted(&self, folded: &mut Folded<'_>, at: Timestamp, by_fis: bool) {
        let asleep = folded.drain.as_ref().is_some_and(|d| d.dormant.is_some());
        if asleep || (folded.drain.is_none() && self.is_done()) {
            folded.reason.get_or_insert(Reason::AlreadyRecorded);
            return;
        }
        let drain = self.opened(folded);
        earliest(&mut drain.heard.evicted, at);
        drain.heard.by_fis |= by_fis;
        let stops = matches!(drain.heard.action, Some(Action::Stop | Action::Hibernate));
        let state = if stops {
            Ec2State::Stopping
        } else {
            Ec2State::ShuttingDown
        };
        drain.ended.get_or_insert((state, at));
    }

    /// What ECS says is kept for later; an instance that was warned of before it registered is
    /// warned of now.
    fn seen<'s>(&self, folded: &mut Folded<'s>, at: Timestamp, seen: &'s ContainerInstanceSeen) {
        folded.seen.push((at, seen));
        if folded.drain.is_none()
            && seen.status.is_in()
            && let Some(Mark::Doomed { at: warned }) = self.mark
            && self.moment.now < warned + NOTICE
        {
            self.warned(folded, warned, &Action::Terminate, false);
        }
        if folded.drain.is_none() {
            folded
                .reason
                .get_or_insert(if seen.status == Status::Inactive {
                    Reason::Gone
                } else {
                    Reason::Seen
                });
        }
    }

    fn opened<'f>(&self, folded: &'f mut Folded<'_>) -> &'f mut Drain {
        let now = self.moment.now;
        folded
            .drain
            .get_or_insert_with(|| fresh(now, Version::first(now)))
    }

    /// Whether what became of it was written down after this moment.
    fn done_after(&self, at: Timestamp) -> bool {
        matches!(self.mark, Some(Mark::Done { at: done }) if at <= done)
    }

    fn is_done(&self) -> bool {
        matches!(self.mark, Some(Mark::Done { .. }))
    }

    /// How long the hooks last, now that it may be known. One that its group does not have any
    /// more is gone.
    pub(super) fn refresh_hooks(&self, drain: &mut Drain) {
        let before = drain.hooks.len();
        let times = |open: &OpenHook| {
            let group = self.observed.groups.get(&open.group);
            hook_times(group.and_then(|group| group.as_ref().ok()), &open.hook)
        };
        drain
            .hooks
            .retain(|open| !matches!(times(open), Known::Gone));
        for open in &mut drain.hooks {
            if let Known::Times(times) = times(open) {
                open.until = open.since + times.longest;
            }
        }
        if before > 0 && drain.hooks.is_empty() {
            drain.released.get_or_insert(self.moment.now);
        }
    }
}

/// When EC2 takes an instance that it warned of. One that hibernates begins to at once.
/// Source: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html>.
fn deadline(at: Timestamp, action: &Action) -> Timestamp {
    match action {
        Action::Hibernate => at,
        Action::Terminate | Action::Stop | Action::Other(_) => at + NOTICE,
    }
}

fn earliest(known: &mut Option<Timestamp>, at: Timestamp) {
    *known = Some(known.map_or(at, |known| known.min(at)));
}

/// A record that begins.
pub(in crate::drain) fn fresh(now: Timestamp, version: Version) -> Drain {
    Drain {
        opened: now,
        places: Vec::new(),
        pool: None,
        provider: None,
        heard: Heard::default(),
        deadline: None,
        hooks: Vec::new(),
        released: None,
        by: Drainer::Nobody,
        draining: None,
        tasks: BTreeMap::new(),
        replaced: BTreeMap::new(),
        ended: None,
        settled: None,
        looks: BTreeSet::new(),
        dormant: None,
        version,
    }
}

/// The record of an instance that came back and goes again.
fn anew(old: &Drain, now: Timestamp) -> Drain {
    Drain {
        places: old.places.clone(),
        pool: old.pool.clone(),
        provider: old.provider.clone(),
        ..fresh(now, old.version)
    }
}
