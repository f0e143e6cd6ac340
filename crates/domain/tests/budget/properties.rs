//! What holds whatever happens: readings, messages, crashes, vetoes and restores.

use domain::budget::blind::Blind;
use domain::budget::state::{State, Treatment, Why};
use domain::budget::{Plan, What};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::made::{TOPIC, Thing, name, on, service, usd};
use crate::world::{World, world};

const NAMES: [&str; 4] = ["one/api", "one/db", "two/api", "two/keep"];

#[derive(Clone, Debug)]
enum Event {
    /// More is spent, in cents.
    Spends(u32),
    /// Billing is wrong by this factor until the next reading.
    Wrong(u64),
    /// Somebody edits the budget.
    Edits(u32),
    Blind(Option<Blind>),
    Message(&'static str),
    Restore(Option<u32>),
    Veto(i64),
    Redeploy(usize),
    Hours(i64),
    Rollover,
    /// So much more is spent of the other budget, in cents.
    TeamSpends(u32),
    TeamRestores(u32),
}

fn any_event() -> impl Strategy<Value = Event> {
    let blind = prop::option::of(prop::sample::select(vec![
        Blind::Missing,
        Blind::Throttled {
            call: "DescribeBudget".to_owned(),
        },
    ]));
    prop_oneof![
        4 => (1u32..500).prop_map(Event::Spends),
        1 => (1_000_000u64..10_000_000_000).prop_map(Event::Wrong),
        1 => (1u32..30).prop_map(Event::Edits),
        2 => blind.prop_map(Event::Blind),
        1 => prop::sample::select(vec!["Budget Name: dev", "Budget Name: other", "{}", ""]).prop_map(Event::Message),
        2 => prop::option::of(1u32..5).prop_map(Event::Restore),
        1 => (1i64..30).prop_map(Event::Veto),
        1 => (0..NAMES.len()).prop_map(Event::Redeploy),
        2 => (1i64..30).prop_map(Event::Hours),
        2 => Just(Event::Rollover),
        2 => (1u32..2_000).prop_map(Event::TeamSpends),
        1 => (1u32..10).prop_map(Event::TeamRestores),
    ]
}

/// Something happens, and a run follows that crashes after so many steps.
fn any_history() -> impl Strategy<Value = Vec<(Event, usize)>> {
    let steps = prop_oneof![2 => Just(usize::MAX), 1 => 0usize..8];
    prop::collection::vec((any_event(), steps), 0..25)
}

fn any_world() -> impl Strategy<Value = World> {
    let tags = prop::sample::select(vec!["stop", "stop/10", "stop/90"]);
    let one = (tags, 0u32..5, prop::option::of(Just("0.05")));
    let grace = prop::sample::select(vec![0i64, 0, 2]);
    (prop::collection::vec(one, 3), grace).prop_map(|(tags, grace)| {
        let mut things: Vec<Thing> = tags
            .into_iter()
            .zip(NAMES)
            .map(|((tag, desired, hour), name)| {
                service(name).tagged(tag).desired(desired).hour(hour)
            })
            .collect();
        things.push(service("two/keep").tagged("keep").desired(2));
        let mut world = world(things).with_budget("team", "20");
        world.policy.grace = SignedDuration::from_hours(grace);
        world
    })
}

/// A world, what is truly spent in it, and when.
struct Lived {
    world: World,
    now: Timestamp,
    spent: Decimal,
    team: Decimal,
    wrong: bool,
}

impl Lived {
    fn new(world: World) -> Self {
        Self {
            world,
            now: on("11-02 10:00"),
            spent: Decimal::ONE,
            team: Decimal::ONE,
            wrong: false,
        }
    }

    fn happens(&mut self, event: &Event) {
        self.wrong = false;
        let now = self.now;
        let reports = match event {
            Event::Spends(cents) => {
                self.spent += Decimal::new(i64::from(*cents), 2);
                Some(self.spent)
            }
            Event::Wrong(factor) => {
                self.wrong = true;
                Some(self.spent * Decimal::from(*factor))
            }
            Event::Edits(limit) => {
                let budget = self.world.budget("dev");
                (budget.limit, budget.edited) = (Decimal::from(*limit), Some(now));
                Some(Decimal::ZERO)
            }
            Event::Rollover => {
                let month = now
                    .to_zoned(jiff::tz::TimeZone::UTC)
                    .date()
                    .first_of_month();
                let next = month.saturating_add(jiff::ToSpan::months(1));
                let next = next.to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp();
                self.now = next + SignedDuration::from_hours(12);
                self.spent = usd("0.10");
                self.team = usd("0.20");
                Some(self.spent)
            }
            _ => None,
        };
        if reports.is_some() {
            self.world.budget("dev").actual = reports;
        }
        match event {
            Event::Blind(blind) => self.world.budget("dev").blind = blind.clone(),
            Event::Message(body) => self.world.hears(TOPIC, None, body),
            Event::Restore(allow) => {
                let allow = allow.map(Decimal::from);
                self.world.asks_about("dev", What::Restore { allow }, now);
            }
            Event::Veto(hours) => {
                let until = now + SignedDuration::from_hours(*hours);
                self.world.asks_about("dev", What::Veto { until }, now);
            }
            Event::Redeploy(which) => {
                let thing = self.world.thing(NAMES[*which]);
                let own = thing.saved.unwrap_or(thing.desired);
                thing.desired = own;
            }
            Event::TeamSpends(cents) => self.team += Decimal::new(i64::from(*cents), 2),
            Event::TeamRestores(allow) => {
                let allow = Some(Decimal::from(*allow));
                self.world.asks_about("team", What::Restore { allow }, now);
            }
            Event::Hours(hours) => self.now += SignedDuration::from_hours(*hours),
            _ => {}
        }
        self.world.budget("team").actual = Some(self.team);
    }

