//! What is heard twice, at once, or late: it is done once, and what is late is only written down.

use contracts::Fleet;
use contracts::house::{Ended, config};
use contracts::turns::{Gated, Run};
use jiff::{SignedDuration, Timestamp};
use rehearsal::services::ecs::{ServiceId, interrupt_fargate_task};
use serde_json::{Value, json};
use spot_drain::{Aws, Invocation};

const BEGIN: &str = "2026-11-19T12:00:00Z";
const DAY: &str = "2026-11-19";

const STACK: &str = "
clusters:
  - name: shop
    services:
      - { name: web, desired: 6, launch: 'provider:hosts', minimum-healthy-percent: 50, maximum-percent: 200, exit-seconds: 5 }
      - { name: jobs, desired: 20, launch: fargate-spot }
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

fn seconds(seconds: i64) -> SignedDuration {
    SignedDuration::from_secs(seconds)
}

async fn steady() -> Fleet {
    let fleet = Fleet::new(BEGIN, STACK);
    fleet.pass(SignedDuration::from_mins(5)).await;
    fleet
}

/// A warning as EC2 gives it.
fn warning(instance: &str, at: Timestamp) -> Value {
    json!({
        "version": "0",
        "id": "12345678-1234-1234-1234-123456789012",
        "detail-type": "EC2 Spot Instance Interruption Warning",
        "source": "aws.ec2",
        "account": "123456789012",
        "time": at.to_string(),
        "region": "eu-central-1",
        "resources": [format!("arn:aws:ec2:eu-central-1a:instance/{instance}")],
        "detail": { "instance-id": instance, "instance-action": "terminate" },
    })
}

/// The warnings as messages of the queue.
fn batch(warnings: &[Value], at: Timestamp) -> Value {
    let records = warnings.iter().enumerate().map(|(number, warning)| {
        json!({
            "messageId": format!("message-{number}"),
            "body": warning.to_string(),
            "attributes": { "SentTimestamp": at.as_millisecond().to_string() },
        })
    });
    json!({ "Records": records.collect::<Vec<_>>() })
}

/// The warnings that were on the bus, as messages.
fn heard(fleet: &Fleet) -> Vec<String> {
    let events = fleet.events("EC2 Spot Instance Interruption Warning");
    events.iter().map(ToString::to_string).collect()
}

#[tokio::test(start_paused = true)]
async fn a_warning_that_comes_twice_in_a_batch_and_again_in_the_next_is_heeded_once() {
    let fleet = steady().await;
    fleet.take_back(&fleet.instances("hosts")[..2]);
    let again = heard(&fleet);
    assert_eq!(again.len(), 2);
    again.iter().for_each(|body| fleet.say(body));
    fleet.pass(seconds(5)).await;
    again.iter().for_each(|body| fleet.say(body));
    fleet.settle().await;
    assert_eq!(fleet.calls("ecs:UpdateContainerInstancesState").len(), 1);
    assert_eq!(fleet.outcomes(DAY).len(), 2);
    assert_eq!(fleet.items("losses#2026-11-19T12:00:00Z").len(), 2);
    assert_eq!(fleet.given_up(), 0);
}

