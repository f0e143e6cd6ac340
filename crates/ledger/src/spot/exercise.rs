//! Times in which instances are taken on purpose, as items.

use domain::drain::{Exercise, Experiment};
use domain::rest::Version;
use jiff::{SignedDuration, Timestamp};

use crate::fields::{Draft, Fields, Unreadable};

/// How long an experiment is kept after its end: longer than any word of it is late, because one
/// that comes after that would begin it anew.
const KEPT: SignedDuration = SignedDuration::from_hours(24);

/// Writes an exercise, without its key.
pub(crate) fn write(exercise: &Exercise) -> Draft {
    Draft::default()
        .instant("since", exercise.since)
        .instant("until", exercise.until)
        .text("by", &exercise.by)
        .text("why", &exercise.why)
}

/// Reads an exercise.
pub(crate) fn read(fields: &Fields<'_>) -> Result<Exercise, Unreadable> {
    Ok(Exercise {
        since: fields.instant("since")?,
        until: fields.instant("until")?,
        by: fields.text("by")?,
        why: fields.text("why")?,
    })
}

/// Writes an experiment, without its key.
pub(crate) fn write_experiment(experiment: &Experiment) -> Draft {
    let expires = experiment.until.saturating_add(KEPT);
    Draft::default()
        .text("template", &experiment.template)
        .instant("since", experiment.since)
        .instant("until", experiment.until)
        .number("version", experiment.version.0)
        .number("expires_at", expires.unwrap_or(Timestamp::MAX).as_second())
}

/// Reads the experiment that has this id.
pub(crate) fn read_experiment(fields: &Fields<'_>, id: &str) -> Result<Experiment, Unreadable> {
    Ok(Experiment {
        id: id.to_owned(),
        template: fields.text("template")?,
        since: fields.instant("since")?,
        until: fields.instant("until")?,
        version: Version(fields.number("version")?),
    })
}
