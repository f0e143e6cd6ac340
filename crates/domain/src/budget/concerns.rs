//! Standing concerns: what people should know for as long as it is so. Told when it begins or its
//! text changes, withdrawn when it is over, silent in between.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::moment::Moment;
use crate::announcement::{Announcement, ConcernKey, Told};
use crate::arn::ServiceArn;
use crate::notice::{Fact, Kind, Next, Notice, Severity, incident};
pub(super) use crate::notice::{fact, words};

/// Something that people should know for as long as it is so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Concern {
    /// The ARN or the name of what it is about.
    pub(super) subject: String,
    /// What kind of thing it is.
    pub(super) kind: Kind,
    /// Whether it wakes somebody.
    pub(super) severity: Severity,
    /// What is wrong, in one line.
    pub(super) title: String,
    /// What makes this concern another one if it changes.
    pub(super) text: String,
    /// How bad it is.
    pub(super) facts: Vec<Fact>,
    /// What was done about it already.
    pub(super) done: Option<String>,
    /// What a person should do.
    pub(super) next: Next,
    /// What is not known.
    pub(super) unknown: Option<String>,
    /// Since when it is so.
    pub(super) since: Timestamp,
}

/// What is no longer so, in the words of the notice that says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Over {
    /// What it was about.
    pub(super) key: ConcernKey,
    /// What is right again; nothing if nobody needs to know.
    pub(super) title: Option<String>,
    /// How it stands now.
    pub(super) facts: Vec<Fact>,
}

impl Concern {
    /// A digest about something that is no budget, to be completed.
    pub(super) fn about(subject: &str, kind: Kind, moment: Moment<'_>) -> Self {
        Self {
            subject: subject.to_owned(),
            kind,
            severity: Severity::Digest,
            title: String::new(),
            text: String::new(),
            facts: Vec::new(),
            done: None,
            next: words(""),
            unknown: None,
            since: moment.now,
        }
    }

    pub(super) fn key(&self) -> ConcernKey {
        key(&self.subject, self.kind)
    }

    /// Whether it was not told, or not as it is now.
    pub(super) fn is_news(&self, announced: &BTreeMap<ConcernKey, Told>) -> bool {
        let told = announced.get(&self.key());
        told.is_none_or(|told| told.text != self.text)
    }

    fn notice(&self, moment: Moment<'_>) -> Notice {
        let (cluster, service) = names(&self.subject);
        Notice {
            kind: self.kind,
            severity: self.severity,
            resource: self.subject.clone(),
            cluster,
            service,
            title: self.title.clone(),
            facts: self.facts.clone(),
            done: self.done.clone(),
            next: self.next.clone(),
            unknown: self.unknown.clone(),
            since: self.since,
            at: moment.now,
            dedupe: incident(moment.account, moment.region, &self.subject, self.kind),
            resolved: false,
        }
    }
}

pub(super) fn key(subject: &str, kind: Kind) -> ConcernKey {
    ConcernKey {
        subject: subject.to_owned(),
        kind: kind.name(),
    }
}

/// What has to be announced now, and what is forgotten without a word: of what was told and does
/// not stand any more, what `over` can speak for.
pub(super) fn announcements(
    standing: &[Concern],
    announced: &BTreeMap<ConcernKey, Told>,
    over: impl Fn(&ConcernKey) -> Option<Over>,
    moment: Moment<'_>,
) -> (Vec<Announcement>, Vec<ConcernKey>) {
    let fresh = standing.iter().filter(|concern| concern.is_news(announced));
    let mut announcements: Vec<Announcement> =
        fresh.map(|concern| announcement(concern, moment)).collect();
    let keys: BTreeSet<ConcernKey> = standing.iter().map(Concern::key).collect();
    let mut forgotten = Vec::new();
    for (key, told) in announced.iter().filter(|(key, _)| !keys.contains(key)) {
        let Some(over) = over(key) else { continue };
        match withdrawal(&over, told, moment) {
            Some(announcement) => announcements.push(announcement),
            None => forgotten.push(key.clone()),
        }
    }
    (announcements, forgotten)
}

/// The notice of a concern, and what to remember of it.
pub(super) fn announcement(concern: &Concern, moment: Moment<'_>) -> Announcement {
    Announcement {
        key: concern.key(),
        told: Some(Told {
            text: concern.text.clone(),
            since: concern.since,
        }),
        notice: concern.notice(moment),
    }
}

/// The notice that a concern is over.
fn withdrawal(over: &Over, told: &Told, moment: Moment<'_>) -> Option<Announcement> {
    let kind = Kind::from_name(over.key.kind)?;
    let (cluster, service) = names(&over.key.subject);
    let notice = Notice {
        kind,
        severity: Severity::Digest,
        resource: over.key.subject.clone(),
        cluster,
        service,
        title: over.title.clone()?,
        facts: over.facts.clone(),
        done: None,
        next: Next {
            what: "Nothing is left to do.".to_owned(),
            command: None,
        },
        unknown: None,
        since: told.since,
        at: moment.now,
        dedupe: incident(moment.account, moment.region, &over.key.subject, kind),
        resolved: true,
    };
    Some(Announcement {
        key: over.key.clone(),
        told: None,
        notice,
    })
}

/// The names of a cluster and a service, if that is what it is about.
fn names(subject: &str) -> (Option<String>, Option<String>) {
    let arn = ServiceArn::parse(subject).ok();
    let arn = arn.as_ref();
    (
        arn.map(|arn| arn.cluster().to_owned()),
        arn.map(|arn| arn.name().to_owned()),
    )
}
