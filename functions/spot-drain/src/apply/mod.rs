//! Does what was decided, in the order of the plan. Everything that the function writes goes through
//! one gate, which a dry run does not open.
//!
//! What is lost anyway is set DRAINING first: before the rest is looked at, and before the ledger is
//! written, so a broken ledger keeps nobody in. What could be ours to undo, or costs somebody a
//! task, comes after the record of its instance and is left out where that was refused. A record
//! ends last: a run that dies before has left it open, and the next one comes to the same end.

mod ecs;
mod endings;
mod hooks;
mod ledger;
mod strategies;
#[cfg(test)]
mod tests;
mod ticks;

use std::collections::BTreeSet;

use ::ledger::{Entry, LedgerError};
use aws_sdk_ecs::types::ContainerInstanceStatus as Status;
use domain::drain::{Exercise, InstanceId, Member, Plan, Record, Scope, SetState};
use edge::gate::Gate;
use futures_util::StreamExt;
use tokio::time::Instant;

use crate::event::Work;
use crate::observe::Trouble;
use crate::{Aws, Failure, Invocation, Settings};

/// How many calls to ECS or EC2 Auto Scaling are under way at once.
const AT_ONCE: usize = 16;
/// How many writes of the ledger are under way at once.
const WRITES_AT_ONCE: usize = 32;

/// What came of a plan.
#[derive(Debug, Default)]
pub(crate) struct Applied {
    /// The calls that were made, in a line each.
    pub(crate) done: Vec<String>,
    /// What did not succeed.
    pub(crate) failed: Vec<Trouble>,
    /// The instances whose record was not written, or not what became of them.
    pub(crate) refused: BTreeSet<InstanceId>,
    /// The instances of which this run, and no other before it, wrote down what became of them.
    pub(crate) concluded: BTreeSet<InstanceId>,
    /// The surges that this run opened.
    pub(crate) begun: BTreeSet<Scope>,
}

/// One thing to do, and what came of it.
struct Step {
    what: String,
    about: Vec<InstanceId>,
}

/// What an arm of a plan is applied with.
struct Hand<'a> {
    aws: &'a Aws,
    settings: &'a Settings,
    /// When nothing is begun any more.
    stop: Instant,
}

/// The gate in front of every write of the function.
fn gate(settings: &Settings) -> Gate {
    Gate::new(settings.dry_run)
}

/// Sets those DRAINING that are lost anyway.
pub(crate) async fn drain(
    aws: &Aws,
    settings: &Settings,
    lost: &[SetState],
    stop: Instant,
) -> Applied {
    let hand = Hand {
        aws,
        settings,
        stop,
    };
    let mut applied = Applied::default();
    hand.states(lost, &Status::Draining, &mut applied).await;
    applied
}

/// Applies a plan whose lost instances were set DRAINING, with what came of that. Of a plan that was
/// made without the ledger nothing more is.
pub(crate) async fn apply(
    aws: &Aws,
    settings: &Settings,
    work: &Work,
    plan: &Plan,
    mut applied: Applied,
    blind: bool,
    (invocation, stop): (&Invocation, Instant),
) -> Applied {
    let hand = Hand {
        aws,
        settings,
        stop,
    };
    if blind {
        return applied;
    }
    hand.looks(plan, invocation, &mut applied).await;
    let held = hand.hooks(plan, &mut applied).await;
    // The record of one that a hook still holds says so until it is let go, or gone.
    let holds = |record: &&Record| {
        let goes_on = record.drain.as_ref();
        let goes_on = goes_on.is_some_and(|drain| drain.ended.is_none());
        goes_on && held.contains(&record.instance)
    };
    let records = plan.records.iter().filter(|record| !holds(record));
    let refused = &hand.records(records, &mut applied).await | &held;
    hand.tick_on(work, plan, &mut applied).await;
    let voluntary = without(&plan.voluntary, &refused);
    let undo = without(&plan.undo, &refused);
    hand.states(&voluntary, &Status::Draining, &mut applied)
        .await;
    hand.states(&undo, &Status::Active, &mut applied).await;
    hand.stop_tasks(plan, &refused, &mut applied).await;
    let lost = hand.outcomes(plan, invocation, &mut applied).await;
    let unmarked = hand.index(plan, &lost, invocation, &mut applied).await;
    hand.experiments(plan, &mut applied).await;
    hand.counted(plan, &mut applied).await;
    hand.incidents(plan, invocation, &mut applied).await;
    hand.tell(plan, &mut applied).await;
    hand.closings(plan, &unmarked, &mut applied).await;
    hand.tick_off(plan, &mut applied).await;
    applied.refused = &refused | &lost;
    applied
}

