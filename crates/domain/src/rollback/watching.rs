//! The watch of a deployment: what is noted while it lasts, and what it proves when it is over.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::look::Look;
use super::past::{Past, Verdict};
use super::progress::{Progress, fill, release};
use super::reason::Reason;
use super::record::{Brought, Good, Record, Watch};
use super::service::Ports;
use super::sign::Says;
use super::step::Now;
use super::wants::{Seen, both};

/// Notes what is seen of the deployment that is watched.
pub(super) fn update(look: Look<'_>, now: Now<'_>, record: &mut Record) -> Seen<()> {
    let Some(watch) = record.watch.as_mut() else {
        return Ok(());
    };
    let definition = look.definition(&now.primary.definition);
    let (alarms, (_, definition)) = both(look.alarms(), both(look.stopped(), definition))?;
    if watch.release.revision.is_none() {
        watch.release = release(look, now.primary, now.joined)?;
    } else {
        fill(look, &watch.deployment, &mut watch.release);
    }
    let read = definition.ok().and_then(Option::as_ref);
    let own = read.and_then(|read| read.migration.clone());
    watch.migration = own.or_else(|| now.service.migration.clone());
    let at = look.moment.now;
    match now.progress {
        Progress::Completed => {
            let finished = now.joined.one().and_then(|attempt| attempt.finished_at);
            let complete = finished.unwrap_or(now.primary.updated_at);
            watch
                .completed
                .get_or_insert(complete.min(at).max(watch.began));
        }
        Progress::Failed => {
            watch.failed.get_or_insert(at);
        }
        Progress::Underway => {}
    }
    troubles(look, now, watch);
    let Ok(alarms) = alarms else { return Ok(()) };
    watch.tied = alarms.iter().map(|alarm| alarm.name.clone()).collect();
    let red = alarms.iter().filter(|alarm| alarm.is_red());
    let before = red.clone().filter(|alarm| alarm.changed_at <= watch.began);
    let before = watch
        .red
        .get_or_insert_with(|| before.map(|alarm| alarm.name.clone()).collect());
    let end = watch
        .completed
        .map(|completed| completed + look.moment.policy.window);
    let fired = red.filter(|alarm| {
        let inside = end.is_none_or(|end| alarm.changed_at <= end);
        !before.contains(&alarm.name) && inside
    });
    watch.fired.extend(fired.map(|alarm| alarm.name.clone()));
    Ok(())
}

/// What the account could not do for it, as messages and the service itself say.
fn troubles(look: Look<'_>, now: Now<'_>, watch: &mut Watch) {
    let said = look.signs.iter().filter_map(|sign| match &sign.says {
        Says::Troubled { trouble, .. } => Some((*trouble, sign.at)),
        _ => None,
    });
    let seen = now
        .service
        .troubles
        .iter()
        .map(|(trouble, at)| (*trouble, *at));
    for (trouble, at) in said.chain(seen) {
        let last = watch.troubles.entry(trouble).or_insert(at);
        *last = at.max(*last);
    }
}

/// What the watch comes to; none if there is none.
pub(super) fn settle(look: Look<'_>, now: Now<'_>, record: &mut Record) -> Seen<Option<Reason>> {
    let Some(watch) = record.watch.clone() else {
        return Ok(None);
    };
    let Some(completed) = watch.completed else {
        return Ok(Some(Reason::InProgress));
    };
    let policy = look.moment.policy;
    let until = completed + policy.window;
    if look.moment.now < until {
        return Ok(Some(Reason::Watched { until }));
    }
    let doubt = doubt(look, now, &watch)?;
    let last = until + policy.unread;
    if doubt.as_ref().is_some_and(|doubt| doubt.passes) && look.moment.now < last {
        return Ok(Some(Reason::Watched { until: last }));
    }
    let reason = match doubt {
        Some(doubt) => Reason::Unproved(doubt.why),
        None => {
            let good = good(look, now, &watch, completed)?;
            record.prove(good);
            Reason::Good
        }
    };
    record.remember(Past {
        deployment: watch.deployment,
        release: watch.release,
        began: watch.began,
        ended: look.moment.now,
        verdict: Verdict::Deployed,
        why: reason.to_string(),
        migration: watch.migration,
    });
    record.watch = None;
    Ok(Some(reason))
}

/// What keeps a release from having proved good.
struct Doubt {
    why: String,
    /// Whether it may be otherwise in a while.
    passes: bool,
}

fn doubt(look: Look<'_>, now: Now<'_>, watch: &Watch) -> Seen<Option<Doubt>> {
    let doubt = |why, passes| Ok(Some(Doubt { why, passes }));
    if let Err(why) = look.alarms()? {
        return doubt(format!("its alarms cannot be read: {why}"), true);
    }
    if let Some(alarm) = watch.red.iter().flatten().next() {
        return doubt(format!("the alarm {alarm} was red before it began"), false);
    }
    if let Some(alarm) = watch.fired.iter().next() {
        return doubt(format!("the alarm {alarm} fired"), false);
    }
    if let Some(why) = &watch.doubted {
        return doubt(why.clone(), false);
    }
    let (running, desired) = (now.service.running, now.service.desired);
    if running < desired.max(1) {
        return doubt(format!("{running} of {desired} tasks run"), true);
    }
    Ok(None)
}

/// What proved good.
fn good(look: Look<'_>, now: Now<'_>, watch: &Watch, completed: Timestamp) -> Seen<Good> {
    let mut ports: Seen<BTreeMap<String, Ports>> = Ok(BTreeMap::new());
    for balancer in &now.service.balancers {
        let group = look.target_group(&balancer.target_group);
        ports = both(ports, group).map(|(mut ports, group)| {
            if let Ok(Some(group)) = group {
                ports.insert(balancer.target_group.clone(), group.ports.clone());
            }
            ports
        });
    }
    let (ports, _) = both(ports, look.running())?;
    let mut release = watch.release.clone();
    fill(look, &watch.deployment, &mut release);
    Ok(Good {
        release,
        deployment: watch.deployment.clone(),
        desired: now.service.desired,
        ports,
        completed,
        proved: look.moment.now,
        by_rollback: matches!(watch.brought, Brought::Us | Brought::Ecs),
    })
}
