//! Where an instance is, and who drains it there.

use crate::arn::ClusterArn;
use crate::drain::moment::Moment;
use crate::drain::remembered::record::{Berth, Drain};
use crate::drain::seen::ecs::{ContainerInstanceSeen, Status};
use crate::drain::seen::surge::Scope;
use crate::drain::seen::tags::{Mode, Standalone};
use crate::drain::seen::world::{Observed, Place, Source, Whereabouts};
use crate::tag::Tagged;
use jiff::Timestamp;

use crate::drain::seen::instance::InstanceId;

/// A place of an instance, and who drains it there.
#[derive(Clone, Debug)]
pub(in crate::drain) struct Scoped {
    pub(in crate::drain) place: Place,
    pub(super) mode: Mode,
    /// Whether a tag says so, and not the default.
    pub(super) explicit: bool,
    /// Whether its group replaces it by itself when EC2 recommends it.
    pub(super) rebalances: bool,
    /// Whether ECS is known to drain it by itself.
    pub(in crate::drain) managed: bool,
    /// Whether everything was read that may say otherwise.
    pub(in crate::drain) read: bool,
}

/// Where an instance is, as far as that is known.
#[derive(Clone, Debug)]
pub(in crate::drain) enum Found {
    Nowhere,
    Unseen(String),
    At(Vec<Place>),
}

/// Where an instance is: as it was looked up, as its record has it, and as ECS says now.
pub(in crate::drain) fn found(
    id: &InstanceId,
    drain: Option<&Drain>,
    seen: &[(Timestamp, &ContainerInstanceSeen)],
    observed: &Observed,
) -> Found {
    let recorded = drain.map(recorded).unwrap_or_default();
    let mut places = match observed.instances.get(id) {
        Some(Whereabouts::At(places)) => places.clone(),
        Some(Whereabouts::Unseen(why)) if recorded.is_empty() && seen.is_empty() => {
            return Found::Unseen(why.clone());
        }
        _ => recorded,
    };
    for (_, seen) in seen {
        merge(&mut places, seen);
    }
    if places.is_empty() {
        Found::Nowhere
    } else {
        Found::At(places)
    }
}

/// The places of a record, as they are likely to be.
fn recorded(drain: &Drain) -> Vec<Place> {
    let status = if drain.draining.is_some() {
        Status::Draining
    } else {
        Status::Active
    };
    drain
        .places
        .iter()
        .map(|berth| Place {
            cluster: berth.cluster.clone(),
            arn: berth.arn.clone(),
            status,
            version: 0,
            agent_connected: true,
            provider: drain.provider.clone(),
            pool: drain.pool.clone(),
            source: Source::Remembered,
        })
        .collect()
}

/// What ECS said counts, unless what was looked up is newer.
fn merge(places: &mut Vec<Place>, seen: &ContainerInstanceSeen) {
    let told = place_of(seen);
    match places.iter_mut().find(|place| place.arn == told.arn) {
        Some(place) if place.source == Source::Asked || place.version > told.version => {}
        Some(place) => *place = with_provider(told, place),
        None => places.push(told),
    }
}

/// What ECS told, in the capacity provider that is known of the same container instance: events do
/// not name it.
pub(in crate::drain) fn with_provider(told: Place, known: &Place) -> Place {
    if !known.knows_provider() {
        return told;
    }
    Place {
        provider: known.provider.clone(),
        source: Source::Remembered,
        ..told
    }
}

/// The place that ECS tells of.
pub(in crate::drain) fn place_of(seen: &ContainerInstanceSeen) -> Place {
    Place {
        cluster: seen.cluster.clone(),
        arn: seen.arn.clone(),
        status: seen.status,
        version: seen.version,
        agent_connected: seen.agent_connected,
        provider: None,
        pool: seen.pool.clone(),
        source: Source::Index,
    }
}

/// Writes down where an instance is. What it left is kept while it is nowhere else, because its
/// tasks are looked for there. Where it registers anew is written down when it is in: until then
/// nobody can have set it DRAINING there.
pub(super) fn settle_in(drain: &mut Drain, places: &[Place]) {
    let berth = |place: &Place| Berth {
        cluster: place.cluster.clone(),
        arn: place.arn.clone(),
    };
    let anew = !drain.places.is_empty();
    let comes = |place: &Place| anew && place.status == Status::Registering;
    let of_those = |inside: bool| -> Vec<&Place> {
        let those = places.iter().filter(|place| place.status.is_in() == inside);
        those.filter(|place| !comes(place)).collect()
    };
    let (inside, outside) = (of_those(true), of_those(false));
    let now_at = if inside.is_empty() { outside } else { inside };
    if drain.places.is_empty() || now_at.iter().any(|place| place.status.is_in()) {
        drain.places = now_at.iter().map(|place| berth(place)).collect();
        drain.places.sort();
        drain.places.dedup();
    }
    for place in now_at {
        drain.pool = drain.pool.take().or_else(|| place.pool.clone());
        drain.provider = drain.provider.take().or_else(|| place.provider.clone());
    }
}

/// Who drains an instance in this place: its group's tag says, or its cluster's, or ECS does
/// where it drains by itself, or we do.
pub(super) fn scoped(place: &Place, observed: &Observed) -> Scoped {
    let provider = place
        .provider
        .as_ref()
        .and_then(|name| observed.providers.get(name)?.as_ref().ok());
    let group = provider
        .and_then(|provider| provider.group.as_ref())
        .and_then(|name| observed.groups.get(name)?.as_ref().ok());
    let cluster = observed.clusters.get(&place.cluster);
    let cluster = cluster.and_then(|cluster| cluster.as_ref().ok());
    let tagged = group
        .and_then(|group| group.drain.value())
        .or_else(|| cluster.and_then(|cluster| cluster.drain.value()));
    let fleet = fleet(place.provider.as_deref(), &place.cluster);
    let in_none = place.provider.is_none() && place.knows_provider();
    let in_no_group = provider.is_some_and(|provider| provider.group.is_none());
    let managed = provider.is_some_and(|provider| provider.managed_draining);
    let by_itself = managed || observed.self_draining.contains(&fleet);
    Scoped {
        place: place.clone(),
        mode: tagged.unwrap_or(if by_itself { Mode::Verify } else { Mode::Auto }),
        explicit: tagged.is_some(),
        rebalances: group.is_some_and(|group| group.capacity_rebalance),
        managed,
        read: cluster.is_some() && (in_none || in_no_group || group.is_some()),
    }
}

/// What becomes of standalone tasks, given the task's own tag.
pub(in crate::drain) fn standalone(
    own: &Tagged<Standalone>,
    cluster: &ClusterArn,
    observed: &Observed,
    moment: Moment<'_>,
) -> Standalone {
    let tags = observed.clusters.get(cluster);
    let tags = tags.and_then(|cluster| cluster.as_ref().ok());
    own.value()
        .or_else(|| tags.and_then(|cluster| cluster.standalone.value()))
        .unwrap_or(moment.policy.standalone)
}

/// The fleet of an instance.
pub(in crate::drain) fn fleet(provider: Option<&str>, cluster: &ClusterArn) -> Scope {
    provider.map_or_else(
        || Scope::Cluster(cluster.clone()),
        |name| Scope::Provider(name.to_owned()),
    )
}

/// The fleet of a record, if it is known where it is.
pub(in crate::drain) fn fleet_of(drain: &Drain) -> Option<Scope> {
    let first = drain.places.first()?;
    Some(fleet(drain.provider.as_deref(), &first.cluster))
}
