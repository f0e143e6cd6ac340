//! The model: an account, its budgets, and a ledger.

use std::collections::{BTreeMap, BTreeSet};

use domain::announcement::{Announcement, ConcernKey, Told};
use domain::arn::ServiceArn;
use domain::budget::blind::Blind;
use domain::budget::counted::Counted;
use domain::budget::free_tier::FreeTierUse;
use domain::budget::guard::Guarded;
use domain::budget::meter::{Meter, Sample};
use domain::budget::period::Cycle;
use domain::budget::period::TimeUnit;
use domain::budget::prose::Hint;
use domain::budget::reading::Reading;
use domain::budget::state::State;
use domain::budget::tally::Tally;
use domain::budget::{
    Asked, Becomes, BudgetName, Change, Decided, Message, Moment, Observed, Plan, Policy, Receipt,
    Service, Watched, What, decide, drill, unwritten,
};
use domain::hold::Holder;
use domain::notice::Notice;
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;

use super::made::{ACCOUNT, TOPIC, Thing, arn, name, on, usd};

/// A budget of the model, as AWS knows it.
#[derive(Clone, Debug)]
pub(crate) struct Budget {
    pub(crate) unit: TimeUnit,
    pub(crate) limit: Decimal,
    pub(crate) actual: Option<Decimal>,
    pub(crate) forecast: Option<Decimal>,
    pub(crate) edited: Option<Timestamp>,
    pub(crate) blind: Option<Blind>,
    pub(crate) configured: bool,
    pub(crate) auto_adjusting: bool,
    pub(crate) guarded: Option<Guarded>,
}

/// An account and its ledger.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) policy: Policy,
    pub(crate) budgets: BTreeMap<BudgetName, Budget>,
    pub(crate) services: BTreeMap<ServiceArn, Thing>,
    pub(crate) instances: Vec<Counted>,
    pub(crate) beside: Vec<Counted>,
    pub(crate) free_tier: Option<Vec<FreeTierUse>>,
    pub(crate) messages: Vec<Message>,
    pub(crate) asked: Option<Asked>,
    pub(crate) closing: bool,
    pub(crate) unreadable: bool,
    pub(crate) services_unseen: bool,
    pub(crate) held_unseen: bool,
    pub(crate) gone: BTreeSet<ServiceArn>,
    // The ledger.
    pub(crate) tallies: BTreeMap<BudgetName, Tally>,
    pub(crate) announced: BTreeMap<ConcernKey, Told>,
    pub(crate) samples: Vec<Sample>,
}

/// The limit of `dev`, unless a test says otherwise.
pub(crate) const LIMIT: &str = "10";

/// An account whose monthly budget `dev` of 10 USD has reported 1 USD.
pub(crate) fn world(things: impl IntoIterator<Item = Thing>) -> World {
    let world = World {
        policy: Policy {
            topics: vec![TOPIC.to_owned()],
            ..Policy::default()
        },
        budgets: BTreeMap::new(),
        services: things
            .into_iter()
            .map(|thing| (arn(&thing.name), thing))
            .collect(),
        instances: Vec::new(),
        beside: Vec::new(),
        free_tier: None,
        messages: Vec::new(),
        asked: None,
        closing: false,
        unreadable: false,
        services_unseen: false,
        held_unseen: false,
        gone: BTreeSet::new(),
        tallies: BTreeMap::new(),
        announced: BTreeMap::new(),
        samples: Vec::new(),
    };
    world.with_budget("dev", LIMIT)
}

impl World {
    pub(crate) fn with_budget(mut self, called: &str, limit: &str) -> Self {
        let budget = Budget {
            unit: TimeUnit::Monthly,
            limit: usd(limit),
            actual: Some(usd("1")),
            forecast: None,
            edited: Some(on("10-01 00:00")),
            blind: None,
            configured: true,
            auto_adjusting: false,
            guarded: None,
        };
        self.budgets.insert(name(called), budget);
        self
    }

    pub(crate) fn budget(&mut self, called: &str) -> &mut Budget {
        self.budgets.get_mut(&name(called)).unwrap()
    }

    pub(crate) fn thing(&mut self, called: &str) -> &mut Thing {
        self.services.get_mut(&arn(called)).unwrap()
    }

    // What happens in it.

    /// AWS reports so much for `dev`.
    pub(crate) fn reports(&mut self, actual: &str) {
        self.budget("dev").actual = Some(usd(actual));
    }

    /// Somebody edits `dev`, which sets its spend to zero.
    pub(crate) fn edits(&mut self, limit: &str, at: &str) {
        let budget = self.budget("dev");
        budget.limit = usd(limit);
        budget.edited = Some(on(at));
        budget.actual = Some(Decimal::ZERO);
    }

    /// A deployment sets the count.
    pub(crate) fn redeploy(&mut self, called: &str, desired: u32) {
        self.thing(called).desired = desired;
    }

    pub(crate) fn hears(&mut self, topic: &str, subject: Option<&str>, body: &str) {
        self.messages.push(Message {
            topic: topic.to_owned(),
            hint: Hint::read(subject, body),
        });
    }

