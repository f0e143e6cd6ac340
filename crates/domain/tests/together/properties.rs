//! Beyond what can be tried in full: three services with any hours, ranks, waves and targets, and any
//! history of two dozen things.

use proptest::prelude::*;

use crate::both::Both;
use crate::event::Event;
use crate::night::made::{Thing, service};

const NAMES: [&str; 3] = ["one/api", "one/db", "two/web"];

/// One thing of a longer history.
#[derive(Clone, Debug)]
enum Happens {
    /// One of those that are tried in full.
    Known(Event),
    /// A tick of the night, and of the budget, after so many minutes.
    Ticks(i64),
    Guards(i64),
    /// A run that dies after so many hundredths of its steps.
    Dies(usize),
    /// A person sets a count by hand.
    Sets(&'static str, u32),
    /// A person's word that ends after so many minutes.
    RestsFor(&'static str, i64),
    WakesFor(&'static str, i64),
}

fn any_name() -> impl Strategy<Value = &'static str> {
    prop::sample::select(&NAMES[..])
}

fn any_happening() -> impl Strategy<Value = Happens> {
    let known = prop_oneof![
        2 => Just(Event::Stops),
        2 => Just(Event::LetsGo),
        1 => any_name().prop_map(Event::Rests),
        1 => any_name().prop_map(Event::Wakes),
        1 => any_name().prop_map(Event::Redeploys),
    ];
    prop_oneof![
        4 => known.prop_map(Happens::Known),
        3 => (1..400_i64).prop_map(Happens::Ticks),
        2 => (1..90_i64).prop_map(Happens::Guards),
        2 => (0..100_usize).prop_map(Happens::Dies),
        1 => (any_name(), 1..9_u32).prop_map(|(name, count)| Happens::Sets(name, count)),
        1 => (any_name(), 1..600_i64).prop_map(|(name, minutes)| Happens::RestsFor(name, minutes)),
        1 => (any_name(), 1..600_i64).prop_map(|(name, minutes)| Happens::WakesFor(name, minutes)),
    ]
}

fn any_service(name: &'static str) -> impl Strategy<Value = Thing> {
    let hours = prop::sample::select(vec![
        "Mon-Sun 08:00-20:00",
        "Mon-Sun 07:00-19:00 Asia/Kathmandu",
        "Mon-Sun 10:00-16:00",
        "always",
    ]);
    let budget = prop::sample::select(vec!["stop", "stop/10", "stop/90", "keep"]);
    let wave = prop::sample::select(vec!["1", "5", "9"]);
    let scaled = prop::option::of(0..3_u32);
    (hours, budget, wave, 0..8_u32, scaled).prop_map(
        move |(hours, budget, wave, desired, scaled)| {
            let thing = service(name).hours(hours).wave(wave).desired(desired);
            let thing = thing.tag("caretaker:budget", budget);
            match scaled {
                Some(min) => thing.scaled(min.min(desired), 10),
                None => thing,
            }
        },
    )
}

impl Both {
    fn lives_through(&mut self, happens: &Happens) {
        let later = |minutes| self.now + jiff::SignedDuration::from_mins(minutes);
        match happens {
            Happens::Known(event) => self.happens(*event),
            Happens::Ticks(minutes) => {
                self.passes(*minutes);
                self.ticks();
            }
            Happens::Guards(minutes) => {
                self.passes(*minutes);
                self.guards();
            }
            Happens::Dies(percent) => self.crash = Some(*percent),
            Happens::Sets(name, count) => self.raises(name, *count, false),
            Happens::RestsFor(name, minutes) => {
                self.night.asks_rest(name, Some(later(*minutes)));
                self.ticks();
            }
            Happens::WakesFor(name, minutes) => {
                self.night.asks_wake(name, Some(later(*minutes)));
                self.ticks();
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Whatever happens, at any moment what each service had is written down or there, nothing is
    /// raised while anything holds it, and in the end everything comes back as it was.
    #[test]
    fn whatever_happens_everything_comes_back(
        things in NAMES.map(any_service),
        history in prop::collection::vec(any_happening(), 0..24),
    ) {
        let mut both = Both::new(things);
        for happens in &history {
            both.lives_through(happens);
            both.nothing_is_lost(happens);
        }
        both.everything_comes_back(&history);
    }

    /// Two runs that meet at an edge, the second having looked at any moment of the first, their steps
    /// in any order: neither undoes the other, and in the end everything comes back as it was.
    #[test]
    fn a_run_of_each_that_meet_do_not_undo_each_other(
        things in NAMES.map(any_service),
        history in prop::collection::vec(any_happening(), 0..12),
        spends in any::<bool>(),
        hour in prop::sample::select(vec![2_i64, 8, 10, 20]),
        (guard_first, head_start) in (any::<bool>(), 0..20_usize),
        order in prop::collection::vec(any::<bool>(), 0..60),
    ) {
        let mut both = Both::new(things);
        for happens in &history {
            both.lives_through(happens);
        }
        both.passes(hour * 60);
        both.crash = None;
        if spends {
            both.spends();
        } else {
            both.asks_for_a_restore();
        }
        both.meet(guard_first, head_start, &order);
        both.money.asked = None;
        both.nothing_is_lost(&history);
        both.everything_comes_back(&history);
    }
}
