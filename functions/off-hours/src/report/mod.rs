//! Says what happened: to the journal and to whoever invoked the function.

pub(crate) mod parts;

use std::collections::BTreeMap;

use domain::announcement::{Announcement, ConcernKey, Told};
use domain::off_hours::{Aftermath, Declined, Plan};
use domain::resting::{Errand, Reason};
use edge::errand::Ending;
use jiff::{SignedDuration, Timestamp};
use ledger::{Entry, Outcome};
use serde_json::{Value, json};

use crate::event::Work;
use crate::observe::Scope;
use crate::savings::Saved;
use crate::{Failure, Invocation, Settings};
use parts::{not_seen, not_told, remembered, seconds, shown, summary, usual, verdict};

/// A run, after it.
#[derive(Debug)]
pub(crate) struct Run<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) work: &'a Work,
    pub(crate) plan: &'a Plan,
    /// What has to be announced of the plan, and of how it ended.
    pub(crate) announcements: Vec<Announcement>,
    /// How each errand of the plan ended.
    pub(crate) endings: Vec<Ending>,
    /// What could not be looked at.
    pub(crate) unseen: Vec<(String, Failure)>,
    /// What the rests saved that ended.
    pub(crate) saved: Vec<Saved>,
    /// Why not every notice was put on the bus, if so.
    pub(crate) untold: Option<Failure>,
}

