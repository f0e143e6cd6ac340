//! A failed release, from the moment it is found until people know how it ended.

use jiff::Timestamp;

use super::definition::CopyMark;
use super::image::Digest;
use super::names::{AttemptArn, DeploymentId};
use super::record::Release;

/// A failed release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// Its deployment; none if ECS had rolled it back before anybody looked.
    pub failed: Option<DeploymentId>,
    /// What it brought, as far as that is known.
    pub release: Option<Release>,
    /// When its deployment was created, as far as that is known.
    pub began: Timestamp,
    /// What its tag, or that of its task definition, says of a migration.
    pub migration: Option<String>,
    /// What is wrong with it.
    pub cause: Cause,
    /// When it was found.
    pub opened: Timestamp,
    /// In whose hands it is.
    pub hand: Hand,
    /// How it ended. It is kept until people were told.
    pub outcome: Option<Outcome>,
}

/// What is wrong with a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// ECS rolls what fails here back, and has not: it had nothing complete to go back to.
    Stalled,
    /// It failed where ECS does not roll back.
    Failed,
    /// Its tasks start and end, over and over, which ECS does not count.
    CrashLoop {
        /// How many ended by themselves.
        tasks: u32,
    },
    /// An alarm fired after it was complete.
    Alarm {
        /// Its name.
        name: String,
    },
    /// A person wants it back.
    Ordered {
        /// Who.
        by: String,
        /// Why.
        why: String,
    },
    /// ECS found that it fails.
    FoundByEcs,
}

impl Cause {
    /// A short, stable name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Stalled => "stalled",
            Self::Failed => "failed",
            Self::CrashLoop { .. } => "crash-loop",
            Self::Alarm { .. } => "alarm",
            Self::Ordered { .. } => "ordered",
            Self::FoundByEcs => "found-by-ecs",
        }
    }
}

impl std::fmt::Display for Cause {
    /// In words, for people; the release is named before them.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Stalled => {
                f.write_str("it failed, and ECS found no complete deployment to go back to")
            }
            Self::Failed => f.write_str("it failed, and ECS does not roll it back"),
            Self::CrashLoop { tasks } => write!(
                f,
                "its tasks end again and again, {tasks} of them lately, which ECS does not count"
            ),
            Self::Alarm { name } => write!(f, "the alarm {name} fired after it was complete"),
            Self::Ordered { by, why } => write!(f, "{by} wants it back: {why}"),
            Self::FoundByEcs => f.write_str("ECS found that it fails"),
        }
    }
}

/// In whose hands a failed release is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hand {
    /// In nobody's: something keeps it from being rolled back.
    Nobody,
    /// ECS rolls it back, which is only looked at.
    Ecs {
        /// When it has to have proved.
        until: Timestamp,
    },
    /// We do. Written before anything is changed, so that whoever comes after a crash knows.
    Us(Box<Intent>),
}

/// A rollback of ours, as it was intended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intent {
    /// What comes back.
    pub target: Target,
    /// How.
    pub how: How,
    /// When it was first intended.
    pub at: Timestamp,
    /// When it was last tried.
    pub tried: Timestamp,
    /// The deployment that does it, once it was seen.
    pub ours: Option<DeploymentId>,
    /// When it has to have proved.
    pub until: Timestamp,
    /// A deployment of somebody else that began in the same moment and had to give way.
    pub overwrote: Option<DeploymentId>,
    /// The person who ordered it.
    pub by: Option<String>,
}

/// What comes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// What it is.
    pub release: Release,
    /// How it is known to be good.
    pub known: Known,
    /// What could not be checked, in words.
    pub unchecked: Vec<String>,
}

/// How a target is known to be good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// It proved good while it was watched, at this moment.
    Proved(Timestamp),
    /// ECS says that it was successful, at this moment.
    Successful(Timestamp),
    /// A person named it.
    Named,
}

/// How a release is rolled back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum How {
    /// Its service deployment is stopped, and ECS goes back: `StopServiceDeployment` with ROLLBACK.
    Stop {
        /// Which.
        attempt: AttemptArn,
    },
    /// It waits at a hook and is told to go back: `ContinueServiceDeployment` with ROLLBACK.
    Continue {
        /// Which.
        attempt: AttemptArn,
        /// The hook.
        hook: String,
    },
    /// The service is set to the target: `UpdateService`.
    Update,
    /// A copy of the target is registered, and the service is set to that.
    Copy {
        /// The containers whose image is pinned in the copy, and to what; the others are copied as
        /// they are.
        pins: Vec<(String, Digest)>,
        /// What the copy is tagged with.
        mark: CopyMark,
    },
}

impl How {
    /// A short, stable name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Stop { .. } => "stop",
            Self::Continue { .. } => "continue",
            Self::Update => "update",
            Self::Copy { .. } => "copy",
        }
    }

    /// Whether ECS itself goes back, and chooses where to.
    pub fn is_left_to_ecs(&self) -> bool {
        matches!(self, Self::Stop { .. } | Self::Continue { .. })
    }
}

/// How a failed release ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// What came back runs, whole and healthy.
    Proved {
        /// Since when.
        at: Timestamp,
    },
    /// It was rolled back, and what came back did not prove good.
    NotProved {
        /// What is not as it should be.
        why: Vec<String>,
    },
    /// Somebody deployed something newer.
    Superseded {
        /// The newer deployment.
        by: DeploymentId,
    },
}

impl Outcome {
    /// A short, stable name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Proved { .. } => "proved",
            Self::NotProved { .. } => "not-proved",
            Self::Superseded { .. } => "superseded",
        }
    }
}

impl Case {
    /// Whether it is over, and only kept until people were told.
    pub fn is_over(&self) -> bool {
        self.outcome.is_some()
    }

    /// Our intent, if it is in our hands.
    pub fn intent(&self) -> Option<&Intent> {
        match &self.hand {
            Hand::Us(intent) => Some(intent),
            Hand::Nobody | Hand::Ecs { .. } => None,
        }
    }
}
