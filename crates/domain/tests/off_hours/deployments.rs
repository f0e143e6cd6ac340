//! Deployments at the edge of the night.

use domain::resting::Reason;

use crate::made::{on, service};
use crate::world::world;

#[test]
fn a_deployment_in_progress_keeps_a_service_awake() {
    let api = service("prod/api").by_day().desired(3);
    let mut world = world([api.deploying_since("Mon 19:50")]);
    let run = world.tick("Mon 20:00");
    assert_eq!(run.reason("prod/api"), Reason::DeploymentInProgress);
    assert_eq!(run.plan.errands, []);
}

#[test]
fn a_service_rests_when_its_deployment_of_the_day_has_ended() {
    let api = service("prod/api").by_day().desired(3);
    let mut world = world([api.deploying_since("Mon 19:50")]);
    world.tick("Mon 20:00");
    world
        .live("prod/api")
        .deployment
        .as_mut()
        .unwrap()
        .in_progress = false;
    assert_eq!(
        world.tick("Mon 20:05").reason("prod/api"),
        Reason::GoesToRest
    );
}

#[test]
fn a_deployment_that_does_not_end_is_waited_for_no_longer_than_the_patience() {
    let api = service("prod/api").by_day().desired(3);
    let mut world = world([api.deploying_since("Mon 19:50")]);
    let run = world.tick("Mon 20:49");
    assert_eq!(run.reason("prod/api"), Reason::DeploymentInProgress);
    assert_eq!(run.announced(), [""; 0]);
    let run = world.tick("Mon 20:50");
    assert_eq!(run.reason("prod/api"), Reason::GoesToRest);
    assert_eq!(run.announced(), ["deployment-blocks-rest"]);
}

#[test]
fn that_a_deployment_does_not_end_is_over_when_it_has_ended_and_not_before() {
    let api = service("prod/api").by_day().desired(3);
    let mut world = world([api.deploying_since("Mon 19:50")]);
    world.tick("Mon 20:50");
    assert_eq!(world.tick("Mon 20:55").announced(), [""; 0]);
    world
        .live("prod/api")
        .deployment
        .as_mut()
        .unwrap()
        .in_progress = false;
    let run = world.tick("Mon 21:00");
    assert_eq!(run.announced(), ["deployment-blocks-rest over"]);
}

#[test]
fn a_service_deployed_just_before_the_night_has_no_grace() {
    let api = service("prod/api").by_day().desired(3);
    let run = world([api.deployed("Mon 19:58")]).tick("Mon 20:00");
    assert_eq!(run.reason("prod/api"), Reason::GoesToRest);
}

#[test]
fn a_service_deployed_at_night_has_its_grace_even_if_it_was_never_seen_awake() {
    let api = service("prod/api").by_day().desired(3);
    let run = world([api.deployed("Mon 20:01")]).tick("Mon 20:05");
    let until = on("Mon 20:16");
    assert_eq!(run.reason("prod/api"), Reason::InGrace { until });
}
