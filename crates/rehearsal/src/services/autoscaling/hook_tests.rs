//! Instances that wait for lifecycle hooks.

use serde_json::{Value, json};

use super::ending::Ending;
use super::*;
use crate::journal::What;
use crate::services::sqs;

const QUEUE: &str = "arn:aws:sqs:eu-central-1:123456789012:hooks";

fn ask(world: &mut World, operation: &str, input: Value) -> Result<Value, ApiError> {
    let mut input = input;
    if input["AutoScalingGroupName"].is_null() {
        input["AutoScalingGroupName"] = json!("hosts");
    }
    let request = Call {
        at: world.now,
        caller: "test".into(),
        service: MODULE.service,
        operation: operation.into(),
        input,
    };
    call(world, &request)
}

/// A world with the group `hosts` of two instances and these hooks.
fn hooked(hooks: Value) -> World {
    let mut world = World::new("2026-11-21T20:00:00Z".parse().unwrap());
    let spec = json!({"name": "hosts", "max": 4, "desired": 2, "hooks": hooks});
    let spec: GroupSpec = serde_json::from_value(spec).unwrap();
    spec.build(&mut world).unwrap();
    world
}

fn one_hook() -> World {
    hooked(json!([{"name": "drain", "heartbeat-timeout": 60, "default-result": "CONTINUE"}]))
}

fn shrink(world: &mut World) {
    ask(world, "SetDesiredCapacity", json!({"DesiredCapacity": "1"})).unwrap();
}

fn pass(world: &mut World, seconds: i64) {
    world.advance_to(later(world.now, SignedDuration::from_secs(seconds)));
}

fn states(world: &World) -> Vec<&'static str> {
    let instances = world.autoscaling.groups["hosts"].instances.iter();
    instances.map(|instance| instance.phase.name()).collect()
}

/// The details of the events of this kind.
fn told(world: &World, kind: &str) -> Vec<Value> {
    let events = world.happenings.iter().filter_map(|it| match &it.what {
        What::Event(event) if event["detail-type"] == kind => Some(event["detail"].clone()),
        _ => None,
    });
    events.collect()
}

const LIFECYCLE: &str = "EC2 Instance-terminate Lifecycle Action";

fn complete(world: &mut World, by: Value) -> Result<Value, ApiError> {
    let mut input = json!({"LifecycleHookName": "drain", "LifecycleActionResult": "CONTINUE"});
    let by = by.as_object().cloned().unwrap();
    input.as_object_mut().unwrap().extend(by);
    ask(world, "CompleteLifecycleAction", input)
}

#[test]
fn an_instance_that_is_to_end_waits_until_its_hook_is_completed() {
    let mut world = one_hook();
    shrink(&mut world);
    assert_eq!(states(&world), ["Terminating:Wait", "InService"]);
    let event = told(&world, LIFECYCLE).remove(0);
    let id = world.autoscaling.groups["hosts"].instances[0].id.clone();
    let token = event["LifecycleActionToken"].clone();
    assert_eq!(
        event,
        json!({
            "LifecycleActionToken": token,
            "AutoScalingGroupName": "hosts",
            "LifecycleHookName": "drain",
            "EC2InstanceId": id,
            "LifecycleTransition": "autoscaling:EC2_INSTANCE_TERMINATING",
            "Origin": "AutoScalingGroup",
            "Destination": "EC2",
        })
    );
    pass(&mut world, 59);
    complete(&mut world, json!({"LifecycleActionToken": token})).unwrap();
    assert_eq!(states(&world), ["Terminating:Proceed", "InService"]);
    pass(&mut world, 60);
    assert_eq!(states(&world), ["InService"]);
    let states: Vec<_> = told(&world, "EC2 Instance State-change Notification")
        .iter()
        .map(|event| event["state"].clone())
        .collect();
    assert_eq!(states, ["shutting-down", "terminated"]);
}

#[test]
fn nobody_completes_it_and_the_default_does() {
    let mut world = one_hook();
    shrink(&mut world);
    pass(&mut world, 60);
    assert_eq!(states(&world), ["Terminating:Proceed", "InService"]);
    let late = world.happenings.iter().any(|it| {
        matches!(
            &it.what,
            What::HookCompleted { result: "CONTINUE", timed_out: true, hook } if hook == "hosts/drain"
        )
    });
    assert!(late);
}

