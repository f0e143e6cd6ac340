//! An event as EventBridge or SQS spells it, and what it is to the pager.

mod letter;
mod sqs;
#[cfg(test)]
mod tests;

use domain::pager::{Delivered, Heard};
use notices::{DETAIL_TYPE, SOURCE};
use serde::Deserialize;
use serde_json::Value;

use crate::failure::Failure;

/// The fields of the envelope that are read
/// (<https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html>).
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Raw {
    source: String,
    detail_type: String,
    account: String,
    region: String,
    detail: Value,
}

/// What the event is.
pub(crate) fn parse(event: Value) -> Result<Heard, Failure> {
    if sqs::is_of_a_queue(&event) {
        return sqs::parse(event).map(Heard::DeadLetters);
    }
    of_the_bus(event)
}

/// Only an event of ours that cannot be read is a failure.
fn of_the_bus(event: Value) -> Result<Heard, Failure> {
    let raw: Raw = serde_json::from_value(event).map_err(Failure::UnusableEvent)?;
    if raw.source != SOURCE {
        return Ok(Heard::Foreign { source: raw.source });
    }
    if raw.detail_type != DETAIL_TYPE {
        return Ok(Heard::UnknownDetailType {
            detail_type: raw.detail_type,
        });
    }
    Ok(Heard::Notice(Box::new(Delivered {
        notice: notices::decode(&raw.detail).map_err(Failure::UnusableNotice)?,
        account: raw.account,
        region: raw.region,
    })))
}

/// What the log says that the event was about.
pub(crate) fn summary(heard: &Heard) -> String {
    match heard {
        Heard::Notice(delivered) => delivered.notice.dedupe.clone(),
        Heard::DeadLetters(letters) => {
            let ids: Vec<&str> = letters.iter().map(|letter| letter.id.as_str()).collect();
            ids.join(" ")
        }
        Heard::Foreign { source } => source.clone(),
        Heard::UnknownDetailType { detail_type } => detail_type.clone(),
    }
}
