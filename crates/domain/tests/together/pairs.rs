//! Two services with other hours, ranks and waves: every order and repetition, up to four, of what can
//! happen to them.

use crate::both::Both;
use crate::event::{Event, explore};
use crate::night::made::service;

const API: &str = "prod/api";
const WEB: &str = "prod/web";

/// When both are awake, the first, the second, and neither.
const HOURS: [Event; 4] = [
    Event::Clock(12),
    Event::Clock(9),
    Event::Clock(21),
    Event::Clock(23),
];

const EVENTS: [Event; 11] = [
    HOURS[0],
    HOURS[1],
    HOURS[2],
    HOURS[3],
    Event::Stops,
    Event::LetsGo,
    Event::Rests(WEB),
    Event::Wakes(WEB),
    Event::Crashes,
    Event::Redeploys(API),
    Event::Redeploys(WEB),
];

fn begins_with(events: &[Event]) {
    let api = service(API).by_day().wave("1").desired(3).scaled(2, 10);
    let web = service(WEB)
        .hours("Mon-Sun 10:00-22:00")
        .wave("9")
        .desired(2);
    let both = Both::new([
        api.tag("caretaker:budget", "stop/90"),
        web.tag("caretaker:budget", "stop/10"),
    ]);
    for event in events {
        let mut both = both.clone();
        both.happens(*event);
        let ends = explore(&both, &mut vec![*event], &EVENTS, 3);
        assert_eq!(ends, EVENTS.len().pow(3));
    }
}

#[test]
fn every_order_of_four_that_begins_with_the_clock_gives_both_back() {
    begins_with(&HOURS);
}

#[test]
fn every_order_of_four_that_begins_otherwise_gives_both_back() {
    begins_with(&EVENTS[HOURS.len()..]);
}
