//! AWS as one test of this function wants it.

pub(crate) use edge::script::*;

use crate::{Aws, Invocation, Settings};

/// The clients of this function to which a script happens.
pub(crate) fn aws(script: &Script, settings: &Settings) -> Aws {
    Aws::new(&script.config(), settings)
}

/// An invocation that begins at this instant and may take this many seconds.
pub(crate) fn invocation(now: &str, seconds: i64) -> Invocation {
    let now = now.parse().unwrap();
    Invocation {
        id: "request-1".to_owned(),
        now,
        deadline: now + jiff::SignedDuration::from_secs(seconds),
    }
}
