//! What is never touched, and what is woken before the suite goes.

use domain::resting::{Kind, Reason};

use crate::made::{group, service};
use crate::world::{World, group_arn, world};

#[test]
fn a_service_without_a_tag_is_left_alone_whatever_is_asked() {
    let mut world = world([service("prod/api").desired(3)]);
    assert_eq!(world.tick("Mon 23:00").plan.errands, []);
    world.ask_rest("prod/api", None);
    assert_eq!(world.tick("Mon 23:05").plan.errands, []);
    world.ask_wake("prod/api", Some("Tue 12:00"));
    assert_eq!(world.tick("Mon 23:10").plan.errands, []);
}

#[test]
fn a_service_with_a_malformed_tag_is_left_alone_whatever_is_asked() {
    for (key, value) in [
        ("caretaker:hours", "9-5"),
        ("caretaker:floor", "-1"),
        ("caretaker:wave", "0"),
    ] {
        let mut world = world([service("prod/api").by_day().tag(key, value).desired(3)]);
        world.ask_rest("prod/api", None);
        let run = world.tick("Mon 23:00");
        assert_eq!(run.reason("prod/api"), Reason::MalformedTag, "{key}");
        assert_eq!(run.plan.errands, []);
        world.ask_wake("prod/api", Some("Tue 12:00"));
        assert_eq!(world.tick("Mon 23:05").plan.errands, []);
    }
}

#[test]
fn a_tag_whose_key_differs_in_case_is_not_ours() {
    let api = service("prod/api").tag("Caretaker:Hours", "never");
    assert_eq!(world([api.desired(3)]).tick("Mon 23:00").plan.errands, []);
}

#[test]
fn one_task_per_instance_has_no_count_to_change() {
    let agent = service("prod/agent").by_day().desired(3).kind(Kind::Daemon);
    let run = world([agent]).tick("Mon 20:00");
    assert_eq!(run.reason("prod/agent"), Reason::Daemon);
    assert_eq!(run.plan.errands, []);
}

#[test]
fn task_sets_belong_to_codedeploy_or_to_an_external_controller() {
    for kind in [Kind::CodeDeploy, Kind::External] {
        let run = world([service("prod/api").by_day().desired(3).kind(kind)]).tick("Mon 20:00");
        assert_eq!(run.reason("prod/api"), Reason::ControlledElsewhere);
        assert_eq!(run.plan.errands, []);
    }
}

#[test]
fn a_draining_service_is_left_alone() {
    let api = service("prod/api").by_day().desired(3);
    let run = world([api.live(|live| live.active = false)]).tick("Mon 20:00");
    assert_eq!(run.reason("prod/api"), Reason::NotActive);
    assert_eq!(run.plan.errands, []);
}

#[test]
fn an_inactive_remainder_is_as_good_as_deleted() {
    let mut world = world([service("prod/api").by_day()]);
    world.delete("prod/api");
    let run = world.tick("Mon 20:00");
    assert_eq!(run.reason("prod/api"), Reason::Deleted);
    assert_eq!(run.plan.errands, []);
}

fn closing() -> World {
    let mut world = world([
        service("prod/db").by_day().wave("1").desired(1),
        service("prod/api").by_day().desired(3).scaled(2, 10),
    ])
    .with_group(group("fleet", 2, 6).by_day());
    world.ticks(["Mon 20:00", "Mon 20:05"]);
    world.closing = true;
    world
}

#[test]
fn before_the_suite_is_deleted_everything_is_woken_at_once() {
    let mut world = closing();
    world.tick("Mon 23:00");
    assert_eq!((world.count("prod/db"), world.count("prod/api")), (1, 3));
    assert_eq!(world.min_of("fleet"), 2);
    world.tick("Mon 23:05");
    assert!(world.ledger.services.is_empty() && world.ledger.groups.is_empty());
    assert_eq!(world.tick("Mon 23:10").plan.errands, []);
}

#[test]
fn before_the_suite_is_deleted_malformed_tags_keep_nothing_at_rest() {
    let mut world = closing();
    world.tag("prod/api", "caretaker:hours", "9-5");
    world.tag("prod/db", "caretaker:wave", "first");
    world.groups.get_mut(&group_arn("fleet")).unwrap().tags = group("x", 0, 0).hours("9-5").tags;
    world.tick("Mon 23:00");
    assert_eq!((world.count("prod/db"), world.count("prod/api")), (1, 3));
    assert_eq!(world.min_of("fleet"), 2);
}

#[test]
fn before_the_suite_is_deleted_even_the_budget_s_hold_is_lifted() {
    let mut world = closing();
    world.place("prod/api", domain::hold::Holder::Budget);
    world.tick("Mon 23:00");
    assert_eq!(world.count("prod/api"), 3);
}

#[test]
fn while_the_suite_is_being_deleted_nothing_goes_to_rest() {
    let mut world = world([service("prod/api").by_day().desired(3)]);
    world.closing = true;
    world.ask_rest("prod/api", None);
    assert_eq!(world.tick("Mon 20:00").plan.errands, []);
}
