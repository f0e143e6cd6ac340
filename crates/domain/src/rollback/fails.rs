//! A release fails, or a person wants it back: what keeps it, or what comes in its place.

use super::case::{Case, Cause, Hand, How, Intent, Target};
use super::ending::condemn;
use super::guards::{of_anything, of_failure};
use super::look::Look;
use super::plan::Act;
use super::progress::release;
use super::reason::Reason;
use super::record::{Acted, Record, Release};
use super::step::{Now, Step};
use super::target::{Failed, choose};
use super::wants::Seen;
use super::withheld::Withheld;

/// A person's order to roll a service back.
#[derive(Clone, Copy)]
pub(super) struct Ordered<'a> {
    pub(super) by: &'a str,
    pub(super) why: &'a str,
    pub(super) to: Option<&'a str>,
}

/// What is done about the release that is watched, which fails.
pub(super) fn fails(look: Look<'_>, now: Now<'_>, mut record: Record, cause: Cause) -> Seen<Step> {
    let Some(watch) = record.watch.clone() else {
        return Ok(Step::only(record, Reason::Steady));
    };
    if let Some(watch) = record.watch.as_mut() {
        watch.doubted = Some(cause.to_string());
    }
    let before = record.case.take().filter(|case| !case.is_over());
    record.case = Some(Case {
        failed: Some(watch.deployment.clone()),
        release: Some(watch.release.clone()),
        migration: watch.migration.clone(),
        began: watch.began,
        cause: cause.clone(),
        opened: before.map_or(look.moment.now, |case| case.opened),
        hand: Hand::Nobody,
        outcome: None,
    });
    let withheld = of_failure(look, now.service, &watch, &mut record, &cause)?;
    let chosen = match withheld {
        Some(withheld) => Err(withheld),
        None => chosen(look, now, &record, &watch.release, None)?,
    };
    let mut step = match chosen {
        Ok((target, how)) => acts(
            look,
            now,
            record,
            cause,
            Chosen {
                target,
                how,
                by: None,
            },
        ),
        Err(withheld) => {
            if withheld.condemns() {
                condemn(look, &mut record);
            }
            Step::only(record, Reason::Leaves(cause, withheld))
        }
    };
    step.fails = true;
    Ok(step)
}

/// What is done because a person says so: the same checks of what comes back, and of what would be
/// disturbed, but not of whether the release is to blame.
pub(super) fn ordered(
    look: Look<'_>,
    now: Now<'_>,
    mut record: Record,
    order: Ordered<'_>,
) -> Seen<Step> {
    if let Some(withheld) = of_anything(look, now.service, &record) {
        return Ok(Step::only(record, Reason::Refused(withheld)));
    }
    let release = release(look, now.primary, now.joined)?;
    let (target, how) = match chosen(look, now, &record, &release, order.to)? {
        Ok(chosen) => chosen,
        Err(withheld) => return Ok(Step::only(record, Reason::Refused(withheld))),
    };
    let cause = Cause::Ordered {
        by: order.by.to_owned(),
        why: order.why.to_owned(),
    };
    let watch = record.watch.as_ref();
    let migration = watch.and_then(|watch| watch.migration.clone());
    record.case = Some(Case {
        failed: Some(now.primary.id.clone()),
        release: Some(release),
        migration,
        began: now.primary.created_at,
        cause: cause.clone(),
        opened: look.moment.now,
        hand: Hand::Nobody,
        outcome: None,
    });
    let by = Some(order.by.to_owned());
    Ok(acts(look, now, record, cause, Chosen { target, how, by }))
}

fn chosen(
    look: Look<'_>,
    now: Now<'_>,
    record: &Record,
    release: &Release,
    to: Option<&str>,
) -> Seen<Result<(Target, How), Withheld>> {
    let failed = Failed {
        service: now.service,
        primary: now.primary,
        joined: now.joined,
        progress: now.progress,
        release,
    };
    choose(look, record, &failed, to)
}

/// What comes back, how, and by whose order.
struct Chosen {
    target: Target,
    how: How,
    by: Option<String>,
}

/// The intent, and the act that follows it.
fn acts(look: Look<'_>, now: Now<'_>, mut record: Record, cause: Cause, chosen: Chosen) -> Step {
    let at = look.moment.now;
    condemn(look, &mut record);
    record.acts.push(Acted {
        at,
        failed: now.primary.id.clone(),
        ours: None,
        counts: chosen.by.is_none(),
    });
    let act = Act {
        service: look.arn.clone(),
        expects: now.primary.id.clone(),
        target: chosen.target.clone(),
        how: chosen.how.clone(),
    };
    if let Some(case) = record.case.as_mut() {
        case.hand = Hand::Us(Box::new(Intent {
            target: chosen.target,
            how: chosen.how,
            at,
            tried: at,
            ours: None,
            until: at + look.moment.policy.prove,
            overwrote: None,
            by: chosen.by,
        }));
    }
    Step {
        record,
        act: Some(act),
        reason: Reason::RollsBack(cause),
        fails: true,
    }
}
