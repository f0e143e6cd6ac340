//! How services come back: with proof, or by a person.

use domain::budget::period::Period;
use domain::budget::{Answer, Reason, Refusal, What};
use rust_decimal::Decimal;

use crate::made::{arn, november, on, service, usd};
use crate::world::{World, announced, becomes, decided, notice, world};

/// Stopped on the 19th at 10.10 USD.
fn stopped() -> World {
    let mut world = world([service("prod/api").tagged("stop").desired(3)]);
    world.tick("11-19 10:00");
    world.reports("10.10");
    world.ticks(["11-19 11:00", "11-19 12:00"]);
    assert!(world.is_stopped("dev"));
    world
}

/// Everything comes back: no other budget keeps anything.
fn restoring(up_to: Option<Decimal>) -> Answer {
    Answer::Restoring {
        up_to,
        kept_by: Vec::new(),
    }
}

#[test]
fn at_a_new_period_services_come_back_once_its_own_lower_spend_is_seen() {
    let mut world = stopped();
    world.reports("10.40");
    world.tick("11-30 23:00");
    let plan = world.tick("12-01 00:00");
    assert_eq!(decided(&plan).reason, Reason::WaitsForProof);
    world.reports("10.60");
    world.tick("12-01 06:00");
    assert_eq!(
        world.count("prod/api"),
        0,
        "late charges of the old period prove nothing"
    );
    world.reports("0.12");
    let plan = world.tick("12-01 12:00");
    assert_eq!(becomes(&plan), ["prod/api lifted"]);
    let back = notice(&plan, "budget-stopped");
    assert!(back.resolved);
    assert!(back.title.contains("A new period"), "{}", back.title);
    assert_eq!(world.count("prod/api"), 3);
    world.tick("12-01 13:00");
    assert_eq!(world.state(), "armed");
}

#[test]
fn a_lower_spend_before_the_boundary_proves_nothing() {
    let mut world = stopped();
    world.reports("0.12");
    world.tick("11-30 23:59");
    assert_eq!(world.count("prod/api"), 0);
}

#[test]
fn a_zero_that_an_edit_explains_proves_nothing_and_the_next_data_do() {
    let mut world = stopped();
    world.tick("11-30 22:00");
    world.edits("10", "11-30 23:00");
    world.tick("12-01 02:00");
    assert_eq!(world.count("prod/api"), 0);
    world.tick("12-03 02:00");
    assert_eq!(world.count("prod/api"), 0, "however long it lasts");
    world.reports("0.30");
    world.tick("12-03 03:00");
    assert_eq!(world.count("prod/api"), 3);
}

#[test]
fn a_zero_that_no_edit_explains_is_the_new_period() {
    let mut world = stopped();
    world.tick("11-30 22:00");
    world.reports("0");
    world.tick("12-01 02:00");
    assert_eq!(world.count("prod/api"), 3);
}

#[test]
fn an_edit_in_the_middle_of_the_period_opens_nothing() {
    let mut world = stopped();
    world.edits("10", "11-19 12:30");
    world.tick("11-19 13:00");
    world.tick("11-20 13:00");
    assert_eq!(world.count("prod/api"), 0);
    world.edits("50", "11-21 12:30");
    world.tick("11-21 13:00");
    world.reports("10.50");
    let plan = world.tick("11-22 13:00");
    assert_eq!(
        world.count("prod/api"),
        0,
        "a limit that was raised is no restore"
    );
    let told = notice(&plan, "budget-stopped");
    assert!(
        told.next.what.contains("above the spend again"),
        "{}",
        told.next.what
    );
    let plan = world.restore(None, "11-22 14:00");
    assert_eq!(plan.answer, Some(restoring(None)));
    assert_eq!(world.count("prod/api"), 3);
}

#[test]
fn a_budget_made_daily_in_the_middle_of_its_month_opens_nothing_before_the_month_ends() {
    let mut world = stopped();
    world.budget("dev").unit = domain::budget::period::TimeUnit::Daily;
    world.budget("dev").edited = Some(on("11-19 13:00"));
    world.reports("0.20");
    world.ticks(["11-20 13:00", "11-30 13:00"]);
    assert_eq!(world.count("prod/api"), 0);
    world.tick("12-01 13:00");
    assert_eq!(world.count("prod/api"), 3);
}

#[test]
fn nothing_comes_back_while_nothing_can_be_read_or_believed() {
    let mut world = stopped();
    world.tick("11-30 23:00");
    world.budget("dev").blind = Some(domain::budget::blind::Blind::Throttled {
        call: "budgets:DescribeBudget".to_owned(),
    });
    world.tick("12-01 12:00");
    world.budget("dev").blind = None;
    world.reports("1000000000");
    world.tick("12-03 12:00");
    world.budget("dev").actual = None;
    world.tick("12-03 13:00");
    assert_eq!(world.count("prod/api"), 0);
}