impl Run<'_> {
    /// Every errand, and how it ended.
    pub(crate) fn errands(&self) -> Vec<(&Errand, &Ending)> {
        self.plan.errands.iter().zip(&self.endings).collect()
    }

    /// What has to be announced now that every errand has ended.
    pub(crate) fn to_announce(
        &self,
        announced: &BTreeMap<ConcernKey, Told>,
        now: Timestamp,
    ) -> Vec<Announcement> {
        let left = self.count(|ending| matches!(ending, Ending::Left));
        let aftermath = Aftermath {
            plan: self.plan,
            ended: &self.endings.iter().map(Ending::told).collect::<Vec<_>>(),
            left_takes: SignedDuration::from_secs(seconds(self.settings, left)),
            share_percent: self.settings.place.bucket_share_percent,
            whole: matches!(self.work.scope, Scope::Everything | Scope::EverythingHeld),
            now,
        };
        let more = aftermath.announcements(announced);
        self.plan
            .announcements
            .iter()
            .cloned()
            .chain(more)
            .collect()
    }

    /// For whoever invoked the function.
    pub(crate) fn report(&self) -> Value {
        let errands = self.errands();
        let left = self.count(|ending| matches!(ending, Ending::Left));
        let odd = self.plan.verdicts.iter().filter(|verdict| !usual(verdict));
        let announced = self.announcements.iter();
        json!({
            "function": "off-hours",
            "event": self.work.kind,
            "dry_run": self.settings.dry_run,
            "summary": summary(self.plan),
            "changed": errands.iter().map(|(errand, ending)| shown(errand, ending)).collect::<Vec<_>>(),
            "not_as_usual": odd.map(verdict).collect::<Vec<_>>(),
            "not_seen": not_seen(&self.unseen),
            "notices": announced.map(|one| one.notice.title.clone()).collect::<Vec<_>>(),
            "not_told": self.untold.as_ref().map(|failure| shell::failure::chain(failure)),
            "saved": self.saved.iter().map(Saved::shown).collect::<Vec<_>>(),
            "left": left,
            "left_takes_seconds": seconds(self.settings, left),
            "elsewhere": self.elsewhere(),
            "remembered": self.remembered(),
            "asked": self.asked(),
        })
    }

    /// What people ordered that is still to follow, and what it waits for.
    fn remembered(&self) -> Vec<Value> {
        let done = self.errands().into_iter();
        let done = done.filter(|(_, ending)| matches!(ending, Ending::Done));
        done.filter_map(|(errand, _)| remembered(errand)).collect()
    }

    /// What became of what a person asked for.
    fn asked(&self) -> Option<Value> {
        let Scope::Asked { service, .. } = &self.work.scope else {
            return None;
        };
        let mut verdicts = self.plan.verdicts.iter();
        let about = verdicts.find(|verdict| {
            verdict.subject.to_string() == *service || verdict.subject.arn() == service
        });
        about.map(verdict)
    }

    /// For the journal.
    pub(crate) fn entry(&self, invocation: &Invocation) -> Entry {
        // What went wrong comes first: an entry is cut to what an item can hold.
        let untold = self.untold.iter().map(not_told);
        let (failed, others): (Vec<_>, Vec<_>) = self
            .errands()
            .into_iter()
            .partition(|(_, ending)| matches!(ending, Ending::Failed(_)));
        let changed = failed.into_iter().chain(others);
        let changed = changed.map(|(errand, ending)| shown(errand, ending));
        let odd = self
            .plan
            .verdicts
            .iter()
            .filter(|verdict| !usual(verdict))
            .map(verdict);
        let saved = self.saved.iter().map(Saved::shown);
        Entry {
            at: invocation.now,
            function: "off-hours",
            event: self.work.event.clone(),
            kind: self.work.kind.to_owned(),
            summary: summary(self.plan),
            details: not_seen(&self.unseen)
                .into_iter()
                .chain(untold)
                .chain(changed)
                .chain(odd)
                .chain(saved)
                .map(|detail| detail.to_string())
                .collect(),
            outcome: if self.failed() {
                Outcome::Failed
            } else {
                Outcome::Done
            },
            keep: self.settings.journal,
        }
    }

    /// Everything that did not succeed, by what it is about.
    pub(crate) fn into_failures(self) -> Vec<(String, Failure)> {
        let errands = self.plan.errands.iter().zip(self.endings);
        let failed = errands.filter_map(|(errand, ending)| match ending {
            Ending::Failed(failure) => Some((errand.subject.to_string(), failure.into())),
            _ => None,
        });
        let untold = self
            .untold
            .map(|failure| ("the notices".to_owned(), failure));
        self.unseen
            .into_iter()
            .chain(failed)
            .chain(untold)
            .collect()
    }

    /// Whether the event has to come again.
    fn failed(&self) -> bool {
        let failed = self.count(|ending| matches!(ending, Ending::Failed(_)));
        failed > 0
            || !self.unseen.is_empty()
            || self.untold.is_some()
            || self.unfinished().is_some()
    }

    /// Why this run is no success although nothing failed. A tick leaves what it cannot do to the
    /// next; what a person asks and the deletion of the suite have no next one.
    pub(crate) fn unfinished(&self) -> Option<Failure> {
        if let Some(Declined { service, why }) = self.plan.declined.first() {
            return Some(Failure::Declined {
                service: service.to_string(),
                why: why.clone(),
            });
        }
        let untaken = self.count(|ending| matches!(ending, Ending::Left)) + self.elsewhere();
        match &self.work.scope {
            Scope::Asked { service, .. } if untaken > 0 => Some(Failure::NotHeeded {
                service: service.clone(),
            }),
            Scope::EverythingHeld if untaken > 0 => Some(Failure::StillHeld { left: untaken }),
            _ => None,
        }
    }

    /// How many services and groups are another run's to finish.
    fn elsewhere(&self) -> usize {
        let verdicts = self.plan.verdicts.iter();
        let claimed = verdicts.filter(|verdict| verdict.reason == Reason::ClaimedElsewhere);
        claimed.count() + self.count(|ending| matches!(ending, Ending::Overtaken))
    }

    fn count(&self, which: impl Fn(&Ending) -> bool) -> usize {
        self.endings.iter().filter(|ending| which(ending)).count()
    }
}

/// The journal entry of a run that could not look at the world.
pub(crate) fn blind_entry(
    settings: &Settings,
    work: &Work,
    failure: &Failure,
    invocation: &Invocation,
) -> Entry {
    Entry {
        at: invocation.now,
        function: "off-hours",
        event: work.event.clone(),
        kind: work.kind.to_owned(),
        summary: "nothing was decided".to_owned(),
        details: vec![shell::failure::chain(failure)],
        outcome: Outcome::Failed,
        keep: settings.journal,
    }
}
