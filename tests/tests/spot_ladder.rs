//! The last rung of a large surge: tasks that the scheduler may not stop are stopped before their
//! instances go, within the token buckets of ECS and within the time of the function.

use contracts::Fleet;
use jiff::SignedDuration;

const BEGIN: &str = "2026-11-19T12:00:00Z";

/// As many instances as there are, and not one more: what is to leave finds no other place.
const GROUPS: usize = 3;

/// A service on every group, none of whose tasks may be missing.
fn stack(instances: usize) -> String {
    let names: Vec<String> = (1..=GROUPS).map(|number| format!("shop{number}")).collect();
    let clusters = names.iter().map(|name| {
        let tasks = 2 * instances;
        format!(
            "  - {{ name: {name}, services: [{{ name: web, desired: {tasks}, launch: 'provider:{name}', minimum-healthy-percent: 100, maximum-percent: 200, exit-seconds: 5 }}] }}\n"
        )
    });
    let groups = names.iter().map(|name| {
        format!(
            "  - {{ name: {name}, cluster: {name}, provider: {name}, managed-draining: false, managed-scaling: false, max: {instances}, desired: {instances}, tasks-per-instance: 2, mixed-instances: {{ types: [m6i.large], on-demand-base: 0, on-demand-percentage: 0 }} }}\n"
        )
    });
    let (clusters, groups): (String, String) = (clusters.collect(), groups.collect());
    format!("clusters:\n{clusters}groups:\n{groups}")
}

/// All instances of all groups are taken back at once.
async fn surge(instances: usize) -> Fleet {
    let fleet = Fleet::new(BEGIN, &stack(instances));
    fleet.pass(SignedDuration::from_mins(3)).await;
    let names = (1..=GROUPS).map(|number| format!("shop{number}"));
    let all: Vec<String> = names.flat_map(|name| fleet.instances(&name)).collect();
    assert_eq!(all.len(), GROUPS * instances);
    fleet.take_back(&all);
    fleet
}

/// Everything was stopped in time, and nobody was killed.
fn all_out(fleet: &Fleet, tasks: usize) {
    let gone = fleet.interrupted();
    let late = gone.iter().filter(|one| one.emptied.is_none()).count();
    assert_eq!(late, 0, "of {} instances", gone.len());
    assert_eq!(fleet.killed(), 0);
    assert_eq!(fleet.calls("ecs:StopTask").len(), tasks, "each once");
    assert_eq!(fleet.timed_out(), 0);
    assert_eq!(fleet.given_up(), 0);
}

#[tokio::test(start_paused = true)]
async fn every_task_of_a_large_surge_is_stopped_before_its_instance_goes_and_no_round_is_ended() {
    let fleet = surge(102).await;
    fleet.pass(SignedDuration::from_secs(125)).await;
    all_out(&fleet, 612);
    // Three clusters, each listed as a whole instead of instance by instance.
    let lists = fleet.calls("ecs:ListTasks").len();
    assert!(lists < 100, "{lists} lists for 306 instances");
}

#[tokio::test(start_paused = true)]
async fn a_look_that_is_lost_is_made_good_by_the_minute_before_the_instances_go() {
    let fleet = surge(3).await;
    fleet.pass(SignedDuration::from_secs(30)).await;
    let lost = fleet.loses("Look Again");
    assert!(lost > 0, "looks were planned");
    fleet.pass(SignedDuration::from_secs(95)).await;
    all_out(&fleet, 18);
}
