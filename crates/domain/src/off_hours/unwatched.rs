//! When no budget is watched any more there is no budget guard: what it held is let go, and what it
//! told is over. Nobody else is there to do that.

use super::concerns::incident_of;
use super::moment::Moment;
use super::observed::{Extent, Observed};
use crate::announcement::{Announcement, ConcernKey, Told};
use crate::arn::ServiceArn;
use crate::hold::{Holder, Holds};
use crate::notice::{Kind, Next, Notice, Severity, incident};

/// How the names of the kinds begin that the budget guard tells.
const OF_THE_GUARD: [&str; 2] = ["budget-", "free-tier-"];

/// The holds that are still in force: without those that have ended, and without a budget's if
/// nobody watches one.
pub(super) fn in_force(holds: Holds, moment: Moment<'_>) -> Holds {
    let holds = holds.at(moment.now);
    match moment.policy.watches_budgets {
        true => holds,
        false => holds.without(Holder::Budget),
    }
}

/// That what the guard told is over, each once.
pub(super) fn withdrawals(observed: &Observed, moment: Moment<'_>) -> Vec<Announcement> {
    if moment.policy.watches_budgets || observed.extent != Extent::Everything {
        return Vec::new();
    }
    let told = observed.announced.iter();
    let told = told.filter(|(key, _)| OF_THE_GUARD.iter().any(|of| key.kind.starts_with(of)));
    told.filter_map(|(key, told)| withdrawal(key, told, observed, moment))
        .collect()
}

fn withdrawal(
    key: &ConcernKey,
    told: &Told,
    observed: &Observed,
    moment: Moment<'_>,
) -> Option<Announcement> {
    let kind = Kind::from_name(key.kind)?;
    let arn = ServiceArn::parse(&key.subject).ok();
    let arn = arn.as_ref();
    let name = key.subject.split_once(":budget/");
    let about = name.map_or(key.subject.as_str(), |(_, name)| name);
    let then = match kind {
        Kind::BudgetStopped => ": what was stopped comes back",
        _ => "",
    };
    let notice = Notice {
        kind,
        severity: Severity::Digest,
        resource: key.subject.clone(),
        cluster: arn.map(|arn| arn.cluster().to_owned()),
        service: arn.map(|arn| arn.name().to_owned()),
        title: format!("{about}: no budget is watched any more{then}"),
        facts: Vec::new(),
        done: None,
        next: Next {
            what: "Nothing is left to do.".to_owned(),
            command: None,
        },
        unknown: None,
        since: told.since,
        at: moment.now,
        dedupe: told_as(key, kind, observed),
        resolved: true,
    };
    Some(Announcement {
        key: key.clone(),
        told: None,
        notice,
    })
}

/// The incident that it was told as. A budget's ARN has no Region, so the guard took its own, which is
/// that of the services.
fn told_as(key: &ConcernKey, kind: Kind, observed: &Observed) -> String {
    let mut services = observed.services.keys();
    services.next().map_or_else(
        || incident_of(&key.subject, kind),
        |beside| {
            let mut parts = beside.as_str().split(':').skip(3);
            let region = parts.next().unwrap_or_default();
            let account = parts.next().unwrap_or_default();
            incident(account, region, &key.subject, kind)
        },
    )
}
