//! Waking with exactly what there was.

use domain::capacity::Suspended;
use domain::resting::Reason;

use crate::made::{RUNNING, bounds, service};
use crate::world::{World, world};

fn asleep() -> World {
    let mut world = world([service("prod/api").by_day().desired(3).scaled(2, 10)]);
    world.ticks(["Mon 20:00", "Mon 20:05"]);
    world
}

#[test]
fn in_the_morning_the_count_comes_before_the_target_s_minimum() {
    let run = asleep().tick("Tue 08:00");
    assert_eq!(run.reason("prod/api"), Reason::Wakes);
    assert_eq!(
        run.steps("prod/api"),
        [
            "waking intended",
            "count 3",
            "target 2-10",
            "waking settled"
        ]
    );
}

#[test]
fn the_record_stays_until_as_many_tasks_run_as_are_wanted() {
    let mut world = asleep();
    world.thing("prod/api").stuck_at = Some(2);
    let run = world.ticks(["Tue 08:00", "Tue 08:05"]);
    let coming = Reason::NotSteadyYet {
        running: 2,
        desired: 3,
    };
    assert_eq!(run.reason("prod/api"), coming);
    world.thing("prod/api").stuck_at = None;
    let run = world.tick("Tue 08:10");
    assert_eq!(run.reason("prod/api"), Reason::ProvedAwake);
    assert_eq!(run.steps("prod/api"), ["close"]);
    assert_eq!(world.rest("prod/api"), None);
}

#[test]
fn flags_that_were_suspended_before_the_night_are_suspended_after_it() {
    let scheduled = Suspended {
        scheduled: true,
        ..RUNNING
    };
    let api = service("prod/api").by_day().desired(3);
    let mut world = world([api.bounds(2, 10, scheduled)]);
    world.ticks(["Mon 20:00", "Tue 08:00"]);
    assert_eq!(world.target("prod/api"), Some(bounds(2, 10, scheduled)));
}

#[test]
fn a_service_that_scaled_out_by_day_wakes_with_the_count_it_had_at_the_edge() {
    let mut world = asleep();
    world.ticks(["Tue 08:00", "Tue 08:05"]);
    world.set_count("prod/api", 7);
    world.ticks(["Tue 20:00", "Wed 08:00"]);
    assert_eq!(world.count("prod/api"), 7);
}

#[test]
fn a_night_that_begins_before_the_service_is_steady_saves_what_it_was_to_have() {
    let mut world = asleep();
    world.thing("prod/api").stuck_at = Some(1);
    let run = world.ticks(["Tue 08:00", "Tue 20:00"]);
    assert_eq!(run.reason("prod/api"), Reason::GoesToRest);
    assert_eq!(world.rest("prod/api").unwrap().saved.desired, 3);
}

#[test]
fn a_lost_edge_is_found_by_the_next_tick() {
    let mut world = asleep();
    let run = world.tick("Tue 11:00");
    assert_eq!(run.reason("prod/api"), Reason::Wakes);
}

#[test]
fn a_service_whose_schedule_tag_was_removed_at_rest_is_woken() {
    let mut world = asleep();
    world.untag("prod/api");
    world.ticks(["Mon 22:00", "Mon 22:05"]);
    assert_eq!((world.count("prod/api"), world.rest("prod/api")), (3, None));
}

#[test]
fn a_service_whose_hours_were_changed_at_rest_follows_the_new_ones() {
    let mut world = asleep();
    world.tag("prod/api", "caretaker:hours", "Mon-Fri 08:00-23:00");
    assert_eq!(world.tick("Mon 22:00").reason("prod/api"), Reason::Wakes);
}

#[test]
fn a_service_whose_tag_became_malformed_at_rest_is_left_and_woken_once_it_is_corrected() {
    let mut world = asleep();
    world.tag("prod/api", "caretaker:hours", "Mon-Fri 8-20");
    let run = world.tick("Tue 08:00");
    assert_eq!(run.reason("prod/api"), Reason::MalformedTag);
    assert_eq!((run.plan.errands.len(), world.count("prod/api")), (0, 0));
    world.tag("prod/api", "caretaker:hours", "Mon-Fri 08:00-20:00");
    world.tick("Tue 08:05");
    assert_eq!(world.count("prod/api"), 3);
}

#[test]
fn a_service_that_is_draining_is_not_woken() {
    let mut world = asleep();
    world.live("prod/api").active = false;
    let run = world.tick("Tue 08:00");
    assert_eq!(run.reason("prod/api"), Reason::NotActive);
    assert_eq!(run.plan.errands, []);
}

#[test]
fn the_record_of_a_deleted_service_is_closed() {
    let mut world = asleep();
    world.delete("prod/api");
    let run = world.tick("Mon 23:00");
    assert_eq!(run.reason("prod/api"), Reason::Deleted);
    assert_eq!(world.rest("prod/api"), None);
}

#[test]
fn the_record_of_a_deleted_service_is_closed_even_if_its_cluster_s_tag_is_malformed() {
    let mut world = asleep();
    world.delete("prod/api");
    world.untag("prod/api");
    let typo = [("caretaker:hours".to_owned(), "nine to five".to_owned())];
    world.clusters.insert("prod".to_owned(), typo.into());
    world.tick("Mon 23:00");
    assert_eq!(world.rest("prod/api"), None);
}

#[test]
fn what_a_deleted_service_had_is_not_applied_to_its_successor_of_the_same_name() {
    let mut world = asleep();
    let successor = service("prod/api").by_day().desired(1).created("Tue 07:50");
    *world.thing("prod/api") = successor;
    let run = world.tick("Tue 08:00");
    assert_eq!(run.reason("prod/api"), Reason::CreatedAnew);
    assert_eq!((world.count("prod/api"), world.rest("prod/api")), (1, None));
}

#[test]
fn a_successor_created_at_night_rests_after_its_grace_with_its_own_capacity() {
    let mut world = asleep();
    *world.thing("prod/api") = service("prod/api").by_day().desired(1).created("Tue 02:00");
    let run = world.tick("Tue 02:05");
    assert_eq!(run.reason("prod/api"), Reason::CreatedAnew);
    let run = world.tick("Tue 02:15");
    assert_eq!(run.reason("prod/api"), Reason::GoesToRest);
    assert_eq!(world.rest("prod/api").unwrap().saved.desired, 1);
}
