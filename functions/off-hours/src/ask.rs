//! A person asks what the tags mean or how things stand → an answer; nothing is changed. What could
//! not be looked at is named in it, and hinders nothing else.

use std::collections::BTreeMap;

use domain::hold::Holds;
use domain::hours::State;
use domain::hours::zone::Zone;
use domain::off_hours::{Moment, Service, Verdict, decide};
use domain::order::{Order, Ordered};
use domain::rest::{Claim, Phase, ServiceRest};
use domain::resting::Sight;
use serde_json::{Value, json};

use crate::forecast::{shown, state as state_shown};
use crate::lint::lint;
use crate::observe::{self, Seen, may_be_unseen};
use crate::report::parts::not_seen;
use crate::{Aws, Failure, Invocation, Settings};

/// A question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Question {
    /// What does every tag mean, and where is one wrong?
    Lint,
    /// What is awake, what is at rest and why?
    Status {
        /// Only this service, by its ARN or as `CLUSTER/NAME`.
        service: Option<String>,
    },
}

/// Answers a question.
pub(crate) async fn answer(
    aws: &Aws,
    settings: &Settings,
    question: Question,
    invocation: &Invocation,
) -> Result<Value, Failure> {
    let claim = Claim {
        run: invocation.id.clone(),
        until: invocation.deadline,
    };
    let moment = Moment {
        policy: &settings.policy,
        claim: &claim,
        closing: false,
        now: invocation.now,
    };
    match question {
        Question::Lint => {
            let seen = observe::for_lint(aws, settings, moment).await?;
            Ok(lint(&seen, settings, moment))
        }
        Question::Status { service } => {
            let seen = observe::for_status(aws, settings, moment).await?;
            status(&seen, settings, service.as_deref(), moment)
        }
    }
}

fn status(
    seen: &Seen,
    settings: &Settings,
    only: Option<&str>,
    moment: Moment<'_>,
) -> Result<Value, Failure> {
    let observed = &seen.observed;
    let plan = decide(observed, moment);
    let verdicts: BTreeMap<&str, &Verdict> = plan
        .verdicts
        .iter()
        .map(|verdict| (verdict.subject.arn(), verdict))
        .collect();
    let services: Vec<Value> = observed
        .services
        .iter()
        .filter(|(arn, _)| only.is_none_or(|only| only == arn.as_str() || only == arn.to_string()))
        .map(|(arn, service)| {
            let verdict = verdicts.get(arn.as_str()).copied();
            one(&arn.to_string(), service, verdict, settings)
        })
        .collect();
    match only {
        Some(only) if services.is_empty() && !may_be_unseen(only, &seen.unseen) => Err(
            Failure::unusable("service", format!("no tagged service is \"{only}\"")),
        ),
        _ => Ok(json!({ "services": services, "not_seen": not_seen(&seen.unseen) })),
    }
}

fn one(name: &str, service: &Service, verdict: Option<&Verdict>, settings: &Settings) -> Value {
    let zone: &Zone = service
        .intent
        .schedule()
        .map_or(&settings.policy.default_zone, |schedule| schedule.zone());
    let next = verdict
        .and_then(|verdict| verdict.next)
        .map_or(Value::Null, |edge| shown(&edge, zone));
    json!({
        "service": name,
        "state": state(service.rest.as_ref()),
        "decision": verdict.map(|verdict| verdict.reason.name()),
        "why": verdict.map(|verdict| verdict.reason.to_string()),
        "hours": service.intent.hours_text(),
        "holds": service.rest.as_ref().map_or_else(Vec::new, |rest| holds(&rest.holds)),
        "saved": service.rest.as_ref().map(saved),
        "counts": counts(&service.sight),
        "ordered": service.order.as_ref().map(ordered),
        "next": next,
    })
}

/// What a person ordered, for whoever asks.
pub(crate) fn ordered(order: &Order) -> Value {
    let to = match order.to {
        Ordered::Awake { .. } => State::Awake,
        Ordered::Rest { .. } => State::Rest,
    };
    json!({
        "to": state_shown(to),
        "by": order.by,
        "why": order.why,
        "since": order.since.to_string(),
        "until": order.until().map(|until| until.to_string()),
    })
}

fn state(rest: Option<&ServiceRest>) -> &'static str {
    match rest.map(|rest| rest.phase) {
        None => "awake",
        Some(Phase::Resting) => "at rest",
        Some(Phase::Waking { .. }) => "waking",
    }
}

fn holds(holds: &Holds) -> Vec<Value> {
    holds
        .iter()
        .map(|(holder, hold)| {
            json!({
                "holder": holder.as_str(),
                "by": hold.by,
                "why": hold.why,
                "since": hold.since.to_string(),
                "until": hold.until.map(|until| until.to_string()),
            })
        })
        .collect()
}

fn saved(rest: &ServiceRest) -> Value {
    json!({
        "desired": rest.saved.desired,
        "scalable_target": rest.saved.bounds.map(|bounds| json!({
            "min": bounds.min,
            "max": bounds.max,
            "suspended": {
                "scaling_in": bounds.suspended.scaling_in,
                "scaling_out": bounds.suspended.scaling_out,
                "scheduled": bounds.suspended.scheduled,
            },
        })),
    })
}

fn counts(sight: &Sight) -> Value {
    match sight {
        Sight::NotLookedAt => Value::Null,
        Sight::Missing => json!({ "missing": true }),
        Sight::Live(live) => json!({ "desired": live.desired, "running": live.running }),
    }
}
