//! Optimistic versions: what the ledger's writes rest on.

use std::sync::Barrier;
use std::thread;

use proptest::prelude::*;
use serde_json::json;

use crate::{DynamoDb, key};

/// Takes the lease if nobody has it.
fn take(dynamodb: &DynamoDb, owner: usize) -> bool {
    let mut item = key("a", "lease");
    item["holder"] = json!({"N": owner.to_string()});
    let input = json!({
        "TableName": "ledger", "Item": item, "ConditionExpression": "attribute_not_exists(pk)",
    });
    dynamodb.ask("PutItem", input).is_ok()
}

fn version(dynamodb: &DynamoDb) -> u64 {
    let item = dynamodb.get("a", "1").unwrap();
    item["version"]["N"].as_str().unwrap().parse().unwrap()
}

/// Writes if the version is still the one that was read.
fn write(dynamodb: &DynamoDb, read: u64) -> bool {
    let values = json!({
        ":read": {"N": read.to_string()}, ":next": {"N": (read + 1).to_string()},
    });
    let more = json!({
        "ConditionExpression": "version = :read", "ExpressionAttributeValues": values,
    });
    dynamodb.update("SET version = :next", more).is_ok()
}

#[test]
fn of_sixteen_callers_at_once_exactly_one_takes_the_lease() {
    for _ in 0..20 {
        let dynamodb = DynamoDb::new();
        let start = Barrier::new(16);
        let winners = thread::scope(|scope| {
            let callers: Vec<_> = (0..16)
                .map(|owner| {
                    let (dynamodb, start) = (&dynamodb, &start);
                    scope.spawn(move || {
                        start.wait();
                        take(dynamodb, owner)
                    })
                })
                .collect();
            callers
                .into_iter()
                .map(|caller| caller.join().unwrap())
                .filter(|won| *won)
                .count()
        });
        assert_eq!(winners, 1);
    }
}

#[test]
fn four_hundred_counts_at_once_are_four_hundred() {
    let dynamodb = DynamoDb::new();
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..50 {
                    let more = json!({"ExpressionAttributeValues": {":one": {"N": "1"}}});
                    dynamodb.update("ADD version :one", more).unwrap();
                }
            });
        }
    });
    assert_eq!(version(&dynamodb), 400);
}

proptest! {
    /// Callers read and write in any order: the version counts the writes that won, and a write on
    /// what another has changed since never wins.
    #[test]
    fn a_version_counts_exactly_the_writes_that_won(steps in prop::collection::vec((0_usize..4, any::<bool>()), 1..60)) {
        let dynamodb = DynamoDb::holding(json!({"version": {"N": "0"}}));
        let mut seen = [0_u64; 4];
        let mut won = 0;
        for (caller, reads) in steps {
            if reads {
                seen[caller] = version(&dynamodb);
            } else {
                let current = seen[caller] == won;
                prop_assert_eq!(write(&dynamodb, seen[caller]), current);
                won += u64::from(current);
            }
        }
        prop_assert_eq!(version(&dynamodb), won);
    }
}