    pub(crate) fn asks(&mut self, what: What, at: &str) {
        self.asks_about("dev", what, on(at));
    }

    pub(crate) fn asks_about(&mut self, budget: &str, what: What, at: Timestamp) {
        self.asked = Some(Asked {
            budget: name(budget),
            what,
            by: "ana".to_owned(),
            why: "demo".to_owned(),
            at,
        });
    }

    /// A run for a person who wants the services back and allows so much more.
    pub(crate) fn restore(&mut self, allow: Option<&str>, at: &str) -> Plan {
        let allow = allow.map(usd);
        self.asks(What::Restore { allow }, at);
        self.tick(at)
    }

    // What it does.

    /// A run that succeeds.
    pub(crate) fn tick(&mut self, at: &str) -> Plan {
        self.run(on(at), usize::MAX)
    }

    /// Runs at each of these moments; the last of them.
    pub(crate) fn ticks<'t>(&mut self, at: impl IntoIterator<Item = &'t str>) -> Plan {
        at.into_iter().map(|at| self.tick(at)).last().unwrap()
    }

    /// Runs every hour from one moment up to and without another; the last of them.
    pub(crate) fn hourly(&mut self, from: &str, to: &str) -> Plan {
        let mut now = on(from);
        let mut plan = Plan::default();
        while now < on(to) {
            plan = self.run(now, usize::MAX);
            now += SignedDuration::from_hours(1);
        }
        plan
    }

    /// What is told in hourly runs from one moment up to and without another.
    pub(crate) fn told(&mut self, from: &str, to: &str) -> Vec<String> {
        let mut now = on(from);
        let mut told = Vec::new();
        while now < on(to) {
            told.extend(announced(&self.run(now, usize::MAX)));
            now += SignedDuration::from_hours(1);
        }
        told
    }

    /// A run that crashes after so many steps.
    pub(crate) fn run(&mut self, now: Timestamp, steps: usize) -> Plan {
        self.finish_waking();
        let plan = self.plan(now);
        self.apply(&plan, now, steps);
        self.asked = None;
        self.messages.clear();
        plan
    }

    /// What `off-hours` does meanwhile: what nothing holds any more is given back what it had.
    fn finish_waking(&mut self) {
        for thing in self
            .services
            .values_mut()
            .filter(|thing| thing.holds.is_empty())
        {
            if let Some(saved) = thing.saved.take() {
                thing.desired = saved.max(thing.desired);
                thing.settled = true;
            }
        }
    }

    /// The plan that a run would make now. The meter's sample is written first.
    pub(crate) fn plan(&mut self, now: Timestamp) -> Plan {
        let sample = self.observed(now).sample(now);
        self.samples.retain(|other| other.at != now);
        self.samples.extend(sample);
        let (observed, policy) = (self.observed(now), self.policy.clone());
        decide(&observed, moment(&policy, now))
    }

    /// A run whose tallies cannot be written: what it tells.
    pub(crate) fn tick_without_a_ledger(&mut self, at: &str, why: &str) -> Vec<Announcement> {
        let plan = self.plan(on(at));
        let observed = self.observed(on(at));
        unwritten(&plan, &observed, why, moment(&self.policy, on(at)))
    }

    pub(crate) fn drill(&self, budget: &str, at: &str) -> Option<Receipt> {
        drill(
            &self.observed(on(at)),
            &name(budget),
            moment(&self.policy, on(at)),
        )
    }

    pub(crate) fn observed(&self, now: Timestamp) -> Observed {
        let budgets = self.budgets.iter().map(|(name, budget)| {
            let watched = Watched {
                configured: budget.configured,
                sight: budget.sight(now),
                tally: self.tallies.get(name).cloned(),
                guarded: budget.guarded.clone(),
            };
            (name.clone(), watched)
        });
        let services = self.services.iter().map(|(arn, thing)| {
            let service = Service {
                intent: thing.intent(),
                kind: thing.kind,
                active: thing.active,
                desired: thing.desired,
                running: thing.desired,
                deploying: thing.deploying,
                holds: thing.holds.clone(),
                settled: thing.settled,
                put_down: thing.put_down,
                hour: thing.hour,
            };
            (arn.clone(), service)
        });
        Observed {
            budgets: budgets.collect(),
            unreadable: self.unreadable,
            services: services.collect(),
            services_unseen: self.services_unseen,
            held_unseen: self.held_unseen,
            gone: self.gone.clone(),
            instances: self.instances.clone(),
            beside: self.beside.clone(),
            uncounted: false,
            meter: Meter::of(self.samples.clone()),
            messages: self.messages.clone(),
            asked: self.asked.clone(),
            free_tier: self.free_tier.clone(),
            announced: self.announced.clone(),
            closing: self.closing,
        }
    }

    /// Applies a plan: the records, then what becomes of services, up to so many steps.
    pub(crate) fn apply(&mut self, plan: &Plan, now: Timestamp, steps: usize) {
        let mut left = steps;
        let mut step = || {
            let goes = left > 0;
            left = left.saturating_sub(1);
            goes
        };
        for record in &plan.records {
            if !step() {
                return;
            }
            let there = self.tallies.get(&record.budget).map(|tally| tally.version);
            assert_eq!(there, record.replaces, "nobody else writes in this model");
            match &record.tally {
                Some(tally) => self
                    .tallies
                    .insert(record.budget.clone(), (**tally).clone()),
                None => self.tallies.remove(&record.budget),
            };
        }
        for change in &plan.changes {
            if !step() {
                return;
            }
            let thing = self.services.get_mut(&change.service).unwrap();
            intend(thing, change);
            if !step() {
                return;
            }
            carry_out(thing, now);
        }
        for announcement in &plan.announcements {
            match announcement.told.clone() {
                Some(told) => self.announced.insert(announcement.key.clone(), told),
                None => self.announced.remove(&announcement.key),
            };
        }
        for key in &plan.forgotten {
            self.announced.remove(key);
        }
    }

    // What is.

    pub(crate) fn count(&self, called: &str) -> u32 {
        self.services[&arn(called)].desired
    }

    pub(crate) fn held(&self, called: &str) -> bool {
        self.services[&arn(called)]
            .holds
            .get(Holder::Budget)
            .is_some()
    }

    pub(crate) fn why(&self, called: &str) -> String {
        let holds = &self.services[&arn(called)].holds;
        holds.get(Holder::Budget).unwrap().why.clone()
    }

    pub(crate) fn tally(&self, called: &str) -> &Tally {
        &self.tallies[&name(called)]
    }

    /// The state of `dev`, by name.
    pub(crate) fn state(&self) -> &'static str {
        self.tallies
            .get(&name("dev"))
            .map_or("none", |tally| tally.state.name())
    }

    pub(crate) fn is_stopped(&self, called: &str) -> bool {
        matches!(self.tallies[&name(called)].state, State::Stopped(_))
    }
}

