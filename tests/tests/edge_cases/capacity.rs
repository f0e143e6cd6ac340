//! Instances under the tasks: they go when the tasks are gone and come when tasks wait.

use contracts::House;
use rehearsal::journal::What;
use serde_json::{Value, json};

use super::{DAY, EVENING, MORNING, notices, prod, to_day, to_night};

const HOURS: &str = r#"tags: {"caretaker:hours": "Mon-Fri 08:00-20:00 Europe/Berlin"}"#;

/// `prod` with these services, and these groups, one to a line.
fn stack(services: &str, groups: &str) -> String {
    let groups = groups
        .trim()
        .lines()
        .map(|line| format!("  - {{{}}}\n", line.trim()));
    format!("{}groups:\n{}", prod(services), groups.collect::<String>())
}

fn instances(house: &House, group: &str) -> u32 {
    let state = house.account.state();
    let happenings = state.world.happenings.iter().rev();
    let mut counts = happenings
        .filter(|happening| happening.subject == group)
        .filter_map(|happening| match happening.what {
            What::Instances(count) => Some(count),
            _ => None,
        });
    counts.next().unwrap()
}

fn running(house: &House, service: &str) -> u64 {
    house.service(service)["runningCount"].as_u64().unwrap()
}

/// Suspends or resumes the launching of instances, as if there were none to be had.
fn launching(house: &House, operation: &str) {
    let input = json!({ "AutoScalingGroupName": "hosts", "ScalingProcesses": ["Launch"] });
    house.by_hand("autoscaling", operation, input);
}

#[tokio::test(start_paused = true)]
async fn a_night_empties_what_managed_scaling_manages_and_the_morning_fills_it_again() {
    let services = r#"
        name: api, desired: 4, launch: "provider:hosts"
        name: shared, desired: 6, strategy: [{provider: hosts, base: 2, weight: 1}, {provider: spot, weight: 3}]
        name: plain, desired: 2, launch: ec2
        name: fixed, desired: 2, launch: "provider:fixed"
    "#;
    let groups = format!(
        "name: hosts, min: 2, max: 6, desired: 4, provider: hosts, cluster: prod, tasks-per-instance: 2, {HOURS}
         name: spot, min: 0, max: 6, desired: 2, provider: spot, cluster: prod, tasks-per-instance: 2
         name: fixed, min: 1, max: 1, provider: fixed, cluster: prod, tasks-per-instance: 2, managed-scaling: false"
    );
    let house = House::new(EVENING, &stack(services, &groups));
    let names = ["prod/api", "prod/shared", "prod/plain", "prod/fixed"];
    let wanted = names.map(|name| house.desired(name));
    assert_eq!(names.map(|name| running(&house, name)), wanted);
    let strategies = || names.map(|name| house.service(name)["capacityProviderStrategy"].clone());
    let asked: [Value; 4] = strategies();
    to_night(&house).await;
    assert_eq!(names.map(|name| running(&house, name)), [0; 4]);
    let left = ["hosts", "spot", "fixed"].map(|group| instances(&house, group));
    assert_eq!(
        left,
        [0, 0, 1],
        "without managed scaling nobody takes them away"
    );
    to_day(&house).await;
    assert_eq!(names.map(|name| running(&house, name)), wanted);
    assert_eq!(strategies(), asked);
    assert_eq!(house.group_minimum("hosts"), 2);
    let ours = house.writes();
    let updates = ours.iter().filter(|call| call.starts_with("autoscaling:"));
    assert_eq!(updates.count(), 2, "one group is tagged: down and up");
    assert_eq!(notices(&house), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_daemon_on_the_hosts_keeps_no_instance_up_at_night_and_is_not_touched() {
    let services = r#"
        name: api, desired: 4, launch: "provider:hosts"
        name: agent, scheduling: DAEMON, launch: ec2
    "#;
    let groups = format!(
        "name: hosts, min: 2, max: 6, desired: 2, provider: hosts, cluster: prod, tasks-per-instance: 4, {HOURS}"
    );
    let house = House::new(EVENING, &stack(services, &groups));
    to_night(&house).await;
    assert_eq!(instances(&house, "hosts"), 0);
    to_day(&house).await;
    assert_eq!(running(&house, "prod/api"), 4);
    let updates = house.calls("ecs:UpdateService");
    assert_eq!(updates, 2, "api alone, down and up");
    assert_eq!(notices(&house), Vec::<String>::new());
}

const WAITING: &str = r#"
    name: api, desired: 2, launch: "provider:hosts", tags: {"caretaker:wave": "1"}
    name: web, desired: 2, tags: {"caretaker:wave": "2"}
"#;
const FROM_ZERO: &str = "name: hosts, min: 0, max: 4, desired: 1, provider: hosts, cluster: prod, tasks-per-instance: 2";

#[tokio::test(start_paused = true)]
async fn tasks_that_wait_for_the_first_instance_in_the_morning_are_nobodys_concern() {
    let house = House::new(EVENING, &stack(WAITING, FROM_ZERO));
    to_night(&house).await;
    house.until("2026-11-20T06:50:00Z").await;
    house.tick_until(MORNING).await;
    assert_eq!(
        (house.desired("prod/api"), running(&house, "prod/api")),
        (2, 0)
    );
    assert_eq!(instances(&house, "hosts"), 0);
    house.tick_until(DAY).await;
    assert_eq!(
        (running(&house, "prod/api"), running(&house, "prod/web")),
        (2, 2)
    );
    assert_eq!(notices(&house), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn when_no_instance_comes_it_is_told_after_the_wave_s_timeout_and_the_next_wave_goes_on() {
    let house = House::new(EVENING, &stack(WAITING, FROM_ZERO));
    to_night(&house).await;
    launching(&house, "SuspendProcesses");
    house.until("2026-11-20T06:50:00Z").await;
    house.tick_until("2026-11-20T07:10:00Z").await;
    assert_eq!((house.desired("prod/web"), notices(&house).len()), (0, 0));
    house.tick_until("2026-11-20T07:15:00Z").await;
    assert_eq!((house.desired("prod/web"), notices(&house).len()), (2, 1));
    assert!(
        notices(&house)[0].starts_with("prod/api"),
        "{:?}",
        notices(&house)
    );
    house.tick_until("2026-11-20T08:00:00Z").await;
    assert_eq!(notices(&house).len(), 1, "told once");
    launching(&house, "ResumeProcesses");
    house.tick_until("2026-11-20T08:40:00Z").await;
    assert_eq!((running(&house, "prod/api"), notices(&house).len()), (2, 2));
}
