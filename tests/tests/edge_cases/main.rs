//! The edge cases of off-hours from end to end: a whole night in a simulated account, with what
//! goes wrong on a real one. `docs/edge-cases.md` names the test of each case, here or elsewhere.

mod capacity;
mod deployments;
mod page;
mod scale;
mod scaling;
mod state;

use contracts::House;
use rehearsal::journal::What;

/// Thursday 2026-11-19, 19:50 in Berlin: ten minutes before the night.
const EVENING: &str = "2026-11-19T18:50:00Z";
/// 20:00: the night begins.
const DUSK: &str = "2026-11-19T19:00:00Z";
/// Friday, 01:00.
const NIGHT: &str = "2026-11-20T00:00:00Z";
/// 08:00: the morning begins.
const MORNING: &str = "2026-11-20T07:00:00Z";
/// 08:40: the morning is over.
const DAY: &str = "2026-11-20T07:40:00Z";

/// Ticks until everything is at rest, and then no more until the middle of the night.
async fn to_night(house: &House) {
    house.tick_until("2026-11-19T19:10:00Z").await;
    house.until(NIGHT).await;
}

/// No tick until shortly before the morning, and then until everything is awake.
async fn to_day(house: &House) {
    house.until("2026-11-20T06:50:00Z").await;
    house.tick_until(DAY).await;
}

/// A cluster `prod` with hours by day and these services, one to a line.
fn prod(services: &str) -> String {
    let services = services.trim().lines().map(|line| {
        let service = line.trim();
        format!("      - {{{service}}}\n")
    });
    format!(
        "clusters:\n  - name: prod\n    tags: {{\"caretaker:hours\": \"Mon-Fri 08:00-20:00 Europe/Berlin\"}}\n    services:\n{}",
        services.collect::<String>()
    )
}

/// The desired counts that a service had, one after the other.
fn counts(house: &House, service: &str) -> Vec<u32> {
    let state = house.account.state();
    let happenings = state.world.happenings.iter();
    let mut counts: Vec<u32> = happenings
        .filter(|happening| happening.subject == service)
        .filter_map(|happening| match happening.what {
            What::Tasks { desired, .. } => Some(desired),
            _ => None,
        })
        .collect();
    counts.dedup();
    counts
}

/// The titles of the notices that were put on the bus.
fn notices(house: &House) -> Vec<String> {
    let state = house.account.state();
    let puts = state
        .calls
        .iter()
        .filter(|call| call.action == "events:PutEvents" && call.refused.is_none());
    let titles = puts.flat_map(|call| {
        let entries = call.input["Entries"].as_array().unwrap().iter();
        entries.map(|entry| {
            let detail: serde_json::Value =
                serde_json::from_str(entry["Detail"].as_str().unwrap()).unwrap();
            detail["title"].as_str().unwrap().to_owned()
        })
    });
    titles.collect()
}
