//! Drains that last longer than a warning: lifecycle hooks, and recommendations.

use contracts::Fleet;
use jiff::SignedDuration;
use rehearsal::services::ec2::recommend;
use serde_json::json;

const BEGIN: &str = "2026-11-19T12:00:00Z";
const DAY: &str = "2026-11-19";

/// Ten Spot instances, whose tasks take so many seconds to end, and a hook of this name.
fn stack(exit: u32, hook: &str) -> String {
    let timeout = exit + 10;
    format!(
        "
clusters:
  - name: shop
    services:
      - {{ name: web, desired: 20, launch: 'provider:hosts', minimum-healthy-percent: 50, maximum-percent: 200, exit-seconds: {exit}, stop-timeout: {timeout} }}
groups:
  - name: hosts
    cluster: shop
    provider: hosts
    managed-draining: false
    managed-scaling: false
    max: 20
    desired: 10
    tasks-per-instance: 4
    mixed-instances: {{ types: [m6i.large], on-demand-base: 0, on-demand-percentage: 0 }}
    hooks: [{{ name: {hook}, heartbeat-timeout: 300 }}]
"
    )
}

fn seconds(seconds: i64) -> SignedDuration {
    SignedDuration::from_secs(seconds)
}

fn minutes(minutes: i64) -> SignedDuration {
    SignedDuration::from_mins(minutes)
}

async fn steady(stack: &str) -> Fleet {
    let fleet = Fleet::new(BEGIN, stack);
    fleet.pass(minutes(5)).await;
    fleet
}

/// Somebody ends an instance.
fn end(fleet: &Fleet, instance: &str) {
    let input = json!({ "InstanceId": instance, "ShouldDecrementDesiredCapacity": "false" });
    fleet.by_hand("autoscaling", "TerminateInstanceInAutoScalingGroup", input);
}

/// The tasks on an instance.
fn tasks_on(fleet: &Fleet, instance: &str) -> Vec<String> {
    fleet.world(|world| {
        let hosts = world.ecs.container_instances.values();
        let mut hosts = hosts.filter(|host| host.ec2_instance == instance);
        let tasks = hosts.next().map(|host| host.tasks.keys().cloned());
        tasks.into_iter().flatten().collect()
    })
}

fn recommends(fleet: &Fleet, instances: &[String]) {
    recommend(&mut fleet.account.state().world, instances);
}

