//! The night, the budget and a person, each with a hold of their own.

use domain::hold::Holder;
use domain::resting::Reason;

use crate::made::{RUNNING, bounds, on, service};
use crate::world::{World, arn, world};

fn awake() -> World {
    world([service("prod/api").by_day().desired(3).scaled(2, 10)])
}

fn asleep() -> World {
    let mut world = awake();
    world.ticks(["Mon 20:00", "Mon 20:05"]);
    world
}

#[test]
fn in_the_morning_a_service_held_by_the_budget_too_stays_down() {
    let mut world = asleep();
    world.place("prod/api", Holder::Budget);
    let run = world.tick("Tue 08:00");
    assert_eq!(run.reason("prod/api"), Reason::HoldsChange);
    assert_eq!(
        (world.count("prod/api"), world.holders("prod/api")),
        (0, vec!["budget"])
    );
}

#[test]
fn a_budget_that_is_restored_at_night_leaves_the_night_s_hold() {
    let mut world = asleep();
    world.place("prod/api", Holder::Budget);
    world.lift("prod/api", Holder::Budget);
    assert_eq!(world.tick("Mon 23:00").reason("prod/api"), Reason::AtRest);
    world.tick("Tue 08:00");
    assert_eq!(world.count("prod/api"), 3);
}

#[test]
fn whoever_lifts_the_last_hold_and_crashes_is_finished_by_the_tick() {
    let mut world = asleep();
    world.place("prod/api", Holder::Budget);
    world.tick("Tue 08:00");
    world.lift("prod/api", Holder::Budget);
    assert_eq!(world.tick("Tue 09:00").reason("prod/api"), Reason::Wakes);
}

#[test]
fn the_night_joins_a_budget_s_hold_without_saving_again() {
    let mut world = asleep();
    world.place("prod/api", Holder::Budget);
    let run = world.ticks(["Tue 08:00", "Tue 20:00"]);
    assert_eq!(run.steps("prod/api"), ["resting settled"]);
    assert_eq!(world.holders("prod/api"), ["off-hours", "budget"]);
    assert_eq!(world.rest("prod/api").unwrap().saved.desired, 3);
}

#[test]
fn the_floor_of_the_night_does_not_bring_up_what_the_budget_stopped() {
    let api = service("prod/api").by_day().floor("1").desired(3);
    let mut world = world([api]);
    world.ask_rest("prod/api", None);
    world.tick("Mon 12:00");
    assert_eq!(world.count("prod/api"), 0);
    world.place("prod/api", Holder::Budget);
    world.ask_wake("prod/api", None);
    world.ticks(["Mon 13:00", "Mon 20:00", "Mon 20:05"]);
    assert_eq!(world.holders("prod/api"), ["off-hours", "budget"]);
    assert_eq!(world.count("prod/api"), 0);
    world.lift("prod/api", Holder::Budget);
    world.tick("Mon 21:00");
    assert_eq!(world.count("prod/api"), 1);
}

#[test]
fn a_person_puts_a_service_to_rest_by_day_until_a_moment() {
    let mut world = awake();
    world.ask_rest("prod/api", Some("Mon 14:00"));
    let run = world.tick("Mon 12:00");
    assert_eq!(run.reason("prod/api"), Reason::GoesToRest);
    assert_eq!(world.tick("Mon 13:55").reason("prod/api"), Reason::AtRest);
    world.tick("Mon 14:00");
    assert_eq!(world.count("prod/api"), 3);
}

#[test]
fn a_person_s_hold_outlasts_the_night() {
    let mut world = asleep();
    world.ask_rest("prod/api", None);
    world.ticks(["Mon 23:00", "Tue 08:00"]);
    assert_eq!(world.holders("prod/api"), ["operator"]);
    world.ask_wake("prod/api", None);
    world.tick("Tue 09:00");
    assert_eq!(world.count("prod/api"), 3);
}

#[test]
fn a_person_keeps_a_service_awake_at_night_until_a_moment() {
    let mut world = asleep();
    world.ask_wake("prod/api", Some("Mon 23:00"));
    let run = world.tick("Mon 22:00");
    assert_eq!(run.reason("prod/api"), Reason::Wakes);
    assert_eq!(
        world.tick("Mon 22:05").reason("prod/api"),
        Reason::ProvedAwake
    );
    assert_eq!(world.tick("Mon 22:55").reason("prod/api"), Reason::Awake);
    let run = world.tick("Mon 23:00");
    assert_eq!(run.reason("prod/api"), Reason::GoesToRest);
    assert_eq!(run.steps("prod/api")[0], "withdraw order");
    assert_eq!(world.ledger.orders.len(), 0);
}

