//! On-Demand and Spot in one group, capacity that is not there, replacements ahead of time.

use serde_json::{Value, json};

use super::*;
use crate::services::ec2::{self, Pool};

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

/// A world with the group `hosts` on two pools.
fn mixed(more: Value) -> World {
    let mut world = World::new("2026-11-21T20:00:00Z".parse().unwrap());
    let mut spec = json!({
        "name": "hosts", "max": 8, "desired": 4, "zones": ["a", "b"],
        "mixed-instances": {"types": ["m6i.large"], "on-demand-percentage": 0},
    });
    let more = more.as_object().cloned().unwrap();
    spec.as_object_mut().unwrap().extend(more);
    let spec: GroupSpec = serde_json::from_value(spec).unwrap();
    spec.build(&mut world).unwrap();
    world
}

fn pass(world: &mut World, seconds: i64) {
    world.advance_to(later(world.now, SignedDuration::from_secs(seconds)));
}

fn purchases(world: &World) -> Vec<Purchase> {
    let instances = world.autoscaling.groups["hosts"].instances.iter();
    let staying = instances.filter(|one| one.phase.stays());
    staying.map(|one| one.purchase).collect()
}

fn pool(zone: &str) -> Pool {
    format!("m6i.large/{zone}").parse().unwrap()
}

/// <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_InstancesDistribution.html>
#[test]
fn the_base_is_on_demand_and_of_the_rest_the_share_rounded_up() {
    use Purchase::{OnDemand, Spot};
    for (base, percentage, expected) in [
        (0, 0, [Spot; 4]),
        (0, 100, [OnDemand; 4]),
        (1, 0, [OnDemand, Spot, Spot, Spot]),
        (1, 50, [OnDemand, OnDemand, OnDemand, Spot]),
        (9, 0, [OnDemand; 4]),
    ] {
        let mix = json!({"on-demand-base": base, "on-demand-percentage": percentage});
        let world = mixed(json!({"mixed-instances": mix}));
        assert_eq!(purchases(&world), expected, "{base} and {percentage} %");
    }
}

#[test]
fn without_a_policy_every_instance_is_on_demand() {
    let world = mixed(json!({"mixed-instances": null}));
    assert_eq!(purchases(&world), [Purchase::OnDemand; 4]);
}

#[test]
fn a_policy_is_described_and_its_base_can_be_raised_alone() {
    let mut world = mixed(json!({}));
    let update = json!({
        "AutoScalingGroupName": "hosts",
        "MixedInstancesPolicy": {"InstancesDistribution": {"OnDemandBaseCapacity": "2"}},
    });
    ask(&mut world, "UpdateAutoScalingGroup", update).unwrap();
    let shown = ask(&mut world, "DescribeAutoScalingGroups", json!({})).unwrap();
    let policy = &shown["AutoScalingGroups"][0]["MixedInstancesPolicy"];
    let distribution = &policy["InstancesDistribution"];
    assert_eq!(distribution["OnDemandBaseCapacity"], "2");
    assert_eq!(distribution["OnDemandPercentageAboveBaseCapacity"], 0);
    let types = &policy["LaunchTemplate"]["Overrides"];
    assert_eq!(*types, json!([{"InstanceType": "m6i.large"}]));
    let bad = json!({
        "AutoScalingGroupName": "hosts",
        "MixedInstancesPolicy":
            {"InstancesDistribution": {"OnDemandPercentageAboveBaseCapacity": "101"}},
    });
    let refused = ask(&mut world, "UpdateAutoScalingGroup", bad).unwrap_err();
    assert_eq!(refused.code, "ValidationError");
}

