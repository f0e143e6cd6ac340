//! What is lost beside instances: tasks on Fargate Spot, and places for tasks.

use crate::arn::{ClusterArn, ServiceArn};
use crate::drain::moment::Moment;
use crate::drain::plan::Verdict;
use crate::drain::reason::Reason;
use crate::drain::seen::ecs::TaskSeen;
use crate::drain::seen::exercise::Exercises;
use crate::drain::seen::sign::Says;
use crate::drain::seen::surge::{Counted, Loss, Scope};
use crate::drain::seen::tags::Mode;
use crate::drain::seen::world::Observed;

/// The name of Fargate's capacity provider for Spot.
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html>.
pub(in crate::drain) const FARGATE_SPOT: &str = "FARGATE_SPOT";

/// What the signs say is lost, and what was decided about each.
pub(in crate::drain) fn counted(
    observed: &Observed,
    moment: Moment<'_>,
) -> (Vec<Counted>, Vec<Verdict>) {
    let exercises = Exercises::of(observed, moment.now);
    let mut counted = Vec::new();
    let mut verdicts = Vec::new();
    for sign in &observed.signs {
        let at = sign.at.min(moment.now);
        let (about, found) = match &sign.says {
            Says::TaskStopping(task) => (task.arn.as_str(), stopping(task, observed)),
            Says::PlacementFailed {
                cluster,
                service,
                reason,
                provider,
            } => {
                let failed = failed(cluster, service, reason, provider.as_deref(), observed);
                (service.as_str(), failed)
            }
            Says::HookTest { group } => (group.as_str(), Err(Reason::HookTest)),
            _ => continue,
        };
        let found = found.and_then(|(what, fleet, reason)| {
            if at + moment.policy.surge.window <= moment.now {
                return Err(Reason::PastDeadline);
            }
            let mut known = observed.counts.iter().chain(&counted);
            if known.any(|known: &Counted| known.what.key() == what.key()) {
                return Err(Reason::AlreadyCounted);
            }
            let mut loss = Counted {
                what,
                fleet,
                pool: None,
                at,
                by_fis: false,
            };
            loss.by_fis = exercises.caused(&loss);
            counted.push(loss);
            Ok(reason)
        });
        verdicts.push(Verdict {
            about: about.to_owned(),
            reason: found.unwrap_or_else(|reason| reason),
        });
    }
    (counted, verdicts)
}

type Found = Result<(Loss, Scope, Reason), Reason>;

/// A task stops. It counts once, however many events follow: by its ARN.
fn stopping(task: &TaskSeen, observed: &Observed) -> Found {
    if task.container_instance.is_some() {
        return Err(Reason::CountedWithItsInstance);
    }
    if is_off(&task.cluster, observed) {
        return Err(Reason::Off);
    }
    let provider = task.provider.as_deref().unwrap_or(FARGATE_SPOT);
    let loss = Loss::Task {
        task: task.arn.clone(),
        service: task.service.clone(),
    };
    let fleet = Scope::Provider(provider.to_owned());
    Ok((loss, fleet, Reason::TaskCounted))
}

/// ECS finds no place for a task. That concerns Spot if the capacity is Spot's, or if what it
/// lacks was lost to it.
fn failed(
    cluster: &ClusterArn,
    service: &ServiceArn,
    reason: &str,
    provider: Option<&str>,
    observed: &Observed,
) -> Found {
    if is_off(cluster, observed) {
        return Err(Reason::Off);
    }
    let named = provider.map(|name| Scope::Provider(name.to_owned()));
    let fleet = match named {
        Some(fleet) if provider == Some(FARGATE_SPOT) => Some(fleet),
        Some(fleet) => loses(&fleet, observed).then_some(fleet),
        None => lost_by(cluster, observed),
    };
    let fleet = fleet.ok_or(Reason::PlacementElsewhere)?;
    let loss = Loss::Placement {
        service: service.clone(),
        reason: reason.to_owned(),
    };
    Ok((loss, fleet, Reason::PlacementCounted))
}

/// Whether this fleet lost something within the window.
fn loses(fleet: &Scope, observed: &Observed) -> bool {
    let mut counts = observed.counts.iter();
    counts.any(|counted| counted.fleet == *fleet)
}

/// The fleet of this cluster that lost something.
fn lost_by(cluster: &ClusterArn, observed: &Observed) -> Option<Scope> {
    let drains = observed.drains.values();
    let here = drains.filter(|drain| drain.places.iter().any(|berth| berth.cluster == *cluster));
    let mut fleets = here.filter_map(crate::drain::instance::scope::fleet_of);
    fleets.find(|fleet| loses(fleet, observed))
}

/// Whether the cluster's tag keeps it out of scope.
pub(super) fn is_off(cluster: &ClusterArn, observed: &Observed) -> bool {
    let cluster = observed.clusters.get(cluster);
    let tag = cluster.and_then(|cluster| cluster.as_ref().ok());
    tag.and_then(|cluster| cluster.drain.value()) == Some(Mode::Off)
}
