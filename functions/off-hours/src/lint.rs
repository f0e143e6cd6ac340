//! What the tags mean, and where one is wrong: of every service and group that is tagged, and of
//! the clusters whose tags stand for services.

use std::collections::BTreeMap;

use domain::arn::ClusterArn;
use domain::off_hours::{Carrier, Intent, Moment, Observed, Problem};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::Settings;
use crate::forecast::shown;
use crate::observe::Seen;
use crate::report::parts::not_seen;

/// What the tags of everything that was seen mean.
pub(crate) fn lint(seen: &Seen, settings: &Settings, moment: Moment<'_>) -> Value {
    let observed = &seen.observed;
    let services = observed
        .services
        .iter()
        .map(|(arn, service)| (arn.to_string(), &service.intent));
    let groups = observed
        .groups
        .iter()
        .map(|(arn, group)| (arn.to_string(), &group.intent));
    let resources = services
        .chain(groups)
        .map(|(name, intent)| resource(&name, intent, settings, moment));
    json!({
        "resources": resources.collect::<Vec<_>>(),
        "clusters": clusters(observed, moment.now),
        "not_seen": not_seen(&seen.unseen),
    })
}

fn resource(name: &str, intent: &Intent, settings: &Settings, moment: Moment<'_>) -> Value {
    let problems = intent.problems_at(moment.now);
    let own = problems.iter();
    let own = own.filter(|problem| problem.carrier == Carrier::Itself);
    json!({
        "resource": name,
        "hours": intent.hours_text(),
        "floor": intent.floor,
        "wave": intent.wave,
        "now": if intent.rests(None, moment.now) { "rest" } else { "awake" },
        "next": next(intent, settings, moment),
        "problems": own.map(problem).collect::<Vec<_>>(),
    })
}

/// The clusters with a tag that is wrong, and how many services depend on it.
fn clusters(observed: &Observed, now: Timestamp) -> Vec<Value> {
    let mut clusters: BTreeMap<ClusterArn, BTreeMap<&str, (Problem, usize)>> = BTreeMap::new();
    for (arn, service) in &observed.services {
        let problems = service.intent.problems_at(now).into_iter();
        for problem in problems.filter(|problem| problem.carrier == Carrier::Cluster) {
            let cluster = clusters.entry(arn.cluster_arn()).or_default();
            cluster.entry(problem.key).or_insert((problem, 0)).1 += 1;
        }
    }
    let shown = |(cluster, problems): (ClusterArn, BTreeMap<&str, (Problem, usize)>)| {
        let problems = problems.values().map(|(one, services)| {
            let mut shown = problem(one);
            shown["services"] = json!(services);
            shown
        });
        json!({ "cluster": cluster.name(), "problems": problems.collect::<Vec<_>>() })
    };
    clusters.into_iter().map(shown).collect()
}

fn problem(problem: &Problem) -> Value {
    json!({ "tag": problem.key, "value": problem.text, "problem": problem.error })
}

fn next(intent: &Intent, settings: &Settings, moment: Moment<'_>) -> Value {
    let zone = intent
        .schedule()
        .map_or(&settings.policy.default_zone, |schedule| schedule.zone());
    intent
        .next(None, moment.now)
        .map_or(Value::Null, |edge| shown(&edge, zone))
}
