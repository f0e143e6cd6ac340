use super::*;
use crate::services::autoscaling::GroupSpec;

const NIGHT: &str = "2026-11-21T20:00:00Z";

fn group(min: u32, max: u32, desired: u32) -> World {
    let mut world = World::new(NIGHT.parse().unwrap());
    let spec = format!(
        r#"{{"name": "hosts", "min": {min}, "max": {max}, "desired": {desired},
            "provider": "ec2", "cluster": "prod", "tasks-per-instance": 4}}"#
    );
    let spec: GroupSpec = serde_json::from_str(&spec).unwrap();
    spec.build(&mut world).unwrap();
    world
}

/// The desired capacity after each of so many minutes with this demand.
fn minutes(world: &mut World, count: usize, demand: Demand) -> Vec<u32> {
    (0..count)
        .map(|_| {
            world.now = later(world.now, SignedDuration::from_mins(1));
            measure(world, |_, _| demand);
            world.autoscaling.groups["hosts"].desired
        })
        .collect()
}

const NOTHING: Demand = Demand {
    running: 0,
    waiting: 0,
};

fn waiting(waiting: u32) -> Demand {
    Demand {
        running: 0,
        waiting,
    }
}

/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-auto-scaling.html>
#[test]
fn an_empty_group_goes_to_zero_in_halves_after_fifteen_minutes() {
    let mut world = group(0, 10, 8);
    assert_eq!(minutes(&mut world, 14, NOTHING), [8; 14]);
    assert_eq!(minutes(&mut world, 5, NOTHING), [4, 2, 1, 0, 0]);
}

#[test]
fn the_minimum_keeps_instances_up() {
    let mut world = group(3, 10, 8);
    assert_eq!(minutes(&mut world, 18, NOTHING)[14..], [4, 3, 3, 3]);
}

#[test]
fn instances_with_tasks_stay() {
    let mut world = group(0, 10, 8);
    let running = Demand {
        running: 9,
        waiting: 0,
    };
    assert_eq!(minutes(&mut world, 18, running)[14..], [4, 3, 3, 3]);
}

#[test]
fn one_minute_of_need_starts_the_count_again() {
    let mut world = group(0, 10, 2);
    let full = Demand {
        running: 8,
        waiting: 0,
    };
    minutes(&mut world, 14, NOTHING);
    minutes(&mut world, 1, full);
    assert_eq!(minutes(&mut world, 14, NOTHING), [2; 14]);
    assert_eq!(minutes(&mut world, 1, NOTHING), [1]);
}

/// <https://github.com/aws/containers-roadmap/issues/1716>
#[test]
fn from_zero_two_come_first_and_the_rest_after_the_warm_up() {
    let mut world = group(0, 10, 0);
    assert_eq!(minutes(&mut world, 7, waiting(30)), [2, 2, 2, 2, 2, 8, 8]);
    let mut world = group(0, 10, 0);
    assert_eq!(minutes(&mut world, 1, waiting(1)), [2]);
}

#[test]
fn a_maximum_of_zero_blocks_it() {
    let mut world = group(0, 0, 0);
    assert_eq!(minutes(&mut world, 10, waiting(30)), [0; 10]);
}

#[test]
fn the_maximum_bounds_it() {
    let mut world = group(0, 5, 0);
    assert_eq!(minutes(&mut world, 7, waiting(400))[5..], [5, 5]);
}

#[test]
fn a_suspended_alarm_changes_nothing() {
    let mut world = group(0, 10, 8);
    let hosts = world.autoscaling.groups.get_mut("hosts").unwrap();
    hosts
        .suspended
        .insert("AlarmNotification".into(), NIGHT.parse().unwrap());
    assert_eq!(minutes(&mut world, 20, NOTHING), [8; 20]);
}

#[test]
fn a_group_without_managed_scaling_is_left_alone() {
    let mut world = group(0, 10, 8);
    world.ecs.providers.get_mut("ec2").unwrap().managed_scaling = false;
    assert_eq!(minutes(&mut world, 20, NOTHING), [8; 20]);
}
