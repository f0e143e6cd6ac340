//! Losses and surges, as items.

use std::collections::BTreeMap;

use domain::arn::ServiceArn;
use domain::drain::{
    COUNT_KEPT, Counted, Incident, InstanceId, Loss, Raised, RaisedStrategy, Scope, Size, Weight,
};
use domain::rest::Version;
use jiff::{SignedDuration, Timestamp, Unit};

use super::parts::{pool, service, task, write_pool};
use crate::fields::{Draft, Fields, Unreadable};

/// How long a loss is kept: longer than any window of a surge.
const KEPT: SignedDuration = SignedDuration::from_hours(24);

/// What was lost, by name.
const INSTANCE: &str = "instance";
const TASK: &str = "task";
const PLACEMENT: &str = "placement";

/// The partition of the losses of this moment: one for an hour, so that those that count for a
/// surge are read in two and the others are left where they are.
pub(crate) fn partition(at: Timestamp) -> String {
    let hour = jiff::TimestampRound::new()
        .smallest(Unit::Hour)
        .mode(jiff::RoundMode::Floor);
    format!("losses#{}", at.round(hour).unwrap_or(at))
}

/// Writes a loss, without its key.
pub(crate) fn write_loss(counted: &Counted) -> Draft {
    let expires = counted.at.saturating_add(KEPT).unwrap_or(Timestamp::MAX);
    let draft = Draft::default()
        .instant("at", counted.at)
        .text("fleet", counted.fleet.key())
        .flag("by_fis", counted.by_fis)
        .number("expires_at", expires.as_second());
    let draft = match &counted.what {
        Loss::Instance(id) => draft.text("what", INSTANCE).text("instance", id.as_str()),
        Loss::Task { task, .. } => draft.text("what", TASK).text("task", task.as_str()),
        Loss::Placement { reason, .. } => draft.text("what", PLACEMENT).text("reason", reason),
    };
    let draft = draft.some(counted.what.service(), |draft, service| {
        draft.text("service", service.as_str())
    });
    write_pool(draft, counted.pool.as_ref())
}

/// Reads a loss.
pub(crate) fn read_loss(fields: &Fields<'_>) -> Result<Counted, Unreadable> {
    Ok(Counted {
        what: read_what(fields)?,
        fleet: scope(fields, "fleet")?,
        pool: pool(fields)?,
        at: fields.instant("at")?,
        by_fis: fields.flag("by_fis")?,
    })
}

fn read_what(fields: &Fields<'_>) -> Result<Loss, Unreadable> {
    Ok(match fields.text("what")?.as_str() {
        INSTANCE => {
            let instance = InstanceId::parse(&fields.text("instance")?);
            Loss::Instance(
                instance.map_err(|_| fields.unreadable("instance", "the id of an instance"))?,
            )
        }
        TASK => Loss::Task {
            task: task(fields)?,
            service: service(fields)?,
        },
        PLACEMENT => Loss::Placement {
            service: service(fields)?
                .ok_or_else(|| fields.unreadable("service", "the ARN of a service"))?,
            reason: fields.text("reason")?,
        },
        _ => return Err(fields.unreadable("what", "a loss that this version knows")),
    })
}

/// Writes a surge, without its key.
pub(crate) fn write_incident(incident: &Incident) -> Draft {
    Draft::default()
        .number("version", incident.version.0)
        .instant("since", incident.since)
        .number("peak", incident.peak)
        .some(incident.calm, |draft, since| draft.instant("calm", since))
        .some(incident.fallback.as_ref(), |draft, raised| {
            let map = Draft::default()
                .text("group", &raised.group)
                .number("saved", raised.saved)
                .number("seen", raised.seen)
                .number("written", raised.written);
            draft.map("fallback", map)
        })
        .map("strategies", write_strategies(&incident.strategies))
}

/// Strategies by the ARN of their service.
fn write_strategies(strategies: &BTreeMap<ServiceArn, RaisedStrategy>) -> Draft {
    let strategies = strategies.iter();
    strategies.fold(Draft::default(), |draft, (service, raised)| {
        draft.map(service.as_str(), write_strategy(raised))
    })
}

fn write_strategy(raised: &RaisedStrategy) -> Draft {
    Draft::default()
        .instant("created_at", raised.created_at)
        .text("provider", &raised.provider)
        .maps("saved", raised.saved.iter().map(write_weight))
        .maps("seen", raised.seen.iter().map(write_weight))
        .maps("written", raised.written.iter().map(write_weight))
        .instant("at", raised.at)
}

fn write_weight(entry: &Weight) -> Draft {
    Draft::default()
        .text("provider", &entry.provider)
        .number("base", entry.base)
        .number("weight", entry.weight)
}

/// Reads a surge about this.
pub(crate) fn read_incident(fields: &Fields<'_>, scope: Scope) -> Result<Incident, Unreadable> {
    let fallback = fields.optional_map("fallback")?;
    let strategies = fields.optional_map("strategies")?;
    Ok(Incident {
        scope,
        since: fields.instant("since")?,
        peak: fields.number("peak")?,
        calm: fields.optional_instant("calm")?,
        fallback: fallback.map(|raised| read_raised(&raised)).transpose()?,
        strategies: match strategies {
            Some(strategies) => strategies
                .maps()
                .map(read_strategy)
                .collect::<Result<_, _>>()?,
            None => BTreeMap::new(),
        },
        version: Version(fields.number("version")?),
    })
}

fn read_raised(fields: &Fields<'_>) -> Result<Raised, Unreadable> {
    Ok(Raised {
        group: fields.text("group")?,
        saved: fields.number("saved")?,
        seen: fields.number("seen")?,
        written: fields.number("written")?,
    })
}

fn read_strategy(
    named: Result<(&str, Fields<'_>), Unreadable>,
) -> Result<(ServiceArn, RaisedStrategy), Unreadable> {
    let (service, fields) = named?;
    let service = ServiceArn::parse(service);
    let service = service.map_err(|_| fields.unreadable("", "of a service's ARN"))?;
    let raised = RaisedStrategy {
        created_at: fields.instant("created_at")?,
        provider: fields.text("provider")?,
        saved: read_weights(&fields, "saved")?,
        seen: read_weights(&fields, "seen")?,
        written: read_weights(&fields, "written")?,
        at: fields.instant("at")?,
    };
    Ok((service, raised))
}

fn read_weights(fields: &Fields<'_>, name: &str) -> Result<Vec<Weight>, Unreadable> {
    let entries = fields.list(name)?.into_iter();
    let entries = entries.map(|entry| {
        Ok(Weight {
            provider: entry.text("provider")?,
            base: entry.number("base")?,
            weight: entry.number("weight")?,
        })
    });
    entries.collect()
}

/// Writes how many tasks of a cluster run on Fargate Spot, without its key.
pub(crate) fn write_size(tasks: u32, at: Timestamp) -> Draft {
    let expires = at.saturating_add(COUNT_KEPT).unwrap_or(Timestamp::MAX);
    Draft::default()
        .number("tasks", tasks)
        .instant("at", at)
        .number("expires_at", expires.as_second())
}

/// Reads how many tasks of a cluster ran on Fargate Spot.
pub(crate) fn read_size(fields: &Fields<'_>) -> Result<Size, Unreadable> {
    Ok(Size {
        tasks: fields.number("tasks")?,
        at: fields.instant("at")?,
    })
}

fn scope(fields: &Fields<'_>, name: &str) -> Result<Scope, Unreadable> {
    Scope::of_key(&fields.text(name)?).ok_or_else(|| fields.unreadable(name, "a scope"))
}
