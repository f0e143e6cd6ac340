//! UpdateService and DeleteService.

use serde_json::{Value, json};

use crate::testbed::Testbed;

fn update(bed: &Testbed, service: &str, more: Value) -> Result<Value, String> {
    let mut input = json!({"cluster": "prod", "service": service});
    input
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().cloned().unwrap());
    bed.ecs("UpdateService", input)
}

fn delete(bed: &Testbed, service: &str, force: bool) -> Result<Value, String> {
    let input = json!({"cluster": "prod", "service": service, "force": force});
    bed.ecs("DeleteService", input)
}

#[test]
fn the_three_ways_to_name_nothing_have_three_errors() {
    let bed = Testbed::prod(json!([{"name": "api"}, {"name": "old"}]));
    delete(&bed, "old", true).unwrap();
    bed.wait(60);
    let refusal = |input: Value| bed.ecs("UpdateService", input).unwrap_err();
    assert_eq!(
        refusal(json!({"cluster": "nowhere", "service": "api"})),
        "ClusterNotFoundException: Cluster not found."
    );
    assert_eq!(
        refusal(json!({"cluster": "prod", "service": "nobody"})),
        "ServiceNotFoundException: Service not found."
    );
    assert_eq!(
        refusal(json!({"cluster": "prod", "service": "old", "desiredCount": 1})),
        "ServiceNotActiveException: Service was not ACTIVE."
    );
}

#[test]
fn a_count_cannot_be_negative() {
    let bed = Testbed::prod(json!([{"name": "api"}]));
    let refusal = update(&bed, "api", json!({"desiredCount": -1})).unwrap_err();
    assert!(
        refusal.starts_with("InvalidParameterException"),
        "{refusal}"
    );
    assert_eq!(bed.counts("api"), [1, 1, 0]);
}

#[test]
fn a_daemon_has_no_desired_count_to_set() {
    let daemon = json!({"name": "agent", "launch": "ec2", "scheduling": "DAEMON", "desired": 2});
    let bed = Testbed::prod(json!([daemon]));
    let refusal = update(&bed, "agent", json!({"desiredCount": 0})).unwrap_err();
    assert!(
        refusal.contains("does not support a desired count"),
        "{refusal}"
    );
    assert_eq!(bed.counts("agent"), [2, 2, 0]);
}

#[test]
fn codedeploy_services_take_a_count_and_no_task_definition() {
    let bed = Testbed::prod(json!([{"name": "shop", "controller": "CODE_DEPLOY", "desired": 2}]));
    let release = json!({"taskDefinition": "prod-shop:1"});
    let refusal = update(&bed, "shop", release).unwrap_err();
    assert!(
        refusal.contains("CODE_DEPLOY deployment controller"),
        "{refusal}"
    );
    update(&bed, "shop", json!({"desiredCount": 1})).unwrap();
    let service = bed.service("shop");
    assert_eq!(service["desiredCount"], 1);
    assert_eq!(service["deployments"], json!([]));
    assert_eq!(service["taskSets"][0]["status"], "PRIMARY");
}

#[test]
fn every_change_is_seen_by_cloudtrail_with_the_callers_session() {
    let bed = Testbed::prod(json!([{"name": "api"}]));
    bed.scale("api", 0);
    let events = bed.events();
    let seen = events
        .iter()
        .find(|it| it["detail-type"] == "AWS API Call via CloudTrail")
        .unwrap();
    let detail = &seen["detail"];
    assert_eq!(detail["eventSource"], "ecs.amazonaws.com");
    assert_eq!(detail["eventName"], "UpdateService");
    assert_eq!(detail["requestParameters"]["desiredCount"], 0);
    assert_eq!(detail["responseElements"]["service"]["serviceName"], "api");
    let session = detail["userIdentity"]["arn"].as_str().unwrap();
    assert!(session.ends_with("/off-hours"), "{session}");
}

