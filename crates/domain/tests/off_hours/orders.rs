//! A person's rest that meets an obstacle: it is remembered, and carried out when that is over.

use domain::order::Ordered;
use domain::resting::{Kind, Reason};

use crate::made::{on, service};
use crate::world::{World, arn, world};

/// A service in the middle of a deployment by day.
fn deploying() -> World {
    let api = service("prod/api").by_day().desired(3).scaled(2, 10);
    world([api.deploying_since("Mon 12:00")])
}

/// The same after a person asked for its rest.
fn ordered(until: Option<&str>) -> World {
    let mut world = deploying();
    world.ask_rest("prod/api", until);
    let run = world.tick("Mon 12:10");
    assert_eq!(run.reason("prod/api"), Reason::DeploymentInProgress);
    assert_eq!(run.steps("prod/api"), ["order"]);
    world
}

fn end_deployment(world: &mut World) {
    let live = world.live("prod/api");
    live.deployment.as_mut().unwrap().in_progress = false;
}

/// What is still to be carried out.
fn waiting(world: &World) -> usize {
    world.ledger.orders.len()
}

#[test]
fn a_rest_ordered_during_a_deployment_is_carried_out_when_that_has_ended() {
    let mut world = ordered(None);
    let run = world.tick("Mon 12:15");
    assert_eq!(run.reason("prod/api"), Reason::DeploymentInProgress);
    assert_eq!(run.plan.errands, []);
    end_deployment(&mut world);
    let run = world.tick("Mon 12:20");
    assert_eq!(run.reason("prod/api"), Reason::GoesToRest);
    assert_eq!(run.steps("prod/api").last().unwrap(), "withdraw order");
    assert_eq!(world.count("prod/api"), 0);
    assert_eq!(world.holders("prod/api"), ["operator"]);
    let hold = world.rest("prod/api").unwrap().holds.clone();
    let (_, hold) = hold.iter().next().unwrap();
    assert_eq!((hold.since, hold.until), (on("Mon 12:10"), None));
    assert_eq!(waiting(&world), 0);
    assert_eq!(world.tick("Mon 12:25").plan.errands, []);
}

#[test]
fn a_rest_ordered_during_a_deployment_that_does_not_end_is_carried_out_after_the_patience_and_told()
{
    let mut world = ordered(None);
    world.tick("Mon 12:55");
    assert_eq!(world.count("prod/api"), 3);
    let run = world.tick("Mon 13:00");
    assert_eq!(run.announced(), ["deployment-blocks-rest"]);
    assert_eq!((world.count("prod/api"), waiting(&world)), (0, 0));
}

#[test]
fn a_crash_after_any_step_loses_no_order() {
    for first in 0..=1 {
        for second in 0..=5 {
            let mut world = deploying();
            world.ask_rest("prod/api", None);
            world.crash("Mon 12:10", first);
            if first == 0 {
                // The person was told that it failed, and asks again.
                world.ask_rest("prod/api", None);
                world.tick("Mon 12:11");
            }
            end_deployment(&mut world);
            world.crash("Mon 12:20", second);
            world.ticks(["Mon 12:25", "Mon 12:30"]);
            let after = (first, second);
            assert_eq!(world.count("prod/api"), 0, "after {after:?}");
            assert_eq!(world.holders("prod/api"), ["operator"], "after {after:?}");
            assert_eq!(waiting(&world), 0, "after {after:?}");
            world.ask_wake("prod/api", None);
            world.ticks(["Mon 12:40", "Mon 12:45"]);
            assert_eq!(world.count("prod/api"), 3, "after {after:?}");
        }
    }
}

#[test]
fn a_person_who_wakes_the_service_before_that_withdraws_the_order() {
    let mut world = ordered(None);
    world.ask_wake("prod/api", None);
    assert_eq!(
        world.tick("Mon 12:15").steps("prod/api"),
        ["withdraw order"]
    );
    end_deployment(&mut world);
    assert_eq!(world.tick("Mon 12:20").reason("prod/api"), Reason::Awake);
    assert_eq!(world.count("prod/api"), 3);
}

#[test]
fn an_order_to_be_awake_takes_the_place_of_one_to_rest_and_the_other_way_round() {
    let mut world = ordered(None);
    world.ask_wake("prod/api", Some("Mon 23:00"));
    assert_eq!(world.tick("Mon 12:15").steps("prod/api"), ["order"]);
    let to = |world: &World| world.ledger.orders[&arn("prod/api")].to;
    let until = on("Mon 23:00");
    assert_eq!(to(&world), Ordered::Awake { until });
    world.ask_rest("prod/api", Some("Mon 22:00"));
    assert_eq!(world.tick("Mon 12:20").steps("prod/api"), ["order"]);
    let until = Some(on("Mon 22:00"));
    assert_eq!(to(&world), Ordered::Rest { until });
}

#[test]
fn an_until_that_passes_while_it_waits_ends_the_order() {
    let mut world = ordered(Some("Mon 12:30"));
    let run = world.tick("Mon 12:30");
    assert_eq!(run.steps("prod/api"), ["withdraw order"]);
    end_deployment(&mut world);
    assert_eq!(world.tick("Mon 12:35").reason("prod/api"), Reason::Awake);
    assert_eq!((world.count("prod/api"), waiting(&world)), (3, 0));
}

