//! The model: the services and their rests as `off-hours` knows them, the budget as the guard does.

use std::collections::{BTreeMap, VecDeque};

use domain::arn::ServiceArn;
use domain::budget::{Plan as Stop, What, errands, is_at_rest};
use domain::capacity::{Bounds, ServiceCapacity};
use domain::hold::{Holder, Holds};
use domain::off_hours::{Intent, Plan as Rest};
use domain::rest::Claim;
use domain::resting::{Action, Errand};
use domain::tag::Tags;
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;

use crate::night::made::{Thing, deployment, on};
use crate::{money, night};

/// Lambda ends an invocation of the guard after this: the template's `Timeout`.
const TIMEOUT: SignedDuration = SignedDuration::from_secs(900);

/// An account with both functions, and beside it what must come of it.
#[derive(Clone)]
pub(crate) struct Both {
    pub(crate) night: night::world::World,
    pub(crate) money: money::world::World,
    pub(crate) now: Timestamp,
    /// The next run takes so many hundredths of its steps and dies.
    pub(crate) crash: Option<usize>,
    owners: BTreeMap<ServiceArn, Owner>,
}

/// What a service is to have when nothing holds it.
#[derive(Clone)]
struct Owner {
    desired: u32,
    bounds: Option<Bounds>,
    /// What somebody raised it to while it was at rest: theirs to keep if it wakes with that, and
    /// gone if it is put down before.
    raised: Option<u32>,
}

impl Both {
    /// Monday noon in the week of the tests of `off-hours`, with a budget that is armed.
    pub(crate) fn new(things: impl IntoIterator<Item = Thing>) -> Self {
        let night = night::world::world(things);
        let things = night.services.values();
        let priced = things.map(|thing| money::made::Thing {
            tags: thing.tags.clone(),
            ..money::made::service(&thing.name)
        });
        let money = money::world::world(priced);
        let owners = night.services.iter().map(|(arn, thing)| {
            let live = thing.live.as_ref().unwrap();
            let owner = Owner {
                desired: live.desired,
                bounds: live.bounds,
                raised: None,
            };
            (arn.clone(), owner)
        });
        let mut both = Self {
            owners: owners.collect(),
            night,
            money,
            now: on("Mon 12:00"),
            crash: None,
        };
        both.guards();
        both
    }

    // What happens.

    /// Time passes.
    pub(crate) fn passes(&mut self, minutes: i64) {
        self.now += SignedDuration::from_mins(minutes);
    }

    /// So much is spent that the budget is over.
    pub(crate) fn overspends(&mut self) {
        self.spends();
        self.guards();
    }

    /// A person restores the budget and allows three dollars more.
    pub(crate) fn restores(&mut self) {
        self.asks_for_a_restore();
        self.guards();
    }

    pub(crate) fn spends(&mut self) {
        let tally = self.money.tally("dev");
        let ceiling = tally.ceiling(tally.limit);
        let budget = self.money.budget("dev");
        budget.actual = budget.actual.max(Some(ceiling));
    }

    pub(crate) fn asks_for_a_restore(&mut self) {
        let allow = Some(Decimal::from(3));
        self.money
            .asks_about("dev", What::Restore { allow }, self.now);
    }

    /// Somebody sets a service's count to so many, with a deployment or by hand.
    pub(crate) fn raises(&mut self, name: &str, desired: u32, deploys: bool) {
        let at_rest = self.is_at_rest(name);
        let live = self.night.live(name);
        live.desired = desired;
        if deploys {
            live.deployment = Some(deployment(&self.now.to_string(), self.now));
        }
        let owner = self.owners.get_mut(&night::world::arn(name)).unwrap();
        match at_rest {
            true => owner.raised = Some(desired),
            false => owner.desired = desired,
        }
    }

    // What the functions do.

    /// A run of `off-hours`.
    pub(crate) fn ticks(&mut self) {
        let plan = self.plan_of_the_night();
        let steps = self.steps(plan.errands.iter().map(|errand| errand.actions.len()).sum());
        if self.take(&plan.errands, steps) {
            let said = Rest {
                errands: Vec::new(),
                ..plan
            };
            self.night.apply(&said, usize::MAX);
        }
        self.night.asked.clear();
    }

