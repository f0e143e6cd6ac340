//! Staying below a token bucket that we share with others.

use std::sync::Mutex;
use std::time::Duration;

use tokio::time::Instant;

/// Lets at most `burst` calls through at once and `per_second` after that.
///
/// Counts on Tokio's clock, so a test with paused time pays nothing for the waiting.
#[derive(Debug)]
pub struct Pace {
    burst: f64,
    per_second: f64,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// May be negative: callers that wait have already taken theirs.
    tokens: f64,
    at: Instant,
}

impl Pace {
    /// A full bucket of `burst`, refilled with `per_second`.
    pub fn new(burst: f64, per_second: f64) -> Self {
        Self {
            burst,
            per_second,
            state: Mutex::new(State {
                tokens: burst,
                at: Instant::now(),
            }),
        }
    }

    /// Takes one token, waiting in line until it is there.
    pub async fn take(&self) {
        let wait = self.reserve(Instant::now(), |_| true);
        pause(wait.unwrap_or_default()).await;
    }

    /// Takes one token, waiting in line until it is there, if that is before `stop`; if not, it
    /// takes none and says false.
    pub async fn take_before(&self, stop: Instant) -> bool {
        let now = Instant::now();
        let Some(wait) = self.reserve(now, |wait| now + wait < stop) else {
            return false;
        };
        pause(wait).await;
        true
    }

    /// The next place in line and how long it takes to get there, if that suits.
    fn reserve(&self, now: Instant, suits: impl FnOnce(Duration) -> bool) -> Option<Duration> {
        let mut state = self.lock();
        let tokens = self.refilled(&state, now) - 1.0;
        let wait = self.owed(tokens);
        suits(wait).then(|| {
            *state = State { tokens, at: now };
            wait
        })
    }

    fn refilled(&self, state: &State, now: Instant) -> f64 {
        let elapsed = now.saturating_duration_since(state.at).as_secs_f64();
        (state.tokens + elapsed * self.per_second).min(self.burst)
    }

    fn owed(&self, tokens: f64) -> Duration {
        Duration::from_secs_f64((-tokens).max(0.0) / self.per_second)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

/// Sleeps, if there is anything to wait for: Tokio's timer counts whole milliseconds, so that even to
/// sleep for no time takes one or two.
async fn pause(wait: Duration) {
    if !wait.is_zero() {
        tokio::time::sleep(wait).await;
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Waker};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_thousand_calls_take_what_the_bucket_dictates() {
        let (pace, start) = (Pace::new(50.0, 5.0), Instant::now());
        for _ in 0..1_000 {
            pace.take().await;
        }
        let seconds = start.elapsed().as_secs_f64();
        assert!((190.0..190.5).contains(&seconds), "{seconds}");
    }

    #[tokio::test]
    async fn a_token_that_is_there_is_not_waited_for() {
        let pace = Pace::new(1.0, 5.0);
        let mut at_first = Context::from_waker(Waker::noop());
        assert!(pin!(pace.take()).poll(&mut at_first).is_ready());
        assert!(pin!(pace.take()).poll(&mut at_first).is_pending());
    }

    #[tokio::test(start_paused = true)]
    async fn those_who_wait_at_once_are_served_one_after_the_other() {
        let (pace, start) = (Pace::new(1.0, 2.0), Instant::now());
        tokio::join!(pace.take(), pace.take(), pace.take());
        assert_eq!(start.elapsed().as_millis(), 1_000);
    }
    #[tokio::test(start_paused = true)]
    async fn of_those_who_have_to_stop_only_as_many_begin_as_come_in_time() {
        let (pace, start) = (Pace::new(1.0, 1.0), Instant::now());
        let stop = start + Duration::from_secs(2);
        let begun = tokio::join!(
            pace.take_before(stop),
            pace.take_before(stop),
            pace.take_before(stop),
            pace.take_before(stop),
        );
        assert_eq!(begun, (true, true, false, false));
        pace.take().await;
        assert_eq!(
            start.elapsed().as_secs(),
            2,
            "who did not begin took nothing"
        );
    }
}
