//! Runs a scenario: steps the clock from one thing that is due to the next.

use std::collections::VecDeque;

use jiff::Timestamp;

use super::record::Record;
use super::timeline::{Cause, Change, Entry, Invoked, Told};
use super::watcher::Watcher;
use super::wrote::wrote;
use super::{Deed, NotDone, Scenario, dead_letter, decided, wake};
use crate::lambda::deliveries::{Deliveries, Delivery, Settled};
use crate::lambda::{Ended, Invocation, Outcome, Unavailable};
use crate::services::sqs::{self, Batch};
use crate::suite::{NotDeployed, Suite};
use crate::template::Template;

/// Why a run broke off.
#[derive(Debug, thiserror::Error)]
pub enum BrokenOff {
    /// The script could not go on.
    #[error(transparent)]
    Script(#[from] NotDone),
    /// A function could not be started.
    #[error(transparent)]
    Function(#[from] Unavailable),
    /// A rule or a schedule of the template was refused.
    #[error(transparent)]
    Template(#[from] NotDeployed),
}

/// Runs a scenario with `suite`, whose account stands at the scenario's beginning, and tells what
/// happens as it happens.
pub async fn run(
    scenario: &Scenario,
    template: &Template,
    suite: &Suite,
    tell: impl FnMut(&Entry),
) -> Result<Record, BrokenOff> {
    let mut run = Run {
        template,
        suite,
        deliveries: Deliveries::default(),
        watcher: Watcher::default(),
        told: decided::Told::default(),
        record: Record::default(),
        first_call: 0,
        tell,
    };
    run.begin(scenario)?;
    let mut script: VecDeque<&(Timestamp, Deed)> = scenario.script.iter().collect();
    while let Some(now) = run.next(script.front()).filter(|at| *at <= scenario.to) {
        suite.account.clock.step_to(now);
        while let Some((_, deed)) = script.pop_front_if(|(at, _)| *at <= now) {
            run.perform(deed).await?;
        }
        run.tell_changes();
        run.deliver().await?;
    }
    suite.account.clock.step_to(scenario.to);
    run.tell_changes();
    Ok(run.end())
}

struct Run<'a, Tell> {
    template: &'a Template,
    suite: &'a Suite,
    deliveries: Deliveries,
    watcher: Watcher,
    told: decided::Told,
    record: Record,
    /// Where the scenario begins in the account's list of calls.
    first_call: usize,
    tell: Tell,
}

impl<Tell: FnMut(&Entry)> Run<'_, Tell> {
    /// Turns on what wakes the functions.
    fn begin(&mut self, scenario: &Scenario) -> Result<(), BrokenOff> {
        let account = &self.suite.account;
        let mut state = account.state();
        // During an invocation the account's time stands still, and no bucket could refill.
        state.buckets = None;
        // What is there at the beginning is no news.
        self.watcher.look(&state.world.happenings);
        self.first_call = state.calls.len();
        drop(state);
        Ok(wake::turn_on(account, self.template, scenario.from)?)
    }

    fn next(&self, planned: Option<&&(Timestamp, Deed)>) -> Option<Timestamp> {
        let planned = planned.map(|(at, _)| *at);
        let world = &self.suite.account.state().world;
        let (due, batch) = (world.next_due(), sqs::next_batch(world));
        [planned, due, batch, self.deliveries.next_due()]
            .into_iter()
            .flatten()
            .min()
    }

    async fn perform(&mut self, deed: &Deed) -> Result<(), BrokenOff> {
        let Deed::Invoke {
            function,
            event,
            by,
        } = deed
        else {
            deed.perform(&self.suite.account)?;
            self.tell(Told::Deed(deed.to_string()));
            return Ok(());
        };
        let invocation = Invocation {
            function: function.clone(),
            event: event.clone(),
            request_id: None,
        };
        self.invoke(&invocation, Cause::Person(by.clone())).await?;
        Ok(())
    }

    /// Hands everything that is due to its function.
    async fn deliver(&mut self) -> Result<(), BrokenOff> {
        self.deliver_events().await?;
        for (function, batch) in wake::take_due_batches(&self.suite.account, self.template) {
            self.deliver_batch(function, &batch).await?;
        }
        Ok(())
    }

    /// A batch that fails is not tried again: its messages come back to the queue.
    async fn deliver_batch(&mut self, function: String, batch: &Batch) -> Result<(), BrokenOff> {
        let invocation = Invocation {
            function,
            event: batch.event(),
            request_id: None,
        };
        let cause = Cause::of(&invocation.event);
        let outcome = self.invoke(&invocation, cause).await?;
        let answer = match &outcome.ended {
            Ended::Ok(answer) => Some(answer),
            _ => None,
        };
        sqs::settle(&mut self.suite.account.state().world, batch, answer);
        Ok(())
    }

    async fn deliver_events(&mut self) -> Result<(), BrokenOff> {
        let now = self.suite.account.clock.now();
        for invocation in wake::take_due(&self.suite.account, self.template) {
            self.deliveries.accept(invocation, now);
        }
        while let Some(delivery) = self.deliveries.take_due(now) {
            let cause = Cause::of(&delivery.invocation.event);
            let outcome = self.invoke(&delivery.invocation, cause).await?;
            let settled = self
                .deliveries
                .settle(delivery.clone(), &outcome.ended, now);
            if let Settled::GivenUp(why) = settled {
                self.give_up(&delivery, &outcome.ended, why);
            }
        }
        Ok(())
    }

    async fn invoke(
        &mut self,
        invocation: &Invocation,
        cause: Cause,
    ) -> Result<Outcome, BrokenOff> {
        let first = self.suite.account.state().calls.len();
        let outcome = self.suite.lambda.invoke(invocation).await?;
        let told = Told::Invoked(Invoked {
            function: invocation.function.clone(),
            cause,
            outcome: outcome.clone(),
            decided: match &outcome.ended {
                Ended::Ok(report) => self.told.news(report),
                _ => Vec::new(),
            },
            changes: self.changes_at_once(),
            wrote: wrote(&self.suite.account.state().calls[first..], invocation),
        });
        let tally = self.record.functions.entry(invocation.function.clone());
        tally.or_default().count(&outcome, told.is_quiet());
        self.tell(told);
        Ok(outcome)
    }

    /// What fails for good goes to the function's destination.
    fn give_up(&mut self, delivery: &Delivery, ended: &Ended, why: &'static str) {
        self.tell(Told::GivenUp {
            function: delivery.invocation.function.clone(),
            why,
        });
        let world = &mut self.suite.account.state().world;
        dead_letter::leave(world, self.template, delivery, ended, why);
    }

    fn changes(&mut self) -> Vec<(Timestamp, Change)> {
        self.watcher
            .look(&self.suite.account.state().world.happenings)
    }

    /// What changed during an invocation. A count that was reached at once goes without saying.
    fn changes_at_once(&mut self) -> Vec<Change> {
        let all: Vec<Change> = self
            .changes()
            .into_iter()
            .map(|(_, change)| change)
            .collect();
        let reached = |change: &Change| {
            match change {
            Change::Steady { service, running } => all.iter().any(
                |other| matches!(other, Change::Desired { service: changed, to, .. } if changed == service && to == running),
            ),
            _ => false,
        }
        };
        all.iter()
            .filter(|change| !reached(change))
            .cloned()
            .collect()
    }

    fn tell_changes(&mut self) {
        for (at, change) in self.changes() {
            self.enter(Entry {
                at,
                told: Told::Change(change),
            });
        }
    }

    fn tell(&mut self, told: Told) {
        let at = self.suite.account.clock.now();
        self.enter(Entry { at, told });
    }

    fn enter(&mut self, entry: Entry) {
        (self.tell)(&entry);
        self.record.entries.push(entry);
    }

    fn end(mut self) -> Record {
        let state = self.suite.account.state();
        self.record.happenings.clone_from(&state.world.happenings);
        let is_function = |caller: &str| self.template.function(caller).is_some();
        let calls = state.calls.iter().skip(self.first_call);
        for call in calls.filter(|call| is_function(&call.caller)) {
            let key = (call.caller.clone(), call.action.clone());
            let calls = self.record.calls.entry(key).or_default();
            calls.made += 1;
            calls.refused += usize::from(call.refused.is_some());
        }
        self.record
    }
}
