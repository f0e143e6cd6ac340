//! EC2 takes 1, 10, 200 or 1,000 instances back, out of one cluster or thirty: on the virtual clock
//! and under the real token buckets, from the warnings to the last instance that is DRAINING. With
//! the index of instances, without it, and beside a handler that takes one warning at a time. The
//! last line is JSON for `bench/run.py`.

#[path = "../bench/naive.rs"]
mod naive;

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::time::Duration;

use contracts::Fleet;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

const INTERRUPTIONS: [usize; 4] = [1, 10, 200, 1_000];
const CLUSTERS: [usize; 2] = [1, 30];

/// Of so many instances one is taken back.
const SHARE: usize = 2;

const BEFORE: &str = "2026-11-19T12:00:00Z";

/// Until every instance is in its cluster, and for the buckets to be full again.
const SETTLED: SignedDuration = SignedDuration::from_secs(300);
const REFILLED: SignedDuration = SignedDuration::from_secs(60);

/// EC2 takes an instance two minutes after its warning; this is the last second of them.
const LAST_SECOND: SignedDuration = SignedDuration::from_secs(119);

/// The function's rounds up to here: the ladder looks at tasks 45 seconds before the end.
const BEFORE_THE_LADDER: SignedDuration = SignedDuration::from_secs(70);

/// The function of `Fleet`.
const OURS: &str = "spot-drain";

fn main() -> Result<(), Box<dyn Error>> {
    let paused = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()?;
    paused.block_on(measure())
}

async fn measure() -> Result<(), Box<dyn Error>> {
    let mut found = Vec::new();
    for clusters in CLUSTERS {
        for interruptions in INTERRUPTIONS {
            found.push(json!({
                "interruptions": interruptions,
                "clusters": clusters,
                "indexed": batched(interruptions, clusters, true).await?,
                "unindexed": batched(interruptions, clusters, false).await?,
                "naive": one_by_one(interruptions, clusters).await?,
            }));
        }
    }
    println!("{}", Value::from(found));
    Ok(())
}

/// The function, in a process that has just begun.
async fn batched(
    interruptions: usize,
    clusters: usize,
    indexed: bool,
) -> Result<Value, Box<dyn Error>> {
    let mut fleet = Fleet::new(BEFORE, &stack(interruptions, clusters));
    launch(&fleet, interruptions, clusters);
    fleet.pass(SETTLED).await;
    if !indexed {
        forget_index(&fleet);
    }
    let doomed = Doomed::of(&fleet, interruptions, clusters)?;
    fleet.pass(REFILLED).await;
    fleet.through(fleet.line.clone());
    let (first, began) = (fleet.call_count(), fleet.now());
    fleet.take_back(&doomed.instances);
    fleet.until(began + BEFORE_THE_LADDER).await;
    let late = interruptions - doomed.draining(&fleet);
    Ok(doomed.told(&fleet, OURS, (first, began), late))
}

/// The handler of one warning, as often as there are warnings, all at once.
async fn one_by_one(interruptions: usize, clusters: usize) -> Result<Value, Box<dyn Error>> {
    let fleet = Fleet::new(BEFORE, &stack(interruptions, clusters));
    launch(&fleet, interruptions, clusters);
    tokio::time::sleep(Duration::try_from(SETTLED)?).await;
    let doomed = Doomed::of(&fleet, interruptions, clusters)?;
    tokio::time::sleep(Duration::try_from(REFILLED)?).await;
    let (first, began) = (fleet.call_count(), fleet.now());
    fleet.take_back(&doomed.instances);
    let counted = async {
        tokio::time::sleep(Duration::try_from(LAST_SECOND)?).await;
        Ok::<usize, Box<dyn Error>>(interruptions - doomed.draining(&fleet))
    };
    let (late, ()) = tokio::join!(counted, naive::deliver(&fleet.line, &doomed.instances));
    Ok(doomed.told(&fleet, naive::NAME, (first, began), late?))
}

/// How many instances each cluster has.
fn instances(interruptions: usize, clusters: usize) -> usize {
    SHARE * interruptions.div_ceil(clusters)
}

/// Has the groups launch their instances: each registers, and that is the event which the index learns
/// of it from.
fn launch(fleet: &Fleet, interruptions: usize, clusters: usize) {
    let desired = instances(interruptions, clusters).to_string();
    for number in 0..clusters {
        let input = json!({ "AutoScalingGroupName": group(number), "DesiredCapacity": desired });
        fleet.by_hand("autoscaling", "SetDesiredCapacity", input);
    }
}

/// Each cluster with a group of Spot instances behind a capacity provider. Nothing runs on them: what
/// is lost is drained before any task is looked at.
fn stack(interruptions: usize, clusters: usize) -> String {
    let instances = instances(interruptions, clusters);
    let names: String = (0..clusters)
        .map(|number| format!("  - {{name: {}}}\n", cluster(number)))
        .collect();
    let group = |number: usize| {
        let (name, cluster) = (group(number), cluster(number));
        format!(
            "  - {{name: {name}, cluster: {cluster}, provider: {name}, managed-draining: false, \
             managed-scaling: false, max: {instances}, desired: 0, \
             mixed-instances: {{types: [m6i.large], on-demand-base: 0, on-demand-percentage: 0}}}}\n",
        )
    };
    let groups: String = (0..clusters).map(group).collect();
    format!("clusters:\n{names}groups:\n{groups}")
}

