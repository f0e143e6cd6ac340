//! On-Demand capacity providers in place of Spot's while a surge lasts: a service that names both in its
//! strategy gets more of the former, in proportion and capped, and its own strategy back afterwards.
//!
//! A new strategy is a new deployment of the service, so it waits for the tick, when most of what a
//! surge takes is known, and for deployments that are under way.

use std::collections::{BTreeMap, BTreeSet};

use super::counting::{FARGATE_SPOT, is_off};
use super::fallback::group;
use super::fleet;
use super::shares::{raised_by, share_of};
use crate::arn::ServiceArn;
use crate::drain::decision::round;
use crate::drain::instance::scope::fleet_of;
use crate::drain::moment::Moment;
use crate::drain::plan::StrategyStep;
use crate::drain::seen::exercise::Exercises;
use crate::drain::seen::service::{Service, Weight, percent};
use crate::drain::seen::surge::{Incident, Loss, RaisedStrategy, Scope};
use crate::drain::seen::tags::Mode;
use crate::drain::seen::world::Observed;
use crate::resting::Kind;

/// The capacity provider of Fargate that is not Spot.
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html>.
pub(in crate::drain) const FARGATE: &str = "FARGATE";

/// How many services get another strategy in one round: our choice, well within what `UpdateService`
/// allows in a second and what a run has time for. The next tick goes on with the others.
const STEPS: usize = 10;

/// How many services get another strategy for one surge: our choice, so that all of them fit into the
/// item of the surge with room to spare.
const MOST: usize = 100;

/// What is left to do about strategies before a surge can be closed.
#[derive(Default)]
pub(super) struct Lowering {
    /// The services that get their strategies back now.
    pub(in crate::drain) steps: Vec<StrategyStep>,
    /// Whether there are others, which are being deployed or could not be seen.
    pub(in crate::drain) waits: bool,
}

/// Whether services are moved for a surge of this scope: of Fargate Spot, or of a provider whose group
/// has no On-Demand side that could be raised. A pool's surge is left to the rest of its fleet.
pub(super) fn is_for_services(scope: &Scope, observed: &Observed) -> bool {
    match scope {
        Scope::Provider(name) if name == FARGATE_SPOT => true,
        Scope::Provider(_) => {
            let of = fleet(scope, observed).and_then(|fleet| fleet.group.as_ref());
            let group = of.and_then(|name| group(name, observed));
            group.is_some_and(|group| group.mixed.is_none())
        }
        Scope::Cluster(_) | Scope::Pool(..) => false,
    }
}

/// How many tasks each service lost in a fleet, as far as that is known: those on Fargate Spot, those
/// that were seen on instances that go, and no number for one for whose tasks ECS finds no place.
pub(super) fn losers<'o>(
    scope: &Scope,
    observed: &'o Observed,
    moment: Moment<'_>,
) -> BTreeMap<&'o ServiceArn, u32> {
    let mut losers: BTreeMap<&ServiceArn, u32> = BTreeMap::new();
    let since = moment.now - moment.policy.surge.window;
    let exercises = Exercises::of(observed, moment.now);
    let counts = observed.counts.iter();
    let counts = counts.filter(|counted| counted.fleet == *scope && counted.at > since);
    for counted in counts.filter(|counted| !exercises.caused(counted)) {
        if let Some(service) = counted.what.service() {
            let lost = u32::from(matches!(counted.what, Loss::Task { .. }));
            *losers.entry(service).or_default() += lost;
        }
    }
    let drains = observed.drains.values();
    let drains = drains.filter(|drain| fleet_of(drain).as_ref() == Some(scope));
    for drain in drains.filter(|drain| !drain.heard.by_fis) {
        let owners = drain.tasks.values();
        for service in owners.filter_map(|task| task.owner.service()) {
            *losers.entry(service).or_default() += 1;
        }
    }
    losers
}

/// The services that have to be looked at for a surge, whichever it is.
pub(in crate::drain) fn concerned<'a>(
    incident: &'a Incident,
    observed: &'a Observed,
    moment: Moment<'_>,
) -> BTreeSet<&'a ServiceArn> {
    let mut services: BTreeSet<&ServiceArn> = incident.strategies.keys().collect();
    if moment.policy.fallback.is_some() && is_for_services(&incident.scope, observed) {
        let losers = losers(&incident.scope, observed, moment);
        services.extend(losers.into_keys().take(MOST));
    }
    services
}

