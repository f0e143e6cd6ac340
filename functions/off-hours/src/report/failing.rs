//! Whether a run is a success, and if it is none, why.

use domain::off_hours::Declined;
use domain::resting::Reason;
use edge::errand::Ending;

use super::Run;
use crate::Failure;
use crate::observe::Scope;

impl Run<'_> {
    /// Whether the event has to come again, as far as is known before the journal is written.
    pub(super) fn failed(&self) -> bool {
        let failed = self.count(|ending| matches!(ending, Ending::Failed(_)));
        let refused = failed > 0 || !self.unseen.is_empty() || self.untold.is_some();
        refused || self.unheeded().is_some() || !self.still_held().is_empty()
    }

    /// One failure for whatever failed or was left, if anything was. A tick leaves what it cannot do
    /// to the next; what a person asks and the deletion of the suite have no next one.
    pub(crate) fn into_failure(self, unjournaled: Option<Failure>) -> Option<Failure> {
        let (left, unheeded) = (self.still_held(), self.unheeded());
        let untaken = self.untaken() > 0;
        let beside = self.unseen.len() + self.untold.iter().count() + unjournaled.iter().count();
        let of = self.plan.errands.len() + beside;
        let failed = Failure::of_many(self.into_failures(unjournaled), of);
        if left.is_empty() {
            return failed.or(unheeded);
        }
        Some(Failure::StillHeld {
            left,
            passing: untaken || failed.as_ref().is_some_and(Failure::may_pass),
            failed: failed.map(Box::new),
        })
    }

    /// Everything that did not succeed, by what it is about.
    fn into_failures(self, unjournaled: Option<Failure>) -> Vec<(String, Failure)> {
        let errands = self.plan.errands.iter().zip(self.endings);
        let failed = errands.filter_map(|(errand, ending)| match ending {
            Ending::Failed(failure) => Some((errand.subject.to_string(), failure.into())),
            _ => None,
        });
        let named = |what: &str, failure: Option<Failure>| Some((what.to_owned(), failure?));
        self.unseen
            .into_iter()
            .chain(failed)
            .chain(named("the notices", self.untold))
            .chain(named("the journal", unjournaled))
            .collect()
    }

    /// That what a person asked for is not done, and why.
    fn unheeded(&self) -> Option<Failure> {
        if let Some(Declined { service, why }) = self.plan.declined.first() {
            return Some(Failure::Declined {
                service: service.to_string(),
                why: why.clone(),
            });
        }
        match &self.work.scope {
            Scope::Asked { service, .. } if self.untaken() > 0 => Some(Failure::NotHeeded {
                service: service.clone(),
            }),
            _ => None,
        }
    }

    /// What the deletion of the suite would leave at rest.
    fn still_held(&self) -> Vec<String> {
        if self.work.scope != Scope::EverythingHeld {
            return Vec::new();
        }
        let errands = self.plan.errands.iter().zip(&self.endings);
        let asleep = errands.filter(|(errand, ending)| {
            let woken = matches!(ending, Ending::Done | Ending::Shown);
            errand.reason == Reason::Wakes && !woken
        });
        let asleep = asleep.map(|(errand, _)| errand.subject.to_string());
        let verdicts = self.plan.verdicts.iter();
        let claimed = verdicts.filter(|verdict| verdict.reason == Reason::ClaimedElsewhere);
        let claimed = claimed.map(|verdict| verdict.subject.to_string());
        let unseen = self.unseen.iter().map(|(what, _)| what.clone());
        asleep.chain(claimed).chain(unseen).collect()
    }

    /// How many services and groups there was no time for, or are another run's to finish.
    fn untaken(&self) -> usize {
        self.count(|ending| matches!(ending, Ending::Left)) + self.elsewhere()
    }

    /// How many services and groups are another run's to finish.
    pub(super) fn elsewhere(&self) -> usize {
        let verdicts = self.plan.verdicts.iter();
        let claimed = verdicts.filter(|verdict| verdict.reason == Reason::ClaimedElsewhere);
        claimed.count() + self.count(|ending| matches!(ending, Ending::Overtaken))
    }
}
