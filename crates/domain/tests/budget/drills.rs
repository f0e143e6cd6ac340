//! A drill goes the whole way and writes nothing.

use domain::budget::Verdict;
use domain::budget::counted::{Counted, Kind};

use crate::made::{on, service, usd};
use crate::world::{World, world};

fn shop() -> World {
    let mut world = world([
        service("prod/agent")
            .tagged("stop")
            .desired(2)
            .kind(domain::resting::Kind::Daemon),
        service("prod/api").tagged("stop").desired(3),
        service("prod/batch").tagged("stop/10").desired(1),
        service("prod/login").tagged("keep").desired(2),
    ]);
    world.beside = vec![Counted {
        kind: Kind::LoadBalancer,
        name: "load balancers".to_owned(),
        count: 1,
        hour: Some(usd("0.01")),
    }];
    world.tick("11-19 10:00");
    world
}

#[test]
fn a_receipt_says_what_would_stop_in_which_order_and_what_would_go_on() {
    let world = shop();
    let receipt = world.drill("dev", "11-19 12:00").unwrap();
    let stops: Vec<String> = receipt
        .stops
        .iter()
        .map(|(arn, rate)| format!("{arn} {}", rate.upper))
        .collect();
    assert_eq!(stops, ["prod/batch 0.05", "prod/api 0.15"]);
    assert_eq!(receipt.verdict, Verdict::Under);
    assert_eq!(receipt.spared, ["prod/agent (Daemon)"]);
    let goes_on: Vec<String> = receipt.residual.lines.iter().map(Counted::shown).collect();
    let expected = [
        "2 × tasks of prod/agent",
        "2 × tasks of prod/login",
        "1 × load balancers",
    ];
    assert_eq!(goes_on, expected);
    // 0.21 USD an hour for eleven and a half days.
    assert_eq!(receipt.until_end, Some(usd("57.96")));
}

#[test]
fn a_drill_is_the_stop_that_follows() {
    let mut world = shop();
    let receipt = world.drill("dev", "11-19 12:00").unwrap();
    world.reports("10.10");
    let plan = world.tick("11-19 12:00");
    let stopped: Vec<_> = plan
        .changes
        .into_iter()
        .map(|change| change.service)
        .collect();
    let promised: Vec<_> = receipt.stops.into_iter().map(|(arn, _)| arn).collect();
    assert_eq!(stopped, promised);
}

#[test]
fn a_veto_or_a_grace_does_not_hide_what_would_happen() {
    let mut world = shop();
    world.policy.grace = jiff::SignedDuration::from_hours(5);
    let until = on("11-20 12:00");
    world.asks(domain::budget::What::Veto { until }, "11-19 11:00");
    world.tick("11-19 11:00");
    assert_eq!(world.drill("dev", "11-19 12:00").unwrap().stops.len(), 2);
}

#[test]
fn of_a_stopped_budget_a_drill_says_what_is_down_already() {
    let mut world = shop();
    world.reports("10.10");
    world.ticks(["11-19 11:00", "11-19 12:00"]);
    let receipt = world.drill("dev", "11-19 13:00").unwrap();
    assert_eq!((receipt.stops.len(), receipt.down.len()), (0, 2));
}

#[test]
fn there_is_no_drill_of_a_budget_that_is_not_there() {
    let world = shop();
    assert_eq!(world.drill("prod", "11-19 12:00"), None);
}
