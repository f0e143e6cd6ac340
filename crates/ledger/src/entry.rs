//! The journal: one entry for every event that was accepted.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::{SignedDuration, Timestamp};

use crate::fields::Draft;
use crate::table::{already, sent};
use crate::{Ledger, LedgerError};

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Everything that was planned was done, "nothing" included.
    Done,
    /// Some of it was not; the event will be delivered again.
    Failed,
}

impl Outcome {
    fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }
}

/// What was decided about one event, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When the event was handled.
    pub at: Timestamp,
    /// When the event came about, the same when it is delivered again: so that a delivery after
    /// midnight finds the entry of the one before.
    pub came: Timestamp,
    /// The function.
    pub function: &'static str,
    /// What identifies the event, the same when it is delivered again.
    pub event: String,
    /// What kind of event it was.
    pub kind: String,
    /// The decision in one line.
    pub summary: String,
    /// A line for everything that was changed or left undone. Cut to what an item can hold.
    pub details: Vec<String>,
    /// How it ended.
    pub outcome: Outcome,
    /// For how long the entry is kept.
    pub keep: SignedDuration,
}

/// An item may have 400 KB; the details get most of it.
/// Source: <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html>.
const DETAILS: usize = 300_000;

impl Ledger {
    /// Writes a journal entry. The entry of an event that was handled to its end stays; that of
    /// one that failed is replaced when it is delivered again.
    pub async fn journal(&self, entry: &Entry) -> Result<(), LedgerError> {
        let put = self
            .put_into(&entry.partition(), entry.place(), entry.write())
            .condition_expression("attribute_not_exists(pk) OR outcome = :failed")
            .expression_attribute_values(":failed", AttributeValue::S("failed".to_owned()));
        already(sent(put).await)
    }
}

impl Entry {
    /// The partition: the event's day in UTC.
    pub(crate) fn partition(&self) -> String {
        format!(
            "journal#{}",
            self.came.to_zoned(jiff::tz::TimeZone::UTC).date()
        )
    }

    /// The place in the day. An event delivered twice has one entry.
    pub(crate) fn place(&self) -> String {
        format!("{}#{}", self.function, self.event)
    }

    pub(crate) fn write(&self) -> Draft {
        let expires = self.at.saturating_add(self.keep).unwrap_or(Timestamp::MAX);
        Draft::default()
            .instant("at", self.at)
            .instant("came", self.came)
            .text("function", self.function)
            .text("event", &self.event)
            .text("kind", &self.kind)
            .text("summary", &self.summary)
            .list("details", &self.fitting())
            .text("outcome", self.outcome.as_str())
            .number("expires_at", expires.as_second())
    }

    /// As many details as fit, and a last line that counts the others.
    fn fitting(&self) -> Vec<String> {
        let mut room = DETAILS;
        let fits = |line: &&String| {
            let fits = line.len() + 8 <= room;
            room = room.saturating_sub(line.len() + 8);
            fits
        };
        let mut lines: Vec<String> = self.details.iter().take_while(fits).cloned().collect();
        let left = self.details.len() - lines.len();
        if left > 0 {
            lines.push(format!("… +{left}"));
        }
        lines
    }
}
