//! Any account, and anything that can happen to it.

use domain::capacity::Suspended;
use domain::hold::Holder;
use domain::resting::Kind;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use crate::made::{Fleet, RUNNING, Thing, bounds, deployment, group, service};
use crate::run::Run;
use crate::world::{World, world};

/// The services of the account; two clusters, so that clusters take turns.
pub(crate) const NAMES: [&str; 4] = ["one/api", "one/db", "one/web", "two/api"];

const HOURS: [&str; 5] = [
    "Mon-Fri 08:00-20:00",
    "Mon-Sun 09:00-17:00 Asia/Kathmandu",
    "Mon-Fri 20:00-08:00",
    "always",
    "never",
];

/// A service in good order, with any capacity.
pub(crate) fn any_service(name: &'static str) -> impl Strategy<Value = Thing> {
    let flags = (any::<bool>(), any::<bool>(), any::<bool>());
    let target = proptest::option::of((0..5_u32, 0..5_u32, flags));
    let tags = (
        proptest::sample::select(&HOURS[..]),
        proptest::option::of(0..4_u32),
        proptest::sample::select(&["1", "5", "9"][..]),
    );
    (tags, 0..8_u32, target).prop_map(move |((hours, floor, wave), desired, target)| {
        let thing = service(name).hours(hours).wave(wave).desired(desired);
        let thing = match floor {
            Some(floor) => thing.floor(&floor.to_string()),
            None => thing,
        };
        match target {
            Some((min, more, (scaling_in, scaling_out, scheduled))) => {
                let suspended = Suspended {
                    scaling_in,
                    scaling_out,
                    scheduled,
                };
                thing.bounds(min, min + more, suspended)
            }
            None => thing,
        }
    })
}

fn any_group() -> impl Strategy<Value = Fleet> {
    (0..4_u32, proptest::sample::select(&HOURS[..]))
        .prop_map(|(min, hours)| group("fleet", min, 6).hours(hours))
}

/// An account in good order.
pub(crate) fn any_world() -> impl Strategy<Value = World> {
    let things = NAMES.map(any_service);
    (things, any_group()).prop_map(|(things, fleet)| world(things).with_group(fleet))
}

/// What the function, the budget and people with orders do.
#[derive(Clone, Debug)]
pub(crate) enum Inside {
    /// A run that takes so many steps and then crashes.
    Run {
        steps: usize,
    },
    /// A run for what a person asks.
    Rest {
        which: usize,
        minutes: Option<i64>,
        steps: usize,
    },
    Wake {
        which: usize,
        minutes: Option<i64>,
        steps: usize,
    },
    BudgetHolds {
        which: usize,
    },
    BudgetLifts {
        which: usize,
    },
}

/// What people and deployments do to the stack.
#[derive(Clone, Debug)]
pub(crate) enum Outside {
    Count(u32),
    Deploy { desired: u32, in_progress: bool },
    Target(u32, u32),
    TargetGone,
    Deleted,
    CreatedAnew { desired: u32 },
    Draining,
    OtherKind,
    Stuck(Option<u32>),
    Tagged(&'static str, &'static str),
    Untagged,
    Closing,
}

pub(crate) fn any_inside() -> impl Strategy<Value = Inside> {
    let which = 0..NAMES.len();
    let minutes = || proptest::option::of(1..2000_i64);
    let steps = || prop_oneof![2 => Just(usize::MAX), 3 => 0..14_usize];
    prop_oneof![
        6 => steps().prop_map(|steps| Inside::Run { steps }),
        1 => (which.clone(), minutes(), steps()).prop_map(|(which, minutes, steps)| Inside::Rest { which, minutes, steps }),
        1 => (which.clone(), minutes(), steps()).prop_map(|(which, minutes, steps)| Inside::Wake { which, minutes, steps }),
        1 => which.clone().prop_map(|which| Inside::BudgetHolds { which }),
        1 => which.prop_map(|which| Inside::BudgetLifts { which }),
    ]
}

