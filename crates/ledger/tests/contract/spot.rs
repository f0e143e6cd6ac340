//! Records of instances that go, where instances are, losses, surges and looks.

use std::collections::{BTreeMap, BTreeSet};

use domain::arn::{ClusterArn, ContainerInstanceArn, TaskArn};
use domain::drain::{
    Action, Berth, Counted, Drain, Drainer, Exercise, Experiment, Fate, Heard, Incident,
    IndexWrite, InstanceId, Leaving, Loss, Mark, Owner, Place, Pool, Raised, RaisedStrategy, Scope,
    Size, Source, Status, Weight,
};
use domain::rest::Version;
use jiff::{SignedDuration, Timestamp};

use crate::tables::everywhere;
use crate::{assert_overtaken, at, service};

const NOW: &str = "2026-11-24T10:00:01Z";

fn instance(number: u32) -> InstanceId {
    InstanceId::parse(&format!("i-{number:017x}")).unwrap()
}

fn cluster() -> ClusterArn {
    ClusterArn::parse("arn:aws:ecs:eu-central-1:123456789012:cluster/prod").unwrap()
}

fn arn(id: &str) -> ContainerInstanceArn {
    let arn = format!("arn:aws:ecs:eu-central-1:123456789012:container-instance/prod/{id}");
    ContainerInstanceArn::parse(&arn).unwrap()
}

/// A service that got more of FARGATE.
fn raised() -> RaisedStrategy {
    let strategy = |base| {
        vec![Weight {
            provider: "FARGATE".to_owned(),
            base,
            weight: 1,
        }]
    };
    RaisedStrategy {
        created_at: at("2026-11-01T00:00:00Z"),
        provider: "FARGATE".to_owned(),
        saved: strategy(0),
        seen: strategy(1),
        written: strategy(4),
        at: at(NOW),
    }
}

fn pool() -> Pool {
    Pool {
        instance_type: "m6i.large".to_owned(),
        zone: "eu-central-1b".to_owned(),
    }
}

/// A record with most of what a record can have.
fn drain(version: i64) -> Drain {
    let task = "arn:aws:ecs:eu-central-1:123456789012:task/prod/0b69d5c0d5ba4f6e8d2e3a1f9c7b5d01";
    let leaving = Leaving {
        owner: Owner::Service(service("api")),
        fate: Fate::Stopping { at: at(NOW) },
    };
    Drain {
        opened: at(NOW),
        places: vec![Berth {
            cluster: cluster(),
            arn: arn("0b"),
        }],
        pool: Some(pool()),
        provider: Some("spot".to_owned()),
        heard: Heard {
            warning: Some(at("2026-11-24T10:00:00Z")),
            action: Some(Action::Terminate),
            ..Heard::default()
        },
        deadline: Some(at("2026-11-24T10:02:00Z")),
        hooks: Vec::new(),
        released: None,
        by: Drainer::Us { at: at(NOW) },
        draining: Some(at(NOW)),
        tasks: [(TaskArn::parse(task).unwrap(), leaving)].into(),
        replaced: BTreeMap::new(),
        ended: None,
        settled: None,
        looks: BTreeSet::from([at("2026-11-24T10:01:15Z")]),
        dormant: None,
        version: Version(version),
    }
}

fn place(id: &str, version: i64) -> Place {
    Place {
        cluster: cluster(),
        arn: arn(id),
        status: Status::Active,
        version,
        agent_connected: true,
        provider: Some("spot".to_owned()),
        pool: Some(pool()),
        source: Source::Remembered,
    }
}

fn seen(number: u32, id: &str, version: i64) -> IndexWrite {
    IndexWrite::Seen {
        instance: instance(number),
        place: place(id, version),
    }
}

fn loss(number: u32, time: &str) -> Counted {
    Counted {
        what: Loss::Instance(instance(number)),
        fleet: Scope::Provider("spot".to_owned()),
        pool: Some(pool()),
        at: at(time),
        by_fis: false,
    }
}

