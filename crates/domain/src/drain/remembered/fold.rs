//! What the signs of a round make of an instance's record, before anything else is looked at.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::hear::Fold;
use super::record::Drain;
use crate::drain::moment::Moment;
use crate::drain::reason::Reason;
use crate::drain::seen::ecs::ContainerInstanceSeen;
use crate::drain::seen::instance::InstanceId;
use crate::drain::seen::sign::{HookCall, Says, Sign};
use crate::drain::seen::world::{Group, HookTimes, Observed};

/// How long after its warning EC2 takes a Spot instance.
/// Source: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html>.
pub(in crate::drain) const NOTICE: SignedDuration = SignedDuration::from_secs(120);

/// How long after its deadline a warning still opens a record, because what became of the tasks
/// can still be seen: our choice, well within the hour for which ECS shows stopped tasks
/// (<https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTasks.html>).
pub(in crate::drain) const LATE: SignedDuration = SignedDuration::from_mins(10);

/// What was said of one instance, in the order of time.
pub(in crate::drain) type Said<'a> = Vec<(Timestamp, &'a Says)>;

/// What the signs make of a record.
#[derive(Debug, Default)]
pub(in crate::drain) struct Folded<'a> {
    /// The record with everything that was heard; none if nothing opens one.
    pub(in crate::drain) drain: Option<Drain>,
    /// Calls of hooks that nothing is left to wait for.
    pub(in crate::drain) let_go: Vec<&'a HookCall>,
    /// A warning whose time is long over, and when it was so.
    pub(in crate::drain) late: Option<Timestamp>,
    /// What ECS said of it, newest last.
    pub(in crate::drain) seen: Vec<(Timestamp, &'a ContainerInstanceSeen)>,
    /// Why nothing is opened.
    pub(in crate::drain) reason: Option<Reason>,
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
        | Says::Experiment(_)
        | Says::Look { .. }
        | Says::Tick
        | Says::Sweep => &[],
    }
}

/// What was said of each instance. Nothing happens after it was announced: what is of the future
/// is of now.
pub(in crate::drain) fn said(signs: &[Sign], now: Timestamp) -> BTreeMap<&InstanceId, Said<'_>> {
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
pub(in crate::drain) fn fold<'a>(
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

/// What is known of a hook.
pub(in crate::drain) enum Known {
    /// It was not looked at, or could not be.
    Nothing,
    /// The group has no such hook.
    Gone,
    /// How long it lasts.
    Times(HookTimes),
}

/// What is known of a hook of this name in its group.
pub(in crate::drain) fn hook_times(group: Option<&Group>, hook: &str) -> Known {
    match group.and_then(|group| group.hooks.as_ref()) {
        None => Known::Nothing,
        Some(hooks) => hooks.get(hook).map_or(Known::Gone, |t| Known::Times(*t)),
    }
}
