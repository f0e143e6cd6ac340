//! The circuit breaker: when it gives a deployment up, and what comes then.

use serde_json::{Value, json};

use super::releases::*;
use crate::services::ecs::{Behaviour, behave, set_fargate_spot_capacity};
use crate::testbed::Testbed;

const CRASH: Behaviour = Behaviour::ExitsAtOnce { code: 1 };

fn without_rollback() -> Value {
    json!({"circuit-breaker": {"enable": true, "rollback": false}})
}

fn reasons(bed: &Testbed) -> Vec<String> {
    let events = bed.events();
    let events = events
        .iter()
        .filter(|it| it["detail-type"] == "ECS Deployment State Change");
    events.map(|it| text(&it["detail"]["reason"])).collect()
}

#[test]
fn tasks_that_exit_at_once_bring_the_last_good_deployment_back_with_its_id() {
    let bed = bed(json!({}));
    let good = text(&bed.service("api")["deployments"][0]["id"]);
    let bad = bad_release(&bed, 2, CRASH);
    wait_for_failure(&bed);
    assert_eq!(rollouts(&bed), ["PRIMARY FAILED 2", "ACTIVE COMPLETED 1"]);
    let failed = bed.service("api")["deployments"][0].clone();
    assert_eq!(failed["failedTasks"], 4);
    let broken = "ECS deployment circuit breaker: tasks failed to start.";
    assert_eq!(failed["rolloutStateReason"], broken);
    bed.wait(1);
    assert_eq!(rollouts(&bed), ["PRIMARY COMPLETED 1"]);
    assert_eq!(bed.service("api")["deployments"][0]["id"], json!(good));
    assert_eq!(bed.counts("api"), [2, 2, 0]);
    let back = format!("ECS deployment circuit breaker: rolling back to deploymentId {good}.");
    assert_eq!(
        reasons(&bed),
        [
            format!("ECS deployment {bad} in progress."),
            broken.to_owned(),
            back,
            format!("ECS deployment {good} completed."),
        ]
    );
    let said = said(&bed);
    assert!(said.contains(&format!(
        "(service api) (deployment {bad}) deployment failed: tasks failed to start."
    )));
    assert!(said.contains(&format!("(service api) rolling back to deployment {good}.")));
}

#[test]
fn every_name_is_told_as_a_service_action_too() {
    let bed = bed(json!({}));
    bad_release(&bed, 2, CRASH);
    bed.wait(300);
    let names = [
        "SERVICE_DEPLOYMENT_IN_PROGRESS",
        "SERVICE_DEPLOYMENT_FAILED",
        "SERVICE_DEPLOYMENT_IN_PROGRESS",
        "SERVICE_DEPLOYMENT_COMPLETED",
    ];
    assert_eq!(bed.event_names("ECS Deployment State Change"), names);
    let actions = bed.event_names("ECS Service Action");
    let of_deployments = actions
        .iter()
        .filter(|it| it.starts_with("SERVICE_DEPLOYMENT"));
    assert_eq!(of_deployments.collect::<Vec<_>>(), names);
    let events = bed.events();
    let failed = |kind: &str| {
        let found = events.iter().find(|it| {
            it["detail-type"] == kind && it["detail"]["eventName"] == "SERVICE_DEPLOYMENT_FAILED"
        });
        found.unwrap()["detail"].clone()
    };
    assert_eq!(failed("ECS Deployment State Change")["eventType"], "ERROR");
    assert_eq!(
        failed("ECS Deployment State Change")["clusterArn"],
        Value::Null
    );
    assert!(text(&failed("ECS Service Action")["clusterArn"]).ends_with(":cluster/prod"));
    assert_eq!(failed("ECS Service Action")["deploymentId"], Value::Null);
}

#[test]
fn without_rollback_nothing_more_is_started_and_the_old_tasks_stay() {
    let bed = bed(without_rollback());
    bad_release(&bed, 2, CRASH);
    wait_for_failure(&bed);
    bed.wait(3600);
    assert_eq!(rollouts(&bed), ["PRIMARY FAILED 2", "ACTIVE COMPLETED 1"]);
    assert_eq!(bed.service("api")["deployments"][0]["failedTasks"], 4);
    assert_eq!(bed.counts("api"), [2, 2, 0]);
    let deployment = latest(&bed);
    assert_eq!(deployment["status"], "STOPPED");
    assert_eq!(
        deployment["deploymentCircuitBreaker"]["status"],
        "TRIGGERED"
    );
    assert_eq!(deployment["rollback"], Value::Null);
}

