//! The tally of a budget, as an item. Amounts are text, so that no digit is lost.

use std::collections::{BTreeMap, BTreeSet};

use domain::arn::ServiceArn;
use domain::budget::period::Period;
use domain::budget::state::{Again, Restore, State, Stop, Treatment, Why};
use domain::budget::tally::{Allowed, Before, Cause, Doubted, LimitChange, Seen, Tally, Veto};
use domain::rest::Version;

use crate::fields::{Draft, Fields, Unreadable};

/// The causes of a warning, each by its name.
const CAUSES: [Cause; 3] = [Cause::Actual, Cause::Forecast, Cause::Metered];

/// What is done about a service that was raised, each by its name.
const TREATMENTS: [Treatment; 3] = [Treatment::Waited, Treatment::PutDown, Treatment::LeftAlone];

/// Why a stop ends, by name.
const NEW_PERIOD: &str = "new-period";
const PERSON: &str = "person";
const NOT_WATCHED: &str = "not-watched";

/// Writes a tally, without its key.
pub(crate) fn write(tally: &Tally) -> Draft {
    let warned: Vec<String> = tally
        .warned
        .iter()
        .map(|cause| cause.name().to_owned())
        .collect();
    let period = Draft::default()
        .instant("start", tally.period.start)
        .instant("end", tally.period.end);
    write_state(&tally.state)
        .number("version", tally.version.0)
        .map("period", period)
        .maps("readings", tally.readings.iter().map(write_seen))
        .list("warned", &warned)
        .decimal("limit", tally.limit)
        .some(tally.before, |draft, before| {
            let map = Draft::default()
                .instant("at", before.at)
                .decimal("spend", before.spend);
            draft.map("before", map)
        })
        .some(tally.doubted, |draft, doubted| {
            let map = Draft::default()
                .instant("at", doubted.at)
                .decimal("spend", doubted.spend);
            draft.map("doubted", map)
        })
        .some(tally.blind, |draft, since| draft.instant("blind", since))
        .some(tally.grace, |draft, until| draft.instant("grace", until))
        .some(tally.veto.as_ref(), |draft, veto| {
            let map = person(&veto.by, &veto.why).instant("until", veto.until);
            draft.map("veto", map)
        })
        .some(tally.allowed.as_ref(), |draft, allowed| {
            let map = person(&allowed.by, &allowed.why).decimal("up_to", allowed.up_to);
            draft.map("allowed", map)
        })
        .some(tally.limit_change, |draft, change| {
            let map = Draft::default()
                .decimal("from", change.from)
                .decimal("to", change.to)
                .instant("at", change.at);
            draft.map("limit_change", map)
        })
}

/// Reads a tally.
pub(crate) fn read(fields: &Fields<'_>) -> Result<Tally, Unreadable> {
    let period = fields.map("period")?;
    let readings = fields.list("readings")?;
    let readings: Result<_, _> = readings.iter().map(read_seen).collect();
    let optional = |name| fields.optional_map(name);
    Ok(Tally {
        period: Period {
            start: period.instant("start")?,
            end: period.instant("end")?,
        },
        state: read_state(fields)?,
        readings: readings?,
        before: optional("before")?.map(read_before).transpose()?,
        doubted: optional("doubted")?.map(read_doubted).transpose()?,
        blind: fields.optional_instant("blind")?,
        warned: read_warned(fields)?,
        grace: fields.optional_instant("grace")?,
        veto: optional("veto")?.map(read_veto).transpose()?,
        allowed: optional("allowed")?.map(read_allowed).transpose()?,
        limit: fields.decimal("limit")?,
        limit_change: optional("limit_change")?
            .map(read_limit_change)
            .transpose()?,
        version: Version(fields.number("version")?),
    })
}

fn write_state(state: &State) -> Draft {
    let named = Draft::default().text("state", state.name());
    match state {
        State::Armed | State::Warned => named,
        State::Stopping(stop) | State::Stopped(stop) => named.map("stop", write_stop(stop)),
        State::Restoring(restore) => named.map("restore", write_restore(restore)),
    }
}

fn read_state(fields: &Fields<'_>) -> Result<State, Unreadable> {
    Ok(match fields.text("state")?.as_str() {
        "armed" => State::Armed,
        "warned" => State::Warned,
        "stopping" => State::Stopping(read_stop(&fields.map("stop")?)?),
        "stopped" => State::Stopped(read_stop(&fields.map("stop")?)?),
        "restoring" => State::Restoring(read_restore(&fields.map("restore")?)?),
        _ => return Err(fields.unreadable("state", "a state that this version knows")),
    })
}

fn write_stop(stop: &Stop) -> Draft {
    let again = stop
        .again
        .iter()
        .fold(Draft::default(), |draft, (service, again)| {
            draft.map(service.as_str(), write_again(again))
        });
    Draft::default()
        .instant("since", stop.since)
        .instant("period_end", stop.period_end)
        .decimal("spend", stop.spend)
        .map("again", again)
        .some(stop.picked.as_ref(), |draft, picked| {
            let picked: Vec<String> = picked.iter().map(|arn| arn.as_str().to_owned()).collect();
            draft.list("picked", &picked)
        })
}

