//! Says what happened: to people, to the journal, to whoever invoked the function.

use std::collections::BTreeMap;

use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use domain::off_hours::{Action, Announcement, Errand, Plan, Reason, Verdict};
use ledger::{Entry, Outcome};
use serde_json::{Value, json};

use crate::apply::Ending;
use crate::event::Work;
use crate::{Aws, Failure, Invocation, Settings};

/// `PutEvents` takes at most 10 entries.
/// Source: <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html>.
const ENTRIES: usize = 10;

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

/// Ends a run: notices, journal, report. Whatever failed on the way is one failure at the end,
/// which makes Lambda deliver the event again.
pub(crate) async fn conclude(
    aws: &Aws,
    settings: &Settings,
    work: &Work,
    plan: &Plan,
    endings: Vec<Ending>,
    unseen: Vec<(String, Failure)>,
    invocation: &Invocation,
) -> Result<Value, Failure> {
    let report = report(settings, work, plan, &endings, &unseen);
    let mut failures = failures(plan, endings, unseen);
    if settings.dry_run {
        return ended(report, failures, plan);
    }
    if let Err(failure) = announce(aws, settings, &plan.announcements).await {
        failures.push(("the notices".to_owned(), failure));
    }
    let entry = entry(settings, work, plan, &report, &failures, invocation);
    if let Err(failure) = aws.ledger.journal(&entry).await {
        failures.push(("the journal".to_owned(), failure.into()));
    }
    ended(report, failures, plan)
}

fn ended(report: Value, failures: Vec<(String, Failure)>, plan: &Plan) -> Result<Value, Failure> {
    let failed = failures.len();
    match failures.into_iter().next() {
        None => Ok(report),
        Some((subject, first)) => Err(Failure::PartlyApplied {
            failed,
            planned: plan.errands.len().max(failed),
            subject,
            first: Box::new(first),
        }),
    }
}

fn failures(
    plan: &Plan,
    endings: Vec<Ending>,
    unseen: Vec<(String, Failure)>,
) -> Vec<(String, Failure)> {
    let failed = plan
        .errands
        .iter()
        .zip(endings)
        .filter_map(|(errand, ending)| match ending {
            Ending::Failed(failure) => Some((errand.subject.to_string(), failure)),
            _ => None,
        });
    unseen.into_iter().chain(failed).collect()
}

fn report(
    settings: &Settings,
    work: &Work,
    plan: &Plan,
    endings: &[Ending],
    unseen: &[(String, Failure)],
) -> Value {
    let done: Vec<(&Errand, &Ending)> = plan.errands.iter().zip(endings).collect();
    let changed: Vec<Value> = done
        .iter()
        .map(|(errand, ending)| shown(errand, ending))
        .collect();
    let left = endings
        .iter()
        .filter(|ending| matches!(ending, Ending::Left))
        .count();
    json!({
        "function": "off-hours",
        "event": work.kind,
        "dry_run": settings.dry_run,
        "summary": summary(plan),
        "changed": changed,
        "not_as_usual": plan.verdicts.iter().filter(|verdict| !usual(verdict)).map(verdict).collect::<Vec<_>>(),
        "not_seen": unseen.iter().map(|(name, failure)| json!({ "what": name, "why": shell::failure::chain(failure) })).collect::<Vec<_>>(),
        "notices": plan.announcements.iter().map(|one| one.notice.title.clone()).collect::<Vec<_>>(),
        "left": left,
        "elsewhere": elsewhere(plan, endings),
        "left_takes_seconds": seconds(settings, left),
    })
}

/// How many services and groups are another run's to finish.
fn elsewhere(plan: &Plan, endings: &[Ending]) -> usize {
    let overtaken = endings
        .iter()
        .filter(|ending| matches!(ending, Ending::Overtaken));
    let claimed = plan
        .verdicts
        .iter()
        .filter(|verdict| verdict.reason == Reason::ClaimedElsewhere);
    overtaken.count() + claimed.count()
}

/// How long what is left will take at our share of the bucket that pays for `UpdateService`.
fn seconds(settings: &Settings, left: usize) -> u64 {
    let per_second = 5.0 * f64::from(settings.bucket_share_percent) / 100.0;
    let left = u32::try_from(left).unwrap_or(u32::MAX);
    // At most a few thousand services, so the float holds the count exactly.
    (f64::from(left) / per_second).ceil() as u64
}

