//! What is made of the messages of the dead-letter queue, as each sender writes them.

use domain::pager::dead_letter::{DeadLetter, Event, Letter, Sender, Undelivered};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::sqs::{is_of_a_queue, parse};

const OFF_HOURS: &str = "arn:aws:lambda:eu-central-1:111122223333:function:ecs-caretaker-off-hours";

const INTAKE: &str = "arn:aws:sqs:eu-central-1:111122223333:ecs-caretaker-SpotIntake-1A2B3C4D5E6F";

fn event(name: &str) -> Value {
    let path = format!(
        "{}/../../events/pager/dead-letter-{name}.json",
        env!("CARGO_MANIFEST_DIR")
    );
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn dead_letter(event: Value) -> DeadLetter {
    assert!(is_of_a_queue(&event));
    let mut letters = parse(event).unwrap();
    assert_eq!(letters.len(), 1);
    letters.remove(0)
}

fn undelivered(event: Value) -> Undelivered {
    match dead_letter(event).letter {
        Letter::Undelivered(undelivered) => *undelivered,
        Letter::Unreadable { body, .. } => panic!("cannot be read: {body}"),
    }
}

/// An event whose only message has another body.
fn with_body(name: &str, body: &str) -> Value {
    let mut event = event(name);
    event["Records"][0]["body"] = json!(body);
    event
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn a_message_says_where_and_when_it_was_left() {
    let letter = dead_letter(event("invocation"));
    assert_eq!(letter.id, "059f36b4-87a3-44ab-83d2-661975830a7d");
    assert!(
        letter
            .queue
            .ends_with(":ecs-caretaker-DeadLetters-1A2B3C4D5E6F")
    );
    assert_eq!(letter.account, "111122223333");
    assert_eq!(letter.region, "eu-central-1");
    assert_eq!(letter.left, at("2026-11-26T07:05:02.401Z"));
}

#[test]
fn every_message_of_a_batch_is_a_dead_letter() {
    let mut batch = event("invocation");
    let second = event("unreadable")["Records"][0].take();
    batch["Records"].as_array_mut().unwrap().push(second);
    let letters = parse(batch).unwrap();
    let ids: Vec<&str> = letters.iter().map(|letter| &letter.id[..8]).collect();
    assert_eq!(ids, ["059f36b4", "b4d0c2a7"]);
}

#[test]
fn a_failed_invocation_says_what_the_function_said() {
    let failed = undelivered(event("invocation"));
    assert_eq!(
        failed.sender,
        Sender::Lambda {
            request: Some("e4b46cbf-b738-4880-8880-a18cdf61200e".to_owned())
        }
    );
    assert_eq!(failed.target.arn(), OFF_HOURS);
    assert_eq!(
        failed.event,
        Event::Enveloped {
            source: "aws.scheduler".to_owned(),
            detail_type: "Scheduled Event".to_owned(),
            notice: None,
        }
    );
    assert_eq!(failed.happened, Some(at("2026-11-26T07:00:00Z")));
    assert_eq!(failed.attempts, Some(3));
    assert_eq!(failed.condition.as_deref(), Some("RetriesExhausted"));
    assert_eq!(failed.error_type.as_deref(), Some("LedgerFailed"));
    assert!(
        failed
            .error_message
            .unwrap()
            .starts_with("dynamodb:Query did not succeed")
    );
}

#[test]
fn an_undelivered_notice_keeps_its_title() {
    let refused = undelivered(event("rule"));
    let Sender::Rule { arn } = &refused.sender else {
        panic!("not of a rule: {:?}", refused.sender);
    };
    assert!(arn.ends_with(":rule/ecs-caretaker-NoticesToPager-1ABCDEF"));
    assert_eq!(refused.target.function(), Some("ecs-caretaker-pager"));
    assert_eq!(
        refused.event,
        Event::Enveloped {
            source: "caretaker".to_owned(),
            detail_type: "Caretaker Notice".to_owned(),
            notice: Some("Wave 1 in prod is not steady 20 minutes after it was woken".to_owned()),
        }
    );
    assert_eq!(refused.happened, Some(at("2026-11-26T07:05:00Z")));
    assert_eq!(refused.attempts, Some(1), "no retry is one attempt");
    assert_eq!(refused.condition, None);
    assert_eq!(refused.error_type.as_deref(), Some("NO_PERMISSIONS"));
    assert!(refused.error_message.unwrap().contains("not authorized"));
}

#[test]
fn an_undelivered_schedule_is_read_from_its_attributes_alone() {
    let record = json!({ "requestContext": { "functionArn": "another" } }).to_string();
    for body in ["cut in the mid", "", &record] {
        let event = with_body("schedule", body);
        let refused = undelivered(event);
        let Sender::Schedule { arn } = &refused.sender else {
            panic!("not of a schedule: {:?}", refused.sender);
        };
        assert!(arn.ends_with(":schedule/ecs-caretaker/ecs-caretaker-Tick-1ABCDEF"));
        assert_eq!(refused.target.arn(), OFF_HOURS);
        assert_eq!(refused.event, Event::Scheduled);
        assert_eq!(refused.happened, Some(at("2026-11-26T07:00:00Z")));
        assert_eq!(refused.attempts, Some(9), "8 retries and the first attempt");
        assert_eq!(
            refused.condition.as_deref(),
            Some("MaximumEventAgeInSeconds")
        );
        assert_eq!(
            refused.error_type.as_deref(),
            Some("Lambda.TooManyRequestsException")
        );
    }
}

#[test]
fn a_message_that_its_queue_s_function_could_not_handle_says_what_it_was() {
    let failed = undelivered(event("redriven"));
    let arn = INTAKE.to_owned();
    assert_eq!(failed.sender, Sender::Queue { arn });
    assert_eq!(failed.target.arn(), INTAKE);
    assert_eq!(
        failed.event,
        Event::Enveloped {
            source: "aws.ec2".to_owned(),
            detail_type: "EC2 Spot Instance Interruption Warning".to_owned(),
            notice: None,
        }
    );
    assert_eq!(failed.about.as_deref(), Some("i-0a1b2c3d4e5f60001"));
    assert_eq!(failed.happened, Some(at("2026-11-26T07:05:00Z")));
    assert_eq!(failed.attempts, Some(5), "the sixth was the pager's");
    assert_eq!(failed.error_type, None, "a queue knows no error");
}

#[test]
fn whatever_the_intake_takes_is_told_with_what_it_is_about() {
    let instance = "i-0a1b2c3d4e5f60001";
    let enveloped = |source: &str, detail_type: &str| Event::Enveloped {
        source: source.to_owned(),
        detail_type: detail_type.to_owned(),
        notice: None,
    };
    let of = |source: &str, kind: &str, detail: Value| json!({ "source": source, "detail-type": kind, "detail": detail });
    let direct = json!({
        "LifecycleTransition": "autoscaling:EC2_INSTANCE_TERMINATING",
        "EC2InstanceId": instance,
        "Time": "2026-11-26T07:04:00Z",
    });
    let warning = of("aws.ec2", "Warning", json!({ "instance-id": instance }));
    let topic = |message: &Value| json!({ "Type": "Notification", "TopicArn": "arn:aws:sns:x", "Message": message.to_string() });
    for (body, kind, about) in [
        (
            of(
                "aws.autoscaling",
                "Hook",
                json!({ "EC2InstanceId": instance }),
            ),
            enveloped("aws.autoscaling", "Hook"),
            Some(instance),
        ),
        (
            of("aws.ecs", "Host", json!({ "ec2InstanceId": instance })),
            enveloped("aws.ecs", "Host"),
            Some(instance),
        ),
        (
            of(
                "aws.ecs",
                "Task",
                json!({ "taskArn": "arn:aws:ecs:x:1:task/a" }),
            ),
            enveloped("aws.ecs", "Task"),
            Some("arn:aws:ecs:x:1:task/a"),
        ),
        (
            of("aws.fis", "Experiment", json!({ "experiment-id": "EXPa" })),
            enveloped("aws.fis", "Experiment"),
            Some("EXPa"),
        ),
        (
            of(
                "aws.ec2",
                "Evicted",
                json!({ "serviceEventDetails": { "instanceIdSet": ["i-1", "i-2"] } }),
            ),
            enveloped("aws.ec2", "Evicted"),
            Some("i-1, i-2"),
        ),
        (
            of("caretaker", "Look Again", json!({ "at": "soon" })),
            enveloped("caretaker", "Look Again"),
            None,
        ),
        (
            direct.clone(),
            enveloped("aws.autoscaling", "autoscaling:EC2_INSTANCE_TERMINATING"),
            Some(instance),
        ),
        (
            topic(&direct),
            enveloped("aws.autoscaling", "autoscaling:EC2_INSTANCE_TERMINATING"),
            Some(instance),
        ),
        (
            topic(&warning),
            enveloped("aws.ec2", "Warning"),
            Some(instance),
        ),
        (json!({ "future": 1 }), Event::Unknown, None),
        (
            of("aws.ec2", "Warning", Value::Null),
            enveloped("aws.ec2", "Warning"),
            None,
        ),
    ] {
        let failed = undelivered(with_body("redriven", &body.to_string()));
        assert_eq!(failed.event, kind, "{body}");
        assert_eq!(failed.about.as_deref(), about, "{body}");
        let arn = INTAKE.to_owned();
        assert_eq!(failed.sender, Sender::Queue { arn });
    }
    let hook = undelivered(with_body("redriven", &direct.to_string()));
    assert_eq!(hook.happened, Some(at("2026-11-26T07:04:00Z")));
}

#[test]
fn what_cannot_be_read_says_through_which_queue_it_came() {
    for body in ["half of a {", "", "[]", "7"] {
        let letter = dead_letter(with_body("redriven", body)).letter;
        let expected = Letter::Unreadable {
            body: body.to_owned(),
            from: Some(INTAKE.to_owned()),
        };
        assert_eq!(letter, expected);
    }
}

#[test]
fn how_often_it_was_tried_is_not_guessed() {
    for (count, attempts) in [
        (json!("1"), Some(0)),
        (json!("often"), None),
        (Value::Null, None),
    ] {
        let mut event = event("redriven");
        let of_the_queue = event.pointer_mut("/Records/0/attributes").unwrap();
        match count {
            Value::Null => drop(
                of_the_queue
                    .as_object_mut()
                    .unwrap()
                    .remove("ApproximateReceiveCount"),
            ),
            count => of_the_queue["ApproximateReceiveCount"] = count,
        }
        assert_eq!(undelivered(event).attempts, attempts);
    }
}

#[test]
fn any_other_message_is_kept_as_it_stands() {
    for body in ["half of a {", "", "null", "[]", "{\"requestContext\":{}}"] {
        let letter = dead_letter(with_body("unreadable", body)).letter;
        assert_eq!(
            letter,
            Letter::Unreadable {
                body: body.to_owned(),
                from: None,
            }
        );
    }
}

#[test]
fn an_invocation_that_ran_out_of_time_has_no_error_to_tell() {
    let record = json!({
        "requestContext": { "functionArn": OFF_HOURS, "condition": "EventAgeExceeded", "approximateInvokeCount": 0 },
        "requestPayload": { "RequestType": "Delete", "ResponseURL": "https://signed.example/" },
    });
    let late = undelivered(with_body("invocation", &record.to_string()));
    assert_eq!(late.sender, Sender::Lambda { request: None });
    assert_eq!(
        late.event,
        Event::CloudFormation {
            request: "Delete".to_owned()
        }
    );
    assert_eq!(late.attempts, Some(0));
    assert_eq!(
        (late.happened, late.error_type, late.error_message),
        (None, None, None)
    );
}

#[test]
fn the_kind_of_a_payload_is_told_as_far_as_it_can_be() {
    for (payload, kind) in [
        (
            json!({ "action": "wake", "by": "anna" }),
            Event::Asked {
                action: "wake".to_owned(),
            },
        ),
        (
            json!({ "source": "aws.ecs", "detail-type": "Rumour", "detail": { "title": "x" } }),
            Event::Enveloped {
                source: "aws.ecs".to_owned(),
                detail_type: "Rumour".to_owned(),
                notice: None,
            },
        ),
        (json!({ "source": "aws.ecs" }), Event::Unknown),
        (json!("text"), Event::Unknown),
        (Value::Null, Event::Unknown),
    ] {
        let record =
            json!({ "requestContext": { "functionArn": OFF_HOURS }, "requestPayload": payload });
        let letter = undelivered(with_body("invocation", &record.to_string()));
        assert_eq!(letter.event, kind);
    }
}

#[test]
fn a_field_that_sqs_always_writes_is_missed_by_name() {
    for (pointer, value, missed) in [
        ("/Records/0/eventSourceARN", "a-queue", "eventSourceARN"),
        (
            "/Records/0/attributes/SentTimestamp",
            "yesterday",
            "SentTimestamp",
        ),
        (
            "/Records/0/attributes/SentTimestamp",
            "9223372036854775807",
            "SentTimestamp",
        ),
    ] {
        let mut event = event("invocation");
        *event.pointer_mut(pointer).unwrap() = json!(value);
        let failure = parse(event).unwrap_err();
        assert_eq!(failure.kind(), "UnusableMessage");
        assert_eq!(
            failure.to_string(),
            format!("the message has no usable {missed}")
        );
    }
}

#[test]
fn only_an_event_of_a_queue_is_read_as_one() {
    for other in [
        json!({ "Records": [] }),
        json!({ "Records": [{ "EventSource": "aws:sns" }] }),
        json!({ "source": "caretaker" }),
    ] {
        assert!(!is_of_a_queue(&other), "{other}");
    }
}
