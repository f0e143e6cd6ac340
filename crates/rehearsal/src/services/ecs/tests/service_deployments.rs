//! Service deployments and service revisions, as they are listed and described.

use serde_json::{Value, json};

use super::releases::*;
use crate::services::ecs::Behaviour;
use crate::testbed::Testbed;

fn list(bed: &Testbed, more: Value) -> Result<Value, String> {
    let mut input = json!({"cluster": "prod", "service": "api"});
    let more = more.as_object().cloned().unwrap();
    input.as_object_mut().unwrap().extend(more);
    bed.ecs("ListServiceDeployments", input)
}

fn statuses(page: &Value) -> Vec<String> {
    let all = page["serviceDeployments"].as_array().unwrap().iter();
    all.map(|it| text(&it["status"])).collect()
}

#[test]
fn a_service_deployment_goes_from_pending_to_successful() {
    let bed = bed(json!({}));
    release(&bed, 2);
    assert_eq!(latest(&bed)["status"], "PENDING");
    assert_eq!(latest(&bed)["startedAt"], Value::Null);
    bed.wait(1);
    let rolling = latest(&bed);
    assert_eq!(rolling["status"], "IN_PROGRESS");
    assert_eq!(rolling["targetServiceRevision"]["pendingTaskCount"], 2);
    assert_eq!(rolling["sourceServiceRevisions"][0]["runningTaskCount"], 2);
    assert_eq!(
        rolling["deploymentCircuitBreaker"],
        json!({"status": "MONITORING", "failureCount": 0, "threshold": 3})
    );
    assert_eq!(rolling["alarms"], json!({"status": "DISABLED"}));
    bed.wait(200);
    let done = latest(&bed);
    assert_eq!(done["status"], "SUCCESSFUL");
    assert_eq!(done["targetServiceRevision"]["runningTaskCount"], 2);
    assert_eq!(done["sourceServiceRevisions"][0]["runningTaskCount"], 0);
    assert_eq!(
        done["deploymentCircuitBreaker"]["status"],
        "MONITORING_COMPLETE"
    );
    assert!(done["finishedAt"].as_f64() > done["startedAt"].as_f64());
    assert!(
        text(&done["serviceDeploymentArn"])
            .starts_with("arn:aws:ecs:eu-central-1:123456789012:service-deployment/prod/api/")
    );
    assert_eq!(done["deploymentConfiguration"]["maximumPercent"], 200);
}

#[test]
fn a_rollback_belongs_to_the_service_deployment_that_failed() {
    let bed = bed(json!({}));
    let source = latest(&bed)["targetServiceRevision"]["arn"].clone();
    bad_release(&bed, 2, Behaviour::ExitsAtOnce { code: 1 });
    wait_for_failure(&bed);
    assert_eq!(
        latest(&bed)["status"],
        "IN_PROGRESS",
        "the way back begins a moment later"
    );
    bed.wait(60);
    let all = service_deployments(&bed);
    assert_eq!(all.len(), 2);
    let back = "Service deployment rolled back because the circuit breaker threshold was exceeded.";
    assert_eq!(all[0]["status"], "ROLLBACK_SUCCESSFUL");
    assert_eq!(all[0]["statusReason"], back);
    assert_eq!(all[0]["rollback"]["reason"], back);
    assert_eq!(all[0]["rollback"]["serviceRevisionArn"], source);
    assert_eq!(
        all[0]["deploymentCircuitBreaker"],
        json!({"status": "TRIGGERED", "failureCount": 3, "threshold": 3})
    );
    let failed = revision(&bed, &all[0]["targetServiceRevision"]["arn"]);
    assert!(text(&failed["taskDefinition"]).ends_with("prod-api:2"));
}

#[test]
fn a_service_names_its_current_deployment_and_revisions() {
    let bed = bed(json!({}));
    release(&bed, 2);
    bed.wait(40);
    let service = bed.service("api");
    assert_eq!(
        service["currentServiceDeployment"],
        latest(&bed)["serviceDeploymentArn"]
    );
    let revisions = service["currentServiceRevisions"].as_array().unwrap();
    assert_eq!(revisions.len(), 2);
    assert_eq!(
        revisions[0]["arn"],
        latest(&bed)["targetServiceRevision"]["arn"]
    );
    assert_eq!(revisions[0]["runningTaskCount"], 2);
}

#[test]
fn a_revision_tells_what_the_service_was_like() {
    let bed = bed(json!({"deregistration-delay": 5}));
    let shown = revision(&bed, &latest(&bed)["targetServiceRevision"]["arn"]);
    let service = bed.service("api");
    for member in [
        "taskDefinition",
        "loadBalancers",
        "launchType",
        "serviceArn",
        "clusterArn",
    ] {
        assert_eq!(shown[member], service[member], "{member}");
    }
    assert_eq!(shown["platformVersion"], "1.4.0");
    assert_eq!(shown["containerImages"][0]["containerName"], "api");
}

