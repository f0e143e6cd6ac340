use serde_json::{Value, json};

use super::*;
use crate::account::{Account, Answer};
use crate::clock::Clock;
use crate::journal::What;

fn world() -> World {
    World::new("2026-11-21T20:00:00Z".parse().unwrap())
}

/// A group as a stack file has it.
fn build(world: &mut World, spec: Value) {
    let spec: GroupSpec = serde_json::from_value(spec).unwrap();
    spec.build(world).unwrap();
}

/// A world with the group `hosts`, not managed by ECS.
fn hosts(min: u32, max: u32, desired: u32) -> World {
    let mut world = world();
    build(
        &mut world,
        json!({
            "name": "hosts", "min": min, "max": max, "desired": desired,
            "provider": "ec2", "cluster": "prod", "managed-scaling": false
        }),
    );
    world
}

fn ask(world: &mut World, operation: &str, input: Value) -> Result<Value, ApiError> {
    let request = Call {
        at: world.now,
        caller: "test".into(),
        service: MODULE.service,
        operation: operation.into(),
        input,
    };
    call(world, &request)
}

fn on_hosts(world: &mut World, operation: &str, mut input: Value) -> Result<Value, ApiError> {
    input["AutoScalingGroupName"] = json!("hosts");
    ask(world, operation, input)
}

/// What DescribeAutoScalingGroups says about `hosts`.
fn described(world: &mut World) -> Value {
    let named = json!({"AutoScalingGroupNames": ["hosts"]});
    let reply = ask(world, "DescribeAutoScalingGroups", named).unwrap();
    reply["AutoScalingGroups"][0].clone()
}

fn sizes(world: &mut World) -> (u64, u64, u64) {
    let group = described(world);
    let size = |member: &str| group[member].as_u64().unwrap();
    (size("MinSize"), size("MaxSize"), size("DesiredCapacity"))
}

fn pass(world: &mut World, seconds: i64) {
    world.advance_to(later(world.now, SignedDuration::from_secs(seconds)));
}

#[test]
fn an_instance_starts_then_serves_then_registers() {
    let mut world = hosts(0, 4, 0);
    on_hosts(
        &mut world,
        "SetDesiredCapacity",
        json!({"DesiredCapacity": "1"}),
    )
    .unwrap();
    let state = |world: &mut World| {
        let instance = described(world)["Instances"][0]["LifecycleState"].take();
        (instance, world.ecs.providers["ec2"].instances)
    };
    assert_eq!(state(&mut world), (json!("Pending"), 0));
    pass(&mut world, 60);
    assert_eq!(state(&mut world), (json!("InService"), 0));
    pass(&mut world, 29);
    assert_eq!(state(&mut world), (json!("InService"), 0));
    pass(&mut world, 1);
    assert_eq!(state(&mut world), (json!("InService"), 1));
}

#[test]
fn an_instance_that_ends_serves_no_more_and_is_gone_later() {
    let mut world = hosts(0, 4, 2);
    assert_eq!(world.ecs.providers["ec2"].instances, 2);
    on_hosts(
        &mut world,
        "SetDesiredCapacity",
        json!({"DesiredCapacity": "1"}),
    )
    .unwrap();
    assert_eq!(world.ecs.providers["ec2"].instances, 1);
    assert_eq!(
        described(&mut world)["Instances"][0]["LifecycleState"],
        "Terminating"
    );
    pass(&mut world, 60);
    assert_eq!(
        described(&mut world)["Instances"].as_array().unwrap().len(),
        1
    );
    let counts: Vec<_> = world
        .happenings
        .iter()
        .map(|happening| &happening.what)
        .filter(|what| matches!(what, What::Instances(_)))
        .collect();
    assert_eq!(counts, [&What::Instances(2), &What::Instances(1)]);
}