#[tokio::test(start_paused = true)]
async fn what_was_given_up_and_comes_back_later_is_only_written_down() {
    for later in [
        SignedDuration::from_mins(10),
        SignedDuration::from_hours(24),
    ] {
        let fleet = steady().await;
        fleet.take_back(&fleet.instances("hosts")[..2]);
        let again = heard(&fleet);
        fleet.settle().await;
        fleet.pass(later).await;
        only_written_down(&fleet, &again).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_warning_that_nobody_heard_in_time_is_only_written_down() {
    for late in [
        SignedDuration::from_mins(13),
        SignedDuration::from_hours(24),
    ] {
        let fleet = steady().await;
        let there = fleet.instances("hosts")[0].clone();
        let warning = warning(&there, fleet.now() - late);
        only_written_down(&fleet, &[warning.to_string()]).await;
        assert_eq!(fleet.status("shop", &there).as_deref(), Some("ACTIVE"));
    }
}

/// Lambda has no concurrency left for a minute: what waits in the queue is found in one round then.
#[tokio::test(start_paused = true)]
async fn what_has_waited_for_a_minute_is_drained_in_the_time_that_is_left() {
    let fleet = steady().await;
    let doomed = fleet.instances("hosts")[..2].to_vec();
    fleet.take_back(&doomed);
    let rounds = fleet.rounds();
    tokio::time::sleep(std::time::Duration::from_secs(60)).await;
    assert_eq!(fleet.rounds(), rounds);
    fleet.pass(seconds(2)).await;
    assert_eq!(fleet.calls("ecs:UpdateContainerInstancesState").len(), 1);
    for instance in &doomed {
        assert_eq!(fleet.status("shop", instance).as_deref(), Some("DRAINING"));
    }
    fleet.settle().await;
    let interrupted = fleet.interrupted();
    assert!(
        interrupted
            .iter()
            .all(|one| one.drained_within(seconds(63)))
    );
    assert!(
        !interrupted
            .iter()
            .all(|one| one.drained_within(seconds(59)))
    );
    assert_eq!(fleet.outcomes(DAY).len(), 2);
    assert_eq!(fleet.given_up(), 0);
}

/// Messages come, and nothing is done but in the ledger, where no record is opened.
async fn only_written_down(fleet: &Fleet, messages: &[String]) {
    let (before, rounds) = (fleet.call_count(), fleet.rounds());
    messages.iter().for_each(|body| fleet.say(body));
    fleet.pass(seconds(10)).await;
    assert_eq!(fleet.rounds(), rounds + 1);
    let written = fleet.written_since(before);
    assert!(
        written.keys().all(|action| action.starts_with("dynamodb:")),
        "{written:?}"
    );
    assert!(!written.is_empty(), "the journal has it");
    assert_eq!(fleet.open(), Vec::<String>::new());
    assert_eq!(fleet.given_up(), 0);
}

/// More calls than a round makes.
const CALLS: usize = 24;

/// Two rounds about the same warnings, the first of which is interrupted after `a` calls by `b` of
/// the second, and makes `c` more before the second goes on to its end.
async fn two_rounds([a, b, c]: [usize; 3]) {
    let fleet = steady().await;
    let doomed = fleet.instances("hosts")[..2].to_vec();
    let warnings: Vec<Value> = doomed.iter().map(|id| warning(id, fleet.now())).collect();
    let event = batch(&warnings, fleet.now());
    let runs = [0, 1].map(|_| Run::new(Gated::new(fleet.line.clone())));
    let clients = [0, 1].map(|one: usize| {
        Aws::new(
            &config(runs[one].gated.clone(), "spot-drain"),
            &fleet.settings,
        )
    });
    let round = async |one: usize| {
        let invocation = Invocation {
            id: format!("at-once-{one}"),
            now: fleet.now(),
            deadline: fleet.now() + seconds(30),
        };
        let handling =
            spot_drain::handle(&clients[one], &fleet.settings, event.clone(), &invocation);
        let ended = handling.await;
        runs[one].ends();
        ended.unwrap_or_else(|failure| panic!("{}", shell::failure::chain(&failure)))
    };
    let order = async {
        runs[0].calls(a).await;
        runs[1].calls(b).await;
        runs[0].calls(c).await;
        runs[1].to_the_end().await;
        runs[0].to_the_end().await;
    };
    let (first, second, ()) = tokio::join!(round(0), round(1), order);
    for instance in &doomed {
        let status = fleet.status("shop", instance);
        assert_eq!(status.as_deref(), Some("DRAINING"), "{a} {b} {c}");
    }
    assert_eq!(fleet.open().len(), 2, "{a} {b} {c}");
    let looks = fleet.calls("sqs:SendMessage").len();
    assert_eq!(
        looks,
        fleet.items("looks").len(),
        "{a} {b} {c}: one message for each moment"
    );
    // Whoever came second hears of it again, or found everything done.
    let failed = |answer: &Value| answer["batchItemFailures"].as_array().unwrap().len();
    assert!(failed(&first) + failed(&second) <= 2, "{first} {second}");
    for body in &warnings {
        fleet.say(&body.to_string());
    }
    fleet.pass(seconds(5)).await;
    assert_eq!(fleet.open().len(), 2, "{a} {b} {c}");
    assert_eq!(fleet.items("losses#2026-11-19T12:00:00Z").len(), 2);
}

#[tokio::test(start_paused = true)]
async fn two_rounds_about_the_same_warnings_end_as_one() {
    for a in 0..CALLS {
        for b in [2, 12] {
            two_rounds([a, b, 3]).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn tasks_on_fargate_spot_count_once_each_and_are_told_of_once() {
    let fleet = steady().await;
    let jobs = ServiceId::new("shop", "jobs");
    let tasks = fleet.world(|world| world.ecs.service(&jobs).unwrap().tasks.clone());
    for task in &tasks[..12] {
        assert!(interrupt_fargate_task(
            &mut fleet.account.state().world,
            task
        ));
    }
    fleet.settle().await;
    let events = fleet.events("ECS Task State Change");
    let stops = events
        .iter()
        .filter(|event| event["detail"]["stopCode"] == "SpotInterruption");
    assert!(stops.count() > 12, "several events for each task");
    assert_eq!(fleet.items("losses#2026-11-19T12:00:00Z").len(), 12);
    assert_eq!(fleet.notices(), ["spot-surge", "spot-surge over"]);
}

#[tokio::test(start_paused = true)]
async fn a_second_round_fails_only_what_the_first_one_was_at() {
    let fleet = steady().await;
    let there = fleet.instances("hosts")[0].clone();
    let event = batch(
        &[warning(&there, fleet.now()), warning(&there, fleet.now())],
        fleet.now(),
    );
    let Ended::Reported(answer) = fleet.invoke(event.clone()).await else {
        panic!("the round ended badly");
    };
    assert_eq!(answer, json!({ "batchItemFailures": [] }));
    let Ended::Reported(answer) = fleet.invoke(event).await else {
        panic!("the round ended badly");
    };
    assert_eq!(answer, json!({ "batchItemFailures": [] }));
    assert_eq!(fleet.calls("ecs:UpdateContainerInstancesState").len(), 1);
}