#[test]
fn a_deployment_that_another_one_overtakes_stops() {
    let bed = bed(json!({}));
    release(&bed, 2);
    bed.wait(10);
    release(&bed, 3);
    assert_eq!(
        statuses(&list(&bed, json!({})).unwrap())[..2],
        ["PENDING", "STOP_REQUESTED"]
    );
    bed.wait(200);
    assert_eq!(
        statuses(&list(&bed, json!({})).unwrap()),
        ["SUCCESSFUL", "STOPPED", "SUCCESSFUL"]
    );
    assert_eq!(rollouts(&bed), ["PRIMARY COMPLETED 3"]);
}

#[test]
fn twenty_are_a_page_unless_fewer_or_more_are_asked_for() {
    let bed = bed(json!({"desired": 0}));
    for _ in 0..24 {
        update(&bed, json!({"forceNewDeployment": true}));
    }
    let first = list(&bed, json!({})).unwrap();
    assert_eq!(statuses(&first).len(), 20);
    let rest = list(&bed, json!({"nextToken": first["nextToken"]})).unwrap();
    assert_eq!(
        (statuses(&rest).len(), &rest["nextToken"]),
        (5, &Value::Null)
    );
    assert_eq!(
        statuses(&list(&bed, json!({"maxResults": 100})).unwrap()).len(),
        25
    );
    for size in [0, 101] {
        assert!(list(&bed, json!({"maxResults": size})).is_err());
    }
}

#[test]
fn they_can_be_filtered_by_status_and_by_time() {
    let bed = bed(json!({}));
    release(&bed, 2);
    bed.wait(60);
    let began = 1_795_197_600.0; // 2026-11-20T18:00:00Z
    let count = |more: Value| statuses(&list(&bed, more).unwrap()).len();
    assert_eq!(count(json!({"status": ["SUCCESSFUL"]})), 1);
    assert_eq!(count(json!({"status": ["IN_PROGRESS", "SUCCESSFUL"]})), 2);
    assert_eq!(count(json!({"createdAt": {"after": began - 1.0}})), 1);
    assert_eq!(count(json!({"createdAt": {"before": began}})), 1);
}

#[test]
fn ninety_days_are_remembered_and_nothing_of_a_service_that_is_gone() {
    let bed = bed(json!({}));
    let before = latest(&bed);
    bed.wait(90 * 86_400 - 30 * 86_400 + 60);
    assert_eq!(
        list(&bed, json!({})).unwrap()["serviceDeployments"],
        json!([])
    );
    let asked = json!({"serviceDeploymentArns": [before["serviceDeploymentArn"]]});
    let described = bed.ecs("DescribeServiceDeployments", asked).unwrap();
    assert_eq!(described["failures"][0]["reason"], "MISSING");
    release(&bed, 2);
    bed.wait(200);
    assert_eq!(statuses(&list(&bed, json!({})).unwrap()), ["SUCCESSFUL"]);
    bed.ecs(
        "DeleteService",
        json!({"cluster": "prod", "service": "api", "force": true}),
    )
    .unwrap();
    bed.wait(60);
    let refusal = list(&bed, json!({})).unwrap_err();
    assert!(refusal.starts_with("ServiceNotFoundException"), "{refusal}");
}

#[test]
fn who_deploys_otherwise_has_no_history() {
    let bed = Testbed::prod(json!([{"name": "api", "controller": "CODE_DEPLOY"}]));
    let refusal = list(&bed, json!({})).unwrap_err();
    assert!(
        refusal.starts_with("UnsupportedFeatureException"),
        "{refusal}"
    );
    assert_eq!(bed.service("api")["currentServiceDeployment"], Value::Null);
}

#[test]
fn what_is_asked_for_has_to_be_an_arn_and_not_too_many() {
    let bed = bed(json!({}));
    let ask = |arns: Value| {
        bed.ecs(
            "DescribeServiceDeployments",
            json!({"serviceDeploymentArns": arns}),
        )
    };
    let missing = "arn:aws:ecs:eu-central-1:123456789012:service-deployment/prod/api/nobody";
    assert_eq!(
        ask(json!([missing])).unwrap()["failures"][0]["arn"],
        missing
    );
    assert!(
        ask(json!(["api"]))
            .unwrap_err()
            .starts_with("InvalidParameterException")
    );
    assert!(ask(json!([])).is_err());
    assert!(ask(json!(vec![missing; 21])).is_err());
    let revisions = json!({"serviceRevisionArns": [missing]});
    assert!(
        bed.ecs("DescribeServiceRevisions", revisions).is_err(),
        "another kind"
    );
}
