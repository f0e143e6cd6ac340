//! What became of instances, as metrics: lines in CloudWatch's embedded metric format, which become
//! metrics without a call.
//! Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>.

use domain::drain::{Ending, Outcome, Plan, Scope};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::parts::seconds;
use crate::apply::Applied;

/// The dimension of every metric: its capacity provider, or its cluster where there is none.
const FLEET: &str = "Fleet";

/// A value that is a metric, with its name and its unit.
type Metric = (&'static str, &'static str, i64);

/// The lines of a round: one for each instance of which it is known what became of it, and one for
/// each surge that began.
pub(crate) fn metrics(plan: &Plan, applied: &Applied, now: Timestamp) -> Vec<Value> {
    let known = plan.outcomes.iter();
    let known = known.filter(|one| !applied.refused.contains(&one.instance));
    let begun = plan.incidents.iter();
    let begun = begun.filter(|one| one.incident.is_some() && one.replaces.is_none());
    known
        .map(|one| line(&fleet(one), &of(one), now))
        .chain(begun.map(|one| line(&one.scope.to_string(), &[("Surges", "Count", 1)], now)))
        .collect()
}

fn fleet(one: &Outcome) -> String {
    let provider = one.provider.clone();
    let cluster = || {
        let berth = one.places.first();
        berth.map(|berth| Scope::Cluster(berth.cluster.clone()).to_string())
    };
    provider
        .or_else(cluster)
        .unwrap_or_else(|| "none".to_owned())
}

fn of(one: &Outcome) -> Vec<Metric> {
    let times = [
        ("LeadTime", one.lead),
        ("TimeToDraining", one.to_draining),
        ("ReplacementTime", one.replacement),
    ];
    let times = times.into_iter();
    let times = times.filter_map(|(name, time)| Some((name, "Seconds", seconds(time)?)));
    let counts = [
        ("TasksLeft", one.left),
        ("TasksKilled", one.killed),
        ("TasksOrphaned", one.orphaned),
        ("ServicesNotReplaced", one.not_replaced),
    ];
    let counts = counts.into_iter();
    let counts = counts.map(|(name, count)| (name, "Count", i64::from(count)));
    let ending = (name(one.ending), "Count", 1);
    times.chain(counts).chain([ending]).collect()
}

/// The name of an ending as a metric.
fn name(ending: Ending) -> &'static str {
    match ending {
        Ending::Interrupted => "Interrupted",
        Ending::InterruptedWithoutWarning => "InterruptedWithoutWarning",
        Ending::WarnedTooLate => "WarnedTooLate",
        Ending::GivenBack => "GivenBack",
        Ending::Replaced => "Replaced",
        Ending::Released => "Released",
        Ending::Spared => "Spared",
    }
}

/// The same for a fleet and for all of them, so that a dashboard need not name fleets.
fn line(fleet: &str, metrics: &[Metric], now: Timestamp) -> Value {
    let declared = metrics.iter();
    let declared = declared.map(|(name, unit, _)| json!({ "Name": name, "Unit": unit }));
    let mut line = Map::new();
    line.insert(
        "_aws".to_owned(),
        json!({
            "Timestamp": now.as_millisecond(),
            "CloudWatchMetrics": [{
                "Namespace": "Caretaker",
                "Dimensions": [[], [FLEET]],
                "Metrics": declared.collect::<Vec<_>>(),
            }],
        }),
    );
    line.insert(FLEET.to_owned(), json!(fleet));
    let values = metrics.iter();
    line.extend(values.map(|(name, _, value)| ((*name).to_owned(), json!(value))));
    Value::Object(line)
}
