//! The parts of a report, each as JSON or in a line.

use std::collections::BTreeMap;

use domain::off_hours::{Plan, Verdict};
use domain::order::Ordered;
use domain::resting::{Action, Errand, Reason};
use edge::errand::Ending;
use serde_json::{Value, json};

use crate::{Failure, Settings, ask};

/// What could not be looked at, and why.
pub(crate) fn not_seen(unseen: &[(String, Failure)]) -> Vec<Value> {
    let shown = |(what, why): &(String, Failure)| json!({ "what": what, "why": shell::failure::chain(why) });
    unseen.iter().map(shown).collect()
}

/// That not every notice was put on the bus, and why.
pub(super) fn not_told(why: &Failure) -> Value {
    json!({ "what": "the notices", "why": shell::failure::chain(why) })
}

/// The plan in one line: `2 goes-to-rest, 9 awake`.
pub(crate) fn summary(plan: &Plan) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for verdict in &plan.verdicts {
        *counts.entry(verdict.reason.name()).or_default() += 1;
    }
    let parts: Vec<String> = counts
        .iter()
        .map(|(reason, count)| format!("{count} {reason}"))
        .collect();
    if parts.is_empty() {
        "nothing in scope".to_owned()
    } else {
        parts.join(", ")
    }
}

/// How long what is left will take at our share of the bucket that pays for `UpdateService`.
pub(super) fn seconds(settings: &Settings, left: usize) -> i64 {
    let per_second = 5.0 * f64::from(settings.place.bucket_share_percent) / 100.0;
    let left = u32::try_from(left).unwrap_or(u32::MAX);
    // At most a few thousand services, so the float holds the count exactly.
    (f64::from(left) / per_second).ceil() as i64
}

/// A verdict that a reader of the report need not see one by one.
pub(super) fn usual(verdict: &Verdict) -> bool {
    matches!(
        verdict.reason,
        Reason::Awake | Reason::AtRest | Reason::GoesToRest | Reason::Wakes | Reason::ProvedAwake
    )
}

pub(super) fn verdict(verdict: &Verdict) -> Value {
    json!({ "subject": verdict.subject.to_string(), "reason": verdict.reason.name(), "detail": verdict.reason.to_string() })
}

pub(super) fn shown(errand: &Errand, ending: &Ending) -> Value {
    json!({
        "subject": errand.subject.to_string(),
        "reason": errand.reason.name(),
        "ending": ending.name(),
        "why": ending.why(),
        "actions": errand.changes(),
    })
}

/// What an errand wrote down for later, if it did: a rest that has to wait, or until when a service
/// is to be awake.
pub(super) fn remembered(errand: &Errand) -> Option<Value> {
    let order = errand.actions.iter().find_map(|action| match action {
        Action::Order { order, .. } => Some(order),
        _ => None,
    })?;
    let waits_for = match (order.to, &errand.reason) {
        (Ordered::Awake { .. }, _) => None,
        (Ordered::Rest { .. }, Reason::DeploymentInProgress) => Some(
            "a deployment in progress: it rests when that has ended, or when the deployment is as \
             old as DeploymentPatience allows",
        ),
        (Ordered::Rest { .. }, _) => Some("the next tick"),
    };
    Some(json!({
        "service": errand.subject.to_string(),
        "ordered": ask::ordered(order),
        "waits_for": waits_for,
    }))
}
