//! Blue/green: stages, bake time, and hooks that pause.

use serde_json::{Value, json};

use super::releases::*;
use crate::testbed::Testbed;

fn bed(hooks: Value) -> Testbed {
    let bed = super::releases::bed(json!({}));
    update(
        &bed,
        json!({"deploymentConfiguration": {
            "strategy": "BLUE_GREEN", "bakeTimeInMinutes": 5, "lifecycleHooks": hooks,
        }}),
    );
    bed
}

fn pause(stage: &str, timeout: Value) -> Value {
    json!([{"targetType": "PAUSE", "lifecycleStages": [stage], "timeoutConfiguration": timeout}])
}

fn stage(bed: &Testbed) -> Value {
    latest(bed)["lifecycleStage"].clone()
}

fn answer(bed: &Testbed, action: Value) -> Result<Value, String> {
    let deployment = latest(bed);
    let hook = &deployment["lifecycleHookDetails"][0]["hookId"];
    bed.ecs(
        "ContinueServiceDeployment",
        json!({"hookId": hook, "action": action,
        "serviceDeploymentArn": deployment["serviceDeploymentArn"]}),
    )
}

fn stages(bed: &Testbed) -> Vec<String> {
    let mut seen: Vec<String> = Vec::new();
    for _ in 0..1200 {
        let stage = stage(bed);
        let known = seen.last().map(String::as_str) == stage.as_str();
        if let (Some(stage), false) = (stage.as_str(), known) {
            seen.push(stage.to_owned());
        }
        if latest(bed)["finishedAt"].is_number() {
            return seen;
        }
        bed.wait(1);
    }
    panic!("{seen:?}");
}

#[test]
fn the_stages_follow_each_other_and_the_old_tasks_run_to_the_last() {
    let bed = bed(json!([]));
    release(&bed, 2);
    bed.wait(200);
    assert_eq!(stage(&bed), "BAKE_TIME");
    assert_eq!(bed.counts("api"), [2, 4, 0], "both revisions");
    let seen = stages(&bed);
    assert_eq!(seen, ["BAKE_TIME", "CLEAN_UP"]);
    assert_eq!(rollouts(&bed), ["PRIMARY COMPLETED 2"]);
    assert_eq!(bed.counts("api"), [2, 2, 0]);
    release(&bed, 3);
    assert_eq!(
        stages(&bed),
        [
            "PRE_SCALE_UP",
            "SCALE_UP",
            "POST_SCALE_UP",
            "TEST_TRAFFIC_SHIFT",
            "POST_TEST_TRAFFIC_SHIFT",
            "PRODUCTION_TRAFFIC_SHIFT",
            "POST_PRODUCTION_TRAFFIC_SHIFT",
            "BAKE_TIME",
            "CLEAN_UP",
        ]
    );
}

#[test]
fn a_stop_while_it_bakes_leaves_the_old_tasks_where_they_are() {
    let bed = bed(json!([]));
    release(&bed, 2);
    bed.wait(200);
    let arn = latest(&bed)["serviceDeploymentArn"].clone();
    bed.ecs(
        "StopServiceDeployment",
        json!({"serviceDeploymentArn": arn}),
    )
    .unwrap();
    bed.wait(60);
    assert_eq!(latest(&bed)["status"], "ROLLBACK_SUCCESSFUL");
    assert_eq!(rollouts(&bed), ["PRIMARY COMPLETED 1"]);
    assert!(
        bed.journal("api")
            .iter()
            .all(|(_, _, running)| *running >= 2 || *running == 0)
    );
}

#[test]
fn a_hook_pauses_until_somebody_lets_it_go_on() {
    let bed = bed(pause("POST_TEST_TRAFFIC_SHIFT", Value::Null));
    release(&bed, 2);
    bed.wait(3600);
    assert_eq!(stage(&bed), "POST_TEST_TRAFFIC_SHIFT");
    let hook = latest(&bed)["lifecycleHookDetails"][0].clone();
    assert_eq!(hook["status"], "AWAITING_ACTION");
    assert_eq!(hook["timeoutAction"], "ROLLBACK");
    answer(&bed, Value::Null).unwrap();
    assert_eq!(
        latest(&bed)["lifecycleHookDetails"][0]["status"],
        "SUCCEEDED"
    );
    bed.wait(600);
    assert_eq!(rollouts(&bed), ["PRIMARY COMPLETED 2"]);
    assert!(answer(&bed, Value::Null).is_err(), "it no longer waits");
    assert_eq!(
        bed.event_names("ECS Hook State Change"),
        ["HOOK_AWAITING_ACTION", "HOOK_SUCCEEDED"]
    );
}

#[test]
fn a_hook_can_be_answered_with_a_rollback() {
    let bed = bed(pause("PRE_PRODUCTION_TRAFFIC_SHIFT", Value::Null));
    release(&bed, 2);
    bed.wait(600);
    answer(&bed, json!("ROLLBACK")).unwrap();
    bed.wait(60);
    let deployment = latest(&bed);
    assert_eq!(deployment["status"], "ROLLBACK_SUCCESSFUL");
    assert!(text(&deployment["statusReason"]).contains("PRE_PRODUCTION_TRAFFIC_SHIFT"));
    assert_eq!(rollouts(&bed), ["PRIMARY COMPLETED 1"]);
}

#[test]
fn a_hook_that_nobody_answers_rolls_back_a_day_later_by_itself() {
    let bed = bed(pause("POST_SCALE_UP", Value::Null));
    release(&bed, 2);
    bed.wait(86_000);
    assert_eq!(rollouts(&bed)[0], "PRIMARY IN_PROGRESS 2");
    bed.wait(1000);
    assert_eq!(rollouts(&bed), ["PRIMARY COMPLETED 1"]);
    assert_eq!(
        bed.event_names("ECS Hook State Change"),
        ["HOOK_AWAITING_ACTION", "HOOK_TIMED_OUT"]
    );
}

#[test]
fn a_hook_may_go_on_when_nobody_answers() {
    let timeout = json!({"timeoutInMinutes": 10, "action": "CONTINUE"});
    let bed = bed(pause("PRE_SCALE_UP", timeout));
    release(&bed, 2);
    bed.wait(599);
    assert_eq!(bed.counts("api"), [2, 2, 0]);
    bed.wait(1200);
    assert_eq!(rollouts(&bed), ["PRIMARY COMPLETED 2"]);
}

#[test]
fn what_waits_nowhere_cannot_go_on() {
    let bed = bed(json!([]));
    release(&bed, 2);
    let arn = latest(&bed)["serviceDeploymentArn"].clone();
    let input = json!({"serviceDeploymentArn": arn, "hookId": "ecs-pause-none"});
    let refusal = bed.ecs("ContinueServiceDeployment", input).unwrap_err();
    assert!(
        refusal.starts_with("InvalidParameterException"),
        "{refusal}"
    );
}