#[test]
fn a_new_period_that_is_over_already_keeps_services_down() {
    let mut world = stopped();
    world.tick("11-30 23:00");
    world.reports("10.05");
    world.budget("dev").edited = Some(on("12-01 00:10"));
    let plan = world.tick("12-03 12:00");
    assert_eq!(decided(&plan).verdict.name(), "over");
    world.reports("0.50");
    world.tick("12-04 12:00");
    assert_eq!(world.count("prod/api"), 0, "a refund is no new period");
    world.reports("0.20");
    world.tick("01-01 12:00");
    assert_eq!(world.count("prod/api"), 3);
}

#[test]
fn a_spend_that_is_not_lower_proves_nothing_even_under_a_higher_limit() {
    let mut world = stopped();
    world.tick("11-30 23:00");
    world.budget("dev").limit = usd("50");
    world.reports("12");
    let plan = world.tick("12-03 12:00");
    assert_eq!(decided(&plan).verdict.name(), "under");
    assert_eq!(world.count("prod/api"), 0);
}

#[test]
fn a_zero_that_an_edit_explains_proves_nothing_even_where_nothing_runs_that_would_show() {
    let mut world = stopped();
    world.hourly("11-29 00:00", "11-30 23:00");
    world.edits("10", "11-30 23:00");
    let plan = world.hourly("11-30 23:30", "12-03 12:00");
    assert_eq!(decided(&plan).verdict.name(), "under");
    assert_eq!(world.count("prod/api"), 0);
}

#[test]
fn a_person_gets_services_back_and_a_second_overrun_stops_them_again() {
    let mut world = stopped();
    let plan = world.restore(Some("3.00"), "11-19 14:00");
    let up_to = Some(usd("13.10"));
    assert_eq!(plan.answer, Some(restoring(up_to)));
    assert_eq!(world.count("prod/api"), 3);
    world.tick("11-19 15:00");
    assert_eq!(world.state(), "warned");
    world.reports("13.05");
    world.tick("11-20 02:00");
    assert_eq!(world.count("prod/api"), 3);
    world.reports("13.20");
    let plan = world.tick("11-20 12:00");
    assert_eq!(announced(&plan), ["budget-stopped"]);
    assert_eq!(world.count("prod/api"), 0);
    world.restore(Some("1"), "11-20 13:00");
    assert_eq!(
        world.tally("dev").allowed.as_ref().unwrap().up_to,
        usd("14.20")
    );
}

#[test]
fn what_a_person_allowed_ends_with_the_period() {
    let mut world = stopped();
    world.restore(Some("3.00"), "11-19 14:00");
    world.tick("11-30 23:00");
    world.reports("0.10");
    world.tick("12-01 12:00");
    assert_eq!(world.tally("dev").allowed, None);
    world.reports("10.10");
    world.tick("12-09 12:00");
    assert_eq!(world.count("prod/api"), 0);
}

#[test]
fn a_restore_that_is_delivered_twice_allows_once() {
    let mut world = stopped();
    world.restore(Some("3.00"), "11-19 14:00");
    let plan = world.restore(Some("3.00"), "11-19 14:00");
    assert_eq!(plan.answer, Some(Answer::Refused(Refusal::NothingStopped)));
    assert_eq!(
        world.tally("dev").allowed.as_ref().unwrap().up_to,
        usd("13.10")
    );
}

#[test]
fn a_restore_from_before_the_stop_is_refused() {
    let mut world = stopped();
    let asked = What::Restore {
        allow: Some(usd("3")),
    };
    world.asks(asked, "11-19 10:30");
    let plan = world.tick("11-19 14:00");
    let stopped = on("11-19 11:00");
    assert_eq!(
        plan.answer,
        Some(Answer::Refused(Refusal::OlderThanTheStop { stopped }))
    );
    assert_eq!(world.count("prod/api"), 0);
}

#[test]
fn a_restore_in_the_middle_of_an_overrun_has_to_say_how_much() {
    let mut world = stopped();
    let plan = world.restore(None, "11-19 14:00");
    let spend = usd("10.10");
    assert_eq!(
        plan.answer,
        Some(Answer::Refused(Refusal::NeedsAllow { spend }))
    );
    let plan = world.restore(Some("0"), "11-19 14:00");
    assert_eq!(plan.answer, Some(Answer::Refused(Refusal::AllowsNothing)));
    assert_eq!(world.count("prod/api"), 0);
}