/// "172800 seconds (48 hours) or 100 times HeartbeatTimeout, whichever is smaller"
#[test]
fn a_heartbeat_puts_the_end_off_until_a_hundred_of_them_have_passed() {
    let mut world = one_hook();
    shrink(&mut world);
    let id = world.autoscaling.groups["hosts"].instances[0].id.clone();
    let beat = json!({"LifecycleHookName": "drain", "InstanceId": id});
    let mut beats = 0;
    while states(&world)[0] == "Terminating:Wait" {
        pass(&mut world, 30);
        beats += u32::from(ask(&mut world, "RecordLifecycleActionHeartbeat", beat.clone()).is_ok());
    }
    assert_eq!(beats, 199);
    let refused = ask(&mut world, "RecordLifecycleActionHeartbeat", beat).unwrap_err();
    assert_eq!(refused.code, "ValidationError");
    assert_eq!(
        refused.message,
        format!("No active Lifecycle Action found with instance ID {id}")
    );
}

#[test]
fn a_hook_is_completed_by_its_token_or_by_the_instance_and_only_once() {
    let mut world = one_hook();
    let none = json!({"LifecycleActionToken": "f66c3d47"});
    assert_eq!(
        complete(&mut world, none).unwrap_err().message,
        "No active Lifecycle Action found with token f66c3d47"
    );
    shrink(&mut world);
    let id = world.autoscaling.groups["hosts"].instances[0].id.clone();
    let other = json!({"InstanceId": id, "LifecycleHookName": "other"});
    assert!(complete(&mut world, other).is_err());
    let own = json!({"InstanceId": id});
    complete(&mut world, own.clone()).unwrap();
    assert!(complete(&mut world, own).is_err());
    assert!(complete(&mut world, json!({})).is_err());
    assert!(complete(&mut world, json!({"LifecycleActionResult": "STOP"})).is_err());
}

#[test]
fn an_instance_waits_for_every_hook_unless_one_is_abandoned() {
    let hooks = json!([{"name": "drain"}, {"name": "theirs"}]);
    for (result, state) in [
        ("CONTINUE", "Terminating:Wait"),
        ("ABANDON", "Terminating:Proceed"),
    ] {
        let mut world = hooked(hooks.clone());
        shrink(&mut world);
        assert_eq!(told(&world, LIFECYCLE).len(), 2);
        let id = world.autoscaling.groups["hosts"].instances[0].id.clone();
        let input = json!({"InstanceId": id, "LifecycleActionResult": result});
        complete(&mut world, input).unwrap();
        assert_eq!(states(&world)[0], state, "{result}");
    }
}

#[test]
fn deleting_a_hook_lets_whoever_waits_for_it_go() {
    let mut world = one_hook();
    shrink(&mut world);
    let hook = json!({"LifecycleHookName": "drain"});
    ask(&mut world, "DeleteLifecycleHook", hook.clone()).unwrap();
    assert_eq!(states(&world), ["Terminating:Proceed", "InService"]);
    assert!(ask(&mut world, "DeleteLifecycleHook", hook).is_err());
}

#[test]
fn a_hook_is_put_changed_and_described() {
    let mut world = hooked(json!([]));
    let transition = "autoscaling:EC2_INSTANCE_TERMINATING";
    let put = json!({"LifecycleHookName": "drain", "LifecycleTransition": transition});
    ask(&mut world, "PutLifecycleHook", put).unwrap();
    let change = json!({"LifecycleHookName": "drain", "HeartbeatTimeout": "300"});
    ask(&mut world, "PutLifecycleHook", change).unwrap();
    let described = ask(&mut world, "DescribeLifecycleHooks", json!({})).unwrap();
    assert_eq!(
        described["LifecycleHooks"],
        json!([{
            "LifecycleHookName": "drain",
            "AutoScalingGroupName": "hosts",
            "LifecycleTransition": transition,
            "NotificationTargetARN": null,
            "NotificationMetadata": null,
            "HeartbeatTimeout": 300,
            "GlobalTimeout": 30_000,
            "DefaultResult": "ABANDON",
        }])
    );
    for (input, code) in [
        (json!({"LifecycleHookName": "new"}), "ValidationError"),
        (
            json!({"LifecycleHookName": "drain", "HeartbeatTimeout": "29"}),
            "ValidationError",
        ),
        (
            json!({
                "LifecycleHookName": "new",
                "LifecycleTransition": "autoscaling:EC2_INSTANCE_LAUNCHING"
            }),
            "NotModelled",
        ),
    ] {
        let refused = ask(&mut world, "PutLifecycleHook", input).unwrap_err();
        assert_eq!(refused.code, code);
    }
}

