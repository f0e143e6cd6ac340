//! What can go wrong, by what the operator does next.

use ledger::{LedgerError, Unreadable};
use shell::json::BadField;

/// Why an invocation did not succeed. Returning one means "deliver the event again"; to the queue,
/// the messages that it is about are named instead.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The event, or what a person asked for, cannot be used. Correct the named field.
    #[error("{field}: {problem}")]
    UnusableEvent {
        /// The field, with its path.
        field: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A call to AWS was not done, or the ledger could not be read or written.
    #[error(transparent)]
    Edge(#[from] edge::Failure),
    /// An item of the ledger cannot be read by this version; what it is about is left alone.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// Another run decided about the same instance at the same time and was first. What was planned
    /// is looked at again.
    #[error("another run was first")]
    Overtaken,
    /// There was no time for it; it is done when the event comes again.
    #[error("there was no time for it")]
    Unfinished,
    /// Some of it was not done. The rest is tried again.
    #[error("{failed} of {planned} did not succeed; first {subject}")]
    PartlyApplied {
        /// How much failed.
        failed: usize,
        /// How much there was.
        planned: usize,
        /// What the first failure was about.
        subject: String,
        /// The first failure.
        #[source]
        first: Box<Failure>,
    },
}

impl From<LedgerError> for Failure {
    fn from(error: LedgerError) -> Self {
        match error {
            LedgerError::Overtaken => Self::Overtaken,
            error => Self::Edge(error.into()),
        }
    }
}

impl From<BadField> for Failure {
    fn from(bad: BadField) -> Self {
        Self::unusable(bad.field, bad.problem)
    }
}

impl Failure {
    /// A short, stable name for alarms.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::UnusableEvent { .. } => "UnusableEvent",
            Self::Edge(failure) => failure.kind(),
            Self::Unreadable(_) => "LedgerUnreadable",
            Self::Overtaken => "Overtaken",
            Self::Unfinished => "Unfinished",
            Self::PartlyApplied { .. } => "PartlyApplied",
        }
    }

    pub(crate) fn unusable(field: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::UnusableEvent {
            field: field.into(),
            problem: problem.into(),
        }
    }
}
