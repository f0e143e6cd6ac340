//! What a message of the dead-letter queue says: its body, as its sender spells it, and what the
//! sender wrote beside it.
//!
//! Every field is optional here. A letter that says less than it should is still a page.

use std::collections::BTreeMap;

use domain::pager::dead_letter::{Event, Letter, Sender, Target, Undelivered};
use jiff::Timestamp;
use notices::{DETAIL_TYPE, SOURCE};
use serde_json::Value;

type Attributes = BTreeMap<String, String>;

/// What SQS says of a message that it moved from a queue whose function could not handle it.
pub(super) struct Moved {
    /// The queue's ARN.
    pub(super) from: String,
    /// How often the message was received in all, this time included.
    pub(super) received: Option<u64>,
}

/// Reads a message. What SQS and its sender wrote beside it comes first, because a body can quote
/// anything.
pub(super) fn read(body: &str, attributes: &Attributes, moved: Option<Moved>) -> Letter {
    let json = serde_json::from_str(body).unwrap_or(Value::Null);
    let from = moved.as_ref().map(|moved| moved.from.clone());
    moved
        .and_then(|moved| of_a_queue(&json, moved))
        .or_else(|| of_a_schedule(attributes))
        .or_else(|| of_a_rule(&json, attributes))
        .or_else(|| of_lambda(&json))
        .map_or_else(
            || Letter::Unreadable {
                body: body.to_owned(),
                from,
            },
            |undelivered| Letter::Undelivered(Box::new(undelivered)),
        )
}

/// A message that a queue's function was handed too often: the body is as it came to that queue
/// (<https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html>).
/// What a topic made of it is taken off.
fn of_a_queue(body: &Value, moved: Moved) -> Option<Undelivered> {
    let within = body
        .get("TopicArn")
        .and_then(|_| serde_json::from_str(&text(body, "/Message")?).ok());
    let event = within.as_ref().unwrap_or(body);
    event.as_object()?;
    Some(Undelivered {
        sender: Sender::Queue {
            arn: moved.from.clone(),
        },
        target: Target::new(&moved.from),
        event: kind_of(event),
        about: about(event),
        happened: time(event).or_else(|| text(event, "/Time")?.parse().ok()),
        // The pager has received it too.
        attempts: moved.received.map(|all| all.saturating_sub(1)),
        condition: None,
        error_type: None,
        error_message: None,
    })
}

/// An invocation that EventBridge Scheduler could not make
/// (<https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html>). Its
/// body is the request to the target, which says nothing that the schedule does not.
fn of_a_schedule(attributes: &Attributes) -> Option<Undelivered> {
    let sender = Sender::Schedule {
        arn: attributes.get("SCHEDULE_ARN")?.clone(),
    };
    let scheduled = attributes.get("SCHEDULED_TIME");
    Some(Undelivered {
        happened: scheduled.and_then(|text| text.parse().ok()),
        ..not_taken(sender, Event::Scheduled, attributes)?
    })
}

/// An event that a rule could not deliver: the body is the event
/// (<https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html>).
fn of_a_rule(body: &Value, attributes: &Attributes) -> Option<Undelivered> {
    let sender = Sender::Rule {
        arn: attributes.get("RULE_ARN")?.clone(),
    };
    Some(Undelivered {
        about: about(body),
        happened: time(body),
        ..not_taken(sender, kind_of(body), attributes)?
    })
}

/// What rules and schedules say alike.
fn not_taken(sender: Sender, event: Event, attributes: &Attributes) -> Option<Undelivered> {
    let stated = |name: &str| attributes.get(name).cloned();
    let retries = attributes.get("RETRY_ATTEMPTS");
    Some(Undelivered {
        sender,
        target: Target::new(attributes.get("TARGET_ARN")?),
        event,
        about: None,
        happened: None,
        // The first attempt is none of the retries.
        attempts: retries
            .and_then(|text| text.parse::<u64>().ok())
            .map(|retries| retries.saturating_add(1)),
        condition: stated("EXHAUSTED_RETRY_CONDITION"),
        error_type: stated("ERROR_CODE"),
        error_message: stated("ERROR_MESSAGE"),
    })
}

/// The record of an asynchronous invocation that failed for good
/// (<https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html>).
fn of_lambda(record: &Value) -> Option<Undelivered> {
    let event = record.get("requestPayload").unwrap_or(&Value::Null);
    Some(Undelivered {
        sender: Sender::Lambda {
            request: text(record, "/requestContext/requestId"),
        },
        target: Target::new(&text(record, "/requestContext/functionArn")?),
        event: kind_of(event),
        about: about(event),
        happened: time(event),
        attempts: record
            .pointer("/requestContext/approximateInvokeCount")
            .and_then(Value::as_u64),
        condition: text(record, "/requestContext/condition"),
        error_type: text(record, "/responsePayload/errorType"),
        error_message: text(record, "/responsePayload/errorMessage"),
    })
}

fn kind_of(event: &Value) -> Event {
    if let (Some(source), Some(detail_type)) = (text(event, "/source"), text(event, "/detail-type"))
    {
        let ours = source == SOURCE && detail_type == DETAIL_TYPE;
        return Event::Enveloped {
            notice: text(event, "/detail/title").filter(|_| ours),
            source,
            detail_type,
        };
    }
    if let Some(request) = text(event, "/RequestType") {
        return Event::CloudFormation { request };
    }
    // EC2 Auto Scaling writes to a queue without an envelope.
    if let Some(transition) = text(event, "/LifecycleTransition") {
        return Event::Enveloped {
            source: "aws.autoscaling".to_owned(),
            detail_type: transition,
            notice: None,
        };
    }
    text(event, "/action").map_or(Event::Unknown, |action| Event::Asked { action })
}

/// What an event is about, where the suite's queues hear of it: an instance, a task, an experiment.
fn about(event: &Value) -> Option<String> {
    let named = [
        "/detail/instance-id",
        "/detail/EC2InstanceId",
        "/detail/ec2InstanceId",
        "/detail/taskArn",
        "/detail/experiment-id",
        "/EC2InstanceId",
    ];
    let evicted = event.pointer("/detail/serviceEventDetails/instanceIdSet");
    let evicted = evicted.and_then(Value::as_array);
    let evicted = evicted.map(|ids| ids.iter().filter_map(Value::as_str).collect::<Vec<_>>());
    let mut named = named.iter().filter_map(|pointer| text(event, pointer));
    named.next().or_else(|| Some(evicted?.join(", ")))
}

/// When an event in EventBridge's envelope happened.
fn time(event: &Value) -> Option<Timestamp> {
    text(event, "/time")?.parse().ok()
}

fn text(value: &Value, pointer: &str) -> Option<String> {
    value.pointer(pointer)?.as_str().map(str::to_owned)
}
