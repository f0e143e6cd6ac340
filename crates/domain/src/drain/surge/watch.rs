//! Services that lost a task to Spot and should have another by now.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::announcement::{Announcement, ConcernKey};
use crate::arn::ServiceArn;
use crate::drain::moment::Moment;
use crate::drain::seen::surge::Loss;
use crate::drain::seen::world::Observed;
use crate::notice::Kind;

/// What a service waits for.
#[derive(Clone, Debug)]
pub(in crate::drain) struct Lack {
    /// Since when it lacks a task.
    pub(in crate::drain) since: Timestamp,
    /// Why ECS finds no place, in its words.
    pub(in crate::drain) trouble: Option<String>,
}

/// The services that lost a task on Fargate Spot, or found no place for one, so long ago that it
/// should be there again. Losses are forgotten with the window of a surge, so half of that is as
/// long as it may take.
pub(in crate::drain) fn overdue(
    observed: &Observed,
    moment: Moment<'_>,
) -> BTreeMap<ServiceArn, Lack> {
    let policy = moment.policy;
    let half = policy.surge.window / 2;
    let patience = policy.replacement.min(half);
    let mut overdue: BTreeMap<ServiceArn, Lack> = BTreeMap::new();
    for counted in &observed.counts {
        let Some(service) = counted.what.service() else {
            continue;
        };
        if counted.at + patience > moment.now {
            continue;
        }
        let lack = overdue.entry(service.clone()).or_insert(Lack {
            since: counted.at,
            trouble: None,
        });
        lack.since = lack.since.min(counted.at);
        if let Loss::Placement { reason, .. } = &counted.what {
            lack.trouble = Some(reason.clone());
        }
    }
    overdue
}

/// The services of which people were told that they lack a task.
pub(in crate::drain) fn told(observed: &Observed) -> Vec<ServiceArn> {
    let kind = Kind::SpotTaskNotReplaced.name();
    let keys = observed.announced.keys().filter(|key| key.kind == kind);
    keys.filter_map(|key| ServiceArn::parse(&key.subject).ok())
        .collect()
}

/// Whether a service lacks a task, as people were told or are told now, and it is not over.
pub(in crate::drain) fn goes_on(announcements: &[Announcement], observed: &Observed) -> bool {
    let ours = |key: &ConcernKey| key.kind == Kind::SpotTaskNotReplaced.name();
    let over = |key: &ConcernKey| {
        let mut gone = announcements.iter().filter(|a| a.told.is_none());
        gone.any(|announcement| announcement.key == *key)
    };
    let mut told = observed.announced.keys().filter(|key| ours(key));
    let mut fresh = announcements.iter().filter(|a| a.told.is_some());
    told.any(|key| !over(key)) || fresh.any(|announcement| ours(&announcement.key))
}
