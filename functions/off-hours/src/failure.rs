//! What can go wrong, by what the operator does next.

use aws_sdk_ecs::error::{BoxError, ProvideErrorMetadata, SdkError};
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
    /// An AWS call did not succeed. Its cause says whether to wait or to grant a permission.
    #[error("{call} did not succeed")]
    Call {
        /// The API call.
        call: &'static str,
        /// Why.
        #[source]
        cause: BoxError,
    },
    /// An AWS call answered with success and a refusal inside.
    #[error("{call} was refused: {reason}")]
    Refused {
        /// The API call.
        call: &'static str,
        /// The reason that AWS gave.
        reason: String,
    },
    /// The ledger could not be read or written. Nothing was changed without it.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
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
            Self::Call { .. } => "CallFailed",
            Self::Refused { .. } => "CallRefused",
            Self::Ledger(_) => "LedgerFailed",
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

    pub(crate) fn call<E, R>(call: &'static str) -> impl FnOnce(SdkError<E, R>) -> Self
    where
        E: std::error::Error + ProvideErrorMetadata + Send + Sync + 'static,
        R: std::fmt::Debug + Send + Sync + 'static,
    {
        move |error| Self::Call {
            call,
            cause: error.into(),
        }
    }
}
