//! What a person asks for and is not to be is said to be so, with the reason.

use domain::resting::{Kind, Reason};
use jiff::SignedDuration;
use proptest::prelude::*;

use crate::any::{NAMES, any_world};
use crate::made::{Thing, service};
use crate::properties::{live_through, restless};
use crate::run::Run;
use crate::world::{World, arn, world};

/// A service awake by day.
fn api() -> Thing {
    service("prod/api").by_day().desired(3)
}

/// Why what was asked of a service is not to be; empty if it is.
fn why(run: &Run) -> &str {
    run.plan
        .declined
        .first()
        .map_or("", |declined| &declined.why)
}

/// Why a rest, a wake, and a wake until the evening are not to be at noon.
fn asked(world: &World) -> [String; 3] {
    let asks: [fn(&mut World); 3] = [
        |world| world.ask_rest("prod/api", None),
        |world| world.ask_wake("prod/api", None),
        |world| world.ask_wake("prod/api", Some("Mon 22:00")),
    ];
    asks.map(|ask| {
        let mut world = world.clone();
        ask(&mut world);
        why(&world.tick("Mon 12:00")).to_owned()
    })
}

#[test]
fn what_is_carried_out_is_not_declined() {
    assert_eq!(asked(&world([api()])), ["", "", ""]);
    let mut resting = world([api()]);
    resting.ask_rest("prod/api", None);
    resting.tick("Mon 10:00");
    assert_eq!(asked(&resting), ["", "", ""]);
}

#[test]
fn a_rest_that_waits_for_a_deployment_is_remembered_and_not_declined() {
    let world = world([api().deploying_since("Mon 11:50")]);
    assert_eq!(asked(&world), ["", "", ""]);
}

#[test]
fn a_malformed_tag_declines_whatever_is_asked_and_is_named_with_its_mistake() {
    let world = world([api().floor("one")]);
    for why in asked(&world) {
        let expected =
            "a tag of its own or of its cluster cannot be read: caretaker:floor: at column 1";
        assert!(why.starts_with(expected), "{why}");
    }
}

#[test]
fn an_override_that_is_ignored_declines_nothing() {
    assert_eq!(
        asked(&world([api().overridden("up till Friday")])),
        ["", "", ""]
    );
}

#[test]
fn what_has_no_count_of_its_own_cannot_rest_and_is_awake() {
    for kind in [Kind::Daemon, Kind::CodeDeploy, Kind::External] {
        let [rest, wake, until] = asked(&world([api().kind(kind)]));
        assert!(
            rest.contains("count") || rest.contains("CodeDeploy"),
            "{rest}"
        );
        assert_eq!((wake.as_str(), until.as_str()), ("", ""));
    }
}

#[test]
fn a_draining_or_deleted_or_untagged_service_cannot_be_changed() {
    let draining = world([api().live(|live| live.active = false)]);
    assert_eq!(asked(&draining), ["it is DRAINING"; 3]);
    let mut deleted = world([api()]);
    deleted.delete("prod/api");
    assert_eq!(asked(&deleted), ["it does not exist any more"; 3]);
    let mut untagged = world([api()]);
    untagged.untag("prod/api");
    let words = "neither it nor its cluster has a tag that asks for anything";
    assert_eq!(asked(&untagged), [words; 3]);
}

#[test]
fn a_rest_of_a_service_that_lost_its_tags_at_rest_is_declined_and_the_service_is_woken() {
    let mut world = world([api()]);
    world.tick("Mon 20:00");
    world.untag("prod/api");
    world.ask_rest("prod/api", None);
    let run = world.tick("Mon 20:05");
    assert!(why(&run).starts_with("neither it nor its cluster"));
    assert_eq!(world.count("prod/api"), 3);
}

#[test]
fn nobody_can_rest_a_service_of_a_suite_that_is_about_to_be_deleted() {
    let mut closing = world([api()]);
    closing.closing = true;
    assert_eq!(
        asked(&closing),
        ["the suite is about to be deleted", "", ""]
    );
}

#[test]
fn a_service_that_nobody_asks_about_is_never_declined() {
    let mut world = world([api().floor("one"), service("prod/web").by_day().desired(1)]);
    world.ask_rest("prod/web", None);
    assert_eq!(world.tick("Mon 12:00").plan.declined, []);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn whoever_asks_for_rest_has_a_hold_or_an_order_or_is_told_why_not(
        mut world in any_world(),
        history in restless(),
        which in 0..NAMES.len(),
    ) {
        let end = live_through(&mut world, &history, |_, _, _| Ok(()))?;
        let name = NAMES[which];
        world.ask_rest(name, None);
        let run = world.run(end + SignedDuration::from_mins(10), usize::MAX);
        let held = world.holders(name).contains(&"operator");
        let ordered = world.ledger.orders.get(&arn(name)).is_some_and(|order| order.hold().is_some());
        let elsewhere = run.reason(name) == Reason::ClaimedElsewhere;
        let declined = !run.plan.declined.is_empty();
        prop_assert!(held || ordered || elsewhere || declined, "{:?}", run.reason(name));
    }
}