#[tokio::test]
async fn a_record_stands_as_it_was_written_and_of_two_runs_one_writes() {
    everywhere(async |table| {
        let ledger = &table.ledger;
        let record = async |version, replaces: Option<i64>| {
            let replaces = replaces.map(Version);
            ledger
                .record_drain(&instance(1), &drain(version), replaces)
                .await
        };
        record(1, None).await.unwrap();
        record(1, None).await.unwrap();
        assert_overtaken(record(5, None).await);
        record(2, Some(1)).await.unwrap();
        assert_overtaken(record(3, Some(1)).await);
        let read = ledger.drains().await.unwrap();
        assert_eq!(read.drains, [(instance(1), drain(2))].into());
        assert_eq!(read.unreadable, []);
        assert!(ledger.standing().await.unwrap().unreadable.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_record_is_closed_in_the_version_that_was_read() {
    everywhere(async |table| {
        let ledger = &table.ledger;
        ledger
            .record_drain(&instance(1), &drain(5), None)
            .await
            .unwrap();
        assert_overtaken(ledger.close_drain(&instance(1), Version(4)).await);
        for _ in 0..2 {
            ledger.close_drain(&instance(1), Version(5)).await.unwrap();
            assert!(ledger.drains().await.unwrap().drains.is_empty());
        }
    })
    .await;
}

/// One `BatchGetItem` reads 100 items, and each instance has two.
#[tokio::test]
async fn what_is_known_of_many_instances_is_read_whole() {
    everywhere(async |table| {
        let ledger = &table.ledger;
        let numbers = 0..130;
        for number in numbers.clone() {
            ledger
                .remember(&seen(number, "0b", 1), at(NOW))
                .await
                .unwrap();
        }
        ledger
            .record_drain(&instance(7), &drain(1), None)
            .await
            .unwrap();
        let ids: Vec<InstanceId> = numbers.chain([999]).map(instance).collect();
        let known = ledger.known(&ids).await.unwrap();
        assert_eq!(known.drains, [(instance(7), drain(1))].into());
        assert_eq!(known.places.len(), 130);
        assert_eq!(known.unreadable, []);
        assert_eq!(ledger.index().await.unwrap().places.len(), 130);
    })
    .await;
}

#[tokio::test]
async fn of_an_instance_the_last_word_about_each_place_counts_in_whatever_order_it_comes() {
    everywhere(async |table| {
        let ledger = &table.ledger;
        let gone = |id: &str| IndexWrite::Gone {
            instance: instance(1),
            arn: arn(id),
            version: 9,
        };
        let writes = [
            seen(1, "0b", 3),
            seen(1, "0b", 2),
            seen(1, "0c", 1),
            gone("0b"),
            seen(1, "0b", 8),
            gone("0b"),
            gone("0d"),
            seen(1, "0d", 8),
        ];
        for write in writes {
            ledger.remember(&write, at(NOW)).await.unwrap();
        }
        let places = async || ledger.known(&[instance(1)]).await.unwrap().places;
        let left = Place {
            status: Status::Inactive,
            ..place("0b", 9)
        };
        assert_eq!(places().await[&instance(1)], [left, place("0c", 1)]);
        ledger.remember(&seen(1, "0b", 10), at(NOW)).await.unwrap();
        ledger.remember(&seen(1, "0d", 10), at(NOW)).await.unwrap();
        let all = [place("0b", 10), place("0c", 1), place("0d", 10)];
        assert_eq!(places().await[&instance(1)], all);
    })
    .await;
}

#[tokio::test]
async fn what_ecs_answers_about_a_place_says_more_than_the_event_of_the_same_version() {
    everywhere(async |table| {
        let ledger = &table.ledger;
        let told = |version| Place {
            provider: None,
            source: Source::Index,
            ..place("0b", version)
        };
        let alone = Place {
            source: Source::Remembered,
            ..told(4)
        };
        let asked = |place: &Place| Place {
            source: Source::Asked,
            ..place.clone()
        };
        let writes = [
            (told(3), told(3)),
            (asked(&place("0b", 3)), place("0b", 3)),
            (told(3), place("0b", 3)),
            (asked(&alone), alone.clone()),
            (asked(&place("0b", 4)), alone),
            (told(5), told(5)),
        ];
        for (write, expected) in writes {
            let write = IndexWrite::Seen {
                instance: instance(1),
                place: write,
            };
            ledger.remember(&write, at(NOW)).await.unwrap();
            let known = ledger.known(&[instance(1)]).await.unwrap();
            assert_eq!(known.places[&instance(1)], [expected]);
        }
    })
    .await;
}

#[tokio::test]
async fn of_two_marks_the_later_one_counts_until_they_are_wiped() {
    everywhere(async |table| {
        let ledger = &table.ledger;
        let one = instance(1);
        let mark = async || ledger.known(&[instance(1)]).await.unwrap().marks;
        let (first, second) = (at(NOW), at("2026-11-24T10:03:00Z"));
        let doomed = |at: Timestamp| IndexWrite::Doomed {
            instance: instance(1),
            at,
        };
        ledger.remember(&doomed(second), first).await.unwrap();
        ledger.remember(&doomed(first), first).await.unwrap();
        assert_eq!(
            mark().await,
            [(one.clone(), Mark::Doomed { at: second })].into()
        );
        let done = IndexWrite::Done {
            instance: one.clone(),
            at: second,
        };
        ledger.remember(&done, first).await.unwrap();
        assert_eq!(
            mark().await,
            [(one.clone(), Mark::Done { at: second })].into()
        );
        let unmarked = IndexWrite::Unmarked { instance: one };
        for _ in 0..2 {
            ledger.remember(&unmarked, first).await.unwrap();
            assert_eq!(mark().await, [].into());
        }
    })
    .await;
}

#[tokio::test]
async fn a_loss_counts_once_however_often_it_is_counted_and_only_within_its_window() {
    everywhere(async |table| {
        let ledger = &table.ledger;
        // More than one `BatchWriteItem` takes, on both sides of the hour.
        let early: Vec<Counted> = (0..30).map(|n| loss(n, "2026-11-24T09:58:00Z")).collect();
        let late: Vec<Counted> = (30..60).map(|n| loss(n, NOW)).collect();
        for _ in 0..2 {
            ledger.count(&early).await.unwrap();
            ledger.count(&late).await.unwrap();
        }
        ledger.count(&[]).await.unwrap();
        let now = at(NOW);
        let within = async |minutes: i64| {
            let since = now - SignedDuration::from_mins(minutes);
            ledger.losses(since, now).await.unwrap()
        };
        assert_eq!(within(10).await.counts.len(), 60);
        assert_eq!(within(10).await.unreadable, []);
        let near = within(1).await.counts;
        assert_eq!(near.len(), 30);
        assert!(near.iter().all(|loss| late.contains(loss)));
    })
    .await;
}

#[tokio::test]
async fn a_surge_and_a_fleet_that_drains_without_us_stand_side_by_side() {
    everywhere(async |table| {
        let ledger = &table.ledger;
        let scope = Scope::Pool(Box::new(Scope::Provider("spot".to_owned())), pool());
        let incident = |version| Incident {
            scope: scope.clone(),
            since: at(NOW),
            peak: 12,
            calm: None,
            fallback: Some(Raised {
                group: "hosts".to_owned(),
                saved: 1,
                seen: 2,
                written: 4,
            }),
            strategies: [(service("api"), raised())].into(),
            version: Version(version),
        };
        ledger.record_incident(&incident(1), None).await.unwrap();
        assert_overtaken(ledger.record_incident(&incident(9), None).await);
        let fleet = Scope::Cluster(cluster());
        let works = |works| IndexWrite::SelfDraining {
            fleet: Scope::Cluster(cluster()),
            works,
        };
        for _ in 0..2 {
            ledger.remember(&works(true), at(NOW)).await.unwrap();
        }
        let spot = ledger.spot().await.unwrap();
        assert_eq!(spot.incidents, [incident(1)]);
        assert_eq!(spot.self_draining, [fleet].into());
        assert_eq!(spot.unreadable, []);
        for _ in 0..2 {
            ledger.remember(&works(false), at(NOW)).await.unwrap();
        }
        assert_overtaken(ledger.close_incident(&scope, Version(2)).await);
        ledger.close_incident(&scope, Version(1)).await.unwrap();
        assert_eq!(ledger.spot().await.unwrap(), ledger::Spot::default());
    })
    .await;
}

#[tokio::test]
async fn the_tasks_of_a_cluster_on_fargate_spot_are_as_they_were_counted_last() {
    everywhere(async |table| {
        let ledger = &table.ledger;
        let write = |tasks| IndexWrite::FargateSpot {
            cluster: cluster(),
            tasks,
        };
        let later = at(NOW) + SignedDuration::from_hours(1);
        ledger.remember(&write(12), at(NOW)).await.unwrap();
        ledger.remember(&write(40), later).await.unwrap();
        let spot = ledger.spot().await.unwrap();
        let size = Size {
            tasks: 40,
            at: later,
        };
        assert_eq!(spot.sizes, [(cluster(), size)].into());
        assert_eq!(spot.unreadable, []);
        for _ in 0..2 {
            ledger.remember(&write(0), later).await.unwrap();
        }
        assert_eq!(ledger.spot().await.unwrap(), ledger::Spot::default());
    })
    .await;
}

#[tokio::test]
async fn the_last_exercise_stands_and_covers_its_time() {
    everywhere(async |table| {
        let ledger = &table.ledger;
        let exercise = |since: &str| Exercise {
            since: at(since),
            until: at("2026-11-24T11:00:00Z"),
            by: "ana".to_owned(),
            why: "the first of the month".to_owned(),
        };
        let later = exercise("2026-11-24T10:30:00Z");
        ledger.announce_exercise(&exercise(NOW)).await.unwrap();
        ledger.announce_exercise(&later).await.unwrap();
        assert_overtaken(ledger.announce_exercise(&exercise(NOW)).await);
        let spot = ledger.spot().await.unwrap();
        assert_eq!(
            (spot.exercise.as_ref(), spot.unreadable),
            (Some(&later), Vec::new())
        );
        let covers = |moment: &str| later.covers(at(moment));
        assert!(covers("2026-11-24T10:30:00Z") && covers("2026-11-24T10:59:59Z"));
        assert!(!covers("2026-11-24T10:29:59Z") && !covers("2026-11-24T11:00:00Z"));
    })
    .await;
}

#[tokio::test]
async fn of_two_runs_that_hear_of_an_experiment_the_second_is_overtaken() {
    everywhere(async |table| {
        let ledger = &table.ledger;
        let experiment = |until: &str, version| Experiment {
            id: "EXPaBCD1efg2HIJkL3".to_owned(),
            template: "EXTa1b2c3de5f6g7h".to_owned(),
            since: at(NOW),
            until: at(until),
            version: Version(version),
        };
        let begun = experiment("2026-11-24T14:00:00Z", 1);
        let over = experiment("2026-11-24T10:25:00Z", 2);
        ledger.record_experiment(&begun, None).await.unwrap();
        let other = experiment("2026-11-24T12:00:00Z", 7);
        assert_overtaken(ledger.record_experiment(&other, None).await);
        let one = Some(Version(1));
        ledger.record_experiment(&over, one).await.unwrap();
        assert_overtaken(ledger.record_experiment(&other, one).await);
        let spot = ledger.spot().await.unwrap();
        assert_eq!(spot.unreadable, []);
        assert_eq!(spot.experiments, [(over.id.clone(), over)].into());
        assert_eq!(spot.exercise, None);
    })
    .await;
}

#[tokio::test]
async fn a_look_is_planned_by_the_first_who_plans_it() {
    everywhere(async |table| {
        let ledger = &table.ledger;
        let (now, look) = (at(NOW), at("2026-11-24T10:01:15Z"));
        assert!(ledger.plan_look(look, now).await.unwrap());
        assert!(!ledger.plan_look(look, now).await.unwrap());
        ledger.forget_look(look).await.unwrap();
        assert!(ledger.plan_look(look, now).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn what_was_announced_is_read_without_what_else_stands() {
    everywhere(async |table| {
        let ledger = &table.ledger;
        let told = domain::announcement::Told {
            text: "12 of 40".to_owned(),
            since: at(NOW),
        };
        ledger.announced("spot", "spot-surge", &told).await.unwrap();
        let rest = crate::full_rest(1);
        ledger
            .record_service(&service("api"), &rest, None)
            .await
            .unwrap();
        let read = ledger.announced_concerns().await.unwrap();
        assert_eq!(read.announced.len(), 1);
        assert!(read.services.is_empty() && read.unreadable.is_empty());
    })
    .await;
}

#[tokio::test]
async fn without_a_table_every_call_says_so() {
    everywhere(async |table| {
        let ledger = table.missing();
        assert!(ledger.spot().await.is_err());
        assert!(ledger.known(&[instance(1)]).await.is_err());
        assert!(ledger.losses(at(NOW), at(NOW)).await.is_err());
        assert!(ledger.count(&[loss(1, NOW)]).await.is_err());
        assert!(ledger.plan_look(at(NOW), at(NOW)).await.is_err());
        assert!(ledger.remember(&seen(1, "0b", 1), at(NOW)).await.is_err());
    })
    .await;
}
