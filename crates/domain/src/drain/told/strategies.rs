//! What is told of services that run on On-Demand capacity while a surge lasts.

use super::drains::counted;
use crate::arn::ServiceArn;
use crate::drain::moment::Moment;
use crate::drain::seen::surge::{Incident, RaisedStrategy};
use crate::drain::seen::world::Observed;
use crate::drain::surge::shares::share_of;
use crate::drain::surge::strategies::there;

/// How many services a notice names.
const NAMED: usize = 5;

/// What a surge's text ends with once services were given another strategy, so that it is told again
/// then.
pub(super) const RAISED: &str = ", services raised";

/// Whether services were seen to have the strategy that they were given.
pub(super) fn is_raised(incident: &Incident) -> bool {
    let mut raised = incident.strategies.values();
    raised.any(is_seen)
}

fn is_seen(raised: &RaisedStrategy) -> bool {
    raised.seen != raised.saved
}

/// What was raised, and when it goes back.
pub(in crate::drain) fn raised(incident: &Incident, moment: Moment<'_>) -> Option<String> {
    let seen = incident.strategies.iter().filter(|(_, one)| is_seen(one));
    let seen: Vec<(&ServiceArn, &RaisedStrategy)> = seen.collect();
    if seen.is_empty() {
        return None;
    }
    let named = seen.iter().take(NAMED).map(|(arn, one)| {
        let share = |strategy| {
            let (base, weight) = share_of(strategy, &one.provider);
            format!("base {base} and weight {weight}")
        };
        let (from, to) = (share(&one.saved), share(&one.seen));
        format!(
            "{} in {}, {}: {from} to {to}",
            arn.name(),
            arn.cluster(),
            one.provider
        )
    });
    let named: Vec<String> = named.collect();
    let services = counted(seen.len(), "service", "services");
    let and_more = match seen.len() > NAMED {
        true => " and others",
        false => "",
    };
    let minutes = moment.policy.surge.calm.as_mins();
    Some(format!(
        "gave {services} more On-Demand capacity ({}{and_more}), to be given back after {minutes} \
         minutes of calm",
        named.join("; ")
    ))
}

/// Who has its own strategy again, and who has one that somebody else gave it.
pub(in crate::drain) fn given_back(incident: &Incident, observed: &Observed) -> Option<String> {
    let (mut back, mut left) = (0, 0);
    for (arn, one) in incident.strategies.iter().filter(|(_, one)| is_seen(one)) {
        let Some(service) = there(arn, observed) else {
            continue;
        };
        match service.strategy == one.saved {
            true => back += 1,
            false => left += 1,
        }
    }
    let services = |count| counted(count, "service", "services");
    match (back, left) {
        (0, 0) => None,
        (back, 0) => Some(format!("gave {} back the strategy it had", services(back))),
        (0, left) => Some(format!(
            "left {} with the strategy it has now",
            services(left)
        )),
        (back, left) => Some(format!(
            "gave {} back the strategy it had and left {left} with what somebody set since",
            services(back)
        )),
    }
}
