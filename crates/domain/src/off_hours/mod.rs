//! The decision of `off-hours`: what is observed → a plan, for every service and group in scope.
//!
//! It compares what should be with what the ledger remembers and with what is, so a lost or
//! doubled tick changes nothing.

mod concerns;
mod group;
mod intent;
mod observed;
mod plan;
mod service;
mod trouble;
mod waves;

use std::collections::{BTreeMap, BTreeSet};

pub use concerns::{Announcement, Concern, ConcernKey};
pub use intent::{DEFAULT_WAVE, FLOOR, HOURS, Intent, OVERRIDE, Problem, Tags, WAVE};
pub use observed::{Deployment, Group, GroupLive, Kind, Live, Observed, Policy, Service, Sight};
pub use plan::{Action, Errand, Plan, Reason, Subject, Verdict};
pub use service::Moment;

use crate::arn::{GroupArn, ServiceArn};

/// Decides about everything in scope.
pub fn decide(observed: &Observed, moment: Moment<'_>) -> Plan {
    let mut services: BTreeMap<ServiceArn, service::Decision> = observed
        .services
        .iter()
        .map(|(arn, service)| (arn.clone(), service::decide(arn, service, moment)))
        .collect();
    waves::hold_back(&mut services, observed, moment);
    let groups: BTreeMap<GroupArn, group::Decision> = observed
        .groups
        .iter()
        .map(|(arn, group)| (arn.clone(), group::decide(arn, group, moment)))
        .collect();
    let errands = services
        .iter()
        .filter_map(|(arn, decision)| decision.errand(arn))
        .chain(
            groups
                .iter()
                .filter_map(|(arn, decision)| decision.errand(arn)),
        );
    Plan {
        errands: in_order(errands.collect(), observed),
        announcements: announcements(&services, observed, moment),
        verdicts: verdicts(&services, &groups, observed, moment),
    }
}

/// The services whose scalable target has to be asked for: those whose capacity would change.
pub fn needs_bounds(observed: &Observed, moment: Moment<'_>) -> Vec<ServiceArn> {
    let changes = |errand: &Errand| {
        matches!(
            errand.reason,
            Reason::GoesToRest | Reason::RestsAgain | Reason::Wakes
        )
    };
    decide(observed, moment)
        .errands
        .into_iter()
        .filter(changes)
        .filter_map(|errand| match errand.subject {
            Subject::Service(arn) => Some(arn),
            Subject::Group(_) => None,
        })
        .collect()
}

/// Wakes before rests; instances before the tasks that need them; low waves wake first and rest
/// last. Within a rank the clusters take turns, so that a large one does not starve the others.
fn in_order(errands: Vec<Errand>, observed: &Observed) -> Vec<Errand> {
    let mut turns: BTreeMap<(u8, String), usize> = BTreeMap::new();
    let mut placed: Vec<((u8, usize), Errand)> = errands
        .into_iter()
        .map(|errand| {
            let rank = rank(&errand, observed);
            let cluster = match &errand.subject {
                Subject::Service(arn) => arn.cluster().to_owned(),
                Subject::Group(_) => String::new(),
            };
            let turn = turns.entry((rank, cluster)).or_default();
            *turn += 1;
            ((rank, *turn), errand)
        })
        .collect();
    placed.sort_by_key(|(place, _)| *place);
    placed.into_iter().map(|(_, errand)| errand).collect()
}

fn rank(errand: &Errand, observed: &Observed) -> u8 {
    let wave = match &errand.subject {
        Subject::Service(arn) => observed
            .services
            .get(arn)
            .map_or(DEFAULT_WAVE, |service| service.intent.wave),
        Subject::Group(_) => 0,
    };
    match errand.reason {
        Reason::GoesToRest | Reason::RestsAgain => 30 - wave,
        _ => 10 + wave,
    }
}

fn announcements(
    services: &BTreeMap<ServiceArn, service::Decision>,
    observed: &Observed,
    moment: Moment<'_>,
) -> Vec<Announcement> {
    let of_services = services
        .values()
        .flat_map(|decision| decision.concerns.iter().cloned());
    let of_groups = observed.groups.iter().flat_map(|(arn, group)| {
        let subject = Subject::Group(arn.clone());
        group
            .intent
            .concerns(&subject, group.rest.is_some(), moment.now)
    });
    let concerns: Vec<Concern> = of_services.chain(of_groups).collect();
    let in_scope: BTreeSet<String> = services
        .keys()
        .map(|arn| arn.as_str().to_owned())
        .chain(observed.groups.keys().map(|arn| arn.as_str().to_owned()))
        .collect();
    concerns::announcements(&concerns, &observed.announced, &in_scope, moment.now)
}

fn verdicts(
    services: &BTreeMap<ServiceArn, service::Decision>,
    groups: &BTreeMap<GroupArn, group::Decision>,
    observed: &Observed,
    moment: Moment<'_>,
) -> Vec<Verdict> {
    let of_services = services.iter().map(|(arn, decision)| Verdict {
        subject: Subject::Service(arn.clone()),
        reason: decision.reason.clone(),
        next: observed
            .services
            .get(arn)
            .and_then(|service| service.intent.next(service.order.as_ref(), moment.now)),
    });
    let of_groups = groups.iter().map(|(arn, decision)| Verdict {
        subject: Subject::Group(arn.clone()),
        reason: decision.reason.clone(),
        next: observed
            .groups
            .get(arn)
            .and_then(|group| group.intent.next(None, moment.now)),
    });
    of_services.chain(of_groups).collect()
}
