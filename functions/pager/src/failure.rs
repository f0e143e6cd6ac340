//! Why a page did not go out. Returned, each of them means "deliver again".

use std::error::Error;

/// What went wrong.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The event is not an EventBridge event.
    #[error("the event is not one of EventBridge")]
    UnusableEvent(#[source] serde_json::Error),
    /// The event says that it is a notice and cannot be read as one.
    #[error("the notice cannot be read")]
    UnusableNotice(#[source] notices::DecodeError),
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
            Self::Call { .. } => "CallFailed",
        }
    }
}
