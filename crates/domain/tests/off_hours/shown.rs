//! Plans in few words, for assertions and snapshots.

use domain::announcement::Announcement;
use domain::capacity::{Bounds, Suspended};
use domain::off_hours::Plan;
use domain::rest::{Phase, Rest};
use domain::resting::{Action, Errand};

/// A whole plan.
pub(crate) fn plan(plan: &Plan) -> String {
    let mut lines = Vec::new();
    for errand in &plan.errands {
        lines.push(format!("{}: {}", errand.subject, errand.reason.name()));
        lines.extend(steps(errand).iter().map(|step| format!("  {step}")));
    }
    for verdict in &plan.verdicts {
        let next = verdict
            .next
            .map_or_else(|| "never".to_owned(), |edge| edge.at.to_string());
        lines.push(format!(
            "= {}: {:?}, next {next}",
            verdict.subject, verdict.reason
        ));
    }
    lines.extend(
        plan.announcements
            .iter()
            .map(|one| format!("! {}: {}", announcement(one), one.notice.title)),
    );
    lines.join("\n")
}

/// The steps of an errand.
pub(crate) fn steps(errand: &Errand) -> Vec<String> {
    errand.actions.iter().map(step).collect()
}

fn step(action: &Action) -> String {
    match action {
        Action::RecordService { rest, .. } => record(rest),
        Action::RecordGroup { rest, .. } => record(rest),
        Action::CloseService { .. } | Action::CloseGroup { .. } => "close".to_owned(),
        Action::RegisterScalableTarget { bounds, .. } => {
            format!("target {}", self::bounds(*bounds))
        }
        Action::UpdateService { desired, .. } => format!("count {desired}"),
        Action::UpdateAutoScalingGroup { min, .. } => format!("min {min}"),
        Action::Order { .. } => "order".to_owned(),
        Action::WithdrawOrder { .. } => "withdraw order".to_owned(),
    }
}

/// `resting intended`, `waking settled`, and so on.
fn record<C: Clone>(rest: &Rest<C>) -> String {
    let phase = match rest.phase {
        Phase::Resting => "resting",
        Phase::Waking { .. } => "waking",
    };
    let state = match (&rest.settled, &rest.claim) {
        (None, Some(_)) => "intended",
        (Some(_), None) => "settled",
        (None, None) => "neither claimed nor settled",
        (Some(_), Some(_)) => "both claimed and settled",
    };
    format!("{phase} {state}")
}

/// `0-10 suspended`, `2-10`, or `2-10` and what is suspended.
pub(crate) fn bounds(bounds: Bounds) -> String {
    let flags = match bounds.suspended {
        Suspended::ALL => " suspended".to_owned(),
        none if none == Suspended::default() => String::new(),
        some => format!(" {some:?}"),
    };
    format!("{}-{}{flags}", bounds.min, bounds.max)
}

/// `malformed-tag`, or `malformed-tag over`.
pub(crate) fn announcement(announcement: &Announcement) -> String {
    let kind = announcement.notice.kind.name();
    if announcement.notice.resolved {
        format!("{kind} over")
    } else {
        kind.to_owned()
    }
}
