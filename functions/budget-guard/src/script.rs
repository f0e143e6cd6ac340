//! AWS as one test of this function wants it.

use crate::Invocation;

/// An invocation that begins at this instant and may take this many seconds.
pub(crate) fn invocation(now: &str, seconds: i64) -> Invocation {
    let now = now.parse().unwrap();
    Invocation {
        id: "request-1".to_owned(),
        now,
        deadline: now + jiff::SignedDuration::from_secs(seconds),
    }
}
