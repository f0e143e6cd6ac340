//! What is announced of container instances and tasks, and to whom.

use serde_json::{Value, json};

use crate::services::ecs::container_instances::{drain, lost};
use crate::testbed::Testbed;

const INSTANCE: &str = "ECS Container Instance State Change";
const TASK: &str = "ECS Task State Change";

/// One instance with one task, and a rule that listens to this.
fn bed(pattern: Value) -> Testbed {
    let bed = Testbed::with(json!({
        "groups": [{"name": "hosts", "cluster": "prod", "provider": "hosts", "min": 1, "max": 1,
            "managed-scaling": false}],
        "clusters": [{"name": "prod", "services": [
            {"name": "api", "launch": "provider:hosts", "cpu": 256, "minimum-healthy-percent": 0},
        ]}],
    }));
    let rule = json!({"Name": "listener", "EventPattern": pattern.to_string()});
    bed.account
        .by_hand("ops", "events", "PutRule", rule)
        .unwrap();
    bed
}

fn seen(bed: &Testbed, detail_type: &str) -> Vec<Value> {
    let events = bed.events().into_iter();
    events
        .filter(|it| it["detail-type"] == detail_type)
        .collect()
}

fn machine(bed: &Testbed) -> String {
    bed.world(|world| {
        let mut all = world.ecs.container_instances.values();
        all.next().unwrap().ec2_instance.clone()
    })
}

fn everything() -> Value {
    json!({"source": ["aws.ecs"]})
}

#[test]
fn what_nobody_listens_to_is_not_even_made() {
    for pattern in [
        json!({"source": ["aws.ec2"]}),
        json!({"detail-type": ["ECS Service Action"]}),
    ] {
        let bed = bed(pattern);
        let machine = machine(&bed);
        bed.world(|world| drain(world, &machine));
        bed.wait(300);
        assert_eq!(seen(&bed, INSTANCE).len() + seen(&bed, TASK).len(), 0);
    }
    let bed = bed(json!({"detail-type": [{"prefix": "ECS Task"}]}));
    bed.scale("api", 0);
    assert_eq!((seen(&bed, INSTANCE).len(), seen(&bed, TASK).len()), (0, 1));
}

#[test]
fn an_instance_that_drains_is_announced_as_aws_shapes_it() {
    let bed = bed(everything());
    let machine = machine(&bed);
    bed.world(|world| drain(world, &machine));
    let events = seen(&bed, INSTANCE);
    let event = &events[0];
    let detail = &event["detail"];
    assert_eq!(event["source"], "aws.ecs");
    assert_eq!(event["resources"], json!([detail["containerInstanceArn"]]));
    assert_eq!(
        detail["clusterArn"],
        "arn:aws:ecs:eu-central-1:123456789012:cluster/prod"
    );
    assert_eq!(detail["ec2InstanceId"], machine);
    assert_eq!(detail["status"], "DRAINING");
    assert_eq!(detail["agentConnected"], true);
    assert_eq!(detail["updatedAt"], "2026-11-20T18:00:00.000Z");
    assert_eq!(
        detail["versionInfo"]["dockerVersion"],
        "DockerVersion: 25.0.6"
    );
    assert_eq!(detail["remainingResources"][0]["integerValue"], 2048 - 256);
    assert_eq!(
        detail["runningTasksCount"],
        Value::Null,
        "as in AWS's example"
    );
    let shown = bed.ecs(
        "DescribeContainerInstances",
        json!({"cluster": "prod", "containerInstances": [detail["containerInstanceArn"]]}),
    );
    assert_eq!(
        shown.unwrap()["containerInstances"][0]["version"],
        detail["version"]
    );
}

#[test]
fn versions_count_up_through_the_loss_of_a_machine() {
    let bed = bed(everything());
    let machine = machine(&bed);
    bed.world(|world| drain(world, &machine));
    bed.wait(10);
    bed.world(|world| lost(world, &machine));
    let events = seen(&bed, INSTANCE);
    let versions: Vec<u64> = events
        .iter()
        .map(|it| it["detail"]["version"].as_u64().unwrap())
        .collect();
    assert!(
        versions.windows(2).all(|pair| pair[1] == pair[0] + 1),
        "{versions:?}"
    );
    let states: Vec<(bool, &str)> = events
        .iter()
        .map(|it| {
            let detail = &it["detail"];
            (
                detail["agentConnected"].as_bool().unwrap(),
                detail["status"].as_str().unwrap(),
            )
        })
        .collect();
    // Draining; the agent gone; its task gone; deregistered.
    let expected = [
        (true, "DRAINING"),
        (false, "DRAINING"),
        (false, "DRAINING"),
        (false, "INACTIVE"),
    ];
    assert_eq!(states, expected);
}

