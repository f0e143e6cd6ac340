//! What is wrong with a release that could have come back.

use std::fmt;

use super::definition::Needed;

/// A release that was looked at, and cannot come back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Which, for people.
    pub target: String,
    /// What is wrong with it.
    pub why: Refusal,
}

/// What is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It brings the bytes that failed.
    TheSame,
    /// It failed before.
    Bad,
    /// It ran with no tasks, so nothing is proved.
    NoTasks,
    /// ECS called it successful before its tasks were healthy.
    Early,
    /// A migration came after it.
    BeforeMigration(String),
    /// Nothing is left of its service revision.
    RevisionGone,
    /// Nothing is left of its task definition.
    DefinitionGone,
    /// An image that it needs is not in its registry any more.
    ImageGone(String),
    /// Something that it needs does not exist any more.
    Gone(Needed),
    /// A target group that sends traffic does not exist any more.
    TargetGroupGone(String),
    /// The ports of a target group are not what they were when it proved.
    PortsChanged(String),
    /// It has no such container, or not at this port, and traffic goes there.
    NotBalanced {
        /// The name of the container.
        container: String,
        /// Its port.
        port: u16,
    },
    /// What it is cannot be read.
    Unread(String),
    /// What a person named is not known.
    NotKnown,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.target, self.why)
    }
}

impl fmt::Display for Refusal {
    /// In words, for people; what it is about is named before them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TheSame => f.write_str("is what failed"),
            Self::Bad => f.write_str("failed before"),
            Self::NoTasks => f.write_str("ran with no tasks"),
            Self::Early => f.write_str("was called successful before its tasks were healthy"),
            Self::BeforeMigration(what) => write!(f, "is older than the migration \"{what}\""),
            Self::RevisionGone => f.write_str("has no service revision any more"),
            Self::DefinitionGone => f.write_str("has no task definition any more"),
            Self::ImageGone(image) => write!(f, "needs the image {image}, which is gone"),
            Self::Gone(needed) => write!(f, "needs {}, which is gone", needed.words()),
            Self::TargetGroupGone(group) => {
                write!(f, "needs the target group {group}, which is gone")
            }
            Self::PortsChanged(group) => {
                write!(f, "proved behind other ports of the target group {group}")
            }
            Self::NotBalanced { container, port } => {
                write!(
                    f,
                    "has no container {container} at port {port}, where traffic goes"
                )
            }
            Self::Unread(why) => write!(f, "cannot be read: {why}"),
            Self::NotKnown => f.write_str("is not known here"),
        }
    }
}
