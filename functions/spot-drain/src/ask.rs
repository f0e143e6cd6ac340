//! A person asks how things stand → an answer; nothing is changed.

use domain::arn::ServiceArn;
use domain::drain::{
    Counted, Drain, Drainer, Experiment, Incident, InstanceId, Moment, RaisedStrategy, Undrainable,
    Weight, drainability,
};
use serde_json::{Value, json};

use crate::observe::{Seen, survey};
use crate::{Aws, Failure, Invocation, Settings, moment};

/// A question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Question {
    /// Which drains are open, and how far is each?
    Status {
        /// Only this instance.
        instance: Option<InstanceId>,
    },
    /// Which services cannot leave an instance in the time that Spot gives?
    Drainability {
        /// Only those of this cluster, by name.
        cluster: Option<String>,
    },
}

/// Answers a question.
pub(crate) async fn answer(
    aws: &Aws,
    settings: &Settings,
    question: Question,
    invocation: &Invocation,
) -> Result<Value, Failure> {
    match question {
        Question::Status { instance } => {
            status(aws, instance.as_ref(), moment(settings, invocation)).await
        }
        Question::Drainability { cluster } => report(aws, settings, cluster.as_deref()).await,
    }
}

async fn status(
    aws: &Aws,
    only: Option<&InstanceId>,
    moment: Moment<'_>,
) -> Result<Value, Failure> {
    let ledger = &aws.edge.ledger;
    let since = moment.now - moment.policy.surge.window;
    let drains = ledger.drains().await?;
    let spot = ledger.spot().await?;
    let losses = ledger.losses(since, moment.now).await?;
    let open = drains.drains.iter();
    let open = open.filter(|(instance, _)| only.is_none_or(|only| only == *instance));
    let experiments = spot.experiments.values();
    let experiments = experiments.filter(|one| one.covers(moment.now));
    let unreadable = drains.unreadable.iter().chain(&spot.unreadable);
    let unreadable = unreadable.chain(&losses.unreadable);
    Ok(json!({
        "drains": open.map(|(id, drain)| shown(id, drain)).collect::<Vec<_>>(),
        "surges": spot.incidents.iter().map(surge).collect::<Vec<_>>(),
        "exercise": spot.exercise.as_ref().filter(|one| one.covers(moment.now)).map(|one| json!({
            "by": one.by, "why": one.why, "until": one.until.to_string(),
        })),
        "experiments": experiments.map(experiment).collect::<Vec<_>>(),
        "losses": losses.counts.iter().map(loss).collect::<Vec<_>>(),
        "not_readable": unreadable.map(ToString::to_string).collect::<Vec<_>>(),
    }))
}

fn shown(instance: &InstanceId, drain: &Drain) -> Value {
    let places = drain.places.iter().map(|berth| berth.cluster.name());
    let tasks = drain.tasks.values();
    let there = tasks.filter(|task| !task.fate.is_final()).count();
    json!({
        "instance": instance.as_str(),
        "clusters": places.collect::<Vec<_>>(),
        "provider": drain.provider,
        "opened": drain.opened.to_string(),
        "deadline": drain.deadline.map(|at| at.to_string()),
        "drained_by": match drain.by {
            Drainer::Nobody => "nobody",
            Drainer::Us { .. } => "us",
            Drainer::Other { .. } => "ECS",
            Drainer::Undone { .. } => "nobody any more",
        },
        "draining_since": drain.draining.map(|at| at.to_string()),
        "tasks_there": there,
        "tasks_seen": drain.tasks.len(),
        "hooks": drain.hooks.iter().map(|hook| hook.hook.as_str()).collect::<Vec<_>>(),
        "ended": drain.ended.map(|(state, at)| json!({ "state": state.name(), "at": at.to_string() })),
    })
}

fn surge(incident: &Incident) -> Value {
    json!({
        "scope": incident.scope.to_string(),
        "since": incident.since.to_string(),
        "peak": incident.peak,
        "calm_since": incident.calm.map(|at| at.to_string()),
        "on_demand": incident.fallback.as_ref().map(|raised| json!({
            "group": raised.group, "from": raised.saved, "to": raised.written,
        })),
        "services": incident.strategies.iter().map(service).collect::<Vec<_>>(),
    })
}

fn service((arn, raised): (&ServiceArn, &RaisedStrategy)) -> Value {
    let shown = |strategy: &[Weight]| -> Vec<Value> {
        let entries = strategy.iter().map(|entry| {
            json!({ "provider": entry.provider, "base": entry.base, "weight": entry.weight })
        });
        entries.collect()
    };
    json!({
        "service": format!("{}/{}", arn.cluster(), arn.name()),
        "more_of": raised.provider,
        "from": shown(&raised.saved),
        "to": shown(&raised.written),
        "seen": raised.seen == raised.written,
    })
}

fn experiment(experiment: &Experiment) -> Value {
    json!({
        "id": experiment.id,
        "template": experiment.template,
        "since": experiment.since.to_string(),
        "until": experiment.until.to_string(),
    })
}

fn loss(counted: &Counted) -> Value {
    json!({
        "what": counted.what.key(),
        "fleet": counted.fleet.to_string(),
        "at": counted.at.to_string(),
        "by_fis": counted.by_fis,
    })
}

/// Every service of every cluster, and which of them cannot leave in time.
async fn report(aws: &Aws, settings: &Settings, only: Option<&str>) -> Result<Value, Failure> {
    let mut seen = Seen::default();
    survey::look(aws, settings, &mut seen).await;
    let surveys = seen.observed.surveys.into_iter();
    let surveys = surveys.filter(|(cluster, _)| only.is_none_or(|only| only == cluster.name()));
    let surveys: Vec<_> = surveys.collect();
    if let (Some(only), true) = (only, surveys.is_empty()) {
        return Err(Failure::unusable(
            "cluster",
            format!("\"{only}\" cannot be read, or is out of reach"),
        ));
    }
    let looked: usize = surveys.iter().map(|(_, services)| services.len()).sum();
    let cannot = surveys
        .iter()
        .flat_map(|(_, services)| drainability(services));
    Ok(json!({
        "services": looked,
        "cannot_leave_in_time": cannot.map(undrainable).collect::<Vec<_>>(),
        "not_seen": crate::report::parts::troubles(&seen.unknown),
    }))
}

fn undrainable(one: Undrainable) -> Value {
    let service: &ServiceArn = &one.service;
    json!({
        "service": format!("{}/{}", service.cluster(), service.name()),
        "why": one.why.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}