#[test]
fn an_order_that_became_a_hold_ends_with_it() {
    let mut world = ordered(Some("Mon 14:00"));
    end_deployment(&mut world);
    world.ticks(["Mon 12:20", "Mon 13:55"]);
    assert_eq!(world.count("prod/api"), 0);
    world.ticks(["Mon 14:00", "Mon 14:05"]);
    assert_eq!((world.count("prod/api"), world.rest("prod/api")), (3, None));
}

#[test]
fn an_order_joins_the_night_in_which_a_deployment_bumped_the_count() {
    let mut world = world([service("prod/api").by_day().desired(3)]);
    world.tick("Mon 20:00");
    world.deploy("prod/api", "Mon 22:00", 2);
    let live = world.live("prod/api");
    live.deployment.as_mut().unwrap().in_progress = true;
    world.ask_rest("prod/api", None);
    assert_eq!(world.tick("Mon 22:05").steps("prod/api"), ["order"]);
    end_deployment(&mut world);
    let run = world.tick("Mon 22:10");
    assert_eq!(
        run.reason("prod/api"),
        Reason::RestsAgain,
        "and it has no grace"
    );
    assert_eq!(world.holders("prod/api"), ["off-hours", "operator"]);
    assert_eq!(world.rest("prod/api").unwrap().saved.desired, 3);
    assert_eq!(waiting(&world), 0);
}

#[test]
fn an_old_order_does_not_replace_a_hold_that_came_after_it() {
    let mut world = ordered(Some("Mon 14:00"));
    let order = world.ledger.orders[&arn("prod/api")].clone();
    end_deployment(&mut world);
    world.ask_rest("prod/api", Some("Mon 16:00"));
    world.tick("Mon 12:20");
    // The run died before it withdrew what it made good.
    world.ledger.orders.insert(arn("prod/api"), order);
    let run = world.tick("Mon 12:25");
    assert_eq!(run.steps("prod/api"), ["withdraw order"]);
    world.tick("Mon 14:00");
    assert_eq!(world.count("prod/api"), 0);
    world.tick("Mon 16:00");
    assert_eq!(world.count("prod/api"), 3);
}

#[test]
fn an_order_left_over_by_a_crash_does_not_undo_what_a_person_did_at_rest() {
    let mut world = ordered(None);
    let order = world.ledger.orders[&arn("prod/api")].clone();
    end_deployment(&mut world);
    world.tick("Mon 12:20");
    world.ledger.orders.insert(arn("prod/api"), order);
    world.set_count("prod/api", 1);
    let run = world.tick("Mon 12:25");
    assert_eq!(run.reason("prod/api"), Reason::ChangedAtRest { desired: 1 });
    assert_eq!((world.count("prod/api"), waiting(&world)), (1, 0));
}

#[test]
fn an_order_that_can_never_be_carried_out_is_withdrawn() {
    let endings: [fn(&mut World); 5] = [
        |world| world.untag("prod/api"),
        |world| world.delete("prod/api"),
        |world| world.live("prod/api").kind = Kind::CodeDeploy,
        |world| world.live("prod/api").created_at = on("Mon 12:12"),
        |world| world.closing = true,
    ];
    for (number, end) in endings.into_iter().enumerate() {
        let mut world = ordered(None);
        end(&mut world);
        let run = world.tick("Mon 12:15");
        assert_eq!(run.steps("prod/api"), ["withdraw order"], "{number}");
        assert_eq!(world.tick("Mon 12:20").plan.errands, [], "{number}");
    }
}

#[test]
fn an_order_waits_while_a_tag_cannot_be_read() {
    let mut world = ordered(None);
    end_deployment(&mut world);
    world.tag("prod/api", "caretaker:hours", "nine to five");
    assert_eq!(world.tick("Mon 12:20").plan.errands, []);
    world.tag("prod/api", "caretaker:hours", "always");
    world.tick("Mon 12:25");
    assert_eq!((world.count("prod/api"), waiting(&world)), (0, 0));
}

#[test]
fn a_rest_that_nothing_hinders_or_that_never_can_be_is_not_remembered() {
    let mut world = world([
        service("prod/api").by_day().desired(3),
        service("prod/agent").by_day().kind(Kind::Daemon).desired(3),
    ]);
    world.ask_rest("prod/api", None);
    world.ask_rest("prod/agent", None);
    let run = world.tick("Mon 12:00");
    assert_eq!(run.reason("prod/agent"), Reason::Daemon);
    assert_eq!((world.count("prod/api"), waiting(&world)), (0, 0));
}

#[test]
fn a_person_who_asks_for_rest_once_more_gets_it_although_somebody_bumped_the_count_meanwhile() {
    let mut world = world([service("prod/api").by_day().desired(3)]);
    world.ask_rest("prod/api", None);
    world.tick("Mon 12:00");
    world.set_count("prod/api", 2);
    let run = world.tick("Mon 12:05");
    assert_eq!(run.reason("prod/api"), Reason::ChangedAtRest { desired: 2 });
    world.ask_rest("prod/api", None);
    let run = world.tick("Mon 12:10");
    assert_eq!(run.reason("prod/api"), Reason::RestsAgain);
    assert_eq!(world.count("prod/api"), 0);
}
