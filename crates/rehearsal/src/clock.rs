//! The account's clock.

use std::sync::Mutex;

use jiff::{SignedDuration, Timestamp};

/// Where the account takes its time from.
#[derive(Debug)]
pub enum Clock {
    /// The wall's time, for `make serve`.
    Wall,
    /// Moves only when told to: a night in milliseconds, and the same on every run.
    Stepped(Mutex<Timestamp>),
    /// Tokio's clock from a chosen moment on. Under `start_paused` a sleeping program makes it
    /// jump, so a caller that paces itself costs virtual seconds and no real ones.
    Tokio {
        /// The account's time at `origin`.
        epoch: Timestamp,
        /// Tokio's time at `epoch`.
        origin: tokio::time::Instant,
    },
}

impl Clock {
    /// A clock that stands at `at` until it is stepped.
    pub fn stepped(at: Timestamp) -> Self {
        Self::Stepped(Mutex::new(at))
    }

    /// A clock that follows Tokio's from now on, reading `at` at this moment.
    pub fn tokio(at: Timestamp) -> Self {
        Self::Tokio {
            epoch: at,
            origin: tokio::time::Instant::now(),
        }
    }

    /// The account's time.
    #[allow(
        clippy::disallowed_methods,
        reason = "this is the rehearsal's one place that reads a clock"
    )]
    pub fn now(&self) -> Timestamp {
        match self {
            Self::Wall => Timestamp::now(),
            Self::Stepped(at) => *at.lock().unwrap_or_else(|poisoned| poisoned.into_inner()),
            Self::Tokio { epoch, origin } => {
                let elapsed = SignedDuration::try_from(origin.elapsed()).unwrap_or_default();
                epoch.saturating_add(elapsed).unwrap_or(*epoch)
            }
        }
    }

    /// Moves a stepped clock forward to `to`; a clock never goes back, and the other kinds move
    /// by themselves.
    pub fn step_to(&self, to: Timestamp) {
        if let Self::Stepped(at) = self {
            let mut at = at.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
            *at = (*at).max(to);
        }
    }
}