    /// A run of `budget-guard`.
    pub(crate) fn guards(&mut self) {
        let (plan, errands) = self.plan_of_the_guard();
        let actions: usize = errands.iter().map(|errand| errand.actions.len()).sum();
        let steps = self.steps(plan.records.len() + actions);
        self.records(&plan, steps);
        let left = steps.saturating_sub(plan.records.len());
        if self.take(&errands, left) {
            let said = Stop {
                announcements: plan.announcements,
                forgotten: plan.forgotten,
                ..Stop::default()
            };
            self.money.apply(&said, self.now, usize::MAX);
        }
        self.money.asked = None;
    }

    /// A run of each at once. The first takes so many steps before the other looks at the world; then
    /// their steps come in this order, true for the first, and at last whatever is left of both.
    pub(crate) fn meet(&mut self, guard_first: bool, head_start: usize, order: &[bool]) {
        let mut first = self.begins(guard_first);
        for _ in 0..head_start {
            first.step(self);
        }
        let mut second = self.begins(!guard_first);
        for turn in order {
            if *turn { &mut first } else { &mut second }.step(self);
        }
        while first.step(self) || second.step(self) {}
    }

    fn begins(&mut self, guard: bool) -> Midway {
        if !guard {
            return Midway::of(self.plan_of_the_night().errands);
        }
        let (plan, errands) = self.plan_of_the_guard();
        self.records(&plan, usize::MAX);
        Midway::of(errands)
    }

    fn plan_of_the_night(&mut self) -> Rest {
        self.night.runs += 1;
        let run = format!("night-{}", self.night.runs);
        self.night.tasks_start();
        self.night.plan(&run, self.now)
    }

    fn plan_of_the_guard(&mut self) -> (Stop, Vec<Errand>) {
        self.night.runs += 1;
        let claim = Claim {
            run: format!("guard-{}", self.night.runs),
            until: self.now + TIMEOUT,
        };
        self.night.tasks_start();
        self.shows_the_guard();
        let plan = self.money.plan(self.now);
        let errands = errands(&plan.changes, &self.night.changeable(), &claim, self.now);
        (plan, errands)
    }

    /// Writes the tallies of a plan, up to so many.
    fn records(&mut self, plan: &Stop, steps: usize) {
        let records = Stop {
            records: plan.records.clone(),
            ..Stop::default()
        };
        self.money.apply(&records, self.now, steps);
    }

    /// How many of so many steps the next run takes.
    fn steps(&mut self, planned: usize) -> usize {
        match self.crash.take() {
            Some(percent) => planned * percent / 100,
            None => usize::MAX,
        }
    }

    /// The services as the guard's look at them finds them.
    fn shows_the_guard(&mut self) {
        for (arn, thing) in &mut self.money.services {
            let live = self.night.services[arn].live.as_ref().unwrap();
            let rest = self.night.ledger.services.get(arn);
            let rest = rest.filter(|rest| is_at_rest(live, rest));
            thing.desired = live.desired;
            thing.holds = rest.map_or_else(Holds::none, |rest| rest.holds.clone());
            thing.settled = rest.is_none_or(|rest| rest.settled.is_some());
        }
    }

    /// Takes so many steps of these errands, each up to its first refused one; whether there were no
    /// more.
    fn take(&mut self, errands: &[Errand], mut steps: usize) -> bool {
        for errand in errands {
            for action in &errand.actions {
                if steps == 0 {
                    return false;
                }
                steps -= 1;
                if !self.step(action) {
                    break;
                }
            }
        }
        steps > 0
    }

    /// One step, which raises no service that anything holds.
    fn step(&mut self, action: &Action) -> bool {
        let before = self.counts();
        let taken = self.night.step(action);
        for ((arn, owner), before) in self.owners.iter_mut().zip(before) {
            let live = self.night.services[arn].live.as_ref().unwrap();
            let rest = self.night.ledger.services.get(arn);
            if live.desired > before {
                let held = rest.is_some_and(|rest| !rest.holds.is_empty());
                assert!(!held, "{arn} is held and was raised");
            }
            if live.desired < before {
                owner.raised = None;
            }
            if rest.is_none_or(|rest| !is_at_rest(live, rest)) {
                let raised = owner.raised.take().unwrap_or_default();
                owner.desired = owner.desired.max(raised);
            }
        }
        taken
    }

    // What is.

    fn counts(&self) -> Vec<u32> {
        let services = self.night.services.values();
        let count = |thing: &Thing| thing.live.as_ref().unwrap().desired;
        services.map(count).collect()
    }

