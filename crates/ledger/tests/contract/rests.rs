//! Records of rests: written once, replaced by version, closed by version.

use domain::rest::Version;

use crate::tables::everywhere;
use crate::{assert_overtaken, bare_rest, full_rest, group, service};

#[tokio::test]
async fn what_was_written_is_what_stands() {
    everywhere(async |table| {
        let (rest, bare) = (full_rest(1), bare_rest(1));
        table
            .ledger
            .record_service(&service("api"), &rest, None)
            .await
            .unwrap();
        table
            .ledger
            .record_group(&group(), &bare, None)
            .await
            .unwrap();
        let standing = table.ledger.standing().await.unwrap();
        assert_eq!(
            standing.services.into_iter().collect::<Vec<_>>(),
            [(service("api"), rest)]
        );
        assert_eq!(
            standing.groups.into_iter().collect::<Vec<_>>(),
            [(group(), bare)]
        );
        assert_eq!(standing.unreadable, []);
    })
    .await;
}

#[tokio::test]
async fn a_first_record_is_never_overwritten() {
    everywhere(async |table| {
        let first = full_rest(1);
        table
            .ledger
            .record_service(&service("api"), &first, None)
            .await
            .unwrap();
        let late = table
            .ledger
            .record_service(&service("api"), &full_rest(9), None)
            .await;
        assert_overtaken(late);
        let standing = table.ledger.standing().await.unwrap();
        assert_eq!(standing.services[&service("api")], first);
    })
    .await;
}

#[tokio::test]
async fn the_same_record_again_is_the_same_attempt() {
    everywhere(async |table| {
        for _ in 0..2 {
            table
                .ledger
                .record_service(&service("api"), &full_rest(1), None)
                .await
                .unwrap();
        }
    })
    .await;
}

#[tokio::test]
async fn of_two_runs_that_read_the_same_version_one_writes() {
    everywhere(async |table| {
        table
            .ledger
            .record_service(&service("api"), &full_rest(1), None)
            .await
            .unwrap();
        let mut theirs = full_rest(2);
        theirs.claim = None;
        let read = Some(Version(1));
        table
            .ledger
            .record_service(&service("api"), &full_rest(2), read)
            .await
            .unwrap();
        assert_overtaken(
            table
                .ledger
                .record_service(&service("api"), &theirs, read)
                .await,
        );
        let standing = table.ledger.standing().await.unwrap();
        assert_eq!(standing.services[&service("api")], full_rest(2));
    })
    .await;
}

#[tokio::test]
async fn a_version_that_was_never_there_replaces_nothing() {
    everywhere(async |table| {
        let write = table
            .ledger
            .record_group(&group(), &bare_rest(2), Some(Version(1)))
            .await;
        assert_overtaken(write);
        assert!(table.ledger.standing().await.unwrap().groups.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_record_is_closed_in_the_version_that_was_read() {
    everywhere(async |table| {
        table
            .ledger
            .record_service(&service("api"), &full_rest(5), None)
            .await
            .unwrap();
        assert_overtaken(
            table
                .ledger
                .close_service(&service("api"), Version(4))
                .await,
        );
        assert_eq!(table.ledger.standing().await.unwrap().services.len(), 1);
        for _ in 0..2 {
            table
                .ledger
                .close_service(&service("api"), Version(5))
                .await
                .unwrap();
            assert_eq!(table.ledger.standing().await.unwrap().services.len(), 0);
        }
    })
    .await;
}

/// Versions are instants in milliseconds: too large for a float to count exactly after a multiplication,
/// and compared as numbers.
#[tokio::test]
async fn neighbouring_versions_are_told_apart() {
    everywhere(async |table| {
        let largest = i64::MAX - 1;
        table
            .ledger
            .record_group(&group(), &bare_rest(largest), None)
            .await
            .unwrap();
        assert_overtaken(table.ledger.close_group(&group(), Version(i64::MAX)).await);
        assert_overtaken(
            table
                .ledger
                .close_group(&group(), Version(largest - 1))
                .await,
        );
        table
            .ledger
            .close_group(&group(), Version(largest))
            .await
            .unwrap();
    })
    .await;
}
