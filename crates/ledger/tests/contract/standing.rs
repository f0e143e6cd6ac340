//! Orders, concerns and the mark of a closing suite.

use domain::announcement::Told;
use domain::order::{Order, Ordered};
use ledger::{LedgerError, Standing};

use crate::tables::everywhere;
use crate::{assert_overtaken, at, service};

fn order(since: &str) -> Order {
    Order {
        to: Ordered::Awake {
            until: at("2026-11-23T22:00:00Z"),
        },
        by: "ada".to_owned(),
        why: "release".to_owned(),
        since: at(since),
    }
}

#[tokio::test]
async fn nothing_stands_in_a_new_table() {
    everywhere(async |table| {
        assert_eq!(table.ledger.standing().await.unwrap(), Standing::default());
    })
    .await;
}

#[tokio::test]
async fn the_newest_order_stands() {
    everywhere(async |table| {
        let (old, new) = (order("2026-11-23T18:00:00Z"), order("2026-11-23T19:00:00Z"));
        table.ledger.order(&service("api"), &old).await.unwrap();
        table.ledger.order(&service("api"), &new).await.unwrap();
        assert_overtaken(table.ledger.order(&service("api"), &old).await);
        assert_eq!(
            table.ledger.standing().await.unwrap().orders[&service("api")],
            new
        );
    })
    .await;
}

#[tokio::test]
async fn an_order_is_withdrawn_unless_another_came_in_its_place() {
    everywhere(async |table| {
        let (old, new) = (order("2026-11-23T18:00:00Z"), order("2026-11-23T19:00:00Z"));
        table.ledger.order(&service("api"), &new).await.unwrap();
        assert_overtaken(table.ledger.withdraw_order(&service("api"), &old).await);
        for _ in 0..2 {
            table
                .ledger
                .withdraw_order(&service("api"), &new)
                .await
                .unwrap();
        }
        assert!(table.ledger.standing().await.unwrap().orders.is_empty());
    })
    .await;
}

#[tokio::test]
async fn an_order_to_rest_takes_the_place_of_one_to_be_awake_and_the_other_way_round() {
    everywhere(async |table| {
        let rest = |since, until| Order {
            to: Ordered::Rest { until },
            ..order(since)
        };
        let orders = [
            order("2026-11-23T18:00:00Z"),
            rest("2026-11-23T19:00:00Z", None),
            rest("2026-11-23T20:00:00Z", Some(at("2026-11-24T06:00:00Z"))),
            order("2026-11-23T21:00:00Z"),
        ];
        for order in orders {
            table.ledger.order(&service("api"), &order).await.unwrap();
            let standing = table.ledger.standing().await.unwrap();
            assert_eq!(standing.orders[&service("api")], order);
        }
    })
    .await;
}

fn told(text: &str, since: &str) -> Told {
    Told {
        text: text.to_owned(),
        since: at(since),
    }
}

#[tokio::test]
async fn a_concern_is_announced_reworded_and_withdrawn() {
    everywhere(async |table| {
        let first = told("not awake", "2026-11-23T08:10:00Z");
        let reworded = told("still not awake", "2026-11-23T08:20:00Z");
        for told in [&first, &first, &reworded] {
            table
                .ledger
                .announced("arn:x", "not-restored", told)
                .await
                .unwrap();
        }
        let key = ("arn:x".to_owned(), "not-restored".to_owned());
        assert_eq!(
            table.ledger.standing().await.unwrap().announced[&key],
            reworded
        );
        for _ in 0..2 {
            table
                .ledger
                .withdrawn("arn:x", "not-restored")
                .await
                .unwrap();
        }
        assert!(table.ledger.standing().await.unwrap().announced.is_empty());
    })
    .await;
}

#[tokio::test]
async fn the_same_words_again_keep_the_moment_of_the_first() {
    everywhere(async |table| {
        let first = told("not awake", "2026-11-23T08:10:00Z");
        let again = told("not awake", "2026-11-23T09:10:00Z");
        for told in [&first, &again] {
            table
                .ledger
                .announced("arn:x", "not-restored", told)
                .await
                .unwrap();
        }
        let announced = table.ledger.standing().await.unwrap().announced;
        assert_eq!(announced.into_values().collect::<Vec<_>>(), [first]);
    })
    .await;
}

#[tokio::test]
async fn the_suite_closes_and_opens_again() {
    everywhere(async |table| {
        let now = "2026-11-23T08:10:00Z".parse().unwrap();
        for _ in 0..2 {
            table.ledger.close_suite("request", now).await.unwrap();
            assert!(table.ledger.standing().await.unwrap().closing);
        }
        for _ in 0..2 {
            table.ledger.reopen_suite().await.unwrap();
            assert!(!table.ledger.standing().await.unwrap().closing);
        }
    })
    .await;
}

#[tokio::test]
async fn the_deliveries_of_each_request_to_close_the_suite_are_counted_from_its_first() {
    everywhere(async |table| {
        let at = |minute: u32| format!("2026-11-23T08:{minute:02}:00Z").parse().unwrap();
        let mut counted = Vec::new();
        for (minute, request) in [
            (10, "one"),
            (15, "one"),
            (20, "one"),
            (30, "two"),
            (35, "two"),
        ] {
            let closing = table.ledger.close_suite(request, at(minute)).await.unwrap();
            counted.push((closing.deliveries, closing.since));
        }
        let (one, two) = (at(10), at(30));
        assert_eq!(counted, [(1, one), (2, one), (3, one), (1, two), (2, two)]);
    })
    .await;
}

/// A page of a query ends at a megabyte.
#[tokio::test]
async fn everything_is_read_however_many_pages_it_has() {
    everywhere(async |table| {
        let long = told(&"x".repeat(300_000), "2026-11-23T08:10:00Z");
        for number in 0..9 {
            table
                .ledger
                .announced(&format!("arn:{number}"), "kind", &long)
                .await
                .unwrap();
        }
        assert_eq!(table.ledger.standing().await.unwrap().announced.len(), 9);
    })
    .await;
}

#[tokio::test]
async fn a_missing_table_is_not_an_empty_one() {
    everywhere(async |table| {
        let error = table.missing().standing().await.unwrap_err();
        assert!(
            matches!(error, LedgerError::Call { call: "Query", .. }),
            "{error:?}"
        );
        let error = table
            .missing()
            .close_suite("request", jiff::Timestamp::UNIX_EPOCH)
            .await
            .unwrap_err();
        assert!(
            matches!(
                error,
                LedgerError::Call {
                    call: "PutItem",
                    ..
                }
            ),
            "{error:?}"
        );
    })
    .await;
}
