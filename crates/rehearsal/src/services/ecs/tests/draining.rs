//! Draining: what leaves an instance, when, and what holds it up.

use serde_json::{Value, json};

use crate::journal::{Happening, What};
use crate::services::ecs::container_instances::{drain, lost};
use crate::testbed::Testbed;

/// Two instances with room for two tasks each, and these services in `prod`.
fn bed(services: Value) -> Testbed {
    with(json!({"services": services}), json!({}))
}

fn with(cluster: Value, group: Value) -> Testbed {
    let mut prod = json!({"name": "prod"});
    let mut hosts = json!({"name": "hosts", "cluster": "prod", "provider": "hosts", "min": 2, "max": 2,
        "tasks-per-instance": 4, "managed-scaling": false});
    for (it, more) in [(&mut prod, cluster), (&mut hosts, group)] {
        it.as_object_mut()
            .unwrap()
            .extend(more.as_object().cloned().unwrap());
    }
    Testbed::with(json!({"clusters": [prod], "groups": [hosts]}))
}

/// Drains the instance that a service's oldest task is on; returns its machine.
fn drain_first(bed: &Testbed, service: &str) -> String {
    bed.world(|world| {
        let mut tasks = world.ecs.tasks.values();
        let group = format!("service:{service}");
        let on = tasks.find(|it| it.group == group).unwrap();
        let on = on.container_instance.clone().unwrap();
        let machine = world.ecs.container_instances[&on].ec2_instance.clone();
        drain(world, &machine);
        machine
    })
}

/// How many tasks of a group a machine has by status, in the order of the alphabet.
fn on(bed: &Testbed, machine: &str, group: &str) -> Vec<(&'static str, usize)> {
    bed.world(|world| {
        let mut found = std::collections::BTreeMap::new();
        for task in world.ecs.tasks.values().filter(|it| it.group == group) {
            let instance = task.container_instance.as_ref();
            let instance = instance.and_then(|id| world.ecs.container_instances.get(id));
            if instance.is_some_and(|it| it.ec2_instance == machine) {
                *found.entry(task.last.name()).or_insert(0) += 1;
            }
        }
        found.into_iter().collect()
    })
}

/// Seconds until no task of a group is on the machine any more that is not STOPPED.
fn seconds_to_leave(bed: &Testbed, machine: &str, group: &str, most: i64) -> Option<i64> {
    (0..=most).find(|second| {
        bed.wait(i64::from(*second > 0));
        on(bed, machine, group)
            .iter()
            .all(|(status, _)| *status == "STOPPED")
    })
}

#[test]
fn at_100_and_200_percent_the_replacement_must_be_healthy_first() {
    let bed = bed(
        json!([{"name": "api", "desired": 2, "launch": "provider:hosts",
        "start-seconds": 30, "stop-seconds": 20}]),
    );
    let machine = drain_first(&bed, "api");
    bed.wait(0);
    assert_eq!(bed.counts("api"), [2, 2, 1]);
    // 30 s to run, 40 s without a health check, 10 s DEACTIVATING, 10 s to the end of the container.
    assert_eq!(
        seconds_to_leave(&bed, &machine, "service:api", 200),
        Some(90)
    );
    assert_eq!(bed.counts("api"), [2, 2, 0]);
}

#[test]
fn a_health_check_that_passes_sooner_lets_it_go_sooner() {
    let bed = bed(
        json!([{"name": "api", "desired": 2, "launch": "provider:hosts",
        "start-seconds": 30, "pull-seconds": 7, "health-check-seconds": 5, "stop-seconds": 0}]),
    );
    let machine = drain_first(&bed, "api");
    assert_eq!(
        seconds_to_leave(&bed, &machine, "service:api", 200),
        Some(42)
    );
}

