//! Tasks take time to come and to go.

use serde_json::json;

use crate::testbed::Testbed;

#[test]
fn a_stack_is_steady_from_the_first_moment() {
    let bed = Testbed::prod(json!([{"name": "api", "desired": 3}]));
    assert_eq!(bed.counts("api"), [3, 3, 0]);
    let service = bed.service("api");
    assert_eq!(service["deployments"][0]["rolloutState"], "COMPLETED");
    assert_eq!(bed.events(), Vec::<serde_json::Value>::new());
}

#[test]
fn a_task_runs_when_its_start_seconds_have_passed() {
    let bed = Testbed::prod(json!([{"name": "api", "desired": 0, "start-seconds": 40}]));
    bed.scale("api", 2);
    assert_eq!(bed.counts("api"), [2, 0, 2]);
    bed.wait(39);
    assert_eq!(bed.counts("api"), [2, 0, 2]);
    bed.wait(1);
    assert_eq!(bed.counts("api"), [2, 2, 0]);
}

#[test]
fn a_task_is_taken_out_before_it_stops() {
    let bed = Testbed::prod(json!([{"name": "api", "stop-seconds": 30}]));
    let listed = bed.ecs(
        "ListTasks",
        json!({"cluster": "prod", "serviceName": "api"}),
    );
    let task = listed.unwrap()["taskArns"][0].clone();
    let status = || {
        let input = json!({"cluster": "prod", "tasks": [task]});
        let described = bed.ecs("DescribeTasks", input).unwrap();
        described["tasks"][0]["lastStatus"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    bed.scale("api", 0);
    assert_eq!(bed.counts("api"), [0, 0, 0]);
    assert_eq!(status(), "DEACTIVATING");
    bed.wait(15);
    assert_eq!(status(), "STOPPING");
    bed.wait(15);
    assert_eq!(status(), "STOPPED");
}

#[test]
fn every_change_of_a_count_is_journalled_once() {
    let bed = Testbed::prod(json!([{"name": "api", "desired": 2}]));
    bed.wait(10);
    bed.scale("api", 0);
    bed.wait(100);
    bed.scale("api", 1);
    bed.wait(100);
    let journal = bed.journal("api");
    assert_eq!(
        journal[journal.len() - 3..],
        [(10, 0, 0), (110, 1, 0), (145, 1, 1)]
    );
}

#[test]
fn the_service_says_when_it_is_steady_again() {
    let bed = Testbed::prod(json!([{"name": "api", "desired": 2}]));
    bed.scale("api", 0);
    let steady = |bed: &Testbed| bed.event_names("ECS Service Action");
    bed.wait(29);
    assert_eq!(steady(&bed), Vec::<String>::new());
    bed.wait(1);
    assert_eq!(steady(&bed), ["SERVICE_STEADY_STATE"]);
    let newest = bed.service("api")["events"][0]["message"].clone();
    assert_eq!(newest, "(service api) has reached a steady state.");
}

#[test]
fn a_wish_for_less_takes_back_what_does_not_run_yet_first() {
    let bed = Testbed::prod(json!([{"name": "api", "desired": 1}]));
    bed.scale("api", 3);
    bed.wait(5);
    bed.scale("api", 1);
    assert_eq!(bed.counts("api"), [1, 1, 0]);
    bed.wait(300);
    assert_eq!(bed.journal("api").last(), Some(&(5, 1, 1)));
}

#[test]
fn two_runs_are_the_same_to_the_last_id() {
    let run = || {
        let bed = Testbed::prod(json!([{"name": "a", "desired": 3}, {"name": "b"}]));
        bed.scale("a", 1);
        bed.scale("b", 4);
        bed.wait(200);
        format!("{:?}", bed.world(|world| world.happenings.clone()))
    };
    assert_eq!(run(), run());
}

/// A night and a morning of a large stack, as the fast-forward of a scenario sees them.
#[test]
fn a_thousand_services_rest_and_wake() {
    let name = |number: u32| format!("s{number:04}");
    let services: Vec<_> = (0..1000)
        .map(|number| json!({"name": name(number), "desired": 2}))
        .collect();
    let bed = Testbed::prod(json!(services));
    for desired in [0, 2] {
        for number in 0..1000 {
            bed.scale(&name(number), desired);
        }
        bed.wait(3600);
        let counts = [u64::from(desired), u64::from(desired), 0];
        assert!((0..1000).all(|number| bed.counts(&name(number)) == counts));
    }
}
