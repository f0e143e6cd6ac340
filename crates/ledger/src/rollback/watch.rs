//! The deployment that is watched, as a part of an item.

use std::collections::{BTreeMap, BTreeSet};

use domain::rollback::{Brought, Trouble, Watch};
use jiff::Timestamp;

use super::release::{self, deployment};
use crate::fields::{Draft, Fields, Unreadable};

/// Who brought a deployment, by name.
const RELEASE: &str = "release";
const ECS: &str = "ecs";
const US: &str = "us";
const UNKNOWN: &str = "unknown";

/// Writes the deployment that is watched.
pub(super) fn write(watch: &Watch) -> Draft {
    let list = |names: &BTreeSet<String>| -> Vec<String> { names.iter().cloned().collect() };
    let troubles = watch.troubles.iter();
    let troubles = troubles.fold(Draft::default(), |draft, (trouble, at)| {
        draft.instant(trouble.name(), *at)
    });
    Draft::default()
        .text("deployment", watch.deployment.as_str())
        .map("release", release::write(&watch.release))
        .map("brought", write_brought(&watch.brought))
        .instant("began", watch.began)
        .list("fired", &list(&watch.fired))
        .list("tied", &list(&watch.tied))
        .map("troubles", troubles)
        .some(watch.completed, |draft, at| draft.instant("completed", at))
        .some(watch.failed, |draft, at| draft.instant("failed", at))
        .some(watch.red.as_ref(), |draft, red| {
            draft.list("red", &list(red))
        })
        .some(watch.migration.as_ref(), |draft, migration| {
            draft.text("migration", migration)
        })
        .some(watch.doubted.as_ref(), |draft, why| {
            draft.text("doubted", why)
        })
}

/// Reads the deployment that is watched.
pub(super) fn read(fields: &Fields<'_>) -> Result<Watch, Unreadable> {
    let red = fields.optional_texts("red")?;
    Ok(Watch {
        deployment: deployment(fields, "deployment")?,
        release: release::read(fields, "release")?,
        brought: read_brought(&fields.map("brought")?)?,
        began: fields.instant("began")?,
        completed: fields.optional_instant("completed")?,
        failed: fields.optional_instant("failed")?,
        red: red.map(|red| red.into_iter().collect()),
        fired: fields.texts("fired")?.into_iter().collect(),
        tied: fields.texts("tied")?.into_iter().collect(),
        troubles: read_troubles(&fields.map("troubles")?)?,
        migration: fields.optional_text("migration")?,
        doubted: fields.optional_text("doubted")?,
    })
}

fn write_brought(brought: &Brought) -> Draft {
    let by = |who: &str| Draft::default().text("by", who);
    match brought {
        Brought::Release => by(RELEASE),
        Brought::Ecs => by(ECS),
        Brought::Us => by(US),
        Brought::Unknown(why) => by(UNKNOWN).text("why", why),
    }
}

fn read_brought(fields: &Fields<'_>) -> Result<Brought, Unreadable> {
    Ok(match fields.text("by")?.as_str() {
        RELEASE => Brought::Release,
        ECS => Brought::Ecs,
        US => Brought::Us,
        UNKNOWN => Brought::Unknown(fields.text("why")?),
        _ => return Err(fields.unreadable("by", "somebody whom this version knows")),
    })
}

fn read_troubles(fields: &Fields<'_>) -> Result<BTreeMap<Trouble, Timestamp>, Unreadable> {
    let troubles = fields.strings().map(|entry| {
        let (name, _) = entry?;
        let trouble = Trouble::from_name(name)
            .ok_or_else(|| fields.unreadable(name, "a trouble that this version knows"))?;
        Ok((trouble, fields.instant(name)?))
    });
    troubles.collect()
}
