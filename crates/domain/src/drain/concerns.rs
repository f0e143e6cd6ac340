//! Standing concerns: what people should know for as long as it is so. Told when it begins or its
//! text changes, withdrawn when it is over, silent in between.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::moment::Moment;
use crate::announcement::{Announcement, ConcernKey, Told};
use crate::arn::{ClusterArn, ServiceArn};
use crate::notice::{Fact, Kind, Next, Notice, Severity, incident};
pub(super) use crate::notice::{fact, words};

/// Something that people should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Concern {
    /// The ARN or the name of what it is about.
    pub(super) subject: String,
    pub(super) kind: Kind,
    pub(super) severity: Severity,
    /// The name of the cluster, where the subject does not tell it.
    pub(super) cluster: Option<String>,
    pub(super) title: String,
    /// What makes this concern another one if it changes.
    pub(super) text: String,
    pub(super) facts: Vec<Fact>,
    pub(super) done: Option<String>,
    pub(super) next: Next,
    pub(super) unknown: Option<String>,
    pub(super) since: Timestamp,
    /// It happened and is over: told once, and not remembered.
    pub(super) passing: bool,
}

/// What is no longer so; nothing to say if nobody needs to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Over {
    pub(super) kind: Kind,
    pub(super) title: Option<String>,
    pub(super) facts: Vec<Fact>,
    pub(super) done: Option<String>,
}

impl Concern {
    /// A digest, to be completed.
    pub(super) fn about(subject: impl Into<String>, kind: Kind, since: Timestamp) -> Self {
        Self {
            subject: subject.into(),
            kind,
            severity: Severity::Digest,
            cluster: None,
            title: String::new(),
            text: String::new(),
            facts: Vec::new(),
            done: None,
            next: words(""),
            unknown: None,
            since,
            passing: false,
        }
    }

    pub(super) fn key(&self) -> ConcernKey {
        ConcernKey {
            subject: self.subject.clone(),
            kind: self.kind.name(),
        }
    }

    /// Its notice. What was told in other words before began then.
    fn announcement(self, before: Option<&Told>, moment: Moment<'_>) -> Announcement {
        let since = before.map_or(self.since, |told| told.since.min(self.since));
        let (cluster, service) = names(&self.subject);
        Announcement {
            key: self.key(),
            told: (!self.passing).then_some(Told {
                text: self.text,
                since,
            }),
            notice: Notice {
                kind: self.kind,
                severity: self.severity,
                cluster: self.cluster.or(cluster),
                service,
                title: self.title,
                facts: self.facts,
                done: self.done,
                next: self.next,
                unknown: self.unknown,
                since,
                at: moment.now,
                dedupe: incident(moment.account, moment.region, &self.subject, self.kind),
                resolved: false,
                resource: self.subject,
            },
        }
    }
}

/// What has to be announced now, and what is forgotten without a word: of what was told and does
/// not stand any more, what `over` can speak for.
pub(super) fn announcements(
    standing: Vec<Concern>,
    announced: &BTreeMap<ConcernKey, Told>,
    over: impl Fn(&ConcernKey) -> Option<Over>,
    moment: Moment<'_>,
) -> (Vec<Announcement>, Vec<ConcernKey>) {
    let keys: BTreeSet<ConcernKey> = standing.iter().map(Concern::key).collect();
    let mut announcements = Vec::new();
    for concern in standing {
        let told = announced.get(&concern.key());
        if told.is_none_or(|told| told.text != concern.text) {
            announcements.push(concern.announcement(told, moment));
        }
    }
    let mut forgotten = Vec::new();
    for (key, told) in announced.iter().filter(|(key, _)| !keys.contains(key)) {
        let Some(over) = over(key) else { continue };
        match withdrawal(key, over, told, moment) {
            Some(announcement) => announcements.push(announcement),
            None => forgotten.push(key.clone()),
        }
    }
    (announcements, forgotten)
}

/// The notice that a concern is over.
fn withdrawal(
    key: &ConcernKey,
    over: Over,
    told: &Told,
    moment: Moment<'_>,
) -> Option<Announcement> {
    let (cluster, service) = names(&key.subject);
    let notice = Notice {
        kind: over.kind,
        severity: Severity::Digest,
        resource: key.subject.clone(),
        cluster,
        service,
        title: over.title?,
        facts: over.facts,
        done: over.done,
        next: words("Nothing is left to do."),
        unknown: None,
        since: told.since,
        at: moment.now,
        dedupe: incident(moment.account, moment.region, &key.subject, over.kind),
        resolved: true,
    };
    Some(Announcement {
        key: key.clone(),
        told: None,
        notice,
    })
}

/// The names of a cluster and a service, as far as it is about one.
fn names(subject: &str) -> (Option<String>, Option<String>) {
    if let Ok(arn) = ServiceArn::parse(subject) {
        return (Some(arn.cluster().to_owned()), Some(arn.name().to_owned()));
    }
    let cluster = ClusterArn::parse(subject).ok();
    (cluster.map(|arn| arn.name().to_owned()), None)
}
