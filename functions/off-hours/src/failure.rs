//! What can go wrong, by what the operator does next.

use aws_sdk_ecs::error::{BoxError, ProvideErrorMetadata, SdkError};
use domain::off_hours::Refusal;
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
        /// What AWS answered, if it did.
        answer: Option<Answer>,
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

/// AWS's answer to a call that it did not do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The error's code.
    pub code: String,
    /// The error's message.
    pub message: String,
}

/// The codes with which AWS refuses a call for want of a permission.
/// Source: <https://docs.aws.amazon.com/autoscaling/application/APIReference/CommonErrors.html>;
/// Query services, as EC2 Auto Scaling is one, leave out the `Exception`.
const DENIED: [&str; 3] = ["AccessDeniedException", "AccessDenied", "NotAuthorized"];

/// The codes after which the next delivery may have better luck, beside those of every service:
/// another call was changing the same thing, or the service had trouble of its own.
/// Sources: <https://docs.aws.amazon.com/autoscaling/application/APIReference/CommonErrors.html>,
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html>,
/// <https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html>,
/// <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_UpdateAutoScalingGroup.html>.
const PASSING: [&str; 10] = [
    "InternalFailure",
    "RequestExpired",
    "ServiceUnavailable",
    "Throttling",
    "ThrottlingException",
    "ServerException",
    "ConcurrentUpdateException",
    "InternalServiceException",
    "ResourceContention",
    "ScalingActivityInProgress",
];

impl Failure {
    /// The refusal of a call that AWS will refuse again unless somebody does something. What
    /// befalls the ledger is none: it is about no service.
    pub(crate) fn refusal(&self) -> Option<Refusal> {
        let Self::Call { call, answer, .. } = self else {
            return None;
        };
        let Answer { code, message } = answer.as_ref()?;
        (!PASSING.contains(&code.as_str())).then(|| Refusal {
            call,
            code: code.clone(),
            words: message.clone(),
            denied: DENIED.contains(&code.as_str()),
        })
    }

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
            answer: error.code().map(|code| Answer {
                code: code.to_owned(),
                message: error.message().unwrap_or("no reason given").to_owned(),
            }),
            cause: error.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_ecs::error::ErrorMetadata;
    use aws_sdk_ecs::operation::update_service::UpdateServiceError;

    use super::*;

    /// What is made of an answer with this code, whatever it says.
    fn refusal(code: &str) -> Option<Refusal> {
        let meta = ErrorMetadata::builder()
            .code(code)
            .message("AccessDenied, says the text")
            .build();
        let error = SdkError::service_error(UpdateServiceError::generic(meta), ());
        Failure::call("UpdateService")(error).refusal()
    }

    #[test]
    fn a_permission_that_is_missing_is_known_by_the_code_and_not_by_the_text() {
        let denied = |code| refusal(code).unwrap().denied;
        for code in DENIED {
            assert!(denied(code), "{code}");
        }
        assert!(!denied("InvalidParameterException") && !denied("AccessDeniedForToday"));
    }

    #[test]
    fn a_refusal_has_the_call_and_aws_s_words() {
        let expected = Refusal {
            call: "UpdateService",
            code: "InvalidParameterException".to_owned(),
            words: "AccessDenied, says the text".to_owned(),
            denied: false,
        };
        assert_eq!(refusal("InvalidParameterException"), Some(expected));
    }

    #[test]
    fn what_the_next_delivery_may_make_good_is_no_refusal() {
        for code in PASSING {
            assert_eq!(refusal(code), None, "{code}");
        }
        let silent: SdkError<UpdateServiceError, ()> = SdkError::timeout_error("no answer");
        assert_eq!(Failure::call("UpdateService")(silent).refusal(), None);
        assert_eq!(Failure::Ledger(LedgerError::Overtaken).refusal(), None);
    }
}
