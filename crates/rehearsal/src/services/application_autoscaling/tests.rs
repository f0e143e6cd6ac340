//! What Application Auto Scaling does, seen over the wire.

use serde_json::{Value, json};

use crate::services::ecs::begin_deployment;
use crate::testbed::Testbed;

fn bed(desired: u32, scaling: Value) -> Testbed {
    Testbed::prod(json!([{"name": "api", "desired": desired, "scaling": scaling}]))
}

fn register(bed: &Testbed, more: Value) -> Result<Value, String> {
    bed.scaling("RegisterScalableTarget", "api", more)
}

fn target(bed: &Testbed) -> Value {
    let described = bed.scaling(
        "DescribeScalableTargets",
        "api",
        json!({"ResourceIds": ["service/prod/api"]}),
    );
    described.unwrap()["ScalableTargets"][0].clone()
}

fn flags(bed: &Testbed) -> [bool; 3] {
    let names = ["DynamicScalingIn", "DynamicScalingOut", "ScheduledScaling"];
    let suspended = target(bed)["SuspendedState"].clone();
    names.map(|name| suspended[format!("{name}Suspended")].as_bool().unwrap())
}

#[test]
fn bounds_move_the_count_at_once_in_both_directions() {
    let bed = bed(4, json!({"min": 1, "max": 10}));
    register(&bed, json!({"MinCapacity": 6})).unwrap();
    assert_eq!(bed.counts("api")[0], 6);
    register(&bed, json!({"MinCapacity": 0, "MaxCapacity": 2})).unwrap();
    assert_eq!(bed.counts("api")[0], 2);
}

#[test]
fn sending_only_flags_moves_a_count_that_is_below_the_minimum() {
    let bed = bed(3, json!({"min": 2, "max": 10}));
    bed.scale("api", 0);
    let suspend = json!({"SuspendedState": {"DynamicScalingInSuspended": true,
        "DynamicScalingOutSuspended": true, "ScheduledScalingSuspended": true}});
    register(&bed, suspend).unwrap();
    assert_eq!(bed.counts("api")[0], 2);
}

#[test]
fn a_count_set_outside_the_bounds_stays_until_somebody_touches_the_target() {
    let bed = bed(3, json!({"min": 2, "max": 10}));
    bed.scale("api", 0);
    bed.wait(3600);
    assert_eq!(bed.counts("api"), [0, 0, 0]);
}

#[test]
fn what_is_not_sent_stays_as_it_is() {
    let bed = bed(
        3,
        json!({"min": 2, "max": 10, "suspended": {"scheduled": true}}),
    );
    register(
        &bed,
        json!({"SuspendedState": {"DynamicScalingInSuspended": true}}),
    )
    .unwrap();
    assert_eq!(flags(&bed), [true, false, true]);
    let target = target(&bed);
    assert_eq!(
        (&target["MinCapacity"], &target["MaxCapacity"]),
        (&json!(2), &json!(10))
    );
}

#[test]
fn the_flags_are_always_three_booleans() {
    let bed = bed(3, json!({"min": 2, "max": 10}));
    assert_eq!(flags(&bed), [false, false, false]);
}

#[test]
fn a_new_target_needs_both_bounds_and_a_service() {
    let bed = Testbed::prod(json!([{"name": "api"}]));
    let refusal = register(&bed, json!({"MinCapacity": 1})).unwrap_err();
    assert!(refusal.starts_with("ValidationException"), "{refusal}");
    register(&bed, json!({"MinCapacity": 1, "MaxCapacity": 2})).unwrap();
    let bounds = json!({"MinCapacity": 1, "MaxCapacity": 2});
    let refusal = bed
        .scaling("RegisterScalableTarget", "nobody", bounds)
        .unwrap_err();
    assert!(refusal.starts_with("ValidationException"), "{refusal}");
}

#[test]
fn the_minimum_cannot_be_above_the_maximum() {
    let bed = bed(3, json!({"min": 2, "max": 10}));
    let refusal = register(&bed, json!({"MaxCapacity": 1})).unwrap_err();
    assert!(refusal.starts_with("ValidationException"), "{refusal}");
    assert_eq!(target(&bed)["MaxCapacity"], 10);
}

#[test]
fn somebody_elses_update_gets_in_the_way_as_often_as_scripted() {
    let bed = bed(3, json!({"min": 2, "max": 10}));
    bed.world(|world| world.application_autoscaling.contend("service/prod/api", 2));
    for _ in 0..2 {
        let refusal = register(&bed, json!({"MinCapacity": 0})).unwrap_err();
        assert!(
            refusal.starts_with("ConcurrentUpdateException"),
            "{refusal}"
        );
    }
    register(&bed, json!({"MinCapacity": 0})).unwrap();
}

#[test]
fn targets_come_in_pages_of_fifty() {
    let services: Vec<_> = (0..120)
        .map(|n| json!({"name": format!("s{n:03}"), "scaling": {"min": 1, "max": 2}}))
        .collect();
    let bed = Testbed::prod(json!(services));
    let (mut sizes, mut token) = (Vec::new(), Value::Null);
    loop {
        let input = json!({"ServiceNamespace": "ecs", "NextToken": token});
        let page = bed
            .call("AnyScaleFrontendService", "DescribeScalableTargets", input)
            .unwrap();
        sizes.push(page["ScalableTargets"].as_array().unwrap().len());
        token = page["NextToken"].clone();
        if token.is_null() {
            break;
        }
    }
    assert_eq!(sizes, [50, 50, 20]);
}

