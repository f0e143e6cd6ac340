//! Blind: people are told, and nothing is stopped or restored.

use domain::budget::blind::Blind;
use domain::budget::counted::{Counted, Kind};
use domain::budget::period::TimeUnit;
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

#[test]
fn edits_that_follow_each_other_for_more_than_a_day_are_told() {
    let mut world = shop();
    world.reports("9");
    world.tick("11-10 10:00");
    let mut heard = Vec::new();
    for (edited, from, to) in [
        ("11-11 00:10", "11-11 00:30", "11-11 12:10"),
        ("11-11 12:10", "11-11 12:30", "11-12 00:10"),
        ("11-12 00:10", "11-12 00:30", "11-12 02:00"),
    ] {
        world.edits("10", edited);
        heard.extend(world.told(from, to));
    }
    assert_eq!(heard, [""; 0]);
    world.edits("10", "11-12 02:10");
    let plan = world.tick("11-12 02:30");
    let since = on("11-11 00:30");
    let unread = Verdict::Blind(Blind::Unread { since });
    assert_eq!(decided(&plan).verdict, unread);
    assert_eq!(announced(&plan), ["budget-blind"]);
    world.reports("9.10");
    assert_eq!(announced(&world.tick("11-12 10:30")), ["budget-blind over"]);
}

#[test]
fn what_may_have_cost_something_does_not_make_a_reading_stale() {
    let mut world = world([service("prod/api").tagged("stop").desired(0)]);
    world.beside = vec![Counted {
        kind: Kind::Volume,
        name: "EBS volumes".to_owned(),
        count: 1,
        hour: None,
    }];
    let told = world.told("11-20 18:00", "11-23 06:00");
    assert_eq!(told, [""; 0], "a weekend at rest");
}

#[test]
fn a_day_whose_charges_arrive_in_the_evening_is_no_page() {
    let mut world = shop();
    world.budget("dev").unit = TimeUnit::Daily;
    let mut heard = Vec::new();
    for day in 16..19 {
        world.reports("0");
        let (morning, night) = (format!("11-{day} 00:30"), format!("11-{day} 20:00"));
        heard.extend(world.told(&morning, &night));
        world.reports("3");
        heard.extend(announced(&world.tick(&format!("11-{day} 20:30"))));
    }
    assert_eq!(heard, [""; 0]);
}

#[test]
fn a_daily_budget_that_shows_nothing_for_a_whole_day_is_told_on_the_next() {
    let mut world = shop();
    world.budget("dev").unit = TimeUnit::Daily;
    world.reports("0");
    assert_eq!(world.told("11-16 00:30", "11-17 02:30"), [""; 0]);
    assert_eq!(world.told("11-17 02:30", "11-17 08:30"), ["budget-blind"]);
}
