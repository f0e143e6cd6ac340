//! The holds that there should be now, given those that there are.

use super::intent::Intent;
use super::moment::Moment;
use super::observed::{Group, Service};
use super::orders::{self, with_operator};
use super::unwatched::in_force;
use crate::hold::{Hold, Holder, Holds};
use crate::order::Order;

/// The holds that there should be on a service.
pub(super) fn on_service(service: &Service, there: Holds, moment: Moment<'_>) -> Holds {
    let there = in_force(there, moment);
    if !service.intent.is_ours() {
        // Its tags were removed: what we placed is lifted, and what the budget placed is not ours.
        let theirs = there.without(Holder::OffHours).without(Holder::Operator);
        return if moment.closing {
            Holds::none()
        } else {
            theirs
        };
    }
    let holds = with_operator(service, there, moment);
    by_night(&service.intent, orders::in_force(service), holds, moment)
}

/// The holds that there should be on a group.
pub(super) fn on_group(group: &Group, there: Holds, moment: Moment<'_>) -> Holds {
    by_night(&group.intent, None, there, moment)
}

fn by_night(intent: &Intent, order: Option<&Order>, there: Holds, moment: Moment<'_>) -> Holds {
    if moment.closing {
        return Holds::none();
    }
    let holds = there.at(moment.now);
    if !intent.rests(order, moment.now) {
        return holds.without(Holder::OffHours);
    }
    let hold = Hold {
        by: "off-hours".to_owned(),
        why: intent.why(order, moment.now),
        since: moment.now,
        until: None,
    };
    holds.with(Holder::OffHours, hold)
}
