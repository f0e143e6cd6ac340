//! Deeds of EC2 and Fargate, and what must come of them.

use serde_json::{Value, json};

use super::*;
use crate::scenario::interrupted::interrupted;
use crate::scenario::watcher::Watcher;
use crate::services::ecs::ServiceId;

const STACK: &str = r"
name: A surge
zone: UTC
from: 2026-11-19 12:00
to: '13:00'
stack:
  clusters: [{name: shop, services: [{name: mail, desired: 3, launch: fargate-spot}]}]
  groups:
    - name: hosts
      cluster: shop
      provider: hosts
      managed-scaling: false
      max: 8
      desired: 4
      zones: [a, b]
      mixed-instances: {types: [m6i.large], on-demand-base: 1, on-demand-percentage: 0}
";

fn account() -> Account {
    let scenario = Scenario::read(STACK, Path::new(".")).unwrap();
    let account = Account::new(Clock::stepped(scenario.from));
    scenario.stack.build(&mut account.state().world).unwrap();
    account
}

fn deed(yaml: &str) -> Deed {
    serde_saphyr::from_str(yaml).unwrap()
}

fn perform(account: &Account, yaml: &str) -> Result<(), String> {
    let done = deed(yaml).perform(account);
    done.map_err(|refusal| refusal.to_string())
}

fn doomed(account: &Account) -> usize {
    account.state().world.ec2.doomed.len()
}

#[test]
fn an_interruption_takes_spot_instances_that_it_has_not_taken_before() {
    let account = account();
    let take = |more: &str| perform(&account, &format!("spot-interruption: {{{more}}}"));
    take("group: hosts, count: 2").unwrap();
    assert_eq!(doomed(&account), 2);
    assert_eq!(
        take("group: hosts, count: 2, action: stop").unwrap_err(),
        "the script cannot go on: EC2 takes 2 Spot instances of hosts: stop, but there are not as many"
    );
    take("group: hosts").unwrap();
    assert_eq!(doomed(&account), 3);
    assert!(take("group: hosts").is_err());
}

#[test]
fn instances_are_meant_by_their_pool_or_by_their_ids() {
    let account = account();
    perform(&account, "spot-interruption: {pool: m6i.large/b}").unwrap();
    assert_eq!(doomed(&account), 2);
    let id = {
        let state = account.state();
        let instances = &state.world.autoscaling.groups["hosts"].instances;
        instances[2].id.clone()
    };
    let by_id = format!("rebalance: {{instances: [{id}]}}");
    perform(&account, &by_id).unwrap();
    assert!(perform(&account, "rebalance: {instances: [i-1]}").is_err());
}

#[test]
fn capacity_comes_and_goes_by_pool_by_type_and_for_fargate() {
    let account = account();
    let dry = || account.state().world.ec2.dry.len();
    let set = |pool: &str, available: bool| {
        let deed = format!("pool-capacity: {{pool: {pool}, available: {available}}}");
        perform(&account, &deed)
    };
    set("m6i.large/a", false).unwrap();
    assert_eq!(dry(), 1);
    set("m6i.large", false).unwrap();
    assert_eq!(dry(), 2);
    set("all", true).unwrap();
    assert_eq!(dry(), 0);
    assert!(set("m5.large", false).is_err());
    set("fargate-spot", false).unwrap();
    assert!(account.state().world.ecs.fargate_spot_exhausted);
}

#[test]
fn fargate_takes_as_many_tasks_as_there_are_and_no_more() {
    let account = account();
    let take = |count: usize| {
        let deed = format!("fargate-spot: {{service: shop/mail, count: {count}}}");
        perform(&account, &deed)
    };
    take(2).unwrap();
    {
        let state = account.state();
        let ecs = &state.world.ecs;
        let mail = ecs.service(&ServiceId::new("shop", "mail")).unwrap();
        let tasks = mail.tasks.iter().filter_map(|id| ecs.tasks.get(id));
        let taken = tasks.filter(|task| {
            let stop = task.stop.as_ref();
            stop.is_some_and(|(code, _)| *code == "SpotInterruption")
        });
        assert_eq!(taken.count(), 2);
    }
    assert!(take(2).is_err());
}

#[test]
fn people_change_groups_and_any_event_can_be_put_on_the_bus() {
    let account = account();
    for yaml in [
        "group: {set-desired: {group: hosts, desired: 5, by: alice}}",
        "group: {terminate: {group: hosts, count: 1, by: alice}}",
        "event: {source: aws.ec2, detail-type: Odd, detail: {instance-id: i-1}}",
        "slow-queues: {seconds: 19}",
    ] {
        perform(&account, yaml).unwrap();
    }
    assert!(
        perform(
            &account,
            "group: {terminate: {group: hosts, count: 9, by: x}}"
        )
        .is_err()
    );
    let state = account.state();
    assert_eq!(state.world.autoscaling.groups["hosts"].desired, 5);
    assert_eq!(state.world.sqs.idle.as_secs(), 19);
    let odd =
        |it: &Happening| matches!(&it.what, What::Event(event) if event["detail-type"] == "Odd");
    assert!(state.world.happenings.iter().any(odd));
}

