//! Why a failed release is not rolled back: what people read when nothing was done.

use std::fmt;

use jiff::Timestamp;

use super::refusal::Refused;
use crate::arn::ServiceArn;
use crate::resting::Kind;

/// What keeps a failed release from being rolled back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Withheld {
    /// CodeDeploy or an external controller deploys it.
    NotEcs(Kind),
    /// It runs what a rollback brought, and a rollback is never rolled back.
    OwnRollback,
    /// It was tried, and did not come right.
    Tried,
    /// Somebody else is rolling it back at this moment.
    Busy,
    /// It is meant to have no tasks now.
    AtRest,
    /// What failed is not the release.
    Environment {
        /// What is, in words.
        what: String,
    },
    /// Other services fail in the same minutes.
    Shared {
        /// Which.
        with: Vec<ServiceArn>,
    },
    /// The alarm is that of other services too, which were released in the same minutes.
    SharedAlarm {
        /// Its name.
        alarm: String,
        /// Which.
        with: Vec<ServiceArn>,
    },
    /// CloudFormation is updating it, and would undo what is done now.
    StackBusy {
        /// The name of the stack.
        stack: String,
    },
    /// Its tag does not say that it may be.
    Tagged,
    /// It carries a migration.
    Migration {
        /// Which.
        what: String,
    },
    /// Somebody, or the guard against loops, said that nothing is.
    Frozen {
        /// Who; none is the guard.
        by: Option<String>,
        /// Why.
        why: String,
        /// Until when, if it ends by itself.
        until: Option<Timestamp>,
    },
    /// Something that decides about it cannot be read.
    Unseen {
        /// What.
        what: &'static str,
        /// Why not.
        why: String,
    },
    /// Which service deployment is to be stopped cannot be told.
    Ambiguous,
    /// ECS would go back to something that failed before.
    EcsWouldGoBackToBad,
    /// Nothing that proved good can come back.
    NoTarget {
        /// What was looked at, and what is wrong with it.
        refused: Vec<Refused>,
    },
}

impl Withheld {
    /// A short, stable name for logs and the journal.
    pub fn name(&self) -> &'static str {
        match self {
            Self::NotEcs(_) => "not-ecs",
            Self::OwnRollback => "own-rollback",
            Self::Tried => "tried",
            Self::Busy => "busy",
            Self::AtRest => "at-rest",
            Self::Environment { .. } => "environment",
            Self::Shared { .. } => "shared",
            Self::SharedAlarm { .. } => "shared-alarm",
            Self::StackBusy { .. } => "stack-busy",
            Self::Tagged => "tagged",
            Self::Migration { .. } => "migration",
            Self::Frozen { .. } => "frozen",
            Self::Unseen { .. } => "unseen",
            Self::Ambiguous => "ambiguous",
            Self::EcsWouldGoBackToBad => "ecs-would-go-back-to-bad",
            Self::NoTarget { .. } => "no-target",
        }
    }

    /// Whether it is the release that failed, so that it never comes back by itself.
    pub(super) fn condemns(&self) -> bool {
        match self {
            Self::StackBusy { .. }
            | Self::Tagged
            | Self::Migration { .. }
            | Self::Frozen { .. }
            | Self::Ambiguous
            | Self::EcsWouldGoBackToBad
            | Self::NoTarget { .. } => true,
            Self::NotEcs(_)
            | Self::OwnRollback
            | Self::Tried
            | Self::Busy
            | Self::AtRest
            | Self::Environment { .. }
            | Self::Shared { .. }
            | Self::SharedAlarm { .. }
            | Self::Unseen { .. } => false,
        }
    }
}

impl fmt::Display for Withheld {
    /// In words, for people.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotEcs(Kind::CodeDeploy) => f.write_str("CodeDeploy deploys it"),
            Self::NotEcs(_) => f.write_str("an external controller deploys it"),
            Self::OwnRollback => {
                f.write_str("it runs what a rollback brought, and a rollback is not rolled back")
            }
            Self::Tried => f.write_str("a rollback of it was tried, and there is only one try"),
            Self::Busy => f.write_str("it is being rolled back already"),
            Self::AtRest => f.write_str("it is meant to have no tasks now"),
            Self::Environment { what } => write!(f, "the release is not to blame: {what}"),
            Self::Shared { with } => {
                write!(f, "{} fails in the same minutes", list(with))
            }
            Self::SharedAlarm { alarm, with } => write!(
                f,
                "the alarm {alarm} is also that of {}, released in the same minutes",
                list(with)
            ),
            Self::StackBusy { stack } => {
                write!(f, "CloudFormation is updating it with the stack {stack}")
            }
            Self::Tagged => write!(f, "its tag {} is not \"auto\"", super::tags::ROLLBACK),
            Self::Migration { what } => {
                write!(
                    f,
                    "it carries the migration \"{what}\", which older code may not know"
                )
            }
            Self::Frozen { by, why, until } => {
                match by {
                    Some(by) => write!(f, "{by} froze rollbacks: {why}")?,
                    None => write!(f, "rollbacks are frozen: {why}")?,
                }
                until.map_or(Ok(()), |until| write!(f, ", until {until}"))
            }
            Self::Unseen { what, why } => write!(f, "{what} cannot be read: {why}"),
            Self::Ambiguous => f.write_str("which service deployment it is cannot be told"),
            Self::EcsWouldGoBackToBad => {
                f.write_str("ECS would go back to a release that failed before")
            }
            Self::NoTarget { refused } if refused.is_empty() => {
                f.write_str("nothing is known that proved good before it")
            }
            Self::NoTarget { refused } => {
                f.write_str("nothing that proved good can come back: ")?;
                let each: Vec<String> = refused.iter().map(ToString::to_string).collect();
                f.write_str(&each.join("; "))
            }
        }
    }
}

fn list(services: &[ServiceArn]) -> String {
    let names: Vec<String> = services.iter().map(ToString::to_string).collect();
    names.join(", ")
}
