//! CreateService and RegisterTaskDefinition.

use serde_json::{Value, json};

use crate::testbed::Testbed;

fn create(bed: &Testbed, more: Value) -> Result<Value, String> {
    let mut input = json!({"cluster": "prod", "serviceName": "new", "taskDefinition": "web",
        "desiredCount": 2});
    input
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().cloned().unwrap());
    bed.ecs("CreateService", input)
}

fn bed() -> Testbed {
    let bed = Testbed::prod(json!([]));
    let web = json!({"family": "web", "cpu": "256", "memory": "512",
        "tags": [{"key": "team", "value": "shop"}],
        "containerDefinitions": [{"name": "web", "image": "web:1"}]});
    bed.ecs("RegisterTaskDefinition", web).unwrap();
    bed
}

#[test]
fn a_new_service_starts_its_tasks_and_tells() {
    let bed = bed();
    create(&bed, json!({"launchType": "FARGATE"})).unwrap();
    assert_eq!(bed.counts("new"), [2, 0, 2]);
    bed.wait(40);
    assert_eq!(bed.counts("new"), [2, 2, 0]);
    assert_eq!(
        bed.event_names("ECS Deployment State Change"),
        [
            "SERVICE_DEPLOYMENT_IN_PROGRESS",
            "SERVICE_DEPLOYMENT_COMPLETED"
        ]
    );
    assert_eq!(
        bed.event_names("AWS API Call via CloudTrail"),
        ["CreateService"]
    );
}

#[test]
fn settings_come_back_as_they_were_given() {
    let bed = bed();
    let configuration = json!({"maximumPercent": 150, "deploymentCircuitBreaker":
        {"enable": true, "rollback": true}});
    let network = json!({"awsvpcConfiguration": {"subnets": ["subnet-1"]}});
    create(
        &bed,
        json!({"deploymentConfiguration": configuration, "networkConfiguration": network}),
    )
    .unwrap();
    let service = bed.service("new");
    assert_eq!(service["networkConfiguration"], network);
    let shown = &service["deploymentConfiguration"];
    assert_eq!(shown["maximumPercent"], 150);
    assert_eq!(shown["minimumHealthyPercent"], 100);
    assert_eq!(shown["deploymentCircuitBreaker"]["rollback"], true);
}

#[test]
fn launch_type_and_strategy_exclude_each_other() {
    let bed = bed();
    let strategy = json!([{"capacityProvider": "FARGATE_SPOT", "weight": 1}]);
    let both = json!({"launchType": "FARGATE", "capacityProviderStrategy": strategy});
    assert!(create(&bed, both).unwrap_err().contains("not supported"));
    create(&bed, json!({"capacityProviderStrategy": strategy})).unwrap();
    let service = bed.service("new");
    assert_eq!(service["launchType"], Value::Null);
    assert_eq!(service["capacityProviderStrategy"][0]["weight"], 1);
}

#[test]
fn a_task_definition_must_exist() {
    let bed = bed();
    let refusal = create(&bed, json!({"taskDefinition": "web:9"})).unwrap_err();
    assert_eq!(refusal, "ClientException: TaskDefinition not found.");
}

#[test]
fn a_task_definition_is_found_by_family_revision_and_arn() {
    let bed = bed();
    let again =
        json!({"family": "web", "containerDefinitions": [{"name": "web", "image": "web:2"}]});
    bed.ecs("RegisterTaskDefinition", again).unwrap();
    let describe = |reference: &str| {
        let input = json!({"taskDefinition": reference, "include": ["TAGS"]});
        bed.ecs("DescribeTaskDefinition", input)
    };
    assert_eq!(describe("web").unwrap()["taskDefinition"]["revision"], 2);
    let first = describe("web:1").unwrap();
    assert_eq!(first["taskDefinition"]["cpu"], "256");
    assert_eq!(first["tags"], json!([{"key": "team", "value": "shop"}]));
    let arn = first["taskDefinition"]["taskDefinitionArn"]
        .as_str()
        .unwrap();
    assert_eq!(describe(arn).unwrap()["taskDefinition"]["revision"], 1);
    let refusal = describe("nothing").unwrap_err();
    assert_eq!(
        refusal,
        "ClientException: Unable to describe task definition."
    );
}

#[test]
fn a_daemon_gets_no_desired_count() {
    let bed = bed();
    let refusal = create(&bed, json!({"schedulingStrategy": "DAEMON"})).unwrap_err();
    assert!(
        refusal.contains("does not support a desired count"),
        "{refusal}"
    );
}

#[test]
fn an_external_service_is_created_without_a_task_definition() {
    let bed = bed();
    let external = json!({"taskDefinition": null, "deploymentController": {"type": "EXTERNAL"}});
    create(&bed, external).unwrap();
    let service = bed.service("new");
    assert_eq!(service["deploymentController"], json!({"type": "EXTERNAL"}));
    assert_eq!(bed.counts("new"), [2, 0, 0]);
}
