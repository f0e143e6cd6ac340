//! A thousand services to rest and back, on the virtual clock and under the real token buckets:
//! every call by name, and when it was done. The last line is JSON for `bench/run.py`.

use std::collections::BTreeMap;
use std::error::Error;

use contracts::House;
use contracts::house::{LEDGER, TICK};
use jiff::Timestamp;
use serde_json::{Value, json};

const SERVICES: usize = 1_000;

/// Every so many services one has an autoscaler.
const AUTOSCALED: usize = 10;

/// Thursday 2026-11-19, a minute before 20:00 in Berlin.
const BEFORE: &str = "2026-11-19T18:59:00Z";
const EVENING: &str = "2026-11-19T19:00:00Z";
const MORNING: &str = "2026-11-20T07:00:00Z";

/// More ticks than any rest or wake may take.
const PATIENCE: usize = 24;

fn main() -> Result<(), Box<dyn Error>> {
    let paused = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()?;
    paused.block_on(measure())
}

async fn measure() -> Result<(), Box<dyn Error>> {
    let whole = there_and_back("100").await?;
    let usual = there_and_back("80").await?;
    println!(
        "{}",
        json!({ "services": SERVICES, "autoscaled": SERVICES / AUTOSCALED, "share": { "100": whole, "80": usual } })
    );
    Ok(())
}

/// To rest and back with this percentage of the buckets.
async fn there_and_back(share: &'static str) -> Result<Value, Box<dyn Error>> {
    let setting = |name: &str| (name == "BUCKET_SHARE_PERCENT").then_some(share);
    let house = House::with(BEFORE, &stack(), setting);
    let rest = phase(&house, EVENING, |house| tasks(house) == [0; SERVICES]).await?;
    let pages = ledger_pages(&house);
    let awake = |house: &House| tasks(house) == [2; SERVICES] && house.standing().is_empty();
    let wake = phase(&house, MORNING, awake).await?;
    Ok(json!({ "ledger_pages": pages, "rest": rest, "wake": wake }))
}

fn stack() -> String {
    let service = |number: usize| {
        let scaling = if number.is_multiple_of(AUTOSCALED) {
            ", scaling: {min: 1, max: 4}"
        } else {
            ""
        };
        let tags = "{\"caretaker:hours\": \"Mon-Fri 08:00-20:00 Europe/Berlin\"}";
        format!(
            "      - {{name: {}, desired: 2, tags: {tags}{scaling}}}\n",
            name(number)
        )
    };
    let services: String = (0..SERVICES).map(service).collect();
    format!("clusters:\n  - name: prod\n    services:\n{services}")
}

fn name(number: usize) -> String {
    format!("service-{number:04}")
}

/// Ticks from `edge` on until `done`, and what that took.
async fn phase(
    house: &House,
    edge: &str,
    done: impl Fn(&House) -> bool,
) -> Result<Value, Box<dyn Error>> {
    house.until(edge).await;
    let (first, began) = (house.call_count(), house.now());
    let mut ticks = Vec::new();
    while ticks.is_empty() || !done(house) {
        if ticks.len() == PATIENCE {
            return Err(format!("not done after {PATIENCE} ticks from {edge}").into());
        }
        let due = began + TICK * i32::try_from(ticks.len())?;
        house.until(&due.to_string()).await;
        let report = house.tick().await.report();
        ticks.push(json!({ "began": since(began, due), "ended": since(began, house.now()), "left": report["left"] }));
    }
    Ok(json!({ "calls": calls(house, first, began), "ticks": ticks }))
}

/// Per call: how many were answered, how many refused, by what, and when the last one was made.
fn calls(house: &House, first: usize, began: Timestamp) -> Value {
    let state = house.account.state();
    let mut calls: BTreeMap<&str, (usize, BTreeMap<&str, usize>, f64)> = BTreeMap::new();
    for call in state
        .calls
        .iter()
        .skip(first)
        .filter(|call| call.caller == "off-hours")
    {
        let (answered, refused, last) = calls.entry(&call.action).or_default();
        match &call.refused {
            Some(code) => *refused.entry(code).or_default() += 1,
            None => *answered += 1,
        }
        *last = since(began, call.at);
    }
    let shown = calls
        .into_iter()
        .map(|(action, (answered, refused, last))| {
            (
                action.to_owned(),
                json!({ "answered": answered, "refused": refused, "last": last }),
            )
        });
    Value::Object(shown.collect())
}

/// How many calls it takes to read everything that stands in the ledger.
fn ledger_pages(house: &House) -> usize {
    let query = |start: Option<&Value>| {
        let mut input = json!({
            "TableName": LEDGER,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": { ":pk": { "S": "standing" } },
        });
        if let Some(start) = start {
            input["ExclusiveStartKey"] = start.clone();
        }
        house.by_hand("dynamodb", "Query", input)
    };
    let pages = std::iter::successors(Some(query(None)), |page| {
        page.get("LastEvaluatedKey").map(|key| query(Some(key)))
    });
    pages.count()
}

fn since(began: Timestamp, at: Timestamp) -> f64 {
    at.duration_since(began).as_secs_f64()
}

/// The desired count of every service.
fn tasks(house: &House) -> Vec<u64> {
    let names: Vec<String> = (0..SERVICES).map(name).collect();
    let counts = names.chunks(10).flat_map(|batch| {
        let reply = house.by_hand(
            "ecs",
            "DescribeServices",
            json!({ "cluster": "prod", "services": batch }),
        );
        let services = reply["services"].as_array().cloned().unwrap_or_default();
        services
            .into_iter()
            .map(|service| service["desiredCount"].as_u64().unwrap_or(u64::MAX))
    });
    counts.collect()
}
