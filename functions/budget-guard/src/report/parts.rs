//! The parts of a report, each as JSON or in a line.

use domain::budget::{Answer, Decided, Plan, Verdict};
use domain::resting::Errand;
use edge::errand::Ending;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use shell::json::BadField;

use crate::Failure;

/// The plan in one line: `monthly: over, stops; team: under, armed`.
pub(crate) fn summary(plan: &Plan) -> String {
    let decided = plan.verdicts.iter().map(|one| {
        let (verdict, reason) = (one.verdict.name(), one.reason.name());
        format!("{}: {verdict}, {reason}", one.budget)
    });
    let decided: Vec<String> = decided.collect();
    match decided.is_empty() {
        true => "no budget in scope".to_owned(),
        false => decided.join("; "),
    }
}

/// What was decided about a budget.
pub(crate) fn decided(one: &Decided) -> Value {
    json!({
        "budget": one.budget.as_str(),
        "verdict": one.verdict.name(),
        "why": why(&one.verdict),
        "decision": one.reason.name(),
        "spend": usd(one.spend),
        "ceiling": usd(one.ceiling),
    })
}

/// What a verdict adds to its name.
pub(crate) fn why(verdict: &Verdict) -> Value {
    match verdict {
        Verdict::Under => Value::Null,
        Verdict::Warn(causes) => causes.iter().map(|cause| cause.name()).collect(),
        Verdict::Over { whole: true } => json!("everything is spent"),
        Verdict::Over { whole: false } => json!("enough stops that the rest lasts"),
        Verdict::Implausible {
            rise,
            believed,
            counted,
        } => {
            let (rise, believed) = (usd(Some(*rise)), usd(Some(*believed)));
            json!({ "rise": rise, "believed": believed, "counted": counted })
        }
        Verdict::Blind(blind) => json!(blind.to_string()),
    }
}

/// Money as text, so that no reader makes a float of it.
pub(crate) fn usd(amount: Option<Decimal>) -> Option<String> {
    amount.map(|amount| amount.normalize().to_string())
}

/// What the person who asked is told.
pub(crate) fn answer(answer: &Answer) -> Value {
    match answer {
        Answer::Restoring { up_to, kept_by } => {
            let kept_by: Vec<&str> = kept_by.iter().map(|name| name.as_str()).collect();
            json!({ "restoring": true, "up_to": usd(*up_to), "kept_at_rest_by": kept_by })
        }
        Answer::Allowed { up_to } => json!({ "allowed_up_to": usd(Some(*up_to)) }),
        Answer::Vetoed { until } => json!({ "vetoed_until": until.to_string() }),
        Answer::Refused(refusal) => json!({ "refused": refusal.to_string() }),
    }
}

/// What could not be looked at or done, and why.
pub(crate) fn named(failures: &[(String, Failure)]) -> Vec<Value> {
    let shown = |(what, why): &(String, Failure)| json!({ "what": what, "why": shell::failure::chain(why) });
    failures.iter().map(shown).collect()
}

/// The records that could not be read.
pub(super) fn not_read(bad: &[BadField]) -> Vec<Value> {
    let shown = |bad: &BadField| json!({ "what": bad.field, "why": bad.problem });
    bad.iter().map(shown).collect()
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