fn read_stop(fields: &Fields<'_>) -> Result<Stop, Unreadable> {
    let service = |name: &str, text: &str| {
        ServiceArn::parse(text).map_err(|_| fields.unreadable(name, "ARNs of services"))
    };
    let picked = fields.optional_texts("picked")?.map(|arns| {
        let arns = arns.iter().map(|arn| service("picked", arn));
        arns.collect::<Result<BTreeSet<_>, _>>()
    });
    let mut again = BTreeMap::new();
    for entry in fields.map("again")?.maps() {
        let (arn, entry) = entry?;
        again.insert(service("again", arn)?, read_again(&entry)?);
    }
    Ok(Stop {
        since: fields.instant("since")?,
        period_end: fields.instant("period_end")?,
        spend: fields.decimal("spend")?,
        picked: picked.transpose()?,
        again,
    })
}

fn write_again(again: &Again) -> Draft {
    Draft::default()
        .number("times", again.times)
        .text("treatment", again.treatment.name())
        .instant("at", again.at)
}

fn read_again(fields: &Fields<'_>) -> Result<Again, Unreadable> {
    let name = fields.text("treatment")?;
    let treatment = TREATMENTS
        .into_iter()
        .find(|treatment| treatment.name() == name);
    let unknown = || fields.unreadable("treatment", "a treatment that this version knows");
    Ok(Again {
        times: fields.number("times")?,
        treatment: treatment.ok_or_else(unknown)?,
        at: fields.instant("at")?,
    })
}

fn write_restore(restore: &Restore) -> Draft {
    let why = match &restore.why {
        Why::NewPeriod { spend } => Draft::default()
            .text("reason", NEW_PERIOD)
            .decimal("spend", *spend),
        Why::Person { by, why } => person(by, why).text("reason", PERSON),
        Why::NotWatched => Draft::default().text("reason", NOT_WATCHED),
    };
    why.instant("since", restore.since)
}

fn read_restore(fields: &Fields<'_>) -> Result<Restore, Unreadable> {
    let why = match fields.text("reason")?.as_str() {
        NEW_PERIOD => Why::NewPeriod {
            spend: fields.decimal("spend")?,
        },
        PERSON => Why::Person {
            by: fields.text("by")?,
            why: fields.text("why")?,
        },
        NOT_WATCHED => Why::NotWatched,
        _ => return Err(fields.unreadable("reason", "a reason that this version knows")),
    };
    Ok(Restore {
        since: fields.instant("since")?,
        why,
    })
}

fn write_seen(seen: &Seen) -> Draft {
    Draft::default()
        .instant("at", seen.at)
        .decimal("spend", seen.spend)
        .decimal("limit", seen.limit)
        .some(seen.forecast, |draft, forecast| {
            draft.decimal("forecast", forecast)
        })
        .some(seen.edited, |draft, at| draft.instant("edited", at))
}

fn read_seen(fields: &Fields<'_>) -> Result<Seen, Unreadable> {
    Ok(Seen {
        at: fields.instant("at")?,
        spend: fields.decimal("spend")?,
        forecast: fields.optional_decimal("forecast")?,
        limit: fields.decimal("limit")?,
        edited: fields.optional_instant("edited")?,
    })
}

fn read_before(fields: Fields<'_>) -> Result<Before, Unreadable> {
    Ok(Before {
        at: fields.instant("at")?,
        spend: fields.decimal("spend")?,
    })
}

fn read_doubted(fields: Fields<'_>) -> Result<Doubted, Unreadable> {
    Ok(Doubted {
        at: fields.instant("at")?,
        spend: fields.decimal("spend")?,
    })
}

fn read_warned(fields: &Fields<'_>) -> Result<BTreeSet<Cause>, Unreadable> {
    let named = |text: &String| CAUSES.into_iter().find(|cause| cause.name() == text);
    let unknown = || fields.unreadable("warned", "causes that this version knows");
    let names = fields.texts("warned")?;
    let causes = names.iter().map(|text| named(text).ok_or_else(unknown));
    causes.collect()
}

fn read_veto(fields: Fields<'_>) -> Result<Veto, Unreadable> {
    Ok(Veto {
        by: fields.text("by")?,
        why: fields.text("why")?,
        until: fields.instant("until")?,
    })
}

fn read_allowed(fields: Fields<'_>) -> Result<Allowed, Unreadable> {
    Ok(Allowed {
        up_to: fields.decimal("up_to")?,
        by: fields.text("by")?,
        why: fields.text("why")?,
    })
}

fn read_limit_change(fields: Fields<'_>) -> Result<LimitChange, Unreadable> {
    Ok(LimitChange {
        from: fields.decimal("from")?,
        to: fields.decimal("to")?,
        at: fields.instant("at")?,
    })
}

fn person(by: &str, why: &str) -> Draft {
    Draft::default().text("by", by).text("why", why)
}