/// Without the instances whose record was refused.
fn without(calls: &[SetState], refused: &BTreeSet<InstanceId>) -> Vec<SetState> {
    let left = calls.iter().map(|call| SetState {
        cluster: call.cluster.clone(),
        members: kept(&call.members, refused),
    });
    left.filter(|call| !call.members.is_empty()).collect()
}

fn kept(members: &[Member], refused: &BTreeSet<InstanceId>) -> Vec<Member> {
    let kept = members.iter();
    let kept = kept.filter(|member| !refused.contains(&member.instance));
    kept.cloned().collect()
}

impl Hand<'_> {
    fn gate(&self) -> Gate {
        gate(self.settings)
    }

    /// Takes steps, so many at once; none is begun when there is no time any more.
    async fn take<T>(
        &self,
        items: impl IntoIterator<Item = T>,
        at_once: usize,
        step: impl Fn(&T) -> Step,
        call: impl AsyncFn(&T) -> Result<(), Failure>,
        applied: &mut Applied,
    ) {
        let steps = futures_util::stream::iter(items).map(async |item| {
            let writing = async {
                match Instant::now() < self.stop {
                    true => call(&item).await,
                    false => Err(Failure::Unfinished),
                }
            };
            let outcome = self.gate().write(Ok(()), writing).await;
            (step(&item), outcome)
        });
        let mut steps = steps.buffered(at_once);
        while let Some((step, outcome)) = steps.next().await {
            applied.note(step, outcome);
        }
    }
}

impl Applied {
    /// The instances with which there was trouble after so much of it.
    fn failed_since(&self, before: usize) -> BTreeSet<InstanceId> {
        let failed = self.failed.iter().skip(before);
        failed.flat_map(|one| one.about.clone()).collect()
    }

    fn note(&mut self, step: Step, outcome: Result<(), Failure>) {
        let Step { what, about } = step;
        match outcome {
            Ok(()) => self.succeeded(what),
            Err(failure) => self.failed(Trouble::with(what, &about, failure)),
        }
    }

    fn succeeded(&mut self, what: String) {
        tracing::info!(what, "applied");
        self.done.push(what);
    }

    fn failed(&mut self, trouble: Trouble) {
        let (what, cause) = (&trouble.what, shell::failure::chain(&trouble.failure));
        tracing::error!(what, cause, "not applied");
        self.failed.push(trouble);
    }
}

/// Remembers that instances are taken on purpose.
pub(crate) async fn exercise(
    aws: &Aws,
    settings: &Settings,
    exercise: &Exercise,
) -> Result<(), LedgerError> {
    let writing = aws.edge.ledger.announce_exercise(exercise);
    gate(settings).write(Ok(()), writing).await
}

/// Writes a journal entry.
pub(crate) async fn journal(
    aws: &Aws,
    settings: &Settings,
    entry: &Entry,
) -> Result<(), LedgerError> {
    gate(settings).journal(&aws.edge, entry).await
}

/// Hands metrics to CloudWatch: it takes them from the log.
async fn emit(settings: &Settings, metrics: &[serde_json::Value]) {
    let lines = async {
        metrics.iter().for_each(|metric| println!("{metric}"));
    };
    gate(settings).write((), lines).await;
}
