//! Says what happened: to the journal and to whoever invoked the function.

pub(crate) mod parts;

use std::collections::BTreeSet;

use domain::announcement::Announcement;
use domain::budget::{Answer, Plan, Undone};
use domain::resting::{Errand, Reason, Subject};
use edge::errand::Ending;
use ledger::{Entry, Outcome};
use serde_json::{Value, json};

use crate::event::Work;
use crate::{Failure, Invocation, Settings};
use parts::{answer, decided, named, not_read, shown, summary};

/// A run, after it.
#[derive(Debug)]
pub(crate) struct Run<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) work: &'a Work,
    pub(crate) plan: &'a Plan,
    /// What was to be done for services.
    pub(crate) errands: &'a [Errand],
    /// How each errand ended; nothing if none was begun.
    pub(crate) endings: Vec<Ending>,
    /// What people are told, given how the errands ended.
    pub(crate) announcements: Vec<Announcement>,
    /// What could not be looked at.
    pub(crate) unseen: Vec<(String, Failure)>,
    /// What is not known, and hinders nothing.
    pub(crate) unknown: Vec<(String, Failure)>,
    /// What else failed: writes of tallies, notices and samples.
    pub(crate) failed: Vec<(String, Failure)>,
}

impl Run<'_> {
    /// For whoever invoked the function.
    pub(crate) fn report(&self) -> Value {
        json!({
            "function": "budget-guard",
            "event": self.work.kind,
            "dry_run": self.settings.dry_run,
            "summary": summary(self.plan),
            "budgets": self.plan.verdicts.iter().map(decided).collect::<Vec<_>>(),
            "changed": self.changed().collect::<Vec<_>>(),
            "notices": self.announcements.iter().map(|one| &one.notice.title).collect::<Vec<_>>(),
            "answer": self.plan.answer.as_ref().map(answer),
            "not_read": not_read(&self.work.not_read),
            "not_seen": named(&self.unseen),
            "not_known": named(&self.unknown),
            "failed": named(&self.failed),
            "left": self.left(),
        })
    }

    /// For the journal.
    pub(crate) fn entry(&self, outcome: Outcome, invocation: &Invocation) -> Entry {
        let budgets = self.plan.verdicts.iter().map(decided);
        let answered = self.plan.answer.iter().map(answer);
        let lost = named(&self.unseen).into_iter();
        let lost = lost.chain(named(&self.unknown)).chain(named(&self.failed));
        let details = budgets
            .chain(answered)
            .chain(self.changed())
            .chain(not_read(&self.work.not_read))
            .chain(lost);
        Entry {
            at: invocation.now,
            came: self.work.came,
            function: "budget-guard",
            event: self.work.event.clone(),
            kind: self.work.kind.to_owned(),
            summary: summary(self.plan),
            details: details.map(|detail| detail.to_string()).collect(),
            outcome,
            keep: self.settings.journal,
        }
    }

    /// Everything that did not succeed, by what it is about.
    pub(crate) fn into_failure(self) -> Option<Failure> {
        let (planned, left) = (self.errands.len(), self.left());
        let errands = self.errands.iter().zip(self.endings);
        let failed = errands.filter_map(|(errand, ending)| match ending {
            Ending::Failed(failure) => Some((errand.subject.to_string(), failure.into())),
            _ => None,
        });
        let failures = self.failed.into_iter().chain(self.unseen).chain(failed);
        let failure = Failure::of_many(failures.collect(), planned);
        let refused = self.plan.answer.clone().and_then(|answer| match answer {
            Answer::Refused(refusal) => Some(Failure::Refused(refusal)),
            Answer::Restoring { .. } | Answer::Allowed { .. } | Answer::Vetoed { .. } => None,
        });
        let unfinished = (left > 0).then_some(Failure::Unfinished { left });
        failure.or(unfinished).or(refused)
    }

    /// Whether everything that was to be done is done.
    pub(crate) fn succeeded(&self) -> bool {
        let failed = |ending: &Ending| matches!(ending, Ending::Failed(_));
        let nothing_failed = self.unseen.is_empty() && self.failed.is_empty();
        nothing_failed && self.left() == 0 && !self.endings.iter().any(failed)
    }

    /// The services that nothing could be done for: those whose errand failed, and why, and those that
    /// could not be looked at closely enough to have one.
    pub(crate) fn undone(&self) -> Vec<Undone> {
        let mut undone = self.failed_errands();
        let errands = self.errands.iter();
        let taken: BTreeSet<&Subject> = errands.map(|errand| &errand.subject).collect();
        let changed = self.plan.changes.iter().map(|change| &change.service);
        let without = changed.filter(|arn| !taken.contains(&Subject::Service((*arn).clone())));
        undone.extend(without.map(|service| Undone {
            service: service.clone(),
            why: "its scalable target could not be looked at".to_owned(),
            by_ledger: false,
        }));
        undone
    }

    fn failed_errands(&self) -> Vec<Undone> {
        let errands = self.errands.iter().zip(&self.endings);
        let undone = errands.filter_map(|(errand, ending)| match (&errand.subject, ending) {
            (Subject::Service(service), Ending::Failed(failure)) => Some(Undone {
                service: service.clone(),
                why: shell::failure::chain(failure),
                by_ledger: matches!(failure, edge::Failure::Ledger(_)),
            }),
            _ => None,
        });
        undone.collect()
    }

    fn changed(&self) -> impl Iterator<Item = Value> {
        let errands = self.errands.iter().zip(&self.endings);
        errands.map(|(errand, ending)| shown(errand, ending))
    }

    /// How many services another run or another delivery has to change.
    fn left(&self) -> usize {
        let errands = self.errands.iter().zip(&self.endings);
        let left = errands.filter(|(errand, ending)| {
            let untaken = matches!(ending, Ending::Left | Ending::Overtaken);
            untaken || errand.reason == Reason::ClaimedElsewhere
        });
        left.count()
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
        came: work.came,
        function: "budget-guard",
        event: work.event.clone(),
        kind: work.kind.to_owned(),
        summary: "nothing was decided".to_owned(),
        details: vec![shell::failure::chain(failure)],
        outcome: Outcome::Failed,
        keep: settings.journal,
    }
}
