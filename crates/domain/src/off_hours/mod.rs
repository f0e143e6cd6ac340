//! The decision of `off-hours`: what is observed → a plan, for every service and group in scope.
//!
//! It compares what should be with what the ledger remembers and with what is, so a lost or
//! doubled tick changes nothing.

mod concerns;
mod decision;
mod group;
mod holds;
mod intent;
mod moment;
mod observed;
mod obstacle;
mod orders;
mod plan;
mod reason;
pub mod savings;
mod service;
mod steps;
mod tags;
mod trouble;
mod turns;
mod waves;

use std::collections::BTreeMap;

pub use concerns::{Announcement, Concern, ConcernKey, Told};
pub use intent::Intent;
pub use moment::{Moment, Policy};
pub use observed::{Deployment, Group, GroupLive, Kind, Live, Observed, Service, Sight};
pub use plan::{Action, Errand, Plan, Subject, Verdict};
pub use reason::Reason;
pub use tags::{DEFAULT_WAVE, FLOOR, HOURS, OVERRIDE, Problem, Tags, WAVE};

use crate::arn::ServiceArn;
use decision::Decision;

/// Decides about everything in scope.
pub fn decide(observed: &Observed, moment: Moment<'_>) -> Plan {
    let moment = Moment {
        closing: moment.closing || observed.closing,
        ..moment
    };
    let decisions = decisions(observed, moment);
    let errands = decisions
        .iter()
        .filter_map(|(subject, decision)| decision.errand(subject.clone()));
    Plan {
        errands: turns::in_order(errands.collect(), observed),
        announcements: concerns::announcements(&decisions, &observed.announced, moment.now),
        verdicts: decisions
            .iter()
            .map(|(subject, decision)| verdict(subject, decision, observed, moment))
            .collect(),
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

fn decisions(observed: &Observed, moment: Moment<'_>) -> BTreeMap<Subject, Decision> {
    let mut services: BTreeMap<ServiceArn, Decision> = observed
        .services
        .iter()
        .map(|(arn, service)| (arn.clone(), service::decide(arn, service, moment)))
        .collect();
    waves::hold_back(&mut services, observed, moment);
    let services = services
        .into_iter()
        .map(|(arn, decision)| (Subject::Service(arn), decision));
    let groups = observed.groups.iter().map(|(arn, group)| {
        (
            Subject::Group(arn.clone()),
            group::decide(arn, group, moment),
        )
    });
    services.chain(groups).collect()
}

fn verdict(
    subject: &Subject,
    decision: &Decision,
    observed: &Observed,
    moment: Moment<'_>,
) -> Verdict {
    let next = match subject {
        Subject::Service(arn) => observed
            .services
            .get(arn)
            .and_then(|service| service.intent.next(orders::in_force(service), moment.now)),
        Subject::Group(arn) => observed
            .groups
            .get(arn)
            .and_then(|group| group.intent.next(None, moment.now)),
    };
    Verdict {
        subject: subject.clone(),
        reason: decision.reason.clone(),
        next,
    }
}