#[test]
fn a_count_that_is_lowered_holds_for_what_was_given_up_too() {
    let bed = bed(without_rollback());
    bad_release(&bed, 2, CRASH);
    wait_for_failure(&bed);
    bed.scale("api", 0);
    bed.wait(60);
    assert_eq!(bed.counts("api"), [0, 0, 0]);
}

#[test]
fn nothing_is_good_enough_to_go_back_to_while_the_way_back_is_under_way() {
    let bounds = json!({"minimum-healthy-percent": 0, "maximum-percent": 100});
    let bed = bed(bounds);
    bad_release(&bed, 2, CRASH);
    wait_for_failure(&bed);
    bed.wait(2);
    assert_eq!(rollouts(&bed)[0], "PRIMARY IN_PROGRESS 1");
    bad_release(&bed, 3, CRASH);
    wait_for_failure(&bed);
    bed.wait(3600);
    assert_eq!(rollouts(&bed)[0], "PRIMARY FAILED 3", "stalled");
    let all = service_deployments(&bed);
    assert_eq!(all[0]["status"], "ROLLBACK_FAILED");
    assert_eq!(
        all[0]["statusReason"],
        "No rollback candidate was found to run the rollback."
    );
    assert_eq!(all[1]["status"], "ROLLBACK_FAILED");
}

#[test]
fn a_first_deployment_that_fails_has_nothing_to_go_back_to() {
    let bed = bed(json!({}));
    assert!(bed.world(|world| behave(world, "prod-api:2", CRASH)));
    let breaker = json!({"deploymentCircuitBreaker": {"enable": true, "rollback": true}});
    let new = json!({"cluster": "prod", "serviceName": "new", "taskDefinition": "prod-api:2",
        "desiredCount": 1, "launchType": "FARGATE", "deploymentConfiguration": breaker});
    bed.ecs("CreateService", new).unwrap();
    bed.wait(3600);
    let service = bed.service("new");
    assert_eq!(service["deployments"][0]["rolloutState"], "FAILED");
    assert_eq!(service["runningCount"], 0);
}

#[test]
fn two_bad_releases_in_a_row_end_on_the_good_one() {
    let bed = bed(json!({}));
    bad_release(&bed, 2, CRASH);
    bed.wait(300);
    bad_release(&bed, 3, CRASH);
    bed.wait(300);
    assert_eq!(rollouts(&bed), ["PRIMARY COMPLETED 1"]);
}

#[test]
fn a_failed_health_check_counts_and_is_why_the_task_stops() {
    let bed = bed(json!({"health-check-seconds": 20}));
    bad_release(&bed, 2, Behaviour::Unhealthy);
    wait_for_failure(&bed);
    let stopped = tasks(&bed, "STOPPED");
    assert!(stopped.iter().all(|it| {
        it["stopCode"] == "ServiceSchedulerInitiated"
            && it["stoppedReason"] == "Task failed container health checks"
    }));
    assert_eq!(bed.counts("api")[1], 2, "the old ones");
    bed.wait(60);
    assert_eq!(rollouts(&bed), ["PRIMARY COMPLETED 1"]);
}

#[test]
fn a_target_that_fails_its_health_check_is_named() {
    let bed = bed(json!({"deregistration-delay": 5}));
    bad_release(&bed, 2, Behaviour::Unhealthy);
    wait_for_failure(&bed);
    let reason = text(&tasks(&bed, "STOPPED")[0]["stoppedReason"]);
    assert!(
        reason.starts_with("Task failed ELB health checks in (target-group arn:"),
        "{reason}"
    );
}

#[test]
fn what_no_health_check_sees_goes_out() {
    let bed = bed(json!({}));
    bad_release(&bed, 2, Behaviour::Unhealthy);
    bed.wait(300);
    assert_eq!(rollouts(&bed), ["PRIMARY COMPLETED 2"]);
    bad_release(&bed, 3, Behaviour::Errors);
    bed.wait(300);
    assert_eq!(rollouts(&bed), ["PRIMARY COMPLETED 3"]);
}

