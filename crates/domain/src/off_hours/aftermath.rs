//! What people should know of how a run ended: what AWS refused, and how far behind it is.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::announcements::announcements;
use super::concerns::{About, Concern};
use super::plan::Plan;
use super::refusals::refused;
use super::trouble::fact;
use crate::announcement::{Announcement, ConcernKey, Told};
use crate::notice::{Kind, Next, Severity};
use crate::resting::{Action, Ended, Errand, Reason};

/// A run after its errands.
#[derive(Clone, Copy, Debug)]
pub struct Aftermath<'a> {
    /// What it had planned.
    pub plan: &'a Plan,
    /// How each errand of the plan ended, in its order.
    pub ended: &'a [Ended],
    /// How long what is left takes at our share of the token bucket.
    pub left_takes: SignedDuration,
    /// Our share of the token bucket, 1 to 100.
    pub share_percent: u32,
    /// Whether the run looked at everything, so that what it did not leave is nobody's to finish.
    pub whole: bool,
    /// Now.
    pub now: Timestamp,
}

/// How much longer the rest of the work may take before people should know of it: three ticks of
/// five minutes. What one more tick finishes is no news.
const BEHIND: SignedDuration = SignedDuration::from_mins(15);

impl Aftermath<'_> {
    /// What has to be announced now, beside what the plan announces.
    pub fn announcements(&self, announced: &BTreeMap<ConcernKey, Told>) -> Vec<Announcement> {
        let refused = self.errands().filter_map(|(errand, ended)| match ended {
            Ended::Refused(refusal) => Some(refused(errand, refusal, self.now)),
            _ => None,
        });
        let concerns: Vec<Concern> = refused.chain(self.behind()).collect();
        let right_again = |key: &ConcernKey, kind| self.right_again(key, kind);
        announcements(&concerns, right_again, announced, self.now)
    }

    fn errands(&self) -> impl Iterator<Item = (&Errand, &Ended)> {
        self.plan.errands.iter().zip(self.ended)
    }

    fn left(&self) -> impl Iterator<Item = &Errand> {
        let left = self.errands().filter(|(_, ended)| **ended == Ended::Left);
        left.map(|(errand, _)| errand)
    }

    /// What is right again when a concern of this kind is over, if this run can say so.
    fn right_again(&self, key: &ConcernKey, kind: Kind) -> Option<&'static str> {
        match kind {
            Kind::PermissionDenied | Kind::PartlyApplied => {
                let is_it = |(errand, ended): (&Errand, &Ended)| {
                    let succeeded = *ended == Ended::Done && does_more_than_note(errand);
                    succeeded && errand.subject.arn() == key.subject
                };
                let succeeded = self.errands().any(is_it);
                succeeded.then_some("what AWS refused has been done since")
            }
            Kind::BehindSchedule if self.whole && self.left().next().is_none() => {
                Some("nothing is left over from earlier")
            }
            _ => None,
        }
    }

    /// There is so much left that people should know.
    fn behind(&self) -> Option<Concern> {
        let first = self.left().next()?;
        let left = self.left().count();
        let wakes = self.left().filter(|errand| wakes(errand)).count();
        let minutes = (self.left_takes.as_secs() + 59) / 60;
        let title = format!("{left} of {} changes are late", self.ended.len());
        let (text, title, severity) = match wakes {
            0 => (
                "rest",
                format!("{title}, none of them to wake"),
                Severity::Digest,
            ),
            _ => (
                "wake",
                format!("{title}, {wakes} of them to wake"),
                Severity::Page,
            ),
        };
        let done = self.ended.iter().filter(|ended| **ended == Ended::Done);
        (self.whole && self.left_takes >= BEHIND).then(|| Concern {
            about: About::services_beside(&first.subject),
            kind: Kind::BehindSchedule,
            severity,
            title,
            text: text.to_owned(),
            facts: vec![
                fact("Left to wake", wakes),
                fact("Left to rest or to note", left - wakes),
                fact("Their calls take", format!("{minutes} minutes")),
                fact(
                    "Share of the rate of UpdateService",
                    format!("{} %", self.share_percent),
                ),
            ],
            done: Some(format!(
                "Did {} of {}; every tick goes on where the last one stopped.",
                done.count(),
                self.ended.len()
            )),
            next: Next {
                what: faster(self.share_percent).to_owned(),
                command: None,
            },
            since: self.now,
        })
    }
}

fn faster(share_percent: u32) -> &'static str {
    if share_percent < 100 {
        "If that is too late, raise the parameter BucketShare, or let the hours of some begin at \
         another time."
    } else {
        "If that is too late, let the hours of some begin at another time: BucketShare is 100 % \
         already."
    }
}

fn wakes(errand: &Errand) -> bool {
    errand.reason == Reason::Wakes
}

/// Whether it changes more than what a person ordered.
fn does_more_than_note(errand: &Errand) -> bool {
    let orders =
        |action: &Action| matches!(action, Action::Order { .. } | Action::WithdrawOrder { .. });
    !errand.actions.iter().all(orders)
}
