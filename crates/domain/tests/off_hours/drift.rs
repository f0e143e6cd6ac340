//! What people and deployments change at night, and what becomes of it.

use domain::capacity::Suspended;
use domain::hold::Holder;
use domain::resting::Reason;

use crate::made::{RUNNING, bounds, deployment, on, service};
use crate::world::{World, world};

fn asleep() -> World {
    let mut world = world([service("prod/api").by_day().desired(3).scaled(2, 10)]);
    world.ticks(["Mon 20:00", "Mon 20:05"]);
    world
}

#[test]
fn a_count_bumped_at_night_by_a_person_is_respected_and_shown() {
    let mut world = asleep();
    world.set_count("prod/api", 1);
    let run = world.tick("Mon 23:00");
    assert_eq!(run.reason("prod/api"), Reason::ChangedAtRest { desired: 1 });
    assert_eq!(run.plan.errands, []);
    assert_eq!(run.announced(), ["capacity-changed-at-rest"]);
}

#[test]
fn the_saved_count_stays_the_first_one_whatever_is_bumped_at_night() {
    let mut world = asleep();
    world.set_count("prod/api", 1);
    world.ticks(["Mon 23:00", "Tue 01:00"]);
    assert_eq!(world.rest("prod/api").unwrap().saved.desired, 3);
    world.tick("Tue 08:00");
    assert_eq!(world.count("prod/api"), 3);
}

#[test]
fn a_count_raised_at_night_above_the_saved_one_is_kept_in_the_morning() {
    let mut world = asleep();
    world.set_count("prod/api", 5);
    let run = world.ticks(["Mon 23:00", "Tue 08:00"]);
    assert_eq!(
        run.steps("prod/api"),
        ["waking intended", "target 2-10", "waking settled"]
    );
    assert_eq!(world.count("prod/api"), 5);
}

#[test]
fn a_bump_is_respected_until_the_next_edge_and_no_longer() {
    let mut world = asleep();
    world.set_count("prod/api", 1);
    world.ticks(["Mon 23:00", "Tue 08:00", "Tue 08:05"]);
    world.tick("Tue 20:00");
    assert_eq!(world.count("prod/api"), 0);
}

#[test]
fn a_stack_update_that_sets_the_count_without_a_deployment_counts_as_by_hand() {
    let mut world = asleep();
    world.register("prod/api", bounds(2, 10, Suspended::ALL));
    let run = world.ticks(["Tue 02:00", "Tue 03:00"]);
    assert_eq!(run.reason("prod/api"), Reason::ChangedAtRest { desired: 2 });
    world.tick("Tue 08:00");
    assert_eq!(world.count("prod/api"), 3);
    assert_eq!(world.target("prod/api"), Some(bounds(2, 10, RUNNING)));
}

#[test]
fn a_service_redeployed_at_night_rests_again_after_its_grace() {
    let mut world = asleep();
    world.deploy("prod/api", "Tue 02:00", 3);
    let grace = Reason::InGrace {
        until: on("Tue 02:15"),
    };
    assert_eq!(world.tick("Tue 02:10").reason("prod/api"), grace);
    let run = world.tick("Tue 02:15");
    assert_eq!(run.reason("prod/api"), Reason::RestsAgain);
    assert_eq!(world.count("prod/api"), 0);
}

#[test]
fn what_was_saved_first_survives_a_redeployment_at_night() {
    let mut world = asleep();
    world.deploy("prod/api", "Tue 02:00", 1);
    world.ticks(["Tue 02:15", "Tue 08:00", "Tue 08:05"]);
    assert_eq!(world.count("prod/api"), 3);
    assert_eq!(world.target("prod/api"), Some(bounds(2, 10, RUNNING)));
}

#[test]
fn a_redeployment_that_left_the_count_alone_does_not_undo_a_later_bump() {
    let mut world = asleep();
    world.deploy("prod/api", "Mon 22:00", 0);
    let run = world.ticks(["Mon 22:05", "Mon 22:15"]);
    assert_eq!(run.reason("prod/api"), Reason::AtRest);
    world.set_count("prod/api", 1);
    let run = world.ticks(["Tue 02:00", "Tue 02:05"]);
    assert_eq!(run.reason("prod/api"), Reason::ChangedAtRest { desired: 1 });
    assert_eq!(world.count("prod/api"), 1);
}

#[test]
fn a_count_set_within_the_grace_of_a_redeployment_is_taken_for_its_doing() {
    let mut world = asleep();
    world.deploy("prod/api", "Tue 02:00", 0);
    world.tick("Tue 02:05");
    world.set_count("prod/api", 3);
    world.ticks(["Tue 02:10", "Tue 02:15"]);
    assert_eq!(world.count("prod/api"), 0);
}

