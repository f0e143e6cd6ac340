//! The record of an instance that goes, as an item.

use std::collections::{BTreeMap, BTreeSet};

use domain::arn::{ServiceArn, TaskArn};
use domain::drain::{
    Action, Berth, Drain, Drainer, Ec2State, Fate, Heard, Leaving, OpenHook, Owner,
};
use domain::rest::Version;
use jiff::Timestamp;

use super::parts::{cluster, place, pool, service, task, write_pool};
use crate::fields::{Draft, Fields, Unreadable};

/// Who drains, by name.
const NOBODY: &str = "nobody";
const US: &str = "us";
const OTHER: &str = "other";
const UNDONE: &str = "undone";

/// What became of a task, by name.
const THERE: &str = "there";
const STOPPING: &str = "stopping";
const LEFT: &str = "left";
const KILLED: &str = "killed";
const ORPHANED: &str = "orphaned";

/// Writes a record, without its key.
pub(crate) fn write(drain: &Drain) -> Draft {
    let looks: Vec<String> = drain.looks.iter().map(ToString::to_string).collect();
    let replaced = drain.replaced.iter().map(|(service, at)| {
        Draft::default()
            .text("service", service.as_str())
            .instant("at", *at)
    });
    let draft = Draft::default()
        .number("version", drain.version.0)
        .instant("opened", drain.opened)
        .maps("places", drain.places.iter().map(write_berth))
        .map("heard", write_heard(&drain.heard))
        .maps("hooks", drain.hooks.iter().map(write_hook))
        .map("by", write_drainer(drain.by))
        .maps("tasks", drain.tasks.iter().map(write_leaving))
        .maps("replaced", replaced)
        .list("looks", &looks)
        .some(drain.provider.as_ref(), |draft, provider| {
            draft.text("provider", provider)
        })
        .some(drain.ended, |draft, (state, at)| {
            let map = Draft::default().text("state", state.name());
            draft.map("ended", map.instant("at", at))
        });
    let draft = [
        ("deadline", drain.deadline),
        ("released", drain.released),
        ("draining", drain.draining),
        ("settled", drain.settled),
        ("dormant", drain.dormant),
    ]
    .into_iter()
    .fold(draft, instant);
    write_pool(draft, drain.pool.as_ref())
}

/// Reads a record.
pub(crate) fn read(fields: &Fields<'_>) -> Result<Drain, Unreadable> {
    Ok(Drain {
        opened: fields.instant("opened")?,
        places: fields.each("places", read_berth)?,
        pool: pool(fields)?,
        provider: fields.optional_text("provider")?,
        heard: read_heard(&fields.map("heard")?)?,
        deadline: fields.optional_instant("deadline")?,
        hooks: fields.each("hooks", read_hook)?,
        released: fields.optional_instant("released")?,
        by: read_drainer(&fields.map("by")?)?,
        draining: fields.optional_instant("draining")?,
        tasks: fields.each::<_, BTreeMap<_, _>>("tasks", read_leaving)?,
        replaced: fields.each::<_, BTreeMap<_, _>>("replaced", read_replaced)?,
        ended: match fields.optional_map("ended")? {
            Some(ended) => Some(read_ended(&ended)?),
            None => None,
        },
        settled: fields.optional_instant("settled")?,
        looks: read_looks(fields)?,
        dormant: fields.optional_instant("dormant")?,
        version: Version(fields.number("version")?),
    })
}

fn instant(draft: Draft, (name, at): (&str, Option<Timestamp>)) -> Draft {
    draft.some(at, |draft, at| draft.instant(name, at))
}

fn write_berth(berth: &Berth) -> Draft {
    Draft::default()
        .text("cluster", berth.cluster.as_str())
        .text("arn", berth.arn.as_str())
}

fn read_berth(fields: &Fields<'_>) -> Result<Berth, Unreadable> {
    Ok(Berth {
        cluster: cluster(fields)?,
        arn: place(fields)?,
    })
}

fn write_heard(heard: &Heard) -> Draft {
    [
        ("rebalance", heard.rebalance),
        ("warning", heard.warning),
        ("reservation", heard.reservation),
        ("hook", heard.hook),
        ("state", heard.state),
        ("evicted", heard.evicted),
    ]
    .into_iter()
    .fold(Draft::default(), instant)
    .flag("by_fis", heard.by_fis)
    .some(heard.action.as_ref(), |draft, action| {
        draft.text("action", action.name())
    })
}

