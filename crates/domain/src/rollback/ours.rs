//! A rollback of ours, from the intent to its proof.

use jiff::Timestamp;

use super::case::{Case, Cause, Hand, Intent, Outcome};
use super::ending::end;
use super::failure::{Finding, finding};
use super::look::Look;
use super::plan::Act;
use super::proof::{Expected, missing};
use super::reason::Reason;
use super::record::Record;
use super::step::{Now, Step};
use super::wants::Seen;

/// What becomes of a rollback of ours. Anything newer has been taken for what it is before.
pub(super) fn follow(
    look: Look<'_>,
    now: Now<'_>,
    record: Record,
    case: &Case,
    intent: &Intent,
) -> Seen<Step> {
    if case.failed.as_ref() == Some(&now.primary.id) {
        return Ok(unacted(look, now, record, intent));
    }
    proves(look, now, record, intent)
}

/// What failed is still there. It may be that the run that meant to roll it back is at it, or died
/// before or after the call.
fn unacted(look: Look<'_>, now: Now<'_>, mut record: Record, intent: &Intent) -> Step {
    let at = look.moment.now;
    let begun = now
        .joined
        .one()
        .is_some_and(|attempt| attempt.status.is_rollback());
    if intent.how.is_left_to_ecs() && begun && at < intent.until {
        return Step::only(record, Reason::Asked);
    }
    if at < intent.tried + look.moment.policy.claim {
        return Step::only(record, Reason::Intended);
    }
    if at >= intent.at + look.moment.policy.life {
        let why = vec!["nothing came of the rollback, and what failed is still there".to_owned()];
        end(
            look,
            &mut record,
            Outcome::NotProved { why: why.clone() },
            None,
        );
        return Step::only(record, Reason::NotProved(why));
    }
    // The write of the record lets one of two runs through.
    if let Some(Hand::Us(intent)) = record.case.as_mut().map(|case| &mut case.hand) {
        intent.tried = at;
    }
    Step {
        act: Some(Act {
            service: look.arn.clone(),
            expects: now.primary.id.clone(),
            target: intent.target.clone(),
            how: intent.how.clone(),
        }),
        ..Step::only(record, Reason::TriesAgain)
    }
}

/// What came back is there, and is to prove. If it fails there is no second try.
fn proves(look: Look<'_>, now: Now<'_>, mut record: Record, intent: &Intent) -> Seen<Step> {
    let expected = Expected {
        release: Some(&intent.target.release),
        // A copy has another name for the same bytes.
        definition: None,
    };
    let missing = missing(look, now, expected)?;
    let found = match &record.watch {
        Some(watch) => finding(look, now, watch)?,
        None => Finding::Fine,
    };
    let reason = match judged(look, &mut record, missing, found, intent.until, now) {
        Judged::Proved => Reason::Proved,
        Judged::NotProved(why) => Reason::NotProved(why),
        Judged::NotYet(missing) => Reason::Proves(missing),
    };
    Ok(Step::only(record, reason))
}

/// How what came back stands.
pub(super) enum Judged {
    Proved,
    NotProved(Vec<String>),
    NotYet(Vec<String>),
}

/// Whether what came back has proved, failed, or has time left, and how that ends the case.
pub(super) fn judged(
    look: Look<'_>,
    record: &mut Record,
    mut missing: Vec<String>,
    found: Finding,
    until: Timestamp,
    now: Now<'_>,
) -> Judged {
    let fails = match found {
        Finding::Fails(Cause::Alarm { .. }) | Finding::Fine | Finding::Wait(_) => None,
        Finding::Fails(cause) => Some(cause.to_string()),
        Finding::EcsRollsBack | Finding::EcsFailed => None,
    };
    let back = Some(&now.primary.definition);
    if missing.is_empty() && fails.is_none() {
        let at = look.moment.now;
        end(look, record, Outcome::Proved { at }, back);
        return Judged::Proved;
    }
    if fails.is_none() && look.moment.now < until {
        return Judged::NotYet(missing);
    }
    missing.extend(fails);
    let why = missing.clone();
    end(look, record, Outcome::NotProved { why }, back);
    Judged::NotProved(missing)
}
