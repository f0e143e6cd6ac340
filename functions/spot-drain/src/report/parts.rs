//! The parts of a report, each as JSON or in a line.

use std::collections::BTreeMap;

use domain::drain::{Outcome, Plan, Verdict};
use jiff::SignedDuration;
use serde_json::{Value, json};
use shell::json::BadField;

use crate::observe::Trouble;

/// The plan in one line: `2 drains, 1 draining`; where nothing was decided, what is told.
pub(crate) fn summary(plan: &Plan) -> String {
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for verdict in &plan.verdicts {
        *reasons.entry(verdict.reason.name()).or_default() += 1;
    }
    let reasons = reasons.iter();
    let reasons = reasons.map(|(reason, count)| format!("{count} {reason}"));
    let reasons: Vec<String> = reasons.collect();
    match (reasons.is_empty(), plan.announcements.len()) {
        (true, 0) => "nothing to do".to_owned(),
        (true, 1) => "1 notice".to_owned(),
        (true, notices) => format!("{notices} notices"),
        (false, _) => reasons.join(", "),
    }
}

/// What was decided about an instance, a task or a service.
pub(super) fn verdict(one: &Verdict) -> Value {
    json!({
        "about": one.about,
        "decision": one.reason.name(),
        "why": one.reason.to_string(),
    })
}

/// What became of an instance.
pub(crate) fn outcome(one: &Outcome) -> Value {
    json!({
        "instance": one.instance.as_str(),
        "ending": one.ending.name(),
        "provider": one.provider,
        "pool": one.pool.as_ref().map(ToString::to_string),
        "first": one.first.to_string(),
        "lead_seconds": seconds(one.lead),
        "draining_seconds": seconds(one.to_draining),
        "tasks_left": one.left,
        "tasks_stopped_by_us": one.stopped_by_us,
        "tasks_killed": one.killed,
        "tasks_orphaned": one.orphaned,
        "services_not_replaced": one.not_replaced,
        "replacement_seconds": seconds(one.replacement),
        "by_fis": one.by_fis,
    })
}

/// Whole seconds.
pub(super) fn seconds(time: Option<SignedDuration>) -> Option<i64> {
    time.map(|time| time.as_secs())
}

/// What could not be looked at or done, and why.
pub(crate) fn troubles(troubles: &[Trouble]) -> Vec<Value> {
    let shown = |one: &Trouble| {
        let why = shell::failure::chain(&one.failure);
        json!({ "what": one.what, "kind": one.failure.kind(), "why": why })
    };
    troubles.iter().map(shown).collect()
}

/// The messages that could not be read.
pub(super) fn not_read(bad: &[(String, BadField)]) -> Vec<Value> {
    let shown = |(id, bad): &(String, BadField)| json!({ "message": id, "what": bad.field, "why": bad.problem });
    bad.iter().map(shown).collect()
}
