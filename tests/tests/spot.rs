//! `spot-drain` from end to end: events on the bus, the queue, the function, and ECS that drains.

use contracts::Fleet;
use contracts::house::Ended;
use jiff::SignedDuration;
use rehearsal::fault::{Fault, Rule};
use rehearsal::services::ec2::{Behaviour, Interruption};
use serde_json::json;

const BEGIN: &str = "2026-11-19T12:00:00Z";
const DAY: &str = "2026-11-19";

const STACK: &str = "
clusters:
  - name: shop
    services:
      - { name: web, desired: 12, launch: 'provider:hosts', minimum-healthy-percent: 50, maximum-percent: 200, exit-seconds: 5 }
groups:
  - name: hosts
    cluster: shop
    provider: hosts
    managed-draining: false
    managed-scaling: false
    max: 12
    desired: 6
    tasks-per-instance: 4
    mixed-instances: { types: [m6i.large], on-demand-base: 0, on-demand-percentage: 0 }
";

/// The same with ECS that drains by itself.
fn managed() -> String {
    STACK.replace("managed-draining: false", "managed-draining: true")
}

fn seconds(seconds: i64) -> SignedDuration {
    SignedDuration::from_secs(seconds)
}

fn minutes(minutes: i64) -> SignedDuration {
    SignedDuration::from_mins(minutes)
}

/// A fleet in which nothing happens any more that the stack began.
async fn steady(stack: &str, parameters: &[(&str, &str)]) -> Fleet {
    let fleet = Fleet::with(BEGIN, stack, parameters);
    fleet.pass(minutes(5)).await;
    fleet
}

/// A fleet whose six instances have launched and registered since the suite was deployed, so that the
/// index knows them from their events.
async fn indexed(stack: &str) -> Fleet {
    let fleet = steady(&stack.replace("desired: 6", "desired: 0"), &[]).await;
    let input = json!({ "AutoScalingGroupName": "hosts", "DesiredCapacity": "6" });
    fleet.by_hand("autoscaling", "SetDesiredCapacity", input);
    fleet.pass(minutes(10)).await;
    fleet
}

/// The actions of the function's calls from this one on.
fn actions(fleet: &Fleet, first: usize) -> Vec<String> {
    let state = fleet.account.state();
    let ours = state.calls.iter().skip(first);
    let ours = ours.filter(|call| call.caller == "spot-drain");
    ours.map(|call| call.action.clone()).collect()
}

#[tokio::test(start_paused = true)]
async fn in_which_provider_an_instance_is_is_asked_when_it_registers_and_not_when_it_goes() {
    let fleet = indexed(STACK).await;
    assert!(!fleet.calls("ecs:DescribeContainerInstances").is_empty());
    let first = fleet.call_count();
    fleet.take_back(&fleet.instances("hosts")[..2]);
    fleet.pass(seconds(5)).await;
    let made = actions(&fleet, first);
    let drains = "ecs:UpdateContainerInstancesState";
    let drains = made.iter().position(|action| action == drains).unwrap();
    for action in &made[..drains] {
        assert!(!action.contains("ContainerInstances"), "{made:?}");
    }
    assert!(fleet.notices().is_empty(), "two of six are no surge");
}

