//! What a wake could not give back, told once.

use domain::capacity::Suspended;
use domain::notice::Severity;
use domain::resting::Reason;

use crate::made::{RUNNING, bounds, group, service};
use crate::world::{World, world};

fn asleep() -> World {
    let mut world = world([service("prod/api").by_day().desired(6).scaled(2, 10)]);
    world.tick("Mon 20:00");
    world
}

/// Somebody lowers the maximum at rest.
fn lowered(max: u32) -> World {
    let mut world = asleep();
    world.register("prod/api", bounds(0, max, Suspended::ALL));
    world
}

#[test]
fn a_target_that_is_gone_in_the_morning_is_told_once_with_what_it_was() {
    let mut world = asleep();
    world.live("prod/api").bounds = None;
    let run = world.tick("Tue 08:00");
    assert_eq!(run.announced(), ["target-gone"]);
    let notice = &run.plan.announcements[0].notice;
    let command = notice.next.command.as_deref().unwrap();
    assert!(
        command.ends_with("service/prod/api --min-capacity 2 --max-capacity 10"),
        "{command}"
    );
    assert_eq!(world.tick("Tue 08:05").announced(), [""; 0]);
    assert_eq!(world.tick("Tue 12:00").announced(), [""; 0]);
    assert_eq!(
        world.tick("Tue 20:00").announced(),
        ["target-gone over"],
        "its next rest saves what it has now"
    );
    assert_eq!(
        world.ticks(["Wed 08:00", "Wed 08:05"]).announced(),
        [""; 0],
        "and it had none"
    );
}

#[test]
fn a_count_that_a_lower_maximum_does_not_let_back_up_is_told_with_the_maximum() {
    let mut world = lowered(4);
    let run = world.tick("Tue 08:00");
    assert_eq!(run.announced(), ["not-restored"]);
    let notice = &run.plan.announcements[0].notice;
    assert_eq!(notice.severity, Severity::Digest);
    let facts: Vec<String> = notice
        .facts
        .iter()
        .map(|fact| format!("{}: {}", fact.label, fact.value))
        .collect();
    assert_eq!(
        facts,
        [
            "Desired count: 4 of 6",
            "Maximum before: 10",
            "Maximum now: 4"
        ]
    );
    assert_eq!(world.ticks(["Tue 08:05", "Tue 12:00"]).announced(), [""; 0]);
    assert_eq!(world.tick("Tue 20:00").announced(), ["not-restored over"]);
}

#[test]
fn a_service_that_gets_nothing_back_pages() {
    let run = lowered(0).tick("Tue 08:00");
    assert_eq!(run.announced(), ["not-restored"]);
    let notice = &run.plan.announcements[0].notice;
    assert_eq!(notice.severity, Severity::Page);
}

#[test]
fn what_somebody_changed_on_purpose_is_theirs_and_no_loss() {
    let mut world = asleep();
    world.register("prod/api", bounds(1, 8, RUNNING));
    assert_eq!(world.ticks(["Tue 08:00", "Tue 08:05"]).announced(), [""; 0]);
    let mut untouched = asleep();
    assert_eq!(untouched.tick("Tue 08:00").announced(), [""; 0]);
}

#[test]
fn a_service_that_waits_for_its_wave_has_lost_nothing_yet() {
    let mut world = world([
        service("prod/db").by_day().wave("1").desired(1),
        service("prod/api")
            .by_day()
            .wave("9")
            .desired(3)
            .scaled(2, 10),
    ]);
    world.tick("Mon 20:00");
    world.thing("prod/db").stuck_at = Some(0);
    let run = world.tick("Tue 08:00");
    assert_eq!(run.reason("prod/api"), Reason::WaitsForWave(1));
    assert_eq!(run.announced(), [""; 0]);
}

#[test]
fn what_was_lost_is_told_although_the_run_that_woke_it_told_nothing() {
    let mut world = lowered(4);
    world.tick("Tue 08:00");
    world.ledger.announced.clear();
    world.thing("prod/api").stuck_at = Some(1);
    let run = world.tick("Tue 08:05");
    assert_eq!(run.announced(), ["not-restored"]);
}

#[test]
fn a_groups_minimum_that_its_maximum_does_not_allow_any_more_is_told() {
    let mut world = world([]).with_group(group("hosts", 3, 6).by_day());
    world.tick("Mon 20:00");
    let hosts = world.groups.values_mut().next().unwrap();
    hosts.live.as_mut().unwrap().max = 2;
    let run = world.tick("Tue 08:00");
    assert_eq!(run.announced(), ["not-restored"]);
    assert_eq!(world.min_of("hosts"), 2);
    assert_eq!(world.ticks(["Tue 08:05", "Tue 12:00"]).announced(), [""; 0]);
    assert_eq!(world.tick("Tue 20:00").announced(), ["not-restored over"]);
}