/// Gives services more of their On-Demand provider by what they lack, and never above the cap. While
/// the surge lasts it only grows. What somebody else set, or deployed since, is left alone.
pub(in crate::drain) fn raised(
    incident: &mut Incident,
    observed: &Observed,
    moment: Moment<'_>,
) -> Vec<StrategyStep> {
    confirm(incident, observed);
    let mut steps = Vec::new();
    let Some(policy) = &moment.policy.fallback else {
        return steps;
    };
    if !round(&observed.signs).tick || !is_for_services(&incident.scope, observed) {
        return steps;
    }
    let lost = losers(&incident.scope, observed, moment);
    let arns = lost.keys().copied().chain(incident.strategies.keys());
    let arns: BTreeSet<ServiceArn> = arns.cloned().collect();
    for arn in arns {
        let Some(service) = there(&arn, observed) else {
            continue;
        };
        let waits = is_deploying(service) || is_touchable(&arn, service, observed) != Some(true);
        if waits || steps.len() >= STEPS {
            continue;
        }
        let lacks = service.desired.saturating_sub(service.running);
        let missing = lacks.max(lost.get(&arn).copied().unwrap_or(0));
        let more = missing.min(percent(service.desired, policy.cap_percent, false));
        let raise = match incident.strategies.get(&arn) {
            Some(before) => again(before, service, more, moment),
            None if incident.strategies.len() >= MOST => None,
            None if is_raised_for_another(&arn, incident, observed) => None,
            None => first(service, &incident.scope, more, observed, moment),
        };
        if let Some(raise) = raise {
            steps.push(StrategyStep {
                scope: incident.scope.clone(),
                service: arn.clone(),
                from: raise.seen.clone(),
                to: raise.written.clone(),
            });
            incident.strategies.insert(arn, raise);
        }
    }
    steps
}

/// Writes down of what was written that it is there: from then on, what it was before is somebody
/// else's.
fn confirm(incident: &mut Incident, observed: &Observed) {
    for (arn, raised) in &mut incident.strategies {
        let service = there(arn, observed);
        let is_there =
            |service: &Service| is_same(raised, service) && service.strategy == raised.written;
        if service.is_some_and(is_there) {
            raised.seen.clone_from(&raised.written);
        }
    }
}

/// The first raise of a service for a surge, if it names a provider to be raised beside the one that
/// surges.
fn first(
    service: &Service,
    scope: &Scope,
    more: u32,
    observed: &Observed,
    moment: Moment<'_>,
) -> Option<RaisedStrategy> {
    let Scope::Provider(spot) = scope else {
        return None;
    };
    let saved = &service.strategy;
    let is_spot = |entry: &&Weight| entry.provider == *spot;
    saved.iter().find(is_spot)?;
    let mut others = saved.iter().filter(|entry| !is_spot(entry));
    let provider = &others
        .find(|entry| is_on_demand(&entry.provider, observed))?
        .provider;
    Some(RaisedStrategy {
        created_at: service.created_at,
        provider: provider.clone(),
        saved: saved.clone(),
        seen: saved.clone(),
        written: raised_by(saved, provider, service.desired, more)?,
        at: moment.now,
    })
}

/// The next raise: more than before, or the last one once more, if the run that was to do it died and
/// nobody has deployed the service since.
fn again(
    before: &RaisedStrategy,
    service: &Service,
    more: u32,
    moment: Moment<'_>,
) -> Option<RaisedStrategy> {
    if !is_same(before, service) {
        return None;
    }
    let provider = &before.provider;
    let had = share_of(&before.written, provider);
    let target = raised_by(&before.saved, provider, service.desired, more);
    let target = target.filter(|target| share_of(target, provider) > had);
    let grows = service.strategy == before.written && target.is_some();
    let died = service.strategy == before.seen
        && before.seen != before.written
        && !is_deployed_since(service, before);
    (grows || died).then(|| RaisedStrategy {
        seen: service.strategy.clone(),
        written: target.unwrap_or_else(|| before.written.clone()),
        at: moment.now,
        ..before.clone()
    })
}