fn read_heard(fields: &Fields<'_>) -> Result<Heard, Unreadable> {
    let at = |name| fields.optional_instant(name);
    Ok(Heard {
        rebalance: at("rebalance")?,
        warning: at("warning")?,
        reservation: at("reservation")?,
        action: fields
            .optional_text("action")?
            .as_deref()
            .map(Action::from_name),
        hook: at("hook")?,
        state: at("state")?,
        evicted: at("evicted")?,
        by_fis: fields.flag("by_fis")?,
    })
}

fn write_hook(hook: &OpenHook) -> Draft {
    Draft::default()
        .text("group", &hook.group)
        .text("hook", &hook.hook)
        .text("token", &hook.token)
        .instant("since", hook.since)
        .instant("beat", hook.beat)
        .instant("until", hook.until)
}

fn read_hook(fields: &Fields<'_>) -> Result<OpenHook, Unreadable> {
    Ok(OpenHook {
        group: fields.text("group")?,
        hook: fields.text("hook")?,
        token: fields.text("token")?,
        since: fields.instant("since")?,
        beat: fields.instant("beat")?,
        until: fields.instant("until")?,
    })
}

fn write_drainer(by: Drainer) -> Draft {
    let named = |who, at| instant(Draft::default().text("who", who), ("at", at));
    match by {
        Drainer::Nobody => named(NOBODY, None),
        Drainer::Us { at } => named(US, Some(at)),
        Drainer::Other { seen } => named(OTHER, Some(seen)),
        Drainer::Undone { at } => named(UNDONE, Some(at)),
    }
}

fn read_drainer(fields: &Fields<'_>) -> Result<Drainer, Unreadable> {
    let at = || fields.instant("at");
    Ok(match fields.text("who")?.as_str() {
        NOBODY => Drainer::Nobody,
        US => Drainer::Us { at: at()? },
        OTHER => Drainer::Other { seen: at()? },
        UNDONE => Drainer::Undone { at: at()? },
        _ => return Err(fields.unreadable("who", "somebody whom this version knows")),
    })
}

fn write_leaving((task, leaving): (&TaskArn, &Leaving)) -> Draft {
    let draft = Draft::default().text("task", task.as_str());
    let draft = match &leaving.owner {
        Owner::Service(service) => draft.text("service", service.as_str()),
        Owner::Nobody(group) => draft.text("group", group),
    };
    let named = |name, at| instant(draft.text("fate", name), ("at", at));
    match leaving.fate {
        Fate::There => named(THERE, None),
        Fate::Stopping { at } => named(STOPPING, Some(at)),
        Fate::Left { at, by_us } => named(LEFT, Some(at)).flag("by_us", by_us),
        Fate::Killed { at } => named(KILLED, Some(at)),
        Fate::Orphaned => named(ORPHANED, None),
    }
}

fn read_leaving(fields: &Fields<'_>) -> Result<(TaskArn, Leaving), Unreadable> {
    let owner = match service(fields)? {
        Some(service) => Owner::Service(service),
        None => Owner::Nobody(fields.text("group")?),
    };
    let at = || fields.instant("at");
    let fate = match fields.text("fate")?.as_str() {
        THERE => Fate::There,
        STOPPING => Fate::Stopping { at: at()? },
        LEFT => Fate::Left {
            at: at()?,
            by_us: fields.flag("by_us")?,
        },
        KILLED => Fate::Killed { at: at()? },
        ORPHANED => Fate::Orphaned,
        _ => return Err(fields.unreadable("fate", "a fate that this version knows")),
    };
    Ok((task(fields)?, Leaving { owner, fate }))
}

fn read_replaced(fields: &Fields<'_>) -> Result<(ServiceArn, Timestamp), Unreadable> {
    let named = service(fields)?;
    let service = named.ok_or_else(|| fields.unreadable("service", "the ARN of a service"))?;
    Ok((service, fields.instant("at")?))
}

fn read_ended(fields: &Fields<'_>) -> Result<(Ec2State, Timestamp), Unreadable> {
    let state = Ec2State::from_name(&fields.text("state")?);
    let state = state.ok_or_else(|| fields.unreadable("state", "a state that ends an instance"))?;
    Ok((state, fields.instant("at")?))
}

fn read_looks(fields: &Fields<'_>) -> Result<BTreeSet<Timestamp>, Unreadable> {
    let looks = fields.texts("looks")?;
    let looks = looks.iter().map(|text| text.parse());
    let looks: Result<_, jiff::Error> = looks.collect();
    looks.map_err(|_| fields.unreadable("looks", "a list of instants"))
}