#[test]
fn a_target_is_deregistered_first_and_the_container_stopped_then() {
    let bed = bed(
        json!([{"name": "web", "desired": 1, "launch": "provider:hosts",
        "minimum-healthy-percent": 0, "deregistration-delay": 300, "exit-seconds": 4}]),
    );
    assert_eq!(bed.service("web")["loadBalancers"][0]["containerPort"], 80);
    let machine = drain_first(&bed, "web");
    bed.wait(299);
    assert_eq!(on(&bed, &machine, "service:web"), [("DEACTIVATING", 1)]);
    bed.wait(1);
    assert_eq!(on(&bed, &machine, "service:web"), [("STOPPING", 1)]);
    bed.wait(4);
    assert_eq!(on(&bed, &machine, "service:web"), [("STOPPED", 1)]);
}

#[test]
fn below_100_percent_it_stops_what_can_be_spared_at_once() {
    let bed = bed(
        json!([{"name": "api", "desired": 4, "launch": "provider:hosts",
        "minimum-healthy-percent": 50, "maximum-percent": 100, "stop-seconds": 10}]),
    );
    let machine = drain_first(&bed, "api");
    assert_eq!(on(&bed, &machine, "service:api"), [("DEACTIVATING", 2)]);
    bed.wait(9);
    assert_eq!(
        bed.counts("api"),
        [4, 2, 0],
        "replacements wait until the others have stopped"
    );
    bed.wait(1);
    assert_eq!(bed.counts("api"), [4, 2, 2]);
}

#[test]
fn the_minimum_is_rounded_up_so_that_half_of_one_is_one() {
    let bed = bed(
        json!([{"name": "api", "desired": 1, "launch": "provider:hosts",
        "minimum-healthy-percent": 50, "maximum-percent": 200, "stop-seconds": 2}]),
    );
    let machine = drain_first(&bed, "api");
    assert_eq!(on(&bed, &machine, "service:api"), [("RUNNING", 1)]);
    assert_eq!(
        seconds_to_leave(&bed, &machine, "service:api", 200),
        Some(35 + 40 + 2)
    );
}

#[test]
fn at_100_and_100_percent_nothing_moves_at_all() {
    let bed = bed(
        json!([{"name": "api", "desired": 2, "launch": "provider:hosts",
        "minimum-healthy-percent": 100, "maximum-percent": 100}]),
    );
    let machine = drain_first(&bed, "api");
    bed.wait(86_400);
    assert_eq!(on(&bed, &machine, "service:api"), [("RUNNING", 1)]);
    assert_eq!(bed.counts("api"), [2, 2, 0]);
}

#[test]
fn without_room_elsewhere_the_old_tasks_stay_and_it_is_said_once() {
    let service = json!({"name": "api", "desired": 4, "launch": "provider:hosts"});
    let bed = with(
        json!({"services": [service]}),
        json!({"tasks-per-instance": 2}),
    );
    let machine = drain_first(&bed, "api");
    bed.wait(600);
    assert_eq!(on(&bed, &machine, "service:api"), [("RUNNING", 2)]);
    assert_eq!(bed.counts("api"), [4, 4, 2]);
    let failure = "SERVICE_TASK_PLACEMENT_FAILURE";
    let events = bed.event_names("ECS Service Action");
    assert_eq!(events, [failure]);
    let said = bed.service("api")["events"][0]["message"].clone();
    assert!(
        said.as_str()
            .unwrap()
            .contains("was unable to place a task"),
        "{said}"
    );
}

#[test]
fn pending_tasks_are_stopped_at_once() {
    let bed = bed(json!([{"name": "api", "desired": 0, "launch": "provider:hosts"}]));
    bed.scale("api", 2);
    bed.wait(20);
    assert_eq!(bed.counts("api"), [2, 0, 2]);
    let machine = drain_first(&bed, "api");
    bed.wait(0);
    assert_eq!(on(&bed, &machine, "service:api"), [("STOPPED", 1)]);
    bed.wait(35);
    assert_eq!(bed.counts("api"), [2, 2, 0]);
    assert_eq!(on(&bed, &machine, "service:api"), [("STOPPED", 1)]);
}

