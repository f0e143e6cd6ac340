//! The record of a rest, as an item.

use domain::capacity::{Bounds, GroupCapacity, ServiceCapacity, Suspended};
use domain::hold::{Hold, Holder, Holds};
use domain::instances::Instances;
use domain::rest::{Claim, Phase, Rest, Version};

use crate::fields::{Draft, Fields, Unreadable};

/// A capacity that can be part of an item.
pub(crate) trait Stored: Sized {
    fn write(&self) -> Draft;
    fn read(fields: &Fields<'_>) -> Result<Self, Unreadable>;
}

impl Stored for ServiceCapacity {
    fn write(&self) -> Draft {
        Draft::default()
            .number("desired", self.desired)
            .instant("created_at", self.created_at)
            .some(self.bounds, |draft, bounds| {
                draft.map("bounds", write_bounds(bounds))
            })
    }

    fn read(fields: &Fields<'_>) -> Result<Self, Unreadable> {
        Ok(Self {
            desired: fields.number("desired")?,
            bounds: fields
                .optional_map("bounds")?
                .map(|bounds| read_bounds(&bounds))
                .transpose()?,
            created_at: fields.instant("created_at")?,
        })
    }
}

impl Stored for GroupCapacity {
    fn write(&self) -> Draft {
        Draft::default()
            .number("min", self.min)
            .some(self.instances.as_ref(), |draft, instances| {
                draft.map("instances", write_instances(instances))
            })
    }

    fn read(fields: &Fields<'_>) -> Result<Self, Unreadable> {
        Ok(Self {
            min: fields.number("min")?,
            instances: fields
                .optional_map("instances")?
                .map(|instances| instances.numbers().collect())
                .transpose()?,
        })
    }
}

fn write_instances(instances: &Instances) -> Draft {
    instances
        .iter()
        .fold(Draft::default(), |draft, (kind, count)| {
            draft.number(kind, count)
        })
}

fn write_bounds(bounds: Bounds) -> Draft {
    Draft::default()
        .number("min", bounds.min)
        .number("max", bounds.max)
        .flag("scaling_in_suspended", bounds.suspended.scaling_in)
        .flag("scaling_out_suspended", bounds.suspended.scaling_out)
        .flag("scheduled_suspended", bounds.suspended.scheduled)
}

fn read_bounds(fields: &Fields<'_>) -> Result<Bounds, Unreadable> {
    Ok(Bounds {
        min: fields.number("min")?,
        max: fields.number("max")?,
        suspended: Suspended {
            scaling_in: fields.flag("scaling_in_suspended")?,
            scaling_out: fields.flag("scaling_out_suspended")?,
            scheduled: fields.flag("scheduled_suspended")?,
        },
    })
}

/// Writes a record, without its key.
pub(crate) fn write<C: Stored>(rest: &Rest<C>) -> Draft {
    let phase = match rest.phase {
        Phase::Resting => Draft::default().text("phase", "resting"),
        Phase::Waking { since } => Draft::default()
            .text("phase", "waking")
            .instant("waking_since", since),
    };
    phase
        .number("version", rest.version.0)
        .map("holds", write_holds(&rest.holds))
        .map("saved", rest.saved.write())
        .map("written", rest.written.write())
        .some(rest.settled, |draft, at| draft.instant("settled", at))
        .some(rest.claim.as_ref(), |draft, claim| {
            let map = Draft::default()
                .text("run", &claim.run)
                .instant("until", claim.until);
            draft.map("claim", map)
        })
        .some(rest.deployment.as_ref(), |draft, id| {
            draft.text("deployment", id)
        })
}

/// Reads a record.
pub(crate) fn read<C: Stored>(fields: &Fields<'_>) -> Result<Rest<C>, Unreadable> {
    let phase = match fields.text("phase")?.as_str() {
        "resting" => Phase::Resting,
        "waking" => Phase::Waking {
            since: fields.instant("waking_since")?,
        },
        _ => return Err(fields.unreadable("phase", "\"resting\" or \"waking\"")),
    };
    let claim = fields.optional_map("claim")?.map(|claim| {
        Ok(Claim {
            run: claim.text("run")?,
            until: claim.instant("until")?,
        })
    });
    Ok(Rest {
        holds: read_holds(&fields.map("holds")?)?,
        saved: C::read(&fields.map("saved")?)?,
        written: C::read(&fields.map("written")?)?,
        phase,
        settled: fields.optional_instant("settled")?,
        claim: claim.transpose()?,
        deployment: fields.optional_text("deployment")?,
        version: Version(fields.number("version")?),
    })
}

fn write_holds(holds: &Holds) -> Draft {
    holds
        .iter()
        .fold(Draft::default(), |draft, (holder, hold)| {
            let map = Draft::default()
                .text("by", &hold.by)
                .text("why", &hold.why)
                .instant("since", hold.since)
                .some(hold.until, |draft, until| draft.instant("until", until));
            draft.map(holder.as_str(), map)
        })
}

fn read_holds(fields: &Fields<'_>) -> Result<Holds, Unreadable> {
    let mut holds = Holds::none();
    for entry in fields.maps() {
        let (name, hold) = entry?;
        let holder = Holder::parse(name)
            .ok_or_else(|| fields.unreadable(name, "a holder that this version knows"))?;
        let hold = Hold {
            by: hold.text("by")?,
            why: hold.text("why")?,
            since: hold.instant("since")?,
            until: hold.optional_instant("until")?,
        };
        holds = holds.with(holder, hold);
    }
    Ok(holds)
}