#[test]
fn a_task_that_crashes_once_it_runs_is_replaced_for_ever_and_counted_by_nobody() {
    let bed = bed(json!({}));
    let crash = Behaviour::Crashes {
        after_seconds: 30,
        code: 3,
    };
    let id = bad_release(&bed, 2, crash);
    bed.wait(3600);
    assert_eq!(
        rollouts(&bed),
        ["PRIMARY IN_PROGRESS 2", "ACTIVE COMPLETED 1"]
    );
    assert_eq!(bed.service("api")["deployments"][0]["failedTasks"], 0);
    let stopped = tasks(&bed, "STOPPED");
    assert!(stopped.len() > 20, "{}", stopped.len());
    for task in stopped {
        assert_eq!(task["stopCode"], "EssentialContainerExited");
        assert_eq!(task["stoppedReason"], "Essential container in task exited");
        assert_eq!(task["containers"][0]["exitCode"], 3);
        assert_eq!(task["startedBy"], json!(id));
        assert_ne!(task["startedAt"], Value::Null);
    }
}

#[test]
fn a_crash_after_the_health_check_comes_after_the_rollout() {
    let bed = bed(json!({}));
    let crash = Behaviour::Crashes {
        after_seconds: 90,
        code: 3,
    };
    bad_release(&bed, 2, crash);
    bed.wait(110);
    assert_eq!(rollouts(&bed), ["PRIMARY COMPLETED 2"]);
    bed.wait(3600);
    assert_eq!(rollouts(&bed), ["PRIMARY COMPLETED 2"]);
    assert!(tasks(&bed, "STOPPED").len() > 10);
}

#[test]
fn the_threshold_is_as_in_the_documentation() {
    let threshold = |desired: u32, given: Value| {
        let mut breaker = json!({"enable": true, "rollback": true});
        if !given.is_null() {
            breaker["threshold"] = given;
        }
        let bed = bed(json!({"desired": desired, "circuit-breaker": breaker}));
        latest(&bed)["deploymentCircuitBreaker"]["threshold"]
            .as_u64()
            .unwrap()
    };
    for (desired, expected) in [(1, 3), (25, 13), (400, 200), (800, 200)] {
        assert_eq!(threshold(desired, Value::Null), expected, "{desired}");
    }
    let unbounded = json!({"type": "UNBOUNDED_PERCENT", "value": 50});
    assert_eq!(threshold(800, unbounded.clone()), 400);
    assert_eq!(threshold(1, unbounded), 1);
    assert_eq!(threshold(1, json!({"type": "COUNT", "value": 5})), 5);
}

#[test]
fn a_threshold_has_to_be_in_range() {
    let bed = bed(json!({}));
    let refusal = |threshold: Value| {
        let breaker =
            json!({"enable": true, "rollback": true, "thresholdConfiguration": threshold});
        let input = json!({"cluster": "prod", "service": "api",
            "deploymentConfiguration": {"deploymentCircuitBreaker": breaker}});
        bed.ecs("UpdateService", input)
    };
    assert!(refusal(json!({"type": "BOUNDED_PERCENT", "value": 101})).is_err());
    assert!(refusal(json!({"type": "COUNT", "value": 0})).is_err());
    assert!(refusal(json!({"type": "OFTEN", "value": 1})).is_err());
    assert!(refusal(json!({"type": "COUNT", "value": 101})).is_ok());
}

#[test]
fn a_healthy_task_makes_it_forget_unless_it_is_told_not_to() {
    let counted = |resets: bool| {
        let breaker = json!({"enable": true, "rollback": true, "reset-on-healthy-task": resets});
        let bed = bed(json!({"circuit-breaker": breaker}));
        bad_release(&bed, 2, CRASH);
        bed.wait(40);
        assert_eq!(latest(&bed)["deploymentCircuitBreaker"]["failureCount"], 2);
        assert!(bed.world(|world| behave(world, "prod-api:2", Behaviour::Good)));
        bed.wait(300);
        let deployment = latest(&bed);
        assert_eq!(deployment["status"], "SUCCESSFUL");
        assert_eq!(bed.service("api")["deployments"][0]["failedTasks"], 0);
        deployment["deploymentCircuitBreaker"]["failureCount"]
            .as_u64()
            .unwrap()
    };
    assert_eq!(counted(true), 0);
    assert_eq!(counted(false), 2);
}

