//! How large the fleet of Fargate Spot is, and when its losses are a surge.

use std::collections::BTreeMap;

use domain::drain::{COUNT_KEPT, IndexWrite, Says, Size, TaskSeen, fargate_fleet};
use domain::notice::Notice;

use crate::made::{at, cluster, secs, service, task};
use crate::world::{World, world};

/// A task of `prod/web` on Fargate Spot stops.
pub(crate) fn stopping(number: u32) -> Says {
    Says::TaskStopping(TaskSeen {
        arn: task("prod", &format!("f{number:04x}")),
        cluster: cluster("prod"),
        service: Some(service("prod/web")),
        provider: Some("FARGATE_SPOT".to_owned()),
        container_instance: None,
        zone: Some("eu-central-1a".to_owned()),
        last_status: "RUNNING".to_owned(),
        version: 1,
        stop_code: "SpotInterruption".to_owned(),
    })
}

/// Of so many tasks on Fargate Spot, counted at noon, so many are lost so many seconds later.
fn lost(counted: &[(&str, u32)], tasks: u32, later: i64) -> World {
    let mut world = world();
    world.serves("prod/web", None).service.desired = 4;
    let counted = counted.iter().map(|(name, tasks)| (cluster(name), *tasks));
    world.on_fargate_spot = counted.collect();
    world.until(at(0));
    world.hears([Says::Sweep]);
    world.until(at(later));
    let says: Vec<Says> = (1..=tasks).map(stopping).collect();
    world.hears(says);
    world
}

fn surges(world: &World) -> Vec<&Notice> {
    let notices = world.notices.iter();
    let surges = notices.filter(|notice| notice.kind.name() == "spot-surge");
    surges.filter(|notice| !notice.resolved).collect()
}

fn fact<'n>(notice: &'n Notice, name: &str) -> Option<&'n str> {
    let mut facts = notice.facts.iter();
    let fact = facts.find(|fact| fact.label == name);
    fact.map(|fact| fact.value.as_str())
}

#[test]
fn losses_on_fargate_spot_are_a_share_of_the_tasks_that_were_counted() {
    for (counted, tasks, surge) in [
        (12, 2, false),
        (12, 3, true),
        (40, 7, false),
        (40, 8, true),
        (2, 2, true),
    ] {
        let world = lost(&[("prod", counted)], tasks, 600);
        assert_eq!(surges(&world).len() == 1, surge, "{tasks} of {counted}");
    }
}

#[test]
fn the_clusters_tasks_are_one_fleet() {
    let world = lost(&[("prod", 12), ("dev", 28)], 7, 600);
    assert!(surges(&world).is_empty());
    let world = lost(&[("prod", 12), ("dev", 28)], 8, 600);
    let [surge] = surges(&world)[..] else {
        panic!("{:?}", world.told())
    };
    assert_eq!(fact(surge, "Lost within 10 minutes"), Some("8 of 40"));
    let counted = fact(surge, "Tasks when they were counted");
    assert_eq!(counted, Some("40, 2026-11-24T12:00:00Z"));
    assert_eq!(surge.unknown, None);
}

#[test]
fn where_their_own_cluster_was_not_counted_the_surge_begins_at_ten() {
    // `prod` has more tasks than there was time to count, and `dev` has three.
    for (tasks, surge) in [(9, false), (10, true)] {
        let world = lost(&[("dev", 3)], tasks, 600);
        assert_eq!(surges(&world).len() == 1, surge, "{tasks}");
    }
}

#[test]
fn a_count_that_is_too_old_is_none_and_the_surge_begins_at_ten() {
    let late = COUNT_KEPT.as_secs();
    for (tasks, later, surge) in [(3, late - 1, true), (9, late, false), (10, late, true)] {
        let world = lost(&[("prod", 12)], tasks, later);
        assert_eq!(surges(&world).len() == 1, surge, "{tasks} after {later} s");
    }
    let nothing = lost(&[], 10, 600);
    assert!(surges(&nothing)[0].unknown.is_some());
}

#[test]
fn a_fleet_is_as_old_as_the_oldest_count_that_is_good() {
    let size = |tasks, seconds| Size {
        tasks,
        at: at(seconds),
    };
    let sizes = BTreeMap::from([
        (cluster("prod"), size(12, 0)),
        (cluster("dev"), size(8, 3_600)),
        (cluster("old"), size(500, -10_800)),
    ]);
    let (_, fleet) = fargate_fleet(&sizes, at(3_700)).unwrap();
    assert_eq!((fleet.spot, fleet.counted), (20, Some(at(0))));
    assert!(fargate_fleet(&BTreeMap::new(), at(0)).is_none());
}

#[test]
fn what_was_counted_is_written_down_and_wiped_where_nothing_is_left() {
    let mut world = world();
    world.on_fargate_spot = [(cluster("prod"), 12), (cluster("dev"), 0)].into();
    let plan = world.hears([Says::Sweep]);
    let write = |tasks| IndexWrite::FargateSpot {
        cluster: cluster("prod"),
        tasks,
    };
    assert_eq!(plan.index, [write(12)]);
    world.on_fargate_spot = [(cluster("prod"), 0)].into();
    let next = world.now + secs(3_600);
    world.until(next);
    assert_eq!(world.hears([Says::Sweep]).index, [write(0)]);
    assert!(world.sizes.is_empty());
    assert_eq!(world.hears([Says::Sweep]).index, []);
}
