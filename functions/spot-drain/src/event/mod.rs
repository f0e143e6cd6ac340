//! Theirs, then ours: a batch of the intake queue, one event, or a person's word → what is heard.

mod bus;
mod ecs;
mod fis;
mod hook;
mod instance;
mod look;
mod queue;
#[cfg(test)]
mod tests;

use domain::drain::{Exercise, Says, Sign};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::Value;
use shell::json::{self, BadField};

use crate::ask::Question;
use crate::failure::Failure;
use crate::{Invocation, Settings, command};

pub(crate) use ecs::pool;
pub(crate) use look::{HOPS, write as look_again};

/// What an event asks for.
#[derive(Debug)]
pub(crate) enum Request {
    /// Look, decide, act.
    Work(Box<Work>),
    /// Answer, change nothing.
    Ask(Question),
    /// Remember that instances are taken on purpose.
    Exercise(Exercise),
    /// Nothing: the event is not for this function, for this reason.
    NotForUs(&'static str),
}

/// One round of work, and why.
#[derive(Clone, Debug, Default)]
pub(crate) struct Work {
    /// What identifies the round, the same when it is delivered again.
    pub(crate) event: String,
    /// When it came about, likewise.
    pub(crate) came: Timestamp,
    /// What kind of round it is.
    pub(crate) kind: &'static str,
    /// What was heard.
    pub(crate) signs: Vec<Sign>,
    /// The messages of the queue that were read: they come again if nothing can be done about them.
    pub(crate) accepted: Vec<String>,
    /// The messages that cannot be read, and why. Only they come again for it.
    pub(crate) not_read: Vec<(String, BadField)>,
    /// The messages that are not for this function, and why.
    pub(crate) not_for_us: Vec<(String, &'static str)>,
    /// Whether the answer goes to the queue.
    pub(crate) queued: bool,
}

/// What a message is to this function.
#[derive(Debug)]
enum Heard {
    /// It says something.
    Says(Box<Says>),
    /// It says nothing to this function, for this reason.
    NotForUs(&'static str),
}

/// What a message says, and when it was so.
#[derive(Debug)]
struct Told {
    heard: Heard,
    /// None if the message does not say.
    at: Option<Timestamp>,
}

impl From<Says> for Heard {
    fn from(says: Says) -> Self {
        Self::Says(Box::new(says))
    }
}

/// Reads an event.
pub(crate) fn parse(
    event: Value,
    settings: &Settings,
    invocation: &Invocation,
) -> Result<Request, Failure> {
    if let Some(records) = event.get("Records") {
        return queue::parse(records, settings);
    }
    if event.get("detail-type").is_some() {
        return one(event, settings);
    }
    let (action, fields) = json::action(event)?;
    command::direct(&action, fields, invocation)
}

/// One event that did not come through the queue: a tick, or whatever somebody tries out.
fn one(event: Value, settings: &Settings) -> Result<Request, Failure> {
    let id = bus::id(&event)?;
    let Told { heard, at } = bus::read(event, settings)?;
    let came = at.ok_or_else(|| Failure::unusable("time", "is missing"))?;
    let says = match heard {
        Heard::Says(says) => *says,
        Heard::NotForUs(why) => return Ok(Request::NotForUs(why)),
    };
    Ok(Request::Work(Box::new(Work {
        event: id.clone(),
        came,
        kind: match says {
            Says::Tick => "tick",
            Says::Sweep => "sweep",
            _ => "event",
        },
        signs: vec![Sign { id, at: came, says }],
        ..Work::default()
    })))
}

/// Reads the part of a message that has this name.
fn part<T: DeserializeOwned>(name: &str, value: Value) -> Result<T, BadField> {
    json::read(value).map_err(|bad| BadField {
        field: match bad.field.as_str() {
            "event" => name.to_owned(),
            field => format!("{name}.{field}"),
        },
        ..bad
    })
}

/// The field of a message that cannot be used.
fn bad(field: impl Into<String>, problem: impl ToString) -> BadField {
    BadField {
        field: field.into(),
        problem: problem.to_string(),
    }
}

fn instant(field: &str, text: &str) -> Result<Timestamp, BadField> {
    text.parse()
        .map_err(|_| bad(field, format!("\"{text}\" is no instant")))
}
