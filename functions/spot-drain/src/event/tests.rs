//! What is made of every event, as AWS shapes it and as it might.

use domain::drain::{Action, Ec2State, ExperimentState, InstanceId, Says, Sign, Status};
use serde_json::{Value, json};

use super::*;
use crate::settings::tests::settings;

const INSTANCE: &str = "i-0a1b2c3d4e5f60001";
/// When the records of the samples were sent.
const SENT: &str = "2026-11-24T10:00:00.5Z";

fn sample(name: &str) -> Value {
    let path = format!("../../events/spot-drain/{name}.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn parsed(event: Value) -> Result<Request, Failure> {
    parsed_in("eu-central-1", event)
}

fn parsed_in(region: &str, event: Value) -> Result<Request, Failure> {
    let mut settings = settings();
    settings.region = region.to_owned();
    let invocation = Invocation {
        id: "request-1".to_owned(),
        now: "2026-11-24T10:00:02Z".parse().unwrap(),
        deadline: "2026-11-24T10:00:32Z".parse().unwrap(),
    };
    parse(event, &settings, &invocation)
}

fn work(event: Value) -> Work {
    match parsed(event).unwrap() {
        Request::Work(work) => *work,
        other => panic!("{other:?}"),
    }
}

/// The only sign of a sample.
fn sign(event: Value) -> Sign {
    let work = work(event);
    let [sign] = work.signs.try_into().unwrap();
    sign
}

fn says(name: &str) -> Says {
    sign(sample(name)).says
}

fn not_for_us(event: Value) -> &'static str {
    match parsed(event).unwrap() {
        Request::NotForUs(why) => why,
        other => panic!("{other:?}"),
    }
}

/// A batch of one record with this body.
fn record(body: &Value) -> Value {
    let text = match body {
        Value::String(text) => text.clone(),
        body => body.to_string(),
    };
    let mut batch = sample("look-again");
    batch["Records"][0]["body"] = json!(text);
    batch
}

/// A sample, changed at this place.
fn with(name: &str, pointer: &str, value: Value) -> Value {
    let mut event = sample(name);
    let (parent, field) = pointer.rsplit_once('/').unwrap();
    event.pointer_mut(parent).unwrap()[field] = value;
    event
}

fn without(name: &str, field: &str) -> Value {
    let mut event = sample(name);
    event.as_object_mut().unwrap().remove(field);
    event
}

fn instance() -> InstanceId {
    InstanceId::parse(INSTANCE).unwrap()
}