#[test]
fn the_target_of_a_hook_is_tried_at_once_and_told_of_every_instance() {
    let mut world = hooked(json!([]));
    let create = Call {
        at: world.now,
        caller: "test".into(),
        service: "sqs",
        operation: "CreateQueue".into(),
        input: json!({"QueueName": "hooks"}),
    };
    (sqs::MODULE.call)(&mut world, &create).unwrap();
    let put = json!({
        "LifecycleHookName": "drain",
        "LifecycleTransition": "autoscaling:EC2_INSTANCE_TERMINATING",
        "NotificationTargetARN": QUEUE,
        "NotificationMetadata": "for \"us\"",
    });
    ask(&mut world, "PutLifecycleHook", put).unwrap();
    shrink(&mut world);
    let messages = world.sqs.queues[QUEUE].messages();
    let bodies: Vec<Value> = messages
        .map(|message| serde_json::from_str(&message.body).unwrap())
        .collect();
    assert_eq!(bodies[0]["Event"], "autoscaling:TEST_NOTIFICATION");
    assert_eq!(bodies[1]["LifecycleHookName"], "drain");
    assert_eq!(bodies[1]["Service"], "AWS Auto Scaling");
    assert_eq!(bodies[1]["NotificationMetadata"], "for \"us\"");
    assert!(bodies[1]["detail-type"].is_null());
}

#[test]
fn an_instance_can_be_ended_by_hand_and_is_replaced_unless_the_group_is_to_be_smaller() {
    for (fewer, left) in [("false", 2), ("true", 1)] {
        let mut world = hooked(json!([]));
        let id = world.autoscaling.groups["hosts"].instances[0].id.clone();
        let input = json!({"InstanceId": id, "ShouldDecrementDesiredCapacity": fewer});
        let reply = ask(&mut world, "TerminateInstanceInAutoScalingGroup", input).unwrap();
        assert_eq!(reply["Activity"]["StatusCode"], "InProgress");
        pass(&mut world, 60);
        assert_eq!(states(&world).len(), left);
    }
    let input = json!({"InstanceId": "i-none", "ShouldDecrementDesiredCapacity": "true"});
    let refused = ask(
        &mut hooked(json!([])),
        "TerminateInstanceInAutoScalingGroup",
        input,
    );
    assert!(
        refused
            .unwrap_err()
            .message
            .starts_with("Instance Id not found")
    );
}

/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instance-draining.html>
#[test]
fn ecs_has_a_hook_of_its_own_and_completes_it_when_no_task_is_left() {
    let mut world = World::new("2026-11-21T20:00:00Z".parse().unwrap());
    let spec = json!({
        "name": "hosts", "max": 4, "desired": 2, "provider": "ec2", "cluster": "prod",
        "managed-scaling": false, "hooks": [{"name": "drain"}],
    });
    let spec: GroupSpec = serde_json::from_value(spec).unwrap();
    spec.build(&mut world).unwrap();
    let described = ask(&mut world, "DescribeLifecycleHooks", json!({})).unwrap();
    let own = &described["LifecycleHooks"][1]["LifecycleHookName"];
    assert_eq!(own, "ecs-managed-draining-termination-hook");
    let now = world.now;
    let group = world.autoscaling.groups.get_mut("hosts").unwrap();
    group.desired = 1;
    let id = group.instances[0].id.clone();
    let mut ending = Ending {
        now,
        busy: &BTreeSet::from([id.clone()]),
        tokens: &mut || "token".to_owned(),
    };
    assert_eq!(group.end(&id, &mut ending).len(), 2);
    assert_eq!(
        group.next_change(now),
        Some(later(now, SignedDuration::from_secs(5)))
    );
    settle(&mut world, "hosts");
    let left = &world.autoscaling.groups["hosts"].instances[0].actions;
    let left: Vec<&str> = left.iter().map(|action| action.hook.as_str()).collect();
    assert_eq!(left, ["drain"]);
}
