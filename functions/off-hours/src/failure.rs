//! What can go wrong, by what the operator does next.

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
    /// Some of the plan was applied. The rest is tried again.
    #[error("{failed} of {planned} did not succeed; first {subject}")]
    PartlyApplied {
        /// How many errands failed.
        failed: usize,
        /// How many there were.
        planned: usize,
        /// What the first failure was about.
        subject: String,
        /// The first failure.
        #[source]
        first: Box<Failure>,
    },
    /// What a person asked for was not done: another run was changing the service, or there was
    /// no time. Ask again.
    #[error(
        "{service} was not changed as asked: another run was changing it, or there was no time"
    )]
    NotHeeded {
        /// The service, as the person named it.
        service: String,
    },
    /// The suite is to be deleted and not everything that it holds was woken.
    #[error("{left} are still to be woken before the suite can be deleted")]
    StillHeld {
        /// How many services and groups.
        left: usize,
    },
}

impl From<LedgerError> for Failure {
    fn from(error: LedgerError) -> Self {
        Self::Edge(error.into())
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
            Self::NotHeeded { .. } => "NotHeeded",
            Self::StillHeld { .. } => "StillHeld",
        }
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
