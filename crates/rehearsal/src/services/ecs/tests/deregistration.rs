//! Task definitions that are deregistered and deleted, and copies of them.

use serde_json::{Value, json};

use super::releases::*;
use crate::testbed::Testbed;

fn deploy(bed: &Testbed, definition: &str) -> Result<Value, String> {
    let input = json!({"cluster": "prod", "service": "api", "taskDefinition": definition});
    bed.ecs("UpdateService", input)
}

fn deregister(bed: &Testbed, definition: &str) -> Result<Value, String> {
    bed.ecs(
        "DeregisterTaskDefinition",
        json!({"taskDefinition": definition}),
    )
}

fn status(bed: &Testbed, definition: &str) -> Value {
    let asked = json!({"taskDefinition": definition});
    let found = bed.ecs("DescribeTaskDefinition", asked).unwrap();
    found["taskDefinition"]["status"].clone()
}

#[test]
fn an_inactive_task_definition_is_let_through_for_ten_minutes() {
    let bed = bed(json!({}));
    assert_eq!(
        deregister(&bed, "prod-api:2").unwrap()["taskDefinition"]["status"],
        "INACTIVE"
    );
    deregister(&bed, "prod-api:3").unwrap();
    bed.wait(599);
    deploy(&bed, "prod-api:2").unwrap();
    bed.wait(1);
    let refusal = deploy(&bed, "prod-api:3").unwrap_err();
    assert_eq!(refusal, "ClientException: TaskDefinition is inactive");
}

#[test]
fn what_runs_on_it_goes_on_and_can_be_scaled() {
    let bed = bed(json!({}));
    deregister(&bed, "prod-api:1").unwrap();
    bed.wait(3600);
    bed.scale("api", 3);
    bed.wait(60);
    assert_eq!(bed.counts("api"), [3, 3, 0]);
}

#[test]
fn a_family_means_its_latest_active_revision() {
    let bed = bed(json!({}));
    deregister(&bed, "prod-api:3").unwrap();
    deploy(&bed, "prod-api").unwrap();
    assert_eq!(rollouts(&bed)[0], "PRIMARY IN_PROGRESS 2");
}

#[test]
fn only_what_is_inactive_can_be_deleted_and_then_it_is_refused_at_once() {
    let bed = bed(json!({}));
    deregister(&bed, "prod-api:2").unwrap();
    let asked = json!({"taskDefinitions": ["prod-api:2", "prod-api:3", "prod-api:9"]});
    let deleted = bed.ecs("DeleteTaskDefinitions", asked).unwrap();
    assert_eq!(
        deleted["taskDefinitions"][0]["status"],
        "DELETE_IN_PROGRESS"
    );
    let failures = deleted["failures"].as_array().unwrap();
    assert_eq!(failures.len(), 2);
    assert!(text(&failures[0]["reason"]).contains("still in ACTIVE status"));
    assert!(deploy(&bed, "prod-api:2").is_err());
    assert_eq!(status(&bed, "prod-api:2"), "DELETE_IN_PROGRESS");
    assert_eq!(status(&bed, "prod-api:3"), "ACTIVE");
}

#[test]
fn a_revision_has_to_be_named_and_has_to_exist() {
    let bed = bed(json!({}));
    assert!(
        deregister(&bed, "prod-api")
            .unwrap_err()
            .starts_with("InvalidParameterException")
    );
    assert!(
        deregister(&bed, "prod-api:9")
            .unwrap_err()
            .starts_with("ClientException")
    );
    let many = json!({"taskDefinitions": vec!["prod-api:1"; 11]});
    assert!(bed.ecs("DeleteTaskDefinitions", many).is_err());
}

#[test]
fn everything_that_was_registered_comes_back_so_that_a_copy_can_be_registered() {
    let bed = bed(json!({}));
    let given = json!({
        "family": "copied", "taskRoleArn": "arn:aws:iam::123456789012:role/task",
        "executionRoleArn": "arn:aws:iam::123456789012:role/execution", "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"], "cpu": "256", "memory": "512", "pidMode": "task",
        "runtimePlatform": {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"},
        "ephemeralStorage": {"sizeInGiB": 30}, "volumes": [{"name": "data"}],
        "containerDefinitions": [{"name": "app", "image": "app:1", "essential": true,
            "secrets": [{"name": "KEY", "valueFrom": "arn:aws:ssm:eu-central-1:1:parameter/key"}],
            "environment": [{"name": "A", "value": "1"}], "versionConsistency": "enabled"}],
    });
    bed.ecs("RegisterTaskDefinition", given.clone()).unwrap();
    let asked = json!({"taskDefinition": "copied:1"});
    let found = bed.ecs("DescribeTaskDefinition", asked).unwrap()["taskDefinition"].clone();
    for (member, value) in given.as_object().unwrap() {
        assert_eq!(&found[member], value, "{member}");
    }
    assert_eq!(found["registeredBy"], "off-hours");
    let members = given.as_object().unwrap().keys();
    let copy: serde_json::Map<String, Value> = members
        .map(|name| (name.clone(), found[name].clone()))
        .collect();
    let second = bed
        .ecs("RegisterTaskDefinition", Value::Object(copy))
        .unwrap();
    assert_eq!(second["taskDefinition"]["revision"], 2);
    assert_eq!(
        second["taskDefinition"]["containerDefinitions"],
        given["containerDefinitions"]
    );
}