#[test]
fn a_deed_of_spot_is_told_in_words() {
    for (yaml, words) in [
        (
            "spot-interruption: {group: hosts, count: 1, rebalance-before: 10, lead: 30}",
            "EC2 takes 1 Spot instance of hosts: terminate, recommended 10 minutes ahead, 30 s after the warning",
        ),
        (
            "spot-interruption: {pool: m6i.large/a, warning: false, fis: true}",
            "FIS interrupts every Spot instance of m6i.large/a: terminate, without a warning",
        ),
        (
            "rebalance: {instances: [i-1, i-2]}",
            "EC2 recommends to replace i-1, i-2",
        ),
        (
            "pool-capacity: {pool: fargate-spot, available: true}",
            "Fargate Spot has capacity again",
        ),
        ("slow-queues: {seconds: 0}", "queues are read at once again"),
    ] {
        assert_eq!(deed(yaml).to_string(), words);
    }
}

fn happening(second: i64, subject: &str, what: What) -> Happening {
    Happening {
        at: Timestamp::from_second(1_795_105_800 + second).unwrap(),
        subject: subject.to_owned(),
        what,
    }
}

fn event(kind: &str, detail: Value) -> What {
    What::Event(json!({"source": "aws.ec2", "detail-type": kind, "detail": detail}))
}

fn warning(id: &str) -> What {
    let detail = json!({"instance-id": id, "instance-action": "terminate"});
    event("EC2 Spot Instance Interruption Warning", detail)
}

fn state(id: &str, state: &str) -> What {
    let detail = json!({"instance-id": id, "state": state});
    event("EC2 Instance State-change Notification", detail)
}

fn stopped(instance: Option<&str>) -> What {
    What::Stopped {
        instance: instance.map(str::to_owned),
        by: "spot-drain".to_owned(),
        reason: "EC2 takes it".to_owned(),
    }
}

/// `i-1` drains in time, `i-2` before the warning, `i-3` never; four tasks are stopped, two killed.
fn surge() -> Vec<Happening> {
    let draining = What::ContainerInstance("DRAINING");
    let killed = |task: &str| What::Killed {
        task: task.to_owned(),
    };
    let hook = What::HookCompleted {
        hook: "hosts/drain".to_owned(),
        result: "CONTINUE",
        timed_out: false,
    };
    vec![
        happening(0, "i-2", draining.clone()),
        happening(60, "aws.ec2", warning("i-1")),
        happening(60, "aws.ec2", warning("i-2")),
        happening(60, "aws.ec2", warning("i-3")),
        happening(64, "i-1", draining),
        happening(65, "aws.ec2", warning("i-1")),
        happening(135, "shop/web", stopped(Some("i-1"))),
        happening(135, "shop/api", stopped(Some("i-1"))),
        happening(135, "shop/web", stopped(Some("i-3"))),
        happening(135, "shop/web", stopped(None)),
        happening(150, "i-1", What::Emptied),
        happening(150, "i-9", What::Emptied),
        happening(170, "i-1", hook),
        happening(180, "aws.ec2", state("i-1", "shutting-down")),
        happening(180, "aws.ec2", state("i-3", "shutting-down")),
        happening(180, "aws.ec2", state("i-9", "shutting-down")),
        happening(180, "i-3", What::Emptied),
        happening(180, "shop/web", killed("a")),
        happening(180, "shop/web", killed("b")),
        happening(190, "i-2", What::ContainerInstance("ACTIVE")),
        happening(
            240,
            "aws.ec2",
            event(
                "AWS Service Event via CloudTrail",
                json!({
                    "eventName": "BidEvictedEvent",
                    "serviceEventDetails": {"instanceIdSet": ["i-1", "i-8"]},
                }),
            ),
        ),
    ]
}