#[test]
fn several_that_drain_in_one_call_take_nothing_from_each_other() {
    let bed = with(
        json!({"services": [{"name": "api", "desired": 3, "launch": "provider:hosts"}]}),
        json!({"min": 3, "max": 3}),
    );
    let listed = bed.ecs("ListContainerInstances", json!({"cluster": "prod"}));
    let listed = listed.unwrap()["containerInstanceArns"].clone();
    let two = json!({"cluster": "prod", "containerInstances": [listed[0], listed[1]], "status": "DRAINING"});
    bed.ecs("UpdateContainerInstancesState", two).unwrap();
    bed.wait(0);
    bed.world(|world| {
        for task in world.ecs.tasks.values().filter(|it| !it.is_running()) {
            let id = task.container_instance.as_ref().unwrap();
            assert!(world.ecs.container_instances[id].takes_tasks());
        }
    });
    assert_eq!(bed.counts("api"), [3, 3, 2]);
}

#[test]
fn a_daemon_runs_on_each_instance_and_leaves_last() {
    let bed = bed(json!([
        {"name": "api", "desired": 2, "launch": "provider:hosts", "stop-seconds": 10},
        {"name": "agent", "scheduling": "DAEMON", "launch": "ec2", "stop-seconds": 10},
    ]));
    assert_eq!(bed.counts("agent"), [2, 2, 0]);
    let machine = drain_first(&bed, "api");
    bed.wait(35 + 40 + 9);
    assert_eq!(on(&bed, &machine, "service:api"), [("STOPPING", 1)]);
    assert_eq!(on(&bed, &machine, "service:agent"), [("RUNNING", 1)]);
    bed.wait(1);
    assert_eq!(on(&bed, &machine, "service:api"), [("STOPPED", 1)]);
    assert_eq!(on(&bed, &machine, "service:agent"), [("DEACTIVATING", 1)]);
    bed.wait(10);
    assert_eq!(on(&bed, &machine, "service:agent"), [("STOPPED", 1)]);
    assert_eq!(bed.counts("agent"), [1, 1, 0]);
}

#[test]
fn a_new_instance_gets_its_daemon() {
    let agent = json!({"name": "agent", "scheduling": "DAEMON", "launch": "ec2"});
    let bed = with(json!({"services": [agent]}), json!({"max": 3}));
    let input = json!({"AutoScalingGroupName": "hosts", "DesiredCapacity": "3"});
    bed.account
        .by_hand("ops", "autoscaling", "SetDesiredCapacity", input)
        .unwrap();
    bed.wait(90);
    assert_eq!(bed.counts("agent"), [3, 2, 1]);
    bed.wait(35);
    assert_eq!(bed.counts("agent"), [3, 3, 0]);
}

#[test]
fn a_daemon_is_deployed_instance_by_instance() {
    let bed = bed(json!([{"name": "agent", "scheduling": "DAEMON", "launch": "ec2"}]));
    let input = json!({"cluster": "prod", "service": "agent", "forceNewDeployment": true});
    bed.ecs("UpdateService", input).unwrap();
    bed.wait(30 + 35);
    assert_eq!(bed.counts("agent"), [2, 2, 0]);
    assert_eq!(
        bed.service("agent")["deployments"][0]["rolloutState"],
        "COMPLETED"
    );
}

