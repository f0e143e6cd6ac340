//! What ECS says of the services in scope, and what their tasks cost.

use std::collections::BTreeSet;

use domain::arn::ServiceArn;
use domain::budget::{Intent, PATIENCE, Service, is_at_rest};
use domain::hold::Holds;
use domain::rest::ServiceRest;
use domain::resting::{Live, Sight};
use edge::services::look as ask;
use edge::tagged::Tagged;
use jiff::Timestamp;
use ledger::Standing;

use super::scope::{held, intent};
use super::{Seen, left_alone, prices};
use crate::{Aws, Settings};

/// Looks at every service in scope. What cannot be seen is left alone, and what of that is held for
/// a budget keeps its restore open.
pub(super) async fn look(
    aws: &Aws,
    settings: &Settings,
    seen: &mut Seen,
    standing: &Standing,
    tagged: &Tagged,
    now: Timestamp,
) {
    // What runs where nobody could look is not free of charge.
    seen.observed.uncounted = !tagged.unseen.is_empty();
    let unseen = tagged.unseen.iter();
    let unseen = unseen.map(|(what, failure)| (what.clone(), failure.to_string()));
    for (what, reason) in unseen {
        let call = "the look at a cluster";
        seen.unseen
            .push((what, edge::Failure::Refused { call, reason }.into()));
    }
    let candidates = candidates(standing, tagged);
    let hidden = |arn: &ServiceArn| tagged.unseen_clusters.contains(&arn.cluster_arn());
    seen.observed.held_unseen |= held(standing).any(hidden);
    let answers = ask(&aws.edge, candidates).await;
    for (arn, looked) in answers.looked {
        let live = match looked.sight {
            Sight::Live(live) => live,
            Sight::Missing => {
                seen.observed.gone.insert(arn);
                continue;
            }
            Sight::NotLookedAt => continue,
        };
        let rest = standing.services.get(&arn).cloned();
        let intent = intent(&arn, &looked.tags, tagged);
        let service = service(&live, rest.as_ref(), intent, now);
        seen.observed.services.insert(arn.clone(), service);
        seen.changeable.insert(arn, (live, rest));
    }
    seen.observed.services_unseen = !tagged.unseen.is_empty() || !answers.unseen.is_empty();
    let held: BTreeSet<&ServiceArn> = held(standing).collect();
    for (batch, failure) in answers.unseen {
        seen.observed.held_unseen |= batch.iter().any(|arn| held.contains(arn));
        let names: Vec<String> = batch.iter().map(ToString::to_string).collect();
        seen.unseen.push((names.join(", "), failure.into()));
    }
    prices::look(aws, settings, seen).await;
}

/// The services to ask about. What another version wrote about a service leaves it alone.
fn candidates(standing: &Standing, tagged: &Tagged) -> BTreeSet<ServiceArn> {
    let tagged_ones = tagged.services.iter().filter(|(arn, own)| {
        let hidden = tagged.unseen_clusters.contains(&arn.cluster_arn());
        !hidden && intent(arn, own, tagged) != Intent::Untagged
    });
    let told = standing.announced.keys().filter_map(|(subject, kind)| {
        let ours = kind.starts_with("budget-");
        ours.then(|| ServiceArn::parse(subject).ok()).flatten()
    });
    let known = held(standing).cloned().chain(told);
    let known = known.filter(|arn| !tagged.unseen_clusters.contains(&arn.cluster_arn()));
    let left_alone: BTreeSet<&str> = left_alone(standing, "service").collect();
    tagged_ones
        .map(|(arn, _)| arn.clone())
        .chain(known)
        .filter(|arn| !left_alone.contains(arn.as_str()))
        .collect()
}

/// A service as the decision sees it. A record that was handed back, or that is about another
/// service of this name, holds nothing.
fn service(live: &Live, rest: Option<&ServiceRest>, intent: Intent, now: Timestamp) -> Service {
    let rest = rest.filter(|rest| is_at_rest(live, rest));
    let deploying = live.deployment.as_ref().is_some_and(|deployment| {
        let age = now.duration_since(deployment.created_at);
        deployment.in_progress && age < PATIENCE
    });
    Service {
        intent,
        kind: live.kind,
        active: live.active,
        desired: live.desired,
        running: live.running,
        deploying,
        holds: rest.map_or_else(Holds::none, |rest| rest.holds.clone()),
        settled: rest.is_none_or(|rest| rest.settled.is_some()),
        put_down: rest.and_then(|rest| rest.settled),
        hour: None,
    }
}
