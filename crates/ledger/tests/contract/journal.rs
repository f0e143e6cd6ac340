//! The journal: one entry for every event.

use jiff::SignedDuration;
use ledger::{Entry, Outcome};

use crate::at;
use crate::tables::{Table, everywhere};

fn entry(outcome: Outcome, summary: &str) -> Entry {
    Entry {
        at: at("2026-11-23T23:59:59Z"),
        came: at("2026-11-23T23:59:58Z"),
        function: "off-hours",
        event: "tick-1".to_owned(),
        kind: "tick".to_owned(),
        summary: summary.to_owned(),
        details: vec!["prod/api rests".to_owned()],
        outcome,
        keep: SignedDuration::from_hours(24 * 90),
    }
}

async fn summary(table: &Table) -> Option<String> {
    table
        .text("journal#2026-11-23", "off-hours#tick-1", "summary")
        .await
}

#[tokio::test]
async fn an_event_that_was_handled_keeps_its_first_entry() {
    everywhere(async |table| {
        table
            .ledger
            .journal(&entry(Outcome::Done, "rested 1"))
            .await
            .unwrap();
        table
            .ledger
            .journal(&entry(Outcome::Done, "nothing to do"))
            .await
            .unwrap();
        table
            .ledger
            .journal(&entry(Outcome::Failed, "late failure"))
            .await
            .unwrap();
        assert_eq!(summary(&table).await.unwrap(), "rested 1");
    })
    .await;
}

#[tokio::test]
async fn an_event_that_failed_has_the_entry_of_its_last_delivery() {
    everywhere(async |table| {
        table
            .ledger
            .journal(&entry(Outcome::Failed, "throttled"))
            .await
            .unwrap();
        table
            .ledger
            .journal(&entry(Outcome::Failed, "throttled again"))
            .await
            .unwrap();
        table
            .ledger
            .journal(&entry(Outcome::Done, "rested 1"))
            .await
            .unwrap();
        assert_eq!(summary(&table).await.unwrap(), "rested 1");
    })
    .await;
}

#[tokio::test]
async fn an_entry_with_too_many_details_is_cut_to_what_an_item_holds() {
    everywhere(async |table| {
        let mut long = entry(Outcome::Done, "rested many");
        long.details = vec!["prod/api rests".repeat(100); 1_000];
        table.ledger.journal(&long).await.unwrap();
        assert_eq!(summary(&table).await.unwrap(), "rested many");
    })
    .await;
}

#[tokio::test]
async fn an_event_delivered_again_after_midnight_has_one_entry_on_its_own_day() {
    everywhere(async |table| {
        let first = entry(Outcome::Failed, "throttled");
        let again = Entry {
            at: at("2026-11-24T00:01:00Z"),
            ..entry(Outcome::Done, "rested 1")
        };
        for entry in [&first, &again] {
            table.ledger.journal(entry).await.unwrap();
        }
        assert_eq!(summary(&table).await.unwrap(), "rested 1");
        let next_day = table.text("journal#2026-11-24", "off-hours#tick-1", "summary");
        assert_eq!(next_day.await, None);
    })
    .await;
}

#[tokio::test]
async fn what_became_of_an_instance_is_written_down_by_the_first_who_knows_it() {
    everywhere(async |table| {
        let first = entry(Outcome::Done, "interrupted");
        let again = Entry {
            at: at("2026-11-24T00:01:00Z"),
            ..entry(Outcome::Done, "spared")
        };
        let conclude = async |entry: &Entry| table.ledger.conclude(entry).await.unwrap();
        assert!(conclude(&first).await);
        assert!(conclude(&first).await, "an attempt that was made again");
        assert!(!conclude(&again).await);
        assert_eq!(summary(&table).await.unwrap(), "interrupted");
    })
    .await;
}
