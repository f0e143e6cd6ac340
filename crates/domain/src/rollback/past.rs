//! What became of deployments, and what is answered to whoever asks.

use jiff::Timestamp;

use super::case::{Case, Hand, Outcome};
use super::names::{DefinitionArn, DeploymentId};
use super::record::{Bad, Good, Record, Release, Same, Watch};
use super::{KEPT, REMEMBERED};

/// A deployment that is over, or that something newer has taken the place of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Past {
    /// Which.
    pub deployment: DeploymentId,
    /// What it brought.
    pub release: Release,
    /// When it was created.
    pub began: Timestamp,
    /// When it was over.
    pub ended: Timestamp,
    /// What became of it.
    pub verdict: Verdict,
    /// Why, in words.
    pub why: String,
    /// What its tag, or that of its task definition, said of a migration.
    pub migration: Option<String>,
}

/// What became of a release: the answer that "the service is stable" cannot give, because it is
/// stable after a rollback too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is what runs, or was until something newer came.
    Deployed,
    /// It failed, and something else came back.
    RolledBack {
        /// What, if that is known.
        to: Option<DefinitionArn>,
    },
    /// It failed, and is still there.
    Failed,
    /// It is not decided yet.
    InProgress,
    /// Something newer came before it was complete.
    Superseded,
    /// Nothing is known of it.
    Unknown,
}

impl Verdict {
    /// The name it has in answers and in the ledger.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Deployed => "deployed",
            Self::RolledBack { .. } => "rolled-back",
            Self::Failed => "failed",
            Self::InProgress => "in-progress",
            Self::Superseded => "superseded",
            Self::Unknown => "unknown",
        }
    }
}

/// What became of the newest deployment that `of` names: the id of a deployment, or the ARN of a
/// service revision or of a task definition.
pub fn verdict(record: &Record, of: &str) -> Verdict {
    if let Some(case) = &record.case
        && case
            .failed
            .as_ref()
            .is_some_and(|id| id.as_str() == of || names_release(case, of))
        && let Some(verdict) = of_case(case)
    {
        return verdict;
    }
    if let Some(watch) = &record.watch
        && names(&watch.deployment, &watch.release, of)
    {
        return of_watch(watch);
    }
    let mut past = record.past.iter().rev();
    let found = past.find(|past| names(&past.deployment, &past.release, of));
    found.map_or(Verdict::Unknown, |past| past.verdict.clone())
}

/// Every deployment that is remembered, the newest first, with what became of it and why.
pub fn history(record: &Record) -> Vec<Past> {
    let open = record.watch.iter().map(|watch| Past {
        deployment: watch.deployment.clone(),
        release: watch.release.clone(),
        began: watch.began,
        ended: watch.completed.unwrap_or(watch.began),
        verdict: verdict(record, watch.deployment.as_str()),
        why: open_why(record, watch),
        migration: watch.migration.clone(),
    });
    let is_open = |id: &DeploymentId| record.watch.as_ref().is_some_and(|w| w.deployment == *id);
    let past = record.past.iter().rev();
    let past = past.filter(|past| !is_open(&past.deployment)).cloned();
    open.chain(past).collect()
}

fn open_why(record: &Record, watch: &Watch) -> String {
    let case = record.case.as_ref();
    let case = case.filter(|case| case.failed.as_ref() == Some(&watch.deployment));
    match case {
        Some(case) => case.cause.to_string(),
        None if watch.completed.is_some() => "it is complete, and its watch goes on".to_owned(),
        None => "it has not ended yet".to_owned(),
    }
}

fn names(id: &DeploymentId, release: &Release, of: &str) -> bool {
    let revision = release.revision.as_ref();
    id.as_str() == of
        || release.definition.as_str() == of
        || revision.is_some_and(|revision| revision.as_str() == of)
}

fn names_release(case: &Case, of: &str) -> bool {
    let failed = case.failed.as_ref().zip(case.release.as_ref());
    failed.is_some_and(|(id, release)| names(id, release, of))
}

/// What a case says of its release; none where the release goes on.
fn of_case(case: &Case) -> Option<Verdict> {
    match (&case.hand, &case.outcome) {
        (_, Some(Outcome::Superseded { .. })) => None,
        (Hand::Us(intent), Some(Outcome::Proved { .. })) => Some(Verdict::RolledBack {
            to: Some(intent.target.release.definition.clone()),
        }),
        (_, Some(Outcome::Proved { .. })) => None,
        (_, Some(Outcome::NotProved { .. })) => Some(Verdict::Failed),
        (Hand::Us(_) | Hand::Ecs { .. }, None) => Some(Verdict::InProgress),
        (Hand::Nobody, None) => Some(Verdict::Failed),
    }
}

fn of_watch(watch: &Watch) -> Verdict {
    match (watch.completed, watch.failed) {
        (Some(_), _) => Verdict::Deployed,
        (None, Some(_)) => Verdict::Failed,
        (None, None) => Verdict::InProgress,
    }
}

impl Record {
    /// Writes down what became of a deployment; the last word counts.
    pub(super) fn remember(&mut self, past: Past) {
        self.past
            .retain(|known| known.deployment != past.deployment);
        self.past.push(past);
        keep(&mut self.past, REMEMBERED);
    }

    /// Writes down that a release proved good, and forgets that the same bytes once failed.
    pub(super) fn prove(&mut self, good: Good) {
        let same = |release: &Release| release.same(&good.release) == Same::Yes;
        self.good.retain(|known| !same(&known.release));
        self.bad.retain(|bad| !same(&bad.release));
        self.good.push(good);
        keep(&mut self.good, KEPT);
    }

    /// Writes down that a release failed.
    pub(super) fn condemn(&mut self, bad: Bad) {
        self.bad.retain(|known| known.deployment != bad.deployment);
        self.bad.push(bad);
        keep(&mut self.bad, KEPT);
    }
}

/// The newest of them.
fn keep<T>(all: &mut Vec<T>, most: usize) {
    let over = all.len().saturating_sub(most);
    all.drain(..over);
}
