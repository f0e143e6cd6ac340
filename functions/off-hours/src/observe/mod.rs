//! One look at the world: what is tagged, what the ledger remembers, what ECS says.

mod discover;
mod groups;
mod live;
mod services;
mod targets;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use domain::arn::ServiceArn;
use domain::off_hours::{ConcernKey, Moment, Observed, Service, Sight, Told};
use domain::order::Asked;
use jiff::Timestamp;
use ledger::Standing;

use crate::{Aws, Failure, Settings};
use discover::Tagged;

/// Where to look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Everything that is tagged or remembered.
    Everything,
    /// Everything that is remembered.
    EverythingHeld,
    /// One service.
    Service(ServiceArn),
    /// One service by its ARN or as `CLUSTER/NAME`, and what a person asks for it.
    Asked {
        /// The service.
        service: String,
        /// What for.
        asked: Asked,
    },
}

/// What was seen, and what could not be.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) observed: Observed,
    /// What could not be looked at, by name. It is left alone; the run ends in a failure.
    pub(crate) unseen: Vec<(String, Failure)>,
}

/// Looks at everything in scope.
pub(crate) async fn observe(
    aws: &Aws,
    settings: &Settings,
    scope: &Scope,
    moment: Moment<'_>,
) -> Result<Seen, Failure> {
    let standing = aws.ledger.standing().await?;
    let mut tagged = discover::tagged(aws, settings, scope, &standing).await?;
    let mut seen = Seen {
        observed: Observed {
            announced: announced(&standing),
            closing: standing.closing,
            alone: matches!(scope, Scope::Service(_)),
            ..Observed::default()
        },
        unseen: unreadable(&standing),
    };
    seen.unseen.append(&mut tagged.unseen);
    candidates(&mut seen, settings, scope, &standing, &tagged, moment.now)?;
    let named = matches!(scope, Scope::Service(_));
    services::look(aws, settings, &mut seen, &tagged, named, moment.now).await;
    if matches!(scope, Scope::Everything | Scope::EverythingHeld) {
        groups::look(aws, settings, &mut seen, &standing).await;
    }
    targets::look(aws, &mut seen, moment).await;
    Ok(seen)
}

/// Everything in scope that is tagged or remembered, before ECS is asked about it.
fn candidates(
    seen: &mut Seen,
    settings: &Settings,
    scope: &Scope,
    standing: &Standing,
    tagged: &Tagged,
    now: Timestamp,
) -> Result<(), Failure> {
    let told = told(standing);
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
        let intent = tagged.intent(arn, &settings.policy);
        // The tags of a service that an event names come with ECS's answer.
        let ours = intent.is_ours()
            || standing.services.contains_key(arn)
            || told.contains(arn)
            || ordered.contains(arn)
            || matches!(scope, Scope::Service(_));
        if !ours || left_alone.contains(arn.as_str()) {
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
        Scope::Asked { service, .. } if seen.observed.services.is_empty() => {
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
fn left_alone(standing: &Standing) -> BTreeSet<&str> {
    let items = standing.unreadable.iter();
    items
        .filter_map(|item| item.item.split_once('#').map(|(_, arn)| arn))
        .collect()
}

fn announced(standing: &Standing) -> BTreeMap<ConcernKey, Told> {
    let known = standing.announced.iter();
    known
        .filter_map(|((arn, kind), told)| {
            let kind = domain::notice::Kind::from_name(kind)?.name();
            Some((
                ConcernKey {
                    subject: arn.clone(),
                    kind,
                },
                told.clone(),
            ))
        })
        .collect()
}

fn unreadable(standing: &Standing) -> Vec<(String, Failure)> {
    let items = standing.unreadable.iter();
    items
        .map(|item| (item.item.clone(), Failure::Unreadable(item.clone())))
        .collect()
}
