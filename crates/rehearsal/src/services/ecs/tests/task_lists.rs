//! ListTasks and DescribeTasks.

use serde_json::{Value, json};

use crate::testbed::Testbed;

#[test]
fn the_tasks_of_one_service_are_listed_alone() {
    let bed = Testbed::prod(json!([{"name": "a", "desired": 2}, {"name": "b", "desired": 3}]));
    let count = |input: Value| {
        let listed = bed.ecs("ListTasks", input).unwrap();
        listed["taskArns"].as_array().unwrap().len()
    };
    assert_eq!(count(json!({"cluster": "prod"})), 5);
    assert_eq!(count(json!({"cluster": "prod", "serviceName": "a"})), 2);
    let stopped = json!({"cluster": "prod", "desiredStatus": "STOPPED"});
    assert_eq!(count(stopped.clone()), 0);
    bed.scale("a", 1);
    assert_eq!(count(stopped), 1);
    assert_eq!(count(json!({"cluster": "prod", "family": "prod-b"})), 3);
}

#[test]
fn a_task_names_its_deployment_and_its_service() {
    let bed = Testbed::prod(json!([{"name": "api", "image": "repo/api:7"}]));
    let listed = bed.ecs("ListTasks", json!({"cluster": "prod"})).unwrap();
    let input = json!({"cluster": "prod", "tasks": [listed["taskArns"][0], "nobody"]});
    let described = bed.ecs("DescribeTasks", input).unwrap();
    let task = &described["tasks"][0];
    assert_eq!(
        task["startedBy"],
        bed.service("api")["deployments"][0]["id"]
    );
    assert_eq!(task["group"], "service:api");
    assert_eq!(task["containers"][0]["image"], "repo/api:7");
    assert_eq!(task["launchType"], "FARGATE");
    assert_eq!(described["failures"][0]["reason"], "MISSING");
}

#[test]
fn a_stopped_task_is_shown_for_an_hour() {
    let bed = Testbed::prod(json!([{"name": "api"}]));
    bed.scale("api", 0);
    let stopped = json!({"cluster": "prod", "serviceName": "api", "desiredStatus": "STOPPED"});
    let count = || {
        bed.ecs("ListTasks", stopped.clone()).unwrap()["taskArns"]
            .as_array()
            .unwrap()
            .len()
    };
    bed.wait(3600);
    assert_eq!(count(), 1);
    bed.wait(30);
    assert_eq!(count(), 0);
    assert!(bed.world(|world| world.ecs.tasks.is_empty()));
}
