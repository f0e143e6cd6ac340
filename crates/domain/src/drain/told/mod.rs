//! What people are told: which concerns stand, and which are over.

pub(super) mod drainability;
pub(super) mod drains;
pub(super) mod hooks;
pub(super) mod losses;
pub(super) mod passing;
pub(super) mod strategies;
pub(super) mod subject;
pub(super) mod survey;

use super::decision::{Steps, round};
use super::instance::ending::is_whole;
use super::moment::Moment;
use super::seen::world::Observed;
use super::surge::{Change, Tallies};
use crate::tag::Tagged;

use crate::announcement::{Announcement, ConcernKey};
use crate::arn::{ClusterArn, ServiceArn};
use crate::concern::{Concern, Over, announcements};
use crate::notice::{Kind, fact};

/// What has to be announced, and what is forgotten without a word.
pub(super) fn told(
    steps: &Steps<'_>,
    tallies: &Tallies<'_>,
    changes: &[Change],
    observed: &Observed,
    moment: Moment<'_>,
) -> (Vec<Announcement>, Vec<ConcernKey>) {
    let mut standing = drains::stuck(steps, observed, moment);
    standing.extend(hooks::waiting(steps, observed, moment));
    standing.extend(passing::passing(steps, moment));
    standing.extend(losses::surges(changes, tallies, observed, moment));
    standing.extend(losses::not_replaced(steps, observed, moment));
    standing.extend(survey::not_drainable(observed, moment));
    standing.extend(malformed(observed, moment));
    let over = |key: &ConcernKey| over(key, changes, observed, moment);
    // What was told in other words before began then.
    for concern in &mut standing {
        let before = observed.announced.get(&concern.key());
        concern.since = before.map_or(concern.since, |told| told.since.min(concern.since));
    }
    announcements(standing, &observed.announced, over, moment.origin())
}

/// The tags that cannot be read.
fn malformed(observed: &Observed, moment: Moment<'_>) -> Vec<Concern> {
    let mut concerns = Vec::new();
    for (arn, cluster) in &observed.clusters {
        let Ok(cluster) = cluster else { continue };
        let carrier = format!("cluster {}", arn.name());
        let tags = [
            (super::DRAIN, wrong(&cluster.drain)),
            (super::STANDALONE, wrong(&cluster.standalone)),
        ];
        concerns.extend(mistyped(arn.as_str(), &carrier, &tags, moment));
    }
    for (arn, service) in &observed.services {
        let Ok(Some(service)) = service else { continue };
        let tags = [(super::DRAIN, wrong(&service.drain))];
        concerns.extend(mistyped(
            arn.as_str(),
            &format!("service {arn}"),
            &tags,
            moment,
        ));
    }
    for (name, group) in &observed.groups {
        let Ok(group) = group else { continue };
        let tags = [(super::DRAIN, wrong(&group.drain))];
        let arn = subject::group(name, moment);
        concerns.extend(mistyped(&arn, &format!("group {name}"), &tags, moment));
    }
    concerns
}

/// What a tag says that cannot be read, and what is wrong with it.
fn wrong<T>(tag: &Tagged<T>) -> Option<(&str, &str)> {
    match tag {
        Tagged::Malformed { text, error } => Some((text, error)),
        Tagged::Absent | Tagged::Says(_) => None,
    }
}

fn mistyped(
    arn: &str,
    carrier: &str,
    tags: &[(&str, Option<(&str, &str)>)],
    moment: Moment<'_>,
) -> Option<Concern> {
    let wrong = tags
        .iter()
        .filter_map(|(key, wrong)| Some((key, (*wrong)?)));
    let wrong: Vec<_> = wrong.collect();
    let (first, _) = wrong.first()?;
    let mut concern = Concern::about(arn, Kind::DrainTagMalformed, moment.now);
    concern.title = format!("{carrier}: the tag {first} cannot be read");
    for (key, (text, error)) in &wrong {
        concern.text.push_str(text);
        concern.facts.push(fact(key, text));
        concern.facts.push(fact("Wrong", error));
    }
    concern.next = crate::notice::words("Correct the tag. It is read again with every event.");
    Some(concern)
}

/// Whether something that was told is over, as far as this round can say.
fn over(
    key: &ConcernKey,
    changes: &[Change],
    observed: &Observed,
    moment: Moment<'_>,
) -> Option<Over> {
    let kind = Kind::from_name(key.kind)?;
    let says = |title: String| {
        Some(Over {
            kind,
            title: Some(title),
            facts: Vec::new(),
            done: None,
        })
    };
    match kind {
        Kind::DrainStuck | Kind::HookWaits => {
            let round = round(&observed.signs);
            let sees_all = observed.all_drains && round.looking;
            let unread = hooks::cannot_say(key, observed, moment);
            let name = key.subject.rsplit('/').next().unwrap_or_default();
            (sees_all && !unread).then(|| says(format!("{name}: nobody waits for it any more")))?
        }
        Kind::SpotSurge => {
            let of = |change: &&Change| subject::scope(&change.scope, moment) == key.subject;
            let change = changes.iter().find(of);
            if change.is_some_and(|change| change.after.is_some()) {
                return None;
            }
            losses::surge_over(kind, change, observed)
        }
        Kind::SpotTaskNotReplaced => {
            let service = ServiceArn::parse(&key.subject).ok()?;
            let title = format!("{service}: as many tasks run as should");
            let gone = matches!(observed.services.get(&service)?, Ok(None));
            is_whole(&service, observed)?.then_some(Over {
                kind,
                title: (!gone).then_some(title),
                facts: Vec::new(),
                done: None,
            })
        }
        Kind::NotDrainable => {
            let cluster = ClusterArn::parse(&key.subject).ok()?;
            observed.surveys.get(&cluster)?;
            says(format!(
                "cluster {}: every service can leave in time",
                cluster.name()
            ))
        }
        Kind::DrainTagMalformed => {
            let cluster = ClusterArn::parse(&key.subject).ok();
            let service = ServiceArn::parse(&key.subject).ok();
            let read = match (cluster, service) {
                (Some(cluster), _) => observed.clusters.get(&cluster)?.is_ok(),
                (None, Some(service)) => observed.services.get(&service)?.is_ok(),
                (None, None) => {
                    let is = |name: &&String| subject::group(name, moment) == key.subject;
                    let name = observed.groups.keys().find(is)?;
                    observed.groups.get(name)?.is_ok()
                }
            };
            read.then(|| says("the tag can be read".to_owned()))?
        }
        _ => None,
    }
}
