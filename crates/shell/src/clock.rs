//! The one place where a function reads a clock.

use jiff::Timestamp;
use lambda_runtime::Context;

/// The moment at which this invocation happens.
#[cfg(not(feature = "rehearsal-clock"))]
#[allow(clippy::disallowed_methods, reason = "this is the one place")]
pub fn now(_: &Context) -> Timestamp {
    Timestamp::now()
}

/// The moment at which this invocation happens in the simulated account: the deadline less the
/// timeout, which is when the rehearsal's Runtime API handed the event over. Only the rehearsal's
/// builds contain this (docs/decisions/0003-rehearsal-clock.md).
#[cfg(feature = "rehearsal-clock")]
#[allow(clippy::disallowed_methods, reason = "this is the one place")]
pub fn now(context: &Context) -> Timestamp {
    let timeout = std::env::var("CARETAKER_REHEARSAL_TIMEOUT_MS")
        .ok()
        .and_then(|text| text.parse::<u64>().ok());
    timeout
        .and_then(|timeout| i64::try_from(context.deadline.checked_sub(timeout)?).ok())
        .and_then(|millis| Timestamp::from_millisecond(millis).ok())
        .unwrap_or_else(Timestamp::now)
}

/// The moment at which Lambda ends this invocation.
pub fn deadline(context: &Context, now: Timestamp) -> Timestamp {
    i64::try_from(context.deadline)
        .ok()
        .and_then(|millis| Timestamp::from_millisecond(millis).ok())
        .unwrap_or(now)
}
