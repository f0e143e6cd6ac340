//! Where an instance is, as an item: one attribute for each container instance that it was, so that
//! what is said of one is written without reading the others.

use domain::arn::ContainerInstanceArn;
use domain::drain::{Mark, Place, Source, Status};
use jiff::{SignedDuration, Timestamp};

use super::parts::{cluster, pool, write_pool};
use crate::fields::{Draft, Fields, Unreadable};

/// How long the last word about an instance is kept that is gone, or that goes.
pub(crate) const KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How long it is kept where an instance is: longer than nearly all of Spot live, because ECS says
/// it once, when the instance registers, and one that is forgotten costs reads on the day it goes.
pub(crate) const LIVES: SignedDuration = SignedDuration::from_hours(90 * 24);

/// How the attribute of a container instance begins; its ARN follows.
pub(crate) const PLACE: &str = "place#";
/// The attribute of a container instance whose capacity provider ECS was asked for: without a
/// provider it is in none.
pub(crate) const ASKED: &str = "asked";
/// The attributes of the marks.
pub(crate) const DOOMED: &str = "doomed";
pub(crate) const DONE: &str = "done";

/// Writes a container instance.
pub(crate) fn write(place: &Place) -> Draft {
    let draft = Draft::default()
        .number("version", place.version)
        .text("cluster", place.cluster.as_str())
        .text("status", place.status.name())
        .flag("agent_connected", place.agent_connected)
        .some(place.provider.as_ref(), |draft, provider| {
            draft.text("provider", provider)
        })
        .some(place.knows_provider().then_some(()), |draft, ()| {
            draft.flag(ASKED, true)
        });
    write_pool(draft, place.pool.as_ref())
}

/// Writes that a container instance of which nothing else is known is not there any more.
pub(crate) fn write_gone(version: i64) -> Draft {
    Draft::default()
        .number("version", version)
        .flag("gone", true)
}

/// Reads where an instance is, and how it is marked: the later of two marks counts.
pub(crate) fn read(fields: &Fields<'_>) -> Result<(Vec<Place>, Option<Mark>), Unreadable> {
    let mut places = Vec::new();
    for named in fields.maps_named(PLACE) {
        let (arn, place) = named?;
        if !place.is("gone")? {
            places.push(read_place(arn, &place)?);
        }
    }
    places.sort_by(|one, other| one.arn.cmp(&other.arn));
    let doomed = fields.optional_instant(DOOMED)?;
    let done = fields.optional_instant(DONE)?;
    Ok((places, mark(doomed, done)))
}

fn mark(doomed: Option<Timestamp>, done: Option<Timestamp>) -> Option<Mark> {
    match (doomed, done) {
        (Some(at), done) if done.is_none_or(|done| done < at) => Some(Mark::Doomed { at }),
        (_, done) => done.map(|at| Mark::Done { at }),
    }
}

fn read_place(arn: &str, fields: &Fields<'_>) -> Result<Place, Unreadable> {
    let arn = ContainerInstanceArn::parse(arn)
        .map_err(|_| fields.unreadable("arn", "the ARN of a container instance"))?;
    let status = Status::from_name(&fields.text("status")?);
    let status =
        status.ok_or_else(|| fields.unreadable("status", "a status that this version knows"))?;
    Ok(Place {
        cluster: cluster(fields)?,
        arn,
        status,
        version: fields.number("version")?,
        agent_connected: fields.flag("agent_connected")?,
        provider: fields.optional_text("provider")?,
        pool: pool(fields)?,
        source: match fields.is(ASKED)? {
            true => Source::Remembered,
            false => Source::Index,
        },
    })
}

/// When what is written at this moment is forgotten, if it is kept so long.
pub(crate) fn expires(now: Timestamp, kept: SignedDuration) -> i64 {
    now.saturating_add(kept)
        .unwrap_or(Timestamp::MAX)
        .as_second()
}