#[test]
fn a_restore_while_blind_counts_from_what_is_known() {
    let mut world = stopped();
    world.budget("dev").blind = Some(domain::budget::blind::Blind::Missing);
    let plan = world.restore(Some("2"), "11-19 14:00");
    assert_eq!(plan.answer, Some(restoring(Some(usd("12.10")))));
    assert_eq!(world.count("prod/api"), 3);
}

#[test]
fn a_service_that_was_deleted_meanwhile_hinders_no_restore() {
    let mut world = stopped();
    world.services.remove(&arn("prod/api"));
    world.restore(Some("3"), "11-19 14:00");
    world.tick("11-19 15:00");
    assert_eq!(world.state(), "warned");
}

#[test]
fn a_crash_in_the_middle_of_a_restore_is_made_good() {
    for steps in 0..8 {
        let mut world =
            world(["a", "b", "c"].map(|n| service(&format!("prod/{n}")).tagged("stop").desired(2)));
        world.reports("10.10");
        world.ticks(["11-19 11:00", "11-19 12:00", "11-30 23:00"]);
        world.reports("0.10");
        world.run(on("12-01 12:00"), steps);
        world.ticks(["12-01 13:00", "12-01 14:00", "12-01 15:00"]);
        let counts = ["prod/a", "prod/b", "prod/c"].map(|name| world.count(name));
        assert_eq!(counts, [2, 2, 2], "after {steps} steps");
        assert_eq!(world.state(), "armed", "after {steps} steps");
    }
}

#[test]
fn services_held_for_a_budget_that_nobody_remembers_are_taken_for_stopped() {
    let mut world = stopped();
    world.tallies.clear();
    world.reports("2");
    world.ticks(["11-20 11:00", "11-20 12:00"]);
    assert_eq!((world.state(), world.count("prod/api")), ("stopped", 0));
    world.restore(Some("1"), "11-20 13:00");
    assert_eq!(world.count("prod/api"), 3);
}

#[test]
fn while_a_tally_cannot_be_read_nothing_is_lifted() {
    let mut world = stopped();
    world.unreadable = true;
    world.restore(Some("1"), "11-20 13:00");
    world.tick("11-20 14:00");
    assert_eq!(world.count("prod/api"), 0);
    world.unreadable = false;
    world.tick("11-20 15:00");
    assert_eq!(world.count("prod/api"), 3);
}

/// The restore goes on: were it over, nobody would remember that the rest is to be lifted.
#[test]
fn a_restore_is_not_over_while_something_held_could_not_be_looked_at() {
    let mut world = stopped();
    let hidden = world.services.remove(&arn("prod/api")).unwrap();
    world.held_unseen = true;
    world.restore(Some("3"), "11-19 13:00");
    world.ticks(["11-19 14:00", "11-19 15:00"]);
    assert_eq!(world.state(), "restoring");
    world.services.insert(arn("prod/api"), hidden);
    world.held_unseen = false;
    world.ticks(["11-19 16:00", "11-19 17:00"]);
    assert_eq!((world.state(), world.count("prod/api")), ("warned", 3));
}

#[test]
fn an_allowance_that_was_a_slip_can_be_taken_back() {
    let mut world = stopped();
    world.restore(Some("3000"), "11-19 13:00");
    world.ticks(["11-19 13:30", "11-19 14:00"]);
    let plan = world.restore(Some("3"), "11-19 14:30");
    let allowed = world.tally("dev").allowed.clone().unwrap();
    assert_eq!(allowed.up_to, usd("13.10"), "{:?}", plan.answer);
}

#[test]
fn what_a_person_allowed_outlives_an_edit_of_when_the_budget_ends() {
    let mut world = stopped();
    world.restore(Some("3"), "11-19 13:00");
    let cut = Period {
        end: on("11-25 00:00"),
        ..november()
    };
    let rolled = world.tally("dev").rolled(cut);
    assert_eq!(
        rolled.allowed.map(|allowed| allowed.up_to),
        Some(usd("13.10"))
    );
}

#[test]
fn what_is_taken_for_stopped_at_a_spend_of_zero_comes_back_with_the_next_period() {
    let mut world = stopped();
    world.tallies.clear();
    world.reports("0");
    world.budget("dev").edited = Some(on("11-20 09:30"));
    world.tick("11-20 10:00");
    world.reports("10.50");
    world.hourly("11-20 20:00", "11-30 20:00");
    world.reports("0.10");
    world.hourly("12-01 10:00", "12-03 10:00");
    assert_eq!(world.count("prod/api"), 3);
}

