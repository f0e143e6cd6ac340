//! What a person ordered: what is in force of it, and what becomes of it.

use jiff::Timestamp;

use super::observed::Service;
use super::plan::Action;
use super::reason::Reason;
use crate::arn::ServiceArn;
use crate::order::{Asked, Order};

/// What keeps a service awake by a person's order: the one just given, or the one there is.
pub(super) fn in_force(service: &Service) -> Option<&Order> {
    match &service.asked {
        Some(Asked::Wake(Some(order))) => Some(order),
        Some(Asked::Rest(_)) => None,
        Some(Asked::Wake(None)) | None => service.order.as_ref(),
    }
}

/// What becomes of a person's order: a new one is written down, and the one there is withdrawn
/// when it has expired or the person asks for rest. Nothing is written about a service that is
/// not ours to change.
pub(super) fn step(
    arn: &ServiceArn,
    service: &Service,
    reason: &Reason,
    now: Timestamp,
) -> Option<Action> {
    let withdrawn = |order: &Order| Action::WithdrawOrder {
        service: arn.clone(),
        order: order.clone(),
    };
    let heeded = !matches!(
        reason,
        Reason::MalformedTag | Reason::NotTagged | Reason::Deleted
    );
    match (service.asked.as_ref().filter(|_| heeded), &service.order) {
        (Some(Asked::Wake(Some(order))), _) => Some(Action::Order {
            service: arn.clone(),
            order: order.clone(),
        }),
        (Some(Asked::Rest(_)), Some(order)) => Some(withdrawn(order)),
        (_, Some(order)) if order.until <= now => Some(withdrawn(order)),
        _ => None,
    }
}