#[test]
fn a_task_s_way_down_is_announced_step_by_step() {
    let bed = bed(everything());
    let machine = machine(&bed);
    bed.world(|world| drain(world, &machine));
    bed.wait(60);
    let events = seen(&bed, TASK);
    let first = events[0]["detail"]["taskArn"].clone();
    let own: Vec<&Value> = events
        .iter()
        .map(|it| &it["detail"])
        .filter(|it| it["taskArn"] == first)
        .collect();
    let statuses: Vec<&str> = own
        .iter()
        .map(|it| it["lastStatus"].as_str().unwrap())
        .collect();
    assert_eq!(statuses, ["DEACTIVATING", "STOPPING", "STOPPED"]);
    let last = own[2];
    assert_eq!(last["desiredStatus"], "STOPPED");
    assert_eq!(last["stopCode"], "ServiceSchedulerInitiated");
    assert_eq!(last["group"], "service:api");
    assert_eq!(last["launchType"], "EC2");
    assert_eq!(last["capacityProviderName"], "hosts");
    assert_eq!(last["containers"][0]["exitCode"], 0);
    assert_eq!(last["stoppedAt"], "2026-11-20T18:00:30.000Z");
    assert!(
        last["containerInstanceArn"]
            .as_str()
            .unwrap()
            .contains("/prod/")
    );
    let versions: Vec<u64> = own
        .iter()
        .map(|it| it["version"].as_u64().unwrap())
        .collect();
    assert!(
        versions.windows(2).all(|pair| pair[1] == pair[0] + 1),
        "{versions:?}"
    );
}

#[test]
fn a_placement_failure_names_the_reason_and_the_provider() {
    let bed = bed(everything());
    let machine = machine(&bed);
    bed.world(|world| drain(world, &machine));
    bed.wait(1);
    let events = seen(&bed, "ECS Service Action");
    let detail = &events[0]["detail"];
    assert_eq!(detail["eventType"], "ERROR");
    assert_eq!(detail["eventName"], "SERVICE_TASK_PLACEMENT_FAILURE");
    assert_eq!(detail["reason"], "EMPTY CAPACITY PROVIDER");
    let provider = "arn:aws:ecs:eu-central-1:123456789012:capacity-provider/hosts";
    assert_eq!(detail["capacityProviderArns"], json!([provider]));
    assert_eq!(
        events[0]["resources"],
        json!(["arn:aws:ecs:eu-central-1:123456789012:service/prod/api"])
    );
}

#[test]
fn where_managed_scaling_can_bring_an_instance_a_failure_is_told_after_five_minutes() {
    let bed = Testbed::with(json!({
        "groups": [{"name": "hosts", "cluster": "prod", "provider": "hosts", "min": 1, "max": 3}],
        "clusters": [{"name": "prod", "services": [{"name": "api", "launch": "provider:hosts"}]}],
    }));
    let suspend = json!({"AutoScalingGroupName": "hosts", "ScalingProcesses": ["Launch", "AlarmNotification"]});
    bed.account
        .by_hand("ops", "autoscaling", "SuspendProcesses", suspend)
        .unwrap();
    bed.scale("api", 2);
    bed.wait(299);
    assert_eq!(bed.event_names("ECS Service Action"), Vec::<String>::new());
    bed.wait(1);
    assert_eq!(
        bed.event_names("ECS Service Action"),
        ["SERVICE_TASK_PLACEMENT_FAILURE"]
    );
    let resume = json!({"AutoScalingGroupName": "hosts"});
    bed.account
        .by_hand("ops", "autoscaling", "ResumeProcesses", resume)
        .unwrap();
    bed.wait(600);
    assert_eq!(bed.counts("api"), [2, 2, 0]);
    let last = bed.event_names("ECS Service Action");
    assert_eq!(last.last().unwrap(), "SERVICE_STEADY_STATE");
}
