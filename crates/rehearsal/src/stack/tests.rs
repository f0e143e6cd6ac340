use serde_json::{Value, json};

use super::{NotBuilt, Stack};
use crate::World;
use crate::testbed::{START, Testbed};

fn build(stack: Value) -> Result<World, NotBuilt> {
    let stack: Stack = serde_json::from_value(stack).unwrap();
    let mut world = World::new(START.parse().unwrap());
    stack.build(&mut world).map(|()| world)
}

#[test]
fn a_service_needs_no_more_than_a_name() {
    let bed = Testbed::prod(json!([{"name": "api"}]));
    let service = bed.service("api");
    assert_eq!(service["launchType"], "FARGATE");
    assert_eq!(service["schedulingStrategy"], "REPLICA");
    assert_eq!(service["deploymentController"]["type"], "ECS");
    assert_eq!(bed.counts("api"), [1, 1, 0]);
    let input = json!({"taskDefinition": service["taskDefinition"]});
    let described = bed.ecs("DescribeTaskDefinition", input).unwrap();
    assert_eq!(described["taskDefinition"]["cpu"], "256");
    assert_eq!(described["taskDefinition"]["memory"], "512");
}

#[test]
fn everything_that_is_said_is_so() {
    let bed = Testbed::prod(json!([{
        "name": "api", "desired": 3, "tags": {"caretaker:wave": "1"}, "launch": "fargate-spot",
        "cpu": 1024, "memory": 2048, "controller": "CODE_DEPLOY", "created": "2026-01-01T00:00:00Z",
        "scaling": {"min": 2, "max": 10, "suspended": {"in": true}},
    }]));
    let service = bed.service("api");
    assert_eq!(service["createdAt"], 1_767_225_600.0);
    assert_eq!(
        service["capacityProviderStrategy"][0]["capacityProvider"],
        "FARGATE_SPOT"
    );
    assert_eq!(service["deploymentController"]["type"], "CODE_DEPLOY");
    let targets = bed
        .scaling("DescribeScalableTargets", "api", json!({}))
        .unwrap();
    let target = &targets["ScalableTargets"][0];
    assert_eq!(target["MaxCapacity"], 10);
    assert_eq!(target["SuspendedState"]["DynamicScalingInSuspended"], true);
    assert_eq!(
        target["SuspendedState"]["DynamicScalingOutSuspended"],
        false
    );
}

#[test]
fn the_tagging_index_knows_a_stack_from_the_first_moment() {
    let service = json!({"name": "api", "tags": {"a": "b"}});
    let world = build(json!({"clusters": [{"name": "prod", "services": [service]}]})).unwrap();
    assert_eq!(world.ecs.tagged_resources(world.now).len(), 1);
}

#[test]
fn a_misspelt_field_is_an_error() {
    for stack in [
        json!({"cluster": []}),
        json!({"clusters": [{"name": "a", "service": []}]}),
        json!({"clusters": [{"name": "a", "services": [{"name": "b", "wanted": 2}]}]}),
        json!({"clusters": [{"name": "a", "services": [{"name": "b", "launch": "lambda"}]}]}),
        json!({"clusters": [{"name": "a", "services": [
            {"name": "b", "scaling": {"min": 1, "max": 2, "suspend": {}}},
        ]}]}),
    ] {
        assert!(
            serde_json::from_value::<Stack>(stack.clone()).is_err(),
            "{stack}"
        );
    }
}

#[test]
fn what_the_account_refuses_names_the_service() {
    let prod = |services: Value| json!({"clusters": [{"name": "prod", "services": services}]});
    for (services, reason) in [
        (json!([{"name": "a"}, {"name": "a"}]), "not idempotent"),
        (
            json!([{"name": "a", "launch": "provider:nobody"}]),
            "was not found",
        ),
        (
            json!([{"name": "a", "launch": "ec2", "strategy": [{"provider": "FARGATE"}]}]),
            "not supported",
        ),
    ] {
        let refusal = build(prod(services)).unwrap_err().to_string();
        assert!(refusal.starts_with("service prod/a"), "{refusal}");
        assert!(refusal.contains(reason), "{refusal}");
    }
}

#[test]
fn a_count_outside_its_bounds_is_moved_inside() {
    let bed =
        Testbed::prod(json!([{"name": "api", "desired": 1, "scaling": {"min": 2, "max": 4}}]));
    assert_eq!(bed.counts("api"), [2, 2, 0]);
}

#[test]
fn a_cluster_has_the_capacity_providers_that_name_it_used_or_not() {
    let group = json!({"name": "spare", "cluster": "prod", "provider": "spare", "max": 2});
    let world = build(json!({"clusters": [{"name": "prod"}], "groups": [group]})).unwrap();
    assert_eq!(
        world.ecs.clusters["prod"].capacity_providers,
        ["FARGATE", "FARGATE_SPOT", "spare"]
    );
}

#[test]
fn the_default_stack_can_be_built() {
    let stack = Stack::read(include_str!("../../stacks/default.yaml")).unwrap();
    let mut world = World::new(START.parse().unwrap());
    stack.build(&mut world).unwrap();
    assert_eq!(world.ecs.clusters["shop"].services.len(), 4);
}

#[test]
fn a_mistyped_field_is_named_with_its_line() {
    let yaml = "clusters:\n  - name: shop\n    services:\n      - {name: web, desird: 2}\n";
    let mistake = Stack::read(yaml).unwrap_err().to_string();
    assert!(mistake.contains("line 4 column 21"), "{mistake}");
    assert!(mistake.contains("unknown field `desird`"), "{mistake}");
}
