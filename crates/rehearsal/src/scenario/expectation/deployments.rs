//! What must become of deployments.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::super::record::Record;
use super::super::verdict::Verdict;
use super::clock;
use crate::journal::What;

/// At this moment a service runs what is said: that completed last, and nothing else is on its way.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Runs<At> {
    /// When.
    pub at: At,
    /// `cluster/service`.
    pub service: String,
    /// `family:revision`; any if nothing is said.
    pub revision: Option<String>,
    /// The digest of one of its images; any if nothing is said.
    pub digest: Option<String>,
}

/// At this moment the latest deployment of a service is this far.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct DeploymentIs<At> {
    /// When.
    pub at: At,
    /// `cluster/service`.
    pub service: String,
    /// `IN_PROGRESS`, `COMPLETED` or `FAILED`.
    pub state: RolloutState,
}

/// `rolloutState`.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RolloutState {
    /// It rolls.
    InProgress,
    /// It is done.
    Completed,
    /// It was given up.
    Failed,
}

impl RolloutState {
    fn name(self) -> &'static str {
        match self {
            Self::InProgress => "IN_PROGRESS",
            Self::Completed => "COMPLETED",
            Self::Failed => "FAILED",
        }
    }
}

/// What the latest deployment of a service brings, and how far it is.
struct Seen {
    revision: String,
    digests: Vec<String>,
    state: &'static str,
}

fn seen(record: &Record, at: Timestamp, service: &str) -> Option<Seen> {
    record.latest(at, service, |what| match what {
        What::Deployment {
            task_definition,
            digests,
            state,
            ..
        } => Some(Seen {
            revision: task_definition
                .rsplit('/')
                .next()
                .unwrap_or_default()
                .to_owned(),
            digests: digests.clone(),
            state,
        }),
        _ => None,
    })
}

impl<At> Runs<At> {
    pub(super) fn placed<Moment, Error>(
        self,
        read: impl Fn(At) -> Result<Moment, Error>,
    ) -> Result<Runs<Moment>, Error> {
        Ok(Runs {
            at: read(self.at)?,
            service: self.service,
            revision: self.revision,
            digest: self.digest,
        })
    }
}

impl<At> DeploymentIs<At> {
    pub(super) fn placed<Moment, Error>(
        self,
        read: impl Fn(At) -> Result<Moment, Error>,
    ) -> Result<DeploymentIs<Moment>, Error> {
        Ok(DeploymentIs {
            at: read(self.at)?,
            service: self.service,
            state: self.state,
        })
    }
}

impl Runs<Timestamp> {
    pub(super) fn judge(&self, record: &Record, zone: &TimeZone) -> Verdict {
        let wanted = [self.revision.as_deref(), self.digest.as_deref()];
        let wanted: Vec<&str> = wanted.into_iter().flatten().collect();
        let what = format!("runs {}", wanted.join(" as "));
        let seen = seen(record, self.at, &self.service);
        let instead = match seen {
            None => Some("there is no such service".to_owned()),
            Some(seen) if self.fits(&seen) => None,
            Some(seen) => {
                let parts = std::iter::once(&seen.revision).chain(&seen.digests);
                let parts: Vec<&str> = parts.map(String::as_str).collect();
                Some(format!("{}, {}", parts.join(" as "), seen.state))
            }
        };
        verdict(&self.service, self.at, zone, what, instead)
    }

    fn fits(&self, seen: &Seen) -> bool {
        let digest = self.digest.as_ref();
        seen.state == RolloutState::Completed.name()
            && self.revision.as_ref().is_none_or(|it| *it == seen.revision)
            && digest.is_none_or(|it| seen.digests.contains(it))
    }
}

impl DeploymentIs<Timestamp> {
    pub(super) fn judge(&self, record: &Record, zone: &TimeZone) -> Verdict {
        let wanted = self.state.name();
        let what = format!("deployment {wanted}");
        let instead = match seen(record, self.at, &self.service) {
            None => Some("there is no such service".to_owned()),
            Some(seen) if seen.state == wanted => None,
            Some(seen) => Some(seen.state.to_owned()),
        };
        verdict(&self.service, self.at, zone, what, instead)
    }
}

fn verdict(
    service: &str,
    at: Timestamp,
    zone: &TimeZone,
    what: String,
    instead: Option<String>,
) -> Verdict {
    Verdict {
        subject: Some(service.to_owned()),
        at: Some(at),
        expected: format!("{what} at {}", clock(at, zone)),
        what,
        instead,
    }
}