#[test]
fn an_order_that_expires_by_day_is_withdrawn_without_a_look_at_the_service() {
    let mut world = awake();
    world.ask_wake("prod/api", Some("Mon 14:00"));
    world.tick("Mon 12:00");
    let run = world.tick("Mon 14:00");
    assert_eq!(run.reason("prod/api"), Reason::Awake);
    assert_eq!(run.steps("prod/api"), ["withdraw order"]);
    assert_eq!(world.tick("Mon 14:05").plan.errands, []);
}

#[test]
fn a_person_s_order_does_not_beat_the_budget() {
    let mut world = asleep();
    world.place("prod/api", Holder::Budget);
    world.ask_wake("prod/api", Some("Mon 23:00"));
    world.tick("Mon 22:00");
    assert_eq!(
        (world.count("prod/api"), world.holders("prod/api")),
        (0, vec!["budget"])
    );
}

#[test]
fn a_person_s_rest_ends_their_order() {
    let mut world = awake();
    world.ask_wake("prod/api", Some("Mon 23:00"));
    world.tick("Mon 19:00");
    world.ask_rest("prod/api", None);
    let run = world.tick("Mon 21:00");
    assert_eq!(
        run.steps("prod/api")[..2],
        ["withdraw order", "resting intended"]
    );
    assert_eq!(world.holders("prod/api"), ["off-hours", "operator"]);
}

#[test]
fn a_person_extends_their_own_hold() {
    let mut world = awake();
    world.ask_rest("prod/api", Some("Mon 14:00"));
    world.tick("Mon 12:00");
    world.ask_rest("prod/api", Some("Mon 16:00"));
    assert_eq!(
        world.tick("Mon 13:00").reason("prod/api"),
        Reason::HoldsChange
    );
    let holds = &world.rest("prod/api").unwrap().holds;
    let until = holds.get(Holder::Operator).unwrap().until;
    assert_eq!(until, Some(on("Mon 16:00")));
}

#[test]
fn a_person_who_asks_for_rest_gets_it_although_somebody_bumped_the_count() {
    let mut world = asleep();
    world.set_count("prod/api", 2);
    world.tick("Mon 22:00");
    world.ask_rest("prod/api", None);
    let run = world.tick("Mon 22:10");
    assert_eq!(run.reason("prod/api"), Reason::RestsAgain);
    assert_eq!(world.count("prod/api"), 0);
    assert_eq!(world.rest("prod/api").unwrap().saved.desired, 3);
}

#[test]
fn a_bump_under_the_budget_s_hold_lasts_until_the_edge_of_the_night() {
    let mut world = asleep();
    world.place("prod/api", Holder::Budget);
    world.tick("Tue 08:00");
    world.set_count("prod/api", 2);
    let run = world.tick("Tue 12:00");
    assert_eq!(run.reason("prod/api"), Reason::LeftToTheBudget);
    world.tick("Tue 20:00");
    assert_eq!(world.count("prod/api"), 0);
    world.lift("prod/api", Holder::Budget);
    world.ticks(["Wed 08:00", "Wed 08:05"]);
    assert_eq!(world.count("prod/api"), 3);
    assert_eq!(world.target("prod/api"), Some(bounds(2, 10, RUNNING)));
}

#[test]
fn a_person_s_rest_has_no_grace() {
    let api = service("prod/api").by_day().desired(3);
    let mut world = world([api.deployed("Tue 02:00")]);
    world.ask_rest("prod/api", None);
    let run = world.tick("Tue 02:05");
    assert_eq!(run.reason("prod/api"), Reason::GoesToRest);
}

#[test]
fn a_person_who_wakes_one_service_does_not_wait_for_the_waves() {
    let mut world = world([
        service("prod/db").by_day().wave("1").desired(1),
        service("prod/api").hours("never").wave("9").desired(3),
    ]);
    world.tick("Mon 20:00");
    world.thing("prod/db").stuck_at = Some(0);
    world.tick("Tue 08:00");
    world.ask_wake("prod/api", Some("Tue 12:00"));
    let run = world.tick("Tue 08:05");
    assert_eq!(run.reason("prod/api"), Reason::Wakes);
    assert!(world.ledger.orders.contains_key(&arn("prod/api")));
}
