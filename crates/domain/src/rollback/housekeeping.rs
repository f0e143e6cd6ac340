//! What is done to a record before anything is decided: what is over is forgotten, and a person's
//! word is taken.

use super::case::{Case, Hand};
use super::fails::Ordered;
use super::guards::DAY;
use super::look::Look;
use super::order::{Freeze, What};
use super::reason::Reason;
use super::record::Record;
use super::sign::Says;
use super::step::Step;
use super::told_case::was_told;

/// What a person said of this service.
#[derive(Default)]
pub(super) struct Asked<'a> {
    /// To roll it back.
    pub(super) rollback: Option<Ordered<'a>>,
    /// What is answered to a freeze or a thaw.
    pub(super) reason: Option<Reason>,
}

/// The record, without what is over: rollbacks of yesterday, a freeze that has ended, a case of
/// which people know how it ended.
pub(super) fn record(look: Look<'_>) -> Record {
    let now = look.moment.now;
    let found = look.before().cloned();
    let mut record = found.unwrap_or_else(|| Record::new(now));
    record.acts.retain(|act| act.at > now - DAY);
    record.frozen = record.frozen.filter(|freeze| !freeze.is_over(now));
    let told = |case: &Case| case.is_over() && was_told(look, case);
    if record.case.as_ref().is_some_and(told) {
        record.case = None;
    }
    record
}

/// Takes what a person says, in the order in which it was said. A thaw starts the count of
/// rollbacks anew.
pub(super) fn obey<'a>(look: Look<'a>, record: &mut Record) -> Asked<'a> {
    let mut asked = Asked::default();
    for sign in look.signs {
        let Says::Order(order) = &sign.says else {
            continue;
        };
        match &order.what {
            What::Rollback { to, .. } => {
                asked.rollback = Some(Ordered {
                    by: &order.by,
                    why: &order.why,
                    to: to.as_deref(),
                });
            }
            What::Freeze { until, .. } => {
                record.frozen = Some(Freeze {
                    by: Some(order.by.clone()),
                    why: order.why.clone(),
                    since: look.moment.now,
                    until: *until,
                });
                asked.reason = Some(Reason::Froze);
            }
            What::Thaw { .. } => {
                record.frozen = None;
                // That there was one try stays known; it counts for nothing.
                for act in &mut record.acts {
                    act.counts = false;
                }
                asked.reason = Some(Reason::Thawed);
            }
        }
    }
    asked
}

/// A service that is not there any more, or nobody's business: nothing of it is watched.
pub(super) fn closed(mut record: Record, reason: Reason) -> Step {
    record.watch = None;
    record.case = None;
    Step::only(record, reason)
}

/// A service at rest: nothing can fail and nothing can prove. A rollback that has to prove does so
/// when it is awake; whatever else was watched is looked at anew then.
pub(super) fn resting(look: Look<'_>, mut record: Record) -> Step {
    let prove = look.moment.policy.prove;
    let soon = look.moment.now + prove / 2;
    let later = look.moment.now + prove;
    match record
        .case
        .as_mut()
        .map(|case| (&mut case.hand, &case.outcome))
    {
        Some((Hand::Us(intent), None)) => {
            // Written now and then, not every minute.
            if intent.until < soon {
                intent.until = later;
            }
        }
        Some((Hand::Ecs { until }, None)) => {
            if *until < soon {
                *until = later;
            }
        }
        Some((Hand::Nobody, None)) => record.case = None,
        Some((_, Some(_))) | None => {}
    }
    if record.case.as_ref().is_none_or(Case::is_over) {
        record.watch = None;
    }
    Step::only(record, Reason::AtRest)
}
