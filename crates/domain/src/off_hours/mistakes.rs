//! What people should know of tags that cannot be read and of overrides that are ignored.
//!
//! A service or group is told of for its own tags. A cluster's tag is the cluster's affair: it is
//! told once, whatever the number of services that have no such tag of their own.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::concerns::{About, Concern};
use super::intent::Intent;
use super::observed::Observed;
use super::tags::{Carrier, Problem};
use super::trouble::fact;
use crate::arn::ClusterArn;
use crate::notice::{Fact, Kind, Next, Severity};
use crate::resting::{Sight, Subject};

/// What a problem with a tag is told as.
fn kind(problem: &Problem) -> Kind {
    if problem.ignored() {
        Kind::OverrideIgnored
    } else {
        Kind::MalformedTag
    }
}

/// Of the own tags of a service or group: one concern for those that leave it as it is, and one
/// for an override that is ignored.
pub(super) fn of_subject(
    intent: &Intent,
    subject: &Subject,
    at_rest: bool,
    now: Timestamp,
) -> Vec<Concern> {
    let mut problems = intent.problems_at(now);
    problems.retain(|problem| problem.carrier == Carrier::Itself);
    let done = |kind| match (kind, at_rest) {
        (Kind::OverrideIgnored, _) => "Its hours apply.",
        (_, true) => "It stays at rest until the tag can be read.",
        (_, false) => "It is left as it is.",
    };
    [Kind::MalformedTag, Kind::OverrideIgnored]
        .into_iter()
        .filter_map(|of| {
            let problems: Vec<&Problem> = problems.iter().filter(|one| kind(one) == of).collect();
            let mut concern = concern(subject.clone().into(), of, &problems, at_rest, now)?;
            concern.done = Some(done(of).to_owned());
            Some(concern)
        })
        .collect()
}

/// Of the tags of clusters, as far as services depend on them.
pub(super) fn of_clusters(observed: &Observed, now: Timestamp) -> Vec<Concern> {
    let shared = shared(observed, now);
    let concerns = shared.into_iter().filter_map(|((cluster, kind), shared)| {
        let problems: Vec<&Problem> = shared.problems.values().collect();
        let at_rest = shared.at_rest > 0;
        let mut concern = concern(About::Cluster(cluster), kind, &problems, at_rest, now)?;
        concern.facts.extend(shared.counts(kind));
        concern.done = Some(shared.done(kind));
        Some(concern)
    });
    concerns.collect()
}

/// What is right again when a concern of this kind about a cluster is over.
pub(super) fn over(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::MalformedTag => Some("no service depends on a tag of it that cannot be read"),
        Kind::OverrideIgnored => Some("no override of it is ignored any more"),
        _ => None,
    }
}

/// The tags of one cluster with problems of one kind, and whom they concern.
#[derive(Debug, Default)]
struct Shared {
    problems: BTreeMap<&'static str, Problem>,
    services: usize,
    at_rest: usize,
}

impl Shared {
    fn counts(&self, kind: Kind) -> Vec<Fact> {
        let mut counts = vec![fact(
            "Services without such a tag of their own",
            self.services,
        )];
        if kind == Kind::MalformedTag {
            counts.push(fact("Of these kept at rest by it", self.at_rest));
        }
        counts
    }

    fn done(&self, kind: Kind) -> String {
        match (kind, self.at_rest) {
            (Kind::OverrideIgnored, _) => "The hours apply.".to_owned(),
            (_, 0) => "Those services are left as they are.".to_owned(),
            (_, at_rest) => format!(
                "Those services are left as they are: {at_rest} of them stay at rest until the tag \
                 can be read."
            ),
        }
    }
}

/// Every cluster and kind of problem, and whom it concerns. A service that is gone depends on no
/// tag.
fn shared(observed: &Observed, now: Timestamp) -> BTreeMap<(ClusterArn, Kind), Shared> {
    let mut shared: BTreeMap<(ClusterArn, Kind), Shared> = BTreeMap::new();
    let there = observed.services.iter();
    for (arn, service) in there.filter(|(_, service)| service.sight != Sight::Missing) {
        let mut found: BTreeMap<Kind, Vec<Problem>> = BTreeMap::new();
        for problem in service.intent.problems_at(now) {
            if problem.carrier == Carrier::Cluster {
                found.entry(kind(&problem)).or_default().push(problem);
            }
        }
        for (kind, problems) in found {
            let shared = shared.entry((arn.cluster_arn(), kind)).or_default();
            shared.services += 1;
            shared.at_rest += usize::from(kind == Kind::MalformedTag && service.at_rest());
            let problems = problems.into_iter().map(|problem| (problem.key, problem));
            shared.problems.extend(problems);
        }
    }
    shared
}

/// A concern about problems of one kind, without what was done.
fn concern(
    about: About,
    kind: Kind,
    problems: &[&Problem],
    at_rest: bool,
    now: Timestamp,
) -> Option<Concern> {
    let keys: Vec<&str> = problems.iter().map(|problem| problem.key).collect();
    let texts = problems
        .iter()
        .map(|problem| format!("{}={}", problem.key, problem.text));
    // A service that cannot wake because of a typo cannot wait for the digest.
    let (what, severity) = match (kind, at_rest) {
        (Kind::OverrideIgnored, _) => ("is ignored", Severity::Digest),
        (_, true) => ("cannot be read", Severity::Page),
        (_, false) => ("cannot be read", Severity::Digest),
    };
    (!problems.is_empty()).then(|| Concern {
        kind,
        severity,
        title: format!("{about}: {} {what}", named(&keys)),
        text: texts.collect::<Vec<_>>().join("\n"),
        facts: problems.iter().flat_map(|problem| facts(problem)).collect(),
        done: None,
        next: Next {
            what: "Correct what the tag says.".to_owned(),
            command: None,
        },
        since: now,
        about,
    })
}

fn facts(problem: &Problem) -> [Fact; 2] {
    [
        fact("Tag", format!("{} = {}", problem.key, problem.text)),
        fact("Problem", &problem.error),
    ]
}

fn named(keys: &[&str]) -> String {
    let noun = if keys.len() == 1 { "tag" } else { "tags" };
    format!("the {noun} {}", keys.join(" and "))
}
