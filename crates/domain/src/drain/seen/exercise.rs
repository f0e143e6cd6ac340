//! Times in which instances are taken on purpose: a person announces one, or AWS Fault Injection
//! Service says that an experiment begins and ends.
//!
//! Nothing that EC2 publishes tells an interruption by FIS from one that nobody ordered, so what is
//! lost in such a time is taken for the exercise's.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::sign::{ExperimentSeen, ExperimentState, Says};
use super::surge::{Counted, Loss};
use super::world::Observed;
use crate::drain::plan::{ExperimentWrite, Verdict};
use crate::drain::reason::Reason;
use crate::rest::Version;

/// The longest exercise: while one lasts, a true surge is taken for it. Our choice.
pub const LONGEST: SignedDuration = SignedDuration::from_hours(4);

/// How long after the end of an experiment EC2 may still do what it ordered, and may still be heard
/// to have done it: FIS orders an interruption up to 15 minutes ahead
/// (<https://docs.aws.amazon.com/fis/latest/userguide/fis-actions-reference.html#send-spot-instance-interruptions>),
/// nothing published says that an experiment lasts until then, and CloudTrail tells of an eviction
/// "typically within 5 minutes"
/// (<https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html>).
const AFTERMATH: SignedDuration = SignedDuration::from_mins(20);

/// A time in which a person takes instances on purpose, to see what happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exercise {
    /// From when.
    pub since: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// Who says so.
    pub by: String,
    /// Why.
    pub why: String,
}

/// An experiment of AWS Fault Injection Service, as far as it was heard of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Experiment {
    /// Its id, such as `EXPaBCD1efg2HIJkL3`.
    pub id: String,
    /// The id of its template, such as `EXTa1b2c3de5f6g7h`.
    pub template: String,
    /// From when what is lost is taken for its doing.
    pub since: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// The version of this record.
    pub version: Version,
}

impl Exercise {
    /// Whether a moment lies in it.
    pub fn covers(&self, at: Timestamp) -> bool {
        self.since <= at && at < self.until
    }
}

impl Experiment {
    /// Whether a moment lies in it.
    pub fn covers(&self, at: Timestamp) -> bool {
        self.since <= at && at < self.until
    }

    /// The experiment of which this is the first word. One whose beginning was never heard of is not
    /// known to have lasted: what was lost before is left as it is.
    fn first(seen: &ExperimentSeen, at: Timestamp, now: Timestamp) -> Self {
        Self {
            id: seen.id.clone(),
            template: seen.template.clone(),
            since: at,
            until: until(seen.state, at),
            version: Version::first(now),
        }
    }

    /// One more word: its beginning can only become earlier, and so can its end. So words that are
    /// repeated or out of order neither prolong it nor open it again.
    fn hears(&mut self, state: ExperimentState, at: Timestamp) {
        if state == ExperimentState::UnderWay {
            self.since = self.since.min(at);
        }
        self.until = self.until.min(until(state, at));
    }
}

/// When an experiment is over of which this was so.
fn until(state: ExperimentState, at: Timestamp) -> Timestamp {
    match state {
        ExperimentState::UnderWay => at + LONGEST,
        ExperimentState::Over => at + AFTERMATH,
        // It ordered nothing.
        ExperimentState::NeverBegan => at,
    }
}

/// What is taken on purpose in this round.
#[derive(Debug)]
pub(in crate::drain) struct Exercises<'a> {
    announced: Option<&'a Exercise>,
    experiments: BTreeMap<String, Experiment>,
    verdicts: Vec<Verdict>,
}

impl<'a> Exercises<'a> {
    /// What the ledger has, and what was heard.
    pub(in crate::drain) fn of(observed: &'a Observed, now: Timestamp) -> Self {
        let mut exercises = Self {
            announced: observed.exercise.as_ref(),
            experiments: observed.experiments.clone(),
            verdicts: Vec::new(),
        };
        for sign in &observed.signs {
            if let Says::Experiment(seen) = &sign.says {
                exercises.hear(seen, sign.at.min(now), now);
            }
        }
        exercises
    }

    fn hear(&mut self, seen: &ExperimentSeen, at: Timestamp, now: Timestamp) {
        let before = self.experiments.get(&seen.id).cloned();
        let first = || Experiment::first(seen, at, now);
        let known = self
            .experiments
            .entry(seen.id.clone())
            .or_insert_with(first);
        known.hears(seen.state, at);
        let reason = match seen.state {
            _ if before.as_ref() == Some(&*known) => Reason::AlreadyRecorded,
            ExperimentState::UnderWay => Reason::ExperimentBegins,
            ExperimentState::Over | ExperimentState::NeverBegan => Reason::ExperimentEnds,
        };
        self.verdicts.push(Verdict {
            about: seen.id.clone(),
            reason,
        });
    }

    /// Whether instances that are lost at a moment are taken on purpose.
    pub(in crate::drain) fn cover(&self, at: Timestamp) -> bool {
        let mut experiments = self.experiments.values();
        self.announced.is_some_and(|one| one.covers(at)) || experiments.any(|one| one.covers(at))
    }

    /// Whether a loss is an exercise's. None takes capacity of Fargate Spot.
    pub(in crate::drain) fn caused(&self, counted: &Counted) -> bool {
        let by_us = match counted.what {
            Loss::Instance(_) => true,
            Loss::Task { .. } => false,
            Loss::Placement { .. } => !counted.fleet.is_fargate_spot(),
        };
        counted.by_fis || (by_us && self.cover(counted.at))
    }

    /// The records that are not as they were, and what was decided about each word.
    pub(in crate::drain) fn into_writes(
        self,
        observed: &Observed,
    ) -> (Vec<ExperimentWrite>, Vec<Verdict>) {
        let experiments = self.experiments.into_values();
        let writes = experiments.filter_map(|experiment| {
            let before = observed.experiments.get(&experiment.id);
            let replaces = before.map(|before| before.version);
            (before != Some(&experiment)).then(|| ExperimentWrite {
                experiment: Experiment {
                    version: replaces.map_or(experiment.version, Version::next),
                    ..experiment
                },
                replaces,
            })
        });
        (writes.collect(), self.verdicts)
    }
}