#[test]
fn every_warned_instance_is_held_against_its_first_warning() {
    let all = interrupted(&surge());
    let told: Vec<_> = all
        .iter()
        .map(|one| {
            let after = |at: Option<Timestamp>| at.map(|at| one.after(at).as_secs());
            let emptied = after(one.emptied);
            (
                one.instance.as_str(),
                after(one.draining),
                emptied,
                after(one.ended),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("i-1", Some(4), Some(90), Some(120)),
            ("i-2", Some(-60), None, None),
            ("i-3", None, None, Some(120)),
        ]
    );
}

fn judge(yaml: &str) -> verdict::Verdict {
    let record = record::Record {
        happenings: surge(),
        ..record::Record::default()
    };
    let expected: Expectation<String> = serde_saphyr::from_str(yaml).unwrap();
    let placed = expected.placed(|text| text.parse::<Timestamp>());
    placed.unwrap().judge(&record, &TimeZone::UTC)[0].clone()
}

#[test]
fn instances_are_expected_to_drain_in_time() {
    assert!(judge("drained: {within: 4, instances: 2}").held());
    let late = judge("drained: {within: 3, instances: 2}");
    assert_eq!(late.expected, "2 instances DRAINING within 3 s");
    assert_eq!(late.instead.unwrap(), "1 of 3, not i-1, i-3");
    let all = judge("drained: {within: 120}");
    assert_eq!(all.expected, "every warned instance DRAINING within 120 s");
    assert_eq!(all.instead.unwrap(), "2 of 3, not i-3");
}

#[test]
fn nothing_warned_is_nothing_drained() {
    let drained = expectation::Drained {
        within: 5,
        instances: None,
    };
    let expected = Expectation::<Timestamp>::Drained(drained);
    let verdict = expected.judge(&record::Record::default(), &TimeZone::UTC);
    assert_eq!(verdict[0].instead.as_deref(), Some("0 of 0"));
}

#[test]
fn killed_tasks_and_completed_hooks_are_counted() {
    assert!(judge("tasks-killed: 2").held());
    assert_eq!(judge("tasks-killed: 0").instead.unwrap(), "2, of shop/web");
    assert!(judge("hook-completed: {hook: hosts/drain, times: 1}").held());
    assert!(judge("hook-completed: {hook: hosts/drain, result: ABANDON, times: 0}").held());
    let late = judge("hook-completed: {hook: hosts/drain, times: 1, timed-out: true}");
    assert_eq!(late.expected, "hosts/drain timed out for 1 instance");
    assert_eq!(late.instead.as_deref(), Some("0"));
}

#[test]
fn stopped_tasks_are_counted_by_whoever_stops_them_and_whose_they_are() {
    assert!(judge("tasks-stopped: {by: spot-drain, tasks: 4}").held());
    assert!(judge("tasks-stopped: {by: alice, tasks: 0}").held());
    let of = judge("tasks-stopped: {by: spot-drain, service: shop/api, tasks: 2}");
    assert_eq!(of.expected, "2 tasks of shop/api stopped by spot-drain");
    assert_eq!(of.instead.as_deref(), Some("1, of shop/api"));
    let all = judge("tasks-stopped: {by: spot-drain, tasks: 1}");
    assert_eq!(all.instead.as_deref(), Some("4, of shop/api, shop/web"));
    let none = judge("tasks-stopped: {by: alice, tasks: 1}");
    assert_eq!(none.instead.as_deref(), Some("none"));
}

#[test]
fn what_happens_to_several_machines_at_once_is_told_once() {
    let told: Vec<String> = Watcher::default()
        .look(&surge())
        .into_iter()
        .map(|(_, change)| match change.clone() {
            timeline::Change::Machines { ids, what } => format!("{}: {what}", ids.join(" ")),
            timeline::Change::Stopped { ref service, .. } => {
                format!("{service}: {}", change.stopped())
            }
            timeline::Change::Killed { service, tasks } => format!("{service}: {tasks} killed"),
            other => format!("{other:?}"),
        })
        .collect();
    assert_eq!(
        told,
        [
            "i-2: DRAINING",
            "i-1 i-2 i-3: Spot warning: terminate",
            "i-1: DRAINING 4 s after the warning",
            "i-1: Spot warning: terminate",
            "shop/web: 2 tasks stopped by spot-drain 75 s after the warning",
            "shop/api: 1 task stopped by spot-drain 75 s after the warning",
            "shop/web: 1 task stopped by spot-drain",
            "i-1: empty 90 s after the warning",
            "i-1: hook hosts/drain: CONTINUE",
            "i-1 i-3: shutting-down 120 s after the warning",
            "shop/web: 2 killed",
            "i-2: ACTIVE again",
            "i-8: taken without a warning",
        ]
    );
}

#[test]
fn an_instance_that_was_active_again_is_not_draining_when_the_warning_comes() {
    let all = interrupted(&[
        happening(0, "i-1", What::ContainerInstance("DRAINING")),
        happening(1, "i-1", What::ContainerInstance("ACTIVE")),
        happening(2, "aws.ec2", warning("i-1")),
    ]);
    assert_eq!(all[0].draining, None);
}
