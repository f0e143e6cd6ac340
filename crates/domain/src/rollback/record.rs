//! The record of a service: what the ledger remembers of its deployments. One item, and one
//! conditional write for each decision.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::case::Case;
use super::image::Digests;
use super::names::{DefinitionArn, DeploymentId, RevisionArn};
use super::order::Freeze;
use super::past::Past;
use super::service::Ports;
use super::sign::Trouble;
use crate::rest::Version;

/// The record of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// What proved good, the newest proof last; at most [`super::KEPT`], and the same bytes once.
    /// It outlives the 90 days for which ECS remembers.
    pub good: Vec<Good>,
    /// What failed and never comes back by itself, the newest last; at most [`super::KEPT`].
    pub bad: Vec<Bad>,
    /// The deployment that is watched: from the first sight of it to the end of its watch window.
    pub watch: Option<Watch>,
    /// The failure that is being handled, or that people have not been told the end of.
    pub case: Option<Case>,
    /// Our rollbacks of the last 24 hours.
    pub acts: Vec<Acted>,
    /// Nothing is rolled back while this lasts.
    pub frozen: Option<Freeze>,
    /// What became of deployments, the newest last; at most [`super::REMEMBERED`].
    pub past: Vec<Past>,
    /// The version that a write must find.
    pub version: Version,
}

/// What a deployment brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// Its task definition.
    pub definition: DefinitionArn,
    /// Its service revision, if that is known.
    pub revision: Option<RevisionArn>,
    /// The digests of its images, as far as they are known.
    pub digests: Digests,
}

/// Whether two releases bring the same bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Same {
    /// They do.
    Yes,
    /// They do not.
    No,
    /// They have one task definition, whose tags may have been moved in between.
    Unknown,
}

/// A release that proved good: it was complete, its tasks ran, and no alarm that is tied to its
/// service fired until its watch window was over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Good {
    /// What it was.
    pub release: Release,
    /// The deployment with which it proved.
    pub deployment: DeploymentId,
    /// With how many tasks.
    pub desired: u32,
    /// The ports of its target groups then.
    pub ports: BTreeMap<String, Ports>,
    /// When its deployment was complete.
    pub completed: Timestamp,
    /// When it had proved.
    pub proved: Timestamp,
    /// Whether a rollback brought it.
    pub by_rollback: bool,
}

/// A release that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bad {
    /// What it was.
    pub release: Release,
    /// The deployment with which it failed.
    pub deployment: DeploymentId,
    /// When that was found.
    pub at: Timestamp,
    /// How, in the words of its cause.
    pub why: String,
}

/// A deployment that is watched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watch {
    /// Which.
    pub deployment: DeploymentId,
    /// What it brings.
    pub release: Release,
    /// Who brought it.
    pub brought: Brought,
    /// When it was created.
    pub began: Timestamp,
    /// When it was complete, as far as that was seen.
    pub completed: Option<Timestamp>,
    /// When it was first seen to have failed.
    pub failed: Option<Timestamp>,
    /// The alarms that were red before it began; none until they could be read.
    pub red: Option<BTreeSet<String>>,
    /// The other alarms that were seen red before its watch was over.
    pub fired: BTreeSet<String>,
    /// What was found wrong with it, if anything ever was: then it proves nothing any more.
    pub doubted: Option<String>,
    /// Every alarm that is tied to its service, as last read.
    pub tied: BTreeSet<String>,
    /// What the account could not do for it, and when that was last so.
    pub troubles: BTreeMap<Trouble, Timestamp>,
    /// What its tag, or that of its task definition, says of a migration.
    pub migration: Option<String>,
}

/// Who brought a deployment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Brought {
    /// A person, or what deploys for them.
    Release,
    /// ECS, by rolling another one back.
    Ecs,
    /// We did, by rolling another one back.
    Us,
    /// It brings what ran before, and it cannot be read whether that is a rollback.
    Unknown(String),
}

/// A rollback of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acted {
    /// When it was intended.
    pub at: Timestamp,
    /// What was rolled back.
    pub failed: DeploymentId,
    /// The deployment that did it, once that was seen.
    pub ours: Option<DeploymentId>,
    /// Whether the guard against loops counts it: not any more once a person has thawed, and not
    /// what a person ordered.
    pub counts: bool,
}

impl Record {
    /// The record of a service that was never looked at.
    pub fn new(now: Timestamp) -> Self {
        Self {
            good: Vec::new(),
            bad: Vec::new(),
            watch: None,
            case: None,
            acts: Vec::new(),
            frozen: None,
            past: Vec::new(),
            version: Version::first(now),
        }
    }

    /// Whether it has to be looked at every minute.
    pub fn is_open(&self) -> bool {
        self.watch.is_some() || self.case.is_some()
    }

    /// Whether this release failed before; what cannot be told apart from one that did, did.
    pub fn is_bad(&self, release: &Release) -> bool {
        let same = |bad: &Bad| bad.release.same(release) != Same::No;
        self.bad.iter().any(same)
    }

    /// Whether this release proved good, as far as it can be told from one that did.
    pub(super) fn has_proved(&self, release: &Release) -> bool {
        let same = |good: &Good| good.release.same(release) != Same::No;
        self.good.iter().any(same)
    }

    /// Whether this task definition ran here before, as far as is remembered.
    pub(super) fn knows(&self, definition: &DefinitionArn) -> bool {
        let good = self.good.iter().map(|good| &good.release.definition);
        let past = self.past.iter().map(|past| &past.release.definition);
        good.chain(past).any(|known| known == definition)
    }
}

impl Release {
    /// Whether another one brings the same bytes: one revision does; another task definition does
    /// not; of one task definition the digests decide, as far as both are known.
    pub fn same(&self, other: &Self) -> Same {
        if self.revision.is_some() && self.revision == other.revision {
            return Same::Yes;
        }
        if self.definition != other.definition {
            return Same::No;
        }
        let both = self
            .digests
            .iter()
            .filter_map(|(container, digest)| Some(digest == other.digests.get(container)?));
        let both: Vec<bool> = both.collect();
        if both.contains(&false) {
            Same::No
        } else if both.is_empty() {
            Same::Unknown
        } else {
            Same::Yes
        }
    }
}
