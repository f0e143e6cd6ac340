use jiff::SignedDuration;
use serde_json::{Value, json};

use super::*;
use crate::journal::What;
use crate::services::autoscaling::GroupSpec;
use crate::services::events::later;

/// A world with the group `hosts` of three Spot instances.
fn world(more: Value) -> World {
    let mut world = World::new("2026-11-21T20:00:00Z".parse().unwrap());
    let mut spec = json!({
        "name": "hosts", "max": 4, "desired": 3, "provider": "spot", "cluster": "prod",
        "managed-scaling": false, "managed-draining": false,
        "mixed-instances": {"on-demand-percentage": 0},
    });
    let more = more.as_object().cloned().unwrap();
    spec.as_object_mut().unwrap().extend(more);
    let spec: GroupSpec = serde_json::from_value(spec).unwrap();
    spec.build(&mut world).unwrap();
    world
}

fn first(world: &World) -> String {
    world.autoscaling.groups["hosts"].instances[0].id.clone()
}

fn usual(world: &World) -> Interruption {
    Interruption {
        instances: vec![first(world)],
        behaviour: Behaviour::Terminate,
        warning: true,
        lead: None,
        rebalance_before: None,
        back_after: None,
        fis: false,
    }
}

fn pass(world: &mut World, seconds: i64) {
    world.advance_to(later(world.now, SignedDuration::from_secs(seconds)));
}

/// What was told of the instance, with the seconds since the beginning.
fn told(world: &World, id: &str) -> Vec<(i64, String)> {
    let start = world.autoscaling.groups["hosts"].created;
    let events = world.happenings.iter().filter_map(|it| match &it.what {
        What::Event(event) if event.to_string().contains(id) => {
            Some((it.at.duration_since(start).as_secs(), short(event)))
        }
        _ => None,
    });
    events.collect()
}

fn short(event: &Value) -> String {
    let kind = event["detail-type"].as_str().unwrap();
    let detail = &event["detail"];
    let more = ["state", "status", "instance-action", "eventName"];
    let more = more.iter().find_map(|member| detail[member].as_str());
    let kind = match kind {
        "EC2 Instance State-change Notification" => "state",
        "EC2 Spot Instance Interruption Warning" => "warning",
        "EC2 Instance Rebalance Recommendation" => "rebalance",
        "AWS Service Event via CloudTrail" => "trail",
        "EC2 Instance-terminate Lifecycle Action" => "hook",
        other => other,
    };
    format!("{kind} {}", more.unwrap_or_default())
        .trim()
        .to_owned()
}

fn story(world: &World, id: &str) -> Vec<String> {
    let told = told(world, id);
    told.iter()
        .map(|(at, what)| format!("{at} {what}"))
        .collect()
}

#[test]
fn a_warned_instance_is_gone_after_two_minutes_and_cloudtrail_says_so_later() {
    let mut world = world(json!({}));
    let (id, interruption) = (first(&world), usual(&world));
    interrupt(&mut world, &interruption);
    pass(&mut world, 600);
    assert_eq!(
        story(&world, &id),
        [
            "0 warning terminate",
            "120 state shutting-down",
            "150 state terminated",
            "180 trail BidEvictedEvent",
        ]
    );
    let group = &world.autoscaling.groups["hosts"];
    assert_eq!(group.in_service(), 3);
    assert!(group.instance(&id).is_none());
}

#[test]
fn a_recommendation_may_come_before_the_warning() {
    let mut world = world(json!({}));
    let (id, mut interruption) = (first(&world), usual(&world));
    interruption.rebalance_before = Some(SignedDuration::from_mins(10));
    interrupt(&mut world, &interruption);
    pass(&mut world, 600);
    assert_eq!(story(&world, &id), ["0 rebalance", "600 warning terminate"]);
}

#[test]
fn a_stopped_instance_is_told_to_stop_and_a_hibernated_one_at_once() {
    for (behaviour, expected) in [
        (
            Behaviour::Stop,
            ["0 warning stop", "120 state stopping", "150 state stopped"],
        ),
        (
            Behaviour::Hibernate,
            [
                "0 warning hibernate",
                "0 state stopping",
                "30 state stopped",
            ],
        ),
    ] {
        let mut world = world(json!({}));
        let (id, mut interruption) = (first(&world), usual(&world));
        interruption.behaviour = behaviour;
        interrupt(&mut world, &interruption);
        pass(&mut world, 600);
        assert_eq!(story(&world, &id), expected);
    }
}

#[test]
fn an_interruption_may_come_without_a_warning_or_too_soon_after_it() {
    let mut world = world(json!({}));
    let (id, mut interruption) = (first(&world), usual(&world));
    interruption.warning = false;
    interruption.lead = Some(SignedDuration::from_secs(5));
    interrupt(&mut world, &interruption);
    pass(&mut world, 5);
    assert_eq!(story(&world, &id), ["5 state shutting-down"]);
}