    fn run(&mut self, steps: usize) -> Plan {
        self.now += SignedDuration::from_mins(30);
        self.world.run(self.now, steps)
    }

    /// It can be read again, billing is right again, and more than a day passes, after which the
    /// spend of an old period is not taken for the new one's any more.
    fn calms_down(&mut self) {
        let budget = self.world.budget("dev");
        budget.blind = None;
        budget.actual = Some(self.spent);
        for hours in [0, 0, 14, 14, 1, 1, 1, 1, 1] {
            self.now += SignedDuration::from_hours(hours);
            self.run(usize::MAX);
        }
    }
}

fn own_counts(world: &World) -> Vec<u32> {
    let things = NAMES.map(|name| world.services[&crate::made::arn(name)].clone());
    things
        .iter()
        .map(|thing| thing.saved.unwrap_or(thing.desired))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// What a service had is never lost, and what is kept is never touched.
    #[test]
    fn nothing_is_lost(world in any_world(), history in any_history()) {
        let start = own_counts(&world);
        let mut lived = Lived::new(world);
        for (event, steps) in history {
            lived.happens(&event);
            lived.run(steps);
            prop_assert_eq!(&own_counts(&lived.world), &start);
            prop_assert!(!lived.world.held("two/keep"));
        }
        lived.calms_down();
        for name in NAMES.iter().filter(|name| !lived.world.held(name)) {
            let own = start[NAMES.iter().position(|other| other == name).unwrap()];
            prop_assert_eq!(lived.world.count(name), own, "{} was not given back", name);
        }
    }

    /// While a budget has stopped and nobody restored, whatever may be stopped is down, unless it
    /// was raised so often that people were told.
    #[test]
    fn nothing_is_up_while_stopped(world in any_world(), history in any_history()) {
        let mut lived = Lived::new(world);
        for (event, steps) in history {
            lived.happens(&event);
            lived.run(steps);
        }
        lived.calms_down();
        let mut any = false;
        for (budget, spent) in [("dev", lived.spent), ("team", lived.team)] {
            let Some(tally) = lived.world.tallies.get(&name(budget)) else { continue };
            match &tally.state {
                State::Stopped(stop) => {
                    any = true;
                    for up in NAMES.iter().filter(|name| **name != "two/keep" && lived.world.count(name) > 0) {
                        let again = stop.again.get(&crate::made::arn(up));
                        let left_alone = again.is_some_and(|again| again.treatment == Treatment::LeftAlone);
                        prop_assert!(left_alone, "{} is up", up);
                    }
                }
                State::Armed | State::Warned => {
                    let ceiling = tally.ceiling(tally.limit);
                    let waits = tally.veto.is_some() || tally.grace.is_some();
                    prop_assert!(waits || spent < ceiling, "{} of {} and not stopped", spent, ceiling);
                }
                state => prop_assert!(false, "{:?} of {} has no end", state, budget),
            }
        }
        let held = NAMES.iter().any(|name| lived.world.held(name));
        prop_assert!(any || !held, "held for nothing");
    }

    /// Services come back by themselves only in a later period, at a lower spend; and nothing
    /// stops for what is wrong or cannot be read.
    #[test]
    fn nothing_comes_back_without_proof_nor_stops_without_reason(world in any_world(), history in any_history()) {
        let mut lived = Lived::new(world);
        for (event, steps) in history {
            lived.happens(&event);
            let before = lived.world.tallies.clone();
            let plan = lived.run(steps);
            let unclear = lived.wrong || lived.world.budget("dev").blind.is_some();
            for record in &plan.records {
                let ours = record.budget == name("dev");
                let stop = before.get(&record.budget).and_then(|tally| tally.stop());
                let state = record.tally.as_ref().map(|tally| &tally.state);
                match (stop, state) {
                    (None, Some(State::Stopping(_))) => prop_assert!(!(ours && unclear), "stopped for {:?}", event),
                    (Some(stop), Some(State::Restoring(restore))) => if let Why::NewPeriod { spend } = restore.why {
                        prop_assert!(lived.now >= stop.period_end && spend < stop.spend, "{:?}", restore);
                        prop_assert!(!(ours && unclear));
                    },
                    _ => {}
                }
            }
        }
    }

    /// A decision that was carried out is settled.
    #[test]
    fn deciding_again_is_nothing_new(world in any_world(), history in any_history()) {
        let mut lived = Lived::new(world);
        for (event, steps) in history {
            lived.happens(&event);
            lived.run(steps);
        }
        lived.calms_down();
        lived.world.run(lived.now, usize::MAX);
        let again = lived.world.run(lived.now, usize::MAX);
        prop_assert_eq!((again.records, again.changes, again.announcements), Default::default());
    }
}