fn cluster(number: usize) -> String {
    format!("shop-{number:02}")
}

fn group(number: usize) -> String {
    format!("hosts-{number:02}")
}

/// The instances that are taken back, spread over the clusters.
struct Doomed {
    instances: Vec<String>,
    /// Their container instances, by cluster.
    places: BTreeMap<String, BTreeSet<String>>,
}

impl Doomed {
    fn of(fleet: &Fleet, interruptions: usize, clusters: usize) -> Result<Self, Box<dyn Error>> {
        let (mut instances, mut places) = (Vec::new(), BTreeMap::new());
        for number in 0..clusters {
            let here = (number..interruptions).step_by(clusters).count();
            let theirs = fleet.instances(&group(number));
            let (name, taken) = (cluster(number), theirs.into_iter().take(here));
            let taken: Vec<String> = taken.collect();
            let hosts = described(fleet, &name, None).into_iter();
            let hosts = hosts.filter(|host| {
                let id = host["ec2InstanceId"].as_str();
                id.is_some_and(|id| taken.iter().any(|one| one == id))
            });
            let arns: BTreeSet<String> = hosts.filter_map(|host| arn(&host)).collect();
            if arns.len() != here {
                return Err(format!("{} of {here} are in {name}", arns.len()).into());
            }
            instances.extend(taken);
            places.insert(name, arns);
        }
        Ok(Self { instances, places })
    }

    /// How many of them are DRAINING.
    fn draining(&self, fleet: &Fleet) -> usize {
        let here = self.places.iter().map(|(cluster, arns)| {
            let draining = described(fleet, cluster, Some("DRAINING")).into_iter();
            let arns = draining.filter(|host| arn(host).is_some_and(|arn| arns.contains(&arn)));
            arns.count()
        });
        here.sum()
    }

    /// What a caller did from its first call on: its calls by name, in all, up to the last instance that
    /// it set DRAINING and after it; when that was; and how many of the instances were not in time.
    fn told(
        &self,
        fleet: &Fleet,
        caller: &str,
        (first, began): (usize, Timestamp),
        late: usize,
    ) -> Value {
        let state = fleet.account.state();
        let ours = state.calls.iter().skip(first);
        let ours: Vec<_> = ours.filter(|call| call.caller == caller).collect();
        let drains = ours.iter().rposition(|call| {
            let status = &call.input["status"];
            call.action == UPDATE && call.refused.is_none() && status == "DRAINING"
        });
        let mut calls: BTreeMap<&str, (usize, usize, usize)> = BTreeMap::new();
        for (number, call) in ours.iter().enumerate() {
            let (all, refused, before) = calls.entry(&call.action).or_default();
            *all += 1;
            *refused += usize::from(call.refused.is_some());
            *before += usize::from(drains.is_some_and(|last| number <= last));
        }
        let shown = calls.into_iter().map(|(action, (all, refused, before))| {
            let after = all - before;
            let call = json!({ "all": all, "refused": refused, "before": before, "after": after });
            (action.to_owned(), call)
        });
        let last = drains.map(|last| ours[last].at.duration_since(began).as_secs_f64());
        json!({ "calls": Value::Object(shown.collect()), "last": last, "late": late })
    }
}

const UPDATE: &str = "ecs:UpdateContainerInstancesState";

fn arn(host: &Value) -> Option<String> {
    host["containerInstanceArn"].as_str().map(str::to_owned)
}

/// The container instances of a cluster; those of one status, or all.
fn described(fleet: &Fleet, cluster: &str, status: Option<&str>) -> Vec<Value> {
    let mut hosts = Vec::new();
    let mut token = Value::Null;
    loop {
        let mut input = json!({ "cluster": cluster });
        for (member, given) in [("status", json!(status)), ("nextToken", token)] {
            if !given.is_null() {
                input[member] = given;
            }
        }
        let page = fleet.by_hand("ecs", "ListContainerInstances", input);
        let arns = &page["containerInstanceArns"];
        if arns.as_array().is_some_and(|arns| !arns.is_empty()) {
            let input = json!({ "cluster": cluster, "containerInstances": arns });
            let mut reply = fleet.by_hand("ecs", "DescribeContainerInstances", input);
            let described = reply["containerInstances"].as_array_mut();
            hosts.extend(described.into_iter().flat_map(std::mem::take));
        }
        token = page["nextToken"].clone();
        if token.is_null() {
            return hosts;
        }
    }
}

/// Empties the index, as it is when the suite is deployed.
fn forget_index(fleet: &Fleet) {
    let table = &fleet.settings.place.ledger_table;
    let mut start = Value::Null;
    loop {
        let mut input = json!({
            "TableName": table,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": { ":pk": { "S": "spot-index" } },
        });
        if !start.is_null() {
            input["ExclusiveStartKey"] = start;
        }
        let page = fleet.by_hand("dynamodb", "Query", input);
        for item in page["Items"].as_array().into_iter().flatten() {
            let key = json!({ "pk": item["pk"], "sk": item["sk"] });
            fleet.by_hand(
                "dynamodb",
                "DeleteItem",
                json!({ "TableName": table, "Key": key }),
            );
        }
        start = page["LastEvaluatedKey"].clone();
        if start.is_null() {
            return;
        }
    }
}
