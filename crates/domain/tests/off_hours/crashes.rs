//! Runs that crash, runs that are repeated, and runs that meet.

use domain::resting::Reason;

use crate::made::{RUNNING, bounds, on, service};
use crate::world::{World, world};

fn awake() -> World {
    world([service("prod/api").by_day().desired(3).scaled(2, 10)])
}

/// After a crash at any step of going to rest or of waking, at any later moment, it wakes with
/// what it had.
#[test]
fn a_crash_after_any_step_of_the_evening_or_the_morning_loses_nothing() {
    for evening in 0..=4 {
        for morning in 0..=4 {
            let mut world = awake();
            world.crash("Mon 20:00", evening);
            world.ticks(["Mon 20:05", "Mon 20:10"]);
            assert_eq!(world.count("prod/api"), 0);
            world.crash("Tue 08:00", morning);
            world.ticks(["Tue 08:05", "Tue 08:10"]);
            let after = (evening, morning);
            assert_eq!(world.count("prod/api"), 3, "after {after:?}");
            let target = world.target("prod/api");
            assert_eq!(target, Some(bounds(2, 10, RUNNING)), "after {after:?}");
            assert_eq!(world.rest("prod/api"), None, "after {after:?}");
        }
    }
}

#[test]
fn an_evening_that_crashed_and_was_never_repeated_still_wakes_with_what_it_had() {
    for evening in 0..=4 {
        let mut world = awake();
        world.crash("Mon 20:00", evening);
        world.ticks(["Tue 08:00", "Tue 08:05"]);
        assert_eq!(world.count("prod/api"), 3, "after {evening}");
        let target = world.target("prod/api");
        assert_eq!(target, Some(bounds(2, 10, RUNNING)), "after {evening}");
    }
}

#[test]
fn a_change_of_floor_that_crashed_still_wakes_with_what_it_had() {
    for step in 0..=4 {
        let mut world = awake();
        world.tick("Mon 20:00");
        world.tag("prod/api", "caretaker:floor", "1");
        world.crash("Tue 07:55", step);
        world.ticks(["Tue 08:00", "Tue 08:05"]);
        assert_eq!(world.count("prod/api"), 3, "after {step}");
        let target = world.target("prod/api");
        assert_eq!(target, Some(bounds(2, 10, RUNNING)), "after {step}");
    }
}

#[test]
fn a_crash_before_the_last_record_is_done_again_after_the_claim() {
    let mut world = awake();
    world.crash("Mon 20:00", 3);
    let run = world.tick("Mon 20:03");
    assert_eq!(run.reason("prod/api"), Reason::ClaimedElsewhere);
    assert_eq!(run.plan.errands, []);
    let run = world.tick("Mon 20:04");
    assert_eq!(
        run.steps("prod/api"),
        ["resting intended", "resting settled"]
    );
}

#[test]
fn the_same_run_delivered_again_goes_on_at_once() {
    let mut world = awake();
    world.run_as("one", on("Mon 20:00"), 1);
    let run = world.run_as("one", on("Mon 20:01"), usize::MAX);
    assert_eq!(
        run.steps("prod/api")[1..3],
        ["target 0-10 suspended", "count 0"]
    );
    assert_eq!(world.count("prod/api"), 0);
}

#[test]
fn of_two_runs_that_decided_the_same_only_the_first_to_write_acts() {
    let mut world = awake();
    let one = world.plan("one", on("Mon 20:00"));
    let two = world.plan("two", on("Mon 20:00"));
    world.apply(&two, usize::MAX);
    world.apply(&one, usize::MAX);
    assert_eq!(world.calls.len(), 2);
}

#[test]
fn a_run_that_decided_by_night_and_comes_late_changes_nothing_by_day() {
    let mut world = awake();
    let late = world.plan("late", on("Mon 20:00"));
    world.ticks([
        "Mon 20:00",
        "Tue 08:00",
        "Tue 08:05",
        "Tue 20:00",
        "Wed 08:00",
    ]);
    world.apply(&late, usize::MAX);
    assert_eq!(world.count("prod/api"), 3);
}

#[test]
fn one_service_that_refuses_does_not_keep_the_others_up() {
    let mut world = world([
        service("prod/api").by_day().desired(3),
        service("prod/web").by_day().desired(2),
    ]);
    let plan = world.plan("one", on("Mon 20:00"));
    world.delete("prod/api");
    world.apply(&plan, usize::MAX);
    assert_eq!(world.count("prod/web"), 0);
}

#[test]
fn a_second_tick_at_the_same_moment_plans_nothing() {
    let mut world = awake();
    let run = world.ticks(["Mon 20:00", "Mon 20:00"]);
    assert_eq!(run.plan.errands, []);
}
