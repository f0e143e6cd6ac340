//! A service that is released again and again, for the tests of deployments.

use serde_json::{Value, json};

use crate::services::ecs::{Behaviour, behave};
use crate::testbed::Testbed;

/// `api` with two tasks of `prod-api:1`, and two more revisions to release.
pub(super) fn bed(more: Value) -> Testbed {
    with(json!({}), more)
}

/// The same with more in the stack.
pub(super) fn with(mut stack: Value, more: Value) -> Testbed {
    let mut service = json!({"name": "api", "desired": 2});
    let more = more.as_object().cloned().unwrap();
    service.as_object_mut().unwrap().extend(more);
    stack["clusters"] = json!([{"name": "prod", "services": [service]}]);
    let bed = Testbed::with(stack);
    for image in ["api:2", "api:3"] {
        let containers = json!([{"name": "api", "image": image}]);
        let next = json!({"family": "prod-api", "containerDefinitions": containers});
        bed.ecs("RegisterTaskDefinition", next).unwrap();
    }
    bed
}

/// Changes the service.
pub(super) fn update(bed: &Testbed, more: Value) -> Value {
    let mut input = json!({"cluster": "prod", "service": "api"});
    let more = more.as_object().cloned().unwrap();
    input.as_object_mut().unwrap().extend(more);
    bed.ecs("UpdateService", input).unwrap()["service"].clone()
}

/// Releases a revision and returns the deployment's id.
pub(super) fn release(bed: &Testbed, revision: u32) -> String {
    let definition = format!("prod-api:{revision}");
    let service = update(bed, json!({"taskDefinition": definition}));
    text(&service["deployments"][0]["id"])
}

/// Releases a revision that behaves like this.
pub(super) fn bad_release(bed: &Testbed, revision: u32, behaviour: Behaviour) -> String {
    let definition = format!("prod-api:{revision}");
    assert!(bed.world(|world| behave(world, &definition, behaviour)));
    release(bed, revision)
}

/// Status, rollout state and revision of every deployment, in a word each.
pub(super) fn rollouts(bed: &Testbed) -> Vec<String> {
    let service = bed.service("api");
    let deployments = service["deployments"].as_array().unwrap().iter();
    deployments
        .map(|it| {
            let definition = text(&it["taskDefinition"]);
            let revision = definition.rsplit(':').next().unwrap();
            format!(
                "{} {} {revision}",
                text(&it["status"]),
                text(&it["rolloutState"])
            )
        })
        .collect()
}

/// Waits until the PRIMARY deployment is FAILED, at most an hour.
pub(super) fn wait_for_failure(bed: &Testbed) {
    for _ in 0..3600 {
        if bed.service("api")["deployments"][0]["rolloutState"] == "FAILED" {
            return;
        }
        bed.wait(1);
    }
    panic!("{:?}", rollouts(bed));
}

/// The service deployments in full, the newest first.
pub(super) fn service_deployments(bed: &Testbed) -> Vec<Value> {
    let listed = json!({"cluster": "prod", "service": "api"});
    let listed = bed.ecs("ListServiceDeployments", listed).unwrap();
    let all = listed["serviceDeployments"].as_array().unwrap().iter();
    let arns: Vec<&Value> = all.map(|it| &it["serviceDeploymentArn"]).collect();
    let asked = json!({"serviceDeploymentArns": arns});
    let described = bed.ecs("DescribeServiceDeployments", asked).unwrap();
    described["serviceDeployments"].as_array().unwrap().clone()
}

/// What is said of the latest service deployment.
pub(super) fn latest(bed: &Testbed) -> Value {
    service_deployments(bed)[0].clone()
}

/// The revision of this ARN.
pub(super) fn revision(bed: &Testbed, arn: &Value) -> Value {
    let asked = json!({"serviceRevisionArns": [arn]});
    let found = bed.ecs("DescribeServiceRevisions", asked).unwrap();
    found["serviceRevisions"][0].clone()
}

/// What the service says in its `events`, the oldest first.
pub(super) fn said(bed: &Testbed) -> Vec<String> {
    let service = bed.service("api");
    let messages = service["events"].as_array().unwrap().iter().rev();
    messages.map(|it| text(&it["message"])).collect()
}

/// The tasks of the service that run, or that are stopped.
pub(super) fn tasks(bed: &Testbed, desired_status: &str) -> Vec<Value> {
    let asked = json!({"cluster": "prod", "serviceName": "api", "desiredStatus": desired_status});
    let arns = bed.ecs("ListTasks", asked).unwrap()["taskArns"].clone();
    if arns == json!([]) {
        return Vec::new();
    }
    let asked = json!({"cluster": "prod", "tasks": arns});
    let tasks = bed.ecs("DescribeTasks", asked).unwrap()["tasks"].clone();
    tasks.as_array().unwrap().clone()
}

pub(super) fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}
