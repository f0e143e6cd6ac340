//! What a person asks for that cannot be done, and why.

use domain::budget::{Answer, LONGEST_VETO, Refusal, What};
use jiff::SignedDuration;

use crate::made::{on, service, usd};
use crate::world::{World, world};

fn refused(world: &mut World, what: What) -> Refusal {
    world.asks(what, "11-19 10:00");
    match world.tick("11-19 10:00").answer {
        Some(Answer::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

fn restore() -> What {
    What::Restore {
        allow: Some(usd("3")),
    }
}

fn shop() -> World {
    world([service("prod/api").tagged("stop").desired(3)])
}

#[test]
fn what_was_not_stopped_cannot_be_restored() {
    assert_eq!(refused(&mut shop(), restore()), Refusal::NothingStopped);
}

#[test]
fn a_budget_that_is_not_watched_is_unknown() {
    let mut world = shop();
    world.asks_about("prod", restore(), on("11-19 10:00"));
    let plan = world.tick("11-19 10:00");
    assert_eq!(plan.answer, Some(Answer::Refused(Refusal::UnknownBudget)));
}

#[test]
fn of_a_budget_that_was_never_read_nothing_is_known() {
    let mut world = shop();
    world.budget("dev").blind = Some(domain::budget::blind::Blind::Missing);
    assert_eq!(refused(&mut world, restore()), Refusal::NothingKnown);
}

#[test]
fn a_veto_must_end_and_soon() {
    let veto = |until| What::Veto { until };
    let now = on("11-19 10:00");
    assert_eq!(refused(&mut shop(), veto(now)), Refusal::Past);
    let latest = now + LONGEST_VETO;
    let later = latest + SignedDuration::from_secs(1);
    assert_eq!(
        refused(&mut shop(), veto(later)),
        Refusal::TooLong { latest }
    );
}

#[test]
fn a_veto_comes_too_late_once_the_stop_has_begun() {
    let mut world = shop();
    world.reports("10.10");
    world.tick("11-19 09:00");
    let until = on("11-20 10:00");
    assert_eq!(
        refused(&mut world, What::Veto { until }),
        Refusal::StopHasBegun
    );
    assert_eq!(world.count("prod/api"), 0);
}

#[test]
fn before_the_deletion_of_the_suite_nothing_is_done() {
    let mut world = shop();
    world.closing = true;
    assert_eq!(refused(&mut world, restore()), Refusal::Closing);
}

#[test]
fn a_refusal_says_what_to_do_instead() {
    let spend = usd("10.1");
    let said = Refusal::NeedsAllow { spend }.to_string();
    assert!(said.starts_with("10.10 USD are spent"), "{said}");
    assert!(said.contains("\"3.00\""), "{said}");
}
