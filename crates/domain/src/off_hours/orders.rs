//! What a person ordered: what is in force of it, and what becomes of it.

use super::decision::Decision;
use super::moment::Moment;
use super::observed::Service;
use super::plan::Declined;
use crate::arn::ServiceArn;
use crate::hold::{Hold, Holder, Holds};
use crate::order::{Asked, Order};
use crate::resting::{Action, Reason, Sight};

/// What keeps a service awake by a person's order: the one just given, or the one there is.
pub(super) fn in_force(service: &Service) -> Option<&Order> {
    match &service.asked {
        Some(Asked::Wake(Some(order))) => Some(order),
        Some(Asked::Rest(_)) => None,
        Some(Asked::Wake(None)) | None => service.order.as_ref(),
    }
}

/// The holds with the person's as they ask for it now, or as they ordered it before.
pub(super) fn with_operator(service: &Service, there: Holds, moment: Moment<'_>) -> Holds {
    match &service.asked {
        Some(Asked::Rest(hold)) => there.with_replaced(Holder::Operator, hold.clone()),
        Some(Asked::Wake(_)) => there.without(Holder::Operator),
        None => match waiting(service, moment) {
            Some(hold) if !placed(&there, &hold) => there.with_replaced(Holder::Operator, hold),
            _ => there,
        },
    }
}

/// Whether a person's hold joins what was there, or takes the place of an older one of theirs.
pub(super) fn places(holds: &Holds, there: &Holds) -> bool {
    let hold = holds.get(Holder::Operator);
    hold.is_some() && hold != there.get(Holder::Operator)
}

/// The hold that an order to rest is still to become.
fn waiting(service: &Service, moment: Moment<'_>) -> Option<Hold> {
    let order = service.order.as_ref()?;
    let hold = order.hold()?;
    (!order.is_over(moment.now) && !is_about_another(service, order)).then_some(hold)
}

/// Whether these holds have this one of a person, or a later one that took its place.
fn placed(holds: &Holds, hold: &Hold) -> bool {
    let there = holds.get(Holder::Operator);
    there.is_some_and(|there| there.since >= hold.since)
}

/// Whether it was given for a service that was deleted since, and this one has its name.
fn is_about_another(service: &Service, order: &Order) -> bool {
    matches!(&service.sight, Sight::Live(live) if live.created_at > order.since)
}

/// Adds to a decision what becomes of a person's order.
///
/// A new one is written down. So is a rest that cannot be carried out yet, so that a later run does
/// it. One that is there is withdrawn when it has ended, when a person says otherwise, or when it
/// has become a hold: then after the record of that, so that a crash in between loses nothing.
pub(super) fn follow(
    mut decision: Decision,
    arn: &ServiceArn,
    service: &Service,
    moment: Moment<'_>,
) -> Decision {
    let heeded = !matches!(
        decision.reason,
        Reason::MalformedTag | Reason::NotTagged | Reason::Deleted
    );
    let given = match service.asked.as_ref().filter(|_| heeded) {
        Some(Asked::Wake(Some(order))) => Some(order.clone()),
        Some(Asked::Rest(hold)) if has_to_wait(&decision) => Some(Order::to_rest(hold)),
        _ => None,
    };
    if let Some(order) = given {
        let service = arn.clone();
        decision.actions.insert(0, Action::Order { service, order });
        return decision;
    }
    let Some(order) = &service.order else {
        return decision;
    };
    let withdrawal = Action::WithdrawOrder {
        service: arn.clone(),
        order: order.clone(),
    };
    match order.hold() {
        Some(hold) if becomes(service, &decision, &hold) => decision.actions.push(withdrawal),
        _ if ends(service, order, &decision, moment) => decision.actions.insert(0, withdrawal),
        _ => {}
    }
    decision
}

/// What a person asks for, if it is not to be, however long it waits.
pub(super) fn declined(
    arn: &ServiceArn,
    service: &Service,
    decision: &Decision,
    moment: Moment<'_>,
) -> Option<Declined> {
    let never = matches!(
        decision.reason,
        Reason::MalformedTag | Reason::NotTagged | Reason::Deleted | Reason::NotActive
    );
    let heeded = match service.asked.as_ref()? {
        Asked::Rest(hold) => {
            let claimed = decision.reason == Reason::ClaimedElsewhere;
            claimed || has_to_wait(decision) || becomes(service, decision, hold)
        }
        Asked::Wake(_) => !never,
    };
    let malformed = service.intent.problems.iter().find(|one| !one.ignored());
    let why = match (&decision.reason, malformed) {
        (Reason::MalformedTag, Some(one)) => {
            format!("{}: {}: {}", decision.reason, one.key, one.error)
        }
        (reason, _) if never => reason.to_string(),
        _ if moment.closing => "the suite is about to be deleted".to_owned(),
        _ if !service.intent.is_ours() => Reason::NotTagged.to_string(),
        (reason, _) => reason.to_string(),
    };
    let service = arn.clone();
    (!heeded).then_some(Declined { service, why })
}

/// Whether something is in the way of a rest that a person asks for, and will be over.
fn has_to_wait(decision: &Decision) -> bool {
    matches!(
        decision.reason,
        Reason::DeploymentInProgress | Reason::CreatedAnew
    )
}

/// Whether an order to rest is a hold with this decision, or was before.
fn becomes(service: &Service, decision: &Decision, hold: &Hold) -> bool {
    let there = service.rest.as_ref().map(|rest| &rest.holds);
    let written = decision.actions.iter().filter_map(|action| match action {
        Action::RecordService { rest, .. } => Some(&rest.holds),
        _ => None,
    });
    let asked = matches!(service.asked, Some(Asked::Wake(_)));
    !asked && written.chain(there).any(|holds| placed(holds, hold))
}

/// Whether an order ends without having become a hold.
fn ends(service: &Service, order: &Order, decision: &Decision, moment: Moment<'_>) -> bool {
    let otherwise = match (&service.asked, order.hold()) {
        (Some(Asked::Wake(_)), Some(_)) => true,
        (Some(Asked::Rest(hold)), None) => {
            let acts = |action: &Action| matches!(action, Action::RecordService { rest, .. } if placed(&rest.holds, hold));
            decision.actions.iter().any(acts)
        }
        _ => false,
    };
    let for_nothing = order.hold().is_some() && never_to_be(service, order, decision, moment);
    order.is_over(moment.now) || otherwise || for_nothing
}

/// Whether an order to rest cannot be carried out any more, however long it waits.
fn never_to_be(service: &Service, order: &Order, decision: &Decision, moment: Moment<'_>) -> bool {
    let gone = matches!(
        decision.reason,
        Reason::NotTagged | Reason::Deleted | Reason::Daemon | Reason::ControlledElsewhere
    );
    gone || moment.closing || is_about_another(service, order)
}
