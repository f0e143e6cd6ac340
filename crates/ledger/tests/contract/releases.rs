//! Records of deployments, which of them are open, and the freeze of everything.

use std::collections::{BTreeMap, BTreeSet};

use domain::arn::ServiceArn;
use domain::rest::Version;
use domain::rollback::{
    Bad, Brought, Case, Cause, DefinitionArn, DeploymentId, Digest, Elsewhere, Freeze, Good, Hand,
    How, Intent, Known, Past, Ports, Record, Release, Target, Trouble, Verdict, Watch,
};
use ledger::{LedgerError, Releases};

use crate::tables::everywhere;
use crate::{assert_overtaken, at, service};

const NOW: &str = "2026-11-24T10:00:01Z";

fn id(number: u32) -> DeploymentId {
    DeploymentId::parse(&format!("ecs-svc/{number:019}")).unwrap()
}

fn release(number: u32) -> Release {
    let head = "arn:aws:ecs:eu-central-1:123456789012:task-definition/web";
    let digest = Digest::parse(&format!("sha256:{number:064x}")).unwrap();
    Release {
        definition: DefinitionArn::parse(&format!("{head}:{number}")).unwrap(),
        revision: None,
        digests: [("web".to_owned(), digest)].into(),
    }
}

fn watch() -> Watch {
    Watch {
        deployment: id(2),
        release: release(2),
        brought: Brought::Release,
        began: at(NOW),
        completed: None,
        failed: Some(at("2026-11-24T10:03:00Z")),
        red: Some(BTreeSet::new()),
        fired: BTreeSet::new(),
        tied: BTreeSet::from(["web-5xx".to_owned()]),
        troubles: BTreeMap::from([(Trouble::Capacity, at(NOW))]),
        migration: None,
        doubted: None,
    }
}

fn case() -> Case {
    let intent = Intent {
        target: Target {
            release: release(1),
            known: Known::Proved(at("2026-11-23T10:00:00Z")),
            unchecked: vec!["the role: \"throttled\" & <dark> ünïcödé ✓".to_owned()],
        },
        how: How::Update,
        at: at("2026-11-24T10:04:00Z"),
        tried: at("2026-11-24T10:04:00Z"),
        ours: None,
        until: at("2026-11-24T10:19:00Z"),
        overwrote: None,
        by: None,
    };
    Case {
        failed: Some(id(2)),
        release: Some(release(2)),
        began: at(NOW),
        migration: None,
        cause: Cause::CrashLoop { tasks: 3 },
        opened: at("2026-11-24T10:04:00Z"),
        hand: Hand::Us(Box::new(intent)),
        outcome: None,
    }
}

/// A record with most of what a record can have, and nothing open.
fn closed(version: i64) -> Record {
    let ports = Ports {
        traffic: 8080,
        health: "traffic-port".to_owned(),
    };
    Record {
        good: vec![Good {
            release: release(1),
            deployment: id(1),
            desired: 4,
            ports: [("arn:group".to_owned(), ports)].into(),
            completed: at("2026-11-23T09:45:00Z"),
            proved: at("2026-11-23T10:00:00Z"),
            by_rollback: false,
        }],
        bad: vec![Bad {
            release: release(2),
            deployment: id(2),
            at: at(NOW),
            why: String::new(),
        }],
        past: vec![Past {
            deployment: id(1),
            release: release(1),
            began: at("2026-11-23T09:40:00Z"),
            ended: at("2026-11-23T10:00:00Z"),
            verdict: Verdict::Deployed,
            why: "it proved good".to_owned(),
            migration: None,
        }],
        version: Version(version),
        ..Record::new(at(NOW))
    }
}

fn watched(version: i64) -> Record {
    Record {
        watch: Some(watch()),
        ..closed(version)
    }
}

fn failing(version: i64) -> Record {
    Record {
        case: Some(case()),
        ..watched(version)
    }
}

fn freeze(since: &str) -> Freeze {
    Freeze {
        by: Some("ana".to_owned()),
        why: "the night of the fair".to_owned(),
        since: at(since),
        until: None,
    }
}

fn nothing() -> Releases {
    Releases {
        records: BTreeMap::new(),
        frozen: Ok(None),
        unreadable: Vec::new(),
    }
}

#[tokio::test]
async fn nothing_is_remembered_in_a_new_table() {
    everywhere(async |table| {
        let ledger = &table.ledger;
        assert_eq!(ledger.releases(&[service("web")]).await.unwrap(), nothing());
        assert_eq!(ledger.releases(&[]).await.unwrap(), nothing());
        assert_eq!(
            ledger.open_releases().await.unwrap(),
            ledger::OpenReleases::default()
        );
    })
    .await;
}