#[tokio::test(start_paused = true)]
async fn a_group_s_tag_and_managed_draining_count_for_instances_that_events_made_known() {
    let tagged = STACK.replace(
        "- name: hosts\n",
        "- name: hosts\n    tags: { 'caretaker:drain': 'off' }\n",
    );
    for stack in [tagged, managed()] {
        let fleet = indexed(&stack).await;
        fleet.take_back(&fleet.instances("hosts")[..2]);
        fleet.settle().await;
        assert!(fleet.calls("ecs:UpdateContainerInstancesState").is_empty());
        assert!(fleet.calls("ecs:StopTask").is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn every_instance_that_goes_is_draining_within_seconds_and_empty_before_it_is_gone() {
    let fleet = steady(STACK, &[]).await;
    let doomed = fleet.instances("hosts")[..2].to_vec();
    fleet.take_back(&doomed);
    fleet.pass(seconds(5)).await;
    for instance in &doomed {
        assert_eq!(fleet.status("shop", instance).as_deref(), Some("DRAINING"));
    }
    assert!(fleet.ticks(), "somebody looks every minute");
    fleet.settle().await;
    let drains = fleet.calls("ecs:UpdateContainerInstancesState");
    assert_eq!(drains.len(), 1, "{drains:#?}");
    let members = &drains[0].input["containerInstances"];
    assert_eq!(members.as_array().unwrap().len(), 2);
    assert!(
        fleet
            .interrupted()
            .iter()
            .all(|one| one.drained_within(seconds(5)))
    );
    assert_eq!(fleet.killed(), 0, "everybody got out");
    let expected = doomed
        .iter()
        .map(|id| (id.clone(), "interrupted".to_owned()));
    let mut expected: Vec<_> = expected.collect();
    expected.sort();
    assert_eq!(fleet.outcomes(DAY), expected);
    assert_eq!(fleet.given_up(), 0);
    assert_eq!(fleet.notices(), Vec::<String>::new());
    // A round is in the journal once, whatever it was called for, and each instance that went.
    assert_eq!(fleet.journal(DAY).len(), fleet.rounds() + 2);
}

#[tokio::test(start_paused = true)]
async fn a_dry_run_decides_and_writes_nothing() {
    let fleet = steady(STACK, &[("DryRun", "true")]).await;
    let doomed = fleet.instances("hosts")[..4].to_vec();
    fleet.take_back(&doomed);
    fleet.pass(minutes(30)).await;
    assert!(fleet.rounds() > 3);
    assert_eq!(fleet.writes(), Vec::<String>::new());
    assert_eq!(fleet.given_up(), 0);
}

#[tokio::test(start_paused = true)]
async fn where_ecs_drains_by_itself_nothing_is_written_to_it() {
    let fleet = steady(&managed(), &[]).await;
    let doomed = fleet.instances("hosts")[..2].to_vec();
    fleet.take_back(&doomed);
    fleet.settle().await;
    assert!(fleet.calls("ecs:UpdateContainerInstancesState").is_empty());
    assert!(
        fleet
            .interrupted()
            .iter()
            .all(|one| one.drained_within(seconds(10)))
    );
    assert_eq!(fleet.outcomes(DAY).len(), 2);
}

#[tokio::test(start_paused = true)]
async fn where_ecs_says_that_it_drains_and_does_not_it_is_done_for_it_after_ten_seconds() {
    let fleet = steady(STACK, &[]).await;
    let doomed = fleet.instances("hosts")[..2].to_vec();
    fleet.take_back(&doomed);
    {
        let providers = &mut fleet.account.state().world.ecs.providers;
        providers.get_mut("hosts").unwrap().managed_draining = true;
    }
    fleet.pass(seconds(9)).await;
    assert!(fleet.calls("ecs:UpdateContainerInstancesState").is_empty());
    fleet.pass(seconds(11)).await;
    assert!(
        fleet
            .interrupted()
            .iter()
            .all(|one| one.drained_within(seconds(20)))
    );
    fleet.settle().await;
    assert_eq!(fleet.calls("ecs:UpdateContainerInstancesState").len(), 1);
    assert_eq!(fleet.killed(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_message_that_nobody_can_read_is_given_up_alone() {
    let fleet = steady(STACK, &[]).await;
    let doomed = fleet.instances("hosts")[..2].to_vec();
    fleet.say("{\"source\": \"aws.ec2\", \"detail-type\": ");
    fleet.take_back(&doomed);
    fleet.pass(seconds(5)).await;
    assert!(fleet.interrupted().iter().all(|one| one.draining.is_some()));
    fleet.settle().await;
    assert_eq!(fleet.given_up(), 1, "after five times");
    assert_eq!(fleet.outcomes(DAY).len(), 2);
    assert!(
        fleet
            .told(DAY)
            .iter()
            .any(|line| line["what"] == "Records[0].body")
    );
}

#[tokio::test(start_paused = true)]
async fn an_exercise_pages_nothing() {
    let fleet = steady(STACK, &[]).await;
    let exercise =
        json!({ "action": "exercise", "for": "60m", "by": "ana", "why": "to see it work" });
    assert!(matches!(fleet.invoke(exercise).await, Ended::Reported(_)));
    let doomed = fleet.instances("hosts")[..5].to_vec();
    fleet.interrupt(&Interruption {
        instances: doomed,
        behaviour: Behaviour::default(),
        warning: true,
        lead: None,
        rebalance_before: None,
        back_after: None,
        fis: true,
    });
    fleet.settle().await;
    assert_eq!(fleet.outcomes(DAY).len(), 5);
    assert_eq!(fleet.notices(), Vec::<String>::new());
}

/// FIS takes these instances, as an experiment whose template the suite was told of.
fn experiment_with(fleet: &Fleet, instances: &[String]) {
    fleet.interrupt(&Interruption {
        instances: instances.to_vec(),
        behaviour: Behaviour::default(),
        warning: true,
        lead: None,
        rebalance_before: Some(minutes(3)),
        back_after: None,
        fis: true,
    });
}

/// Twenty machines.
fn twenty() -> String {
    let stack = STACK.replace("max: 12", "max: 40");
    let stack = stack.replace("desired: 6", "desired: 20");
    stack.replace("desired: 12", "desired: 40")
}

#[tokio::test(start_paused = true)]
async fn what_an_experiment_takes_pages_nobody_and_what_ec2_takes_afterwards_does() {
    let fleet = steady(&twenty(), &[("ExerciseTemplates", "EXTother,EXTrehearsal")]).await;
    let first = fleet.instances("hosts")[..8].to_vec();
    experiment_with(&fleet, &first);
    fleet.settle().await;
    assert_eq!(fleet.outcomes(DAY).len(), 8);
    let interrupted = fleet.interrupted();
    assert!(interrupted.iter().all(|one| one.draining.is_some()));
    assert_eq!(fleet.killed(), 0, "they are drained as ever");
    assert_eq!(fleet.notices(), Vec::<String>::new());
    let known = fleet.items("spot");
    assert!(
        known
            .iter()
            .any(|item| item["template"]["S"] == "EXTrehearsal")
    );
    let status = fleet.invoke(json!({ "action": "status" })).await.report();
    assert_eq!(status["experiments"][0]["template"], "EXTrehearsal");

    fleet.pass(minutes(20)).await;
    let status = fleet.invoke(json!({ "action": "status" })).await.report();
    assert_eq!(status["experiments"], json!([]), "it is over");
    let second = fleet.instances("hosts")[..8].to_vec();
    fleet.take_back(&second);
    fleet.settle().await;
    assert_eq!(fleet.notices(), ["spot-surge", "spot-surge over"]);
}

#[tokio::test(start_paused = true)]
async fn an_experiment_of_somebody_else_s_template_is_a_surge() {
    for templates in ["", "EXTother"] {
        let fleet = steady(&twenty(), &[("ExerciseTemplates", templates)]).await;
        let instances = fleet.instances("hosts")[..8].to_vec();
        experiment_with(&fleet, &instances);
        fleet.settle().await;
        assert_eq!(
            fleet.notices(),
            ["spot-surge", "spot-surge over"],
            "{templates}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_surge_is_told_once_and_once_when_it_is_over() {
    let fleet = steady(STACK, &[]).await;
    let doomed = fleet.instances("hosts")[..4].to_vec();
    fleet.take_back(&doomed);
    fleet.settle().await;
    assert_eq!(fleet.notices(), ["spot-surge", "spot-surge over"]);
}

/// What ECS says of an instance that comes in does not name its capacity provider.
#[tokio::test(start_paused = true)]
async fn two_of_twenty_are_no_surge_though_they_came_in_as_replacements() {
    let fleet = steady(&twenty(), &[]).await;
    let first = fleet.instances("hosts")[..8].to_vec();
    fleet.take_back(&first);
    fleet.settle().await;
    fleet.pass(minutes(20)).await;
    let told = fleet.notices();
    let now = fleet.instances("hosts");
    let new: Vec<String> = now.into_iter().filter(|id| !first.contains(id)).collect();
    let new = &new[new.len() - 8..];
    fleet.take_back(&new[..2]);
    fleet.settle().await;
    assert_eq!(fleet.notices(), told);
    fleet.pass(minutes(20)).await;
    fleet.take_back(&new[2..]);
    fleet.settle().await;
    let details = fleet.details();
    let surges = details
        .iter()
        .filter(|detail| detail["kind"] == "spot-surge");
    let titles: Vec<&str> = surges
        .map(|detail| detail["title"].as_str().unwrap())
        .collect();
    assert_eq!(
        titles[2], "hosts: a surge of Spot interruptions",
        "{titles:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn what_is_tagged_off_is_left_alone() {
    let stack = STACK.replace(
        "- name: shop",
        "- name: shop\n    tags: { 'caretaker:drain': 'off' }",
    );
    let fleet = steady(&stack, &[]).await;
    untouched(&fleet).await;
}

#[tokio::test(start_paused = true)]
async fn what_has_no_tag_is_left_alone_where_the_template_says_so() {
    let fleet = steady(STACK, &[("DrainUntagged", "false")]).await;
    untouched(&fleet).await;
}

/// Instances go, and neither they nor anything of theirs is touched.
async fn untouched(fleet: &Fleet) {
    let doomed = fleet.instances("hosts")[..4].to_vec();
    let before = fleet.call_count();
    fleet.take_back(&doomed);
    fleet.pass(minutes(30)).await;
    assert_eq!(fleet.interrupted().len(), 4);
    let written = fleet.written_since(before);
    let ledger = written.keys().all(|write| write.starts_with("dynamodb:"));
    assert!(ledger, "{written:?}");
    assert_eq!(fleet.open(), Vec::<String>::new());
    assert_eq!(fleet.outcomes(DAY), []);
}

const TWO_CLUSTERS: &str = "
clusters:
  - name: shop
    services:
      - { name: web, desired: 4, launch: 'provider:hosts', minimum-healthy-percent: 50, maximum-percent: 200 }
  - name: bank
    services:
      - { name: web, desired: 4, launch: 'provider:vaults', minimum-healthy-percent: 50, maximum-percent: 200 }
groups:
  - { name: hosts, cluster: shop, provider: hosts, managed-draining: false, managed-scaling: false, max: 4, desired: 4, tasks-per-instance: 4, mixed-instances: { types: [m6i.large], on-demand-percentage: 0 } }
  - { name: vaults, cluster: bank, provider: vaults, managed-draining: false, managed-scaling: false, max: 4, desired: 4, tasks-per-instance: 4, mixed-instances: { types: [m6i.large], on-demand-percentage: 0 } }
";

#[tokio::test(start_paused = true)]
async fn a_cluster_that_refuses_keeps_no_other_back() {
    let fleet = steady(TWO_CLUSTERS, &[]).await;
    let hosts = fleet.instances("hosts")[0].clone();
    let vaults = fleet.instances("vaults")[0].clone();
    let rule = Rule {
        caller: Some("spot-drain".to_owned()),
        mentions: Some("cluster/bank".to_owned()),
        ..Rule::always(Fault::AccessDenied)
    };
    fleet.account.state().faults.add(rule);
    fleet.take_back(&[hosts.clone(), vaults.clone()]);
    fleet.pass(seconds(5)).await;
    assert_eq!(fleet.status("shop", &hosts).as_deref(), Some("DRAINING"));
    assert_eq!(fleet.status("bank", &vaults).as_deref(), Some("ACTIVE"));
    fleet.pass(seconds(40)).await;
    fleet.mend();
    fleet.pass(seconds(40)).await;
    let status = fleet.status("bank", &vaults);
    assert_eq!(
        status.as_deref(),
        Some("DRAINING"),
        "its message came again"
    );
    fleet.settle().await;
    assert_eq!(fleet.outcomes(DAY).len(), 2);
    assert_eq!(fleet.given_up(), 0);
}