#[test]
fn a_redeployment_in_progress_at_night_is_waited_for() {
    let mut world = asleep();
    world.deploy("prod/api", "Tue 02:00", 3);
    let live = world.live("prod/api");
    live.deployment.as_mut().unwrap().in_progress = true;
    let run = world.tick("Tue 02:30");
    assert_eq!(run.reason("prod/api"), Reason::DeploymentInProgress);
    world.live("prod/api").deployment = Some(deployment("Tue 02:00", on("Tue 02:00")));
    world.tick("Tue 02:40");
    assert_eq!(world.count("prod/api"), 0);
}

#[test]
fn a_service_created_at_night_rests_after_its_grace() {
    let mut world = world([service("prod/new").by_day().desired(2).created("Tue 02:00")]);
    let grace = Reason::InGrace {
        until: on("Tue 02:15"),
    };
    assert_eq!(world.tick("Tue 02:05").reason("prod/new"), grace);
    assert_eq!(
        world.tick("Tue 02:15").reason("prod/new"),
        Reason::GoesToRest
    );
}

#[test]
fn a_maximum_lowered_at_night_below_the_saved_count_is_theirs() {
    let mut world = asleep();
    world.register("prod/api", bounds(0, 2, Suspended::ALL));
    world.ticks(["Tue 08:00", "Tue 08:05"]);
    assert_eq!(world.count("prod/api"), 2);
    assert_eq!(world.target("prod/api"), Some(bounds(2, 2, RUNNING)));
}

#[test]
fn a_minimum_raised_at_night_above_the_saved_count_is_theirs() {
    let mut world = asleep();
    world.register("prod/api", bounds(5, 10, Suspended::ALL));
    world.ticks(["Tue 08:00", "Tue 08:05"]);
    assert_eq!(world.count("prod/api"), 5);
    assert_eq!(world.target("prod/api"), Some(bounds(5, 10, RUNNING)));
}

#[test]
fn a_target_deleted_at_night_is_not_made_again_and_the_count_comes_back() {
    let mut world = asleep();
    world.live("prod/api").bounds = None;
    let run = world.ticks(["Tue 08:00"]);
    assert_eq!(
        run.steps("prod/api"),
        ["waking intended", "count 3", "waking settled"]
    );
}

#[test]
fn a_target_made_at_night_is_left_as_it_is() {
    let mut world = world([service("prod/api").by_day().desired(3)]);
    world.tick("Mon 20:00");
    world.register("prod/api", bounds(1, 4, RUNNING));
    world.ticks(["Tue 08:00", "Tue 08:05"]);
    assert_eq!(world.count("prod/api"), 3);
    assert_eq!(world.target("prod/api"), Some(bounds(1, 4, RUNNING)));
}

#[test]
fn flags_that_somebody_resumed_at_night_stay_resumed() {
    let mut world = asleep();
    world.register("prod/api", bounds(0, 10, RUNNING));
    world.tick("Tue 08:00");
    assert_eq!(world.target("prod/api"), Some(bounds(2, 10, RUNNING)));
}

#[test]
fn a_rest_that_did_not_get_to_its_end_waits_for_a_deployment_that_began_meanwhile() {
    for step in 1..=3 {
        let mut world = world([service("prod/api").by_day().desired(3).scaled(2, 10)]);
        world.crash("Mon 20:00", step);
        world.deploy("prod/api", "Mon 20:03", 3);
        world
            .live("prod/api")
            .deployment
            .as_mut()
            .unwrap()
            .in_progress = true;
        let run = world.tick("Mon 20:06");
        assert_eq!(
            run.reason("prod/api"),
            Reason::DeploymentInProgress,
            "after {step}"
        );
        assert_eq!(world.count("prod/api"), 3, "after {step}");
        world
            .live("prod/api")
            .deployment
            .as_mut()
            .unwrap()
            .in_progress = false;
        let run = world.tick("Mon 22:00");
        assert_eq!(run.reason("prod/api"), Reason::GoesToRest, "after {step}");
        assert_eq!(world.count("prod/api"), 0, "after {step}");
    }
}

#[test]
fn what_only_the_budget_holds_is_left_to_the_budget_when_somebody_raises_it() {
    let mut world = asleep();
    world.place("prod/api", Holder::Budget);
    world.ticks(["Tue 08:00", "Tue 08:05"]);
    assert_eq!(
        (world.holders("prod/api"), world.count("prod/api")),
        (vec!["budget"], 0)
    );
    world.deploy("prod/api", "Tue 10:00", 2);
    let run = world.tick("Tue 13:00");
    assert_eq!(run.reason("prod/api"), Reason::LeftToTheBudget);
    assert_eq!((run.plan.errands, world.count("prod/api")), (vec![], 2));
    // At night it is held for the night too, and that rests it whoever raised it.
    world.tick("Tue 20:00");
    assert_eq!(world.count("prod/api"), 0);
}
