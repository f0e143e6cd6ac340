//! Blind: people are told, and nothing is stopped or restored.

use domain::budget::blind::Blind;
use domain::budget::{Reason, Verdict};
use domain::notice::Severity;

use crate::made::{on, service};
use crate::world::{World, announced, decided, notice, world};

fn blinds() -> Vec<Blind> {
    let call = || "budgets:DescribeBudget".to_owned();
    vec![
        Blind::Missing,
        Blind::Unhealthy {
            reason: "BILLING_VIEW_NO_ACCESS".to_owned(),
        },
        Blind::Denied { call: call() },
        Blind::Throttled { call: call() },
        Blind::Failed {
            call: call(),
            error: "timed out".to_owned(),
        },
        Blind::Unreadable {
            what: "ActualSpend: ten".to_owned(),
        },
        Blind::OtherUnit {
            unit: "GB".to_owned(),
        },
        Blind::NotBegun {
            starts: on("12-01 00:00"),
        },
        Blind::Ended {
            ended: on("11-01 00:00"),
        },
    ]
}

fn shop() -> World {
    world([service("prod/api").tagged("stop").desired(3)])
}

#[test]
fn whatever_the_reason_it_is_a_page_and_no_stop() {
    for blind in blinds() {
        let mut world = shop();
        world.tick("11-19 10:00");
        world.reports("10.10");
        world.budget("dev").blind = Some(blind.clone());
        let plan = world.tick("11-19 11:00");
        assert_eq!(decided(&plan).reason, Reason::Blind);
        assert_eq!(announced(&plan), ["budget-blind"], "{blind}");
        let told = notice(&plan, "budget-blind");
        assert_eq!(told.severity, Severity::Page);
        assert!(told.title.contains(&blind.to_string()), "{}", told.title);
        assert_eq!(world.count("prod/api"), 3);
        assert_eq!(announced(&world.tick("11-19 12:00")), [""; 0]);
        world.budget("dev").blind = None;
        world.reports("1.10");
        assert_eq!(announced(&world.tick("11-19 13:00")), ["budget-blind over"]);
    }
}

#[test]
fn whatever_the_reason_it_is_no_restore() {
    for blind in blinds() {
        let mut world = shop();
        world.reports("10.10");
        world.ticks(["11-19 11:00", "11-19 12:00"]);
        world.reports("0.10");
        world.budget("dev").blind = Some(blind);
        world.tick("12-01 12:00");
        assert_eq!(world.count("prod/api"), 0);
    }
}

#[test]
fn a_budget_that_cannot_be_read_from_the_beginning_is_told_too() {
    let mut world = shop();
    world.budget("dev").blind = Some(Blind::Missing);
    let plan = world.tick("11-19 10:00");
    assert_eq!(announced(&plan), ["budget-blind"]);
    assert_eq!(plan.records, []);
}

#[test]
fn an_edit_and_a_new_period_are_nobody_s_concern_for_a_day() {
    let mut world = shop();
    world.tick("11-19 10:00");
    world.edits("10", "11-19 10:30");
    assert_eq!(announced(&world.tick("11-19 11:00")), [""; 0]);
    let plan = world.hourly("11-19 12:00", "11-20 14:00");
    assert_eq!(decided(&plan).verdict, Verdict::Blind(Blind::NoSpend));
    let told: Vec<_> = world.announced.keys().map(|key| key.kind).collect();
    assert_eq!(told, ["budget-blind"]);
}

#[test]
fn a_reading_that_does_not_change_for_a_day_is_told() {
    let mut world = shop();
    world.tick("11-19 10:00");
    let plan = world.hourly("11-19 11:00", "11-20 12:00");
    assert_eq!(decided(&plan).verdict, Verdict::Under);
    let since = on("11-19 10:00");
    let plan = world.tick("11-20 12:00");
    assert_eq!(
        decided(&plan).verdict,
        Verdict::Blind(Blind::Stale { since })
    );
}