/// Gives services the strategies back that they had, unless somebody else set them since.
pub(super) fn lowered(incident: &Incident, observed: &Observed) -> Lowering {
    let mut lowering = Lowering::default();
    for (arn, raised) in &incident.strategies {
        let service = match observed.services.get(arn) {
            Some(Ok(Some(service))) => service,
            Some(Ok(None)) => continue,
            Some(Err(_)) | None => {
                lowering.waits = true;
                continue;
            }
        };
        if !is_ours(raised, service) {
            continue;
        }
        let touchable = is_touchable(arn, service, observed);
        if touchable == Some(false) {
            continue;
        }
        if touchable.is_none() || is_deploying(service) || lowering.steps.len() >= STEPS {
            lowering.waits = true;
            continue;
        }
        lowering.steps.push(StrategyStep {
            scope: incident.scope.clone(),
            service: arn.clone(),
            from: service.strategy.clone(),
            to: raised.saved.clone(),
        });
    }
    lowering
}

/// Whether a service has the strategy that we gave it, and not the one it had.
pub(super) fn is_ours(raised: &RaisedStrategy, service: &Service) -> bool {
    let strategy = &service.strategy;
    let written = *strategy == raised.written || *strategy == raised.seen;
    is_same(raised, service) && written && *strategy != raised.saved
}

/// Whether it is the service that was raised, and not one that was created anew with its name.
fn is_same(raised: &RaisedStrategy, service: &Service) -> bool {
    raised.created_at == service.created_at
}

/// A service that was read and is there.
pub(in crate::drain) fn there<'o>(arn: &ServiceArn, observed: &'o Observed) -> Option<&'o Service> {
    observed.services.get(arn)?.as_ref().ok()?.as_ref()
}

fn is_deploying(service: &Service) -> bool {
    let newest = service.deployment.as_ref();
    newest.is_some_and(|deployment| deployment.in_progress)
}

fn is_deployed_since(service: &Service, raised: &RaisedStrategy) -> bool {
    let newest = service.deployment.as_ref();
    newest.is_some_and(|deployment| deployment.created_at >= raised.at)
}

/// Whether ECS takes a new strategy for the service and nobody's tag keeps it out of scope; none if
/// the tags of its cluster could not be read. Only rolling updates take one without a deployment by
/// somebody else.
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html>.
fn is_touchable(arn: &ServiceArn, service: &Service, observed: &Observed) -> Option<bool> {
    let cluster = arn.cluster_arn();
    observed.clusters.get(&cluster)?.as_ref().ok()?;
    let off = service.drain.value() == Some(Mode::Off) || is_off(&cluster, observed);
    Some(service.kind == Kind::Replica && !off)
}

/// Whether another surge has it: its providers may both be Spot's.
fn is_raised_for_another(arn: &ServiceArn, incident: &Incident, observed: &Observed) -> bool {
    let mut others = observed.incidents.iter();
    others.any(|other| other.scope != incident.scope && other.strategies.contains_key(arn))
}

/// Whether a provider's capacity is On-Demand: Fargate's, or that of a group whose policy says so. The
/// instances of a group without such a policy do not say; it is taken for On-Demand if it lost
/// nothing to Spot lately.
fn is_on_demand(name: &str, observed: &Observed) -> bool {
    if name == FARGATE {
        return true;
    }
    let provider = observed.providers.get(name);
    let provider = provider.and_then(|provider| provider.as_ref().ok());
    let of = provider.and_then(|provider| provider.group.as_ref());
    let Some(group) = of.and_then(|name| group(name, observed)) else {
        return false;
    };
    let scope = Scope::Provider(name.to_owned());
    let mut counts = observed.counts.iter();
    let lost = counts.any(|counted| counted.fleet == scope);
    let mut incidents = observed.incidents.iter();
    let surges = incidents.any(|incident| *incident.scope.fleet() == scope);
    group.mixed.is_none_or(|mixed| mixed.percent_above == 100) && !lost && !surges
}