#[test]
fn a_stop_that_goes_on_for_a_new_period_is_told_anew() {
    let mut world = stopped();
    world.tick("11-30 23:00");
    world.reports("10.05");
    world.budget("dev").edited = Some(on("12-01 00:10"));
    let told = world.told("12-03 12:00", "12-05 12:00");
    assert_eq!(
        world.tally("dev").stop().unwrap().period_end,
        on("01-01 00:00")
    );
    assert_eq!(
        told,
        ["budget-stopped"],
        "November's page promised December"
    );
}

#[test]
fn what_was_allowed_can_be_lowered_but_not_raised_while_nothing_is_stopped() {
    let mut world = stopped();
    world.restore(Some("3"), "11-19 13:00");
    world.ticks(["11-19 13:30", "11-19 14:00"]);
    for allow in [Some("4"), Some("3"), Some("0"), None] {
        let plan = world.restore(allow, "11-19 14:30");
        let refused = Answer::Refused(Refusal::NothingStopped);
        assert_eq!(plan.answer, Some(refused), "{allow:?}");
    }
    let plan = world.restore(Some("1"), "11-19 14:30");
    let up_to = usd("11.10");
    assert_eq!(plan.answer, Some(Answer::Allowed { up_to }));
    world.reports("11.20");
    world.tick("11-19 20:00");
    assert_eq!(world.count("prod/api"), 0);
}

#[test]
fn a_fall_in_the_last_minutes_of_a_period_may_be_the_next_one_s_and_says_nothing() {
    let mut world = world([service("prod/api").tagged("stop").desired(3)]);
    world.reports("5");
    world.hourly("11-30 12:00", "11-30 23:30");
    for actual in ["0", "0.02"] {
        world.reports(actual);
        let plan = world.tick("11-30 23:59");
        assert_eq!(decided(&plan).verdict.name(), "blind");
        assert_eq!(announced(&plan), [""; 0]);
        assert_eq!(decided(&plan).spend, Some(usd("5")));
    }
    world.reports("5.50");
    assert_eq!(decided(&world.tick("11-30 23:59")).spend, Some(usd("5.50")));
}

#[test]
fn the_old_month_s_figure_less_a_refund_is_not_the_new_month_s() {
    let mut world = world([service("prod/api").tagged("stop").desired(3)]);
    world.tick("11-19 10:00");
    world.reports("10.50");
    world.tick("11-19 11:00");
    world.restore(Some("20"), "11-19 12:00");
    world.reports("15");
    world.hourly("11-29 00:00", "12-01 00:00");
    assert_eq!(world.count("prod/api"), 3, "ana allowed up to 30.50");
    world.reports("14.90");
    let plan = world.tick("12-01 00:30");
    assert_eq!(decided(&plan).verdict.name(), "blind");
    assert_eq!(world.count("prod/api"), 3);
}

#[test]
fn a_refund_on_the_last_evening_does_not_cost_the_next_month() {
    let mut world = stopped();
    world.hourly("11-30 00:00", "12-01 00:00");
    world.reports("10.05");
    world.tick("12-01 00:30");
    world.reports("0");
    world.hourly("12-01 01:30", "12-01 12:30");
    world.reports("0.10");
    world.hourly("12-01 12:30", "12-05 12:30");
    assert_eq!(world.count("prod/api"), 3);
}

#[test]
fn a_figure_that_has_not_moved_since_the_old_month_is_not_the_new_one_s() {
    let mut world = stopped();
    world.hourly("11-29 00:00", "12-02 06:00");
    assert_eq!(world.count("prod/api"), 0, "billing stands still");
    assert_eq!(
        world.tally("dev").stop().unwrap().period_end,
        on("12-01 00:00")
    );
    let told = world.announced.keys().map(|key| key.kind);
    assert!(told.into_iter().any(|kind| kind == "budget-blind"));
    world.reports("0.30");
    world.hourly("12-02 06:00", "12-04 06:00");
    assert_eq!(world.count("prod/api"), 3);
}

#[test]
fn an_edit_on_the_last_evening_keeps_services_down_for_one_month_at_most() {
    let mut world = stopped();
    world.hourly("11-29 00:00", "11-30 20:00");
    world.edits("20", "11-30 20:00");
    world.hourly("11-30 20:30", "12-31 23:30");
    assert_eq!(
        world.count("prod/api"),
        0,
        "a zero after an edit proves nothing"
    );
    world.hourly("01-01 00:30", "01-03 00:30");
    assert_eq!(
        world.count("prod/api"),
        3,
        "January's zero has nothing to do with it"
    );
}
