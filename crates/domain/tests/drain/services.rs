//! Which services can leave an instance in two minutes.

use std::collections::BTreeMap;

use domain::drain::{Service, Why, drainability};
use domain::resting::Kind;

use crate::made::{secs, service};
use crate::world::world;

/// Three tasks that may not fall below their number and have neither load balancer nor health check.
fn plain() -> Service {
    let mut world = world();
    let serving = world.serves("prod/api", None);
    Service {
        desired: 3,
        running: 3,
        ..serving.service.clone()
    }
}

fn why(service_: Service) -> Vec<Why> {
    let services = BTreeMap::from([(service("prod/api"), service_)]);
    let found = drainability(&services);
    found.into_iter().flat_map(|found| found.why).collect()
}

#[test]
fn a_minimum_and_a_maximum_of_a_hundred_leave_no_way() {
    let stuck = Service {
        maximum: 100,
        ..plain()
    };
    assert_eq!(why(stuck), [Why::NeitherWay]);
}

#[test]
fn the_minimum_is_rounded_up_and_the_maximum_down() {
    let halves = |desired, minimum_healthy, maximum| Service {
        desired,
        minimum_healthy,
        maximum,
        ..plain()
    };
    // Half of one is one, and one and a half of one is one.
    assert_eq!(why(halves(1, 50, 150)), [Why::NeitherWay]);
    assert_eq!(why(halves(2, 50, 100)), []);
    assert_eq!(why(halves(3, 67, 133)), [Why::NeitherWay]);
    assert_eq!(why(halves(3, 66, 100)), []);
}

#[test]
fn the_defaults_of_a_load_balancer_alone_are_too_long() {
    let balanced = Service {
        balanced: true,
        minimum_healthy: 50,
        desired: 4,
        ..plain()
    };
    let found = why(balanced.clone());
    assert!(matches!(
        found[..],
        [Why::TooLong {
            seconds: 330,
            start: 0,
            deregistration: 300,
            assumed: true,
            stop: 30
        }]
    ));
    let text = found[0].to_string();
    assert_eq!(
        text,
        "takes 330 s to leave unless its target groups are set otherwise: 300 s of deregistration \
         delay, 30 s to stop"
    );
    let short = Service {
        deregistration: Some(secs(20)),
        ..balanced
    };
    assert_eq!(why(short), []);
}

#[test]
fn who_starts_first_needs_the_time_to_start_unless_there_is_a_target_to_spare() {
    assert_eq!(
        why(plain()),
        [],
        "30 s to start, 40 s to be healthy, 30 s to stop"
    );
    let slow = Service {
        stop_timeout: Some(secs(60)),
        ..plain()
    };
    assert!(matches!(
        why(slow.clone())[..],
        [Why::TooLong {
            seconds: 130,
            start: 70,
            stop: 60,
            ..
        }]
    ));
    let spare = Service {
        spare: Some(1),
        ..slow
    };
    assert_eq!(why(spare), []);
}

#[test]
fn an_only_task_that_is_stopped_first_is_missed() {
    let only = Service {
        desired: 1,
        minimum_healthy: 0,
        ..plain()
    };
    assert_eq!(why(only), [Why::OnlyTask]);
}

#[test]
fn what_ecs_does_not_schedule_or_does_not_run_is_passed_over() {
    for kind in [Kind::Daemon, Kind::CodeDeploy, Kind::External] {
        let other = Service {
            kind,
            maximum: 100,
            ..plain()
        };
        assert_eq!(why(other), []);
    }
    let nothing = Service {
        desired: 0,
        maximum: 100,
        ..plain()
    };
    assert_eq!(why(nothing), []);
}
