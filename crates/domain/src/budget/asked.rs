//! What a person asks for, and what becomes of it.

use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;

use super::answer::{Answer, Refusal};
use super::holds::holders;
use super::observed::{Asked, What};
use super::state::{Restore, State, Why};
use super::step::Case;
use super::tally::{Allowed, Tally, Veto};
use super::verdict::Verdict;

/// The longest that a veto may last: long enough for a weekend and its Monday, too short to be
/// forgotten for a month.
pub const LONGEST_VETO: SignedDuration = SignedDuration::from_hours(7 * 24);

impl Case<'_> {
    /// Does what is asked to the tally. `verdict` is what the reading means as it stands.
    pub(super) fn ask(&self, asked: &Asked, tally: &mut Tally, verdict: &Verdict) -> Answer {
        let now = self.moment.now;
        let done = match asked.what {
            What::Restore { allow } => match restore(asked, allow, tally, verdict, now) {
                Ok(up_to) => Ok(Answer::Restoring {
                    up_to,
                    kept_by: holders(self.name, self.observed),
                }),
                Err(Refusal::NothingStopped) => lower(asked, allow, tally),
                Err(refusal) => Err(refusal),
            },
            What::Veto { until } => veto(asked, until, tally, now),
        };
        done.unwrap_or_else(Answer::Refused)
    }
}

/// A restore that is delivered again, or late, ends no stop that began after it was asked, and
/// allows nothing twice. The sum up to which may be spent; none if the limit alone counts.
fn restore(
    asked: &Asked,
    allow: Option<Decimal>,
    tally: &mut Tally,
    verdict: &Verdict,
    now: Timestamp,
) -> Result<Option<Decimal>, Refusal> {
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
    tally.allowed = up_to.map(|up_to| allowed(asked, up_to));
    tally.grace = None;
    tally.state = State::Restoring(Restore {
        since: now,
        why: Why::Person {
            by: asked.by.clone(),
            why: asked.why.clone(),
        },
    });
    Ok(up_to)
}

/// Where nothing is stopped a restore can only take back some of what was allowed: a slip of the
/// pen would otherwise stand until the period ends. More is allowed at the next stop only, so what
/// is delivered twice still allows nothing twice.
fn lower(asked: &Asked, allow: Option<Decimal>, tally: &mut Tally) -> Result<Answer, Refusal> {
    let before = tally.allowed.as_ref().map(|allowed| allowed.up_to);
    let allow = allow.filter(|allow| *allow > Decimal::ZERO);
    let up_to = allow.map(|allow| known_spend(tally).saturating_add(allow));
    let up_to = up_to.filter(|up_to| before.is_some_and(|before| *up_to < before));
    let up_to = up_to.ok_or(Refusal::NothingStopped)?;
    tally.allowed = Some(allowed(asked, up_to));
    Ok(Answer::Allowed { up_to })
}

fn allowed(asked: &Asked, up_to: Decimal) -> Allowed {
    Allowed {
        up_to,
        by: asked.by.clone(),
        why: asked.why.clone(),
    }
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
