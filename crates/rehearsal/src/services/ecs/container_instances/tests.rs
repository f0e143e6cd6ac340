use serde_json::{Value, json};

use super::{agent_gone, back, drain, is_empty, lost, register_again, stopped, warned};
use crate::journal::What;
use crate::testbed::Testbed;

fn bed() -> Testbed {
    Testbed::with(json!({
        "clusters": [{"name": "prod"}, {"name": "other"}],
        "groups": [{
            "name": "workers", "cluster": "prod", "provider": "workers", "max": 4, "min": 2,
            "instance-type": "c6g.large",
        }],
    }))
}

/// Two instances with one task each, and a daemon beside it.
fn busy(more: Value) -> Testbed {
    let mut group = json!({
        "name": "workers", "cluster": "prod", "provider": "workers", "max": 3, "min": 2,
        "tasks-per-instance": 2,
    });
    group
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().cloned().unwrap());
    Testbed::with(json!({
        "clusters": [{"name": "prod", "services": [
            {"name": "api", "desired": 2, "launch": "provider:workers", "cpu": 256, "memory": 512},
            {"name": "agent", "launch": "ec2", "scheduling": "DAEMON"},
        ]}],
        "groups": [group],
    }))
}

/// The EC2 instances of the cluster, in the order of their container instances.
fn machines(bed: &Testbed) -> Vec<String> {
    bed.world(|world| {
        let all = world.ecs.container_instances.values();
        all.map(|it| it.ec2_instance.clone()).collect()
    })
}

fn listed(bed: &Testbed, input: Value) -> Vec<String> {
    let list = bed.ecs("ListContainerInstances", input).unwrap();
    let arns = list["containerInstanceArns"].as_array().unwrap().iter();
    arns.map(|arn| arn.as_str().unwrap().to_owned()).collect()
}

fn all(bed: &Testbed) -> Vec<String> {
    listed(bed, json!({"cluster": "prod"}))
}

fn described(bed: &Testbed, arn: &str) -> Value {
    let input = json!({"cluster": "prod", "containerInstances": [arn], "include": ["TAGS"]});
    let described = bed.ecs("DescribeContainerInstances", input).unwrap();
    described["containerInstances"][0].clone()
}

fn set(bed: &Testbed, arns: &[String], status: &str) -> Result<Value, String> {
    let input = json!({"cluster": "prod", "containerInstances": arns, "status": status});
    bed.ecs("UpdateContainerInstancesState", input)
}

#[test]
fn a_container_instance_says_what_it_is() {
    let bed = bed();
    let arns = all(&bed);
    assert_eq!(arns.len(), 2);
    let start = "arn:aws:ecs:eu-central-1:123456789012:container-instance/prod/";
    assert!(arns.iter().all(|arn| arn.starts_with(start)));
    let input = json!({"cluster": "prod", "containerInstances": [arns[0], "missing"]});
    let both = bed.ecs("DescribeContainerInstances", input).unwrap();
    assert_eq!(both["failures"][0]["reason"], "MISSING");
    let instance = &both["containerInstances"][0];
    assert_eq!(
        instance["attributes"][0],
        json!({"name": "ecs.instance-type", "value": "c6g.large"})
    );
    assert_eq!(instance["capacityProviderName"], "workers");
    assert_eq!(instance["status"], "ACTIVE");
    assert_eq!(instance["agentConnected"], true);
    assert_eq!(
        instance["registeredResources"][0],
        json!({"name": "CPU", "type": "INTEGER", "integerValue": 2048})
    );
}

#[test]
fn an_instance_counts_once_its_agent_has_registered() {
    let bed = bed();
    let count = |input: Value| listed(&bed, input).len();
    let input = json!({"AutoScalingGroupName": "workers", "DesiredCapacity": "3"});
    bed.account
        .by_hand("ops", "autoscaling", "SetDesiredCapacity", input)
        .unwrap();
    bed.wait(70);
    assert_eq!(count(json!({"cluster": "prod"})), 2);
    bed.wait(60);
    assert_eq!(count(json!({"cluster": "prod"})), 3);
    assert_eq!(count(json!({"cluster": "prod", "maxResults": 1})), 1);
    assert_eq!(count(json!({"cluster": "prod", "status": "DRAINING"})), 0);
    assert_eq!(count(json!({"cluster": "other"})), 0);
}