/// <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_UpdateAutoScalingGroup.html>
#[test]
fn a_bound_that_crosses_the_size_takes_it_along() {
    let mut world = hosts(0, 4, 1);
    on_hosts(
        &mut world,
        "UpdateAutoScalingGroup",
        json!({"MinSize": "3"}),
    )
    .unwrap();
    assert_eq!(sizes(&mut world), (3, 4, 3));
    let smaller = json!({"MinSize": "0", "MaxSize": "2"});
    on_hosts(&mut world, "UpdateAutoScalingGroup", smaller).unwrap();
    assert_eq!(sizes(&mut world), (0, 2, 2));
    on_hosts(
        &mut world,
        "UpdateAutoScalingGroup",
        json!({"MinSize": "1"}),
    )
    .unwrap();
    assert_eq!(sizes(&mut world), (1, 2, 2));
}

#[test]
fn sizes_that_contradict_each_other_are_refused() {
    let mut world = hosts(1, 4, 2);
    for (operation, input, message) in [
        (
            "UpdateAutoScalingGroup",
            json!({"MinSize": "5"}),
            "Max bound, 4, must be greater than or equal to min bound, 5",
        ),
        (
            "UpdateAutoScalingGroup",
            json!({"DesiredCapacity": "5"}),
            "Desired capacity:5 must be between the specified min size:1 and max size:4",
        ),
        (
            "SetDesiredCapacity",
            json!({"DesiredCapacity": "5"}),
            "New SetDesiredCapacity value 5 is above max value 4 for the AutoScalingGroup.",
        ),
        (
            "SetDesiredCapacity",
            json!({"DesiredCapacity": "0"}),
            "New SetDesiredCapacity value 0 is below min value 1 for the AutoScalingGroup.",
        ),
    ] {
        let refused = on_hosts(&mut world, operation, input).unwrap_err();
        assert_eq!(
            (refused.status, refused.code.as_str()),
            (400, "ValidationError")
        );
        assert_eq!(refused.message, message);
    }
    let negative = on_hosts(
        &mut world,
        "UpdateAutoScalingGroup",
        json!({"MinSize": "-1"}),
    );
    assert!(negative.unwrap_err().message.contains("at 'minSize'"));
    assert_eq!(sizes(&mut world), (1, 4, 2));
}

#[test]
fn a_group_that_is_not_there_is_a_validation_error_or_nothing() {
    let mut world = world();
    for operation in ["UpdateAutoScalingGroup", "SuspendProcesses"] {
        let refused = on_hosts(&mut world, operation, json!({})).unwrap_err();
        assert_eq!(refused.code, "ValidationError");
        assert!(
            refused
                .message
                .starts_with("AutoScalingGroup name not found - ")
        );
    }
    assert_eq!(described(&mut world), Value::Null);
}

/// <https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-suspend-resume-processes.html>
#[test]
fn a_suspended_launch_waits_until_it_is_resumed() {
    let mut world = hosts(0, 4, 1);
    let launch = json!({"ScalingProcesses": ["Launch"]});
    on_hosts(&mut world, "SuspendProcesses", launch.clone()).unwrap();
    on_hosts(
        &mut world,
        "SetDesiredCapacity",
        json!({"DesiredCapacity": "3"}),
    )
    .unwrap();
    pass(&mut world, 600);
    let group = described(&mut world);
    assert_eq!(group["Instances"].as_array().unwrap().len(), 1);
    assert_eq!(
        group["SuspendedProcesses"],
        json!([{
            "ProcessName": "Launch",
            "SuspensionReason": "User suspended at 2026-11-21T20:00:00Z"
        }])
    );
    on_hosts(&mut world, "ResumeProcesses", launch).unwrap();
    pass(&mut world, 60);
    assert_eq!(world.autoscaling.groups["hosts"].in_service(), 3);
}

#[test]
fn a_suspended_terminate_keeps_instances() {
    let mut world = hosts(0, 4, 2);
    on_hosts(&mut world, "SuspendProcesses", json!({})).unwrap();
    on_hosts(
        &mut world,
        "SetDesiredCapacity",
        json!({"DesiredCapacity": "0"}),
    )
    .unwrap();
    pass(&mut world, 600);
    assert_eq!(world.autoscaling.groups["hosts"].in_service(), 2);
    assert_eq!(
        described(&mut world)["SuspendedProcesses"]
            .as_array()
            .unwrap()
            .len(),
        9
    );
    let strange = json!({"ScalingProcesses": ["Sleep"]});
    assert!(on_hosts(&mut world, "SuspendProcesses", strange).is_err());
}

