//! The record of a service, as an item.

use std::collections::BTreeMap;

use domain::rest::Version;
use domain::rollback::{Acted, Bad, Good, Ports, Record};

use super::release::{self, deployment, optional_deployment};
use super::{case, freeze, past, size, watch};
use crate::fields::{Draft, Fields, Unreadable};

/// What is left of an item for the key and the names of what is listed. A choice: a key has at most
/// 3 KB.
/// Source: <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html>.
const MARGIN: usize = 4 * 1024;

/// Writes a record, without its key. Of what became of deployments the newest are kept that fit into
/// an item. That is all of them unless the names of containers are as long as they may be; what
/// proved good, what failed and what is open is never left out.
pub(crate) fn write(record: &Record) -> Draft {
    let draft = Draft::default()
        .number("version", record.version.0)
        .maps("good", record.good.iter().map(write_good))
        .maps("bad", record.bad.iter().map(write_bad))
        .maps("acts", record.acts.iter().map(write_act))
        .some(record.watch.as_ref(), |draft, watch| {
            draft.map("watch", watch::write(watch))
        })
        .some(record.case.as_ref(), |draft, case| {
            draft.map("case", case::write(case))
        })
        .some(record.frozen.as_ref(), |draft, frozen| {
            draft.map("frozen", freeze::write(frozen))
        });
    let room = size::MOST.saturating_sub(MARGIN + size::of_item(draft.as_item()));
    let past = fitting(record.past.iter().map(past::write).collect(), room);
    draft.maps("past", past.into_iter())
}

/// Reads a record.
pub(crate) fn read(fields: &Fields<'_>) -> Result<Record, Unreadable> {
    let watch = fields.optional_map("watch")?;
    let case = fields.optional_map("case")?;
    let frozen = fields.optional_map("frozen")?;
    Ok(Record {
        good: fields.each("good", read_good)?,
        bad: fields.each("bad", read_bad)?,
        watch: watch.as_ref().map(watch::read).transpose()?,
        case: case.as_ref().map(case::read).transpose()?,
        acts: fields.each("acts", read_act)?,
        frozen: frozen.as_ref().map(freeze::read).transpose()?,
        past: fields.each("past", past::read)?,
        version: Version(fields.number("version")?),
    })
}

/// The last of them, as far as they fit.
fn fitting(mut drafts: Vec<Draft>, mut room: usize) -> Vec<Draft> {
    let fits = |draft: &&Draft| {
        // A map in a list: 3 for the map, 1 for the place, and 1 for each of its attributes.
        let item = draft.as_item();
        let bytes = 4 + item.len() + size::of_item(item);
        let fits = bytes <= room;
        room = room.saturating_sub(bytes);
        fits
    };
    let fit = drafts.iter().rev().take_while(fits).count();
    drafts.split_off(drafts.len() - fit)
}

fn write_good(good: &Good) -> Draft {
    let ports = good.ports.iter();
    let ports = ports.fold(Draft::default(), |draft, (group, ports)| {
        draft.map(group, write_ports(ports))
    });
    Draft::default()
        .map("release", release::write(&good.release))
        .text("deployment", good.deployment.as_str())
        .number("desired", good.desired)
        .map("ports", ports)
        .instant("completed", good.completed)
        .instant("proved", good.proved)
        .flag("by_rollback", good.by_rollback)
}

fn read_good(fields: &Fields<'_>) -> Result<Good, Unreadable> {
    let ports = fields.map("ports")?;
    let ports = ports.maps().map(|entry| {
        let (group, ports) = entry?;
        Ok((group.to_owned(), read_ports(&ports)?))
    });
    Ok(Good {
        release: release::read(fields, "release")?,
        deployment: deployment(fields, "deployment")?,
        desired: fields.number("desired")?,
        ports: ports.collect::<Result<BTreeMap<_, _>, Unreadable>>()?,
        completed: fields.instant("completed")?,
        proved: fields.instant("proved")?,
        by_rollback: fields.flag("by_rollback")?,
    })
}

fn write_ports(ports: &Ports) -> Draft {
    Draft::default()
        .number("traffic", ports.traffic)
        .text("health", &ports.health)
}

fn read_ports(fields: &Fields<'_>) -> Result<Ports, Unreadable> {
    Ok(Ports {
        traffic: fields.number("traffic")?,
        health: fields.text("health")?,
    })
}

fn write_bad(bad: &Bad) -> Draft {
    Draft::default()
        .map("release", release::write(&bad.release))
        .text("deployment", bad.deployment.as_str())
        .instant("at", bad.at)
        .text("why", &bad.why)
}

fn read_bad(fields: &Fields<'_>) -> Result<Bad, Unreadable> {
    Ok(Bad {
        release: release::read(fields, "release")?,
        deployment: deployment(fields, "deployment")?,
        at: fields.instant("at")?,
        why: fields.text("why")?,
    })
}

fn write_act(act: &Acted) -> Draft {
    Draft::default()
        .instant("at", act.at)
        .text("failed", act.failed.as_str())
        .flag("counts", act.counts)
        .some(act.ours.as_ref(), |draft, ours| {
            draft.text("ours", ours.as_str())
        })
}

fn read_act(fields: &Fields<'_>) -> Result<Acted, Unreadable> {
    Ok(Acted {
        at: fields.instant("at")?,
        failed: deployment(fields, "failed")?,
        ours: optional_deployment(fields, "ours")?,
        counts: fields.flag("counts")?,
    })
}
