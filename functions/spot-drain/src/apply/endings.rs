//! What became of instances: it is written down and counted once, and then their records end.

use std::cell::RefCell;
use std::collections::BTreeSet;

use ::ledger::Entry;
use domain::drain::{InstanceId, Outcome, Plan};

use super::{Applied, Hand, Step, WRITES_AT_ONCE, emit};
use crate::Invocation;
use crate::report::{metrics, parts};

impl Hand<'_> {
    /// Writes down what became of instances, and hands CloudWatch the metrics of what was not
    /// written down before; the instances of which it could not be written down.
    ///
    /// An outcome has an entry of the journal for itself, and the first one stays, so a run that comes
    /// to the same end after a crash, or at the same time, adds neither an entry nor a metric. The
    /// other side of that: the metrics of a run that dies right between its entry and its line are
    /// missing. A count that is too low by what died with a run is better than one that grows with
    /// every crash, and the journal has it.
    pub(super) async fn outcomes(
        &self,
        plan: &Plan,
        invocation: &Invocation,
        applied: &mut Applied,
    ) -> BTreeSet<InstanceId> {
        let step = |one: &&Outcome| Step {
            what: format!("what became of {}", one.instance),
            about: vec![one.instance.clone()],
        };
        let concluded = RefCell::new(BTreeSet::new());
        let call = async |one: &&Outcome| {
            let entry = self.entry(one, invocation);
            if self.aws.edge.ledger.conclude(&entry).await? {
                concluded.borrow_mut().insert(one.instance.clone());
            }
            Ok(())
        };
        let before = applied.failed.len();
        let outcomes = plan.outcomes.iter();
        self.take(outcomes, WRITES_AT_ONCE, step, call, applied)
            .await;
        applied.concluded = concluded.into_inner();
        emit(
            self.settings,
            &metrics::ended(plan, &applied.concluded, invocation.now),
        )
        .await;
        applied.failed_since(before)
    }

    /// The journal's entry: its key is the instance and its first sign, on the day of that sign, the
    /// same whoever writes it.
    fn entry(&self, one: &Outcome, invocation: &Invocation) -> Entry {
        Entry {
            at: invocation.now,
            came: one.first,
            function: "spot-drain",
            event: format!("{}@{}", one.instance, one.first),
            kind: "outcome".to_owned(),
            summary: one.ending.name().to_owned(),
            details: vec![parts::outcome(one).to_string()],
            outcome: ::ledger::Outcome::Done,
            keep: self.settings.journal,
        }
    }

    /// Ends records, but those of instances of which it is not remembered that they ended.
    pub(super) async fn closings(
        &self,
        plan: &Plan,
        unmarked: &BTreeSet<InstanceId>,
        applied: &mut Applied,
    ) {
        let closings = plan.closings.iter();
        let closings = closings.filter(|record| !unmarked.contains(&record.instance));
        self.records(closings, applied).await;
    }
}
