//! What an invocation answers.

use domain::pager::Reason;
use serde::Serialize;

/// What was decided and what came of it.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The name of the reason.
    pub reason: &'static str,
    /// Whether nothing was published because of a dry run.
    pub dry_run: bool,
    /// How many messages the plan has.
    pub planned: usize,
    /// What SNS calls the messages that it accepted.
    pub message_ids: Vec<String>,
}

impl Report {
    pub(crate) fn new(reason: Reason, dry_run: bool, planned: usize) -> Self {
        Self {
            reason: reason.name(),
            dry_run,
            planned,
            message_ids: Vec::new(),
        }
    }
}
