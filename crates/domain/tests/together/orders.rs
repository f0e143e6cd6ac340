//! One service: every order and repetition, up to six, of what can happen to it.

use crate::both::Both;
use crate::event::{Event, explore};
use crate::night::made::service;

const API: &str = "prod/api";

const EVENTS: [Event; 8] = [
    Event::Clock(20),
    Event::Clock(8),
    Event::Stops,
    Event::LetsGo,
    Event::Rests(API),
    Event::Wakes(API),
    Event::Crashes,
    Event::Redeploys(API),
];

fn all_that_begin_with(event: Event) {
    let api = service(API).by_day().desired(3).scaled(2, 10);
    let mut both = Both::new([api.tag("caretaker:budget", "stop")]);
    both.happens(event);
    let ends = explore(&both, &mut vec![event], &EVENTS, 5);
    assert_eq!(ends, EVENTS.len().pow(5));
}

#[test]
fn every_order_of_six_that_begins_with_the_night_gives_everything_back() {
    all_that_begin_with(Event::Clock(20));
}

#[test]
fn every_order_of_six_that_begins_with_a_morning_gives_everything_back() {
    all_that_begin_with(Event::Clock(8));
}

#[test]
fn every_order_of_six_that_begins_with_a_stop_gives_everything_back() {
    all_that_begin_with(Event::Stops);
}

#[test]
fn every_order_of_six_that_begins_with_a_restore_gives_everything_back() {
    all_that_begin_with(Event::LetsGo);
}

#[test]
fn every_order_of_six_that_begins_with_a_person_s_rest_gives_everything_back() {
    all_that_begin_with(Event::Rests(API));
}

#[test]
fn every_order_of_six_that_begins_with_a_person_who_wakes_it_gives_everything_back() {
    all_that_begin_with(Event::Wakes(API));
}

#[test]
fn every_order_of_six_that_begins_with_a_crash_gives_everything_back() {
    all_that_begin_with(Event::Crashes);
}

#[test]
fn every_order_of_six_that_begins_with_a_redeployment_gives_everything_back() {
    all_that_begin_with(Event::Redeploys(API));
}