#[test]
fn a_standalone_task_stays_until_somebody_stops_it() {
    let task = json!({"name": "import", "launch": "ec2", "started-by": "cron", "exit-seconds": 8,
        "tags": {"caretaker:standalone": "stop"}});
    let bed = with(json!({"tasks": [task]}), json!({}));
    let listed = bed.ecs("ListTasks", json!({"cluster": "prod"})).unwrap();
    let arn = listed["taskArns"][0].clone();
    let describe = || {
        let input = json!({"cluster": "prod", "tasks": [arn], "include": ["TAGS"]});
        bed.ecs("DescribeTasks", input).unwrap()["tasks"][0].clone()
    };
    let before = describe();
    assert_eq!(before["group"], "family:import");
    assert_eq!(before["startedBy"], "cron");
    assert_eq!(before["tags"][0]["value"], "stop");
    bed.world(|world| {
        let machines = world.ecs.container_instances.values();
        let machines: Vec<_> = machines.map(|it| it.ec2_instance.clone()).collect();
        machines.iter().for_each(|it| drain(world, it));
    });
    bed.wait(86_400);
    assert_eq!(describe()["lastStatus"], "RUNNING");
    let stop = json!({"cluster": "prod", "task": arn, "reason": "Its machine goes."});
    let reply = bed.ecs("StopTask", stop.clone()).unwrap();
    assert_eq!(reply["task"]["desiredStatus"], "STOPPED");
    bed.wait(8);
    let after = describe();
    assert_eq!(after["lastStatus"], "STOPPED");
    assert_eq!(after["stopCode"], "UserInitiated");
    assert_eq!(after["stoppedReason"], "Its machine goes.");
    assert_eq!(after["containers"][0]["exitCode"], 0);
    let is_emptied = |it: &Happening| it.what == What::Emptied;
    let emptied = bed.world(|world| world.happenings.iter().filter(|it| is_emptied(it)).count());
    assert_eq!(emptied, 1);
    bed.ecs("StopTask", stop).unwrap();
    let stops = bed.world(|world| {
        let all = world.happenings.iter();
        let stops = all.filter(|it| matches!(it.what, What::Stopped { .. }));
        stops.cloned().collect::<Vec<_>>()
    });
    assert_eq!(stops.len(), 1, "one that is stopping already is no news");
    assert_eq!(stops[0].subject, "prod/family:import");
    let What::Stopped {
        instance, reason, ..
    } = &stops[0].what
    else {
        unreachable!()
    };
    assert!(instance.as_ref().is_some_and(|id| id.starts_with("i-")));
    assert_eq!(reason, "Its machine goes.");
    let unknown = json!({"cluster": "prod", "task": "nobody"});
    let refusal = bed.ecs("StopTask", unknown).unwrap_err();
    assert_eq!(
        refusal,
        "InvalidParameterException: The referenced task was not found."
    );
}

#[test]
fn a_container_that_does_not_end_by_itself_is_killed() {
    let task = json!({"name": "import", "launch": "ec2", "exit-seconds": 300, "stop-timeout": 45});
    let bed = with(json!({"tasks": [task]}), json!({}));
    let arn = bed.ecs("ListTasks", json!({"cluster": "prod"})).unwrap()["taskArns"][0].clone();
    bed.ecs("StopTask", json!({"cluster": "prod", "task": arn}))
        .unwrap();
    bed.wait(44);
    let input = json!({"cluster": "prod", "tasks": [arn]});
    let describe = || bed.ecs("DescribeTasks", input.clone()).unwrap()["tasks"][0].clone();
    assert_eq!(describe()["lastStatus"], "STOPPING");
    bed.wait(1);
    assert_eq!(describe()["containers"][0]["exitCode"], 137);
}

#[test]
fn stopping_a_service_s_task_needs_no_replacement_first() {
    let bed = bed(json!([{"name": "api", "desired": 2, "launch": "provider:hosts"}]));
    let machine = drain_first(&bed, "api");
    let task = bed.world(|world| {
        let mut leaving = world
            .ecs
            .container_instances
            .values()
            .filter(|it| it.is_draining());
        leaving.next().unwrap().tasks.keys().next().unwrap().clone()
    });
    bed.ecs("StopTask", json!({"cluster": "prod", "task": task}))
        .unwrap();
    assert_eq!(on(&bed, &machine, "service:api"), [("DEACTIVATING", 1)]);
    assert_eq!(bed.counts("api"), [2, 1, 1]);
}