pub(crate) fn any_outside() -> impl Strategy<Value = Outside> {
    let tags = [
        ("caretaker:hours", "never"),
        ("caretaker:hours", "Mon-Fri 08:00-20:00"),
        ("caretaker:hours", "nine to five"),
        ("caretaker:floor", "2"),
        ("caretaker:floor", "some"),
        ("caretaker:wave", "3"),
        ("caretaker:override", "up until 2026-11-25 12:00"),
        ("caretaker:override", "down until tomorrow"),
    ];
    prop_oneof![
        3 => (0..9_u32).prop_map(Outside::Count),
        2 => (0..9_u32, any::<bool>()).prop_map(|(desired, in_progress)| Outside::Deploy { desired, in_progress }),
        2 => (0..5_u32, 0..5_u32).prop_map(|(min, more)| Outside::Target(min, min + more)),
        1 => Just(Outside::TargetGone),
        1 => Just(Outside::Deleted),
        1 => (0..5_u32).prop_map(|desired| Outside::CreatedAnew { desired }),
        1 => Just(Outside::Draining),
        1 => Just(Outside::OtherKind),
        1 => proptest::option::of(0..3_u32).prop_map(Outside::Stuck),
        3 => proptest::sample::select(tags.to_vec()).prop_map(|(key, value)| Outside::Tagged(key, value)),
        1 => Just(Outside::Untagged),
        1 => Just(Outside::Closing),
    ]
}

/// When the things happen: each so many minutes after the one before.
pub(crate) fn later(now: Timestamp, minutes: i64) -> Timestamp {
    now + SignedDuration::from_mins(minutes)
}

impl World {
    /// What the function, the budget or a person with an order does.
    pub(crate) fn inside(&mut self, inside: &Inside, now: Timestamp) -> Option<Run> {
        let until = |minutes: Option<i64>| minutes.map(|minutes| later(now, minutes));
        match inside {
            Inside::Run { steps } => return Some(self.run(now, *steps)),
            Inside::Rest {
                which,
                minutes,
                steps,
            } => {
                self.asks_rest(NAMES[*which], until(*minutes));
                return Some(self.run(now, *steps));
            }
            Inside::Wake {
                which,
                minutes,
                steps,
            } => {
                self.asks_wake(NAMES[*which], until(*minutes));
                return Some(self.run(now, *steps));
            }
            Inside::BudgetHolds { which } if self.rests(NAMES[*which]) => {
                self.place(NAMES[*which], Holder::Budget);
            }
            Inside::BudgetLifts { which } if self.rests(NAMES[*which]) => {
                self.lift(NAMES[*which], Holder::Budget);
            }
            Inside::BudgetHolds { .. } | Inside::BudgetLifts { .. } => {}
        }
        None
    }

    /// Whether it is at rest and nobody is changing it.
    fn rests(&self, name: &str) -> bool {
        let rest = self.rest(name);
        rest.is_some_and(|rest| rest.settled.is_some() && !rest.handed_back())
    }

    /// What people and deployments do to the stack.
    pub(crate) fn outside(&mut self, which: usize, outside: &Outside, now: Timestamp) {
        let name = NAMES[which];
        if let Outside::CreatedAnew { desired } = outside {
            self.thing(name).live = service(name).desired(*desired).live;
            self.live(name).created_at = now;
        }
        if self.thing(name).live.is_none() {
            return;
        }
        match outside {
            Outside::Count(desired) => self.set_count(name, *desired),
            Outside::Deploy {
                desired,
                in_progress,
            } => {
                let live = self.live(name);
                live.desired = *desired;
                let mut newest = deployment(&now.to_string(), now);
                newest.in_progress = *in_progress;
                live.deployment = Some(newest);
            }
            Outside::Target(min, max) => self.register(name, bounds(*min, *max, RUNNING)),
            Outside::TargetGone => self.live(name).bounds = None,
            Outside::Deleted => self.delete(name),
            Outside::CreatedAnew { .. } => {}
            Outside::Draining => self.live(name).active = false,
            Outside::OtherKind => self.live(name).kind = Kind::External,
            Outside::Stuck(at) => self.thing(name).stuck_at = *at,
            Outside::Tagged(key, value) => self.tag(name, key, value),
            Outside::Untagged => self.untag(name),
            Outside::Closing => self.closing = true,
        }
    }
}
