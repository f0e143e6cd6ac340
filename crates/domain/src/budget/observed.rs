//! What the function has looked at, in the words of the decision.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::blind::Blind;
use super::counted::{Counted, Kind as Costs, Rate};
use super::free_tier::FreeTierUse;
use super::guard::Guarded;
use super::meter::{Meter, Sample};
use super::name::BudgetName;
use super::prose::Hint;
use super::reading::Reading;
use super::residual::Residual;
use super::tags::Intent;
use super::tally::Tally;
use crate::announcement::{ConcernKey, Told};
use crate::arn::ServiceArn;
use crate::hold::{Hold, Holder, Holds};
use crate::resting::Kind;

/// The world as far as this run looked at it.
#[derive(Clone, Debug, Default)]
pub struct Observed {
    /// Every budget that is configured, and every one of which the ledger remembers something.
    pub budgets: BTreeMap<BudgetName, Watched>,
    /// Whether the ledger holds a tally that cannot be read: then nothing is lifted.
    pub unreadable: bool,
    /// Every service in scope: tagged, in a tagged cluster, or held for a budget; and every other one
    /// that costs money by itself.
    pub services: BTreeMap<ServiceArn, Service>,
    /// Whether services in scope could not be looked at.
    pub services_unseen: bool,
    /// Whether services are held, or may be held, for a budget that could not be looked at: then a
    /// restore goes on until they were.
    pub held_unseen: bool,
    /// The services that do not exist any more, of those that people were told of or that are held.
    pub gone: BTreeSet<ServiceArn>,
    /// Instances that go away with their last task.
    pub instances: Vec<Counted>,
    /// What goes on costing money when no task runs: instances that stay, and what stands beside.
    pub beside: Vec<Counted>,
    /// Whether something that runs could not be counted.
    pub uncounted: bool,
    /// Our own meter, with the sample of this moment if there is one.
    pub meter: Meter,
    /// The messages that woke this run, if messages did.
    pub messages: Vec<Message>,
    /// What a person asks for.
    pub asked: Option<Asked>,
    /// The use of the free tier; none if it was not asked for or could not be read.
    pub free_tier: Option<Vec<FreeTierUse>>,
    /// What was announced to people and has not been withdrawn.
    pub announced: BTreeMap<ConcernKey, Told>,
    /// The suite is about to be deleted: nothing is stopped any more.
    pub closing: bool,
}

/// One budget.
#[derive(Clone, Debug)]
pub struct Watched {
    /// Whether it is configured still.
    pub configured: bool,
    /// What AWS says of it, or why it says nothing.
    pub sight: Result<Reading, Blind>,
    /// What the ledger remembers of it.
    pub tally: Option<Tally>,
    /// What guards it; none if that was not looked at or could not be read.
    pub guarded: Option<Guarded>,
}

/// One service that exists.
#[derive(Clone, Debug)]
pub struct Service {
    /// What its tags ask for.
    pub intent: Intent,
    /// Who decides about its tasks.
    pub kind: Kind,
    /// ACTIVE; false is DRAINING.
    pub active: bool,
    /// Desired count.
    pub desired: u32,
    /// Running tasks.
    pub running: u32,
    /// Whether a deployment is in progress that is still waited for.
    pub deploying: bool,
    /// What holds it, by the record of its rest; none where that was handed back.
    pub holds: Holds,
    /// Whether it has been set as its holds ask; true where there is no record.
    pub settled: bool,
    /// When that was done; none where there is no record, or it is not done.
    pub put_down: Option<Timestamp>,
    /// What one of its tasks costs in an hour, in USD, if that is known; nothing for a task on an
    /// instance, which is counted itself.
    pub hour: Option<Decimal>,
}

/// A message that woke this run.
#[derive(Clone, Debug)]
pub struct Message {
    /// The topic that it came by, an ARN.
    pub topic: String,
    /// What it says.
    pub hint: Hint,
}

/// What a person asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// About which budget.
    pub budget: BudgetName,
    /// What.
    pub what: What,
    /// Who.
    pub by: String,
    /// Why.
    pub why: String,
    /// When they asked.
    pub at: Timestamp,
}

/// What a person can ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// Give the services back what they had, and stop again when so many USD more are spent.
    Restore {
        /// So many USD; none if the budget is not over any more.
        allow: Option<Decimal>,
    },
    /// Stop nothing until a moment.
    Veto {
        /// Until when.
        until: Timestamp,
    },
}

impl Service {
    /// The hold for a budget, if it has one.
    pub fn hold(&self) -> Option<&Hold> {
        self.holds.get(Holder::Budget)
    }

    /// Whether its count is ours to change.
    pub fn controllable(&self) -> bool {
        self.active && self.kind == Kind::Replica
    }

    /// Whether it is held for a budget and has no tasks to run.
    pub fn is_down(&self) -> bool {
        self.hold().is_some() && self.settled && self.desired == 0
    }

    /// Whether it was put down and something raised it.
    pub fn raised(&self) -> bool {
        self.hold().is_some() && self.settled && self.desired > 0 && self.controllable()
    }

    /// How many tasks it has, or is to have.
    pub fn tasks(&self) -> u32 {
        self.running.max(self.desired)
    }

    /// Its tasks, counted.
    pub fn counted(&self, arn: &ServiceArn) -> Counted {
        Counted {
            kind: Costs::Task,
            name: format!("tasks of {arn}"),
            count: self.tasks(),
            hour: self.hour,
        }
    }

    /// What its tasks cost.
    pub fn rate(&self, arn: &ServiceArn) -> Rate {
        self.counted(arn).rate()
    }
}

impl Observed {
    /// The sample of this moment: everything that runs; none if not all of it was seen. What was not
    /// seen is not free of charge.
    pub fn sample(&self, now: Timestamp) -> Option<Sample> {
        if self.uncounted {
            return None;
        }
        let tasks = self
            .services
            .iter()
            .map(|(arn, service)| service.counted(arn));
        let others = self.instances.iter().chain(&self.beside).cloned();
        let counted: Vec<Counted> = tasks.chain(others).collect();
        Some(Sample::of(&counted, now))
    }

    /// What goes on costing money when everything that may be stopped is stopped.
    pub fn residual(&self) -> Residual {
        let stays = |service: &Service| {
            !matches!(service.intent, Intent::Stop { .. }) || !service.controllable()
        };
        let tasks = self.services.iter().filter(|(_, service)| stays(service));
        let tasks = tasks.map(|(arn, service)| service.counted(arn));
        Residual::of(tasks.chain(self.beside.iter().cloned()))
    }
}