#[test]
fn a_stopped_instance_may_come_back_and_its_group_has_not_missed_it() {
    let mut world = world(json!({}));
    let (id, mut interruption) = (first(&world), usual(&world));
    interruption.behaviour = Behaviour::Stop;
    interruption.back_after = Some(SignedDuration::from_mins(5));
    interrupt(&mut world, &interruption);
    pass(&mut world, 600);
    assert_eq!(
        story(&world, &id)[3..],
        ["420 state pending", "420 state running"]
    );
    assert!(world.autoscaling.groups["hosts"].instance(&id).is_some());
}

#[test]
fn ecs_is_told_of_the_warning_and_of_the_end() {
    let mut world = world(json!({"managed-draining": true}));
    let (id, interruption) = (first(&world), usual(&world));
    interrupt(&mut world, &interruption);
    pass(&mut world, 120);
    let seen = world.happenings.iter().filter(|it| it.subject == id);
    let statuses: Vec<_> = seen
        .filter_map(|it| match it.what {
            // What it was before is no matter here.
            What::ContainerInstance(status) if status != "ACTIVE" => Some(status),
            _ => None,
        })
        .collect();
    assert_eq!(statuses, ["DRAINING", "INACTIVE"]);
}

#[test]
fn an_interrupted_instance_still_waits_for_its_hook_while_it_is_replaced() {
    let mut world = world(json!({"hooks": [{"name": "drain"}]}));
    let (id, interruption) = (first(&world), usual(&world));
    interrupt(&mut world, &interruption);
    pass(&mut world, 300);
    let group = &world.autoscaling.groups["hosts"];
    let instance = group.instance(&id).unwrap();
    assert_eq!(instance.phase.name(), "Terminating:Wait");
    assert!(instance.gone);
    assert_eq!(group.in_service(), 3);
    let hooks = story(&world, &id);
    assert!(hooks.contains(&"120 hook".to_owned()), "{hooks:?}");
    assert_eq!(hooks.iter().filter(|it| it.contains("state")).count(), 2);
}

#[test]
fn an_instance_that_is_gone_already_is_not_taken_again() {
    let mut world = world(json!({}));
    let (id, interruption) = (first(&world), usual(&world));
    interrupt(&mut world, &interruption);
    world.autoscaling.groups.get_mut("hosts").unwrap().desired = 2;
    autoscaling_settles(&mut world);
    pass(&mut world, 600);
    let states = story(&world, &id);
    let states: Vec<_> = states.iter().filter(|it| it.contains("state")).collect();
    assert_eq!(states, ["0 state shutting-down", "60 state terminated"]);
}

/// Any call that leaves the size alone lets the group look after itself.
fn autoscaling_settles(world: &mut World) {
    let request = crate::Call {
        at: world.now,
        caller: "test".into(),
        service: "autoscaling",
        operation: "ResumeProcesses".into(),
        input: json!({"AutoScalingGroupName": "hosts"}),
    };
    (crate::services::autoscaling::MODULE.call)(world, &request).unwrap();
}

/// The ARNs are those of the examples in AWS's documentation.
#[test]
fn the_arn_of_a_warning_has_a_zone_and_that_of_a_state_an_account() {
    let mut world = world(json!({}));
    let (id, interruption) = (first(&world), usual(&world));
    interrupt(&mut world, &interruption);
    pass(&mut world, 120);
    let resource = |kind: &str| {
        let mut events = world.happenings.iter().filter_map(|it| match &it.what {
            What::Event(event) if event["detail-type"] == kind => Some(event),
            _ => None,
        });
        events.next().unwrap()["resources"][0].clone()
    };
    assert_eq!(
        resource("EC2 Spot Instance Interruption Warning"),
        json!(format!("arn:aws:ec2:eu-central-1a:instance/{id}"))
    );
    assert_eq!(
        resource("EC2 Instance State-change Notification"),
        json!(format!(
            "arn:aws:ec2:eu-central-1:123456789012:instance/{id}"
        ))
    );
}

#[test]
fn fis_recommends_at_once_and_says_when_its_experiment_runs() {
    let mut world = world(json!({}));
    let mut interruption = usual(&world);
    interruption.fis = true;
    interrupt(&mut world, &interruption);
    pass(&mut world, 600);
    let experiments: Vec<_> = world
        .happenings
        .iter()
        .filter_map(|it| match &it.what {
            What::Event(event) if event["source"] == "aws.fis" => {
                Some(event["detail"]["new-state"]["status"].clone())
            }
            _ => None,
        })
        .collect();
    assert_eq!(experiments, ["initiating", "running", "completed"]);
    let told = story(&world, &interruption.instances[0]);
    assert_eq!(told[..2], ["0 rebalance", "0 warning terminate"]);
}

#[test]
fn a_pool_is_a_type_in_a_zone() {
    let pool: Pool = "m6i.large/eu-central-1a".parse().unwrap();
    assert_eq!(pool.instance_type, "m6i.large");
    assert_eq!(pool.to_string(), "m6i.large/eu-central-1a");
    assert!("m6i.large".parse::<Pool>().is_err());
}
