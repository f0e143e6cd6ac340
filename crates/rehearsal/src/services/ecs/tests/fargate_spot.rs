//! Fargate Spot takes tasks back, and sometimes has none to give.

use serde_json::{Value, json};

use crate::services::ecs::{interrupt_fargate_task, set_fargate_spot_capacity};
use crate::testbed::Testbed;

fn bed(more: Value) -> Testbed {
    let mut service = json!({"name": "api", "launch": "fargate-spot"});
    service
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().cloned().unwrap());
    let bed = Testbed::prod(json!([service]));
    let pattern = json!({"detail-type": ["ECS Task State Change"]}).to_string();
    let rule = json!({"Name": "listener", "EventPattern": pattern});
    bed.account
        .by_hand("ops", "events", "PutRule", rule)
        .unwrap();
    bed
}

fn first(bed: &Testbed) -> String {
    bed.world(|world| world.ecs.tasks.keys().next().unwrap().clone())
}

fn interrupt(bed: &Testbed, task: &str) -> bool {
    bed.world(|world| interrupt_fargate_task(world, task))
}

fn described(bed: &Testbed, task: &str) -> Value {
    let input = json!({"cluster": "prod", "tasks": [task]});
    bed.ecs("DescribeTasks", input).unwrap()["tasks"][0].clone()
}

/// The states of a task that were announced: last, desired and stop code.
fn announced(bed: &Testbed, task: &str) -> Vec<[String; 3]> {
    let events = bed.events().into_iter();
    let events = events.filter(|it| it["detail-type"] == "ECS Task State Change");
    let own = events.filter(|it| it["detail"]["taskArn"].as_str().unwrap().ends_with(task));
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    own.map(|it| ["lastStatus", "desiredStatus", "stopCode"].map(|name| text(&it["detail"][name])))
        .collect()
}

#[test]
fn the_notice_is_a_task_that_runs_and_is_to_stop() {
    let bed = bed(json!({"exit-seconds": 20}));
    let task = first(&bed);
    assert!(interrupt(&bed, &task));
    assert_eq!(
        announced(&bed, &task),
        [["RUNNING", "STOPPED", "SpotInterruption"]]
    );
    let shown = described(&bed, &task);
    assert_eq!(shown["stoppedReason"], "Your Spot Task was interrupted.");
    assert_eq!(
        bed.counts("api"),
        [1, 1, 1],
        "it serves on while another one comes"
    );
    bed.wait(20);
    assert_eq!(described(&bed, &task)["lastStatus"], "STOPPED");
    assert_eq!(described(&bed, &task)["containers"][0]["exitCode"], 0);
    assert_eq!(announced(&bed, &task).len(), 3);
    bed.wait(15);
    assert_eq!(bed.counts("api"), [1, 1, 0]);
}

#[test]
fn what_does_not_end_within_its_stop_timeout_is_killed() {
    let bed = bed(json!({"exit-seconds": 600, "stop-timeout": 120}));
    let task = first(&bed);
    interrupt(&bed, &task);
    bed.wait(119);
    assert_eq!(described(&bed, &task)["lastStatus"], "STOPPING");
    bed.wait(1);
    assert_eq!(described(&bed, &task)["containers"][0]["exitCode"], 137);
}

#[test]
fn only_a_running_task_of_fargate_spot_can_be_interrupted() {
    let bed = bed(json!({}));
    let task = first(&bed);
    assert!(!interrupt(&bed, "nobody"));
    assert!(interrupt(&bed, &task));
    assert!(!interrupt(&bed, &task), "once");
    let fargate = Testbed::prod(json!([{"name": "api"}]));
    assert!(!interrupt(&fargate, &first(&fargate)));
}

#[test]
fn without_capacity_there_is_no_replacement_until_there_is_some_again() {
    let bed = bed(json!({"desired": 2}));
    bed.world(|world| set_fargate_spot_capacity(world, false));
    let task = first(&bed);
    interrupt(&bed, &task);
    bed.wait(3600);
    assert_eq!(bed.counts("api"), [2, 1, 0]);
    let events = bed.events().into_iter();
    let events = events.filter(|it| it["detail-type"] == "ECS Service Action");
    let failures: Vec<Value> = events.map(|it| it["detail"].clone()).collect();
    assert_eq!(failures.len(), 1, "said once");
    assert_eq!(failures[0]["eventName"], "SERVICE_TASK_PLACEMENT_FAILURE");
    assert_eq!(failures[0]["reason"], "RESOURCE:FARGATE");
    let provider = "arn:aws:ecs:eu-central-1:123456789012:capacity-provider/FARGATE_SPOT";
    assert_eq!(failures[0]["capacityProviderArns"], json!([provider]));
    bed.world(|world| set_fargate_spot_capacity(world, true));
    bed.wait(35);
    assert_eq!(bed.counts("api"), [2, 2, 0]);
}

#[test]
fn a_strategy_is_no_order_of_preference() {
    let strategy = json!([
        {"provider": "FARGATE", "base": 1, "weight": 1}, {"provider": "FARGATE_SPOT", "weight": 1},
    ]);
    let bed = bed(json!({"launch": null, "strategy": strategy, "desired": 0}));
    bed.world(|world| set_fargate_spot_capacity(world, false));
    bed.scale("api", 5);
    bed.wait(60);
    assert_eq!(
        bed.counts("api"),
        [5, 3, 0],
        "what Fargate Spot does not have stays away"
    );
}
