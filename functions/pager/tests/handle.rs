//! What the pager answers to each event under `events/pager`, and what it asks of SNS.

#![allow(
    clippy::unwrap_used,
    reason = "a test may stop where it finds nonsense"
)]

use std::error::Error;

use aws_sdk_sns::Client;
use aws_sdk_sns::error::ErrorMetadata;
use aws_sdk_sns::operation::publish::{PublishError, PublishInput, PublishOutput};
use aws_sdk_sns::types::error::AuthorizationErrorException;
use aws_smithy_mocks::{Rule, mock, mock_client};
use domain::pager::Letterhead;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use pager::{Aws, Failure, Report, Settings, handle};
use serde_json::Value;

const TOPIC: &str = "arn:aws:sns:eu-central-1:111122223333:pages";

/// The event of that name under `events/pager`.
fn event(name: &str) -> Value {
    let path = format!(
        "{}/../../events/pager/{name}.json",
        env!("CARGO_MANIFEST_DIR")
    );
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn settings() -> Settings {
    Settings {
        topic: TOPIC.to_owned(),
        letterhead: Letterhead {
            stack: "ecs-caretaker".to_owned(),
            zone: TimeZone::get("Europe/Berlin").unwrap(),
        },
        dry_run: false,
    }
}

/// Half a minute after the events were written.
fn now() -> Timestamp {
    "2026-11-26T07:05:30Z".parse().unwrap()
}

/// A topic that takes a message if it is as it should be, and knows no other.
fn takes(right: impl Fn(&PublishInput) -> bool + Send + Sync + 'static) -> Rule {
    mock!(Client::publish)
        .match_requests(right)
        .then_output(|| PublishOutput::builder().message_id("message-1").build())
}

async fn answer(rule: &Rule, settings: &Settings, name: &str) -> Result<Report, Failure> {
    let aws = Aws {
        sns: mock_client!(aws_sdk_sns, [rule]),
    };
    handle(&aws, settings, event(name), now()).await
}

/// The texts of a message, by protocol.
fn texts(request: &PublishInput) -> Value {
    serde_json::from_str(request.message().unwrap()).unwrap()
}

/// The notification that a chat gets.
fn chat(request: &PublishInput) -> Value {
    serde_json::from_str(texts(request)["default"].as_str().unwrap()).unwrap()
}

#[tokio::test]
async fn a_notice_is_one_message_with_a_text_for_every_protocol() {
    let topic = takes(|request| {
        let texts = texts(request);
        let protocols: Vec<&String> = texts.as_object().unwrap().keys().collect();
        request.topic_arn() == Some(TOPIC)
            && request.message_structure() == Some("json")
            && request.message_attributes().is_none()
            && request.subject()
                == Some(
                    "ALARM: Wave 1 in prod is not steady 20 minutes after it was woken (ecs-caretaker)",
                )
            && protocols == ["default", "https", "email", "sms"]
            && texts["default"] == texts["https"]
            && texts.as_object().unwrap().values().all(Value::is_string)
    });
    let report = answer(&topic, &settings(), "wave-not-steady")
        .await
        .unwrap();
    assert_eq!(topic.num_calls(), 1);
    assert_eq!(
        serde_json::to_value(report).unwrap(),
        serde_json::json!({
            "reason": "wrong",
            "dryRun": false,
            "planned": 1,
            "messageIds": ["message-1"],
        })
    );
}

#[tokio::test]
async fn a_chat_gets_a_custom_notification_of_amazon_q() {
    let topic = takes(|request| {
        insta::assert_json_snapshot!("chat", chat(request));
        true
    });
    answer(&topic, &settings(), "malformed-tag").await.unwrap();
    assert_eq!(topic.num_calls(), 1);
}

#[tokio::test]
async fn what_is_over_is_ok() {
    let topic = takes(|request| request.subject().unwrap().starts_with("OK: "));
    let report = answer(&topic, &settings(), "resolved").await.unwrap();
    assert_eq!(report.reason, "right-again");
    assert_eq!(topic.num_calls(), 1);
}

#[tokio::test]
async fn hostile_text_mentions_nobody_and_links_nowhere() {
    let topic = takes(|request| {
        let message = request.message().unwrap();
        [
            "<!channel>",
            "@here",
            "://",
            "](",
            "curl",
            "\\u202e",
            "\u{202E}",
            "\\u001b",
        ]
        .iter()
        .all(|sign| !message.contains(sign) && !request.subject().unwrap().contains(sign))
    });
    answer(&topic, &settings(), "hostile-text").await.unwrap();
    assert_eq!(topic.num_calls(), 1);
}

#[tokio::test]
async fn every_dead_letter_is_one_message() {
    for (name, subject, part) in [
        (
            "dead-letter-invocation",
            "ALARM: AWS gave up on an event for off-hours after 3 attempts (ecs-caretaker)",
            "LedgerFailed",
        ),
        (
            "dead-letter-rule",
            "ALARM: AWS gave up on an event for pager after 1 attempt (ecs-caretaker)",
            "Wave 1 in prod is not steady 20 minutes after it was woken",
        ),
        (
            "dead-letter-schedule",
            "ALARM: AWS gave up on an event for off-hours after 9 attempts (ecs-caretaker)",
            "MaximumEventAgeInSeconds",
        ),
        (
            "dead-letter-redriven",
            "ALARM: AWS gave up on an event for spot-drain after 5 attempts (ecs-caretaker)",
            "About: i-0a1b2c3d4e5f60001",
        ),
        (
            "dead-letter-unreadable",
            "ALARM: A message in the dead-letter queue cannot be read (ecs-caretaker)",
            "Half of a {message, ‹!channel› see https[:]//evil[.]example/a gnp",
        ),
    ] {
        let topic = takes(move |request| {
            let texts = texts(request);
            request.subject() == Some(subject)
                && texts["email"].as_str().unwrap().contains(part)
                && chat(request)["metadata"]["eventType"] == "undelivered"
        });
        let report = answer(&topic, &settings(), name).await.unwrap();
        assert_eq!(topic.num_calls(), 1, "{name}");
        assert_eq!(report.reason, "undelivered");
        assert_eq!(report.planned, 1);
    }
}

#[tokio::test]
async fn a_dead_letter_that_cannot_be_paged_stays_in_the_queue() {
    let topic = mock!(Client::publish).then_error(|| {
        let meta = ErrorMetadata::builder().code("Throttled").build();
        PublishError::generic(meta)
    });
    let failure = answer(&topic, &settings(), "dead-letter-invocation")
        .await
        .unwrap_err();
    assert_eq!(failure.kind(), "CallFailed");
}

#[tokio::test]
async fn an_event_that_is_no_notice_publishes_nothing() {
    for (name, reason) in [
        ("foreign-event", "foreign-source"),
        ("unknown-detail-type", "unknown-detail-type"),
    ] {
        let topic = takes(|_| true);
        let report = answer(&topic, &settings(), name).await.unwrap();
        assert_eq!(report.reason, reason);
        assert_eq!(report.planned, 0);
        assert_eq!(topic.num_calls(), 0);
    }
}

#[tokio::test]
async fn a_dry_run_decides_and_publishes_nothing() {
    let settings = Settings {
        dry_run: true,
        ..settings()
    };
    let topic = takes(|_| true);
    let report = answer(&topic, &settings, "wave-not-steady").await.unwrap();
    assert_eq!(topic.num_calls(), 0);
    assert_eq!(report.planned, 1);
    assert!(report.dry_run);
    assert_eq!(report.message_ids, Vec::<String>::new());
}

#[tokio::test]
async fn a_dry_run_tells_that_an_event_was_lost() {
    let settings = Settings {
        dry_run: true,
        ..settings()
    };
    let topic = takes(|_| true);
    let report = answer(&topic, &settings, "dead-letter-schedule")
        .await
        .unwrap();
    assert_eq!(topic.num_calls(), 1);
    assert!(!report.dry_run);
    assert_eq!(report.message_ids, ["message-1"]);
}

#[tokio::test]
async fn a_refused_message_is_delivered_again() {
    let topic = mock!(Client::publish).then_error(|| {
        let meta = ErrorMetadata::builder()
            .code("AuthorizationError")
            .message("not authorized to perform: SNS:Publish")
            .build();
        let error = AuthorizationErrorException::builder().meta(meta).build();
        PublishError::AuthorizationErrorException(error)
    });
    let failure = answer(&topic, &settings(), "wave-not-steady")
        .await
        .unwrap_err();
    assert_eq!(failure.kind(), "CallFailed");
    assert_eq!(failure.to_string(), "sns:Publish did not succeed");
    assert!(shell::failure::chain(&failure).contains("AuthorizationError"));
    assert_eq!(
        topic.num_calls(),
        1,
        "the next delivery tries again, not this one"
    );
}

#[tokio::test]
async fn a_notice_that_cannot_be_read_is_not_lost() {
    let topic = takes(|_| true);
    let failure = answer(&topic, &settings(), "unreadable-notice")
        .await
        .unwrap_err();
    assert_eq!(failure.kind(), "UnusableNotice");
    assert_eq!(
        failure.source().unwrap().to_string(),
        "since is not a moment such as 2026-11-26T06:45:00Z"
    );
    assert_eq!(topic.num_calls(), 0);
}

#[tokio::test]
async fn what_is_no_event_is_refused_with_the_field_that_is_missing() {
    let topic = takes(|_| true);
    let aws = Aws {
        sns: mock_client!(aws_sdk_sns, [&topic]),
    };
    let outcome = handle(
        &aws,
        &settings(),
        serde_json::json!({ "Records": [] }),
        now(),
    )
    .await;
    let failure = outcome.unwrap_err();
    assert_eq!(failure.kind(), "UnusableEvent");
    assert!(shell::failure::chain(&failure).contains("missing field `source`"));
}
