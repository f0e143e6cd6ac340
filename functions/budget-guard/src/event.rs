//! Theirs, then ours: an event of any kind → what it asks for.

use domain::budget::prose::Hint;
use domain::budget::{Asked, Message};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use shell::json;
use shell::json::BadField;

use crate::ask::Question;
use crate::command;
use crate::failure::Failure;
use crate::{Invocation, Settings};

/// What an event asks for.
#[derive(Debug)]
pub(crate) enum Request {
    /// Look, decide, act.
    Work(Box<Work>),
    /// Answer, change nothing.
    Ask(Question),
    /// Nothing: the event is not for this function, for this reason.
    NotForUs(&'static str),
}

/// Work, and why.
#[derive(Debug, Default)]
pub(crate) struct Work {
    /// What identifies the event, the same when it is delivered again.
    pub(crate) event: String,
    /// When it came about, likewise. A direct invocation has no time of its own but the one at
    /// which it comes.
    pub(crate) came: Timestamp,
    /// What kind of event it is.
    pub(crate) kind: &'static str,
    /// The messages that came. They only say *look here*.
    pub(crate) messages: Vec<Message>,
    /// The records that could not be read.
    pub(crate) not_read: Vec<BadField>,
    /// What a person asks for.
    pub(crate) asked: Option<Asked>,
}

impl Work {
    /// Whether nobody waits for it: the next hour looks again.
    pub(crate) fn can_wait(&self) -> bool {
        self.asked.is_none() && self.messages.is_empty()
    }
}

/// EventBridge's envelope, as far as it is read.
#[derive(Debug, Deserialize)]
struct Envelope {
    id: String,
    source: String,
    time: String,
}

/// A record of SNS.
/// Source: <https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html>.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Record {
    event_source: Source,
    sns: Notification,
}

/// Who sends a record.
#[derive(Debug, Deserialize)]
enum Source {
    #[serde(rename = "aws:sns")]
    Sns,
}

/// What SNS delivers, as far as it is read. The subject may be absent.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Notification {
    message_id: String,
    topic_arn: String,
    subject: Option<String>,
    message: String,
    timestamp: String,
}

/// Reads an event.
pub(crate) fn parse(
    event: Value,
    settings: &Settings,
    invocation: &Invocation,
) -> Result<Request, Failure> {
    if let Some(records) = event.get("Records") {
        return messages(records);
    }
    if event.get("detail-type").is_some() {
        return scheduled(json::read(event)?);
    }
    let (action, fields) = json::action(event)?;
    command::direct(&action, fields, settings, invocation)
}

/// What EventBridge Scheduler sends where the schedule names no input of its own.
/// Source: <https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html>.
fn scheduled(envelope: Envelope) -> Result<Request, Failure> {
    if envelope.source != "aws.scheduler" {
        return Ok(Request::NotForUs("not-from-the-scheduler"));
    }
    Ok(Request::Work(Box::new(Work {
        event: envelope.id,
        came: instant("time", &envelope.time)?,
        kind: "tick",
        ..Work::default()
    })))
}

fn instant(field: &str, text: &str) -> Result<Timestamp, BadField> {
    text.parse().map_err(|_| BadField {
        field: field.to_owned(),
        problem: format!("\"{text}\" is no instant"),
    })
}

/// Messages of SNS. A record that cannot be read is named and does not hinder the others; if none
/// can be read, the event cannot be used.
fn messages(records: &Value) -> Result<Request, Failure> {
    let unreadable = || Failure::unusable("Records", "is no list");
    let records = records.as_array().ok_or_else(unreadable)?;
    if records.is_empty() {
        return Ok(Request::NotForUs("no-records"));
    }
    let mut work = Work {
        kind: "message",
        ..Work::default()
    };
    let mut ids = Vec::new();
    for (place, record) in records.iter().enumerate() {
        match read(record) {
            Ok((sns, came)) => {
                ids.push(sns.message_id);
                work.came = work.came.max(came);
                work.messages.push(Message {
                    topic: sns.topic_arn,
                    hint: Hint::read(sns.subject.as_deref(), &sns.message),
                });
            }
            Err(bad) => work.not_read.push(BadField {
                field: format!("Records[{place}].{}", bad.field),
                ..bad
            }),
        }
    }
    if work.messages.is_empty() {
        let first = work.not_read.into_iter().next();
        return Err(first.map_or_else(unreadable, Failure::from));
    }
    work.event = ids.join("+");
    Ok(Request::Work(Box::new(work)))
}