#[test]
fn an_instance_set_active_again_keeps_its_tasks() {
    let bed = bed(json!([{"name": "api", "desired": 2, "launch": "provider:hosts"}]));
    drain_first(&bed, "api");
    bed.wait(50);
    let listed = bed.ecs(
        "ListContainerInstances",
        json!({"cluster": "prod", "status": "DRAINING"}),
    );
    let arns = listed.unwrap()["containerInstanceArns"].clone();
    let input = json!({"cluster": "prod", "containerInstances": arns, "status": "ACTIVE"});
    bed.ecs("UpdateContainerInstancesState", input).unwrap();
    bed.wait(60);
    assert_eq!(bed.counts("api"), [2, 2, 0]);
    bed.world(|world| {
        let mut instances = world.ecs.container_instances.values();
        assert!(
            instances.all(|it| it.tasks.len() == 1),
            "the replacement went"
        );
    });
}

#[test]
fn launch_type_ec2_fills_the_room_of_a_group_without_a_provider() {
    let group = json!({"provider": null, "tasks-per-instance": 1});
    let service = json!({"name": "api", "desired": 3, "launch": "ec2"});
    let bed = with(json!({"services": [service]}), group);
    assert_eq!(
        bed.counts("api"),
        [3, 2, 0],
        "what cannot be placed is no task at all"
    );
    let machine = drain_first(&bed, "api");
    assert_eq!(bed.counts("api"), [3, 2, 0]);
    bed.world(|world| lost(world, &machine));
    bed.wait(60);
    assert_eq!(bed.counts("api"), [3, 1, 0]);
}

#[test]
fn a_deployment_and_a_drain_go_on_together() {
    let bed = bed(json!([{"name": "api", "desired": 2, "launch": "provider:hosts"}]));
    let machine = drain_first(&bed, "api");
    let input = json!({"cluster": "prod", "service": "api", "forceNewDeployment": true});
    bed.ecs("UpdateService", input).unwrap();
    bed.wait(300);
    assert_eq!(bed.counts("api"), [2, 2, 0]);
    assert_eq!(on(&bed, &machine, "service:api"), [("STOPPED", 1)]);
    assert_eq!(
        bed.service("api")["deployments"].as_array().unwrap().len(),
        1
    );
}

/// The worst night: every instance of a large cluster is drained by hand and lost two minutes later.
#[test]
fn a_thousand_instances_drain_and_are_lost_in_a_moment() {
    let services: Vec<Value> = (0..50)
        .map(|n| json!({"name": format!("s{n:02}"), "desired": 40, "launch": "provider:hosts"}))
        .collect();
    let group = json!({"min": 1000, "max": 1000, "tasks-per-instance": 2});
    let bed = with(json!({"services": services}), group);
    #[allow(clippy::disallowed_methods, reason = "the test measures real time")]
    let began = std::time::Instant::now();
    let machines = bed.world(|world| {
        let all = world.ecs.container_instances.values();
        all.map(|it| (it.id.clone(), it.ec2_instance.clone()))
            .collect::<Vec<_>>()
    });
    for ten in machines.chunks(10) {
        let ids: Vec<&String> = ten.iter().map(|(id, _)| id).collect();
        let input = json!({"cluster": "prod", "containerInstances": ids, "status": "DRAINING"});
        bed.ecs("UpdateContainerInstancesState", input).unwrap();
    }
    bed.wait(120);
    bed.world(|world| {
        machines
            .iter()
            .for_each(|(_, machine)| lost(world, machine))
    });
    bed.wait(60);
    let took = began.elapsed();
    println!("1,000 instances drained and lost: {took:?}");
    assert_eq!(bed.counts("s00")[1], 0);
    assert!(took < std::time::Duration::from_secs(30), "{took:?}");
}
