//! What is told of a group's instances: to the event bus, to the hooks' targets, to ECS.

use serde_json::{Value, json};

use super::hooks::{Hook, OF_ECS, TERMINATING, Verdict};
use crate::journal::What;
use crate::services::ec2;
use crate::services::ecs::container_instances;
use crate::services::events::{emit, uuid};
use crate::services::sqs;
use crate::world::World;

/// Something that happened to a group's instance.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum News {
    /// It was launched.
    Starts(String),
    /// It is in service.
    Runs(String),
    /// It waits for a hook.
    Waits {
        instance: String,
        token: String,
        hook: Hook,
    },
    /// It no longer waits for a hook.
    Concluded {
        instance: String,
        hook: String,
        verdict: Verdict,
        timed_out: bool,
    },
    /// Its machine shuts down.
    Ends(String),
    /// It is gone.
    Gone(String),
    /// No pool had capacity for one more.
    NoCapacity,
}

/// Tells all of it.
pub(super) fn announce(world: &mut World, group: &str, news: Vec<News>) {
    for one in news {
        match one {
            News::Starts(instance) => ec2::state(world, &instance, "pending"),
            News::Runs(instance) => ec2::state(world, &instance, "running"),
            News::Waits {
                instance,
                token,
                hook,
            } => waits(world, group, &instance, &token, &hook),
            News::Concluded {
                instance,
                hook,
                verdict,
                timed_out,
            } => {
                let what = What::HookCompleted {
                    hook: format!("{group}/{hook}"),
                    result: verdict.name(),
                    timed_out,
                };
                world.happened(instance, what);
            }
            News::Ends(instance) => {
                ec2::state(world, &instance, "shutting-down");
                container_instances::lost(world, &instance);
            }
            News::Gone(instance) => ec2::state(world, &instance, "terminated"),
            News::NoCapacity => no_capacity(world, group),
        }
    }
}

/// Source: <https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-event-reference.html#terminate-lifecycle-action>.
fn waits(world: &mut World, group: &str, instance: &str, token: &str, hook: &Hook) {
    let mut detail = json!({
        "LifecycleActionToken": token,
        "AutoScalingGroupName": group,
        "LifecycleHookName": hook.name,
        "EC2InstanceId": instance,
        "LifecycleTransition": TERMINATING,
        "Origin": "AutoScalingGroup",
        "Destination": "EC2",
    });
    if hook.name == OF_ECS {
        container_instances::drain(world, instance);
    }
    if let Some(metadata) = &hook.metadata {
        detail["NotificationMetadata"] = json!(metadata);
    }
    if let Some(queue) = &hook.target {
        notify(world, queue, detail.clone());
    }
    let arn = arn(world, group);
    emit(
        world,
        "aws.autoscaling",
        "EC2 Instance-terminate Lifecycle Action",
        arn,
        detail,
    );
}

/// What a hook's queue gets when it becomes the target:
/// <https://docs.aws.amazon.com/autoscaling/ec2/userguide/prepare-for-lifecycle-notifications.html>.
pub(super) fn test_notification(world: &mut World, queue: &str, group: &str) {
    let arn = arn(world, group).pop();
    notify(
        world,
        queue,
        json!({
            "AutoScalingGroupName": group,
            "AutoScalingGroupARN": arn,
            "Event": "autoscaling:TEST_NOTIFICATION",
        }),
    );
}

/// The members of the event at the top, and the envelope's beside them: the same source.
fn notify(world: &mut World, queue: &str, mut body: Value) {
    body["AccountId"] = json!(world.identity.account_id);
    body["RequestId"] = json!(uuid(&world.id()));
    body["Service"] = json!("AWS Auto Scaling");
    body["Time"] = json!(format!("{:.3}", world.now));
    let body = body.to_string();
    sqs::put(
        world,
        queue,
        "autoscaling.amazonaws.com",
        &body,
        Default::default(),
    );
}

/// Source: <https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-event-reference.html#launch-unsuccessful>;
/// the wording of the message is a choice.
fn no_capacity(world: &mut World, group: &str) {
    let (activity, request) = (uuid(&world.id()), uuid(&world.id()));
    let now = format!("{:.3}", world.now);
    let detail = json!({
        "StatusCode": "Failed",
        "AutoScalingGroupName": group,
        "ActivityId": activity,
        "RequestId": request,
        "StatusMessage": "Could not launch Spot Instances. UnfulfillableCapacity - Unable to fulfill capacity due to your request configuration. Launching EC2 instance failed.",
        "StartTime": now,
        "EndTime": now,
        "EC2InstanceId": "",
        "Description": "Launching a new EC2 instance.  Status Reason: Could not launch Spot Instances.",
        "Cause": "An instance was started in response to a difference between desired and actual capacity.",
        "Details": {},
        "Origin": "EC2",
        "Destination": "AutoScalingGroup",
    });
    let arn = arn(world, group);
    emit(
        world,
        "aws.autoscaling",
        "EC2 Instance Launch Unsuccessful",
        arn,
        detail,
    );
    let text = "no pool has Spot capacity".to_owned();
    world.happened(group, What::Note(text));
}

fn arn(world: &World, group: &str) -> Vec<String> {
    let group = world.autoscaling.groups.get(group);
    group.map(|group| group.arn.clone()).into_iter().collect()
}
