//! What the tags mean, and where one is wrong: of every service and group that is tagged, and of
//! the clusters whose tags stand for services.

use std::collections::BTreeMap;

use domain::arn::ClusterArn;
use domain::off_hours::{Carrier, Intent, Moment, Problem, Strange};
use domain::order::Order;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::Settings;
use crate::ask::ordered;
use crate::forecast::{shown, state};
use crate::observe::Seen;
use crate::report::parts::not_seen;

/// What the tags of everything that was seen mean.
pub(crate) fn lint(seen: &Seen, settings: &Settings, moment: Moment<'_>) -> Value {
    let none = Vec::new();
    let services = seen.observed.services.iter().map(|(arn, service)| {
        let strange = seen.strange.services.get(arn).unwrap_or(&none);
        let mut shown = resource(&arn.to_string(), &service.intent, strange, settings, moment);
        shown["ordered"] = in_force(service.order.as_ref(), moment.now);
        shown
    });
    let groups = seen.observed.groups.iter().map(|(arn, group)| {
        let strange = seen.strange.groups.get(arn).unwrap_or(&none);
        resource(&arn.to_string(), &group.intent, strange, settings, moment)
    });
    json!({
        "resources": services.chain(groups).chain(strangers(seen)).collect::<Vec<_>>(),
        "clusters": clusters(seen, moment.now),
        "not_seen": not_seen(&seen.unseen),
    })
}

fn resource(
    name: &str,
    intent: &Intent,
    odd: &[Strange],
    settings: &Settings,
    moment: Moment<'_>,
) -> Value {
    let problems = intent.problems_at(moment.now);
    let own = problems.iter();
    let own = own.filter(|problem| problem.carrier == Carrier::Itself);
    json!({
        "resource": name,
        "hours": intent.hours_text(),
        "floor": intent.floor,
        "wave": intent.wave,
        "override": overriding(intent, moment.now),
        "now": if intent.rests(None, moment.now) { "rest" } else { "awake" },
        "next": next(intent, settings, moment),
        "problems": own.map(problem).chain(odd.iter().map(strange)).collect::<Vec<_>>(),
    })
}

/// What a person ordered, while it is in force or still to be carried out.
fn in_force(order: Option<&Order>, now: Timestamp) -> Value {
    let order = order.filter(|order| !order.is_over(now));
    order.map_or(Value::Null, ordered)
}

/// An override that beats the hours now; one that is past is a problem.
fn overriding(intent: &Intent, now: Timestamp) -> Value {
    match intent.override_tag() {
        Some((text, overriding)) if !overriding.is_past(now) => json!({
            "value": text,
            "to": state(overriding.to),
            "until": overriding.until.to_string(),
        }),
        _ => Value::Null,
    }
}

/// The services that are not tagged but for keys that nothing reads.
fn strangers(seen: &Seen) -> impl Iterator<Item = Value> {
    let services = seen.strange.services.iter();
    let strangers =
        services.filter(|(arn, odd)| !odd.is_empty() && !seen.observed.services.contains_key(*arn));
    strangers.map(|(arn, odd)| {
        json!({
            "resource": arn.to_string(),
            "problems": odd.iter().map(strange).collect::<Vec<_>>(),
        })
    })
}

/// The clusters with a tag that is wrong, and how many services depend on it.
fn clusters(seen: &Seen, now: Timestamp) -> Vec<Value> {
    let mut clusters: BTreeMap<ClusterArn, Vec<Value>> = BTreeMap::new();
    for ((cluster, _), (wrong, services)) in shared(seen, now) {
        let mut shown = problem(&wrong);
        shown["services"] = json!(services);
        clusters.entry(cluster).or_default().push(shown);
    }
    for (cluster, odd) in &seen.strange.clusters {
        if !odd.is_empty() {
            let problems = clusters.entry(cluster.clone()).or_default();
            problems.extend(odd.iter().map(strange));
        }
    }
    clusters
        .into_iter()
        .map(|(cluster, problems)| json!({ "cluster": cluster.name(), "problems": problems }))
        .collect()
}

/// What is wrong with the tags of clusters, by their keys, and with how many services that is so.
fn shared(seen: &Seen, now: Timestamp) -> BTreeMap<(ClusterArn, &'static str), (Problem, usize)> {
    let mut shared = BTreeMap::new();
    for (arn, service) in &seen.observed.services {
        let problems = service.intent.problems_at(now).into_iter();
        for problem in problems.filter(|problem| problem.carrier == Carrier::Cluster) {
            let key = (arn.cluster_arn(), problem.key);
            shared.entry(key).or_insert((problem, 0)).1 += 1;
        }
    }
    shared
}

fn problem(problem: &Problem) -> Value {
    json!({ "tag": problem.key, "value": problem.text, "problem": problem.error })
}

fn strange(strange: &Strange) -> Value {
    json!({ "tag": strange.key, "problem": strange.to_string() })
}

fn next(intent: &Intent, settings: &Settings, moment: Moment<'_>) -> Value {
    let zone = intent
        .schedule()
        .map_or(&settings.policy.default_zone, |schedule| schedule.zone());
    intent
        .next(None, moment.now)
        .map_or(Value::Null, |edge| shown(&edge, zone))
}
