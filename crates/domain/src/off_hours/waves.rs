//! Waves: in the morning, a wave starts when the one before is steady.

use std::collections::BTreeMap;

use super::decision::Decision;
use super::moment::Moment;
use super::observed::{Extent, Observed, Service};
use crate::arn::ServiceArn;
use crate::notice::Kind;
use crate::order::Asked;
use crate::resting::{Action, Reason};

/// Holds back what would wake before a lower wave of its cluster is steady. Waves order the
/// services of one cluster; clusters do not wait for each other. Nor does a service that a person
/// wants awake, one that a run began to wake and did not finish, or the deletion of the suite. A run that looked
/// at one service alone leaves the waking to the tick, which sees the others.
pub(super) fn hold_back(
    decisions: &mut BTreeMap<ServiceArn, Decision>,
    observed: &Observed,
    moment: Moment<'_>,
) {
    if moment.closing {
        return;
    }
    let barriers = barriers(decisions, observed, moment);
    for (arn, service) in &observed.services {
        let barrier = barriers.get(arn.cluster()).copied();
        let barrier = barrier.filter(|barrier| *barrier < service.intent.wave);
        let waits_for = match barrier {
            _ if observed.extent == Extent::Alone => Reason::LeftToTheTick,
            Some(barrier) => Reason::WaitsForWave(barrier),
            None => continue,
        };
        let rest = service.rest.as_ref();
        let begun = rest.is_some_and(|rest| rest.waking_for(moment.now).is_some());
        let waits = |decision: &&mut Decision| {
            let asked = matches!(service.asked, Some(Asked::Wake(_)));
            decision.reason == Reason::Wakes && !begun && !asked
        };
        if let Some(decision) = decisions.get_mut(arn).filter(waits) {
            decision.reason = waits_for;
            decision.actions.retain(is_about_an_order);
            decision
                .concerns
                .retain(|concern| !is_of_a_wake(concern.kind));
        }
    }
}

fn is_about_an_order(action: &Action) -> bool {
    matches!(action, Action::Order { .. } | Action::WithdrawOrder { .. })
}

/// Whether it is told of what a wake could not give back.
fn is_of_a_wake(kind: Kind) -> bool {
    matches!(kind, Kind::TargetGone | Kind::NotRestored)
}

/// Per cluster, the lowest wave that later ones have to wait for.
fn barriers<'a>(
    decisions: &BTreeMap<ServiceArn, Decision>,
    observed: &'a Observed,
    moment: Moment<'_>,
) -> BTreeMap<&'a str, u8> {
    let mut barriers = BTreeMap::new();
    for (arn, service) in &observed.services {
        let decision = decisions.get(arn);
        if decision.is_some_and(|decision| comes_up(service, decision, moment)) {
            let wave = service.intent.wave;
            let lowest = barriers.entry(arn.cluster()).or_insert(wave);
            *lowest = wave.min(*lowest);
        }
    }
    barriers
}

/// Whether it is on its way up, and has not been for so long that nobody waits for it any more.
fn comes_up(service: &Service, decision: &Decision, moment: Moment<'_>) -> bool {
    let rest = service.rest.as_ref();
    let age = rest.and_then(|rest| rest.waking_for(moment.now));
    let coming = match decision.reason {
        Reason::Wakes | Reason::NotSteadyYet { .. } => true,
        Reason::ClaimedElsewhere => age.is_some(),
        _ => false,
    };
    coming && age.is_none_or(|age| age < moment.policy.wave_timeout)
}
