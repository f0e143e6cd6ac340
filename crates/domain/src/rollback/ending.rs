//! How a failure ends, and what is remembered of it.

use super::case::{Hand, Outcome};
use super::look::Look;
use super::names::DefinitionArn;
use super::past::{Past, Verdict};
use super::record::{Bad, Record, Same};

/// Writes down how the open case ended, and what became of what failed. `back` is what came back,
/// if ECS brought it.
pub(super) fn end(
    look: Look<'_>,
    record: &mut Record,
    outcome: Outcome,
    back: Option<&DefinitionArn>,
) {
    let Some(case) = record.case.as_mut() else {
        return;
    };
    let verdict = match &outcome {
        Outcome::Proved { .. } => Verdict::RolledBack {
            to: match &case.hand {
                Hand::Us(intent) => Some(intent.target.release.definition.clone()),
                Hand::Ecs { .. } | Hand::Nobody => back.cloned(),
            },
        },
        Outcome::NotProved { .. } => Verdict::Failed,
        Outcome::Superseded { .. } => Verdict::Superseded,
    };
    case.outcome = Some(outcome);
    let Some((failed, release)) = case.failed.clone().zip(case.release.clone()) else {
        return;
    };
    let past = Past {
        deployment: failed.clone(),
        release,
        began: case.began,
        ended: look.moment.now,
        verdict,
        why: case.cause.to_string(),
        migration: case.migration.clone(),
    };
    record.remember(past);
    // What failed, and could not be rolled back, is not watched any more.
    if record
        .watch
        .as_ref()
        .is_some_and(|watch| watch.deployment == failed)
    {
        record.watch = None;
    }
}

/// Writes down that the release of the open case failed, so that it never comes back by itself. One
/// whose bytes have proved good stays good: what fails with them is not them.
pub(super) fn condemn(look: Look<'_>, record: &mut Record) {
    let Some(case) = &record.case else { return };
    let Some((deployment, release)) = case.failed.clone().zip(case.release.clone()) else {
        return;
    };
    let proved = record
        .good
        .iter()
        .any(|good| good.release.same(&release) == Same::Yes);
    if proved || record.bad.iter().any(|bad| bad.deployment == deployment) {
        return;
    }
    let why = case.cause.to_string();
    record.condemn(Bad {
        release,
        deployment,
        at: look.moment.now,
        why,
    });
}