    fn is_at_rest(&self, name: &str) -> bool {
        let arn = night::world::arn(name);
        let live = self.night.services[&arn].live.as_ref().unwrap();
        let rest = self.night.ledger.services.get(&arn);
        rest.is_some_and(|rest| is_at_rest(live, rest))
    }

    fn is_stopped(&self) -> bool {
        matches!(self.money.state(), "stopping" | "stopped")
    }

    fn is_outside_hours(&self, arn: &ServiceArn) -> bool {
        let tags = &self.night.services[arn].tags;
        let intent = Intent::of(tags, &Tags::new(), &night::run::policy());
        intent.rests(self.night.ledger.orders.get(arn), self.now)
    }

    /// What must be so at any moment: what a service had is written down for as long as it is at
    /// rest, and is there otherwise; and what is held and was set so is up only if somebody raised it.
    pub(crate) fn nothing_is_lost(&self, history: &impl std::fmt::Debug) {
        for (arn, owner) in &self.owners {
            let live = self.night.services[arn].live.as_ref().unwrap();
            let rest = self.night.ledger.services.get(arn);
            let Some(rest) = rest.filter(|rest| is_at_rest(live, rest)) else {
                assert_eq!(had(&live.capacity()), owner.had(), "{arn} {history:?}");
                continue;
            };
            assert_eq!(had(&rest.saved), owner.had(), "{arn} {history:?}");
            let up = rest.settled.is_some() && !rest.holds.is_empty() && live.desired > 0;
            assert!(!up || owner.raised.is_some(), "{arn} is up {history:?}");
        }
    }

    /// What must be so once both functions have ticked undisturbed: what the night, the budget or a
    /// person holds is down, and the rest has what it had.
    pub(crate) fn what_is_held_is_down(&self, history: &impl std::fmt::Debug) {
        let mut end = self.clone();
        for _ in 0..2 {
            end.passes(20);
            end.guards();
            end.ticks();
        }
        for (arn, owner) in &end.owners {
            let live = end.night.services[arn].live.as_ref().unwrap();
            let rest = end.night.ledger.services.get(arn);
            let ordered = rest.is_some_and(|rest| rest.holds.get(Holder::Operator).is_some());
            let held = ordered || end.is_stopped() || end.is_outside_hours(arn);
            let expected = if held { 0 } else { owner.desired };
            assert_eq!(live.desired, expected, "{arn} {history:?}");
        }
    }

    /// What must be so once everything was let go, a week later and after a tick of each function, the
    /// first of which may die: every service has exactly what it had.
    pub(crate) fn everything_comes_back(mut self, history: &impl std::fmt::Debug) {
        self.now = self.now.max(on("Sun 23:00")) + SignedDuration::from_hours(12);
        self.ticks();
        self.guards();
        self.passes(20);
        let names: Vec<String> = self
            .money
            .services
            .values()
            .map(|one| one.name.clone())
            .collect();
        names
            .iter()
            .for_each(|name| self.night.asks_wake(name, None));
        self.ticks();
        self.restores();
        // One to wake each wave, and one to see that the last of them is awake.
        for _ in 0..=names.len() {
            self.passes(20);
            self.ticks();
        }
        for (arn, owner) in &self.owners {
            let live = self.night.services[arn].live.as_ref().unwrap();
            assert_eq!(had(&live.capacity()), owner.had(), "{arn} {history:?}");
            assert_eq!(self.night.ledger.services.get(arn), None, "{history:?}");
        }
    }
}

/// A run in the middle of its plan.
struct Midway(VecDeque<VecDeque<Action>>);

impl Midway {
    fn of(errands: Vec<Errand>) -> Self {
        let actions = errands.into_iter().map(|errand| errand.actions.into());
        Self(actions.collect())
    }

    /// Takes one step; false if there is none left.
    fn step(&mut self, both: &mut Both) -> bool {
        let Some(errand) = self.0.front_mut() else {
            return false;
        };
        match errand.pop_front() {
            Some(action) if both.step(&action) => {}
            _ => drop(self.0.pop_front()),
        }
        true
    }
}

impl Owner {
    fn had(&self) -> (u32, Option<Bounds>) {
        (self.desired, self.bounds)
    }
}

fn had(capacity: &ServiceCapacity) -> (u32, Option<Bounds>) {
    (capacity.desired, capacity.bounds)
}
