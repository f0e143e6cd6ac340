//! Deployments roll, complete, and sometimes do not.

use serde_json::{Value, json};

use crate::services::ecs::{begin_deployment, break_task_definition, finish_deployment};
use crate::stage::Stage;

fn stage() -> Stage {
    let stage = Stage::prod(json!([{"name": "api", "desired": 2}]));
    let next =
        json!({"family": "prod-api", "containerDefinitions": [{"name": "api", "image": "api:2"}]});
    stage.ecs("RegisterTaskDefinition", next).unwrap();
    stage
}

fn release(stage: &Stage) {
    let input = json!({"cluster": "prod", "service": "api", "taskDefinition": "prod-api:2"});
    stage.ecs("UpdateService", input).unwrap();
}

fn rollouts(stage: &Stage) -> Vec<(String, String)> {
    let service = stage.service("api");
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
    let stage = stage();
    release(&stage);
    assert_eq!(stage.counts("api"), [2, 2, 2]);
    assert_eq!(
        rollouts(&stage),
        [pair("PRIMARY", "IN_PROGRESS"), pair("ACTIVE", "COMPLETED")]
    );
    stage.wait(35);
    assert_eq!(rollouts(&stage), [pair("PRIMARY", "IN_PROGRESS")]);
    stage.wait(30);
    assert_eq!(rollouts(&stage), [pair("PRIMARY", "COMPLETED")]);
    assert!(
        stage
            .journal("api")
            .iter()
            .all(|(_, _, running)| *running >= 2 || *running == 0)
    );
    assert_eq!(
        stage.event_names("ECS Deployment State Change"),
        [
            "SERVICE_DEPLOYMENT_IN_PROGRESS",
            "SERVICE_DEPLOYMENT_COMPLETED"
        ]
    );
}

#[test]
fn the_deployment_event_has_the_documented_shape() {
    let stage = stage();
    release(&stage);
    let events = stage.events();
    let event = events
        .iter()
        .find(|it| it["detail-type"] == "ECS Deployment State Change")
        .unwrap();
    let arn = "arn:aws:ecs:eu-central-1:123456789012:service/prod/api";
    assert_eq!(event["resources"], json!([arn]));
    let id = stage.service("api")["deployments"][0]["id"].clone();
    assert_eq!(event["detail"]["deploymentId"], id);
    assert_eq!(event["detail"]["eventType"], "INFO");
    assert_eq!(event["detail"]["updatedAt"], "2026-11-20T18:00:00.000Z");
    let reason = format!("ECS deployment {} in progress.", id.as_str().unwrap());
    assert_eq!(event["detail"]["reason"], reason);
}

#[test]
fn a_count_alone_starts_no_deployment() {
    let stage = stage();
    let before = stage.service("api")["deployments"][0]["id"].clone();
    stage.scale("api", 5);
    let service = stage.service("api");
    assert_eq!(service["deployments"].as_array().unwrap().len(), 1);
    assert_eq!(service["deployments"][0]["id"], before);
    assert_eq!(service["deployments"][0]["rolloutState"], "COMPLETED");
}

#[test]
fn forcing_replaces_the_same_task_definition() {
    let stage = stage();
    let before = stage.service("api")["deployments"][0].clone();
    let input = json!({"cluster": "prod", "service": "api", "forceNewDeployment": true});
    stage.ecs("UpdateService", input).unwrap();
    stage.wait(100);
    let after = stage.service("api")["deployments"][0].clone();
    assert_ne!(after["id"], before["id"]);
    assert_eq!(after["taskDefinition"], before["taskDefinition"]);
    assert_eq!(rollouts(&stage), [pair("PRIMARY", "COMPLETED")]);
}

#[test]
fn the_task_definition_that_is_there_already_starts_no_deployment() {
    let stage = stage();
    let input = json!({"cluster": "prod", "service": "api", "taskDefinition": "prod-api:1"});
    stage.ecs("UpdateService", input).unwrap();
    assert_eq!(rollouts(&stage), [pair("PRIMARY", "COMPLETED")]);
}

#[test]
fn a_bad_image_keeps_failing_and_the_old_tasks_keep_running() {
    let stage = stage();
    let fault = "CannotPullContainerError: api:2: not found";
    assert!(stage.world(|world| break_task_definition(world, "prod-api:2", fault)));
    release(&stage);
    stage.wait(1800);
    let service = stage.service("api");
    assert_eq!(service["runningCount"], 2);
    assert_eq!(
        rollouts(&stage),
        [pair("PRIMARY", "IN_PROGRESS"), pair("ACTIVE", "COMPLETED")]
    );
    let failed = service["deployments"][0]["failedTasks"].as_u64().unwrap();
    assert!(
        (4..40).contains(&failed),
        "{failed}: neither given up nor without any delay"
    );
    assert!(
        stage
            .event_names("ECS Service Action")
            .contains(&"SERVICE_TASK_START_IMPAIRED".to_owned())
    );
}

#[test]
fn why_a_task_failed_to_start_is_shown_with_the_task() {
    let stage = stage();
    stage.world(|world| break_task_definition(world, "prod-api:2", "CannotPullContainerError: x"));
    release(&stage);
    stage.wait(40);
    let stopped = json!({"cluster": "prod", "serviceName": "api", "desiredStatus": "STOPPED"});
    let arns = stage.ecs("ListTasks", stopped).unwrap()["taskArns"].clone();
    let input = json!({"cluster": "prod", "tasks": arns});
    let tasks = stage.ecs("DescribeTasks", input).unwrap()["tasks"].clone();
    assert_eq!(tasks.as_array().unwrap().len(), 2);
    assert_eq!(tasks[0]["stopCode"], "TaskFailedToStart");
    assert_eq!(tasks[0]["stoppedReason"], "CannotPullContainerError: x");
    assert_eq!(tasks[0]["startedAt"], Value::Null);
}

#[test]
fn a_service_at_zero_completes_its_deployment_without_a_task() {
    let stage = stage();
    stage.scale("api", 0);
    stage.wait(60);
    release(&stage);
    assert_eq!(rollouts(&stage), [pair("PRIMARY", "COMPLETED")]);
    assert_eq!(stage.counts("api"), [0, 0, 0]);
}

#[test]
fn a_scripted_deployment_stays_in_progress_until_it_is_finished() {
    let stage = stage();
    let begun = stage.world(|world| begin_deployment(world, "prod", "api", "prod-api:2", Some(3)));
    stage.wait(7200);
    assert_eq!(rollouts(&stage), [pair("PRIMARY", "IN_PROGRESS")]);
    assert_eq!(stage.counts("api"), [3, 3, 0]);
    stage
        .world(|world| finish_deployment(world, "prod", "api"))
        .unwrap();
    assert_eq!(rollouts(&stage), [pair("PRIMARY", "COMPLETED")]);
    assert_eq!(stage.service("api")["deployments"][0]["id"], begun.unwrap());
}

#[test]
fn a_deployment_can_be_finished_before_its_tasks_would_run() {
    let stage = stage();
    stage
        .world(|world| begin_deployment(world, "prod", "api", "prod-api:2", None))
        .unwrap();
    stage
        .world(|world| finish_deployment(world, "prod", "api"))
        .unwrap();
    assert_eq!(stage.counts("api"), [2, 2, 0]);
    assert_eq!(rollouts(&stage), [pair("PRIMARY", "COMPLETED")]);
}
