//! What can go wrong, by what the operator does next.

use domain::budget::Refusal;
use ledger::{LedgerError, Unreadable};
use shell::json::BadField;

/// Why an invocation did not succeed. Returning one means "deliver the event again".
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
    /// A call to AWS was not done, or the ledger could not be read or written, without which nothing
    /// is changed.
    #[error(transparent)]
    Edge(#[from] edge::Failure),
    /// An item of the ledger cannot be read by this version; what it is about is left alone.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// Some of it was not done. The rest is tried again.
    #[error("{failed} of {planned} did not succeed; first {subject}")]
    PartlyApplied {
        /// How many looks and errands failed.
        failed: usize,
        /// How many errands there were.
        planned: usize,
        /// What the first failure was about.
        subject: String,
        /// The first failure.
        #[source]
        first: Box<Failure>,
    },
    /// Another run decided at the same time and was first. What was planned is looked at again.
    #[error("another run was first")]
    Overtaken,
    /// Services are left to change: another run was changing them, or there was no time.
    #[error("{left} services are still to be changed")]
    Unfinished {
        /// How many.
        left: usize,
    },
    /// What a person asked for is not done, for this reason. Ask for something else.
    #[error("not done: {0}")]
    Refused(Refusal),
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
            Self::PartlyApplied { .. } => "PartlyApplied",
            Self::Overtaken => "Overtaken",
            Self::Unfinished { .. } => "Unfinished",
            Self::Refused(_) => "Refused",
        }
    }

    /// Whether the ledger could not be read or written.
    pub(crate) fn is_the_ledger_s(&self) -> bool {
        matches!(self, Self::Edge(edge::Failure::Ledger(_)))
    }

    /// Several failures as one; none if there are none.
    pub(crate) fn of_many(failures: Vec<(String, Self)>, planned: usize) -> Option<Self> {
        let failed = failures.len();
        let (subject, first) = failures.into_iter().next()?;
        Some(Self::PartlyApplied {
            failed,
            planned: planned.max(failed),
            subject,
            first: Box::new(first),
        })
    }

    pub(crate) fn unusable(field: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::UnusableEvent {
            field: field.into(),
            problem: problem.into(),
        }
    }
}