/// A verdict that a reader of the report need not see one by one.
fn usual(verdict: &Verdict) -> bool {
    matches!(
        verdict.reason.name(),
        "awake" | "at-rest" | "goes-to-rest" | "wakes" | "proved-awake"
    )
}

fn verdict(verdict: &Verdict) -> Value {
    json!({ "subject": verdict.subject.to_string(), "reason": verdict.reason.name(), "detail": format!("{:?}", verdict.reason) })
}

fn shown(errand: &Errand, ending: &Ending) -> Value {
    let (ending, why) = match ending {
        Ending::Done => ("done", None),
        Ending::Shown => ("dry-run", None),
        Ending::Overtaken => ("overtaken", None),
        Ending::Left => ("left", None),
        Ending::Failed(failure) => ("failed", Some(shell::failure::chain(failure))),
    };
    json!({
        "subject": errand.subject.to_string(),
        "reason": errand.reason.name(),
        "ending": ending,
        "why": why,
        "actions": errand.actions.iter().filter(|action| action.changes_capacity()).map(line).collect::<Vec<_>>(),
    })
}

/// A change of capacity in words.
fn line(action: &Action) -> String {
    match action {
        Action::UpdateService { desired, .. } => format!("desired count {desired}"),
        Action::RegisterScalableTarget { bounds, .. } => {
            let flags = [
                bounds.suspended.scaling_in,
                bounds.suspended.scaling_out,
                bounds.suspended.scheduled,
            ];
            let suspended = flags.iter().filter(|flag| **flag).count();
            format!(
                "scalable target minimum {}, {suspended} of 3 suspended",
                bounds.min
            )
        }
        Action::UpdateAutoScalingGroup { min, .. } => format!("group minimum {min}"),
        other => format!("{other:?}"),
    }
}

/// Puts the notices on the bus, then remembers them: a crash in between repeats a notice, which
/// the pager recognises, and never loses one.
async fn announce(
    aws: &Aws,
    settings: &Settings,
    announcements: &[Announcement],
) -> Result<(), Failure> {
    const CALL: &str = "PutEvents";
    for batch in announcements.chunks(ENTRIES) {
        let entries = batch.iter().map(|one| {
            PutEventsRequestEntry::builder()
                .event_bus_name(&settings.event_bus)
                .source(notices::SOURCE)
                .detail_type(notices::DETAIL_TYPE)
                .resources(&one.notice.resource)
                .detail(notices::encode(&one.notice).to_string())
                .build()
        });
        let call = aws.events.put_events().set_entries(Some(entries.collect()));
        let reply = call.send().await.map_err(Failure::call(CALL))?;
        // EventBridge answers 200 and counts what it refused.
        if reply.failed_entry_count() > 0 {
            let refused = reply
                .entries()
                .iter()
                .find_map(|entry| entry.error_message());
            return Err(Failure::Refused {
                call: CALL,
                reason: refused.unwrap_or("no reason given").to_owned(),
            });
        }
        for one in batch {
            match &one.told {
                Some(told) => {
                    aws.ledger
                        .announced(&one.key.subject, one.key.kind, told)
                        .await?
                }
                None => aws.ledger.withdrawn(&one.key.subject, one.key.kind).await?,
            }
        }
    }
    Ok(())
}

fn entry(
    settings: &Settings,
    work: &Work,
    plan: &Plan,
    report: &Value,
    failures: &[(String, Failure)],
    invocation: &Invocation,
) -> Entry {
    let changed = report["changed"].as_array().into_iter().flatten();
    let odd = report["not_as_usual"].as_array().into_iter().flatten();
    Entry {
        at: invocation.now,
        function: "off-hours",
        event: work.event.clone(),
        kind: work.kind.to_owned(),
        summary: summary(plan),
        details: changed.chain(odd).map(Value::to_string).collect(),
        outcome: if failures.is_empty() {
            Outcome::Done
        } else {
            Outcome::Failed
        },
        keep: settings.journal,
    }
}
