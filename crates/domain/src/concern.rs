//! Standing concerns: what people should know for as long as it is so. Told when it begins or its
//! text changes, withdrawn when it is over, silent in between.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::announcement::{Announcement, ConcernKey, Told};
use crate::arn::{ClusterArn, ServiceArn};
use crate::notice::{Fact, Kind, Next, Notice, Severity, incident, words};

/// Something that people should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Concern {
    /// The ARN or the name of what it is about.
    pub(crate) subject: String,
    /// What kind of thing it is.
    pub(crate) kind: Kind,
    /// Whether it wakes somebody.
    pub(crate) severity: Severity,
    /// The name of the cluster, where the subject does not tell it.
    pub(crate) cluster: Option<String>,
    /// What is wrong, in one line.
    pub(crate) title: String,
    /// What makes this concern another one if it changes.
    pub(crate) text: String,
    /// How bad it is.
    pub(crate) facts: Vec<Fact>,
    /// What was done about it already.
    pub(crate) done: Option<String>,
    /// What a person should do.
    pub(crate) next: Next,
    /// What is not known.
    pub(crate) unknown: Option<String>,
    /// Since when it is so.
    pub(crate) since: Timestamp,
    /// It happened and is over: told once, and not remembered.
    pub(crate) passing: bool,
}

/// What is no longer so, in the words of the notice that says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Over {
    /// What kind of thing it was.
    pub(crate) kind: Kind,
    /// What is right again; nothing if nobody needs to know.
    pub(crate) title: Option<String>,
    /// How it stands now.
    pub(crate) facts: Vec<Fact>,
    /// What was done about it.
    pub(crate) done: Option<String>,
}

/// Where and when something is told.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Origin<'a> {
    /// The account.
    pub(crate) account: &'a str,
    /// The Region.
    pub(crate) region: &'a str,
    /// Now.
    pub(crate) now: Timestamp,
}

impl Concern {
    /// A digest, to be completed.
    pub(crate) fn about(subject: impl Into<String>, kind: Kind, since: Timestamp) -> Self {
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

    pub(crate) fn key(&self) -> ConcernKey {
        key(&self.subject, self.kind)
    }

    /// Whether it was not told, or not as it is now.
    pub(crate) fn is_news(&self, announced: &BTreeMap<ConcernKey, Told>) -> bool {
        let told = announced.get(&self.key());
        told.is_none_or(|told| told.text != self.text)
    }

    /// Its notice, and what to remember of it.
    pub(crate) fn announcement(self, origin: Origin<'_>) -> Announcement {
        let (cluster, service) = names(&self.subject);
        Announcement {
            key: self.key(),
            told: (!self.passing).then_some(Told {
                text: self.text,
                since: self.since,
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
                since: self.since,
                at: origin.now,
                dedupe: incident(origin.account, origin.region, &self.subject, self.kind),
                resolved: false,
                resource: self.subject,
            },
        }
    }
}

pub(crate) fn key(subject: &str, kind: Kind) -> ConcernKey {
    ConcernKey {
        subject: subject.to_owned(),
        kind: kind.name(),
    }
}

/// What has to be announced now, and what is forgotten without a word: of what was told and does
/// not stand any more, what `over` can speak for.
pub(crate) fn announcements(
    standing: Vec<Concern>,
    announced: &BTreeMap<ConcernKey, Told>,
    over: impl Fn(&ConcernKey) -> Option<Over>,
    origin: Origin<'_>,
) -> (Vec<Announcement>, Vec<ConcernKey>) {
    let keys: BTreeSet<ConcernKey> = standing.iter().map(Concern::key).collect();
    let news = standing
        .into_iter()
        .filter(|concern| concern.is_news(announced));
    let mut announcements: Vec<Announcement> =
        news.map(|concern| concern.announcement(origin)).collect();
    let mut forgotten = Vec::new();
    for (key, told) in announced.iter().filter(|(key, _)| !keys.contains(key)) {
        let Some(over) = over(key) else { continue };
        match withdrawal(key, over, told, origin) {
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
    origin: Origin<'_>,
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
        at: origin.now,
        dedupe: incident(origin.account, origin.region, &key.subject, over.kind),
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
