//! Standing concerns: what people should know for as long as it is so.
//!
//! Each run computes the concerns that there are. Compared with what was announced, a new one or
//! one with another text becomes a notice, one that is gone becomes a resolved notice, and one
//! that is as it was says nothing. So a typo in a tag is told once, and again if it is mistyped
//! differently.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::announcement::{Announcement, ConcernKey, Told};
use crate::arn::ServiceArn;
use crate::notice::{Fact, Kind, Next, Notice, Severity, incident};
use crate::resting::Subject;

/// How an ARN ends that stands for all services.
const ALL_SERVICES: &str = ":service/*";

/// Something that people should know for as long as it is so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Concern {
    /// What it is about.
    pub about: About,
    /// What kind of thing it is.
    pub kind: Kind,
    /// Whether it wakes somebody.
    pub severity: Severity,
    /// What is wrong, in one line.
    pub title: String,
    /// What makes this concern another one if it changes, such as the text of a tag.
    pub text: String,
    /// How bad it is.
    pub facts: Vec<Fact>,
    /// What was done about it already.
    pub done: Option<String>,
    /// What a person should do.
    pub next: Next,
    /// Since when it is so.
    pub since: Timestamp,
}

/// What a concern is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    /// One service or group.
    Subject(Subject),
    /// All services of an account in a Region, by an ARN with `*` for their names.
    Services(String),
}

impl About {
    /// All services of the account and Region of this one.
    pub(super) fn services_beside(subject: &Subject) -> Self {
        let mut parts = subject.arn().split(':');
        let partition = parts.nth(1).unwrap_or_default();
        let region = parts.nth(1).unwrap_or_default();
        let account = parts.next().unwrap_or_default();
        Self::Services(format!(
            "arn:{partition}:ecs:{region}:{account}{ALL_SERVICES}"
        ))
    }

    fn arn(&self) -> &str {
        match self {
            Self::Subject(subject) => subject.arn(),
            Self::Services(arn) => arn,
        }
    }

    /// The service, if it is one.
    fn service(&self) -> Option<&ServiceArn> {
        match self {
            Self::Subject(Subject::Service(arn)) => Some(arn),
            Self::Subject(Subject::Group(_)) | Self::Services(_) => None,
        }
    }
}

impl From<Subject> for About {
    fn from(subject: Subject) -> Self {
        Self::Subject(subject)
    }
}

impl Concern {
    /// What it is about.
    pub fn key(&self) -> ConcernKey {
        ConcernKey {
            subject: self.about.arn().to_owned(),
            kind: self.kind.name(),
        }
    }

    fn notice(&self, now: Timestamp) -> Notice {
        let service = self.about.service();
        Notice {
            kind: self.kind,
            severity: self.severity,
            resource: self.about.arn().to_owned(),
            cluster: service.map(|arn| arn.cluster().to_owned()),
            service: service.map(|arn| arn.name().to_owned()),
            title: self.title.clone(),
            facts: self.facts.clone(),
            done: self.done.clone(),
            next: self.next.clone(),
            unknown: None,
            since: self.since,
            at: now,
            dedupe: incident_of(self.about.arn(), self.kind),
            resolved: false,
        }
    }
}

/// What has to be announced now, given the concerns that there are. `right_again` says what is right
/// again when one of this kind is over, if that can be said.
pub(super) fn announcements(
    concerns: &[Concern],
    right_again: impl Fn(&ConcernKey, Kind) -> Option<&'static str>,
    announced: &BTreeMap<ConcernKey, Told>,
    now: Timestamp,
) -> Vec<Announcement> {
    let is_new = |concern: &&Concern| {
        let told = announced.get(&concern.key());
        told.is_none_or(|told| told.text != concern.text)
    };
    let fresh = concerns.iter().filter(is_new).map(|concern| Announcement {
        key: concern.key(),
        told: Some(Told {
            text: concern.text.clone(),
            since: concern.since,
        }),
        notice: concern.notice(now),
    });
    let standing: BTreeSet<ConcernKey> = concerns.iter().map(Concern::key).collect();
    let gone = announced
        .iter()
        .filter(|(key, _)| !standing.contains(key))
        .filter_map(|(key, told)| {
            let kind = Kind::from_name(key.kind)?;
            Some(withdrawal(key, kind, right_again(key, kind)?, told, now))
        });
    fresh.chain(gone).collect()
}

/// The notice that a concern is over.
fn withdrawal(
    key: &ConcernKey,
    kind: Kind,
    right: &str,
    told: &Told,
    now: Timestamp,
) -> Announcement {
    let name = ServiceArn::parse(&key.subject).ok();
    let shown = match &name {
        Some(name) => name.to_string(),
        None if key.subject.ends_with(ALL_SERVICES) => "all services".to_owned(),
        None => key.subject.clone(),
    };
    let notice = Notice {
        kind,
        severity: Severity::Digest,
        resource: key.subject.clone(),
        cluster: name.as_ref().map(|arn| arn.cluster().to_owned()),
        service: name.as_ref().map(|arn| arn.name().to_owned()),
        title: format!("{shown}: {right}"),
        facts: Vec::new(),
        done: None,
        next: Next {
            what: "Nothing is left to do.".to_owned(),
            command: None,
        },
        unknown: None,
        since: told.since,
        at: now,
        dedupe: incident_of(&key.subject, kind),
        resolved: true,
    };
    Announcement {
        key: key.clone(),
        told: None,
        notice,
    }
}

/// The incident of this kind of trouble with the thing of this ARN.
fn incident_of(arn: &str, kind: Kind) -> String {
    let mut parts = arn.split(':').skip(3);
    let region = parts.next().unwrap_or_default();
    let account = parts.next().unwrap_or_default();
    incident(account, region, arn, kind)
}