/// The action of a warning about the instance.
fn warned(says: Says) -> Action {
    match says {
        Says::Warning {
            instance: one,
            action,
        } if one == instance() => action,
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_sample_is_read() {
    let folder = std::fs::read_dir("../../events/spot-drain").unwrap();
    let names = folder.map(|entry| entry.unwrap().path());
    let names: Vec<String> = names
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    assert!(names.len() >= 48, "{names:?}");
    for name in names {
        assert!(parsed(sample(&name)).is_ok(), "{name}");
    }
}

// Facts, 6: 1.
#[test]
fn only_the_detail_of_a_warning_decides_whatever_its_arn_says() {
    assert_eq!(warned(says("warning-terminate")), Action::Terminate);
    assert_eq!(warned(says("warning-stop")), Action::Stop);
    let elsewhere = json!(["arn:aws:ec2:us-east-1a:instance/i-0ffffffffffffffff"]);
    let event = with("warning-terminate", "/resources", elsewhere);
    assert_eq!(warned(sign(event).says), Action::Terminate);
    for resources in [json!([]), json!(null), json!("arn:aws:ec2:x"), json!({})] {
        let event = with("warning-terminate", "/resources", resources);
        assert_eq!(warned(sign(event).says), Action::Terminate);
    }
}

// Facts, 6: 2.
#[test]
fn a_warning_is_read_with_fields_of_the_future_and_with_the_least_that_it_can_say() {
    for name in [
        "warning-with-fields-of-the-future",
        "warning-that-says-least",
    ] {
        assert_eq!(warned(says(name)), Action::Terminate, "{name}");
    }
    assert_eq!(warned(says("warning-hibernate")), Action::Hibernate);
    let unknown = Action::Other("evaporate".to_owned());
    assert_eq!(warned(says("warning-of-an-unknown-action")), unknown);
    let at = sign(sample("warning-with-fields-of-the-future")).at;
    assert_eq!(at.to_string(), "2026-11-24T10:00:00.25Z");
}

// Facts, 6: 2.
#[test]
fn every_sample_may_have_fields_that_nobody_knows_yet() {
    for name in [
        "warning-terminate",
        "rebalance",
        "reservation-warning",
        "instance-terminated",
        "evicted",
        "hook",
        "container-instance-registered",
        "task-stopping-for-spot",
        "placement-failed",
        "experiment-running",
    ] {
        let event = with(name, "/detail/future", json!({ "a": [1] }));
        assert_eq!(sign(event).says, says(name), "{name}");
        let event = with(name, "/future", json!("b"));
        assert_eq!(sign(event).says, says(name), "{name}");
    }
}

// Facts, 6: 2.
#[test]
fn what_has_no_time_counts_from_when_its_message_was_sent() {
    let sent = SENT.parse().unwrap();
    assert_eq!(sign(sample("batch-without-a-time")).at, sent);
    let failure = parsed(without("warning-terminate", "time")).unwrap_err();
    assert_eq!(failure.to_string(), "time: is missing");
}

// Facts, 6: 2.
#[test]
fn a_record_that_cannot_be_read_names_its_field_and_hinders_no_other() {
    let work = work(sample("batch-with-a-poisoned-record"));
    assert_eq!(work.signs.len(), 2);
    let [(id, bad)] = &work.not_read[..] else {
        panic!("{:?}", work.not_read);
    };
    assert_eq!(bad.field, "Records[1].body");
    assert!(!work.accepted.contains(id));
    assert_eq!(work.accepted.len(), 2);
    for (body, field) in [
        (with("warning-terminate", "/detail", json!(null)), "detail"),
        (
            with("warning-terminate", "/detail", json!({})),
            "detail.instance-id",
        ),
        (
            with("warning-terminate", "/detail/instance-id", json!("i-1")),
            "detail.instance-id",
        ),
        (
            with("warning-terminate", "/detail/instance-id", json!(7)),
            "detail.instance-id",
        ),
        (
            with("warning-terminate", "/time", json!("yesterday")),
            "time",
        ),
        (without("warning-terminate", "detail-type"), "detail-type"),
        (
            with("hook", "/detail/LifecycleActionToken", json!("")),
            "detail.LifecycleActionToken",
        ),
        (
            with("hook", "/detail/EC2InstanceId", json!("mi-1")),
            "detail.EC2InstanceId",
        ),
        (
            with("evicted", "/detail/serviceEventDetails", json!({})),
            "detail.serviceEventDetails.instanceIdSet",
        ),
        (
            with(
                "container-instance-registered",
                "/detail/clusterArn",
                json!("prod"),
            ),
            "detail.clusterArn",
        ),
        (
            with("task-stopping-for-spot", "/detail/taskArn", json!("a")),
            "detail.taskArn",
        ),
        (
            with("placement-failed", "/resources", json!([])),
            "resources",
        ),
    ] {
        let work = super::tests::work(record(&body));
        let fields: Vec<&str> = work
            .not_read
            .iter()
            .map(|(_, bad)| bad.field.as_str())
            .collect();
        assert_eq!(fields, [format!("Records[0].body.{field}")]);
        assert!(work.signs.is_empty() && work.accepted.is_empty());
    }
}

#[test]
fn a_batch_of_which_nothing_can_be_read_is_answered_record_by_record() {
    let work = work(sample("batch-of-records-that-cannot-be-read"));
    assert_eq!((work.signs.len(), work.not_read.len()), (0, 2));
    assert!(work.queued);
    let failure = parsed(json!({ "Records": [{ "body": "{}" }] })).unwrap_err();
    assert_eq!(
        failure.to_string(),
        "Records[0].messageId: missing field `messageId`"
    );
    let failure = parsed(json!({ "Records": 3 })).unwrap_err();
    assert_eq!(failure.to_string(), "Records: is no list");
    assert_eq!(not_for_us(sample("empty-batch")), "no-records");
}

// Facts, 6: 3.
#[test]
fn an_instance_of_another_account_or_region_is_not_ours_though_its_id_may_be() {
    for (field, value, why) in [
        ("account", "210987654321", "of-another-account"),
        ("region", "us-east-1", "of-another-region"),
    ] {
        let event = with("warning-terminate", &format!("/{field}"), json!(value));
        assert_eq!(not_for_us(event.clone()), why);
        let work = work(record(&event));
        assert_eq!(work.not_for_us[0].1, why);
        assert_eq!((work.signs.len(), work.accepted.len()), (0, 1));
    }
    let direct = sample("hook-direct")["Records"][0]["body"].clone();
    let other = direct
        .as_str()
        .unwrap()
        .replace("123456789012", "210987654321");
    let work = work(record(&json!(other)));
    assert_eq!(work.not_for_us[0].1, "of-another-account");
}

// Facts, 6: 4.
#[test]
fn a_lifecycle_action_says_the_same_through_the_bus_through_a_queue_and_through_a_topic() {
    let expected = says("hook");
    let Says::Hook(call) = &expected else {
        panic!("{expected:?}");
    };
    assert_eq!(call.group, "spot-hosts");
    assert_eq!(call.hook, "caretaker-drain");
    assert_eq!(call.token, "87654321-4321-4321-4321-210987654321");
    assert_eq!(call.instance, instance());
    assert_eq!(call.destination.as_deref(), Some("EC2"));
    for name in ["hook-direct", "hook-through-sns"] {
        let sign = sign(sample(name));
        assert_eq!(sign.says, expected, "{name}");
        assert_eq!(sign.at.to_string(), "2026-11-24T10:00:00.113Z", "{name}");
    }
    let Says::Hook(warm) = says("hook-to-a-warm-pool") else {
        panic!("no hook");
    };
    assert_eq!(warm.destination.as_deref(), Some("WarmPool"));
}

// Facts, 6: 4.
#[test]
fn a_test_notification_and_a_launch_are_known_for_what_they_are() {
    let group = "spot-hosts".to_owned();
    assert_eq!(says("hook-test-notification"), Says::HookTest { group });
    assert_eq!(not_for_us(sample("hook-of-a-launch")), "not-a-termination");
    let launching = json!("autoscaling:EC2_INSTANCE_LAUNCHING");
    let event = with("hook", "/detail/LifecycleTransition", launching);
    assert_eq!(not_for_us(event), "not-a-termination");
}

#[test]
fn an_event_that_came_through_a_topic_is_read_too_and_a_bad_one_says_where() {
    let topic = |message: &str| {
        record(&json!({ "Type": "Notification", "TopicArn": "arn:aws:sns:x", "Message": message }))
    };
    let warning = sample("warning-terminate").to_string();
    assert_eq!(warned(sign(topic(&warning)).says), Action::Terminate);
    for (message, field) in [
        ("{", "body.Message"),
        ("{\"detail-type\":3}", "body.Message.detail-type"),
    ] {
        let work = work(topic(message));
        assert_eq!(work.not_read[0].1.field, format!("Records[0].{field}"));
    }
}

// Facts, 6: 5.
#[test]
fn arns_are_read_in_both_forms_and_in_every_partition() {
    for name in [
        "container-instance-registered",
        "container-instance-of-a-short-arn",
    ] {
        let Says::Instance(seen) = says(name) else {
            panic!("{name}");
        };
        assert_eq!(seen.arn.id(), "0b69d5c0d5ba4f6e8d2e3a1f9c7b5d01");
        assert_eq!(seen.cluster.name(), "prod");
    }
    let Says::PlacementFailed {
        service, provider, ..
    } = says("placement-failed-on-instances")
    else {
        panic!("no placement");
    };
    let long = "arn:aws:ecs:eu-central-1:123456789012:service/prod/web";
    assert_eq!((service.as_str(), provider), (long, None));
    for (region, name) in [
        ("us-gov-west-1", "task-stopping-in-govcloud"),
        ("cn-north-1", "warning-in-china"),
    ] {
        let request = parsed_in(region, sample(name)).unwrap();
        assert!(matches!(request, Request::Work(_)), "{name}: {request:?}");
    }
}

// Facts, 6: 6.
#[test]
fn a_reservation_warns_under_both_its_names() {
    let expected = Says::ReservationWarning {
        instance: instance(),
        action: Action::Terminate,
    };
    for name in ["reservation-warning", "interruptible-reservation-warning"] {
        assert_eq!(says(name), expected, "{name}");
    }
}

#[test]
fn an_instance_that_ends_is_heard_of_and_one_that_starts_is_not() {
    for (name, state) in [
        ("instance-shutting-down", Ec2State::ShuttingDown),
        ("instance-stopping", Ec2State::Stopping),
        ("instance-stopped", Ec2State::Stopped),
        ("instance-terminated", Ec2State::Terminated),
    ] {
        let instance = instance();
        assert_eq!(says(name), Says::State { instance, state }, "{name}");
    }
    assert_eq!(
        not_for_us(sample("instance-running")),
        "a-state-that-ends-nothing"
    );
}

#[test]
fn an_eviction_names_its_instances_and_whether_it_was_a_rehearsal() {
    let Says::Evicted { instances, by_fis } = says("evicted") else {
        panic!("no eviction");
    };
    assert_eq!((instances.len(), by_fis), (2, false));
    let by = json!("fis.amazonaws.com");
    let Says::Evicted { by_fis, .. } =
        sign(with("evicted", "/detail/userIdentity/invokedBy", by)).says
    else {
        panic!("no eviction");
    };
    assert!(by_fis);
    let other = with(
        "evicted",
        "/detail/eventName",
        json!("SharedSnapshotCopyInitiated"),
    );
    assert_eq!(not_for_us(other), "not-an-eviction");
}

#[test]
fn an_experiment_is_heard_of_with_its_template_and_how_far_it_is() {
    use ExperimentState::{NeverBegan, Over, UnderWay};
    for (name, state) in [
        ("experiment-initiating", UnderWay),
        ("experiment-running", UnderWay),
        ("experiment-completed", Over),
        ("experiment-stopped", Over),
        ("experiment-failed-before-it-began", NeverBegan),
    ] {
        let Says::Experiment(seen) = says(name) else {
            panic!("{name}");
        };
        assert_eq!(seen.id, "EXPaBCD1efg2HIJkL3", "{name}");
        assert_eq!(seen.template, "EXTa1b2c3de5f6g7h", "{name}");
        assert_eq!(seen.state, state, "{name}");
    }
    let mut event = sample("experiment-failed-before-it-began");
    event["detail"].as_object_mut().unwrap().remove("old-state");
    let Says::Experiment(seen) = sign(event).says else {
        panic!("no experiment");
    };
    assert_eq!(seen.state, Over, "what it was before is not told");
    let paused = with(
        "experiment-running",
        "/detail/new-state/status",
        json!("paused"),
    );
    assert_eq!(not_for_us(paused), "a-state-that-is-not-known");
    for (pointer, value, field) in [
        ("/detail/experiment-id", json!(""), "detail.experiment-id"),
        ("/detail/experiment-id", json!(7), "detail.experiment-id"),
        (
            "/detail/experiment-template-id",
            json!(null),
            "detail.experiment-template-id",
        ),
        ("/detail/new-state", json!({}), "detail.new-state.status"),
        ("/detail/new-state", json!("running"), "detail.new-state"),
    ] {
        let failure = parsed(with("experiment-running", pointer, value)).unwrap_err();
        let said = failure.to_string();
        assert!(said.starts_with(&format!("{field}: ")), "{said}");
    }
}

#[test]
fn a_container_instance_is_seen_with_what_of_it_is_told() {
    let Says::Instance(seen) = says("container-instance-draining") else {
        panic!("no container instance");
    };
    assert_eq!((seen.status, seen.version), (Status::Draining, 14801));
    assert_eq!(seen.pool.unwrap().to_string(), "m6i.large in eu-central-1b");
    let Says::Instance(gone) = says("container-instance-inactive") else {
        panic!("no container instance");
    };
    assert_eq!((gone.status, gone.pool), (Status::Inactive, None));
    assert!(seen.agent_connected && !gone.agent_connected);
    let machine = sample("container-instance-somewhere-else");
    assert_eq!(not_for_us(machine), "not-an-ec2-instance");
    let odd = with(
        "container-instance-draining",
        "/detail/status",
        json!("ASLEEP"),
    );
    assert_eq!(not_for_us(odd), "a-status-that-is-not-known");
}

#[test]
fn a_task_on_fargate_spot_is_heard_under_both_codes_and_for_no_other_reason() {
    for name in [
        "task-stopping-for-spot",
        "task-stopping-as-in-2023",
        "task-stopped-for-spot",
    ] {
        let Says::TaskStopping(task) = says(name) else {
            panic!("{name}");
        };
        assert_eq!(task.service.unwrap().name(), "web");
        assert_eq!(task.provider.as_deref(), Some("FARGATE_SPOT"));
    }
    let standalone = with(
        "task-stopping-for-spot",
        "/detail/group",
        json!("family:report"),
    );
    let Says::TaskStopping(task) = sign(standalone).says else {
        panic!("no task");
    };
    assert_eq!(task.service, None);
    let other = sample("task-stopping-for-another-reason");
    assert_eq!(not_for_us(other), "a-task-that-stops-for-another-reason");
}

#[test]
fn a_placement_that_failed_is_the_only_service_action_that_is_heard() {
    let Says::PlacementFailed {
        reason, provider, ..
    } = says("placement-failed")
    else {
        panic!("no placement");
    };
    assert_eq!(
        (reason.as_str(), provider.as_deref()),
        ("RESOURCE:FARGATE", Some("FARGATE_SPOT"))
    );
    assert_eq!(
        not_for_us(sample("service-steady")),
        "not-a-placement-that-failed"
    );
}

#[test]
fn what_ecs_says_of_a_cluster_out_of_reach_is_not_heard() {
    let mut settings = settings();
    settings.reach = "dev-*".parse().unwrap();
    for name in [
        "container-instance-registered",
        "task-stopping-for-spot",
        "placement-failed",
    ] {
        let told = bus::read(sample(name), &settings).unwrap();
        let Heard::NotForUs(why) = told.heard else {
            panic!("{name}");
        };
        assert_eq!(why, "of-a-cluster-out-of-reach");
    }
}

#[test]
fn a_minute_an_hour_and_a_look_are_told_apart() {
    assert_eq!(work(sample("minute-tick")).kind, "tick");
    assert_eq!(says("minute-tick"), Says::Tick);
    assert_eq!(work(sample("hourly-tick")).kind, "sweep");
    assert_eq!(says("hourly-tick"), Says::Sweep);
    assert_eq!(says("look-again"), Says::Look { hop: 2 });
}

#[test]
fn a_look_is_read_as_it_is_written_and_a_chain_of_them_is_cut() {
    let (planned, at) = (
        SENT.parse().unwrap(),
        "2026-11-24T10:01:15Z".parse().unwrap(),
    );
    let look = |hop| work(record(&look::write(planned, at, hop)));
    assert_eq!(look(8).signs[0].says, Says::Look { hop: 8 });
    assert_eq!(look(8).signs[0].at, planned);
    assert_eq!(look(9).not_for_us[0].1, "a-look-of-too-many-hops");
}

#[test]
fn a_batch_is_one_round_with_a_name_of_its_own() {
    let work = work(sample("batch-in-every-order"));
    assert_eq!((work.signs.len(), work.kind), (6, "messages"));
    assert!(work.event.ends_with("+5"), "{}", work.event);
    assert_eq!(work.came, SENT.parse().unwrap());
    let one = super::tests::work(sample("look-again"));
    assert_eq!(one.event, one.accepted[0]);
}

#[test]
fn a_person_announces_an_exercise() {
    let announced = json!({
        "action": "exercise", "for": "1h", "by": "ana", "why": "the first of the month",
    });
    let Request::Exercise(exercise) = parsed(announced).unwrap() else {
        panic!("no exercise");
    };
    assert_eq!(exercise.until.to_string(), "2026-11-24T11:00:02Z");
    assert_eq!(
        (exercise.by.as_str(), exercise.since),
        ("ana", "2026-11-24T10:00:02Z".parse().unwrap())
    );
}

#[test]
fn a_person_asks_and_what_nobody_can_mean_is_named() {
    assert!(matches!(
        parsed(sample("status")).unwrap(),
        Request::Ask(Question::Status { instance: None })
    ));
    assert!(matches!(
        parsed(sample("drainability")).unwrap(),
        Request::Ask(Question::Drainability { cluster: None })
    ));
    assert_eq!(work(json!({ "action": "tick" })).kind, "tick");
    assert_eq!(work(json!({ "action": "sweep" })).kind, "sweep");
    for (event, named) in [
        (json!({ "action": "drain" }), "action"),
        (json!({ "action": "status", "instance": "web" }), "instance"),
        (
            json!({ "action": "status", "instances": "i-1" }),
            "instances",
        ),
        (json!({ "action": "tick", "cluster": "prod" }), "cluster"),
        (json!([]), "action"),
        (
            json!({ "action": "exercise", "for": "long", "by": "a", "why": "b" }),
            "for",
        ),
        (
            json!({ "action": "exercise", "for": "0s", "by": "a", "why": "b" }),
            "for",
        ),
        (
            json!({ "action": "exercise", "for": "4h 1s", "by": "a", "why": "b" }),
            "for",
        ),
        (
            json!({ "action": "exercise", "for": "1h", "by": " ", "why": "b" }),
            "by",
        ),
        (
            json!({ "action": "exercise", "for": "1h", "by": "a" }),
            "why",
        ),
    ] {
        let failure = parsed(event).unwrap_err().to_string();
        assert!(failure.starts_with(&format!("{named}: ")), "{failure}");
    }
}
