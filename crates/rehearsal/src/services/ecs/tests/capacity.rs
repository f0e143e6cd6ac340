//! Tasks on an Auto Scaling group wait for room; strategies share tasks out.

use serde_json::{Value, json};

use crate::services::ecs::{Demand, demand};
use crate::testbed::Testbed;

/// A testbed whose service `api` runs on a group with this many instances for two tasks each.
fn bed(instances: u32, desired: u32) -> Testbed {
    group(instances, desired, false)
}

fn group(instances: u32, desired: u32, managed_scaling: bool) -> Testbed {
    Testbed::with(json!({
        "groups": [{"name": "hosts-asg", "max": 10, "desired": instances, "provider": "hosts",
            "cluster": "prod", "tasks-per-instance": 2, "managed-scaling": managed_scaling}],
        "clusters": [{"name": "prod", "services": [
            {"name": "api", "desired": desired, "launch": "provider:hosts"},
        ]}],
    }))
}

fn wanted(bed: &Testbed) -> (u32, u32) {
    let Demand { running, waiting } = bed.world(|world| demand(world, "hosts"));
    (running, waiting)
}

/// Lets the group have so many instances, and waits until they are registered.
fn set_instances(bed: &Testbed, instances: u32) {
    let input =
        json!({"AutoScalingGroupName": "hosts-asg", "DesiredCapacity": instances.to_string()});
    bed.account
        .by_hand("ops", "autoscaling", "SetDesiredCapacity", input)
        .unwrap();
    bed.wait(90);
}

#[test]
fn a_task_without_room_waits_in_provisioning_however_long() {
    let bed = bed(1, 3);
    assert_eq!(bed.counts("api"), [3, 2, 1]);
    assert_eq!(wanted(&bed), (2, 1));
    bed.wait(86_400);
    assert_eq!(bed.counts("api"), [3, 2, 1]);
}

#[test]
fn a_new_instance_takes_the_task_that_waited() {
    let bed = bed(1, 3);
    set_instances(&bed, 2);
    assert_eq!(wanted(&bed), (3, 0));
    bed.wait(35);
    assert_eq!(bed.counts("api"), [3, 3, 0]);
}

#[test]
fn a_stopped_task_leaves_its_place_when_it_is_gone() {
    let bed = bed(2, 4);
    bed.scale("api", 1);
    assert_eq!(wanted(&bed), (4, 0));
    bed.wait(30);
    assert_eq!(wanted(&bed), (1, 0));
}

#[test]
fn a_task_that_waits_and_is_not_wanted_any_more_leaves_the_queue() {
    let bed = bed(0, 2);
    assert_eq!(wanted(&bed), (0, 2));
    bed.scale("api", 0);
    bed.wait(0);
    assert_eq!(wanted(&bed), (0, 0));
    set_instances(&bed, 1);
    bed.wait(100);
    assert_eq!(bed.counts("api"), [0, 0, 0]);
}

#[test]
fn managed_scaling_brings_the_instances_that_tasks_wait_for_and_takes_them_away_again() {
    let bed = group(0, 5, true);
    assert_eq!(bed.counts("api"), [5, 0, 5]);
    bed.wait(1800);
    assert_eq!(bed.counts("api"), [5, 5, 0]);
    bed.scale("api", 0);
    bed.wait(1800);
    assert_eq!(bed.world(|world| world.ecs.providers["hosts"].instances), 0);
}

#[test]
fn a_strategy_fills_its_bases_and_then_shares_by_weight() {
    let bed = Testbed::prod(json!([{"name": "api", "desired": 8, "strategy": [
        {"provider": "FARGATE", "base": 2, "weight": 1},
        {"provider": "FARGATE_SPOT", "weight": 2},
    ]}]));
    let on = |provider: &str| {
        bed.world(|world| {
            let tasks = world.ecs.tasks.values();
            tasks
                .filter(|it| it.provider.as_deref() == Some(provider))
                .count()
        })
    };
    assert_eq!((on("FARGATE"), on("FARGATE_SPOT")), (4, 4));
}

#[test]
fn providers_of_the_account_and_of_the_group_are_described() {
    let bed = bed(1, 1);
    let input = json!({"capacityProviders": ["FARGATE_SPOT", "hosts", "nobody"]});
    let described = bed.ecs("DescribeCapacityProviders", input).unwrap();
    assert_eq!(described["capacityProviders"][0]["name"], "FARGATE_SPOT");
    let group = &described["capacityProviders"][1]["autoScalingGroupProvider"];
    assert_eq!(group["managedScaling"]["status"], "DISABLED");
    assert!(
        group["autoScalingGroupArn"]
            .as_str()
            .unwrap()
            .ends_with("/hosts-asg")
    );
    assert_eq!(described["failures"][0]["reason"], "MISSING");
}

#[test]
fn providers_come_ten_to_a_page_and_those_of_one_cluster_alone() {
    let groups: Vec<_> = (0..12)
        .map(|n| {
            let cluster = if n < 3 { "prod" } else { "other" };
            json!({"name": format!("g{n:02}"), "max": 1, "cluster": cluster, "provider": format!("p{n:02}")})
        })
        .collect();
    let clusters = json!([{"name": "prod"}, {"name": "other"}]);
    let bed = Testbed::with(json!({"groups": groups, "clusters": clusters}));
    let page = |input: Value| bed.ecs("DescribeCapacityProviders", input).unwrap();
    let count = |page: &Value| page["capacityProviders"].as_array().unwrap().len();
    let first = page(json!({}));
    let second = page(json!({"nextToken": first["nextToken"]}));
    assert_eq!((count(&first), count(&second)), (10, 4));
    assert_eq!(second["nextToken"], Value::Null);
    assert_eq!(count(&page(json!({"cluster": "prod"}))), 5);
    let refusal = bed.ecs("DescribeCapacityProviders", json!({"maxResults": 11}));
    assert!(
        refusal
            .unwrap_err()
            .starts_with("InvalidParameterException")
    );
}

#[test]
fn a_clusters_default_strategy_is_what_a_service_gets_that_asks_for_nothing() {
    let bed = bed(1, 1);
    let strategy = json!([{"capacityProvider": "FARGATE_SPOT", "weight": 1, "base": 0}]);
    let put = json!({"cluster": "prod", "capacityProviders": ["FARGATE_SPOT"],
        "defaultCapacityProviderStrategy": strategy});
    bed.ecs("PutClusterCapacityProviders", put).unwrap();
    let input = json!({"cluster": "prod", "serviceName": "new", "taskDefinition": "prod-api"});
    let created = bed.ecs("CreateService", input).unwrap();
    assert_eq!(created["service"]["capacityProviderStrategy"], strategy);
}