#[test]
fn the_latest_desired_count_moves_the_threshold() {
    let one_by_one = json!({"desired": 10, "maximum-percent": 110});
    let bed = bed(one_by_one);
    bad_release(&bed, 2, CRASH);
    while bed.service("api")["deployments"][0]["failedTasks"] != 4 {
        bed.wait(1);
    }
    assert_eq!(rollouts(&bed)[0], "PRIMARY IN_PROGRESS 2");
    bed.scale("api", 4);
    assert_eq!(rollouts(&bed)[0], "PRIMARY FAILED 2");
}

#[test]
fn a_lack_of_capacity_counts_as_well() {
    let bed = bed(json!({"launch": "fargate-spot"}));
    bed.world(|world| set_fargate_spot_capacity(world, false));
    release(&bed, 2);
    bed.wait(100);
    assert_eq!(rollouts(&bed)[0], "PRIMARY IN_PROGRESS 2");
    wait_for_failure(&bed);
    let actions = bed.event_names("ECS Service Action");
    assert!(actions.contains(&"SERVICE_TASK_PLACEMENT_FAILURE".to_owned()));
    bed.wait(5);
    assert_eq!(rollouts(&bed), ["PRIMARY COMPLETED 1"]);
}

#[test]
fn a_rollback_that_fails_is_not_rolled_back() {
    let bounds = json!({"minimum-healthy-percent": 0, "maximum-percent": 100});
    let bed = bed(bounds);
    bad_release(&bed, 2, CRASH);
    assert!(bed.world(|world| behave(world, "prod-api:1", CRASH)));
    wait_for_failure(&bed);
    bed.wait(600);
    assert_eq!(rollouts(&bed)[0], "PRIMARY FAILED 1");
    assert_eq!(latest(&bed)["status"], "ROLLBACK_FAILED");
    assert_eq!(bed.counts("api"), [2, 0, 0]);
}

#[test]
fn a_daemon_that_was_given_up_starts_nothing_more_either() {
    let groups = json!([{"name": "hosts", "cluster": "prod", "min": 2, "max": 2, "desired": 2}]);
    let daemon = json!({"launch": "ec2", "scheduling": "DAEMON",
        "circuit-breaker": {"enable": true, "rollback": false}});
    let bed = with(json!({"groups": groups}), daemon);
    assert_eq!(bed.counts("api"), [2, 2, 0]);
    bad_release(&bed, 2, CRASH);
    wait_for_failure(&bed);
    bed.wait(600);
    let failed = bed.service("api")["deployments"][0]["failedTasks"].clone();
    bed.wait(3600);
    assert_eq!(bed.service("api")["deployments"][0]["failedTasks"], failed);
    assert_eq!(bed.counts("api")[2], 0);
}

#[test]
fn a_script_can_make_the_way_back_a_deployment_of_its_own() {
    let bed = bed(json!({}));
    bed.world(|world| world.ecs.rollbacks_are_new_deployments = true);
    let good = text(&bed.service("api")["deployments"][0]["id"]);
    bad_release(&bed, 2, CRASH);
    bed.wait(400);
    assert_eq!(rollouts(&bed), ["PRIMARY COMPLETED 1"]);
    assert_ne!(bed.service("api")["deployments"][0]["id"], json!(good));
    assert!(
        reasons(&bed)
            .iter()
            .any(|it| it.ends_with(&format!("deploymentId {good}.")))
    );
    assert_eq!(latest(&bed)["status"], "ROLLBACK_SUCCESSFUL");
}

#[test]
fn a_person_who_deploys_right_after_the_failure_is_not_overwritten() {
    let bed = bed(json!({}));
    bad_release(&bed, 2, CRASH);
    wait_for_failure(&bed);
    release(&bed, 3);
    bed.wait(300);
    assert_eq!(rollouts(&bed), ["PRIMARY COMPLETED 3"]);
    let all = service_deployments(&bed);
    assert_eq!(all[0]["status"], "SUCCESSFUL");
    assert_eq!(all[1]["status"], "STOPPED");
}
