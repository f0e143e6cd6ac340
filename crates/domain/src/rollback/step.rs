//! What is done for one service in one round, in the order of the reasons.

use jiff::Timestamp;

use super::case::{Case, Cause, Hand, Outcome};
use super::ending::{condemn, end};
use super::fails::{Ordered, fails, ordered};
use super::failure::{Finding, finding};
use super::look::Look;
use super::plan::Act;
use super::progress::{Joined, Progress, joined, progress};
use super::reason::Reason;
use super::record::{Brought, Record};
use super::service::{Deployment, Service};
use super::sign::{Event, Says};
use super::tags::Mode;
use super::turn::turn;
use super::wants::Seen;
use super::watching::{settle, update};
use super::withheld::Withheld;
use super::{ecs, housekeeping, ours};
use crate::resting::Kind;

/// What is done for one service.
#[derive(Debug)]
pub(super) struct Step {
    /// Its record, as it is to be.
    pub(super) record: Record,
    /// What is rolled back.
    pub(super) act: Option<Act>,
    /// Why.
    pub(super) reason: Reason,
    /// What went wrong, if a release fails whatever is done about it: for the services beside it.
    pub(super) fails: bool,
}

impl Step {
    pub(super) fn only(record: Record, reason: Reason) -> Self {
        Self {
            record,
            act: None,
            reason,
            fails: false,
        }
    }
}

/// The deployment that ECS works towards, and how far it is.
#[derive(Clone, Copy)]
pub(super) struct Now<'a> {
    pub(super) service: &'a Service,
    pub(super) primary: &'a Deployment,
    pub(super) joined: Joined<'a>,
    pub(super) progress: Progress,
}

/// What is done for one service.
pub(super) fn step(look: Look<'_>) -> Seen<Step> {
    let mut record = housekeeping::record(look);
    let asked = housekeeping::obey(look, &mut record);
    let service = match look.service()? {
        Err(why) => return Ok(Step::only(record, Reason::Unseen(why.to_owned()))),
        Ok(None) => return Ok(housekeeping::closed(record, Reason::Gone)),
        Ok(Some(service)) if !service.active => {
            return Ok(housekeeping::closed(record, Reason::Draining));
        }
        Ok(Some(service)) => service,
    };
    let refused = |record, withheld| Ok(Step::only(record, Reason::Refused(withheld)));
    if service.mode.value() == Some(Mode::Off) {
        return Ok(housekeeping::closed(record, Reason::Off));
    }
    if let Kind::CodeDeploy | Kind::External = service.kind {
        return match asked.rollback {
            Some(_) => refused(record, Withheld::NotEcs(service.kind)),
            None => Ok(Step::only(record, Reason::NotEcs(service.kind))),
        };
    }
    let Some(primary) = service.primary() else {
        return Ok(Step::only(record, Reason::NoDeployment));
    };
    if service.rests() {
        return match asked.rollback {
            Some(_) => refused(record, Withheld::AtRest),
            None => Ok(housekeeping::resting(look, record)),
        };
    }
    turn(look, service, primary, &mut record)?;
    if !record.is_open() && asked.rollback.is_none() {
        let reason = asked.reason.unwrap_or_else(|| quiet(look, primary));
        return Ok(Step::only(record, reason));
    }
    let joined = joined(look, service, primary)?;
    let now = Now {
        service,
        primary,
        joined,
        progress: progress(service, primary, joined),
    };
    update(look, now, &mut record)?;
    let mut step = watched(look, now, record, asked.rollback)?;
    // A person's freeze or thaw is what is answered, where nothing happened beside it.
    if step.act.is_none()
        && let Some(reason) = asked.reason
    {
        step.reason = reason;
    }
    Ok(step)
}

/// What is done for a service of which something is watched or ordered.
fn watched(
    look: Look<'_>,
    now: Now<'_>,
    mut record: Record,
    order: Option<Ordered<'_>>,
) -> Seen<Step> {
    let open = record.case.clone().filter(|case| !case.is_over());
    if let Some(case) = &open {
        let handled = match &case.hand {
            Hand::Us(intent) => Some(ours::follow(look, now, record.clone(), case, intent)?),
            Hand::Ecs { until } => Some(ecs::follow(look, now, record.clone(), case, *until)?),
            Hand::Nobody => None,
        };
        if let Some(step) = handled {
            return Ok(match order {
                Some(_) => Step {
                    reason: Reason::Refused(Withheld::Busy),
                    ..step
                },
                None => step,
            });
        }
    }
    let found = match record.watch.as_ref() {
        Some(watch) => finding(look, now, watch)?,
        None => Finding::Fine,
    };
    if let Some(order) = order {
        if found == Finding::EcsRollsBack {
            return Ok(Step::only(record, Reason::Refused(Withheld::Busy)));
        }
        return ordered(look, now, record, order);
    }
    match found {
        Finding::Fine => {
            // What failed does not any more.
            if open.is_some() {
                record.case = None;
            }
            let reason = settle(look, now, &mut record)?;
            let reason = reason.unwrap_or_else(|| quiet(look, now.primary));
            Ok(Step::only(record, reason))
        }
        Finding::Wait(reason) => Ok(Step::only(record, reason)),
        Finding::EcsRollsBack => {
            let until = look.moment.now + look.moment.policy.prove;
            hand_to_ecs(look, &mut record, now.primary, until);
            Ok(Step::only(record, Reason::EcsRollsBack))
        }
        Finding::EcsFailed => {
            let why = vec!["ECS says that its rollback failed".to_owned()];
            hand_to_ecs(look, &mut record, now.primary, look.moment.now);
            end(
                look,
                &mut record,
                Outcome::NotProved { why: why.clone() },
                None,
            );
            Ok(Step::only(record, Reason::NotProved(why)))
        }
        // People are told first how the rollback ended that brought it.
        Finding::Fails(_) if is_untold_rollback(&record) => Ok(Step::only(
            record,
            Reason::Watched {
                until: look.moment.now,
            },
        )),
        Finding::Fails(cause) => fails(look, now, record, cause),
    }
}

/// Whether a rollback has ended, people do not know how, and what it brought is what is watched.
fn is_untold_rollback(record: &Record) -> bool {
    let brought = record.watch.as_ref().map(|watch| &watch.brought);
    record.case.as_ref().is_some_and(Case::is_over)
        && matches!(brought, Some(Brought::Us | Brought::Ecs))
}

/// Writes down that ECS rolls back what is watched.
fn hand_to_ecs(look: Look<'_>, record: &mut Record, primary: &Deployment, until: Timestamp) {
    let watch = record.watch.as_ref();
    let release = watch.map(|watch| watch.release.clone());
    let before = record.case.take().filter(|case| !case.is_over());
    record.case = Some(Case {
        failed: Some(primary.id.clone()),
        release,
        migration: watch.and_then(|watch| watch.migration.clone()),
        began: primary.created_at,
        cause: before
            .as_ref()
            .map_or(Cause::FoundByEcs, |case| case.cause.clone()),
        opened: before.map_or(look.moment.now, |case| case.opened),
        hand: Hand::Ecs { until },
        outcome: None,
    });
    condemn(look, record);
}

/// What to answer where nothing is watched: what was said to fail is not there any more.
fn quiet(look: Look<'_>, primary: &Deployment) -> Reason {
    let failed = look.signs.iter().any(|sign| match &sign.says {
        Says::Deployment {
            deployment, event, ..
        } => *event == Event::Failed && *deployment != primary.id,
        _ => false,
    });
    if failed {
        Reason::Stale
    } else {
        Reason::Steady
    }
}
