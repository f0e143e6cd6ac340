//! Task protection: who has it, until when, and what leaves it alone.

use serde_json::{Value, json};

use crate::services::ecs::container_instances::drain;
use crate::testbed::Testbed;

fn bed(services: Value) -> Testbed {
    let hosts = json!({"name": "hosts", "cluster": "prod", "provider": "hosts", "min": 2, "max": 2,
        "tasks-per-instance": 4, "managed-scaling": false});
    let prod = json!({"name": "prod", "services": services});
    Testbed::with(json!({"clusters": [prod], "groups": [hosts]}))
}

/// The ids of the tasks of a service, the oldest first.
fn tasks(bed: &Testbed, service: &str) -> Vec<String> {
    bed.world(|world| {
        let group = format!("service:{service}");
        let tasks = world.ecs.tasks.values();
        let mut tasks: Vec<_> = tasks.filter(|it| it.group == group).collect();
        tasks.sort_by_key(|it| it.number);
        tasks.iter().map(|it| it.id.clone()).collect()
    })
}

fn protect(bed: &Testbed, tasks: &[String], minutes: u32) -> Value {
    let input = json!({"cluster": "prod", "tasks": tasks, "protectionEnabled": true,
        "expiresInMinutes": minutes});
    bed.ecs("UpdateTaskProtection", input).unwrap()
}

fn get(bed: &Testbed, tasks: &[String]) -> Value {
    let input = json!({"cluster": "prod", "tasks": tasks});
    bed.ecs("GetTaskProtection", input).unwrap()
}

#[test]
fn a_task_is_protected_until_its_time_is_over() {
    let bed = bed(json!([{"name": "api", "desired": 2, "launch": "provider:hosts"}]));
    let both = tasks(&bed, "api");
    protect(&bed, &both[..1], 60);
    let shown = get(&bed, &both);
    let enabled = |shown: &Value| -> Vec<Value> {
        let tasks = shown["protectedTasks"].as_array().unwrap().iter();
        tasks.map(|it| it["protectionEnabled"].clone()).collect()
    };
    assert_eq!(enabled(&shown), [true, false]);
    assert!(shown["protectedTasks"][0]["expirationDate"].is_number());
    assert!(shown["protectedTasks"][1].get("expirationDate").is_none());
    bed.wait(3_600);
    assert_eq!(enabled(&get(&bed, &both)), [false, false]);
}

#[test]
fn a_task_of_nobody_and_one_that_stops_cannot_be_protected_and_one_that_is_not_there_is_missing() {
    let bed = bed(json!([{"name": "api", "desired": 1, "launch": "provider:hosts"}]));
    let of = tasks(&bed, "api");
    let input = json!({"cluster": "prod", "task": of[0]});
    bed.ecs("StopTask", input).unwrap();
    let asked = [of[0].clone(), "0".repeat(32)];
    let shown = protect(&bed, &asked, 60);
    assert_eq!(shown["protectedTasks"], json!([]));
    let reasons = shown["failures"].as_array().unwrap().iter();
    let reasons: Vec<&Value> = reasons.map(|it| &it["reason"]).collect();
    assert_eq!(reasons, ["TASK_NOT_VALID", "MISSING"]);
}

#[test]
fn scaling_in_takes_those_that_are_not_protected() {
    let bed = bed(
        json!([{"name": "api", "desired": 3, "launch": "provider:hosts",
        "stop-seconds": 10}]),
    );
    let of = tasks(&bed, "api");
    // The youngest would go first.
    protect(&bed, &of[2..], 60);
    bed.scale("api", 1);
    bed.wait(30);
    let running = bed.world(|world| {
        let tasks = world.ecs.tasks.values().filter(|it| it.is_running());
        tasks.map(|it| it.id.clone()).collect::<Vec<_>>()
    });
    assert_eq!(running, of[2..]);
}

#[test]
fn on_an_instance_that_drains_a_protected_task_stays_until_its_time_is_over() {
    let bed = bed(
        json!([{"name": "api", "desired": 1, "launch": "provider:hosts",
        "minimum-healthy-percent": 0, "stop-seconds": 10}]),
    );
    let of = tasks(&bed, "api");
    protect(&bed, &of, 10);
    let runs = || bed.world(|world| world.ecs.tasks[&of[0]].is_running());
    bed.world(|world| {
        let on = world.ecs.tasks[&of[0]].container_instance.clone().unwrap();
        let machine = world.ecs.container_instances[&on].ec2_instance.clone();
        drain(world, &machine);
    });
    bed.wait(599);
    assert!(runs());
    bed.wait(11);
    assert!(!runs());
}

#[test]
fn protection_lasts_a_minute_at_least_and_two_days_at_most_for_ten_tasks_at_most() {
    let bed = bed(json!([{"name": "api", "desired": 1, "launch": "provider:hosts"}]));
    let of = tasks(&bed, "api");
    let many: Vec<String> = (0..11).map(|_| of[0].clone()).collect();
    for (tasks, minutes) in [(&of, 0), (&of, 2_881), (&many, 60), (&Vec::new(), 60)] {
        let input = json!({"cluster": "prod", "tasks": tasks, "protectionEnabled": true,
            "expiresInMinutes": minutes});
        let refused = bed.ecs("UpdateTaskProtection", input).unwrap_err();
        assert!(refused.contains("InvalidParameterException"), "{refused}");
    }
}
