//! Budgets whose owner took them away from us, or gave them another name.

use domain::budget::blind::Blind;

use crate::made::{name, on, service, usd};
use crate::world::{World, announced, becomes, notice, world};

fn stopped() -> World {
    let mut world = world([service("prod/api").tagged("stop").desired(3)]);
    world.tick("11-19 10:00");
    world.reports("10.10");
    world.ticks(["11-19 11:00", "11-19 12:00"]);
    assert_eq!((world.state(), world.count("prod/api")), ("stopped", 0));
    world
}

/// The owner takes this budget out of those that are watched.
fn take_away(world: &mut World, called: &str) {
    let budget = world.budget(called);
    budget.configured = false;
    budget.blind = Some(Blind::NotConfigured);
}

#[test]
fn what_a_budget_stopped_comes_back_with_a_notice_when_its_owner_takes_it_away() {
    let mut world = stopped();
    take_away(&mut world, "dev");
    let plan = world.tick("11-20 11:00");
    assert_eq!(announced(&plan), ["budget-stopped over"]);
    assert_eq!(
        notice(&plan, "budget-stopped").title,
        "The budget dev is not watched any more: what it stopped comes back"
    );
    assert_eq!(becomes(&plan), ["prod/api lifted"]);
    let plan = world.tick("11-20 12:00");
    assert_eq!(announced(&plan), Vec::<String>::new());
    assert_eq!((world.state(), world.count("prod/api")), ("none", 3));
}

#[test]
fn a_budget_that_takes_its_place_keeps_at_rest_what_it_stopped() {
    let mut world = stopped().with_budget("team", "20");
    take_away(&mut world, "dev");
    let plan = world.tick("11-20 11:00");
    assert_eq!(
        announced(&plan),
        ["budget-stopped", "budget-stopped over"],
        "the one that has it now, and the one that had it"
    );
    assert_eq!(becomes(&plan), ["prod/api reworded"]);
    assert_eq!(world.why("prod/api"), "the budget team is spent");
    world.hourly("11-20 12:00", "12-01 00:00");
    assert_eq!((world.state(), world.count("prod/api")), ("none", 0));
    world.budget("team").actual = Some(usd("0.10"));
    world.hourly("12-01 12:00", "12-02 15:00");
    assert_eq!(world.count("prod/api"), 3, "its new period gives it back");
}

#[test]
fn a_budget_that_takes_its_place_and_cannot_be_read_yet_is_waited_for() {
    let mut world = stopped().with_budget("team", "20");
    take_away(&mut world, "dev");
    world.budget("team").blind = Some(Blind::Missing);
    let plan = world.tick("11-20 11:00");
    assert_eq!(announced(&plan), ["budget-blind"], "of the new name");
    assert_eq!((world.state(), world.count("prod/api")), ("stopped", 0));
    world.budget("team").blind = None;
    world.tick("11-20 12:00");
    assert_eq!((world.state(), world.count("prod/api")), ("none", 0));
    assert_eq!(world.why("prod/api"), "the budget team is spent");
}

#[test]
fn a_budget_that_was_watched_all_along_takes_no_place() {
    let mut world = stopped().with_budget("team", "20");
    world.tick("11-19 13:00");
    take_away(&mut world, "dev");
    world.ticks(["11-20 11:00", "11-20 12:00"]);
    assert_eq!((world.state(), world.count("prod/api")), ("none", 3));
}

#[test]
fn what_another_budget_stopped_too_stays_at_rest_for_that_one() {
    let mut world = stopped().with_budget("team", "20");
    world.tick("11-19 13:00");
    world.budget("team").actual = Some(usd("20.10"));
    world.ticks(["11-19 14:00", "11-19 15:00"]);
    take_away(&mut world, "dev");
    world.ticks(["11-20 11:00", "11-20 12:00"]);
    assert_eq!((world.state(), world.count("prod/api")), ("none", 0));
    assert_eq!(world.why("prod/api"), "the budget team is spent");
}

#[test]
fn while_a_tally_cannot_be_read_what_was_taken_away_stays_as_it_is() {
    let mut world = stopped();
    take_away(&mut world, "dev");
    world.unreadable = true;
    world.ticks(["11-20 11:00", "11-20 12:00"]);
    assert_eq!((world.state(), world.count("prod/api")), ("stopped", 0));
}

#[test]
fn a_crash_after_any_step_of_it_is_made_good_by_the_next_run() {
    for steps in 0..6 {
        let mut gone = stopped();
        take_away(&mut gone, "dev");
        gone.run(on("11-20 11:00"), steps);
        gone.ticks(["11-20 12:00", "11-20 13:00", "11-20 14:00"]);
        assert_eq!(
            (gone.state(), gone.count("prod/api")),
            ("none", 3),
            "{steps}"
        );
        let mut renamed = stopped().with_budget("team", "20");
        take_away(&mut renamed, "dev");
        renamed.run(on("11-20 11:00"), steps);
        renamed.ticks(["11-20 12:00", "11-20 13:00", "11-20 14:00"]);
        assert_eq!(
            (renamed.state(), renamed.count("prod/api")),
            ("none", 0),
            "{steps}"
        );
        assert_eq!(renamed.why("prod/api"), "the budget team is spent");
    }
}

#[test]
fn what_was_told_of_a_budget_that_is_taken_away_is_over() {
    let mut warned = world([service("prod/api").tagged("stop").desired(3)]);
    warned.reports("8.50");
    assert_eq!(announced(&warned.tick("11-19 10:00")), ["budget-warned"]);
    take_away(&mut warned, "dev");
    let plan = warned.tick("11-19 11:00");
    assert_eq!(announced(&plan), ["budget-warned over"]);
    let title = &notice(&plan, "budget-warned").title;
    assert_eq!(title, "The budget dev is not watched any more");
    assert_eq!(warned.state(), "none");
}

#[test]
fn what_was_told_of_a_budget_that_could_never_be_read_is_over_when_it_is_taken_away() {
    let mut world = world([service("prod/api").tagged("stop").desired(3)]);
    world.budget("dev").blind = Some(Blind::Missing);
    assert_eq!(announced(&world.tick("11-19 10:00")), ["budget-blind"]);
    world.budgets.remove(&name("dev"));
    let plan = world.tick("11-19 11:00");
    assert_eq!(announced(&plan), ["budget-blind over"]);
    let title = &notice(&plan, "budget-blind").title;
    assert_eq!(title, "The budget dev is not watched any more");
}
