//! The decision of `off-hours`: what is observed → a plan, for every service and group in scope.
//!
//! It compares what should be with what the ledger remembers and with what is, so a lost or
//! doubled tick changes nothing.

mod aftermath;
mod announcements;
mod concerns;
mod decision;
mod group;
mod holds;
mod intent;
mod losses;
mod mistakes;
mod moment;
mod observed;
mod obstacle;
mod orders;
mod plan;
mod refusals;
pub mod savings;
mod service;
mod strange;
mod tags;
mod trouble;
mod turns;
mod unwatched;
mod waves;

use std::collections::BTreeMap;

pub use aftermath::Aftermath;
pub use concerns::{About, Concern};
pub use intent::Intent;
pub use moment::{Moment, Policy};
pub use observed::{Extent, Group, Observed, Service};
pub use plan::{Declined, Plan, Verdict};
pub use strange::{Strange, looks_like_ours, strange};
pub use tags::{Carrier, DEFAULT_WAVE, FLOOR, HOURS, OVERRIDE, Problem, WAVE};

use crate::announcement::{Announcement, ConcernKey};
use crate::arn::ServiceArn;
use crate::resting::{Errand, Reason, Subject};
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
        announcements: announcements(&decisions, observed, moment),
        verdicts: decisions
            .iter()
            .map(|(subject, decision)| verdict(subject, decision, observed, moment))
            .collect(),
        declined: declined(&decisions, observed, moment),
    }
}

/// What a person asks for and is not to be.
fn declined(
    decisions: &BTreeMap<Subject, Decision>,
    observed: &Observed,
    moment: Moment<'_>,
) -> Vec<Declined> {
    let asked = observed.services.iter();
    let asked = asked.filter(|(_, service)| service.asked.is_some());
    asked
        .filter_map(|(arn, service)| {
            let decision = decisions.get(&Subject::Service(arn.clone()))?;
            orders::declined(arn, service, decision, moment)
        })
        .collect()
}

/// What has to be announced of what was decided.
fn announcements(
    decisions: &BTreeMap<Subject, Decision>,
    observed: &Observed,
    moment: Moment<'_>,
) -> Vec<Announcement> {
    let own = decisions.values().flat_map(|decision| &decision.concerns);
    let mut concerns: Vec<Concern> = own.cloned().collect();
    // Who looked at one service of a cluster cannot say how many its tags concern.
    if observed.extent == Extent::Everything {
        concerns.extend(mistakes::of_clusters(observed, moment.now));
    }
    let by_arn: BTreeMap<&str, &Decision> = decisions
        .iter()
        .map(|(subject, decision)| (subject.arn(), decision))
        .collect();
    let right_again = |key: &ConcernKey, kind| match About::of(&key.subject)? {
        About::Subject(subject) if observed.read_tags_of(&subject) => {
            by_arn.get(key.subject.as_str())?.right_again(kind)
        }
        About::Cluster(cluster) if observed.sees_all_of(&cluster) => mistakes::over(kind),
        About::Subject(_) | About::Cluster(_) | About::Services(_) => None,
    };
    let mut announcements =
        announcements::announcements(&concerns, right_again, &observed.announced, moment.now);
    announcements.extend(unwatched::withdrawals(observed, moment));
    announcements
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
