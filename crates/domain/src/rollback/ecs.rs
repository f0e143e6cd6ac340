//! A rollback by ECS, which is only looked at.

use jiff::Timestamp;

use super::attempt::{SKEW, Status};
use super::case::{Case, Outcome};
use super::ending::end;
use super::failure::{Finding, finding};
use super::look::Look;
use super::ours::{Judged, judged};
use super::proof::{Expected, missing};
use super::reason::Reason;
use super::record::{Record, Release};
use super::step::{Now, Step};
use super::wants::Seen;

/// What becomes of a rollback by ECS.
pub(super) fn follow(
    look: Look<'_>,
    now: Now<'_>,
    mut record: Record,
    case: &Case,
    until: Timestamp,
) -> Seen<Step> {
    if could_not(look, case)? {
        let why = vec!["ECS says that its rollback failed".to_owned()];
        end(
            look,
            &mut record,
            Outcome::NotProved { why: why.clone() },
            None,
        );
        return Ok(Step::only(record, Reason::NotProved(why)));
    }
    if case.failed.as_ref() == Some(&now.primary.id) {
        if look.moment.now < until {
            return Ok(Step::only(record, Reason::EcsRollsBack));
        }
        let why = vec!["ECS has not rolled it back, and what failed is still there".to_owned()];
        end(
            look,
            &mut record,
            Outcome::NotProved { why: why.clone() },
            None,
        );
        return Ok(Step::only(record, Reason::NotProved(why)));
    }
    let known = known(&record, now);
    let expected = Expected {
        release: known.as_ref(),
        definition: known.as_ref().map(|known| &known.definition),
    };
    let missing = missing(look, now, expected)?;
    let found = match &record.watch {
        Some(watch) => finding(look, now, watch)?,
        None => Finding::Fine,
    };
    let reason = match judged(look, &mut record, missing, found, until, now) {
        Judged::Proved => Reason::EcsProved,
        Judged::NotProved(why) => Reason::NotProved(why),
        Judged::NotYet(missing) => Reason::EcsProves(missing),
    };
    Ok(Step::only(record, reason))
}

/// Whether ECS says that it could not.
fn could_not(look: Look<'_>, case: &Case) -> Seen<bool> {
    let attempts = match look.attempts()? {
        Ok(attempts) => attempts,
        Err(_) => return Ok(false),
    };
    let newest = attempts.iter().max_by_key(|attempt| attempt.created_at);
    Ok(newest.is_some_and(|newest| {
        let apart = newest.created_at.duration_since(case.began).abs();
        newest.status == Status::RollbackFailed && apart <= SKEW
    }))
}

/// What is known of what ECS brought back, from when it proved good.
fn known(record: &Record, now: Now<'_>) -> Option<Release> {
    let mut good = record.good.iter().rev();
    let good = good.find(|good| good.release.definition == now.primary.definition);
    good.map(|good| good.release.clone())
}
