//! Time to live: expired items go some time after they expire, not when they expire.
//!
//! An item whose attribute is a number of seconds before now, and not more than five years before,
//! is deleted "typically within a few days"; until then it can be read, queried and written like any
//! other. Here it goes a fixed time later ([`DELETION_LAG`], which a scenario can change), so that
//! two runs agree and a caller that does not look at the expiry itself is found out.
//!
//! Source: <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html> and
//! <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTimeToLive.html>.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};

use super::attribute::{Attribute, Item};
use super::key::Key;
use super::refusal::{breaks_constraint, invalid};
use super::table::Table;
use super::{read_input, require_described_table};
use crate::call::{ApiError, Call};
use crate::journal::What;
use crate::world::World;

/// How long after its expiry an item is deleted, unless a scenario says otherwise.
pub(crate) const DELETION_LAG: SignedDuration = SignedDuration::from_hours(12);
/// A second change within this time is refused.
const SETTLING: SignedDuration = SignedDuration::from_hours(1);
/// An item that expired longer ago than this is taken for a mistake and kept.
const TOO_LONG_AGO: SignedDuration = SignedDuration::from_hours(5 * 365 * 24);

/// A table's setting and the items that it will delete.
#[derive(Debug, Default)]
pub(crate) struct TimeToLive {
    attribute: Option<String>,
    changed: Option<Timestamp>,
    expiring: BTreeSet<(Timestamp, Key)>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Update {
    table_name: String,
    time_to_live_specification: Specification,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Specification {
    attribute_name: String,
    enabled: bool,
}

/// UpdateTimeToLive. The change is in force at once; AWS takes up to an hour.
pub(super) fn update(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input: Update = read_input(call)?;
    let specification = input.time_to_live_specification;
    let name = specification.attribute_name;
    if name.is_empty() || name.len() > 255 {
        return Err(breaks_constraint(
            &name,
            "timeToLiveSpecification.attributeName",
            "Member must have length less than or equal to 255 and greater than or equal to 1",
        ));
    }
    let now = world.now;
    let table = require_described_table(&mut world.dynamodb, &input.table_name)?;
    table
        .time_to_live
        .check(&name, specification.enabled, now)?;
    let attribute = specification.enabled.then(|| name.clone());
    let expiring = table
        .items()
        .filter_map(|(key, item)| Some((expiry(item, attribute.as_ref()?)?, key.clone())))
        .collect();
    table.time_to_live = TimeToLive {
        attribute,
        changed: Some(now),
        expiring,
    };
    Ok(
        json!({"TimeToLiveSpecification": {"AttributeName": name, "Enabled": specification.enabled}}),
    )
}

/// DescribeTimeToLive.
pub(super) fn describe(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let table = require_described_table(
        &mut world.dynamodb,
        call.text("TableName").unwrap_or_default(),
    )?;
    let description = match &table.time_to_live.attribute {
        Some(name) => json!({"TimeToLiveStatus": "ENABLED", "AttributeName": name}),
        None => json!({"TimeToLiveStatus": "DISABLED"}),
    };
    Ok(json!({"TimeToLiveDescription": description}))
}

/// When the next item is deleted.
pub(super) fn due(world: &World) -> Option<Timestamp> {
    let lag = world.dynamodb.deletion_lag;
    world
        .dynamodb
        .tables
        .values()
        .filter_map(|table| table.time_to_live.expiring.first())
        .filter_map(|(expiry, _)| expiry.checked_add(lag).ok())
        .min()
}

/// Deletes what expired long enough ago.
pub(super) fn sweep(world: &mut World) {
    let now = world.now;
    let lag = world.dynamodb.deletion_lag;
    let mut deleted = Vec::new();
    for (name, table) in &mut world.dynamodb.tables {
        let count = table.sweep(now, lag);
        if count > 0 {
            deleted.push((name.clone(), count));
        }
    }
    for (name, count) in deleted {
        world.happened(
            name,
            What::Note(format!("time to live deleted {count} items")),
        );
    }
}

impl Table {
    fn sweep(&mut self, now: Timestamp, lag: SignedDuration) -> usize {
        let mut deleted = 0;
        while let Some((expiry, key)) = self.time_to_live.expiring.first().cloned() {
            if expiry.checked_add(lag).is_ok_and(|due| due > now) {
                break;
            }
            if now.duration_since(expiry) > TOO_LONG_AGO {
                self.time_to_live.expiring.pop_first();
                continue;
            }
            self.put(key, None);
            deleted += 1;
        }
        deleted
    }
}

impl TimeToLive {
    /// Keeps the list of expiring items right when an item is written.
    pub(super) fn replaced(&mut self, key: &Key, old: Option<&Item>, new: Option<&Item>) {
        let Some(attribute) = &self.attribute else {
            return;
        };
        if let Some(at) = old.and_then(|item| expiry(item, attribute)) {
            self.expiring.remove(&(at, key.clone()));
        }
        if let Some(at) = new.and_then(|item| expiry(item, attribute)) {
            self.expiring.insert((at, key.clone()));
        }
    }

    fn check(&self, name: &str, enable: bool, now: Timestamp) -> Result<(), ApiError> {
        let problem = match (&self.attribute, enable) {
            (Some(_), true) => "TimeToLive is already enabled".to_owned(),
            (None, false) => "TimeToLive is already disabled".to_owned(),
            (Some(current), false) if current != name => format!(
                "TimeToLive is active on a different AttributeName: current AttributeName is {current}"
            ),
            _ if self
                .changed
                .is_some_and(|changed| now.duration_since(changed) < SETTLING) =>
            {
                "Time to live has been modified multiple times within a fixed interval".to_owned()
            }
            _ => return Ok(()),
        };
        Err(invalid(problem))
    }
}

/// When an item expires, if it says so in a form that counts.
fn expiry(item: &Item, attribute: &str) -> Option<Timestamp> {
    match item.get(attribute)? {
        Attribute::N(number) => Timestamp::from_second(number.seconds()?).ok(),
        _ => None,
    }
}
