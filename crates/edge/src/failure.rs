//! What can go wrong with a call, by what the operator does next.

use aws_sdk_ecs::error::{BoxError, ProvideErrorMetadata, SdkError};
use domain::resting::Refusal;
use ledger::LedgerError;

/// Why a call was not done.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
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
    pub fn refusal(&self) -> Option<Refusal> {
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

    /// The code with which AWS answered a call that it did not do.
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Call { answer, .. } => Some(&answer.as_ref()?.code),
            Self::Refused { .. } | Self::Ledger(_) => None,
        }
    }

    /// Whether AWS answered the call, so that it is not under way any more.
    pub(crate) fn is_answered(&self) -> bool {
        match self {
            Self::Call { answer, .. } => answer.is_some(),
            Self::Refused { .. } => true,
            Self::Ledger(_) => false,
        }
    }

    /// A short, stable name for alarms.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Call { .. } => "CallFailed",
            Self::Refused { .. } => "CallRefused",
            Self::Ledger(_) => "LedgerFailed",
        }
    }

    /// The failure of this call, from the SDK's error.
    pub fn call<E, R>(call: &'static str) -> impl FnOnce(SdkError<E, R>) -> Self
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