#[test]
fn fifty_resource_ids_can_be_asked_for_and_fifty_one_cannot() {
    let bed = bed(3, json!({"min": 2, "max": 10}));
    let ids = |count: usize| -> Vec<String> {
        (0..count).map(|n| format!("service/prod/s{n}")).collect()
    };
    let ask = |count| {
        bed.scaling(
            "DescribeScalableTargets",
            "api",
            json!({"ResourceIds": ids(count)}),
        )
    };
    assert_eq!(ask(50).unwrap()["ScalableTargets"], json!([]));
    assert!(ask(51).unwrap_err().starts_with("ValidationException"));
}

#[test]
fn a_target_can_be_deregistered_once() {
    let bed = bed(3, json!({"min": 2, "max": 10}));
    let deregister = || bed.scaling("DeregisterScalableTarget", "api", json!({}));
    deregister().unwrap();
    assert_eq!(target(&bed), Value::Null);
    let refusal = deregister().unwrap_err();
    assert!(refusal.starts_with("ObjectNotFoundException"), "{refusal}");
}

fn schedule(bed: &Testbed, at: &str, zone: &str, bounds: Value) -> Result<Value, String> {
    let more = json!({"ScheduledActionName": at, "Schedule": format!("at({at})"),
        "Timezone": zone, "ScalableTargetAction": bounds});
    bed.scaling("PutScheduledAction", "api", more)
}

#[test]
fn a_scheduled_action_sets_bounds_at_its_local_time() {
    let bed = bed(3, json!({"min": 2, "max": 10}));
    schedule(
        &bed,
        "2026-11-20T20:00:00",
        "Europe/Berlin",
        json!({"MinCapacity": 5}),
    )
    .unwrap();
    bed.wait(3599);
    assert_eq!(bed.counts("api")[0], 3);
    bed.wait(1);
    assert_eq!(bed.counts("api")[0], 5);
    assert_eq!(target(&bed)["MinCapacity"], 5);
}

#[test]
fn a_suspended_scheduled_action_is_not_made_up_for() {
    let bed = bed(
        3,
        json!({"min": 2, "max": 10, "suspended": {"scheduled": true}}),
    );
    schedule(
        &bed,
        "2026-11-20T18:10:00",
        "UTC",
        json!({"MinCapacity": 5}),
    )
    .unwrap();
    bed.wait(1200);
    register(
        &bed,
        json!({"SuspendedState": {"ScheduledScalingSuspended": false}}),
    )
    .unwrap();
    bed.wait(1200);
    assert_eq!(bed.counts("api")[0], 3);
}

#[test]
fn a_scheduled_action_needs_a_target() {
    let bed = Testbed::prod(json!([{"name": "api"}]));
    let refusal = schedule(
        &bed,
        "2026-11-20T18:10:00",
        "UTC",
        json!({"MinCapacity": 5}),
    );
    assert!(refusal.unwrap_err().starts_with("ObjectNotFoundException"));
}

#[test]
fn the_autoscaler_follows_the_wish_within_the_bounds() {
    let bed = bed(3, json!({"min": 2, "max": 6}));
    let wish = |desired| {
        bed.world(|world| {
            world
                .application_autoscaling
                .wish("service/prod/api", desired)
        })
    };
    for (wished, desired) in [(5, 5), (9, 6), (0, 2)] {
        wish(wished);
        bed.wait(60);
        assert_eq!(bed.counts("api")[0], desired);
    }
}

#[test]
fn a_suspended_direction_is_not_taken_until_it_is_resumed() {
    let bed = bed(3, json!({"min": 0, "max": 6, "suspended": {"out": true}}));
    bed.world(|world| world.application_autoscaling.wish("service/prod/api", 5));
    bed.wait(600);
    assert_eq!(bed.counts("api")[0], 3);
    register(
        &bed,
        json!({"SuspendedState": {"DynamicScalingOutSuspended": false}}),
    )
    .unwrap();
    bed.wait(60);
    assert_eq!(bed.counts("api")[0], 5);
}

#[test]
fn a_service_zeroed_under_a_live_target_comes_back_with_the_next_scale_out() {
    let bed = bed(3, json!({"min": 2, "max": 6}));
    bed.scale("api", 0);
    bed.world(|world| world.application_autoscaling.wish("service/prod/api", 1));
    bed.wait(60);
    assert_eq!(bed.counts("api")[0], 2);
}

#[test]
fn there_is_no_scale_in_while_a_deployment_is_in_progress() {
    let bed = bed(4, json!({"min": 1, "max": 6}));
    bed.world(|world| {
        begin_deployment(world, "prod", "api", "prod-api:1", None).unwrap();
        world.application_autoscaling.wish("service/prod/api", 2);
    });
    bed.wait(600);
    assert_eq!(bed.counts("api")[0], 4);
}

#[test]
fn cloudtrail_sees_the_autoscaler_and_not_the_caller_of_register() {
    let bed = bed(3, json!({"min": 2, "max": 10}));
    register(&bed, json!({"MinCapacity": 4})).unwrap();
    let events = bed.events();
    let seen = events
        .iter()
        .find(|it| it["detail"]["eventName"] == "UpdateService");
    let session = seen.unwrap()["detail"]["userIdentity"]["arn"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(
        session.ends_with("/AutoScaling-UpdateDesiredCapacity"),
        "{session}"
    );
}
