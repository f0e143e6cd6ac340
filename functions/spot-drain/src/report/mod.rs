//! Says what happened: to the queue, to the journal and to whoever invoked the function.

pub(crate) mod metrics;
pub(crate) mod parts;

use std::collections::BTreeSet;

use domain::drain::{InstanceId, Plan, Sign, named};
use ledger::{Entry, Outcome};
use serde_json::{Value, json};

use crate::apply::Applied;
use crate::event::Work;
use crate::observe::Trouble;
use crate::{Failure, Invocation, Settings};
use parts::{not_read, outcome, summary, troubles, verdict};

/// A round, after it.
#[derive(Debug)]
pub(crate) struct Run<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) work: &'a Work,
    pub(crate) plan: &'a Plan,
    /// What was done.
    pub(crate) applied: Applied,
    /// What could not be looked at.
    pub(crate) unseen: Vec<Trouble>,
    /// What is not known, and hinders nothing.
    pub(crate) unknown: Vec<Trouble>,
}

impl Run<'_> {
    /// For whoever invoked the function, and for the log.
    pub(crate) fn report(&self) -> Value {
        json!({
            "function": "spot-drain",
            "event": self.work.kind,
            "dry_run": self.settings.dry_run,
            "summary": summary(self.plan),
            "decided": self.plan.verdicts.iter().map(verdict).collect::<Vec<_>>(),
            "done": self.applied.done,
            "outcomes": self.outcomes().collect::<Vec<_>>(),
            "notices": self.titles(),
            "not_for_us": self.not_for_us(),
            "not_read": not_read(&self.work.not_read),
            "not_seen": troubles(&self.unseen),
            "not_known": troubles(&self.unknown),
            "failed": troubles(&self.applied.failed),
        })
    }

    /// For the journal, which has what became of instances in entries of their own.
    pub(crate) fn entry(&self, invocation: &Invocation) -> Entry {
        let lost = troubles(&self.unseen).into_iter();
        let lost = lost.chain(troubles(&self.unknown));
        let lost = lost.chain(troubles(&self.applied.failed));
        let lost = lost.chain(not_read(&self.work.not_read));
        let decided = self.plan.verdicts.iter().map(verdict);
        let done = self.applied.done.iter();
        let done = done.map(|what| json!({ "done": what }));
        let details = lost.chain(decided).chain(done);
        Entry {
            at: invocation.now,
            came: self.work.came,
            function: "spot-drain",
            event: self.work.event.clone(),
            kind: self.work.kind.to_owned(),
            summary: summary(self.plan),
            details: details.map(|detail| detail.to_string()).collect(),
            outcome: match self.succeeded() {
                true => Outcome::Done,
                false => Outcome::Failed,
            },
            keep: self.settings.journal,
        }
    }

    /// The messages that have to come again: those that could not be read, and those about whatever
    /// did not succeed. What concerns nobody in particular, or an instance that no message names,
    /// concerns every message that could be meant.
    pub(crate) fn come_again(&self) -> Vec<&str> {
        let failed: Vec<&Trouble> = self.troubles().collect();
        let accepted = self.work.accepted.iter().filter(|id| {
            let signs = self.work.signs.iter().filter(|sign| sign.id == **id);
            let signs: Vec<&Sign> = signs.collect();
            failed.iter().any(|trouble| concerns(trouble, &signs))
        });
        let not_read = self.work.not_read.iter().map(|(id, _)| id);
        not_read.chain(accepted).map(String::as_str).collect()
    }

    /// Everything that did not succeed, as one failure. What is not known is part of it: a round
    /// that was not called for a message is the one whose failure people see.
    pub(crate) fn into_failure(self) -> Option<Failure> {
        let planned = self.applied.done.len();
        let troubles = self.unseen.into_iter().chain(self.applied.failed);
        let troubles = troubles.chain(self.unknown);
        let troubles: Vec<Trouble> = troubles.collect();
        let failed = troubles.len();
        let first = troubles.into_iter().next()?;
        Some(Failure::PartlyApplied {
            failed,
            planned: planned + failed,
            subject: first.what,
            first: Box::new(first.failure),
        })
    }

    fn succeeded(&self) -> bool {
        self.troubles().next().is_none()
    }

    fn troubles(&self) -> impl Iterator<Item = &Trouble> {
        self.unseen.iter().chain(&self.applied.failed)
    }

    /// What became of instances, as far as that is written down.
    fn outcomes(&self) -> impl Iterator<Item = Value> {
        let known = self.plan.outcomes.iter();
        let known = known.filter(|one| !self.applied.refused.contains(&one.instance));
        known.map(outcome)
    }

    fn titles(&self) -> Vec<&str> {
        let notices = self.plan.announcements.iter();
        notices.map(|one| one.notice.title.as_str()).collect()
    }

    fn not_for_us(&self) -> Vec<Value> {
        let shown = |(id, why): &(String, &str)| json!({ "message": id, "why": why });
        self.work.not_for_us.iter().map(shown).collect()
    }
}

/// Whether trouble is with what a message is about. A message that names no instance, such as a
/// look, is about all of them.
fn concerns(trouble: &Trouble, signs: &[&Sign]) -> bool {
    let named_by = |sign: &&Sign| -> BTreeSet<InstanceId> { named(std::slice::from_ref(*sign)) };
    trouble.about.is_empty()
        || signs.iter().any(|sign| {
            let named = named_by(sign);
            named.is_empty() || !named.is_disjoint(&trouble.about)
        })
}

/// The answer to the queue.
/// Source: <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html>.
pub(crate) fn to_the_queue(come_again: &[&str]) -> Value {
    let failures = come_again.iter();
    let failures = failures.map(|id| json!({ "itemIdentifier": id }));
    json!({ "batchItemFailures": failures.collect::<Vec<_>>() })
}
