//! Deployments roll, complete, and sometimes do not.

use serde_json::{Value, json};

use crate::services::ecs::{begin_deployment, break_task_definition, finish_deployment};
use crate::testbed::Testbed;

fn bed() -> Testbed {
    let bed = Testbed::prod(json!([{"name": "api", "desired": 2}]));
    let next =
        json!({"family": "prod-api", "containerDefinitions": [{"name": "api", "image": "api:2"}]});
    bed.ecs("RegisterTaskDefinition", next).unwrap();
    bed
}

fn release(bed: &Testbed) {
    let input = json!({"cluster": "prod", "service": "api", "taskDefinition": "prod-api:2"});
    bed.ecs("UpdateService", input).unwrap();
}

fn rollouts(bed: &Testbed) -> Vec<(String, String)> {
    let service = bed.service("api");
    let deployments = service["deployments"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    deployments
        .map(|it| (text(&it["status"]), text(&it["rolloutState"])))
        .collect()
}

fn pair(status: &str, rollout: &str) -> (String, String) {
    (status.to_owned(), rollout.to_owned())
}

#[test]
fn a_new_task_definition_rolls_without_going_below_what_is_wanted() {
    let bed = bed();
    release(&bed);
    assert_eq!(bed.counts("api"), [2, 2, 2]);
    assert_eq!(
        rollouts(&bed),
        [pair("PRIMARY", "IN_PROGRESS"), pair("ACTIVE", "COMPLETED")]
    );
    bed.wait(35 + 39);
    assert_eq!(bed.counts("api"), [2, 4, 0], "RUNNING is not yet healthy");
    bed.wait(1);
    assert_eq!(rollouts(&bed), [pair("PRIMARY", "IN_PROGRESS")]);
    bed.wait(30);
    assert_eq!(rollouts(&bed), [pair("PRIMARY", "COMPLETED")]);
    assert!(
        bed.journal("api")
            .iter()
            .all(|(_, _, running)| *running >= 2 || *running == 0)
    );
    assert_eq!(
        bed.event_names("ECS Deployment State Change"),
        [
            "SERVICE_DEPLOYMENT_IN_PROGRESS",
            "SERVICE_DEPLOYMENT_COMPLETED"
        ]
    );
}

#[test]
fn the_deployment_event_has_the_documented_shape() {
    let bed = bed();
    release(&bed);
    let events = bed.events();
    let event = events
        .iter()
        .find(|it| it["detail-type"] == "ECS Deployment State Change")
        .unwrap();
    let arn = "arn:aws:ecs:eu-central-1:123456789012:service/prod/api";
    assert_eq!(event["resources"], json!([arn]));
    let id = bed.service("api")["deployments"][0]["id"].clone();
    assert_eq!(event["detail"]["deploymentId"], id);
    assert_eq!(event["detail"]["eventType"], "INFO");
    assert_eq!(event["detail"]["updatedAt"], "2026-11-20T18:00:00.000Z");
    let reason = format!("ECS deployment {} in progress.", id.as_str().unwrap());
    assert_eq!(event["detail"]["reason"], reason);
}

#[test]
fn a_count_alone_starts_no_deployment() {
    let bed = bed();
    let before = bed.service("api")["deployments"][0]["id"].clone();
    bed.scale("api", 5);
    let service = bed.service("api");
    assert_eq!(service["deployments"].as_array().unwrap().len(), 1);
    assert_eq!(service["deployments"][0]["id"], before);
    assert_eq!(service["deployments"][0]["rolloutState"], "COMPLETED");
}

#[test]
fn forcing_replaces_the_same_task_definition() {
    let bed = bed();
    let before = bed.service("api")["deployments"][0].clone();
    let input = json!({"cluster": "prod", "service": "api", "forceNewDeployment": true});
    bed.ecs("UpdateService", input).unwrap();
    bed.wait(105);
    let after = bed.service("api")["deployments"][0].clone();
    assert_ne!(after["id"], before["id"]);
    assert_eq!(after["taskDefinition"], before["taskDefinition"]);
    assert_eq!(rollouts(&bed), [pair("PRIMARY", "COMPLETED")]);
}

#[test]
fn the_task_definition_that_is_there_already_starts_no_deployment() {
    let bed = bed();
    let input = json!({"cluster": "prod", "service": "api", "taskDefinition": "prod-api:1"});
    bed.ecs("UpdateService", input).unwrap();
    assert_eq!(rollouts(&bed), [pair("PRIMARY", "COMPLETED")]);
}

#[test]
fn without_a_circuit_breaker_a_bad_image_keeps_failing_and_the_old_tasks_keep_running() {
    let bed = bed();
    let off = json!({"deploymentCircuitBreaker": {"enable": false, "rollback": false}});
    let off = json!({"cluster": "prod", "service": "api", "deploymentConfiguration": off});
    bed.ecs("UpdateService", off).unwrap();
    let fault = "CannotPullContainerError: api:2: not found";
    assert!(bed.world(|world| break_task_definition(world, "prod-api:2", fault)));
    release(&bed);
    bed.wait(1800);
    let service = bed.service("api");
    assert_eq!(service["runningCount"], 2);
    assert_eq!(
        rollouts(&bed),
        [pair("PRIMARY", "IN_PROGRESS"), pair("ACTIVE", "COMPLETED")]
    );
    let failed = service["deployments"][0]["failedTasks"].as_u64().unwrap();
    assert!(
        (4..40).contains(&failed),
        "{failed}: neither given up nor without any delay"
    );
    assert!(
        bed.event_names("ECS Service Action")
            .contains(&"SERVICE_TASK_START_IMPAIRED".to_owned())
    );
}

#[test]
fn why_a_task_failed_to_start_is_shown_with_the_task() {
    let bed = bed();
    bed.world(|world| break_task_definition(world, "prod-api:2", "CannotPullContainerError: x"));
    release(&bed);
    bed.wait(40);
    let stopped = json!({"cluster": "prod", "serviceName": "api", "desiredStatus": "STOPPED"});
    let arns = bed.ecs("ListTasks", stopped).unwrap()["taskArns"].clone();
    let input = json!({"cluster": "prod", "tasks": arns});
    let tasks = bed.ecs("DescribeTasks", input).unwrap()["tasks"].clone();
    assert_eq!(tasks.as_array().unwrap().len(), 2);
    assert_eq!(tasks[0]["stopCode"], "TaskFailedToStart");
    assert_eq!(tasks[0]["stoppedReason"], "CannotPullContainerError: x");
    assert_eq!(tasks[0]["startedAt"], Value::Null);
}

#[test]
fn a_service_at_zero_completes_its_deployment_without_a_task() {
    let bed = bed();
    bed.scale("api", 0);
    bed.wait(60);
    release(&bed);
    assert_eq!(rollouts(&bed), [pair("PRIMARY", "COMPLETED")]);
    assert_eq!(bed.counts("api"), [0, 0, 0]);
}

#[test]
fn a_scripted_deployment_stays_in_progress_until_it_is_finished() {
    let bed = bed();
    let begun = bed.world(|world| begin_deployment(world, "prod", "api", "prod-api:2", Some(3)));
    bed.wait(7200);
    assert_eq!(rollouts(&bed), [pair("PRIMARY", "IN_PROGRESS")]);
    assert_eq!(bed.counts("api"), [3, 3, 0]);
    bed.world(|world| finish_deployment(world, "prod", "api"))
        .unwrap();
    assert_eq!(rollouts(&bed), [pair("PRIMARY", "COMPLETED")]);
    assert_eq!(bed.service("api")["deployments"][0]["id"], begun.unwrap());
}

#[test]
fn a_deployment_can_be_finished_before_its_tasks_would_run() {
    let bed = bed();
    bed.world(|world| begin_deployment(world, "prod", "api", "prod-api:2", None))
        .unwrap();
    bed.world(|world| finish_deployment(world, "prod", "api"))
        .unwrap();
    assert_eq!(bed.counts("api"), [2, 2, 0]);
    assert_eq!(rollouts(&bed), [pair("PRIMARY", "COMPLETED")]);
}