#[test]
fn instances_are_found_by_the_machine_that_they_are() {
    let bed = bed();
    let machines = machines(&bed);
    let found = |filter: String| listed(&bed, json!({"cluster": "prod", "filter": filter}));
    assert_eq!(
        found(format!("ec2InstanceId == {}", machines[1])),
        [all(&bed)[1].clone()]
    );
    let both = format!(
        "ec2InstanceId in [{}, i-0123456789abcdef0, {}]",
        machines[0], machines[1]
    );
    assert_eq!(found(both), all(&bed));
    assert_eq!(
        found("ec2InstanceId==i-0123456789abcdef0".to_owned()),
        Vec::<String>::new()
    );
    let other = json!({"cluster": "prod", "filter": "agentConnected == true"});
    let refusal = bed.ecs("ListContainerInstances", other).unwrap_err();
    assert!(refusal.starts_with("NotModelled"), "{refusal}");
}

#[test]
fn tasks_are_counted_by_what_is_wanted_and_not_by_what_still_runs() {
    let bed = busy(json!({}));
    let arn = all(&bed)[0].clone();
    let counts = || {
        let instance = described(&bed, &arn);
        let count = |member: &str| instance[member].as_u64().unwrap();
        [count("runningTasksCount"), count("pendingTasksCount")]
    };
    assert_eq!(counts(), [2, 0]);
    let left = described(&bed, &arn)["remainingResources"][0]["integerValue"].clone();
    assert_eq!(left, 2048 - 2 * 256);
    bed.scale("api", 0);
    assert_eq!(counts(), [1, 0], "it serves on for half a minute");
    let input = json!({"cluster": "prod", "containerInstance": arn, "desiredStatus": "STOPPED"});
    let going = bed.ecs("ListTasks", input).unwrap()["taskArns"].clone();
    let input = json!({"cluster": "prod", "tasks": going});
    let task = bed.ecs("DescribeTasks", input).unwrap()["tasks"][0].clone();
    assert_eq!(task["lastStatus"], "DEACTIVATING");
    assert_eq!(task["containerInstanceArn"], arn);
}

#[test]
fn ten_instances_at_most_change_in_one_call() {
    let bed = bed();
    let eleven = vec![all(&bed)[0].clone(); 11];
    let refusal = set(&bed, &eleven, "DRAINING").unwrap_err();
    assert_eq!(
        refusal,
        "InvalidParameterException: instanceIds can have at most 10 items."
    );
    let refusal = set(&bed, &all(&bed), "INACTIVE").unwrap_err();
    assert!(
        refusal.contains("should be one of [ACTIVE,DRAINING]"),
        "{refusal}"
    );
}

#[test]
fn an_unknown_instance_is_a_failure_and_the_others_drain() {
    let bed = bed();
    let arns = [all(&bed)[0].clone(), "nobody".to_owned()];
    let reply = set(&bed, &arns, "DRAINING").unwrap();
    assert_eq!(reply["containerInstances"][0]["status"], "DRAINING");
    assert_eq!(reply["failures"][0]["reason"], "MISSING");
    assert_eq!(described(&bed, &arns[0])["status"], "DRAINING");
}

#[test]
fn an_instance_in_another_status_fails_the_whole_call() {
    let bed = bed();
    let arns = all(&bed);
    set(&bed, &arns[..1], "DRAINING").unwrap();
    let refusal = set(&bed, &arns, "DRAINING").unwrap_err();
    assert!(
        refusal.starts_with("InvalidParameterException"),
        "{refusal}"
    );
    assert_eq!(
        described(&bed, &arns[1])["status"],
        "ACTIVE",
        "nothing was changed"
    );
    let refusal = set(&bed, &arns, "ACTIVE").unwrap_err();
    assert!(
        refusal.starts_with("InvalidParameterException"),
        "{refusal}"
    );
    set(&bed, &arns[..1], "ACTIVE").unwrap();
    assert_eq!(described(&bed, &arns[0])["status"], "ACTIVE");
}

