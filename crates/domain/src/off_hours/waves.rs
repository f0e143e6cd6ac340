//! Waves: in the morning, a wave starts when the one before is steady.

use std::collections::BTreeMap;

use super::observed::{Observed, Sight};
use super::plan::Reason;
use super::service::{Decision, Moment};
use crate::arn::ServiceArn;

/// Holds back what would wake before a lower wave of its cluster is steady. Waves order the
/// services of one cluster; clusters do not wait for each other.
pub(super) fn hold_back(
    decisions: &mut BTreeMap<ServiceArn, Decision>,
    observed: &Observed,
    moment: Moment<'_>,
) {
    let barriers = barriers(decisions, observed, moment);
    for (arn, decision) in decisions.iter_mut() {
        let barrier = barriers.get(arn.cluster()).copied();
        let wave = observed
            .services
            .get(arn)
            .map_or(0, |service| service.intent.wave);
        if decision.reason == Reason::Wakes
            && !moment.closing
            && barrier.is_some_and(|barrier| barrier < wave)
        {
            decision.reason = Reason::WaitsForWave(barrier.unwrap_or_default());
            decision.actions.clear();
        }
    }
}

/// Per cluster, the lowest wave that later ones have to wait for.
fn barriers(
    decisions: &BTreeMap<ServiceArn, Decision>,
    observed: &Observed,
    moment: Moment<'_>,
) -> BTreeMap<String, u8> {
    let mut barriers = BTreeMap::new();
    for (arn, decision) in decisions {
        let Some(service) = observed.services.get(arn) else {
            continue;
        };
        let age = service
            .rest
            .as_ref()
            .and_then(|rest| rest.waking_for(moment.now));
        let patient = age.is_none_or(|age| age < moment.policy.wave_timeout);
        let coming_up = match decision.reason {
            Reason::Wakes | Reason::NotSteadyYet { .. } => true,
            Reason::ClaimedElsewhere => {
                matches!(&service.sight, Sight::Live(live) if !live.steady())
            }
            _ => false,
        };
        if coming_up && patient {
            let lowest = barriers
                .entry(arn.cluster().to_owned())
                .or_insert(service.intent.wave);
            *lowest = (*lowest).min(service.intent.wave);
        }
    }
    barriers
}
