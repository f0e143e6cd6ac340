//! What is made of every odd answer to a write.

use domain::arn::ServiceArn;
use domain::drain::{
    Counted, Ending, FallbackStep, HookCallback, HookStep, Incident, IncidentWrite, IndexWrite,
    Loss, Plan, Record, Scope, StopTask, StrategyStep, Weight,
};
use domain::rest::Version;
use serde_json::{Value, json};

use super::*;
use crate::event::Request;
use crate::script::{Script, arn, aws, cluster, id, invocation, outcome, set};
use crate::settings::tests::settings;

/// Applies a plan to AWS as the script has it; what was done and what failed, as text.
async fn applied(script: &Script, plan: &Plan) -> (Vec<String>, Vec<String>) {
    applied_on(script, plan, json!({ "action": "sweep" })).await
}

async fn applied_on(script: &Script, plan: &Plan, event: Value) -> (Vec<String>, Vec<String>) {
    let applied = all_of(script, plan, event).await;
    let failed = applied.failed.iter();
    let failed = failed.map(|one| format!("{}: {}", one.what, one.failure.kind()));
    (applied.done, failed.collect())
}

async fn all_of(script: &Script, plan: &Plan, event: Value) -> Applied {
    let (settings, invocation) = (settings(), invocation());
    let Ok(Request::Work(work)) = crate::event::parse(event, &settings, &invocation) else {
        panic!("no work");
    };
    let when = (&invocation, invocation.stop());
    let aws = aws(script, &settings);
    let drained = drain(&aws, &settings, &plan.drain, when.1).await;
    apply(&aws, &settings, &work, plan, drained, false, when).await
}

fn draining(call: SetState) -> Plan {
    Plan {
        drain: vec![call],
        ..Plan::default()
    }
}

fn hook(what: HookCallback) -> Plan {
    Plan {
        hooks: vec![HookStep {
            what,
            group: "hosts".to_owned(),
            hook: "caretaker-drain".to_owned(),
            token: "token-1".to_owned(),
            instance: id(1),
        }],
        ..Plan::default()
    }
}

fn record(number: u32) -> Record {
    Record {
        instance: id(number),
        drain: Some(Box::new(crate::script::drain())),
        replaces: None,
    }
}

fn stop_task(number: u32) -> StopTask {
    let task = format!("arn:aws:ecs:eu-central-1:123456789012:task/prod/{number:032x}");
    StopTask {
        instance: id(number),
        cluster: cluster("prod"),
        task: domain::arn::TaskArn::parse(&task).unwrap(),
        reason: "its instance goes".to_owned(),
    }
}

fn called(script: &Script, call: &str) -> usize {
    script.inputs(call).len()
}

const SET: &str = "UpdateContainerInstancesState";

