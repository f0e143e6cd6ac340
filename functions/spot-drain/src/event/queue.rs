//! A batch of the intake queue. A record that cannot be read comes again by itself and hinders no
//! other.

use domain::drain::Sign;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use shell::json::{self, BadField};

use super::{Heard, Request, Told, Work, bad, bus, hook};
use crate::Settings;
use crate::failure::Failure;

/// A record, as far as it is read.
/// Source: <https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html>.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    message_id: String,
    body: String,
    attributes: OfTheQueue,
}

/// What SQS says of a message.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct OfTheQueue {
    /// Milliseconds since 1970, as text.
    sent_timestamp: String,
}

/// A message that came to the queue through a topic.
/// Source: <https://docs.aws.amazon.com/sns/latest/dg/sns-sqs-as-subscriber.html>.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Notification {
    message: String,
}

/// Reads a batch. The signs are in the order in which their messages were sent, as far as SQS says.
pub(super) fn parse(records: &Value, settings: &Settings) -> Result<Request, Failure> {
    let records = records.as_array();
    let records = records.ok_or_else(|| Failure::unusable("Records", "is no list"))?;
    let mut work = Work {
        kind: "messages",
        queued: true,
        ..Work::default()
    };
    for (place, record) in records.iter().enumerate() {
        add(&mut work, place, record, settings)?;
    }
    let ids = work.accepted.iter();
    let ids = ids.chain(work.not_read.iter().map(|(id, _)| id)).min();
    let Some(first) = ids else {
        return Ok(Request::NotForUs("no-records"));
    };
    work.event = match records.len() {
        1 => first.clone(),
        more => format!("{first}+{}", more - 1),
    };
    Ok(Request::Work(Box::new(work)))
}

/// A record that SQS itself would not write is no record of its queue: then the whole event cannot
/// be used.
fn add(work: &mut Work, place: usize, record: &Value, settings: &Settings) -> Result<(), Failure> {
    let here = |bad: BadField| BadField {
        field: format!("Records[{place}].{}", bad.field),
        ..bad
    };
    let record: Record = json::read(record.clone()).map_err(here)?;
    let sent = sent(&record.attributes.sent_timestamp).map_err(here)?;
    work.came = work.came.max(sent);
    let id = record.message_id;
    match read(&record.body, settings) {
        Ok(Told { heard, at }) => {
            match heard {
                Heard::Says(says) => work.signs.push(Sign {
                    id: id.clone(),
                    at: at.unwrap_or(sent),
                    says: *says,
                }),
                Heard::NotForUs(why) => work.not_for_us.push((id.clone(), why)),
            }
            work.accepted.push(id);
        }
        Err(bad) => work.not_read.push((id, here(bad))),
    }
    Ok(())
}

fn sent(text: &str) -> Result<Timestamp, BadField> {
    let instant = text.parse().ok().map(Timestamp::from_millisecond);
    match instant {
        Some(Ok(instant)) => Ok(instant),
        _ => Err(bad(
            "attributes.SentTimestamp",
            format!("\"{text}\" is no instant"),
        )),
    }
}

/// Reads a message: an event, a lifecycle action of Auto Scaling itself, or one of those in what SNS
/// makes of it.
fn read(body: &str, settings: &Settings) -> Result<Told, BadField> {
    let within = |bad: BadField| BadField {
        field: format!("body.{}", bad.field),
        ..bad
    };
    let message = of_text(body).map_err(|error| bad("body", error))?;
    let is_of_a_topic = message
        .get("Type")
        .is_some_and(|kind| kind == "Notification")
        && message.get("TopicArn").is_some();
    if !is_of_a_topic {
        return told(message, settings).map_err(within);
    }
    let Notification { message } = json::read(message).map_err(within)?;
    let message = of_text(&message).map_err(|error| bad("body.Message", error))?;
    told(message, settings).map_err(|bad| within(within_a_topic(bad)))
}

fn within_a_topic(bad: BadField) -> BadField {
    BadField {
        field: format!("Message.{}", bad.field),
        ..bad
    }
}

fn told(message: Value, settings: &Settings) -> Result<Told, BadField> {
    match hook::is_direct(&message) {
        true => hook::direct(message, settings),
        false => bus::read(message, settings),
    }
}

fn of_text(text: &str) -> Result<Value, serde_json::Error> {
    serde_json::from_str(text)
}