#[test]
fn a_service_with_tasks_is_deleted_by_force_only() {
    let bed = Testbed::prod(json!([{"name": "api", "desired": 2}]));
    let refusal = delete(&bed, "api", false).unwrap_err();
    assert!(refusal.contains("scaled above 0"), "{refusal}");
    assert_eq!(
        delete(&bed, "api", true).unwrap()["service"]["status"],
        "DRAINING"
    );
    bed.wait(15);
    assert_eq!(bed.service("api")["status"], "INACTIVE");
}

#[test]
fn a_deleted_service_is_described_and_not_listed() {
    let bed = Testbed::prod(json!([{"name": "api", "desired": 0}]));
    delete(&bed, "api", false).unwrap();
    let page = bed.ecs("ListServices", json!({"cluster": "prod"})).unwrap();
    assert_eq!(page["serviceArns"], json!([]));
    assert_eq!(bed.service("api")["status"], "INACTIVE");
}

#[test]
fn a_name_is_free_again_when_its_service_is_inactive() {
    let bed = Testbed::prod(json!([{"name": "api"}]));
    let first = bed.service("api")["createdAt"].as_f64().unwrap();
    let again = || {
        let input = json!({"cluster": "prod", "serviceName": "api", "desiredCount": 1,
            "taskDefinition": "prod-api", "launchType": "FARGATE"});
        bed.ecs("CreateService", input)
    };
    assert!(again().unwrap_err().contains("not idempotent"));
    delete(&bed, "api", true).unwrap();
    assert!(again().unwrap_err().contains("still Draining"));
    bed.wait(15);
    let second = again().unwrap()["service"]["createdAt"].as_f64().unwrap();
    assert!(second > first);
    bed.wait(60);
    assert_eq!(bed.counts("api"), [1, 1, 0]);
}

/// Ten tasks that are shared between Fargate and its Spot by weight, one to four.
fn shared() -> Testbed {
    Testbed::prod(json!([{"name": "api", "desired": 10, "strategy": [
        {"provider": "FARGATE", "weight": 1}, {"provider": "FARGATE_SPOT", "weight": 4}]}]))
}

fn strategy(base: u32) -> Value {
    json!([{"capacityProvider": "FARGATE", "base": base, "weight": 1},
           {"capacityProvider": "FARGATE_SPOT", "base": 0, "weight": 4}])
}

#[test]
fn another_strategy_is_taken_only_with_a_new_deployment_which_has_to_be_forced() {
    let bed = shared();
    let unforced = json!({"capacityProviderStrategy": strategy(5)});
    let refused = update(&bed, "api", unforced).unwrap_err();
    assert!(
        refused.ends_with("you must force a new deployment."),
        "{refused}"
    );
    let forced = json!({"capacityProviderStrategy": strategy(5), "forceNewDeployment": true});
    update(&bed, "api", forced).unwrap();
    bed.wait(300);
    let on_fargate = bed.world(|world| {
        let tasks = world.ecs.tasks.values();
        let running = tasks.filter(|task| task.is_running());
        running
            .filter(|task| task.provider.as_deref() == Some("FARGATE"))
            .count()
    });
    assert_eq!(on_fargate, 6, "five, and one of the other five");
}

#[test]
fn a_strategy_that_ecs_does_not_take_is_refused() {
    let bed = shared();
    let entry = |name: &str, base: u32, weight: u32| json!({"capacityProvider": name, "base": base, "weight": weight});
    for bad in [
        json!([entry("FARGATE", 1, 1), entry("FARGATE_SPOT", 1, 1)]),
        json!([entry("FARGATE", 1, 0), entry("FARGATE_SPOT", 0, 0)]),
        json!([entry("FARGATE", 0, 1_001)]),
        json!([entry("FARGATE", 100_001, 1)]),
        json!(vec![entry("FARGATE", 0, 1); 21]),
    ] {
        let input = json!({"capacityProviderStrategy": bad, "forceNewDeployment": true});
        let refused = update(&bed, "api", input).unwrap_err();
        assert!(refused.contains("strategy is not valid"), "{refused}");
    }
}
