//! What something raises while it is stopped, and what comes in new.

use domain::budget::state::Treatment;
use domain::notice::Severity;

use crate::made::{arn, on, service};
use crate::world::{World, announced, becomes, notice, world};

/// `dev` has stopped everything.
fn stopped() -> World {
    let mut world = world([service("prod/api").tagged("stop").desired(3)]);
    world.tick("11-19 10:00");
    world.reports("10.50");
    world.ticks(["11-19 11:00", "11-19 12:00"]);
    assert!(world.is_stopped("dev"));
    world
}

/// `prod/api` was raised so often that it is left alone.
fn given_up() -> World {
    let mut world = stopped();
    for hour in 13..17 {
        world.redeploy("prod/api", 3);
        world.tick(&format!("11-19 {hour}:00"));
    }
    assert_eq!(world.count("prod/api"), 3);
    world
}

#[test]
fn runs_that_die_before_they_put_a_service_down_use_up_no_attempt() {
    let mut world = stopped();
    world.redeploy("prod/api", 3);
    for hour in ["11-19 13:00", "11-19 14:00", "11-19 15:00"] {
        world.run(on(hour), 1);
    }
    world.ticks(["11-19 16:00", "11-19 17:00"]);
    assert_eq!(world.count("prod/api"), 0);
}

#[test]
fn what_was_given_up_is_not_said_to_be_put_down_again() {
    let mut world = given_up();
    world.redeploy("prod/api", 0);
    let plan = world.tick("11-19 18:00");
    assert_eq!(plan.changes, [], "nothing is put down");
    let notices = plan.announcements.iter().map(|one| &one.notice);
    let done: Vec<&str> = notices.filter_map(|one| one.done.as_deref()).collect();
    assert_eq!(done, [""; 0]);
}

#[test]
fn what_was_given_up_is_paged_once_however_often_it_is_deployed() {
    let mut world = given_up();
    let mut heard = Vec::new();
    for hour in 17..23 {
        world.thing("prod/api").deploying = hour % 2 == 1;
        heard.extend(announced(&world.tick(&format!("11-19 {hour}:00"))));
    }
    assert_eq!(heard, [""; 0]);
}

#[test]
fn a_service_that_is_new_while_everything_is_stopped_is_told_to_be_put_to_rest() {
    let mut world = stopped();
    let new = service("prod/new").tagged("stop").desired(2);
    world.services.insert(arn("prod/new"), new);
    let plan = world.tick("11-19 13:00");
    assert_eq!(world.count("prod/new"), 0);
    let told = format!("{:?}", plan.announcements);
    assert!(told.contains("prod/new"), "{told}");
}

#[test]
fn a_service_that_was_left_alone_is_put_down_if_more_attempts_are_allowed() {
    let mut world = given_up();
    world.policy.put_down_again = 4;
    let plan = world.tick("11-19 17:00");
    assert_eq!(becomes(&plan), ["prod/api put down again"]);
    assert_eq!(announced(&plan), ["budget-raised-while-stopped"]);
}

#[test]
fn an_attempt_that_a_run_before_could_not_make_is_made_and_not_counted_once_more() {
    let mut world = stopped();
    world.redeploy("prod/api", 3);
    world.run(on("11-19 13:00"), 1);
    let plan = world.tick("11-19 13:01");
    assert_eq!(becomes(&plan), ["prod/api put down again"]);
    let again = world.tally("dev").stop().unwrap().again[&arn("prod/api")];
    assert_eq!((again.times, again.treatment), (1, Treatment::PutDown));
}

#[test]
fn deployments_that_are_fresh_at_every_tick_keep_a_service_up_for_two_of_them() {
    let mut world = stopped();
    world.redeploy("prod/api", 3);
    world.thing("prod/api").deploying = true;
    assert_eq!(becomes(&world.tick("11-19 13:00")), [""; 0]);
    assert_eq!(world.state(), "stopped");
    assert_eq!(becomes(&world.tick("11-19 13:59")), [""; 0]);
    let plan = world.tick("11-19 14:00");
    assert_eq!(becomes(&plan), ["prod/api put down again"]);
}

#[test]
fn a_deployment_that_ended_at_zero_by_itself_is_waited_for_anew_the_next_time() {
    let mut world = stopped();
    for hour in ["13", "15"] {
        world.redeploy("prod/api", 3);
        world.thing("prod/api").deploying = true;
        assert_eq!(becomes(&world.tick(&format!("11-19 {hour}:00"))), [""; 0]);
        world.redeploy("prod/api", 0);
        world.thing("prod/api").deploying = false;
        world.tick(&format!("11-19 {hour}:30"));
        assert!(world.tally("dev").stop().unwrap().again.is_empty());
    }
}

#[test]
fn a_service_that_is_new_is_told_in_the_digest_once_and_names_what_is_new() {
    let mut world = stopped();
    let new = service("prod/new").tagged("stop").desired(2);
    world.services.insert(arn("prod/new"), new);
    let plan = world.tick("11-19 13:00");
    let told = notice(&plan, "budget-stopped");
    assert_eq!(told.severity, Severity::Digest);
    let done = "Puts 1 more services to rest: prod/new. 1 rest already.";
    assert_eq!(told.done.as_deref(), Some(done));
    assert_eq!(announced(&world.tick("11-19 14:00")), [""; 0]);
    world.services.remove(&arn("prod/new"));
    assert_eq!(announced(&world.tick("11-19 15:00")), [""; 0]);
}

#[test]
fn a_stop_that_could_not_look_at_anything_is_paged_anew_once_it_could() {
    let mut world = world([service("prod/api").tagged("stop").desired(3)]);
    let hidden = world.services.remove(&arn("prod/api")).unwrap();
    world.services_unseen = true;
    world.reports("10.50");
    let plan = world.tick("11-19 11:00");
    let told = notice(&plan, "budget-stopped").done.clone().unwrap();
    assert!(told.contains("could not be looked at"), "{told}");
    world.services.insert(arn("prod/api"), hidden);
    world.services_unseen = false;
    let plan = world.tick("11-19 11:01");
    let told = notice(&plan, "budget-stopped");
    assert_eq!(told.severity, Severity::Page);
    let done = "Puts 1 services to rest: prod/api.";
    assert_eq!(told.done.as_deref(), Some(done));
}
