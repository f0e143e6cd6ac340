//! Everything in scope, before ECS is asked about it.

use std::collections::BTreeSet;

use domain::arn::ServiceArn;
use domain::off_hours::Service;
use domain::resting::Sight;
use domain::tag::Tags;
use edge::tagged::Tagged;
use jiff::Timestamp;
use ledger::Standing;

use super::discover::intent;
use super::{Scope, Seen, may_be_unseen};
use crate::{Failure, Settings};

/// Everything in scope that is tagged or remembered, before ECS is asked about it.
pub(super) fn candidates(
    seen: &mut Seen,
    settings: &Settings,
    scope: &Scope,
    standing: &Standing,
    tagged: &Tagged,
    now: Timestamp,
) -> Result<(), Failure> {
    // A look at what is held reads no tags beside it, and so can withdraw nothing.
    let told = match scope {
        Scope::EverythingHeld => BTreeSet::new(),
        _ => told(standing),
    };
    let ordered = ordered(standing, now);
    let known: BTreeSet<&ServiceArn> = tagged
        .services
        .keys()
        .chain(standing.services.keys())
        .chain(&told)
        .chain(ordered.iter().copied())
        .collect();
    let left_alone = left_alone(standing);
    for arn in known {
        let asked = match scope {
            Scope::Everything | Scope::EverythingHeld => None,
            Scope::Service(one) if one == arn => None,
            Scope::Asked { service, asked }
                if service == arn.as_str() || *service == arn.to_string() =>
            {
                Some(asked.clone())
            }
            Scope::Service(_) | Scope::Asked { .. } => continue,
        };
        let none = Tags::new();
        let own = tagged.services.get(arn).unwrap_or(&none);
        let intent = intent(arn, own, tagged, &settings.policy);
        // The tags of a service that an event names come with ECS's answer.
        let ours = intent.is_ours()
            || standing.services.contains_key(arn)
            || told.contains(arn)
            || ordered.contains(arn)
            || matches!(scope, Scope::Service(_));
        let unseen = tagged.unseen_clusters.contains(&arn.cluster_arn());
        let unreadable = left_alone.contains(arn.as_str());
        if ours && unreadable {
            seen.observed.partly.insert(arn.cluster_arn());
        }
        if !ours || unseen || unreadable {
            continue;
        }
        let service = Service {
            intent,
            order: standing.orders.get(arn).cloned(),
            asked,
            rest: standing.services.get(arn).cloned(),
            sight: Sight::NotLookedAt,
        };
        seen.observed.services.insert(arn.clone(), service);
    }
    match scope {
        Scope::Asked { service, .. }
            if seen.observed.services.is_empty() && !may_be_unseen(service, &seen.unseen) =>
        {
            Err(Failure::unusable(
                "service",
                format!(
                    "no service \"{service}\" has a caretaker tag, and neither has its cluster"
                ),
            ))
        }
        _ => Ok(()),
    }
}

/// The services about which something was announced: even if nothing else is known of them any
/// more, that has to be withdrawn.
fn told(standing: &Standing) -> BTreeSet<ServiceArn> {
    let arns = standing.announced.keys().map(|(arn, _)| arn);
    arns.filter_map(|arn| ServiceArn::parse(arn).ok()).collect()
}

/// The services with an order that is still to be carried out, or that has ended: even if nothing
/// else is known of them any more, that has to be withdrawn.
fn ordered(standing: &Standing, now: Timestamp) -> BTreeSet<&ServiceArn> {
    let orders = standing.orders.iter();
    let open = orders.filter(|(_, order)| order.hold().is_some() || order.is_over(now));
    open.map(|(arn, _)| arn).collect()
}

/// The ARNs of which the ledger knows something that this version cannot read, be it the record, an
/// order, or what a later version writes: `KIND#ARN`.
pub(super) fn left_alone(standing: &Standing) -> BTreeSet<&str> {
    let items = standing.unreadable.iter();
    items
        .filter_map(|item| item.item.split_once('#').map(|(_, arn)| arn))
        .collect()
}
