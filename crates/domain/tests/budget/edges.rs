//! At the edges of amounts, of credits, of vetoes and of two budgets.

use domain::budget::What;
use jiff::Timestamp;
use rust_decimal::Decimal;

use crate::made::{on, service, usd};
use crate::world::{World, decided, world};

fn shop() -> World {
    world([service("prod/api").tagged("stop").desired(3)])
}

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
