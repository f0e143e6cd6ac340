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

#[cfg(test)]
mod tests {
    use domain::drain::{Incident, IncidentWrite};
    use domain::rest::Version;
    use jiff::SignedDuration;

    use super::*;
    use crate::script::{id, invocation};

    fn outcome(number: u32, provider: Option<&str>, ending: Ending) -> Outcome {
        let now = invocation().now;
        Outcome {
            instance: id(number),
            ending,
            places: Vec::new(),
            provider: provider.map(str::to_owned),
            pool: None,
            first: now,
            lead: Some(SignedDuration::from_millis(118_900)),
            to_draining: None,
            left: 4,
            stopped_by_us: 1,
            killed: 2,
            orphaned: 0,
            not_replaced: 1,
            replacement: None,
            by_fis: false,
            at: now,
        }
    }

    fn surge(replaces: Option<Version>) -> IncidentWrite {
        let scope = Scope::Provider("spot".to_owned());
        IncidentWrite {
            scope: scope.clone(),
            incident: Some(Box::new(Incident {
                scope,
                since: invocation().now,
                peak: 12,
                calm: None,
                fallback: None,
                strategies: [].into(),
                version: Version(2),
            })),
            replaces,
        }
    }

    #[test]
    fn what_became_of_an_instance_is_a_line_for_its_fleet_and_for_all() {
        let plan = Plan {
            outcomes: vec![outcome(1, Some("spot"), Ending::Interrupted)],
            ..Plan::default()
        };
        let now = invocation().now;
        let [line] = metrics(&plan, &Applied::default(), now).try_into().unwrap();
        let declared = &line["_aws"]["CloudWatchMetrics"][0];
        assert_eq!(declared["Dimensions"], json!([[], ["Fleet"]]));
        assert_eq!(
            (&line["Fleet"], &line["LeadTime"]),
            (&json!("spot"), &json!(118))
        );
        assert_eq!(
            (&line["TasksLeft"], &line["TasksKilled"]),
            (&json!(4), &json!(2))
        );
        assert_eq!(
            (&line["Interrupted"], line.get("TimeToDraining")),
            (&json!(1), None)
        );
        let names = declared["Metrics"].as_array().unwrap().iter();
        assert!(
            names
                .clone()
                .all(|metric| line.get(metric["Name"].as_str().unwrap()).is_some())
        );
        assert_eq!(names.count(), 6);
        assert_eq!(line["_aws"]["Timestamp"], now.as_millisecond());
    }

    #[test]
    fn what_was_not_written_down_is_no_metric_and_a_surge_is_one_when_it_begins() {
        let applied = Applied {
            refused: [id(1)].into(),
            ..Applied::default()
        };
        let plan = Plan {
            outcomes: vec![
                outcome(1, None, Ending::Spared),
                outcome(2, None, Ending::Spared),
            ],
            incidents: vec![surge(None), surge(Some(Version(1)))],
            ..Plan::default()
        };
        let lines = metrics(&plan, &applied, invocation().now);
        let fleets: Vec<&Value> = lines.iter().map(|line| &line["Fleet"]).collect();
        assert_eq!(fleets, ["none", "spot"]);
        assert_eq!(
            (&lines[0]["Spared"], &lines[1]["Surges"]),
            (&json!(1), &json!(1))
        );
    }

    #[test]
    fn every_ending_has_a_metric_of_its_own() {
        let names: std::collections::BTreeSet<&str> = Ending::ALL.map(name).into();
        assert_eq!(names.len(), Ending::ALL.len());
    }
}
