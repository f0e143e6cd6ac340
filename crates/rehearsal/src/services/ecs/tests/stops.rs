//! StopServiceDeployment.

use serde_json::{Value, json};

use super::releases::*;
use crate::testbed::Testbed;

fn stop(bed: &Testbed, arn: &Value, kind: Value) -> Result<Value, String> {
    bed.ecs(
        "StopServiceDeployment",
        json!({"serviceDeploymentArn": arn, "stopType": kind}),
    )
}

fn unwatched() -> Value {
    json!({"circuit-breaker": {"enable": false, "rollback": false}})
}

#[test]
fn a_deployment_that_is_stopped_is_rolled_back_whatever_is_configured() {
    let bed = bed(unwatched());
    release(&bed, 2);
    bed.wait(80);
    let arn = latest(&bed)["serviceDeploymentArn"].clone();
    assert_eq!(
        stop(&bed, &arn, json!("ROLLBACK")).unwrap(),
        json!({"serviceDeploymentArn": arn})
    );
    assert_eq!(latest(&bed)["status"], "ROLLBACK_REQUESTED");
    bed.wait(1);
    assert_eq!(latest(&bed)["status"], "ROLLBACK_IN_PROGRESS");
    bed.wait(200);
    assert_eq!(latest(&bed)["status"], "ROLLBACK_SUCCESSFUL");
    assert_eq!(rollouts(&bed), ["PRIMARY COMPLETED 1"]);
    assert_eq!(bed.counts("api"), [2, 2, 0]);
    let names = bed.event_names("ECS Deployment State Change");
    assert!(
        !names.contains(&"SERVICE_DEPLOYMENT_FAILED".to_owned()),
        "{names:?}"
    );
    assert_eq!(
        bed.event_names("AWS API Call via CloudTrail")
            .last()
            .unwrap(),
        "StopServiceDeployment"
    );
}

#[test]
fn what_is_on_its_way_back_goes_on_and_what_is_over_is_a_conflict() {
    let bed = bed(unwatched());
    let first = latest(&bed)["serviceDeploymentArn"].clone();
    release(&bed, 2);
    bed.wait(80);
    let arn = latest(&bed)["serviceDeploymentArn"].clone();
    for _ in 0..3 {
        stop(&bed, &arn, Value::Null).unwrap();
        bed.wait(1);
    }
    bed.wait(200);
    for over in [arn, first] {
        let refusal = stop(&bed, &over, Value::Null).unwrap_err();
        assert!(refusal.starts_with("ConflictException"), "{refusal}");
    }
}

#[test]
fn a_first_deployment_has_nothing_to_be_rolled_back_to() {
    let bed = bed(unwatched());
    let new = json!({"cluster": "prod", "serviceName": "new", "taskDefinition": "prod-api:2",
        "desiredCount": 1, "launchType": "FARGATE"});
    let service = bed.ecs("CreateService", new).unwrap()["service"].clone();
    stop(
        &bed,
        &service["currentServiceDeployment"],
        json!("ROLLBACK"),
    )
    .unwrap();
    bed.wait(5);
    let asked = json!({"serviceDeploymentArns": [service["currentServiceDeployment"]]});
    let found = bed.ecs("DescribeServiceDeployments", asked).unwrap();
    assert_eq!(found["serviceDeployments"][0]["status"], "ROLLBACK_FAILED");
}

#[test]
fn only_a_rollback_of_a_service_deployment_that_exists_can_be_asked_for() {
    let bed = bed(json!({}));
    let arn = latest(&bed)["serviceDeploymentArn"].clone();
    assert!(
        stop(&bed, &arn, json!("ABORT"))
            .unwrap_err()
            .starts_with("InvalidParameterException")
    );
    let nobody = json!("arn:aws:ecs:eu-central-1:123456789012:service-deployment/prod/api/nobody");
    let refusal = stop(&bed, &nobody, Value::Null).unwrap_err();
    assert!(
        refusal.starts_with("ServiceDeploymentNotFoundException"),
        "{refusal}"
    );
    let other = json!("arn:aws:ecs:eu-central-1:123456789012:service-deployment/prod/gone/x");
    let refusal = stop(&bed, &other, Value::Null).unwrap_err();
    assert!(
        refusal.starts_with("ServiceDeploymentNotFoundException"),
        "{refusal}"
    );
}

#[test]
fn a_rollback_restores_the_revision_and_not_only_the_task_definition() {
    let bed = bed(json!({"deregistration-delay": 5}));
    let before = bed.service("api")["loadBalancers"].clone();
    let network = json!({"awsvpcConfiguration": {"subnets": ["subnet-9"]}});
    let mut moved = before.clone();
    moved[0]["containerPort"] = json!(9000);
    update(
        &bed,
        json!({"taskDefinition": "prod-api:2", "loadBalancers": moved,
        "networkConfiguration": network}),
    );
    bed.wait(10);
    assert_eq!(bed.service("api")["loadBalancers"], moved);
    stop(&bed, &latest(&bed)["serviceDeploymentArn"], Value::Null).unwrap();
    bed.wait(60);
    assert_eq!(bed.service("api")["loadBalancers"], before);
    assert_eq!(bed.service("api")["networkConfiguration"], Value::Null);
}