#[test]
fn new_instances_go_where_there_is_capacity_and_wait_where_there_is_none() {
    let mut world = mixed(json!({"desired": 0}));
    world.ec2.dry.insert(pool("a"));
    let grow = |world: &mut World, desired: &str| {
        let input = json!({"AutoScalingGroupName": "hosts", "DesiredCapacity": desired});
        ask(world, "SetDesiredCapacity", input).unwrap();
    };
    grow(&mut world, "2");
    let zones = world.autoscaling.groups["hosts"].instances.iter();
    let zones: Vec<_> = zones.map(|one| one.zone.as_str()).collect();
    assert_eq!(zones, ["b", "b"]);
    world.ec2.dry.insert(pool("b"));
    grow(&mut world, "3");
    pass(&mut world, 150);
    assert_eq!(purchases(&world).len(), 2);
    let failed = world.happenings.iter().filter(|it| {
        matches!(&it.what, crate::journal::What::Event(event)
            if event["detail-type"] == "EC2 Instance Launch Unsuccessful")
    });
    assert_eq!(failed.count(), 3);
    world.ec2.dry.clear();
    pass(&mut world, 60);
    assert_eq!(purchases(&world).len(), 3);
}

#[test]
fn a_raised_base_helps_where_spot_has_no_capacity() {
    let mut world = mixed(json!({"desired": 0}));
    world.ec2.dry.extend([pool("a"), pool("b")]);
    let update = json!({
        "AutoScalingGroupName": "hosts",
        "DesiredCapacity": "2",
        "MixedInstancesPolicy": {"InstancesDistribution": {"OnDemandBaseCapacity": "1"}},
    });
    ask(&mut world, "UpdateAutoScalingGroup", update).unwrap();
    assert_eq!(purchases(&world), [Purchase::OnDemand]);
}

/// <https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-capacity-rebalancing.html>
#[test]
fn capacity_rebalancing_ends_an_instance_at_risk_when_its_replacement_is_in_service() {
    let mut world = mixed(json!({"capacity-rebalance": true, "max": 4}));
    let id = world.autoscaling.groups["hosts"].instances[0].id.clone();
    ec2::recommend(&mut world, std::slice::from_ref(&id));
    assert_eq!(purchases(&world).len(), 5);
    pass(&mut world, 59);
    let at_risk = |world: &World| {
        let group = &world.autoscaling.groups["hosts"];
        group.instance(&id).map(|one| one.phase.name())
    };
    assert_eq!(at_risk(&world), Some("InService"));
    pass(&mut world, 1);
    assert_eq!(at_risk(&world), Some("Terminating"));
    assert_eq!(purchases(&world).len(), 4);
    pass(&mut world, 600);
    assert_eq!(at_risk(&world), None);
    assert_eq!(purchases(&world).len(), 4);
}

#[test]
fn without_capacity_rebalancing_a_recommendation_changes_nothing() {
    let mut world = mixed(json!({}));
    let id = world.autoscaling.groups["hosts"].instances[0].id.clone();
    ec2::recommend(&mut world, &[id]);
    pass(&mut world, 600);
    assert_eq!(purchases(&world).len(), 4);
}

/// <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeAutoScalingInstances.html>
#[test]
fn instances_are_described_up_to_fifty_ids_and_unknown_ones_ignored() {
    let mut world = mixed(json!({}));
    let id = world.autoscaling.groups["hosts"].instances[1].id.clone();
    let asked = json!({"InstanceIds": [id, "i-00000000000000000"]});
    let reply = ask(&mut world, "DescribeAutoScalingInstances", asked).unwrap();
    assert_eq!(
        reply["AutoScalingInstances"],
        json!([{
            "InstanceId": id,
            "InstanceType": "m6i.large",
            "AvailabilityZone": "b",
            "LifecycleState": "InService",
            "HealthStatus": "HEALTHY",
            "ProtectedFromScaleIn": false,
            "AutoScalingGroupName": "hosts",
        }])
    );
    let ids: Vec<String> = (0..51).map(|n| n.to_string()).collect();
    let many = json!({"InstanceIds": ids});
    assert!(ask(&mut world, "DescribeAutoScalingInstances", many).is_err());
    let all = ask(&mut world, "DescribeAutoScalingInstances", json!({})).unwrap();
    assert_eq!(all["AutoScalingInstances"].as_array().unwrap().len(), 4);
}