#[tokio::test(start_paused = true)]
async fn a_refusal_inside_a_200_is_about_its_instance_and_one_that_is_gone_is_done() {
    let failures = json!({ "failures": [
        { "arn": arn("prod", 1).as_str(), "reason": "MISSING" },
        { "arn": arn("prod", 2).as_str(), "reason": "INACTIVE" },
    ] });
    let script = Script::default().answer(SET, failures);
    let (done, failed) = applied(&script, &draining(set("prod", 1..4))).await;
    assert_eq!(done, [format!("DRAINING in prod: {}, {}", id(1), id(3))]);
    assert_eq!(
        failed,
        [format!("DRAINING in prod: {}: CallRefused", id(2))]
    );
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_refused_for_one_of_its_instances_is_made_for_each_alone() {
    let script = Script::default()
        .refuse(SET, "InvalidParameterException")
        .answer(SET, json!({}))
        .refuse(SET, "InvalidParameterException")
        .answer(SET, json!({}));
    let (done, failed) = applied(&script, &draining(set("prod", 1..4))).await;
    assert_eq!(called(&script, SET), 4);
    assert_eq!(done, [format!("DRAINING in prod: {}, {}", id(1), id(3))]);
    assert_eq!(failed, [format!("DRAINING in prod: {}: CallFailed", id(2))]);
}

#[tokio::test(start_paused = true)]
async fn a_permission_that_is_missing_is_missing_for_all_and_is_asked_for_once() {
    let script = Script::default().refuse(SET, "AccessDeniedException");
    let (done, failed) = applied(&script, &draining(set("prod", 1..4))).await;
    assert_eq!((done.len(), failed.len(), called(&script, SET)), (0, 3, 1));
}

#[tokio::test(start_paused = true)]
async fn throttling_is_tried_again_and_then_succeeds() {
    let script = Script::default()
        .refuse(SET, "ThrottlingException")
        .answer(SET, json!({}));
    let (done, failed) = applied(&script, &draining(set("prod", 1..2))).await;
    assert_eq!((done.len(), failed.len()), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn without_a_record_nobody_is_drained_who_may_stay_and_no_task_is_stopped() {
    let script = Script::default()
        .refuse("PutItem", "ConditionalCheckFailedException")
        .answer("PutItem", json!({}))
        .answer(SET, json!({}))
        .answer("StopTask", json!({}));
    let plan = Plan {
        records: vec![record(1), record(2)],
        voluntary: vec![set("prod", 1..3)],
        stop_tasks: vec![stop_task(1), stop_task(2)],
        ..Plan::default()
    };
    let (done, failed) = applied(&script, &plan).await;
    assert_eq!(failed, [format!("the record of {}: Overtaken", id(1))]);
    assert_eq!(done[1], format!("DRAINING in prod: {}", id(2)));
    assert_eq!(called(&script, "StopTask"), 1);
    assert_eq!(script.inputs("StopTask")[0]["reason"], "its instance goes");
}

#[tokio::test(start_paused = true)]
async fn what_we_drained_and_stays_is_active_again() {
    let script = Script::default().answer(SET, json!({}));
    let plan = Plan {
        undo: vec![set("prod", 1..2)],
        ..Plan::default()
    };
    applied(&script, &plan).await;
    assert_eq!(script.inputs(SET)[0]["status"], "ACTIVE");
}

#[tokio::test(start_paused = true)]
async fn a_task_that_is_gone_is_stopped() {
    let body = "The referenced task was not found.";
    let gone = json!({ "__type": "InvalidParameterException", "message": body });
    let script = Script::default().refusal("StopTask", gone);
    let plan = Plan {
        stop_tasks: vec![stop_task(1)],
        ..Plan::default()
    };
    let (done, failed) = applied(&script, &plan).await;
    assert_eq!((done.len(), failed.len()), (1, 0));
    let script = Script::default().refuse("StopTask", "InvalidParameterException");
    assert_eq!(applied(&script, &plan).await.1.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_hook_is_let_go_by_its_token_and_never_abandoned() {
    let script = Script::default()
        .answer_xml("CompleteLifecycleAction", "")
        .answer_xml("RecordLifecycleActionHeartbeat", "");
    for what in [HookCallback::Complete, HookCallback::Heartbeat] {
        assert_eq!(applied(&script, &hook(what)).await.1, [""; 0]);
    }
    let call = &script.inputs("CompleteLifecycleAction")[0];
    assert_eq!(call["LifecycleActionResult"], "CONTINUE");
    for call in [call, &script.inputs("RecordLifecycleActionHeartbeat")[0]] {
        assert_eq!(call["AutoScalingGroupName"], "hosts");
        assert_eq!(call["LifecycleHookName"], "caretaker-drain");
        assert_eq!(call["LifecycleActionToken"], "token-1");
        assert_eq!(call["InstanceId"], id(1).as_str());
    }
}

#[tokio::test(start_paused = true)]
async fn a_hook_that_is_over_is_let_go_and_any_other_refusal_is_a_failure() {
    const CALL: &str = "CompleteLifecycleAction";
    let over = "No active Lifecycle Action found with instance ID i-1";
    let script = Script::default().refusal_xml(CALL, "ValidationError", over);
    let (done, failed) = applied(&script, &hook(HookCallback::Complete)).await;
    assert_eq!((done.len(), failed.len()), (1, 0));
    for refusal in [
        "ValidationError",
        "ResourceContention",
        "ScalingActivityInProgress",
        "AccessDenied",
    ] {
        let script = Script::default().refuse_xml(CALL, refusal);
        let (_, failed) = applied(&script, &hook(HookCallback::Complete)).await;
        assert_eq!(failed.len(), 1, "{refusal}");
    }
}

#[tokio::test(start_paused = true)]
async fn one_that_could_not_be_let_go_stays_in_its_record_so_that_it_is_let_go_again() {
    let script = Script::default()
        .refuse_xml("CompleteLifecycleAction", "ScalingActivityInProgress")
        .answer("PutItem", json!({}));
    let plan = Plan {
        records: vec![record(1), record(2)],
        ..hook(HookCallback::Complete)
    };
    let (done, failed) = applied(&script, &plan).await;
    assert_eq!(done, [format!("the record of {}", id(2))]);
    assert_eq!(failed.len(), 1);
    // One that is gone waits in no hook.
    let mut gone = record(1);
    let drain = gone.drain.as_mut().unwrap();
    drain.ended = Some((domain::drain::Ec2State::Terminated, invocation().now));
    let script = Script::default()
        .refuse_xml("CompleteLifecycleAction", "ScalingActivityInProgress")
        .answer("PutItem", json!({}));
    let plan = Plan {
        records: vec![gone],
        ..hook(HookCallback::Complete)
    };
    let (done, _) = applied(&script, &plan).await;
    assert_eq!(done, [format!("the record of {}", id(1))]);
}

fn looking() -> Plan {
    Plan {
        looks: vec!["2026-11-24T10:01:15Z".parse().unwrap()],
        hop: 2,
        ..Plan::default()
    }
}

#[tokio::test(start_paused = true)]
async fn a_look_is_sent_to_come_when_it_is_due_by_the_first_who_plans_it() {
    let script = Script::default()
        .answer("PutItem", json!({}))
        .refuse("PutItem", "ConditionalCheckFailedException")
        .answer("SendMessage", json!({ "MessageId": "1" }));
    for _ in 0..2 {
        assert_eq!(applied(&script, &looking()).await.1, [""; 0]);
    }
    let [sent] = script.inputs("SendMessage").try_into().unwrap();
    assert_eq!(sent["DelaySeconds"], 73);
    assert_eq!(sent["QueueUrl"], settings().queue);
    let body: Value = serde_json::from_str(sent["MessageBody"].as_str().unwrap()).unwrap();
    assert_eq!(
        body["detail"],
        json!({ "at": "2026-11-24T10:01:15Z", "hop": 2 })
    );
}

#[tokio::test(start_paused = true)]
async fn a_look_that_cannot_be_sent_is_not_planned_any_more() {
    let script = Script::default()
        .answer("PutItem", json!({}))
        .refuse("SendMessage", "AccessDeniedException")
        .answer("DeleteItem", json!({}));
    let (_, failed) = applied(&script, &looking()).await;
    assert_eq!(failed, ["a look at 2026-11-24T10:01:15Z: CallFailed"]);
    assert_eq!(called(&script, "DeleteItem"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_chain_of_looks_that_is_too_long_is_not_continued() {
    let script = Script::default();
    let plan = Plan {
        hop: 9,
        ..looking()
    };
    applied(&script, &plan).await;
    assert_eq!(script.called(), [""; 0]);
}

fn ticking(on: bool) -> Plan {
    Plan {
        ticking: Some(on),
        ..Plan::default()
    }
}

#[tokio::test(start_paused = true)]
async fn the_tick_is_switched_on_unless_it_is_heard() {
    let script = Script::default().answer("EnableRule", json!({}));
    let minute = json!({ "action": "tick" });
    applied_on(&script, &ticking(true), minute).await;
    assert_eq!(script.called(), [""; 0]);
    applied(&script, &ticking(true)).await;
    let call = &script.inputs("EnableRule")[0];
    assert_eq!(
        (&call["Name"], &call["EventBusName"]),
        (&json!("caretaker-SpotMinute"), &json!("default"))
    );
}

#[tokio::test(start_paused = true)]
async fn a_tick_that_is_switched_off_while_a_drain_is_opened_is_switched_on_again() {
    let quiet = Script::default()
        .answer("DisableRule", json!({}))
        .answer("Query", json!({}));
    applied(&quiet, &ticking(false)).await;
    assert_eq!(quiet.called(), ["DisableRule", "Query"]);
    let recorded = Script::default().answer("PutItem", json!({}));
    let plan = Plan {
        records: vec![record(1)],
        ..Plan::default()
    };
    applied(&recorded, &plan).await;
    let mut item = recorded.inputs("PutItem")[0]["Item"].clone();
    item["heard"] = json!({ "M": {
        "by_fis": { "BOOL": false },
        "warning": { "S": "2026-11-24T10:00:00Z" },
    } });
    item["deadline"] = json!({ "S": "2026-11-24T10:02:00Z" });
    let raced = Script::default()
        .answer("DisableRule", json!({}))
        .answer("Query", json!({ "Items": [item] }))
        .answer("EnableRule", json!({}));
    let (_, failed) = applied(&raced, &ticking(false)).await;
    assert_eq!(failed, [""; 0]);
    assert_eq!(raced.called(), ["DisableRule", "Query", "EnableRule"]);
}

/// Two instances are gone, and it is known what became of them.
fn ended() -> Plan {
    let outcomes = [1, 2].map(|number| outcome(number, Some("spot"), Ending::Interrupted));
    let done = [1, 2].map(|number| IndexWrite::Done {
        instance: id(number),
        at: invocation().now,
    });
    let closings = [1, 2].map(|number| Record {
        drain: None,
        replaces: Some(Version(3)),
        ..record(number)
    });
    Plan {
        outcomes: outcomes.into(),
        index: done.into(),
        closings: closings.into(),
        ..ticking(false)
    }
}

/// The instances whose record ended.
fn closed(script: &Script) -> Vec<Value> {
    let closed = script.inputs("DeleteItem").into_iter();
    closed.map(|call| call["Key"]["sk"]["S"].clone()).collect()
}

#[tokio::test(start_paused = true)]
async fn a_record_ends_when_what_became_of_its_instance_is_written_down_and_nobody_ticks_after_it()
{
    let script = Script::default()
        .answer("PutItem", json!({}))
        .answer("PutItem", json!({}))
        .answer("UpdateItem", json!({}))
        .answer("UpdateItem", json!({}))
        .answer("DeleteItem", json!({}))
        .answer("DeleteItem", json!({}))
        .answer("DisableRule", json!({}))
        .answer("Query", json!({}));
    let applied = all_of(&script, &ended(), json!({ "action": "sweep" })).await;
    let calls = [
        "PutItem",
        "PutItem",
        "UpdateItem",
        "UpdateItem",
        "DeleteItem",
        "DeleteItem",
        "DisableRule",
        "Query",
    ];
    assert_eq!(script.called(), calls);
    assert_eq!(applied.concluded, [id(1), id(2)].into());
    let item = &script.inputs("PutItem")[0]["Item"];
    let key = format!("spot-drain#{}@2026-11-24T10:00:01.5Z", id(1));
    assert_eq!(item["pk"]["S"], "journal#2026-11-24");
    assert_eq!(item["sk"]["S"], key);
    let line: Value = serde_json::from_str(item["details"]["L"][0]["S"].as_str().unwrap()).unwrap();
    assert_eq!(
        (&line["ending"], &line["tasks_left"]),
        (&json!("interrupted"), &json!(4))
    );
}

#[tokio::test(start_paused = true)]
async fn what_was_written_down_before_is_not_counted_again_and_its_record_ends() {
    let script = Script::default()
        .refuse("PutItem", "ConditionalCheckFailedException")
        .answer("PutItem", json!({}))
        .answer("UpdateItem", json!({}))
        .answer("UpdateItem", json!({}))
        .answer("DeleteItem", json!({}))
        .answer("DeleteItem", json!({}))
        .answer("DisableRule", json!({}))
        .answer("Query", json!({}));
    let applied = all_of(&script, &ended(), json!({ "action": "sweep" })).await;
    assert_eq!(applied.concluded, [id(2)].into());
    assert_eq!((applied.failed.len(), applied.refused), (0, [].into()));
    assert_eq!(closed(&script), [id(1).as_str(), id(2).as_str()]);
}

#[tokio::test(start_paused = true)]
async fn a_record_stays_open_where_its_outcome_or_the_mark_of_it_cannot_be_written() {
    let script = Script::default()
        .refuse("PutItem", "AccessDeniedException")
        .answer("PutItem", json!({}))
        .answer("UpdateItem", json!({}))
        .answer("DeleteItem", json!({}))
        .answer("DisableRule", json!({}))
        .answer("Query", json!({}));
    let applied = all_of(&script, &ended(), json!({ "action": "sweep" })).await;
    assert_eq!(applied.refused, [id(1)].into());
    assert_eq!(applied.failed[0].what, format!("what became of {}", id(1)));
    assert_eq!(
        script.inputs("UpdateItem")[0]["Key"]["sk"]["S"],
        id(2).as_str()
    );
    assert_eq!(closed(&script), [id(2).as_str()]);
    let script = Script::default()
        .answer("PutItem", json!({}))
        .answer("PutItem", json!({}))
        .refuse("UpdateItem", "AccessDeniedException")
        .answer("UpdateItem", json!({}))
        .answer("DeleteItem", json!({}))
        .answer("DisableRule", json!({}))
        .answer("Query", json!({}));
    let applied = all_of(&script, &ended(), json!({ "action": "sweep" })).await;
    assert_eq!(applied.failed.len(), 1);
    assert_eq!(closed(&script), [id(2).as_str()]);
}

fn surge() -> Plan {
    let scope = Scope::Provider("spot".to_owned());
    let incident = Incident {
        scope: scope.clone(),
        since: invocation().now,
        peak: 12,
        calm: None,
        fallback: None,
        strategies: [].into(),
        version: Version(1),
    };
    Plan {
        incidents: vec![IncidentWrite {
            scope: scope.clone(),
            incident: Some(Box::new(incident)),
            replaces: None,
        }],
        fallback: vec![FallbackStep {
            scope,
            group: "hosts".to_owned(),
            from: 1,
            to: 5,
        }],
        ..Plan::default()
    }
}

#[tokio::test(start_paused = true)]
async fn the_on_demand_base_is_raised_by_whoever_opened_the_surge_and_nothing_else_is_changed() {
    const CALL: &str = "UpdateAutoScalingGroup";
    let script = Script::default()
        .answer("PutItem", json!({}))
        .answer_xml(CALL, "");
    let begun = all_of(&script, &surge(), json!({ "action": "sweep" })).await;
    assert_eq!(begun.begun.len(), 1);
    let expected = json!({
        "Action": CALL,
        "AutoScalingGroupName": "hosts",
        "MixedInstancesPolicy.InstancesDistribution.OnDemandBaseCapacity": "5",
    });
    assert_eq!(script.inputs(CALL), [expected]);
    let second = Script::default().refuse("PutItem", "ConditionalCheckFailedException");
    let refused = all_of(&second, &surge(), json!({ "action": "sweep" })).await;
    assert_eq!(refused.failed[0].what, "the surge of spot");
    assert!(refused.begun.is_empty(), "it is one surge, and one metric");
    assert_eq!(called(&second, CALL), 0);
}

/// A surge for which `api` gets three more of FARGATE.
fn moving() -> Plan {
    let strategy = |base| {
        [("FARGATE", base, 1), ("FARGATE_SPOT", 0, 4)].map(|(provider, base, weight)| Weight {
            provider: provider.to_owned(),
            base,
            weight,
        })
    };
    let plan = surge();
    Plan {
        strategies: vec![StrategyStep {
            scope: plan.fallback[0].scope.clone(),
            service: ServiceArn::parse(&edge::script::arn("api")).unwrap(),
            from: strategy(0).into(),
            to: strategy(3).into(),
        }],
        fallback: Vec::new(),
        ..plan
    }
}

const UPDATE: &str = "UpdateService";

#[tokio::test(start_paused = true)]
async fn a_service_gets_its_strategy_with_a_new_deployment_from_whoever_wrote_the_surge() {
    let script = Script::default()
        .answer("PutItem", json!({}))
        .answer(UPDATE, json!({}));
    let (done, failed) = applied(&script, &moving()).await;
    assert_eq!(failed, [""; 0]);
    let last = done.last().unwrap();
    let said = "FARGATE 3+1, FARGATE_SPOT 0+4 instead of FARGATE 0+1, FARGATE_SPOT 0+4";
    assert!(last.ends_with(said), "{last}");
    let expected = json!({
        "cluster": cluster("prod").as_str(),
        "service": edge::script::arn("api"),
        "capacityProviderStrategy": [
            { "capacityProvider": "FARGATE", "base": 3, "weight": 1 },
            { "capacityProvider": "FARGATE_SPOT", "base": 0, "weight": 4 },
        ],
        "forceNewDeployment": true,
    });
    assert_eq!(script.inputs(UPDATE), [expected]);
    let second = Script::default().refuse("PutItem", "ConditionalCheckFailedException");
    applied(&second, &moving()).await;
    assert_eq!(called(&second, UPDATE), 0);
}

#[tokio::test(start_paused = true)]
async fn a_service_that_is_gone_needs_no_strategy_and_any_other_refusal_is_a_failure() {
    let refused = async |code: &str| {
        let script = Script::default()
            .answer("PutItem", json!({}))
            .refuse(UPDATE, code);
        applied(&script, &moving()).await.1
    };
    assert_eq!(refused("ServiceNotFoundException").await, [""; 0]);
    assert_eq!(refused("ServiceNotActiveException").await, [""; 0]);
    let failed = refused("InvalidParameterException").await;
    assert!(failed[0].starts_with("prod/api: FARGATE 3+1"), "{failed:?}");
}

#[tokio::test(start_paused = true)]
async fn nothing_is_begun_when_there_is_no_time_for_it_any_more() {
    let (settings, mut invocation) = (settings(), invocation());
    invocation.deadline = invocation.now + jiff::SignedDuration::from_secs(2);
    let script = Script::default();
    let plan = Plan {
        records: vec![record(1)],
        counted: vec![Counted {
            what: Loss::Instance(id(1)),
            fleet: Scope::Provider("spot".to_owned()),
            pool: None,
            at: invocation.now,
            by_fis: false,
        }],
        ..draining(set("prod", 1..2))
    };
    let work = Work::default();
    let when = (&invocation, invocation.stop());
    let aws = aws(&script, &settings);
    let drained = drain(&aws, &settings, &plan.drain, when.1).await;
    let applied = apply(&aws, &settings, &work, &plan, drained, false, when).await;
    let kinds: Vec<&str> = applied
        .failed
        .iter()
        .map(|one| one.failure.kind())
        .collect();
    assert_eq!(kinds, ["Unfinished"; 3]);
    assert_eq!(script.called(), [""; 0]);
    assert!(applied.refused.contains(&id(1)));
}
