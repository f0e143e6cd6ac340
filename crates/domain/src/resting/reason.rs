//! Why: the one word for each decision about a service or group.

use jiff::Timestamp;

/// Every answer that a decision about one service or group can have.
#[derive(Clone, Debug, PartialEq)]
pub enum Reason {
    /// It is to be awake, and nothing holds it.
    Awake,
    /// It is at rest, as it should be.
    AtRest,
    /// It goes to rest.
    GoesToRest,
    /// It goes to rest once more: it was redeployed at night, or its floor changed.
    RestsAgain,
    /// Its last hold is lifted and it gets back what it had.
    Wakes,
    /// It proved to be awake; the record of its rest is closed.
    ProvedAwake,
    /// It was woken and not all of its tasks run yet.
    NotSteadyYet {
        /// Running tasks.
        running: u32,
        /// Desired count.
        desired: u32,
    },
    /// Only its holds change.
    HoldsChange,
    /// It waits for a lower wave to be steady.
    WaitsForWave(u8),
    /// It is to wake, which the next tick does in the order of the waves.
    LeftToTheTick,
    /// A tag of its own or its cluster's cannot be read.
    MalformedTag,
    /// Neither it nor its cluster has a tag that asks for anything.
    NotTagged,
    /// One task per instance: there is no count to change.
    Daemon,
    /// AWS CodeDeploy or an external controller decides about its tasks.
    ControlledElsewhere,
    /// It is DRAINING.
    NotActive,
    /// It was deleted; the record of its rest is closed.
    Deleted,
    /// It was deleted and created anew; what the old one had is not applied to it.
    CreatedAnew,
    /// A deployment is in progress; it rests when that has ended.
    DeploymentInProgress,
    /// It is new, or was redeployed, at night; it rests when its grace ends.
    InGrace {
        /// When the grace ends.
        until: Timestamp,
    },
    /// Somebody changed its count at rest, which is respected until the next edge.
    ChangedAtRest {
        /// Their count.
        desired: u32,
    },
    /// Somebody raised what only a spent budget holds, which is the budget guard's to answer.
    LeftToTheBudget,
    /// Another run is changing it at this moment.
    ClaimedElsewhere,
    /// The group's minimum does not keep instances up.
    NothingToLower,
}

impl Reason {
    /// A short, stable name for logs, the journal and alarms.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Awake => "awake",
            Self::AtRest => "at-rest",
            Self::GoesToRest => "goes-to-rest",
            Self::RestsAgain => "rests-again",
            Self::Wakes => "wakes",
            Self::ProvedAwake => "proved-awake",
            Self::NotSteadyYet { .. } => "not-steady-yet",
            Self::HoldsChange => "holds-change",
            Self::WaitsForWave(_) => "waits-for-wave",
            Self::LeftToTheTick => "left-to-the-tick",
            Self::MalformedTag => "malformed-tag",
            Self::NotTagged => "not-tagged",
            Self::Daemon => "daemon",
            Self::ControlledElsewhere => "controlled-elsewhere",
            Self::NotActive => "not-active",
            Self::Deleted => "deleted",
            Self::CreatedAnew => "created-anew",
            Self::DeploymentInProgress => "deployment-in-progress",
            Self::InGrace { .. } => "in-grace",
            Self::ChangedAtRest { .. } => "changed-at-rest",
            Self::LeftToTheBudget => "left-to-the-budget",
            Self::ClaimedElsewhere => "claimed-elsewhere",
            Self::NothingToLower => "nothing-to-lower",
        }
    }
}

impl std::fmt::Display for Reason {
    /// In words, for people; what it is about is named before them.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Awake => "it is awake, and nothing holds it",
            Self::AtRest => "it is at rest, as it should be",
            Self::GoesToRest => "it goes to rest",
            Self::RestsAgain => "it goes to rest once more",
            Self::Wakes => "nothing holds it any more, and it gets back what it had",
            Self::ProvedAwake => "it proved to be awake, and the record of its rest is closed",
            Self::NotSteadyYet { running, desired } => {
                return write!(f, "it was woken, and {running} of {desired} tasks run");
            }
            Self::HoldsChange => "it stays at rest, and what holds it changes",
            Self::WaitsForWave(wave) => return write!(f, "it wakes when wave {wave} is steady"),
            Self::LeftToTheTick => "it wakes in its wave, with the next tick",
            Self::MalformedTag => "a tag of its own or of its cluster cannot be read",
            Self::NotTagged => "neither it nor its cluster has a tag that asks for anything",
            Self::Daemon => "one task runs on each instance, so there is no count to change",
            Self::ControlledElsewhere => {
                "AWS CodeDeploy or an external controller decides about its tasks"
            }
            Self::NotActive => "it is DRAINING",
            Self::Deleted => "it does not exist any more",
            Self::CreatedAnew => "it was deleted and created anew under the same name",
            Self::DeploymentInProgress => "a deployment is in progress",
            Self::InGrace { until } => {
                return write!(
                    f,
                    "it was created or deployed at night, and is awake until {until}"
                );
            }
            Self::ChangedAtRest { desired } => {
                return write!(
                    f,
                    "its desired count was set to {desired} at rest, which is respected until its \
                     next edge"
                );
            }
            Self::LeftToTheBudget => {
                "it was raised while a spent budget holds it, which is left to the budget guard"
            }
            Self::ClaimedElsewhere => "another run is changing it",
            Self::NothingToLower => "its minimum keeps no instance up",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_is_a_clause_about_it_in_words_that_people_use() {
        let until = Timestamp::UNIX_EPOCH;
        let reasons = [
            Reason::Awake,
            Reason::AtRest,
            Reason::GoesToRest,
            Reason::RestsAgain,
            Reason::Wakes,
            Reason::ProvedAwake,
            Reason::NotSteadyYet {
                running: 1,
                desired: 3,
            },
            Reason::HoldsChange,
            Reason::WaitsForWave(2),
            Reason::LeftToTheTick,
            Reason::MalformedTag,
            Reason::NotTagged,
            Reason::Daemon,
            Reason::ControlledElsewhere,
            Reason::NotActive,
            Reason::Deleted,
            Reason::CreatedAnew,
            Reason::DeploymentInProgress,
            Reason::InGrace { until },
            Reason::ChangedAtRest { desired: 5 },
            Reason::LeftToTheBudget,
            Reason::ClaimedElsewhere,
            Reason::NothingToLower,
        ];
        let mut told = std::collections::BTreeSet::new();
        for reason in &reasons {
            let words = reason.to_string();
            assert!(words.contains(' ') && !words.ends_with('.'), "{words}");
            assert!(!words.contains('{') && !words.contains("::"), "{words}");
            assert!(told.insert(words), "{reason:?} is told as another is");
        }
    }

    #[test]
    fn what_a_reason_knows_is_in_its_words() {
        let words = |reason: Reason| reason.to_string();
        let running = Reason::NotSteadyYet {
            running: 1,
            desired: 3,
        };
        assert_eq!(words(running), "it was woken, and 1 of 3 tasks run");
        assert!(words(Reason::WaitsForWave(2)).contains("wave 2"));
        assert!(words(Reason::ChangedAtRest { desired: 5 }).contains("to 5"));
        let until = Timestamp::UNIX_EPOCH;
        assert!(words(Reason::InGrace { until }).ends_with("1970-01-01T00:00:00Z"));
    }
}
