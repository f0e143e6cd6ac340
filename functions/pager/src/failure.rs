//! Why a page did not go out. Returned, each of them means "deliver again".

use std::error::Error;

/// What went wrong.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The event is neither an EventBridge event nor an SQS event.
    #[error("the event is neither one of EventBridge nor one of SQS")]
    UnusableEvent(#[source] serde_json::Error),
    /// The event says that it is a notice and cannot be read as one.
    #[error("the notice cannot be read")]
    UnusableNotice(#[source] notices::DecodeError),
    /// A message of the queue lacks what SQS says of every message.
    #[error("the message has no usable {0}")]
    UnusableMessage(&'static str),
    /// A call to AWS did not succeed.
    #[error("{call} did not succeed")]
    Call {
        /// The API operation.
        call: &'static str,
        /// What AWS or the connection said.
        #[source]
        cause: Box<dyn Error + Send + Sync>,
    },
}

impl Failure {
    /// A short name that never changes, for alarms.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::UnusableEvent(_) => "UnusableEvent",
            Self::UnusableNotice(_) => "UnusableNotice",
            Self::UnusableMessage(_) => "UnusableMessage",
            Self::Call { .. } => "CallFailed",
        }
    }
}