#[test]
fn an_instance_with_a_trunk_is_registering_first_and_cannot_drain_then() {
    let bed = Testbed::with(json!({
        "clusters": [{"name": "prod"}],
        "groups": [{"name": "workers", "cluster": "prod", "max": 2, "min": 1, "registering-seconds": 20}],
    }));
    let arns = all(&bed);
    assert_eq!(described(&bed, &arns[0])["status"], "REGISTERING");
    assert_eq!(
        described(&bed, &arns[0])["capacityProviderName"],
        Value::Null
    );
    set(&bed, &arns, "DRAINING").unwrap_err();
    bed.wait(20);
    set(&bed, &arns, "DRAINING").unwrap();
    bed.world(|world| {
        let machine = world.autoscaling.groups["workers"].instances[0].id.clone();
        lost(world, &machine);
    });
    assert_eq!(described(&bed, &arns[0])["status"], "DEREGISTERING");
    bed.wait(20);
    assert_eq!(described(&bed, &arns[0])["status"], "INACTIVE");
}

#[test]
fn what_is_on_a_lost_machine_was_killed_and_is_replaced_elsewhere() {
    let bed = busy(json!({}));
    let (machine, arn) = (machines(&bed)[0].clone(), all(&bed)[0].clone());
    bed.world(|world| lost(world, &machine));
    assert_eq!(bed.counts("api"), [2, 1, 1]);
    assert_eq!(bed.counts("agent"), [1, 1, 0]);
    let instance = described(&bed, &arn);
    assert_eq!(
        (&instance["status"], &instance["agentConnected"]),
        (&json!("INACTIVE"), &json!(false))
    );
    assert_eq!(
        all(&bed).len(),
        1,
        "an INACTIVE instance is described and not listed"
    );
    let input = json!({"cluster": "prod", "containerInstance": arn, "desiredStatus": "STOPPED"});
    let tasks = bed.ecs("ListTasks", input).unwrap()["taskArns"].clone();
    let input = json!({"cluster": "prod", "tasks": tasks});
    let tasks = bed.ecs("DescribeTasks", input).unwrap()["tasks"].clone();
    assert_eq!(tasks.as_array().unwrap().len(), 2);
    for task in tasks.as_array().unwrap() {
        assert_eq!(task["stopCode"], "TerminationNotice");
        let reason = format!("Host EC2 (instance {machine}) terminated.");
        assert_eq!(task["stoppedReason"], reason);
        assert_eq!(task["containers"][0]["exitCode"], 137);
    }
    let killed = bed.world(|world| {
        let happenings = world.happenings.iter();
        let killed = happenings.filter(|it| matches!(it.what, What::Killed { .. }));
        killed.map(|it| it.subject.clone()).collect::<Vec<_>>()
    });
    assert_eq!(killed.len(), 2);
    assert!(killed.contains(&"prod/api".to_owned()), "{killed:?}");
    bed.wait(3600);
    let input = json!({"cluster": "prod", "containerInstances": [arn]});
    let gone = bed.ecs("DescribeContainerInstances", input).unwrap();
    assert_eq!(gone["failures"][0]["reason"], "MISSING");
}

#[test]
fn a_stopped_machine_keeps_its_place_and_comes_back_draining() {
    let bed = busy(json!({}));
    let (machine, arn) = (machines(&bed)[0].clone(), all(&bed)[0].clone());
    bed.world(|world| drain(world, &machine));
    bed.world(|world| stopped(world, &machine));
    let state = |bed: &Testbed| {
        let instance = described(bed, &arn);
        (
            instance["status"].clone(),
            instance["agentConnected"].clone(),
        )
    };
    assert_eq!(state(&bed), (json!("DRAINING"), json!(false)));
    bed.world(|world| back(world, &machine));
    assert_eq!(state(&bed), (json!("DRAINING"), json!(true)));
    set(&bed, std::slice::from_ref(&arn), "ACTIVE").unwrap();
    bed.wait(0);
    assert_eq!(bed.counts("agent")[0], 2, "it takes tasks again");
}

#[test]
fn no_task_is_placed_where_the_agent_is_gone() {
    let bed = busy(json!({}));
    let machine = machines(&bed)[0].clone();
    bed.world(|world| stopped(world, &machine));
    bed.scale("api", 4);
    bed.wait(60);
    assert_eq!(bed.counts("api"), [4, 2, 2]);
    bed.world(|world| back(world, &machine));
    bed.wait(60);
    assert_eq!(bed.counts("api"), [4, 4, 0]);
}

/// Seconds from a Spot notice to DRAINING, if it comes within a minute.
fn reaction(group: Value, action: &str) -> Option<usize> {
    let bed = busy(group);
    let machine = machines(&bed)[0].clone();
    bed.world(|world| warned(world, &machine, action));
    let draining = |second: &usize| {
        bed.wait(i64::from(*second > 0));
        listed(&bed, json!({"cluster": "prod", "status": "DRAINING"})).len() == 1
    };
    (0..60).find(draining)
}

