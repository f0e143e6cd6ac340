//! Waves, and the order of errands.

use domain::resting::Reason;

use crate::made::{group, service};
use crate::world::{World, world};

fn asleep() -> World {
    let mut world = world([
        service("prod/db").by_day().wave("1").desired(1),
        service("prod/api").by_day().desired(3),
        service("prod/web").by_day().wave("9").desired(2),
        service("other/api").by_day().wave("9").desired(2),
    ]);
    world.ticks(["Mon 20:00", "Mon 20:05"]);
    world
}

#[test]
fn a_wave_starts_when_the_one_before_is_steady() {
    let mut world = asleep();
    let run = world.tick("Tue 08:00");
    assert_eq!(run.reason("prod/db"), Reason::Wakes);
    assert_eq!(run.reason("prod/api"), Reason::WaitsForWave(1));
    assert_eq!(run.reason("prod/web"), Reason::WaitsForWave(1));
    let run = world.tick("Tue 08:05");
    assert_eq!(run.reason("prod/db"), Reason::ProvedAwake);
    assert_eq!(run.reason("prod/api"), Reason::Wakes);
    assert_eq!(run.reason("prod/web"), Reason::WaitsForWave(5));
    let run = world.tick("Tue 08:10");
    assert_eq!(run.reason("prod/web"), Reason::Wakes);
}

#[test]
fn clusters_do_not_wait_for_each_other() {
    let run = asleep().tick("Tue 08:00");
    assert_eq!(run.reason("other/api"), Reason::Wakes);
}

#[test]
fn a_wave_that_does_not_become_steady_is_waited_for_until_its_timeout_and_named() {
    let mut world = asleep();
    world.thing("prod/db").stuck_at = Some(0);
    let run = world.ticks(["Tue 08:00", "Tue 08:19"]);
    assert_eq!(run.reason("prod/api"), Reason::WaitsForWave(1));
    assert_eq!(run.announced(), [""; 0]);
    let run = world.tick("Tue 08:20");
    assert_eq!(run.reason("prod/api"), Reason::Wakes);
    assert_eq!(run.announced(), ["wave-not-steady"]);
    let notice = &run.plan.announcements[0].notice;
    assert_eq!(notice.title, "prod/db was woken and does not come up");
}

#[test]
fn a_wave_whose_wake_crashed_is_still_waited_for() {
    let mut world = asleep();
    world.crash("Tue 08:00", 1);
    let run = world.tick("Tue 08:01");
    assert_eq!(run.reason("prod/db"), Reason::ClaimedElsewhere);
    assert_eq!(run.reason("prod/api"), Reason::WaitsForWave(1));
}

#[test]
fn what_a_run_began_to_wake_is_finished_before_any_wave_is_waited_for() {
    let mut world = asleep();
    world.ask_wake("prod/web", Some("Tue 12:00"));
    world.crash("Mon 23:55", 2);
    assert!(world.rest("prod/web").unwrap().claim.is_some());
    let run = world.tick("Tue 08:00");
    assert_eq!(run.reason("prod/db"), Reason::Wakes);
    assert_eq!(run.reason("prod/web"), Reason::Wakes);
}

#[test]
fn a_wave_that_another_run_puts_to_rest_is_not_waited_for() {
    let mut world = world([
        service("prod/db").by_day().wave("1").desired(3),
        service("prod/api").hours("Mon-Fri 20:00-08:00").desired(3),
    ]);
    world.tick("Mon 19:00");
    world.thing("prod/db").stuck_at = Some(1);
    let before = world.clone();
    let alone = world
        .services
        .remove(&crate::world::arn("prod/api"))
        .unwrap();
    world.crash("Mon 20:00", 1);
    world.services = before.services;
    world.services.insert(crate::world::arn("prod/api"), alone);
    let run = world.tick("Mon 20:01");
    assert_eq!(run.reason("prod/db"), Reason::ClaimedElsewhere);
    assert_eq!(run.reason("prod/api"), Reason::Wakes);
}

#[test]
fn a_service_that_waits_for_its_wave_keeps_its_record_as_it_is() {
    let mut world = asleep();
    let before = world.rest("prod/web").cloned();
    world.tick("Tue 08:00");
    assert_eq!(world.rest("prod/web").cloned(), before);
}

#[test]
fn a_first_wave_held_by_the_budget_is_not_waited_for() {
    let mut world = asleep();
    world.place("prod/db", domain::hold::Holder::Budget);
    assert_eq!(world.tick("Tue 08:00").reason("prod/api"), Reason::Wakes);
}

#[test]
fn low_waves_rest_last() {
    let mut world = world([
        service("prod/db").by_day().wave("1").desired(1),
        service("prod/web").by_day().wave("9").desired(2),
    ])
    .with_group(group("fleet", 2, 6).by_day());
    let run = world.tick("Mon 20:00");
    assert_eq!(run.order(), ["prod/web", "prod/db", "fleet"]);
}

#[test]
fn wakes_come_before_rests_and_instances_before_tasks() {
    let mut world = world([
        service("prod/day").by_day().desired(1),
        service("prod/night")
            .hours("Mon-Fri 20:00-08:00")
            .desired(2),
    ])
    .with_group(group("fleet", 2, 6).by_day());
    world.ticks(["Tue 07:00", "Tue 07:05"]);
    assert_eq!(
        world.tick("Tue 08:00").order(),
        ["fleet", "prod/day", "prod/night"]
    );
}

#[test]
fn clusters_take_turns_so_that_a_large_one_does_not_starve_the_others() {
    let large = ["a", "b", "c"].map(|name| format!("large/{name}"));
    let things = large.iter().map(|name| service(name).by_day().desired(1));
    let mut world = world(things.chain([service("small/a").by_day().desired(1)]));
    let run = world.tick("Mon 20:00");
    assert_eq!(run.order(), ["large/a", "small/a", "large/b", "large/c"]);
}
