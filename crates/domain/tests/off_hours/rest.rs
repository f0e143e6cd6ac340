//! Going to rest.

use domain::capacity::Suspended;
use domain::resting::Reason;

use crate::made::{bounds, service};
use crate::world::world;

#[test]
fn at_the_edge_the_intent_is_written_then_the_target_then_the_count() {
    let mut world = world([service("prod/api").by_day().desired(3).scaled(2, 10)]);
    let run = world.tick("Mon 20:00");
    assert_eq!(run.reason("prod/api"), Reason::GoesToRest);
    assert_eq!(
        run.steps("prod/api"),
        [
            "resting intended",
            "target 0-10 suspended",
            "count 0",
            "resting settled"
        ]
    );
}

#[test]
fn a_minute_before_the_edge_nothing_is_planned() {
    let mut world = world([service("prod/api").by_day().desired(3)]);
    let run = world.tick("Mon 19:59");
    assert_eq!(run.reason("prod/api"), Reason::Awake);
    assert_eq!(run.plan.errands, []);
}

#[test]
fn a_service_at_rest_stays_at_rest_and_costs_no_call() {
    let mut world = world([service("prod/api").by_day().desired(3).scaled(2, 10)]);
    let run = world.ticks(["Mon 20:00", "Mon 20:05"]);
    assert_eq!(run.reason("prod/api"), Reason::AtRest);
    assert_eq!(run.plan.errands, []);
    assert_eq!(world.count("prod/api"), 0);
    assert_eq!(
        world.target("prod/api"),
        Some(bounds(0, 10, Suspended::ALL))
    );
}

#[test]
fn a_service_at_zero_stays_at_zero() {
    let mut world = world([service("prod/api").by_day().desired(0)]);
    let run = world.tick("Mon 20:00");
    assert_eq!(
        run.steps("prod/api"),
        ["resting intended", "resting settled"]
    );
    world.ticks(["Tue 08:00", "Tue 08:05"]);
    assert_eq!((world.count("prod/api"), world.rest("prod/api")), (0, None));
}

#[test]
fn a_service_set_to_zero_by_hand_below_its_minimum_is_not_started_by_its_target() {
    let before = service("prod/api").by_day().scaled(2, 10).desired(0);
    let mut world = world([before]);
    let run = world.tick("Mon 20:00");
    assert_eq!(
        run.steps("prod/api"),
        ["resting intended", "resting settled"]
    );
    world.ticks(["Tue 08:00", "Tue 08:05"]);
    assert_eq!(world.count("prod/api"), 0);
    assert_eq!(
        world.target("prod/api"),
        Some(bounds(2, 10, Suspended::default()))
    );
}

#[test]
fn a_service_above_its_maximum_by_hand_comes_back_above_it() {
    let mut world = world([service("prod/api").by_day().scaled(2, 10).desired(12)]);
    world.tick("Mon 20:00");
    assert_eq!(world.count("prod/api"), 0);
    world.ticks(["Tue 08:00", "Tue 08:05"]);
    assert_eq!(
        (world.count("prod/api"), world.rest("prod/api")),
        (12, None)
    );
}

#[test]
fn a_queue_worker_at_zero_does_not_scale_out_at_night() {
    let mut world = world([service("prod/worker").by_day().scaled(0, 10).desired(0)]);
    let run = world.tick("Mon 20:00");
    assert_eq!(
        run.steps("prod/worker"),
        [
            "resting intended",
            "target 0-10 suspended",
            "resting settled"
        ]
    );
}

#[test]
fn a_floor_keeps_tasks_and_the_target_s_minimum_at_the_floor() {
    let api = service("prod/api").by_day().floor("1").desired(3);
    let run = world([api.scaled(2, 10)]).tick("Mon 20:00");
    assert_eq!(
        run.steps("prod/api")[1..3],
        ["target 1-10 suspended", "count 1"]
    );
}