#[test]
fn the_agent_drains_within_a_second_and_managed_draining_soon_after() {
    let agent = json!({"agent-drains": true, "managed-draining": false});
    assert_eq!(reaction(agent.clone(), "terminate"), Some(1));
    assert_eq!(reaction(json!({}), "stop"), Some(5));
    assert_eq!(reaction(json!({"agent-drains": true}), "stop"), Some(1));
    assert_eq!(
        reaction(json!({"managed-draining": false}), "terminate"),
        None
    );
    assert_eq!(reaction(agent, "hibernate"), None);
}

#[test]
fn without_its_agent_a_task_that_is_to_stop_goes_on() {
    let bed = busy(json!({}));
    let (machine, arn) = (machines(&bed)[0].clone(), all(&bed)[0].clone());
    bed.world(|world| agent_gone(world, &machine));
    set(&bed, std::slice::from_ref(&arn), "DRAINING").unwrap();
    bed.wait(3600);
    let going = json!({"cluster": "prod", "containerInstance": arn, "desiredStatus": "STOPPED"});
    let going = bed.ecs("ListTasks", going).unwrap()["taskArns"].clone();
    let describe = || {
        let input = json!({"cluster": "prod", "tasks": going});
        let tasks = bed.ecs("DescribeTasks", input).unwrap()["tasks"].clone();
        let tasks = tasks.as_array().unwrap().iter();
        let states = tasks.map(|it| it["lastStatus"].as_str().unwrap().to_owned());
        states.collect::<Vec<_>>()
    };
    assert_eq!(describe(), ["RUNNING"]);
    assert_eq!(
        bed.counts("api"),
        [2, 3, 0],
        "replaced, and there all the same"
    );
    bed.world(|world| back(world, &machine));
    bed.wait(30);
    assert_eq!(describe(), ["STOPPED"]);
}

#[test]
fn a_machine_can_be_registered_in_two_clusters_at_once() {
    let bed = bed();
    let machine = machines(&bed)[0].clone();
    bed.world(|world| register_again(world, &machine, "other"));
    let filter = format!("ec2InstanceId == {machine}");
    for cluster in ["prod", "other"] {
        let found = listed(&bed, json!({"cluster": cluster, "filter": filter}));
        assert_eq!(found.len(), 1, "{cluster}");
    }
    bed.world(|world| drain(world, &machine));
    let draining = json!({"cluster": "other", "status": "DRAINING"});
    assert_eq!(listed(&bed, draining).len(), 1);
}

#[test]
fn an_agent_that_lost_its_data_registers_as_another_instance() {
    let bed = busy(json!({}));
    let (machine, old) = (machines(&bed)[0].clone(), all(&bed)[0].clone());
    bed.world(|world| register_again(world, &machine, "prod"));
    assert_eq!(described(&bed, &old)["status"], "INACTIVE");
    let filter = format!("ec2InstanceId == {machine}");
    let found = listed(&bed, json!({"cluster": "prod", "filter": filter}));
    assert_ne!(found, [old]);
    assert_eq!(described(&bed, &found[0])["status"], "ACTIVE");
    bed.wait(100);
    assert_eq!(bed.counts("api"), [2, 2, 0]);
    assert_eq!(bed.counts("agent"), [2, 2, 0]);
}

#[test]
fn a_provider_says_whether_it_drains() {
    for (managed, shown) in [(true, "ENABLED"), (false, "DISABLED")] {
        let bed = busy(json!({"managed-draining": managed}));
        let input = json!({"capacityProviders": ["workers"]});
        let found = bed.ecs("DescribeCapacityProviders", input).unwrap();
        let provider = &found["capacityProviders"][0]["autoScalingGroupProvider"];
        assert_eq!(provider["managedDraining"], shown);
    }
}

#[test]
fn a_machine_is_empty_when_its_last_task_has_stopped() {
    let bed = busy(json!({"managed-scaling": false}));
    let machine = machines(&bed)[0].clone();
    bed.world(|world| drain(world, &machine));
    assert!(!bed.world(|world| is_empty(world, &machine)));
    bed.wait(600);
    assert!(bed.world(|world| is_empty(world, &machine)));
    assert_eq!(bed.counts("api"), [2, 2, 0]);
}
