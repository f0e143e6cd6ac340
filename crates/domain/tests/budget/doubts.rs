//! Sequences in which the guard was doubted: each is told as it should end.

use domain::budget::What;
use domain::budget::counted::{Counted, Kind as Costs};
use domain::budget::period::TimeUnit;
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;

use crate::made::{on, service, usd};
use crate::world::{World, announced, decided, world};

fn shop() -> World {
    world([service("prod/api").tagged("stop").desired(3)])
}

/// `dev` has stopped everything.
fn stopped() -> World {
    let mut world = shop();
    world.tick("11-19 10:00");
    world.reports("10.50");
    world.ticks(["11-19 11:00", "11-19 12:00"]);
    assert!(world.is_stopped("dev"));
    world
}

fn volume() -> Counted {
    Counted {
        kind: Costs::Volume,
        name: "EBS volumes".to_owned(),
        count: 1,
        hour: None,
    }
}

/// What is told in hourly runs from one moment to another.
fn told(world: &mut World, from: &str, to: &str) -> Vec<String> {
    let mut now = on(from);
    let mut told = Vec::new();
    while now < on(to) {
        told.extend(announced(&world.run(now, usize::MAX)));
        now += SignedDuration::from_hours(1);
    }
    told
}

// A stop that does not fire.

#[test]
fn a_limit_lowered_to_a_fraction_of_what_was_believed_stops() {
    let mut world = world([service("prod/api")
        .tagged("stop")
        .desired(1)
        .hour(Some("0.001"))])
    .with_budget("dev", "100");
    world.reports("60");
    world.hourly("11-18 10:00", "11-19 10:00");
    world.edits("1", "11-19 10:30");
    world.tick("11-19 11:00");
    world.reports("60.10");
    let plan = world.tick("11-19 20:00");
    assert_eq!(decided(&plan).verdict.name(), "over");
    assert_eq!(world.count("prod/api"), 0);
}

#[test]
fn an_edit_in_the_grace_does_not_call_off_in_silence_what_was_announced() {
    let mut world = shop();
    world.policy.grace = SignedDuration::from_mins(90);
    world.tick("11-19 10:00");
    world.reports("10.10");
    assert_eq!(announced(&world.tick("11-19 11:00")), ["budget-grace"]);
    world.edits("10", "11-19 11:30");
    let told = told(&mut world, "11-19 12:00", "11-20 11:00");
    let paged = told.contains(&"budget-blind".to_owned());
    assert!(
        world.count("prod/api") == 0 || paged,
        "it was to stop at 12:30 and runs a day later; told was {told:?}"
    );
}

#[test]
fn edits_that_follow_each_other_do_not_keep_it_blind_in_silence() {
    let mut world = shop();
    world.reports("9");
    world.tick("11-10 10:00");
    let mut heard = Vec::new();
    for day in 11..20 {
        for (from, to) in [("00", "12"), ("12", "23")] {
            let at = format!("11-{day} {from}:10");
            world.edits("10", &at);
            let (from, to) = (format!("11-{day} {from}:30"), format!("11-{day} {to}:10"));
            heard.extend(told(&mut world, &from, &to));
        }
    }
    assert!(
        heard.contains(&"budget-blind".to_owned()),
        "nine days without a reading: {heard:?}"
    );
}

// A stop that fires wrongly.

#[test]
fn a_reading_that_cannot_be_does_not_become_true_by_waiting() {
    let mut world = shop();
    world.hourly("11-17 10:00", "11-19 10:00");
    world.reports("60");
    let plan = world.tick("11-19 10:00");
    assert_eq!(decided(&plan).verdict.name(), "implausible");
    let plan = world.hourly("11-19 11:00", "11-22 11:00");
    assert_eq!(decided(&plan).verdict.name(), "implausible");
    assert_eq!(world.count("prod/api"), 3);
}

#[test]
fn one_volume_without_a_price_does_not_stop_everything_before_the_limit() {
    let mut world = world([service("prod/api")
        .tagged("stop")
        .desired(1)
        .hour(Some("0.0001"))]);
    world.policy.stop_percent = usd("90");
    world.beside = vec![volume()];
    world.reports("9.20");
    world.tick("11-19 11:00");
    assert_eq!(world.count("prod/api"), 1);
}