#[test]
fn a_floor_above_the_count_raises_nothing() {
    let api = service("prod/api").by_day().floor("5").desired(3);
    let mut world = world([api.scaled(2, 10)]);
    world.tick("Mon 20:00");
    assert_eq!(world.count("prod/api"), 3);
    assert_eq!(
        world.target("prod/api"),
        Some(bounds(3, 10, Suspended::ALL))
    );
}

#[test]
fn a_floor_raised_at_night_is_reached_and_a_floor_lowered_is_left() {
    let mut world = world([service("prod/api").by_day().scaled(2, 10).desired(3)]);
    world.tick("Mon 20:00");
    world.tag("prod/api", "caretaker:floor", "1");
    let run = world.tick("Mon 21:00");
    assert_eq!(run.reason("prod/api"), Reason::RestsAgain);
    assert_eq!(world.count("prod/api"), 1);
    world.tag("prod/api", "caretaker:floor", "0");
    world.ticks(["Mon 22:00", "Mon 22:05"]);
    assert_eq!(world.count("prod/api"), 0);
    world.ticks(["Tue 08:00", "Tue 08:05"]);
    assert_eq!(world.count("prod/api"), 3);
    assert_eq!(
        world.target("prod/api"),
        Some(bounds(2, 10, Suspended::default()))
    );
}

#[test]
fn an_override_puts_a_service_to_rest_by_day_until_it_expires_by_itself() {
    let api = service("prod/api").by_day().desired(3);
    let mut world = world([api.overridden("down until 2026-11-23 14:00")]);
    world.tick("Mon 10:00");
    assert_eq!(world.count("prod/api"), 0);
    let why = &world.rest("prod/api").unwrap().holds;
    let why = why.iter().next().unwrap().1.why.clone();
    assert_eq!(why, "its caretaker:override says so");
    world.tick("Mon 14:00");
    assert_eq!(world.count("prod/api"), 3);
}

#[test]
fn an_override_keeps_a_service_awake_at_night() {
    let api = service("prod/api").by_day().desired(3);
    let mut world = world([api.overridden("up until 2026-11-23 22:00")]);
    assert_eq!(world.tick("Mon 21:55").reason("prod/api"), Reason::Awake);
    let run = world.tick("Mon 22:00");
    assert_eq!(run.reason("prod/api"), Reason::GoesToRest);
}

#[test]
fn a_cluster_s_hours_are_the_default_and_a_service_s_own_win() {
    let mut world = world([
        service("prod/api").desired(3),
        service("prod/login").hours("always").desired(2),
    ]);
    let night = [(
        "caretaker:hours".to_owned(),
        "Mon-Fri 08:00-20:00".to_owned(),
    )];
    world.clusters.insert("prod".to_owned(), night.into());
    world.tick("Mon 20:00");
    assert_eq!((world.count("prod/api"), world.count("prod/login")), (0, 2));
}

#[test]
fn of_two_tags_that_contradict_each_other_an_override_beats_hours_and_one_s_own_beats_the_cluster_s()
 {
    let mut world = world([
        service("prod/api").hours("never").desired(3),
        service("prod/web")
            .overridden("up until 2026-11-24 12:00")
            .desired(2),
        service("prod/db").hours("always").desired(1),
    ]);
    world
        .thing("prod/api")
        .tags
        .extend(service("x").overridden("up until 2026-11-24 12:00").tags);
    world.tag_cluster("prod", "caretaker:override", "down until 2026-11-24 06:00");
    world.tick("Mon 12:00");
    assert_eq!(world.count("prod/api"), 3, "its override beats its hours");
    assert_eq!(
        world.count("prod/web"),
        2,
        "its override beats its cluster's"
    );
    assert_eq!(
        world.count("prod/db"),
        0,
        "its cluster's override beats its hours"
    );
    world.tick("Tue 06:00");
    assert_eq!(world.count("prod/db"), 1);
}

#[test]
fn a_service_that_is_never_awake_goes_to_rest_at_once() {
    let mut world = world([service("prod/api").hours("never").desired(3)]);
    let run = world.tick("Mon 12:00");
    assert_eq!(run.reason("prod/api"), Reason::GoesToRest);
}