impl Budget {
    fn sight(&self, now: Timestamp) -> Result<Reading, Blind> {
        if let Some(blind) = &self.blind {
            return Err(blind.clone());
        }
        let cycle = Cycle::new(self.unit, on("10-01 00:00"), None).unwrap();
        let period = cycle.at(now).unwrap();
        Ok(Reading {
            limit: self.limit,
            actual: self.actual,
            forecast: self.forecast,
            period,
            ends: cycle.ends_with(period),
            edited: self.edited,
            auto_adjusting: self.auto_adjusting,
            rungs: Vec::new(),
        })
    }
}

/// The first half of a change: the record of a service's rest.
fn intend(thing: &mut Thing, change: &Change) {
    let holds = thing.holds.clone();
    match &change.what {
        Becomes::Held(hold) | Becomes::PutDownAgain(hold) => {
            thing.saved.get_or_insert(thing.desired);
            thing.holds = holds.with_replaced(Holder::Budget, hold.clone());
            thing.settled = false;
            thing.put_down = None;
        }
        Becomes::Reworded(hold) => {
            thing.holds = holds.with_replaced(Holder::Budget, hold.clone());
        }
        Becomes::Lifted => {
            thing.holds = holds.without(Holder::Budget);
            thing.settled = false;
        }
    }
}

/// The second half: its count.
fn carry_out(thing: &mut Thing, now: Timestamp) {
    if !thing.holds.is_empty() {
        thing.desired = 0;
    } else if let Some(saved) = thing.saved.take() {
        thing.desired = saved.max(thing.desired);
    }
    thing.settled = true;
    thing.put_down = Some(now);
}

fn moment(policy: &Policy, now: Timestamp) -> Moment<'_> {
    Moment {
        policy,
        account: ACCOUNT,
        region: "eu-central-1",
        now,
    }
}

/// What is announced: the kind, and `over` for what is withdrawn.
pub(crate) fn announced(plan: &Plan) -> Vec<String> {
    let announcements = plan.announcements.iter();
    announcements
        .map(|one| match one.notice.resolved {
            true => format!("{} over", one.notice.kind.name()),
            false => one.notice.kind.name().to_owned(),
        })
        .collect()
}

/// The notice of that kind.
pub(crate) fn notice<'p>(plan: &'p Plan, kind: &str) -> &'p Notice {
    let mut notices = plan.announcements.iter().map(|one| &one.notice);
    notices.find(|notice| notice.kind.name() == kind).unwrap()
}

/// What was decided about `dev`.
pub(crate) fn decided(plan: &Plan) -> &Decided {
    let mut verdicts = plan.verdicts.iter();
    verdicts.find(|one| one.budget.as_str() == "dev").unwrap()
}

/// What becomes of services: `prod/api held`, `prod/api lifted`.
pub(crate) fn becomes(plan: &Plan) -> Vec<String> {
    let changes = plan.changes.iter();
    changes
        .map(|change| {
            let what = match change.what {
                Becomes::Held(_) => "held",
                Becomes::PutDownAgain(_) => "put down again",
                Becomes::Reworded(_) => "reworded",
                Becomes::Lifted => "lifted",
            };
            format!("{} {what}", change.service)
        })
        .collect()
}
