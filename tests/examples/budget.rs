//! A budget is spent, and ten, a hundred or a thousand services stop: on the virtual clock and under
//! the real token buckets, from the message to the last service at zero. The last line is JSON for
//! `bench/run.py`.

use std::collections::BTreeMap;
use std::error::Error;

use contracts::Treasury;
use jiff::Timestamp;
use serde_json::{Value, json};

const SIZES: [usize; 3] = [10, 100, 1_000];

/// Every so many services one has an autoscaler.
const AUTOSCALED: usize = 10;

/// A Thursday at noon, an hour's tick before the message.
const BEFORE: &str = "2026-11-19T11:00:00Z";
const MESSAGE: &str = "2026-11-19T12:10:00Z";

/// More deliveries than Lambda makes of one event.
const PATIENCE: usize = 3;

fn main() -> Result<(), Box<dyn Error>> {
    let paused = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()?;
    paused.block_on(measure())
}

async fn measure() -> Result<(), Box<dyn Error>> {
    let mut found = Vec::new();
    for services in SIZES {
        let whole = stopped(services, "100").await?;
        let usual = stopped(services, "80").await?;
        found.push(json!({
            "services": services,
            "autoscaled": services.div_ceil(AUTOSCALED),
            "share": { "100": whole, "80": usual },
        }));
    }
    println!("{}", Value::from(found));
    Ok(())
}

/// The message of a spent budget, with this percentage of the buckets.
async fn stopped(services: usize, share: &'static str) -> Result<Value, Box<dyn Error>> {
    let setting = |name: &str| (name == "BUCKET_SHARE_PERCENT").then_some(share);
    let treasury = Treasury::with(BEFORE, &stack(services), setting);
    treasury.tick().await.report();
    treasury.house.until(MESSAGE).await;
    treasury.reports("10.40");
    let messages = treasury.messages_since(0);
    let message = messages.first().ok_or("no message came")?;
    let (first, began) = (treasury.house.call_count(), treasury.house.now());
    let mut deliveries = 0;
    while deliveries == 0 || running(&treasury, services) > 0 {
        if deliveries == PATIENCE {
            return Err(format!("{services} services not at zero").into());
        }
        deliveries += 1;
        treasury.invoke(message.clone(), "letter").await.report();
    }
    Ok(json!({
        "deliveries": deliveries,
        "ended": since(began, treasury.house.now()),
        "calls": calls(&treasury, first, began),
    }))
}

fn stack(services: usize) -> String {
    let service = |number: usize| {
        let scaling = if number.is_multiple_of(AUTOSCALED) {
            ", scaling: {min: 1, max: 4}"
        } else {
            ""
        };
        let tags = format!("{{\"caretaker:budget\": \"stop/{}\"}}", number % 100);
        format!(
            "      - {{name: {}, desired: 2, tags: {tags}{scaling}}}\n",
            name(number)
        )
    };
    let services: String = (0..services).map(service).collect();
    format!(
        "clusters:\n  - name: prod\n    services:\n{services}\
         budgets:\n  - name: monthly\n    limit: \"10\"\n    spent: \"9.10\"\n    notifications:\n      \
         - {{at: {{percent: 100}}, topic: caretaker-BudgetStop}}\n"
    )
}

fn name(number: usize) -> String {
    format!("service-{number:04}")
}

/// How many services want tasks.
fn running(treasury: &Treasury, services: usize) -> usize {
    let names: Vec<String> = (0..services).map(name).collect();
    let describe = |batch: &[String]| {
        let input = json!({ "cluster": "prod", "services": batch });
        treasury.house.by_hand("ecs", "DescribeServices", input)
    };
    let replies = names.chunks(10).map(describe);
    let wanting = replies.map(|reply| {
        let services = reply["services"].as_array().into_iter().flatten();
        services
            .filter(|service| service["desiredCount"] != 0)
            .count()
    });
    wanting.sum()
}

/// Per call: how many were answered, how many refused, and when the last one was made.
fn calls(treasury: &Treasury, first: usize, began: Timestamp) -> Value {
    let state = treasury.house.account.state();
    let mut calls: BTreeMap<&str, (usize, usize, f64)> = BTreeMap::new();
    let ours = state.calls.iter().skip(first);
    for call in ours.filter(|call| call.caller == "budget-guard") {
        let (answered, refused, last) = calls.entry(&call.action).or_default();
        match call.refused {
            Some(_) => *refused += 1,
            None => *answered += 1,
        }
        *last = since(began, call.at);
    }
    let shown = calls
        .into_iter()
        .map(|(action, (answered, refused, last))| {
            let call = json!({ "answered": answered, "refused": refused, "last": last });
            (action.to_owned(), call)
        });
    Value::Object(shown.collect())
}

fn since(began: Timestamp, at: Timestamp) -> f64 {
    at.duration_since(began).as_secs_f64()
}