/// One record, and when SNS took its message.
fn read(record: &Value) -> Result<(Notification, Timestamp), BadField> {
    let Record { sns, event_source } = json::read(record.clone())?;
    let Source::Sns = event_source;
    let came = instant("Sns.Timestamp", &sns.timestamp)?;
    Ok((sns, came))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use domain::budget::What;
    use domain::budget::prose::{AlertType, Form};

    use super::*;
    use crate::script::invocation;
    use crate::settings::tests::settings;

    fn parsed(event: Value) -> Result<Request, Failure> {
        parse(event, &settings(), &invocation("2026-11-19T12:00:00Z", 270))
    }

    fn sample(name: &str) -> Result<Request, Failure> {
        let path = format!("../../events/budget-guard/{name}.json");
        let text = std::fs::read_to_string(path).unwrap();
        parsed(serde_json::from_str(&text).unwrap())
    }

    fn work(name: &str) -> Work {
        match sample(name).unwrap() {
            Request::Work(work) => *work,
            other => panic!("{name} is {other:?}"),
        }
    }

    /// The only hint of a message, and what it says of its budget.
    fn hint(name: &str) -> (Form, Option<AlertType>, Option<String>) {
        let work = work(name);
        assert_eq!((work.kind, work.messages.len()), ("message", 1), "{name}");
        let message = &work.messages[0];
        let topic = "arn:aws:sns:eu-central-1:123456789012:caretaker-Budget";
        assert!(message.topic.starts_with(topic), "{name}");
        let hint = message.hint.clone();
        (hint.form, hint.alert, hint.budget)
    }

    #[test]
    fn every_sample_is_read() {
        let samples = std::fs::read_dir(Path::new("../../events/budget-guard")).unwrap();
        let names = samples.map(|entry| entry.unwrap().path());
        let names: Vec<String> = names
            .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
            .collect();
        assert!(names.len() >= 13, "{names:?}");
        for name in names {
            assert!(sample(&name).is_ok(), "{name}: {:?}", sample(&name));
        }
    }

    #[test]
    fn a_letter_of_aws_budgets_is_a_hint() {
        let monthly = Some("monthly".to_owned());
        for (name, alert) in [
            ("actual", AlertType::Actual),
            ("actual-spelled-as-in-2020", AlertType::Actual),
            ("forecast", AlertType::Forecasted),
        ] {
            let expected = (Form::Letter, Some(alert), monthly.clone());
            assert_eq!(hint(name), expected, "{name}");
        }
        assert_eq!(hint("foreign-budget").2.as_deref(), Some("somebody else's"));
        assert_eq!(hint("test-message-of-a-person").0, Form::Json);
        assert_eq!(hint("empty-message").0, Form::Empty);
        assert_eq!(work("actual").event, "8c1f3a5e-20b7-5d64-9f13-6b0e4d7a0001");
        let came = work("actual").came.to_string();
        assert_eq!(came, "2026-11-19T12:10:00.512Z");
    }

    #[test]
    fn a_record_that_cannot_be_read_is_named_and_hinders_no_other() {
        let work = work("two-records-of-which-one-is-bad");
        assert_eq!(work.messages.len(), 1);
        assert_eq!(work.not_read[0].field, "Records[0].Sns");
        assert_eq!(work.event, "8c1f3a5e-20b7-5d64-9f13-6b0e4d7a0006");
    }

    #[test]
    fn records_of_which_none_can_be_read_are_no_event() {
        let strange = serde_json::json!({ "Records": [{ "eventSource": "aws:sqs" }] });
        let failure = parsed(strange).unwrap_err();
        assert!(
            failure.to_string().starts_with("Records[0].EventSource"),
            "{failure}"
        );
        let failure = parsed(serde_json::json!({ "Records": 3 })).unwrap_err();
        assert_eq!(failure.to_string(), "Records: is no list");
    }

    #[test]
    fn no_records_and_events_of_others_are_not_for_us() {
        assert!(matches!(
            sample("no-records").unwrap(),
            Request::NotForUs("no-records")
        ));
        let other = serde_json::json!({ "id": "1", "source": "aws.ecs", "detail-type": "any", "time": "2026-11-19T12:00:00Z" });
        let other = parsed(other).unwrap();
        assert!(matches!(other, Request::NotForUs("not-from-the-scheduler")));
    }

    #[test]
    fn the_schedule_ticks() {
        let tick = work("tick");
        assert_eq!(tick.event, "0f6a5a0e-5f0a-4d0c-8d2c-3f2f0f2f9b31");
        assert_eq!((tick.kind, tick.messages.len()), ("tick", 0));
    }

    #[test]
    fn a_person_restores_and_vetoes() {
        let restore = work("restore").asked.unwrap();
        let allow = Some("3.00".parse().unwrap());
        assert_eq!(restore.what, What::Restore { allow });
        assert_eq!(
            (restore.by.as_str(), restore.why.as_str()),
            ("ana", "release week")
        );
        let until = "2026-11-20T12:00:00Z".parse().unwrap();
        assert_eq!(work("veto").asked.unwrap().what, What::Veto { until });
    }

    #[test]
    fn a_veto_lasts_until_a_moment_or_for_a_while() {
        for (lasts, until) in [
            (r#""until": "2026-11-26T21:00:00Z""#, "2026-11-26T21:00:00Z"),
            (
                r#""until": "2026-11-26 22:00 Europe/Berlin""#,
                "2026-11-26T21:00:00Z",
            ),
            (r#""for": "90m""#, "2026-11-19T13:30:00Z"),
            (r#""for": "PT36H""#, "2026-11-21T00:00:00Z"),
        ] {
            let event =
                format!(r#"{{ "action": "veto", "budget": "m", "by": "a", "why": "b", {lasts} }}"#);
            let until = until.parse().unwrap();
            match parsed(serde_json::from_str(&event).unwrap()).unwrap() {
                Request::Work(work) => {
                    assert_eq!(work.asked.unwrap().what, What::Veto { until }, "{lasts}");
                }
                other => panic!("{lasts}: {other:?}"),
            }
        }
    }

    #[test]
    fn a_person_asks_how_things_stand_and_for_a_drill() {
        let status = sample("status").unwrap();
        assert!(matches!(
            status,
            Request::Ask(Question::Status { budget: None })
        ));
        match sample("drill").unwrap() {
            Request::Ask(Question::Drill { budget }) => assert_eq!(budget.as_str(), "monthly"),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_reason_is_no_essay() {
        let why = "x".repeat(501);
        let event =
            serde_json::json!({ "action": "restore", "budget": "m", "by": "a", "why": why });
        let failure = parsed(event).unwrap_err().to_string();
        assert_eq!(failure, "why: is longer than 500 characters");
    }

    #[test]
    fn what_a_person_cannot_mean_is_named() {
        for (fields, named) in [
            (r#""restore", "by": "a", "why": "b""#, "budget"),
            (
                r#""restore", "budget": "a:b", "by": "a", "why": "b""#,
                "budget",
            ),
            (
                r#""restore", "budget": "a,b", "by": "a", "why": "b""#,
                "budget",
            ),
            (r#""restore", "budget": "m", "by": " ", "why": "b""#, "by"),
            (r#""restore", "budget": "m", "by": "a", "why": """#, "why"),
            (
                r#""restore", "budget": "m", "by": "a", "why": "b", "allow": 3"#,
                "allow",
            ),
            (
                r#""restore", "budget": "m", "by": "a", "why": "b", "allow": "3 USD""#,
                "allow",
            ),
            (
                r#""restore", "budget": "m", "by": "a", "why": "b", "until": "x""#,
                "until",
            ),
            (r#""veto", "budget": "m", "by": "a", "why": "b""#, "until"),
            (
                r#""veto", "budget": "m", "by": "a", "why": "b", "until": "later""#,
                "until",
            ),
            (
                r#""veto", "budget": "m", "by": "a", "why": "b", "for": "a day""#,
                "for",
            ),
            (
                r#""veto", "budget": "m", "by": "a", "why": "b", "for": "9999999999999h""#,
                "for",
            ),
            (
                r#""veto", "budget": "m", "by": "a", "why": "b", "for": "1h", "until": "2026-11-26T21:00:00Z""#,
                "for",
            ),
            (r#""drill""#, "budget"),
            (r#""tick", "budget": "m""#, "budget"),
            (r#""stop""#, "action"),
            ("3", "action"),
        ] {
            let event = serde_json::from_str(&format!(r#"{{ "action": {fields} }}"#)).unwrap();
            let failure = parsed(event).unwrap_err().to_string();
            assert!(
                failure.starts_with(&format!("{named}: ")),
                "{fields}: {failure}"
            );
        }
    }
}
