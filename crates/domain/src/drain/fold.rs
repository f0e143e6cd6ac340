//! What the signs of a round make of an instance's record, before anything else is looked at.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::instance::InstanceId;
use super::moment::Moment;
use super::observed::{Group, HookTimes, Mark, Observed};
use super::reason::Reason;
use super::record::{Drain, Drainer, Heard, OpenHook};
use super::sign::{Action, ContainerInstanceSeen, Ec2State, HookCall, Says, Sign, Status};
use crate::rest::Version;

/// How long after its warning EC2 takes a Spot instance.
/// Source: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html>.
pub(super) const NOTICE: SignedDuration = SignedDuration::from_secs(120);

/// How long after its deadline a warning still opens a record, because what became of the tasks
/// can still be seen: our choice, well within the hour for which ECS shows stopped tasks
/// (<https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTasks.html>).
pub(super) const LATE: SignedDuration = SignedDuration::from_mins(10);

/// The longest that an instance waits in any hook.
/// Source: <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_LifecycleHook.html>.
const LONGEST_HOOK: SignedDuration = SignedDuration::from_hours(48);

/// What was said of one instance, in the order of time.
pub(super) type Said<'a> = Vec<(Timestamp, &'a Says)>;

/// What the signs make of a record.
#[derive(Debug, Default)]
pub(super) struct Folded<'a> {
    /// The record with everything that was heard; none if nothing opens one.
    pub(super) drain: Option<Drain>,
    /// Calls of hooks that nothing is left to wait for.
    pub(super) let_go: Vec<&'a HookCall>,
    /// A warning whose time is long over, and when it was so.
    pub(super) late: Option<Timestamp>,
    /// What ECS said of it, newest last.
    pub(super) seen: Vec<(Timestamp, &'a ContainerInstanceSeen)>,
    /// Why nothing is opened.
    pub(super) reason: Option<Reason>,
}

/// The instances that the signs name: those whose record and index entry are read first.
pub fn named(signs: &[Sign]) -> BTreeSet<InstanceId> {
    signs
        .iter()
        .flat_map(|sign| of(&sign.says))
        .cloned()
        .collect()
}

/// Whether every open record is needed, and not only those of the instances that are named.
pub fn needs_all_drains(signs: &[Sign]) -> bool {
    signs
        .iter()
        .any(|sign| matches!(sign.says, Says::Look { .. } | Says::Tick | Says::Sweep))
}

/// The instances that a sign is about.
fn of(says: &Says) -> &[InstanceId] {
    match says {
        Says::Warning { instance, .. }
        | Says::Rebalance { instance }
        | Says::ReservationWarning { instance, .. }
        | Says::State { instance, .. } => std::slice::from_ref(instance),
        Says::Hook(call) => std::slice::from_ref(&call.instance),
        Says::Instance(seen) => std::slice::from_ref(&seen.instance),
        Says::Evicted { instances, .. } => instances,
        Says::HookTest { .. }
        | Says::TaskStopping(_)
        | Says::PlacementFailed { .. }
        | Says::Look { .. }
        | Says::Tick
        | Says::Sweep => &[],
    }
}

/// What was said of each instance. Nothing happens after it was announced: what is of the future
/// is of now.
pub(super) fn said(signs: &[Sign], now: Timestamp) -> BTreeMap<&InstanceId, Said<'_>> {
    let mut said: BTreeMap<&InstanceId, Said<'_>> = BTreeMap::new();
    for sign in signs {
        for instance in of(&sign.says) {
            let words = said.entry(instance).or_default();
            words.push((sign.at.min(now), &sign.says));
        }
    }
    for words in said.values_mut() {
        words.sort_by_key(|(at, _)| *at);
    }
    said
}

/// Reads the signs of one instance into its record.
pub(super) fn fold<'a>(
    id: &InstanceId,
    said: &[(Timestamp, &'a Says)],
    observed: &'a Observed,
    moment: Moment<'_>,
) -> Folded<'a> {
    let mut folded = Folded {
        drain: observed.drains.get(id).cloned(),
        ..Folded::default()
    };
    let fold = Fold {
        mark: observed.marks.get(id).copied(),
        observed,
        moment,
    };
    for (at, says) in said {
        fold.hear(&mut folded, *at, says);
    }
    if let Some(drain) = &mut folded.drain {
        fold.refresh_hooks(drain);
    }
    folded
}

struct Fold<'a> {
    mark: Option<Mark>,
    observed: &'a Observed,
    moment: Moment<'a>,
}

impl<'a> Fold<'a> {
    fn hear<'s>(&self, folded: &mut Folded<'s>, at: Timestamp, says: &'s Says) {
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
    fn refresh_hooks(&self, drain: &mut Drain) {
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

/// What is known of a hook.
pub(super) enum Known {
    /// It was not looked at, or could not be.
    Nothing,
    /// The group has no such hook.
    Gone,
    /// How long it lasts.
    Times(HookTimes),
}

/// What is known of a hook of this name in its group.
pub(super) fn hook_times(group: Option<&Group>, hook: &str) -> Known {
    match group.and_then(|group| group.hooks.as_ref()) {
        None => Known::Nothing,
        Some(hooks) => hooks.get(hook).map_or(Known::Gone, |t| Known::Times(*t)),
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
pub(super) fn fresh(now: Timestamp, version: Version) -> Drain {
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
