//! What people are told, once.

use domain::notice::Severity;
use domain::off_hours::Extent;

use crate::made::service;
use crate::world::{World, arn, world};

fn misspelt() -> World {
    world([service("prod/api").hours("Mon-Fri 8-20").desired(3)])
}

#[test]
fn a_malformed_tag_is_told_once_with_its_position_and_an_example() {
    let mut world = misspelt();
    let run = world.tick("Mon 20:00");
    assert_eq!(run.announced(), ["malformed-tag"]);
    let notice = &run.plan.announcements[0].notice;
    insta::assert_debug_snapshot!(notice.facts);
    assert_eq!(notice.severity, Severity::Digest);
    assert_eq!(world.tick("Mon 20:05").announced(), [""; 0]);
}

#[test]
fn a_tag_that_is_misspelt_differently_is_told_again() {
    let mut world = misspelt();
    world.tick("Mon 20:00");
    world.tag("prod/api", "caretaker:hours", "Mon-Fri 8:00-20");
    assert_eq!(world.tick("Mon 20:05").announced(), ["malformed-tag"]);
}

#[test]
fn a_corrected_tag_withdraws_the_concern() {
    let mut world = misspelt();
    world.tick("Mon 12:00");
    world.tag("prod/api", "caretaker:hours", "Mon-Fri 08:00-20:00");
    assert_eq!(world.tick("Mon 12:05").announced(), ["malformed-tag over"]);
    assert_eq!(world.tick("Mon 12:10").announced(), [""; 0]);
}

#[test]
fn two_malformed_tags_of_one_service_are_told_once_together() {
    let mut world = world([service("prod/api")
        .hours("weekdays")
        .floor("one")
        .desired(3)]);
    let run = world.tick("Mon 20:00");
    assert_eq!(run.announced(), ["malformed-tag"]);
    let facts = &run.plan.announcements[0].notice.facts;
    assert_eq!(facts.len(), 4);
    assert_eq!(world.tick("Mon 20:05").announced(), [""; 0]);
}

#[test]
fn a_typo_that_keeps_a_service_at_rest_pages() {
    let mut world = world([service("prod/api").by_day().desired(3)]);
    world.tick("Mon 20:00");
    world.tag("prod/api", "caretaker:hours", "Mon-Fri 8-20");
    let run = world.tick("Mon 21:00");
    let notice = &run.plan.announcements[0].notice;
    assert_eq!(notice.severity, Severity::Page);
    let done = notice.done.as_deref();
    assert_eq!(done, Some("It stays at rest until the tag can be read."));
}

#[test]
fn a_past_override_is_ignored_and_told_once() {
    let api = service("prod/api").by_day().desired(3);
    let mut world = world([api.overridden("up until 2026-11-23 12:00")]);
    assert_eq!(world.tick("Mon 11:55").announced(), [""; 0]);
    assert_eq!(world.tick("Mon 12:00").announced(), ["override-ignored"]);
    assert_eq!(world.tick("Mon 12:05").announced(), [""; 0]);
}

#[test]
fn a_malformed_override_is_ignored_and_the_hours_apply() {
    let api = service("prod/api").by_day().desired(3);
    let mut world = world([api.overridden("up till Friday")]);
    let run = world.tick("Mon 20:00");
    assert_eq!(run.announced(), ["override-ignored"]);
    assert_eq!(world.count("prod/api"), 0);
}

#[test]
fn what_changed_at_rest_is_told_again_when_it_changes_again() {
    let mut world = world([service("prod/api").by_day().desired(3)]);
    world.tick("Mon 20:00");
    world.set_count("prod/api", 1);
    assert_eq!(
        world.tick("Mon 22:00").announced(),
        ["capacity-changed-at-rest"]
    );
    assert_eq!(world.tick("Mon 22:05").announced(), [""; 0]);
    world.set_count("prod/api", 2);
    assert_eq!(
        world.tick("Mon 22:10").announced(),
        ["capacity-changed-at-rest"]
    );
    world.set_count("prod/api", 0);
    assert_eq!(
        world.tick("Mon 22:15").announced(),
        ["capacity-changed-at-rest over"]
    );
}

#[test]
fn a_change_of_holds_does_not_withdraw_what_still_stands() {
    let mut world = world([service("prod/api").by_day().desired(3)]);
    world.tick("Mon 20:00");
    world.set_count("prod/api", 1);
    world.tick("Mon 22:00");
    world.place("prod/api", domain::hold::Holder::Operator);
    assert_eq!(world.tick("Tue 08:00").announced(), [""; 0]);
}

#[test]
fn a_service_that_another_run_is_changing_withdraws_nothing() {
    let mut world = world([service("prod/api").by_day().desired(3)]);
    world.ticks(["Mon 20:00", "Tue 08:00"]);
    world.thing("prod/api").stuck_at = Some(1);
    let run = world.tick("Tue 08:30");
    assert_eq!(run.announced(), ["wave-not-steady"]);
    world.thing("prod/api").stuck_at = None;
    world.crash("Tue 20:00", 1);
    world.ledger.announced = run
        .plan
        .announcements
        .into_iter()
        .map(|one| (one.key, one.told.unwrap()))
        .collect();
    assert_eq!(world.tick("Tue 20:01").announced(), [""; 0]);
}

#[test]
fn a_run_that_did_not_look_at_a_service_says_nothing_of_it() {
    let mut world = misspelt();
    world.tick("Mon 12:00");
    world.services.clear();
    assert_eq!(world.tick("Mon 12:05").announced(), [""; 0]);
}

#[test]
fn a_run_that_did_not_read_the_tags_of_a_service_withdraws_nothing_about_it() {
    let api = service("prod/api").hours("Mon-Fri 8-20").desired(3);
    let web = service("prod/web").by_day().desired(2);
    let mut world = world([api, web]);
    world.tick("Mon 12:00");
    world.tick("Mon 20:00");
    world.tag("prod/web", "caretaker:hours", "weekdays");
    assert_eq!(world.tick("Mon 20:05").announced(), ["malformed-tag"]);
    world.extent = Extent::Remembered;
    world.closing = true;
    assert_eq!(world.tick("Mon 20:10").announced(), [""; 0]);
    world.tag("prod/web", "caretaker:hours", "always");
    let over = world.tick("Mon 20:15");
    assert_eq!(over.announced(), ["malformed-tag over"]);
    let about = &over.plan.announcements[0].key.subject;
    assert_eq!(
        about,
        arn("prod/web").as_str(),
        "whose tags came with the look"
    );
}

#[test]
fn what_other_parts_announced_is_not_withdrawn_here() {
    use domain::announcement::ConcernKey;
    use domain::notice::Kind;
    let mut world = world([service("prod/api").by_day().desired(3)]);
    let key = ConcernKey {
        subject: crate::world::arn("prod/api").as_str().to_owned(),
        kind: Kind::PermissionDenied.name(),
    };
    let told = domain::announcement::Told {
        text: "UpdateService".to_owned(),
        since: "2026-11-16T10:00:00Z".parse().unwrap(),
    };
    world.ledger.announced.insert(key, told);
    assert_eq!(world.tick("Mon 12:00").announced(), [""; 0]);
}