#[test]
fn the_old_month_s_figure_less_a_refund_is_not_the_new_month_s() {
    let mut world = shop();
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

// A state that nobody leaves.

#[test]
fn a_refund_on_the_last_evening_does_not_cost_the_next_month() {
    let mut world = stopped();
    world.hourly("11-30 00:00", "12-01 00:00");
    world.reports("10.45");
    world.tick("12-01 00:30");
    world.reports("0");
    world.hourly("12-01 01:30", "12-01 12:30");
    world.reports("0.10");
    world.hourly("12-01 12:30", "12-05 12:30");
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

#[test]
fn a_figure_that_has_not_moved_since_the_old_month_is_not_the_new_one_s() {
    let mut world = stopped();
    world.hourly("11-29 00:00", "12-02 06:00");
    assert_eq!(world.count("prod/api"), 0, "billing stands still");
    world.reports("0.30");
    world.hourly("12-02 06:00", "12-04 06:00");
    assert_eq!(world.count("prod/api"), 3);
}

// A page that lies, is missing, or repeats.

#[test]
fn what_may_have_cost_something_does_not_make_a_reading_stale() {
    let mut world = world([service("prod/api").tagged("stop").desired(0)]);
    world.beside = vec![volume()];
    let told = told(&mut world, "11-20 18:00", "11-23 06:00");
    assert_eq!(told, [""; 0], "a weekend at rest");
}

#[test]
fn a_day_whose_charges_arrive_in_the_evening_is_no_page() {
    let mut world = shop();
    world.budget("dev").unit = TimeUnit::Daily;
    let mut heard = Vec::new();
    for day in 16..19 {
        world.reports("0");
        let (noon, night) = (format!("11-{day} 00:30"), format!("11-{day} 20:00"));
        heard.extend(told(&mut world, &noon, &night));
        world.reports("3");
        heard.extend(announced(&world.tick(&format!("11-{day} 20:30"))));
    }
    assert_eq!(heard, [""; 0]);
}

#[test]
fn before_the_limit_services_stop_whose_instances_go_with_them() {
    let mut world = world([service("prod/api")
        .tagged("stop")
        .desired(9)
        .hour(Some("0"))]);
    world.policy.stop_percent = usd("90");
    world.beside = vec![Counted {
        kind: Costs::Instance,
        name: "c7g.large".to_owned(),
        count: 3,
        hour: Some(usd("0.0723")),
    }];
    world.reports("9.20");
    world.tick("11-19 11:00");
    assert_eq!(world.count("prod/api"), 0, "its three instances go with it");
}

// What was doubted and holds.

#[test]
fn amounts_at_the_edges_of_the_type_panic_nowhere() {
    let edges = [
        Decimal::MAX,
        Decimal::MIN,
        Decimal::ZERO,
        Decimal::new(1, 28),
    ];
    for limit in edges {
        for actual in edges {
            let mut world = shop();
            world.tick("11-19 09:00");
            let budget = world.budget("dev");
            (budget.limit, budget.actual) = (limit, Some(actual));
            budget.forecast = Some(limit);
            world.ticks(["11-19 10:00", "11-19 11:00"]);
            world.restore(Some("79228162514264337593543950335"), "11-19 12:00");
            world.ticks(["11-19 13:00", "12-01 01:00", "12-02 12:00"]);
            assert!(world.drill("dev", "12-02 13:00").is_some());
        }
    }
}

#[test]
fn a_credit_is_no_overrun_and_neither_is_its_end() {
    let mut world = shop();
    world.hourly("11-18 10:00", "11-19 10:00");
    world.reports("-30");
    assert_eq!(decided(&world.tick("11-19 10:00")).verdict.name(), "under");
    world.reports("-28");
    assert_eq!(decided(&world.tick("11-19 11:00")).verdict.name(), "under");
    world.reports("10.50");
    world.tick("11-19 20:00");
    assert_eq!(world.count("prod/api"), 0, "38.50 USD more, and it is over");
}

#[test]
fn a_veto_can_be_taken_back_by_a_shorter_one() {
    let mut world = shop();
    world.reports("10.10");
    for (until, at) in [
        ("11-25 10:00", "11-19 10:00"),
        ("11-19 11:00", "11-19 10:30"),
    ] {
        world.asks(What::Veto { until: on(until) }, at);
        world.tick(at);
    }
    world.tick("11-19 11:00");
    assert_eq!(world.count("prod/api"), 0);
}

#[test]
fn a_veto_of_one_budget_stays_no_stop_of_another() {
    let mut world = shop().with_budget("team", "20");
    world.tick("11-19 10:00");
    let until: Timestamp = on("11-25 10:00");
    world.asks(What::Veto { until }, "11-19 10:30");
    world.tick("11-19 10:30");
    world.budget("team").actual = Some(usd("20.10"));
    world.tick("11-19 11:00");
    assert_eq!(world.count("prod/api"), 0);
}
