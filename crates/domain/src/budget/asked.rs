//! What a person asks for, and what becomes of it.

use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;

use super::answer::{Answer, Refusal};
use super::observed::{Asked, What};
use super::state::{Restore, State, Why};
use super::tally::{Allowed, Tally, Veto};
use super::verdict::Verdict;

/// The longest that a veto may last: long enough for a weekend and its Monday, too short to be
/// forgotten for a month.
pub const LONGEST_VETO: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Does what is asked to the tally. `verdict` is what the reading means as it stands.
pub(super) fn ask(asked: &Asked, tally: &mut Tally, verdict: &Verdict, now: Timestamp) -> Answer {
    let done = match asked.what {
        What::Restore { allow } => restore(asked, allow, tally, verdict, now),
        What::Veto { until } => veto(asked, until, tally, now),
    };
    done.unwrap_or_else(Answer::Refused)
}

/// A restore that is delivered again, or late, ends no stop that began after it was asked, and
/// allows nothing twice.
fn restore(
    asked: &Asked,
    allow: Option<Decimal>,
    tally: &mut Tally,
    verdict: &Verdict,
    now: Timestamp,
) -> Result<Answer, Refusal> {
    let stop = tally.stop().ok_or(Refusal::NothingStopped)?;
    if asked.at < stop.since {
        return Err(Refusal::OlderThanTheStop {
            stopped: stop.since,
        });
    }
    let spend = known_spend(tally);
    let up_to = match allow {
        Some(allow) if allow <= Decimal::ZERO => return Err(Refusal::AllowsNothing),
        Some(allow) => Some(spend.saturating_add(allow)),
        None if matches!(verdict, Verdict::Under | Verdict::Warn(_)) => None,
        None => return Err(Refusal::NeedsAllow { spend }),
    };
    tally.allowed = up_to.map(|up_to| Allowed {
        up_to,
        by: asked.by.clone(),
        why: asked.why.clone(),
    });
    tally.grace = None;
    tally.state = State::Restoring(Restore {
        since: now,
        why: Why::Person {
            by: asked.by.clone(),
            why: asked.why.clone(),
        },
    });
    Ok(Answer::Restoring { up_to })
}

fn veto(
    asked: &Asked,
    until: Timestamp,
    tally: &mut Tally,
    now: Timestamp,
) -> Result<Answer, Refusal> {
    let latest = now.saturating_add(LONGEST_VETO).unwrap_or(now);
    if tally.stop().is_some() {
        return Err(Refusal::StopHasBegun);
    }
    if until <= now {
        return Err(Refusal::Past);
    }
    if until > latest {
        return Err(Refusal::TooLong { latest });
    }
    tally.veto = Some(Veto {
        by: asked.by.clone(),
        why: asked.why.clone(),
        until,
    });
    Ok(Answer::Vetoed { until })
}

/// The most that is known to be spent in this period, in USD: the last reading that was believed,
/// or what was spent when it stopped, if that was in this period.
pub(super) fn known_spend(tally: &Tally) -> Decimal {
    let last = tally.last().map_or(Decimal::ZERO, |last| last.spend);
    let stop = tally.stop();
    let stopped = stop.filter(|stop| stop.period_end > tally.period.start);
    stopped.map_or(last, |stop| last.max(stop.spend))
}