#[tokio::test]
async fn a_record_stands_as_it_was_written_and_of_two_runs_one_writes() {
    everywhere(async |table| {
        let ledger = &table.ledger;
        let web = service("web");
        let record = async |record: Record, replaces: Option<i64>| {
            let replaces = replaces.map(Version);
            ledger.record_release(&web, &record, replaces).await
        };
        record(failing(1), None).await.unwrap();
        assert_overtaken(record(failing(5), None).await);
        record(failing(2), Some(1)).await.unwrap();
        assert_overtaken(record(closed(3), Some(1)).await);
        let read = ledger.releases([&web, &web]).await.unwrap();
        assert_eq!(read.records, [(web.clone(), failing(2))].into());
        assert_eq!((read.frozen, read.unreadable), (Ok(None), Vec::new()));
        assert!(ledger.standing().await.unwrap().unreadable.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_record_that_another_run_wrote_first_changes_nothing_of_what_is_open() {
    everywhere(async |table| {
        let ledger = &table.ledger;
        let (web, api) = (service("web"), service("api"));
        let write = async |service: &ServiceArn, record: Record| {
            ledger
                .record_release(service, &record, Some(Version(7)))
                .await
        };
        ledger
            .record_release(&web, &watched(1), None)
            .await
            .unwrap();
        ledger.record_release(&api, &closed(1), None).await.unwrap();
        assert_overtaken(write(&web, closed(8)).await);
        assert_overtaken(write(&api, watched(8)).await);
        let open = ledger.open_releases().await.unwrap().services;
        assert_eq!(open, [(web, Elsewhere::of(&watched(1)))].into());
    })
    .await;
}

#[tokio::test]
async fn what_is_open_is_found_from_the_write_that_opens_it_to_the_write_that_closes_it() {
    everywhere(async |table| {
        let ledger = &table.ledger;
        let (web, api) = (service("web"), service("api"));
        ledger.record_release(&api, &closed(1), None).await.unwrap();
        let writes = [closed(1), watched(2), failing(3), closed(4), watched(5)];
        let mut replaces = None;
        for record in writes {
            ledger
                .record_release(&web, &record, replaces)
                .await
                .unwrap();
            replaces = Some(record.version);
            let open = ledger.open_releases().await.unwrap();
            let expected = record.is_open().then(|| Elsewhere::of(&record));
            assert_eq!(open.services.get(&web), expected.as_ref());
            assert!(open.unreadable.is_empty() && !open.services.contains_key(&api));
        }
    })
    .await;
}

#[tokio::test]
async fn what_matters_of_an_open_record_for_others_is_read_without_the_record() {
    everywhere(async |table| {
        let ledger = &table.ledger;
        let web = service("web");
        ledger
            .record_release(&web, &failing(1), None)
            .await
            .unwrap();
        let open = ledger.open_releases().await.unwrap().services;
        let expected = Elsewhere {
            began: Some(at(NOW)),
            tied: BTreeSet::from(["web-5xx".to_owned()]),
            failing: Some(at("2026-11-24T10:04:00Z")),
        };
        assert_eq!(open[&web], expected);
    })
    .await;
}

/// One `BatchGetItem` reads 100 items.
#[tokio::test]
async fn the_open_records_of_many_services_are_read_whole_and_the_others_are_not() {
    everywhere(async |table| {
        let ledger = &table.ledger;
        for number in 0..130 {
            let open = service(&format!("open-{number}"));
            ledger
                .record_release(&open, &watched(1), None)
                .await
                .unwrap();
            let other = service(&format!("closed-{number}"));
            ledger
                .record_release(&other, &closed(1), None)
                .await
                .unwrap();
        }
        ledger.freeze_releases(&freeze(NOW)).await.unwrap();
        let open = ledger.open_releases().await.unwrap().services;
        let read = ledger.releases(open.keys()).await.unwrap();
        assert_eq!((open.len(), read.records.len()), (130, 130));
        assert!(read.records.values().all(|record| *record == watched(1)));
        assert_eq!(read.frozen, Ok(Some(freeze(NOW))));
    })
    .await;
}

/// An item has 400 KB.
#[tokio::test]
async fn a_record_that_would_be_too_large_is_taken_without_the_oldest_of_its_past() {
    everywhere(async |table| {
        let ledger = &table.ledger;
        let web = service("web");
        let past = (0..50).map(|number| Past {
            deployment: id(number),
            why: "x".repeat(20_000),
            ..closed(1).past[0].clone()
        });
        let large = Record {
            past: past.collect(),
            ..failing(1)
        };
        ledger.record_release(&web, &large, None).await.unwrap();
        let read = &ledger.releases([&web]).await.unwrap().records[&web];
        let past = large.past[large.past.len() - read.past.len()..].to_vec();
        assert_eq!(past.len(), 19);
        assert_eq!(*read, Record { past, ..large });
    })
    .await;
}

#[tokio::test]
async fn the_newest_freeze_of_everything_stands_until_it_is_ended() {
    everywhere(async |table| {
        let ledger = &table.ledger;
        let (old, new) = (freeze(NOW), freeze("2026-11-24T11:00:00Z"));
        let frozen = async || ledger.releases(&[]).await.unwrap().frozen;
        for freeze in [&old, &new, &new] {
            ledger.freeze_releases(freeze).await.unwrap();
            assert_eq!(frozen().await, Ok(Some(freeze.clone())));
        }
        assert_overtaken(ledger.freeze_releases(&old).await);
        assert_overtaken(ledger.thaw_releases(&old).await);
        assert_eq!(frozen().await, Ok(Some(new.clone())));
        for _ in 0..2 {
            ledger.thaw_releases(&new).await.unwrap();
            assert_eq!(frozen().await, Ok(None));
        }
    })
    .await;
}

#[tokio::test]
async fn without_a_table_every_call_says_so() {
    everywhere(async |table| {
        let ledger = table.missing();
        assert!(ledger.releases(&[]).await.is_err());
        assert!(ledger.open_releases().await.is_err());
        assert!(ledger.freeze_releases(&freeze(NOW)).await.is_err());
        assert!(ledger.thaw_releases(&freeze(NOW)).await.is_err());
        let error = ledger
            .record_release(&service("web"), &closed(1), None)
            .await
            .unwrap_err();
        let call = "TransactWriteItems";
        assert!(
            matches!(error, LedgerError::Call { call: named, .. } if named == call),
            "{error:?}"
        );
    })
    .await;
}
