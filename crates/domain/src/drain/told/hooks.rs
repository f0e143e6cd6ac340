//! What is told of lifecycle hooks: that nobody can say what they wait for.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::drains::waits_since;
use super::subject;
use crate::announcement::ConcernKey;
use crate::concern::Concern;
use crate::drain::decision::{Steps, round};
use crate::drain::instance::Step;
use crate::drain::instance::ending::limit;
use crate::drain::instance::looks::HEARD_IN;
use crate::drain::moment::Moment;
use crate::drain::reason::Reason;
use crate::drain::remembered::fold::{Known, hook_times};
use crate::drain::remembered::record::Drain;
use crate::drain::seen::instance::InstanceId;
use crate::drain::seen::world::Observed;
use crate::notice::{Kind, fact, words};

/// Hooks of which nobody can say what they wait for, and hooks that end sooner than we look.
pub(in crate::drain) fn waiting(
    steps: &Steps<'_>,
    observed: &Observed,
    moment: Moment<'_>,
) -> Vec<Concern> {
    let blind = steps.iter().filter_map(|(id, step)| {
        let drain = step.drain.as_ref()?;
        let since = waits_since(drain, moment)?;
        let why = unreadable(id, step, observed)?;
        Some(cannot_see(id, drain, since, why, moment))
    });
    let mut concerns: Vec<Concern> = blind.collect();
    concerns.extend(short_hooks(steps, observed, moment));
    concerns
}

/// Why it cannot be seen what runs on an instance.
fn unreadable<'o>(id: &InstanceId, step: &'o Step, observed: &'o Observed) -> Option<&'o str> {
    if let Some(Reason::Unseen(why)) = &step.reason {
        return Some(why);
    }
    observed.tasks.get(id)?.as_ref().err().map(String::as_str)
}

fn cannot_see(
    id: &InstanceId,
    drain: &Drain,
    since: Timestamp,
    why: &str,
    moment: Moment<'_>,
) -> Concern {
    let mut concern = Concern::about(subject::instance(id, moment), Kind::HookWaits, since);
    concern.title = format!("{id} is to go, and nobody can see what runs on it");
    concern.text = "unseen".to_owned();
    concern.facts = vec![fact("ECS says", why)];
    if let Some(until) = limit(drain) {
        concern.facts.push(fact("Time until", until));
    }
    concern.done = Some("Keeps its lifecycle hook open, and looks again every minute".to_owned());
    concern.next = words(
        "See what is wrong with the calls, most often a missing permission. If nothing runs on the \
         instance, completing the lifecycle hook lets it go.",
    );
    concern
}

/// Hooks that end before the next look: there is one every minute.
fn short_hooks(steps: &Steps<'_>, observed: &Observed, moment: Moment<'_>) -> Vec<Concern> {
    let drains = steps.values().filter_map(|step| step.drain.as_ref());
    let hooks = drains.flat_map(|drain| &drain.hooks);
    let mut groups = BTreeMap::new();
    for open in hooks {
        let group = observed.groups.get(&open.group);
        let group = group.and_then(|group| group.as_ref().ok());
        if let Known::Times(times) = hook_times(group, &open.hook)
            && times.heartbeat < HEARD_IN
        {
            groups.insert(&open.group, (&open.hook, times.heartbeat.as_secs()));
        }
    }
    let tell = |(group, (hook, seconds)): (&String, (&String, i64))| {
        let group_arn = subject::group(group, moment);
        let mut concern = Concern::about(group_arn, Kind::HookWaits, moment.now);
        concern.title = format!("The lifecycle hook {hook} of {group} ends sooner than we look");
        concern.text = "short".to_owned();
        concern.facts = vec![fact("Heartbeat timeout", format!("{seconds} s"))];
        concern.next = words(&format!(
            "Give the hook a heartbeat timeout of {} seconds or more.",
            HEARD_IN.as_secs()
        ));
        concern
    };
    groups.into_iter().map(tell).collect()
}

/// Whether this round did not look at what would tell that a concern is over.
pub(super) fn cannot_say(key: &ConcernKey, observed: &Observed, moment: Moment<'_>) -> bool {
    let about = observed
        .drains
        .iter()
        .find(|(id, _)| subject::instance(id, moment) == key.subject);
    about.is_some_and(|(id, drain)| {
        let looked = observed.tasks.contains_key(id);
        !drain.hooks.is_empty() && !looked && round(&observed.signs).looking
    })
}