fn tagged(world: &mut World, name: &str, tags: Value) {
    build(world, json!({"name": name, "max": 1, "tags": tags}));
}

fn found(world: &mut World, filters: Value) -> Vec<String> {
    let input = json!({"Filters": filters});
    let reply = ask(world, "DescribeAutoScalingGroups", input).unwrap();
    let groups = reply["AutoScalingGroups"].as_array().unwrap().iter();
    groups
        .map(|group| group["AutoScalingGroupName"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn groups_are_found_by_tag() {
    let mut world = world();
    tagged(
        &mut world,
        "a",
        json!({"env": "prod", "caretaker:hours": "always"}),
    );
    tagged(
        &mut world,
        "b",
        json!({"env": "dev", "caretaker:hours": "never"}),
    );
    tagged(&mut world, "c", json!({"env": "prod"}));
    let hours = json!({"Name": "tag-key", "Values": ["caretaker:hours", "x"]});
    let prod = json!({"Name": "tag:env", "Values": ["prod"]});
    let never = json!({"Name": "tag-value", "Values": ["never"]});
    assert_eq!(found(&mut world, json!([hours])), ["a", "b"]);
    assert_eq!(found(&mut world, json!([hours, prod])), ["a"]);
    assert_eq!(found(&mut world, json!([never])), ["b"]);
    let strange = json!({"Filters": [{"Name": "colour", "Values": ["red"]}]});
    assert!(ask(&mut world, "DescribeAutoScalingGroups", strange).is_err());
}

/// <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeAutoScalingGroups.html>
#[test]
fn groups_come_fifty_at_a_time_or_as_many_as_asked_up_to_a_hundred() {
    let mut world = world();
    for n in 0..120 {
        tagged(&mut world, &format!("g{n:03}"), json!({}));
    }
    let mut count = |input: Value| {
        let reply = ask(&mut world, "DescribeAutoScalingGroups", input)?;
        let groups = reply["AutoScalingGroups"].as_array().unwrap().len();
        Ok::<_, ApiError>((groups, reply["NextToken"].clone()))
    };
    assert_eq!(count(json!({})).unwrap().0, 50);
    let (first, token) = count(json!({"MaxRecords": "100"})).unwrap();
    assert_eq!(first, 100);
    let rest = json!({"MaxRecords": "100", "NextToken": token});
    assert_eq!(count(rest).unwrap(), (20, Value::Null));
    assert!(count(json!({"MaxRecords": "101"})).is_err());
    let refused = count(json!({"NextToken": "x"})).unwrap_err();
    assert_eq!(refused.code, "InvalidNextToken");
}

#[test]
fn tags_are_written_replaced_listed_and_deleted() {
    let mut world = hosts(0, 1, 0);
    let tag = |key: &str, value: &str| {
        json!({
            "ResourceId": "hosts", "ResourceType": "auto-scaling-group",
            "Key": key, "Value": value, "PropagateAtLaunch": "true"
        })
    };
    let two = json!({"Tags": [tag("env", "dev"), tag("team", "x")]});
    ask(&mut world, "CreateOrUpdateTags", two).unwrap();
    let again = json!({"Tags": [tag("env", "prod")]});
    ask(&mut world, "CreateOrUpdateTags", again).unwrap();
    let by_key = json!({"Filters": [
        {"Name": "auto-scaling-group", "Values": ["hosts"]},
        {"Name": "key", "Values": ["env"]},
        {"Name": "propagate-at-launch", "Values": ["true"]}
    ]});
    let mut expected = tag("env", "prod");
    expected["PropagateAtLaunch"] = json!(true);
    let listed = ask(&mut world, "DescribeTags", by_key).unwrap();
    assert_eq!(listed["Tags"], json!([expected]));
    ask(
        &mut world,
        "DeleteTags",
        json!({"Tags": [tag("env", "prod")]}),
    )
    .unwrap();
    let listed = ask(&mut world, "DescribeTags", json!({})).unwrap();
    assert_eq!(listed["Tags"][0]["Key"], "team");
    let mut elsewhere = tag("env", "prod");
    elsewhere["ResourceId"] = json!("nobody");
    let refused = ask(
        &mut world,
        "CreateOrUpdateTags",
        json!({"Tags": [elsewhere]}),
    );
    assert!(
        refused
            .unwrap_err()
            .message
            .starts_with("AutoScalingGroup name not found")
    );
}

#[test]
fn a_group_has_at_most_fifty_tags() {
    let mut world = hosts(0, 1, 0);
    let tags: Vec<_> = (0..51)
        .map(|n| json!({"ResourceId": "hosts", "Key": n.to_string(), "Value": ""}))
        .collect();
    let refused = ask(&mut world, "CreateOrUpdateTags", json!({"Tags": tags})).unwrap_err();
    assert_eq!(refused.code, "LimitExceeded");
}

#[test]
fn a_group_can_be_created_over_the_wire() {
    let account = Account::new(Clock::stepped("2026-11-21T20:00:00Z".parse().unwrap()));
    let send = |body: &'static str| {
        let request = http::Request::new(bytes::Bytes::from_static(body.as_bytes()));
        let Answer::Reply(reply) = account.respond(&request) else {
            panic!("an answer");
        };
        String::from_utf8(reply.body().to_vec()).unwrap()
    };
    let created = send(
        "Action=CreateAutoScalingGroup&Version=2011-01-01&AutoScalingGroupName=hosts\
         &MinSize=0&MaxSize=2&DesiredCapacity=1&LaunchTemplate.LaunchTemplateName=ecs\
         &Tags.member.1.Key=env&Tags.member.1.Value=a%26b&Tags.member.1.PropagateAtLaunch=false",
    );
    assert!(
        created.starts_with("<CreateAutoScalingGroupResponse"),
        "{created}"
    );
    let shown = send("Action=DescribeAutoScalingGroups&Version=2011-01-01");
    for part in [
        "<DescribeAutoScalingGroupsResult><AutoScalingGroups><member><AutoScalingGroupName>hosts",
        "<DesiredCapacity>1</DesiredCapacity>",
        "<LifecycleState>Pending</LifecycleState>",
        "<LaunchTemplate><LaunchTemplateName>ecs</LaunchTemplateName></LaunchTemplate>",
        "<Value>a&amp;b</Value><PropagateAtLaunch>false</PropagateAtLaunch>",
        "<SuspendedProcesses></SuspendedProcesses>",
    ] {
        assert!(shown.contains(part), "{part} in {shown}");
    }
    let twice = send(
        "Action=CreateAutoScalingGroup&Version=2011-01-01&AutoScalingGroupName=hosts\
         &MinSize=0&MaxSize=2&LaunchTemplate.LaunchTemplateName=ecs",
    );
    assert!(twice.contains("<Code>AlreadyExists</Code>"), "{twice}");
}

#[test]
fn a_night_empties_a_managed_group_by_itself() {
    let mut world = world();
    build(
        &mut world,
        json!({"name": "hosts", "max": 8, "desired": 4, "provider": "ec2", "cluster": "prod"}),
    );
    pass(&mut world, 14 * 60);
    assert_eq!(world.ecs.providers["ec2"].instances, 4);
    pass(&mut world, 3 * 60);
    assert_eq!(world.ecs.providers["ec2"].instances, 0);
    let counts: Vec<_> = world
        .happenings
        .iter()
        .map(|happening| &happening.what)
        .filter(|what| matches!(what, What::Instances(_)))
        .collect();
    assert_eq!(
        counts,
        [
            &What::Instances(4),
            &What::Instances(2),
            &What::Instances(1),
            &What::Instances(0)
        ]
    );
}

#[test]
fn a_stack_file_with_a_misspelt_word_is_refused() {
    let spec = json!({"name": "hosts", "max": 8, "desird": 4});
    assert!(serde_json::from_value::<GroupSpec>(spec).is_err());
}
