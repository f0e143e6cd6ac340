//! Deployment alarms: seen, ignored, lost, and waited for.

use serde_json::{Value, json};

use super::releases::*;
use crate::services::cloudwatch::{State, set_metric};
use crate::services::ecs::Behaviour;
use crate::testbed::Testbed;

fn watched(rollback: bool, red: bool) -> Testbed {
    let state = if red { "ALARM" } else { "OK" };
    let alarms = json!([
        {"name": "api-5xx", "state": state},
        {"name": "api-slow", "period": 60, "evaluation-periods": 3},
    ]);
    let names = ["api-5xx", "api-slow"];
    with(
        json!({"alarms": alarms}),
        json!({"deployment-alarms": {"names": names, "rollback": rollback},
            "circuit-breaker": {"enable": true, "rollback": true}}),
    )
}

fn turns(bed: &Testbed, state: State) {
    assert!(bed.world(|world| set_metric(world, "api-5xx", state)));
}

#[test]
fn an_alarm_that_turns_red_brings_the_last_good_deployment_back() {
    let bed = watched(true, false);
    let id = release(&bed, 2);
    bed.wait(20);
    assert_eq!(latest(&bed)["alarms"]["status"], "MONITORING");
    turns(&bed, State::Alarm);
    wait_for_failure(&bed);
    let said = said(&bed);
    assert!(said.contains(&format!(
        "(service api) (deployment {id}) deployment failed: alarm detected."
    )));
    bed.wait(120);
    assert_eq!(rollouts(&bed), ["PRIMARY COMPLETED 1"]);
    let deployment = latest(&bed);
    assert_eq!(deployment["status"], "ROLLBACK_SUCCESSFUL");
    assert_eq!(deployment["alarms"]["status"], "TRIGGERED");
    assert_eq!(
        deployment["alarms"]["triggeredAlarmNames"],
        json!(["api-5xx"])
    );
    assert_eq!(
        deployment["deploymentCircuitBreaker"]["status"],
        "MONITORING_COMPLETE"
    );
}

#[test]
fn only_the_rollback_of_the_method_that_fired_counts() {
    let bed = watched(false, false);
    release(&bed, 2);
    turns(&bed, State::Alarm);
    wait_for_failure(&bed);
    bed.wait(600);
    assert_eq!(rollouts(&bed)[0], "PRIMARY FAILED 2");
    assert_eq!(latest(&bed)["status"], "STOPPED");
}

#[test]
fn an_alarm_that_is_red_at_the_start_protects_nothing() {
    let bed = watched(true, true);
    release(&bed, 2);
    bed.wait(20);
    turns(&bed, State::Ok);
    turns(&bed, State::Alarm);
    assert_eq!(latest(&bed)["alarms"]["status"], "DISABLED");
    bed.wait(600);
    assert_eq!(rollouts(&bed), ["PRIMARY COMPLETED 2"]);
}

#[test]
fn an_alarm_without_data_is_not_red() {
    let bed = watched(true, false);
    release(&bed, 2);
    turns(&bed, State::InsufficientData);
    bed.wait(600);
    assert_eq!(rollouts(&bed), ["PRIMARY COMPLETED 2"]);
}

#[test]
fn an_alarm_that_ecs_cannot_read_is_lost() {
    let bed = watched(true, false);
    bed.world(|world| world.cloudwatch.hidden_from_ecs = true);
    release(&bed, 2);
    turns(&bed, State::Alarm);
    bed.wait(600);
    assert_eq!(rollouts(&bed), ["PRIMARY COMPLETED 2"]);
}

#[test]
fn a_deployment_is_watched_as_long_as_its_slowest_alarm_looks_back() {
    let bed = watched(true, false);
    release(&bed, 2);
    bed.wait(110);
    assert_eq!(bed.counts("api"), [2, 2, 0]);
    assert_eq!(rollouts(&bed), ["PRIMARY IN_PROGRESS 2"], "it bakes");
    bed.wait(180);
    assert_eq!(rollouts(&bed), ["PRIMARY COMPLETED 2"]);
}

#[test]
fn an_alarm_while_it_bakes_still_brings_the_old_one_back() {
    let bed = watched(true, false);
    release(&bed, 2);
    bed.wait(150);
    turns(&bed, State::Alarm);
    bed.wait(200);
    assert_eq!(rollouts(&bed), ["PRIMARY COMPLETED 1"]);
    assert_eq!(bed.counts("api"), [2, 2, 0]);
}

#[test]
fn a_bake_time_that_is_given_is_kept() {
    let bed = bed(json!({"bake-minutes": 10}));
    release(&bed, 2);
    bed.wait(600);
    assert_eq!(rollouts(&bed), ["PRIMARY IN_PROGRESS 2"]);
    bed.wait(120);
    assert_eq!(rollouts(&bed), ["PRIMARY COMPLETED 2"]);
}

#[test]
fn errors_that_an_alarm_sees_are_seen_for_as_long_as_they_are_there() {
    let bed = watched(true, false);
    let errors = Behaviour::ErrorsSeenBy("api-5xx".to_owned());
    bad_release(&bed, 2, errors);
    bed.wait(94);
    assert_eq!(rollouts(&bed)[0], "PRIMARY IN_PROGRESS 2");
    let red =
        |bed: &Testbed| bed.world(|world| world.cloudwatch.alarms["api-5xx"].state == State::Alarm);
    assert!(!red(&bed));
    bed.wait(1);
    assert!(red(&bed), "a minute after they began to run");
    bed.wait(300);
    assert_eq!(rollouts(&bed), ["PRIMARY COMPLETED 1"]);
    assert!(!red(&bed));
}

#[test]
fn errors_after_the_deployment_turn_the_alarm_red_and_change_nothing() {
    let bed = with(
        json!({"alarms": [{"name": "late", "evaluation-periods": 5}]}),
        json!({}),
    );
    bad_release(&bed, 2, Behaviour::ErrorsSeenBy("late".to_owned()));
    bed.wait(600);
    assert_eq!(rollouts(&bed), ["PRIMARY COMPLETED 2"]);
    assert!(bed.world(|world| world.cloudwatch.alarms["late"].state == State::Alarm));
}

#[test]
fn codedeploy_services_take_no_deployment_alarms() {
    let bed = Testbed::prod(json!([{"name": "api", "controller": "CODE_DEPLOY"}]));
    let alarms = json!({"alarmNames": ["a"], "enable": true, "rollback": true});
    let input =
        json!({"cluster": "prod", "service": "api", "deploymentConfiguration": {"alarms": alarms}});
    let refusal = bed.ecs("UpdateService", input).unwrap_err();
    assert!(
        refusal.contains("only supported with ECS deployment controller"),
        "{refusal}"
    );
}

#[test]
fn an_alarm_that_a_person_sets_is_seen_if_ecs_looks_in_time() {
    let bed = watched(true, false);
    release(&bed, 2);
    bed.wait(14);
    let input: Value = json!({"AlarmName": "api-5xx", "StateValue": "ALARM", "StateReason": "x"});
    bed.call("GraniteServiceVersion20100801", "SetAlarmState", input)
        .unwrap();
    bed.wait(2);
    assert_ne!(rollouts(&bed)[0], "PRIMARY IN_PROGRESS 2");
}
