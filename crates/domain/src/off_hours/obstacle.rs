//! What keeps a service awake although something holds it.

use jiff::Timestamp;

use super::moment::Moment;
use super::observed::Service;
use super::orders::in_force;
use crate::hold::{Holder, Holds};
use crate::resting::{Deployment, Kind, Live, Reason};

/// Why a service is not put to rest now, if it is not.
pub(super) fn obstacle(
    service: &Service,
    live: &Live,
    holds: &Holds,
    moment: Moment<'_>,
) -> Option<Reason> {
    match live.kind {
        Kind::Replica => {}
        Kind::Daemon => return Some(Reason::Daemon),
        Kind::CodeDeploy | Kind::External => return Some(Reason::ControlledElsewhere),
    }
    if !live.active {
        return Some(Reason::NotActive);
    }
    let deployment = live.deployment.as_ref()?;
    if deployment.in_progress {
        return (!out_of_patience(deployment, moment)).then_some(Reason::DeploymentInProgress);
    }
    let until = grace_ends(service, live, deployment, moment)?;
    let spared = only_the_night(holds) && until > moment.now;
    spared.then_some(Reason::InGrace { until })
}

/// Whether a deployment in progress has been waited for as long as the rules say.
pub(super) fn out_of_patience(deployment: &Deployment, moment: Moment<'_>) -> bool {
    let age = moment.now.duration_since(deployment.created_at);
    deployment.in_progress && age >= moment.policy.deployment_patience
}

/// Whether nothing but the night holds it: the grace and the floor are for the night alone.
pub(super) fn only_the_night(holds: &Holds) -> bool {
    holds.iter().all(|(holder, _)| holder == Holder::OffHours)
}

/// Whether nothing but a spent budget holds it.
pub(super) fn only_the_budget(holds: &Holds) -> bool {
    holds.iter().all(|(holder, _)| holder == Holder::Budget)
}

/// When the grace of a service that is new or redeployed at night ends; none if that happened by
/// day.
fn grace_ends(
    service: &Service,
    live: &Live,
    deployment: &Deployment,
    moment: Moment<'_>,
) -> Option<Timestamp> {
    let born = deployment.created_at.max(live.created_at);
    let at_night = service.intent.rests(in_force(service), born);
    at_night.then(|| {
        born.saturating_add(moment.policy.night_grace)
            .unwrap_or(born)
    })
}