#[tokio::test(start_paused = true)]
async fn a_hook_of_ours_waits_for_a_long_task_and_then_lets_go() {
    let fleet = steady(&stack(1200, "caretaker-drain")).await;
    let instance = fleet.instances("hosts")[0].clone();
    let began = fleet.now();
    end(&fleet, &instance);
    fleet.settle().await;
    let let_go = fleet.let_go();
    assert_eq!(let_go.len(), 1, "{let_go:?}");
    assert_eq!((let_go[0].result, let_go[0].timed_out), ("CONTINUE", false));
    let waited = let_go[0].at.duration_since(began);
    assert!(waited >= minutes(20) && waited <= minutes(23), "{waited:?}");
    let beats = fleet.calls("autoscaling:RecordLifecycleActionHeartbeat");
    assert!(beats.len() >= 4, "{} heartbeats", beats.len());
    assert_eq!(fleet.calls("autoscaling:CompleteLifecycleAction").len(), 1);
    assert_eq!(fleet.killed(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_protected_task_is_left_and_waited_for_and_the_page_says_that_it_is_the_reason() {
    let fleet = steady(&stack(5, "caretaker-drain")).await;
    let instance = fleet.instances("hosts")[0].clone();
    let on = tasks_on(&fleet, &instance);
    let input = json!({
        "cluster": "shop",
        "tasks": on,
        "protectionEnabled": true,
        "expiresInMinutes": 25,
    });
    fleet.by_hand("ecs", "UpdateTaskProtection", input);
    let began = fleet.now();
    end(&fleet, &instance);
    fleet.pass(minutes(14)).await;
    assert_eq!(fleet.calls("ecs:GetTaskProtection").len(), 0);
    fleet.pass(minutes(4)).await;
    let pages = fleet.notices();
    assert_eq!(pages.len(), 1, "{pages:?}");
    assert!(fleet.calls("ecs:GetTaskProtection").len() >= 2);
    fleet.settle().await;
    assert!(fleet.calls("ecs:StopTask").is_empty(), "it was waited for");
    let let_go = fleet.let_go();
    let waited = let_go[0].at.duration_since(began);
    assert!(waited >= minutes(25) && waited <= minutes(27), "{waited:?}");
    assert_eq!(fleet.killed(), 0);
}

#[tokio::test(start_paused = true)]
async fn somebody_elses_hook_is_left_alone() {
    let fleet = steady(&stack(5, "theirs")).await;
    let instance = fleet.instances("hosts")[0].clone();
    end(&fleet, &instance);
    fleet.pass(minutes(30)).await;
    let let_go = fleet.let_go();
    assert_eq!(let_go.len(), 1, "{let_go:?}");
    assert!(let_go[0].timed_out, "nobody completed it");
    assert!(
        fleet
            .calls("autoscaling:RecordLifecycleActionHeartbeat")
            .is_empty()
    );
    assert!(
        fleet
            .calls("autoscaling:CompleteLifecycleAction")
            .is_empty()
    );
    assert!(fleet.calls("ecs:UpdateContainerInstancesState").is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_hook_on_an_instance_that_spot_takes_ends_when_spot_takes_it() {
    let fleet = steady(&stack(7000, "caretaker-drain")).await;
    let instance = fleet.instances("hosts")[0].clone();
    end(&fleet, &instance);
    fleet.pass(minutes(5)).await;
    assert_eq!(fleet.let_go(), [], "its tasks still run");
    let warned = fleet.now();
    fleet.take_back(std::slice::from_ref(&instance));
    fleet.pass(minutes(4)).await;
    let let_go = fleet.let_go();
    let ours: Vec<_> = let_go.iter().filter(|it| it.instance == instance).collect();
    assert_eq!(ours.len(), 1, "{let_go:?}");
    assert_eq!((ours[0].result, ours[0].timed_out), ("CONTINUE", false));
    let waited = ours[0].at.duration_since(warned);
    assert!(
        waited >= seconds(120) && waited <= seconds(135),
        "{waited:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn recommendations_are_followed_within_the_breaker_and_undone_but_for_what_a_person_did() {
    let fleet = steady(&stack(5, "caretaker-drain")).await;
    let instances = fleet.instances("hosts");
    let theirs = &instances[3];
    fleet.set("shop", theirs, "DRAINING");
    fleet.pass(seconds(30)).await;
    recommends(&fleet, &instances[..5]);
    for _ in 0..29 {
        fleet.pass(minutes(1)).await;
        let draining = fleet.count("shop", "DRAINING");
        assert!(draining <= 2, "{draining} of 10 at once");
    }
    let ours = fleet.calls("ecs:UpdateContainerInstancesState");
    assert_eq!(ours.len(), 1, "a person's drain takes a place: {ours:#?}");
    fleet.settle().await;
    assert_eq!(fleet.count("shop", "DRAINING"), 1);
    assert_eq!(fleet.status("shop", theirs).as_deref(), Some("DRAINING"));
    assert_eq!(fleet.notices(), Vec::<String>::new());
    let given_back = fleet.outcomes(DAY);
    assert_eq!(given_back.len(), 1, "{given_back:?}");
}

#[tokio::test(start_paused = true)]
async fn a_recommendation_that_a_warning_follows_is_not_undone() {
    let fleet = steady(&stack(5, "caretaker-drain")).await;
    let instance = fleet.instances("hosts")[0].clone();
    recommends(&fleet, std::slice::from_ref(&instance));
    fleet.pass(minutes(3)).await;
    assert_eq!(fleet.status("shop", &instance).as_deref(), Some("DRAINING"));
    fleet.pass(minutes(20)).await;
    fleet.take_back(std::slice::from_ref(&instance));
    fleet.settle().await;
    let states = fleet.calls("ecs:UpdateContainerInstancesState");
    assert!(
        states.iter().all(|call| call.input["status"] == "DRAINING"),
        "{states:#?}"
    );
    assert_eq!(fleet.outcomes(DAY), [(instance, "interrupted".to_owned())]);
    assert_eq!(fleet.killed(), 0);
}
