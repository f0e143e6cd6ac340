//! The messages that Lambda takes from the dead-letter queue for the pager.

use std::collections::BTreeMap;

use domain::pager::dead_letter::DeadLetter;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::letter;
use crate::failure::Failure;

/// The fields of the event that are read
/// (<https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html>).
#[derive(Debug, Deserialize)]
struct Raw {
    #[serde(rename = "Records")]
    records: Vec<Message>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    message_id: String,
    body: String,
    attributes: OfTheQueue,
    #[serde(default)]
    message_attributes: BTreeMap<String, Attribute>,
    #[serde(rename = "eventSourceARN")]
    queue: String,
}

/// What SQS says of a message.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct OfTheQueue {
    sent_timestamp: String,
}

/// What the sender says of a message. One that is not text has no value here.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Attribute {
    string_value: Option<String>,
}

/// Whether the event holds messages of a queue.
pub(super) fn is_of_a_queue(event: &Value) -> bool {
    event
        .pointer("/Records/0/eventSource")
        .is_some_and(|source| source == "aws:sqs")
}

/// The dead letters, each of them. What a letter says never makes it a failure.
pub(super) fn parse(event: Value) -> Result<Vec<DeadLetter>, Failure> {
    let raw: Raw = serde_json::from_value(event).map_err(Failure::UnusableEvent)?;
    raw.records.into_iter().map(dead_letter).collect()
}

fn dead_letter(message: Message) -> Result<DeadLetter, Failure> {
    let (region, account) = place(&message.queue)?;
    Ok(DeadLetter {
        left: moment(&message.attributes.sent_timestamp)?,
        letter: letter::read(&message.body, &texts(message.message_attributes)),
        id: message.message_id,
        queue: message.queue,
        account,
        region,
    })
}

/// The region and the account of `arn:aws:sqs:REGION:ACCOUNT:NAME`.
fn place(queue: &str) -> Result<(String, String), Failure> {
    let parts: Vec<&str> = queue.split(':').collect();
    match parts[..] {
        ["arn", _, "sqs", region, account, _] => Ok((region.to_owned(), account.to_owned())),
        _ => Err(Failure::UnusableMessage("eventSourceARN")),
    }
}

/// SQS writes milliseconds since 1970, as text.
fn moment(text: &str) -> Result<Timestamp, Failure> {
    let unusable = Failure::UnusableMessage("SentTimestamp");
    match text.parse().map(Timestamp::from_millisecond) {
        Ok(Ok(moment)) => Ok(moment),
        _ => Err(unusable),
    }
}

fn texts(attributes: BTreeMap<String, Attribute>) -> BTreeMap<String, String> {
    attributes
        .into_iter()
        .filter_map(|(name, attribute)| Some((name, attribute.string_value?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use domain::pager::dead_letter::{Event, Letter, Sender, Undelivered};
    use serde_json::json;

    use super::*;

    const OFF_HOURS: &str =
        "arn:aws:lambda:eu-central-1:111122223333:function:ecs-caretaker-off-hours";

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
            Letter::Unreadable { body } => panic!("cannot be read: {body}"),
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
                notice: Some(
                    "Wave 1 in prod is not steady 20 minutes after it was woken".to_owned()
                ),
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
    fn any_other_message_is_kept_as_it_stands() {
        for body in ["half of a {", "", "null", "[]", "{\"requestContext\":{}}"] {
            let letter = dead_letter(with_body("unreadable", body)).letter;
            assert_eq!(
                letter,
                Letter::Unreadable {
                    body: body.to_owned()
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
            let record = json!({ "requestContext": { "functionArn": OFF_HOURS }, "requestPayload": payload });
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
}
