//! Auto Scaling groups: a minimum that keeps instances up goes to 0 at rest.

use domain::instances::Instances;
use domain::resting::Reason;

use crate::made::group;
use crate::world::{World, group_arn, world};

fn awake() -> World {
    world([]).with_group(group("fleet", 2, 6).by_day())
}

fn asleep() -> World {
    let mut world = awake();
    world.ticks(["Mon 20:00", "Mon 20:05"]);
    world
}

fn set_min(world: &mut World, min: u32) {
    let fleet = world.groups.get_mut(&group_arn("fleet")).unwrap();
    fleet.live.as_mut().unwrap().min = min;
}

#[test]
fn a_minimum_is_lowered_at_night_and_restored_in_the_morning() {
    let mut world = awake();
    let run = world.tick("Mon 20:00");
    assert_eq!(
        run.steps_of_group("fleet"),
        ["resting intended", "min 0", "resting settled"]
    );
    assert_eq!(world.tick("Mon 20:05").plan.errands, []);
    let run = world.tick("Tue 08:00");
    assert_eq!(
        run.steps_of_group("fleet"),
        ["waking intended", "min 2", "waking settled"]
    );
    let run = world.tick("Tue 08:05");
    assert_eq!(run.reason_of_group("fleet"), Reason::ProvedAwake);
    assert!(world.ledger.groups.is_empty());
}

#[test]
fn a_minimum_of_zero_keeps_nothing_up() {
    let mut world = world([]).with_group(group("fleet", 0, 6).by_day());
    let run = world.tick("Mon 20:00");
    assert_eq!(run.reason_of_group("fleet"), Reason::NothingToLower);
    assert_eq!(run.plan.errands, []);
}

#[test]
fn a_minimum_raised_at_night_is_respected_and_kept() {
    let mut world = asleep();
    set_min(&mut world, 3);
    assert_eq!(world.tick("Mon 23:00").plan.errands, []);
    world.tick("Tue 08:00");
    assert_eq!(world.min_of("fleet"), 3);
}

#[test]
fn a_maximum_lowered_at_night_bounds_the_minimum() {
    let mut world = asleep();
    let fleet = world.groups.get_mut(&group_arn("fleet")).unwrap();
    fleet.live.as_mut().unwrap().max = 1;
    world.tick("Tue 08:00");
    assert_eq!(world.min_of("fleet"), 1);
}

#[test]
fn a_crash_after_any_step_loses_no_minimum() {
    for evening in 0..=3 {
        for morning in 0..=3 {
            let mut world = awake();
            world.crash("Mon 20:00", evening);
            world.tick("Mon 20:05");
            world.crash("Tue 08:00", morning);
            world.ticks(["Tue 08:05", "Tue 08:10"]);
            assert_eq!(world.min_of("fleet"), 2, "after {evening} and {morning}");
            assert!(world.ledger.groups.is_empty());
        }
    }
}

/// What the group had is written down with its first hold, whatever becomes of it in the night.
#[test]
fn its_instances_are_written_down_once_and_before_they_go() {
    for evening in 1..=3 {
        let mut world = awake();
        world.crash("Mon 20:00", evening);
        let fleet = world.groups.get_mut(&group_arn("fleet")).unwrap();
        fleet.live.as_mut().unwrap().instances = Instances::default();
        for tick in ["Mon 20:05", "Tue 03:00"] {
            world.tick(tick);
            let saved = &world.ledger.groups[&group_arn("fleet")].saved;
            let expected = [("m6i.large", 2)].into_iter().collect();
            assert_eq!(saved.instances, Some(expected), "after {evening}");
        }
    }
}

#[test]
fn another_run_waits_until_the_claim_ends() {
    let mut world = awake();
    world.crash("Mon 20:00", 1);
    let run = world.tick("Mon 20:01");
    assert_eq!(run.reason_of_group("fleet"), Reason::ClaimedElsewhere);
    world.tick("Mon 20:05");
    assert_eq!(world.min_of("fleet"), 0);
}

#[test]
fn the_record_of_a_deleted_group_is_closed() {
    let mut world = asleep();
    world.groups.get_mut(&group_arn("fleet")).unwrap().live = None;
    let run = world.tick("Mon 23:00");
    assert_eq!(run.reason_of_group("fleet"), Reason::Deleted);
    assert!(world.ledger.groups.is_empty());
}

#[test]
fn a_malformed_tag_leaves_a_group_and_pages_while_it_is_at_rest() {
    let mut world = asleep();
    world.groups.get_mut(&group_arn("fleet")).unwrap().tags = group("x", 0, 0).hours("9-5").tags;
    let run = world.tick("Tue 08:00");
    assert_eq!(run.reason_of_group("fleet"), Reason::MalformedTag);
    assert_eq!(run.plan.errands, []);
    assert_eq!(run.announced(), ["malformed-tag"]);
}
