//! Standing concerns: what people should know for as long as it is so.

use jiff::Timestamp;

use crate::announcement::ConcernKey;
use crate::arn::{ClusterArn, GroupArn, ServiceArn};
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
    /// One cluster, for its tags.
    Cluster(ClusterArn),
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
            Self::Cluster(arn) => arn.as_str(),
            Self::Services(arn) => arn,
        }
    }

    /// The names of the cluster and the service, as far as it is about them.
    pub(super) fn names(&self) -> (Option<&str>, Option<&str>) {
        match self {
            Self::Subject(Subject::Service(arn)) => (Some(arn.cluster()), Some(arn.name())),
            Self::Cluster(arn) => (Some(arn.name()), None),
            Self::Subject(Subject::Group(_)) | Self::Services(_) => (None, None),
        }
    }

    /// What the concern with this ARN is about.
    pub(super) fn of(arn: &str) -> Option<Self> {
        if arn.ends_with(ALL_SERVICES) {
            return Some(Self::Services(arn.to_owned()));
        }
        let service = || ServiceArn::parse(arn).map(Subject::Service);
        let group = || GroupArn::parse(arn).map(Subject::Group);
        let cluster = || ClusterArn::parse(arn).map(Self::Cluster);
        service()
            .or_else(|_| group())
            .map(Self::Subject)
            .or_else(|_| cluster())
            .ok()
    }
}

impl std::fmt::Display for About {
    /// For people: `CLUSTER/NAME`, the group's name, or `cluster NAME`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Subject(subject) => subject.fmt(f),
            Self::Cluster(arn) => write!(f, "cluster {}", arn.name()),
            Self::Services(_) => f.write_str("all services"),
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

    pub(super) fn notice(&self, now: Timestamp) -> Notice {
        let (cluster, service) = self.about.names();
        Notice {
            kind: self.kind,
            severity: self.severity,
            resource: self.about.arn().to_owned(),
            cluster: cluster.map(str::to_owned),
            service: service.map(str::to_owned),
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

/// The incident of this kind of trouble with the thing of this ARN.
pub(super) fn incident_of(arn: &str, kind: Kind) -> String {
    let mut parts = arn.split(':').skip(3);
    let region = parts.next().unwrap_or_default();
    let account = parts.next().unwrap_or_default();
    incident(account, region, arn, kind)
}
