//! Every order and repetition, up to six, of what can happen to a budget.

use domain::budget::What;
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;

use crate::made::{TOPIC, on, service, usd};
use crate::world::{World, world};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Event {
    Message80,
    Message100,
    Tick,
    Rollover,
    Restore,
    Redeploy,
}

const EVENTS: [Event; 6] = [
    Event::Message80,
    Event::Message100,
    Event::Tick,
    Event::Rollover,
    Event::Restore,
    Event::Redeploy,
];

/// The model, and beside it in a few numbers what must come of it.
#[derive(Clone)]
struct Both {
    world: World,
    now: Timestamp,
    spend: Decimal,
    ceiling: Decimal,
    stopped: bool,
    raised: u32,
}

impl Both {
    fn new() -> Self {
        let mut both = Self {
            world: world([
                service("prod/api").tagged("stop").desired(3),
                service("prod/login").tagged("keep").desired(2),
            ]),
            now: on("11-19 10:00"),
            spend: Decimal::ONE,
            ceiling: Decimal::TEN,
            stopped: false,
            raised: 0,
        };
        both.run();
        both
    }

    fn run(&mut self) {
        self.world.run(self.now, usize::MAX);
        self.now += SignedDuration::from_mins(10);
    }

    fn spent(&mut self, spend: Decimal) {
        self.spend = spend;
        self.world.budget("dev").actual = Some(spend);
        if spend >= self.ceiling && !self.stopped {
            (self.stopped, self.raised) = (true, 0);
        }
    }

    /// The message and what is so when it comes.
    fn message(&mut self, spend: Decimal) {
        self.spent(spend);
        let body = "AWS Account 123456789012\n\nBudget Name: dev\nAlert Type: ACTUAL\n";
        self.world.hears(TOPIC, None, body);
        self.run();
    }

    fn happens(&mut self, event: Event) {
        match event {
            Event::Message80 => self.message(self.spend.max(usd("8"))),
            Event::Message100 => self.message((self.spend + usd("1.5")).max(Decimal::TEN)),
            Event::Tick => self.run(),
            Event::Rollover => self.rollover(),
            Event::Restore => {
                let allow = Some(usd("3"));
                self.world
                    .asks_about("dev", What::Restore { allow }, self.now);
                if self.stopped {
                    (self.stopped, self.ceiling) = (false, self.spend + usd("3"));
                }
                self.run();
            }
            Event::Redeploy => {
                self.world.redeploy("prod/api", 3);
                self.raised += u32::from(self.stopped);
                self.run();
            }
        }
    }

    /// A period ends with some spend, and the first hours of the next one still report it.
    fn rollover(&mut self) {
        let now = self.world.observed(self.now).budgets.into_values().next();
        let period = now.unwrap().sight.unwrap().period;
        self.now = period.end - SignedDuration::from_hours(1);
        self.spent(self.spend.max(Decimal::ONE));
        self.run();
        self.now = period.end + SignedDuration::from_hours(1);
        self.run();
        let api = self.world.count("prod/api");
        assert!(
            !self.stopped || api == 0 || self.raised > 3,
            "restored without proof"
        );
        self.now += SignedDuration::from_hours(11);
        (self.ceiling, self.stopped) = (Decimal::TEN, false);
        self.spent(usd("0.20"));
        self.run();
    }

    /// What is so once nothing happens any more.
    fn check(&self, history: &[Event]) {
        let mut end = self.clone();
        end.run();
        end.run();
        let world = &mut end.world;
        let last = world.plan(end.now - SignedDuration::from_mins(10));
        assert_eq!(
            (&last.records[..], &last.changes[..]),
            (&[][..], &[][..]),
            "{history:?}"
        );
        assert_eq!(last.announcements, [], "{history:?}");
        let api = world.count("prod/api");
        match self.stopped {
            // Raised more often than it is put down again, it is left and paged.
            true if self.raised > 3 => assert!(world.is_stopped("dev"), "{history:?}"),
            true => assert_eq!((api, world.state()), (0, "stopped"), "{history:?}"),
            false => {
                assert_eq!((api, world.held("prod/api")), (3, false), "{history:?}");
                let warned = self.spend >= usd("8");
                assert_eq!(
                    world.state(),
                    if warned { "warned" } else { "armed" },
                    "{history:?}"
                );
            }
        }
        assert_eq!(
            (world.count("prod/login"), world.held("prod/login")),
            (2, false)
        );
    }
}

/// Everything that can follow. What is checked at the end of the longest holds for the shorter
/// ones: they are the same with ticks behind them.
fn explore(both: &Both, history: &mut Vec<Event>, left: usize) -> usize {
    if left == 0 {
        both.check(history);
        return 1;
    }
    let mut ends = 0;
    for event in EVENTS {
        let mut next = both.clone();
        next.happens(event);
        history.push(event);
        ends += explore(&next, history, left - 1);
        history.pop();
    }
    ends
}

fn all_that_begin_with(event: Event) {
    let mut both = Both::new();
    both.happens(event);
    assert_eq!(explore(&both, &mut vec![event], 5), 6_usize.pow(5));
}

#[test]
fn every_order_of_six_that_begins_with_a_warning_ends_as_it_must() {
    all_that_begin_with(Event::Message80);
}

#[test]
fn every_order_of_six_that_begins_with_a_stop_ends_as_it_must() {
    all_that_begin_with(Event::Message100);
}

#[test]
fn every_order_of_six_that_begins_with_a_tick_ends_as_it_must() {
    all_that_begin_with(Event::Tick);
}

#[test]
fn every_order_of_six_that_begins_with_a_rollover_ends_as_it_must() {
    all_that_begin_with(Event::Rollover);
}

#[test]
fn every_order_of_six_that_begins_with_a_restore_ends_as_it_must() {
    all_that_begin_with(Event::Restore);
}

#[test]
fn every_order_of_six_that_begins_with_a_redeployment_ends_as_it_must() {
    all_that_begin_with(Event::Redeploy);
}
