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
    /// Some of the work was done. The rest is tried again; the log has the whole report.
    #[error("{} of {of} did not succeed: {}{}", failed.len(), few(failed), of_the_first(failed))]
    PartlyApplied {
        /// What did not, by name.
        failed: Vec<String>,
        /// Of how many.
        of: usize,
        /// The failure of the first.
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
    /// What a person asked for is not to be, however often they ask. Do what the reason names first.
    #[error("{service} was not changed as asked: {why}")]
    Declined {
        /// The service.
        service: String,
        /// Why, in words.
        why: String,
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
            Self::Declined { .. } => "Declined",
            Self::StillHeld { .. } => "StillHeld",
        }
    }

    /// Several failures, by what each is about, as one; none if there are none. `of` is how much
    /// was tried.
    pub(crate) fn of_many(failures: Vec<(String, Self)>, of: usize) -> Option<Self> {
        let (failed, mut failures): (Vec<_>, Vec<_>) = failures.into_iter().unzip();
        let first = failures.drain(..).next()?;
        Some(Self::PartlyApplied {
            failed,
            of,
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

/// How many names an error has; the log and the journal have all of them.
const FEW: usize = 3;

/// The first few of these names, and how many more there are.
fn few(names: &[String]) -> String {
    let shown: Vec<&str> = names.iter().take(FEW).map(String::as_str).collect();
    let more = names.len() - shown.len();
    match more {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// Of which of several the cause is that follows.
fn of_the_first(names: &[String]) -> &'static str {
    if names.len() > 1 { "; the first" } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_failures_the_first_few_are_named_the_others_counted_and_the_first_has_its_cause() {
        let said = |failures: usize| {
            let failure = |number| (format!("prod/{number}"), Failure::unusable("tag", "no"));
            let failures = (1..=failures).map(failure).collect();
            Failure::of_many(failures, 20).map(|failure| shell::failure::chain(&failure))
        };
        assert_eq!(said(0), None);
        let expected = [
            (1, "1 of 20 did not succeed: prod/1: tag: no"),
            (
                3,
                "3 of 20 did not succeed: prod/1, prod/2, prod/3; the first: tag: no",
            ),
            (
                7,
                "7 of 20 did not succeed: prod/1, prod/2, prod/3 and 4 more; the first: tag: no",
            ),
        ];
        for (failures, expected) in expected {
            assert_eq!(said(failures).as_deref(), Some(expected));
        }
    }
}
