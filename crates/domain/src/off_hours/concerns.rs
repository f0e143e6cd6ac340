//! Standing concerns: what people should know for as long as it is so.
//!
//! Each run computes the concerns that there are. Compared with what was announced, a new one or
//! one with another text becomes a notice, one that is gone becomes a resolved notice, and one
//! that is as it was says nothing. So a typo in a tag is told once, and again if it is mistyped
//! differently.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::decision::Decision;
use crate::announcement::{Announcement, ConcernKey, Told};
use crate::notice::{Fact, Kind, Next, Notice, Severity, incident};
use crate::resting::Subject;

/// Something that people should know for as long as it is so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Concern {
    /// What it is about.
    pub subject: Subject,
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

impl Concern {
    /// What it is about.
    pub fn key(&self) -> ConcernKey {
        ConcernKey {
            subject: self.subject.arn().to_owned(),
            kind: self.kind.name(),
        }
    }

    fn notice(&self, now: Timestamp) -> Notice {
        let (cluster, service) = match &self.subject {
            Subject::Service(arn) => (Some(arn.cluster().to_owned()), Some(arn.name().to_owned())),
            Subject::Group(_) => (None, None),
        };
        Notice {
            kind: self.kind,
            severity: self.severity,
            resource: self.subject.arn().to_owned(),
            cluster,
            service,
            title: self.title.clone(),
            facts: self.facts.clone(),
            done: self.done.clone(),
            next: self.next.clone(),
            unknown: None,
            since: self.since,
            at: now,
            dedupe: incident_of(self.subject.arn(), self.kind),
            resolved: false,
        }
    }
}

/// What has to be announced now.
pub(super) fn announcements(
    decisions: &BTreeMap<Subject, Decision>,
    announced: &BTreeMap<ConcernKey, Told>,
    now: Timestamp,
) -> Vec<Announcement> {
    let concerns = || decisions.values().flat_map(|decision| &decision.concerns);
    let fresh = concerns()
        .filter(|concern| {
            let told = announced.get(&concern.key());
            told.is_none_or(|told| told.text != concern.text)
        })
        .map(|concern| Announcement {
            key: concern.key(),
            told: Some(Told {
                text: concern.text.clone(),
                since: concern.since,
            }),
            notice: concern.notice(now),
        });
    let standing: BTreeSet<ConcernKey> = concerns().map(Concern::key).collect();
    let judged: BTreeMap<&str, bool> = decisions
        .iter()
        .map(|(subject, decision)| (subject.arn(), decision.judged()))
        .collect();
    let gone = announced
        .iter()
        .filter(|(key, _)| !standing.contains(key))
        .filter_map(|(key, told)| withdrawal(key, told, *judged.get(key.subject.as_str())?, now));
    fresh.chain(gone).collect()
}

/// What is right again when this kind of concern is over, if a decision can say so. One that did
/// not look at the service can say so only of its tags; and what others announce is theirs to
/// withdraw.
fn right_again(kind: Kind, judged: bool) -> Option<&'static str> {
    match kind {
        Kind::MalformedTag => Some("no tag is malformed any more"),
        Kind::OverrideIgnored => Some("no override is ignored any more"),
        Kind::DeploymentBlocksRest if judged => Some("no deployment is in the way of its rest"),
        Kind::WaveNotSteady if judged => Some("it is steady, or at rest again"),
        Kind::CapacityChangedAtRest if judged => Some("its count is no longer changed at rest"),
        _ => None,
    }
}

/// The notice that a concern is over, if it is ours to withdraw.
fn withdrawal(key: &ConcernKey, told: &Told, judged: bool, now: Timestamp) -> Option<Announcement> {
    let kind = Kind::from_name(key.kind)?;
    let right = right_again(kind, judged)?;
    let name = crate::arn::ServiceArn::parse(&key.subject).ok();
    let shown = name
        .as_ref()
        .map_or_else(|| key.subject.clone(), ToString::to_string);
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
    Some(Announcement {
        key: key.clone(),
        told: None,
        notice,
    })
}

/// The incident of this kind of trouble with the thing of this ARN.
fn incident_of(arn: &str, kind: Kind) -> String {
    let mut parts = arn.split(':').skip(3);
    let region = parts.next().unwrap_or_default();
    let account = parts.next().unwrap_or_default();
    incident(account, region, arn, kind)
}
