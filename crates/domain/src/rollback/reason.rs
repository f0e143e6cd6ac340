//! Why: the one word for each decision about a service.

use std::fmt;

use jiff::Timestamp;

use super::case::Cause;
use super::names::DeploymentId;
use super::withheld::Withheld;
use crate::resting::Kind;

/// Every answer that a decision can have, in the order in which they are looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Something has to be looked at first, and was not.
    NotLookedAt,
    /// The service cannot be read.
    Unseen(String),
    /// It does not exist, or not any more.
    Gone,
    /// It is being deleted.
    Draining,
    /// Its tag keeps it out of scope.
    Off,
    /// CodeDeploy or an external controller deploys it.
    NotEcs(Kind),
    /// It has no deployment.
    NoDeployment,
    /// Something newer was deployed.
    Superseded {
        /// Which deployment that is.
        by: DeploymentId,
    },
    /// What the message is about is over.
    Stale,
    /// Nothing is watched.
    Steady,
    /// ECS is rolling it back, which is looked at.
    EcsRollsBack,
    /// What ECS went back to is proving.
    EcsProves(Vec<String>),
    /// What ECS went back to proved good.
    EcsProved,
    /// It failed, and ECS has a moment to roll it back.
    Patience {
        /// Until when.
        until: Timestamp,
    },
    /// An alarm is red, and has a moment to be green again.
    Settles {
        /// Which.
        alarm: String,
        /// Until when.
        until: Timestamp,
    },
    /// It is rolled back.
    RollsBack(Cause),
    /// It failed, and nothing is done.
    Leaves(Cause, Withheld),
    /// Another run is rolling it back at this moment.
    Intended,
    /// ECS was asked to roll it back, and has not begun.
    Asked,
    /// A rollback that had no effect is tried again.
    TriesAgain,
    /// What came back is proving.
    Proves(Vec<String>),
    /// What came back proved good.
    Proved,
    /// What came back did not prove good.
    NotProved(Vec<String>),
    /// It is meant to have no tasks, and nothing can prove.
    AtRest,
    /// A deployment is in progress, and is watched.
    InProgress,
    /// A deployment is complete, and is watched for a while.
    Watched {
        /// Until when.
        until: Timestamp,
    },
    /// A release has proved good.
    Good,
    /// The watch is over, and nothing was proved.
    Unproved(String),
    /// What a person ordered is not done.
    Refused(Withheld),
    /// Nothing is rolled back from now on.
    Froze,
    /// Releases are rolled back again from now on.
    Thawed,
}

impl Reason {
    /// A short, stable name for logs, the journal and alarms.
    pub fn name(&self) -> &'static str {
        match self {
            Self::NotLookedAt => "not-looked-at",
            Self::Unseen(_) => "unseen",
            Self::Gone => "gone",
            Self::Draining => "draining",
            Self::Off => "off",
            Self::NotEcs(_) => "not-ecs",
            Self::NoDeployment => "no-deployment",
            Self::Superseded { .. } => "superseded",
            Self::Stale => "stale",
            Self::Steady => "steady",
            Self::EcsRollsBack => "ecs-rolls-back",
            Self::EcsProves(_) => "ecs-proves",
            Self::EcsProved => "ecs-proved",
            Self::Patience { .. } => "patience",
            Self::Settles { .. } => "settles",
            Self::RollsBack(_) => "rolls-back",
            Self::Leaves(_, _) => "leaves",
            Self::Intended => "intended",
            Self::Asked => "asked",
            Self::TriesAgain => "tries-again",
            Self::Proves(_) => "proves",
            Self::Proved => "proved",
            Self::NotProved(_) => "not-proved",
            Self::AtRest => "at-rest",
            Self::InProgress => "in-progress",
            Self::Watched { .. } => "watched",
            Self::Good => "good",
            Self::Unproved(_) => "unproved",
            Self::Refused(_) => "refused",
            Self::Froze => "froze",
            Self::Thawed => "thawed",
        }
    }
}

impl fmt::Display for Reason {
    /// In words, for people; the service is named before them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotLookedAt => "something has to be looked at first",
            Self::Unseen(why) => return write!(f, "it cannot be read: {why}"),
            Self::Gone => "it does not exist any more",
            Self::Draining => "it is being deleted",
            Self::Off => "its tag keeps it out of scope",
            Self::NotEcs(Kind::CodeDeploy) => "CodeDeploy deploys it",
            Self::NotEcs(_) => "an external controller deploys it",
            Self::NoDeployment => "it has no deployment",
            Self::Superseded { by } => return write!(f, "{by} was deployed since, which is newer"),
            Self::Stale => "what the message is about is over",
            Self::Steady => "nothing new is deployed",
            Self::EcsRollsBack => "its release failed, and ECS is rolling it back",
            Self::EcsProves(missing) => {
                return write!(
                    f,
                    "ECS rolled it back, which is to prove: {}",
                    join(missing)
                );
            }
            Self::EcsProved => "ECS rolled its release back, and what came back proved good",
            Self::Patience { until } => {
                return write!(
                    f,
                    "its release failed, and ECS is to roll it back until {until}"
                );
            }
            Self::Settles { alarm, until } => {
                return write!(
                    f,
                    "the alarm {alarm} is red, and may be green again until {until}"
                );
            }
            Self::RollsBack(cause) => return write!(f, "its release is rolled back: {cause}"),
            Self::Leaves(cause, withheld) => {
                return write!(f, "its release failed ({cause}), and stays: {withheld}");
            }
            Self::Intended => "another run is rolling its release back",
            Self::Asked => "ECS was asked to roll its release back, and has not begun",
            Self::TriesAgain => "a rollback of its release had no effect and is tried again",
            Self::Proves(missing) => {
                return write!(
                    f,
                    "its release was rolled back, which is to prove: {}",
                    join(missing)
                );
            }
            Self::Proved => "its release was rolled back, and what came back proved good",
            Self::NotProved(why) => {
                return write!(f, "what came back did not prove good: {}", join(why));
            }
            Self::AtRest => "it is meant to have no tasks, and nothing can prove",
            Self::InProgress => "a deployment of it is in progress",
            Self::Watched { until } => {
                return write!(
                    f,
                    "its deployment is complete, and is watched until {until}"
                );
            }
            Self::Good => "its release has proved good",
            Self::Unproved(why) => {
                return write!(f, "its watch is over, and nothing is proved: {why}");
            }
            Self::Refused(withheld) => return write!(f, "it is not rolled back: {withheld}"),
            Self::Froze => "nothing is rolled back from now on",
            Self::Thawed => "releases are rolled back again from now on",
        })
    }
}

fn join(what: &[String]) -> String {
    what.join(", ")
}
