//! x
#![allow(dead_code, missing_docs)]
mod ask;
mod aws;
mod command;
mod event;
mod failure;
mod observe;
mod settings;
pub use aws::Aws;
pub use failure::Failure;
use jiff::Timestamp;
pub use settings::Settings;
#[derive(Clone, Debug)]
pub struct Invocation {
    /// Its request id: the same when Lambda delivers the event again.
    pub id: String,
    /// When it began.
    pub now: Timestamp,
    /// When Lambda ends it.
    pub deadline: Timestamp,
}
