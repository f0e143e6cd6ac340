//! Several budgets hold the same services with one hold.

use domain::budget::Answer;

use crate::made::{name, service, usd};
use crate::world::{World, becomes, notice, world};

/// `dev` and `team` have both stopped.
fn both() -> World {
    let mut world =
        world([service("prod/api").tagged("stop").desired(3)]).with_budget("team", "20");
    world.tick("11-19 10:00");
    world.reports("10.10");
    world.tick("11-19 11:00");
    world.budget("team").actual = Some(usd("20.10"));
    world.ticks(["11-19 12:00", "11-19 13:00"]);
    world
}

#[test]
fn the_hold_names_every_budget_that_wants_it() {
    let world = both();
    assert!(world.is_stopped("dev") && world.is_stopped("team"));
    assert_eq!(world.why("prod/api"), "the budgets dev, team are spent");
}

#[test]
fn the_hold_is_lifted_only_when_no_budget_wants_it() {
    let mut world = both();
    let plan = world.restore(Some("3"), "11-19 14:00");
    assert_eq!(becomes(&plan), ["prod/api reworded"]);
    assert_eq!(world.count("prod/api"), 0);
    world.tick("11-19 15:00");
    assert_eq!(world.state(), "warned", "nothing is left for dev to lift");
    let allow = Some(usd("5"));
    world.asks_about(
        "team",
        domain::budget::What::Restore { allow },
        crate::made::on("11-19 16:00"),
    );
    world.tick("11-19 16:00");
    assert_eq!(world.count("prod/api"), 3);
}

#[test]
fn a_budget_whose_period_ends_first_waits_for_the_other() {
    let mut world = both();
    world.budget("team").unit = domain::budget::period::TimeUnit::Annually;
    world.tick("11-30 23:00");
    world.reports("0.10");
    world.ticks(["12-01 12:00", "12-01 13:00"]);
    assert_eq!((world.state(), world.count("prod/api")), ("armed", 0));
    assert_eq!(world.why("prod/api"), "the budget team is spent");
}

#[test]
fn a_budget_that_cannot_be_read_keeps_what_it_stopped_while_another_restores() {
    let mut world = both();
    world.budget("team").blind = Some(domain::budget::blind::Blind::Missing);
    world.restore(Some("3"), "11-19 14:00");
    world.tick("11-19 15:00");
    assert_eq!(world.count("prod/api"), 0);
    assert!(world.tallies.contains_key(&name("team")));
}

#[test]
fn a_restore_that_brings_nothing_back_says_who_holds_it() {
    let mut world = both();
    let plan = world.restore(Some("3"), "11-19 14:00");
    let told = &notice(&plan, "budget-stopped").title;
    let expected =
        "ana restores what the budget dev stopped: demo; the budget team keeps services at rest";
    assert_eq!(told, expected);
    let answer = Answer::Restoring {
        up_to: Some(usd("13.10")),
        kept_by: vec![name("team")],
    };
    assert_eq!(plan.answer, Some(answer));
}
