//! Whether a new period has begun in truth, so that services may come back by themselves.

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::blind::Blind;
use super::reading::Reading;
use super::state::Stop;
use super::tally::Tally;
use super::verdict::Verdict;

/// The spend that proves it: the period of the stop is over, and its successor reports a spend of
/// its own that is lower and under the limit. A spend of zero proves nothing where an edit may
/// have made it: `UpdateBudget` sets it to zero until new data arrive.
pub(super) fn proof(
    tally: &Tally,
    stop: &Stop,
    sight: &Result<Reading, Blind>,
    verdict: &Verdict,
    now: Timestamp,
) -> Option<Decimal> {
    let reading = sight.as_ref().ok()?;
    let spend = reading.actual?;
    let passed = now >= stop.period_end && reading.period.start >= stop.period_end;
    let under = matches!(verdict, Verdict::Under | Verdict::Warn(_));
    let lower = spend < stop.spend;
    let own = spend != Decimal::ZERO || !edited_since_data(tally, stop, reading);
    (passed && under && lower && own).then_some(spend)
}

/// Whether somebody edited the budget after the last reading of an earlier period that could be
/// believed, so that zero means nothing. A period whose own zero was believed has outlived the edit.
fn edited_since_data(tally: &Tally, stop: &Stop, reading: &Reading) -> bool {
    let shown = tally.before.map_or(stop.since, |before| before.at);
    reading.edited.is_some_and(|edited| edited >= shown)
}
