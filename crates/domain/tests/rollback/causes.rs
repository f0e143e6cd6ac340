//! What is to blame, and what keeps a rollback from being begun.

use domain::rollback::{
    AlarmState, Cause, Event, MIGRATION, Mode, Reason, Says, Trouble, What, Withheld,
};
use domain::tag::Tagged;

use crate::made::{ALARM, API, WEB, crash, mins, says, secs, service, stopped};
use crate::world::{Of, World, shop};

fn left(world: &World, name: &str) -> Withheld {
    match world.reason(name) {
        Reason::Leaves(_, withheld) => withheld.clone(),
        other => panic!("{other:?}"),
    }
}

/// A release that failed, and of which nothing else is known.
fn failed(world: &mut World) {
    let bad = world.deploys(WEB, 6);
    world.hears([says(WEB, &bad, Event::InProgress)]);
    world.passes(mins(4));
    world.fails(WEB);
}

/// The shop with two services.
fn two() -> World {
    let mut world = shop();
    world.serves(API);
    world.released(API, 5);
    world
}

#[test]
fn a_want_of_capacity_is_no_bad_release() {
    for by_message in [true, false] {
        let mut world = shop();
        let bad = world.deploys(WEB, 6);
        world.hears([says(WEB, &bad, Event::InProgress)]);
        world.now += mins(1);
        if by_message {
            world.hears([Says::Troubled {
                service: service(WEB),
                trouble: Trouble::Capacity,
            }]);
        } else {
            let now = world.now;
            world.at(WEB).of.troubles.insert(Trouble::Capacity, now);
        }
        world.passes(mins(3));
        world.fails(WEB);
        world.failed(WEB, &bad);
        assert!(matches!(left(&world, WEB), Withheld::Environment { .. }));
        assert!(world.acts.is_empty());
        assert!(world.record(WEB).bad.is_empty(), "and it may come back");
    }
}

#[test]
fn a_want_of_capacity_before_the_release_says_nothing_about_it() {
    let mut world = shop();
    let now = world.now;
    world.at(WEB).of.troubles.insert(Trouble::Capacity, now);
    world.now += mins(10);
    failed(&mut world);
    world.passes(mins(1));
    assert_eq!(world.runs(WEB), 5);
}

#[test]
fn spot_interruptions_throttling_and_a_registry_that_is_down_are_no_bad_release() {
    for (code, reason) in [
        ("SpotInterruption", "Your Spot Task was interrupted."),
        ("TerminationNotice", "Your Spot Task was interrupted."),
        ("InfrastructureHealth", "Host went away"),
        (
            "TaskFailedToStart",
            "CannotPullContainerError: pull image manifest has been retried 5 time(s): toomanyrequests: Rate exceeded",
        ),
        (
            "TaskFailedToStart",
            "CannotPullContainerError: ref pull has been retried 5 time(s): i/o timeout",
        ),
        (
            "TaskFailedToStart",
            "Capacity is unavailable at this time. Please try again later",
        ),
    ] {
        let mut world = shop();
        failed(&mut world);
        let id = world.primary_id(WEB);
        let task = stopped(&id, code, reason, world.now);
        world.at(WEB).stopped.push(task);
        world.hears([says(WEB, &id, Event::Failed)]);
        assert!(
            matches!(left(&world, WEB), Withheld::Environment { .. }),
            "{reason}"
        );
    }
}

#[test]
fn an_image_that_is_not_there_and_tasks_that_are_unhealthy_are_a_bad_release() {
    for (code, reason) in [
        (
            "TaskFailedToStart",
            "CannotPullContainerError: failed to resolve ref: not found",
        ),
        (
            "ServiceSchedulerInitiated",
            "Task failed ELB health checks in (target-group x)",
        ),
    ] {
        let mut world = shop();
        failed(&mut world);
        let id = world.primary_id(WEB);
        let task = stopped(&id, code, reason, world.now);
        world.at(WEB).stopped.push(task);
        world.hears([says(WEB, &id, Event::Failed)]);
        assert_eq!(world.runs(WEB), 5, "{reason}");
    }
}

#[test]
fn a_release_that_crashes_is_bad_although_spot_takes_some_of_its_tasks_too() {
    let mut world = shop();
    let bad = world.breaks(WEB, 6);
    let task = stopped(
        &bad,
        "SpotInterruption",
        "Your Spot Task was interrupted.",
        world.now,
    );
    world.at(WEB).stopped.push(task);
    world.failed(WEB, &bad);
    assert_eq!(world.runs(WEB), 5);
}

#[test]
fn where_nobody_can_see_what_its_tasks_ended_of_nothing_is_done_until_somebody_can() {
    let mut world = shop();
    failed(&mut world);
    world.unreadable.insert(Of::Stopped);
    world.passes(mins(1));
    assert!(matches!(left(&world, WEB), Withheld::Unseen { .. }));
    assert!(
        world.kinds().contains(&"deployment-failed"),
        "the page goes out all the same"
    );
    world.unreadable.clear();
    world.passes(mins(1));
    assert_eq!(world.runs(WEB), 5);
}

#[test]
fn two_services_that_fail_at_once_are_an_outage_whoever_is_looked_at_first() {
    let mut world = two();
    for name in [WEB, API] {
        world.deploys(name, 6);
    }
    world.now += mins(4);
    let bad = [WEB, API].map(|name| (name, world.fails(name)));
    world.hears(bad.iter().map(|(name, id)| says(name, id, Event::Failed)));
    for (name, other) in [(WEB, API), (API, WEB)] {
        let with = vec![service(other)];
        assert_eq!(left(&world, name), Withheld::Shared { with });
    }
    assert!(world.acts.is_empty());
    assert_eq!(world.kinds(), ["deployment-failed", "deployment-failed"]);
}

#[test]
fn a_service_that_fails_after_another_was_made_good_is_not_part_of_its_outage() {
    let mut world = two();
    let bad = world.breaks(API, 6);
    world.failed(API, &bad);
    world.completes(API);
    world.passes(mins(2));
    let bad = world.breaks(WEB, 6);
    world.failed(WEB, &bad);
    assert_eq!(world.runs(WEB), 5);
}

// 11 and 12: alarms.

/// A release that is complete.
fn complete(world: &mut World, name: &str) {
    world.deploys(name, 6);
    world.now += mins(1);
    let id = world.completes(name);
    world.hears([says(name, &id, Event::Completed)]);
}

fn fires(world: &mut World, name: &str) {
    world.alarm(name, ALARM, AlarmState::Alarm);
    world.hears([Says::Alarm {
        alarm: ALARM.to_owned(),
        service: Some(service(name)),
    }]);
}

#[test]
fn an_alarm_that_fires_within_the_watch_window_rolls_the_release_back() {
    let mut world = shop();
    world.alarm(WEB, ALARM, AlarmState::Ok);
    complete(&mut world, WEB);
    world.passes(mins(5));
    fires(&mut world, WEB);
    assert!(
        matches!(world.reason(WEB), Reason::Settles { .. }),
        "it may flap"
    );
    world.passes(mins(1));
    let cause = Cause::Alarm {
        name: ALARM.to_owned(),
    };
    assert_eq!(*world.reason(WEB), Reason::RollsBack(cause));
    assert_eq!(world.runs(WEB), 5);
    // What came back has to turn it green.
    world.completes(WEB);
    world.passes(mins(2));
    assert!(matches!(world.reason(WEB), Reason::Proves(_)));
    world.alarm(WEB, ALARM, AlarmState::Ok);
    world.passes(mins(1));
    assert_eq!(*world.reason(WEB), Reason::Proved);
}

#[test]
fn an_alarm_that_names_no_service_is_found_by_who_watches_it() {
    let mut world = shop();
    world.alarm(WEB, ALARM, AlarmState::Ok);
    complete(&mut world, WEB);
    world.now += mins(5);
    world.alarm(WEB, ALARM, AlarmState::Alarm);
    world.now += mins(2);
    world.hears([Says::Alarm {
        alarm: ALARM.to_owned(),
        service: None,
    }]);
    assert_eq!(world.runs(WEB), 5);
}

#[test]
fn an_alarm_a_second_after_the_watch_window_is_not_the_releases() {
    for (late, acts) in [(0, true), (1, false)] {
        let mut world = shop();
        complete(&mut world, WEB);
        world.ticking = false;
        world.now += mins(15) + secs(late);
        world.alarm(WEB, ALARM, AlarmState::Alarm);
        world.now += mins(2);
        world.hears([Says::Minute]);
        assert_eq!(
            world.runs(WEB) == 5,
            acts,
            "{late}: {:?}",
            world.reason(WEB)
        );
    }
}

#[test]
fn an_alarm_that_flaps_rolls_nothing_back_and_proves_nothing() {
    let mut world = shop();
    complete(&mut world, WEB);
    for _ in 0..3 {
        world.passes(mins(2));
        fires(&mut world, WEB);
        world.now += secs(40);
        world.alarm(WEB, ALARM, AlarmState::Ok);
    }
    world.passes(mins(20));
    assert!(world.acts.is_empty());
    assert_eq!(world.good(WEB), ["web:5"], "it fired, so nothing is proved");
}

#[test]
fn an_alarm_without_data_and_one_that_is_suppressed_say_nothing() {
    for state in ["INSUFFICIENT_DATA", "ALARM", "PONDERING"] {
        let mut world = shop();
        complete(&mut world, WEB);
        world.passes(mins(2));
        world.alarm(WEB, ALARM, AlarmState::from_name(state));
        world.at(WEB).alarms[0].suppressed = state == "ALARM";
        world.passes(mins(20));
        assert!(world.acts.is_empty(), "{state}");
        assert_eq!(world.good(WEB), ["web:5", "web:6"], "{state}");
    }
}

#[test]
fn an_alarm_that_was_set_to_try_something_out_is_an_alarm() {
    // `set-alarm-state` looks like any other change of state.
    let mut world = shop();
    complete(&mut world, WEB);
    world.passes(mins(1));
    fires(&mut world, WEB);
    world.passes(mins(1));
    assert_eq!(world.runs(WEB), 5);
}

#[test]
fn an_alarm_that_was_red_before_the_release_is_told_once_and_rolls_nothing_back() {
    let mut world = shop();
    world.alarm(WEB, ALARM, AlarmState::Alarm);
    world.now += mins(3);
    complete(&mut world, WEB);
    world.passes(mins(5));
    // Green for a while, and red again: ECS ignores it too for the whole of the deployment.
    world.alarm(WEB, ALARM, AlarmState::Ok);
    world.passes(mins(1));
    world.alarm(WEB, ALARM, AlarmState::Alarm);
    world.passes(mins(20));
    assert!(world.acts.is_empty());
    assert_eq!(world.kinds(), ["release-unprotected"]);
    assert_eq!(world.good(WEB), ["web:5"]);
    assert!(world.announced.is_empty(), "it is over with the watch");
}

#[test]
fn the_alarm_of_a_service_that_was_not_released_rolls_nothing_back() {
    let mut world = two();
    complete(&mut world, API);
    world.passes(mins(1));
    fires(&mut world, WEB);
    world.passes(mins(5));
    assert_eq!(*world.reason(WEB), Reason::Steady);
    assert!(world.acts.is_empty());
}

#[test]
fn of_two_services_released_in_the_same_minutes_none_is_rolled_back_for_an_alarm_of_both() {
    let mut world = two();
    for name in [WEB, API] {
        world.alarm(name, ALARM, AlarmState::Ok);
        complete(&mut world, name);
    }
    world.passes(mins(2));
    for name in [WEB, API] {
        world.alarm(name, ALARM, AlarmState::Alarm);
    }
    world.passes(mins(2));
    assert!(world.acts.is_empty());
    assert_eq!(world.kinds(), ["deployment-failed", "deployment-failed"]);
}

#[test]
fn an_alarm_of_both_of_which_only_one_is_looked_at_rolls_nothing_back() {
    let mut world = two();
    for name in [WEB, API] {
        world.alarm(name, ALARM, AlarmState::Ok);
        complete(&mut world, name);
    }
    world.now += mins(2);
    world.alarm(WEB, ALARM, AlarmState::Alarm);
    world.now += mins(2);
    world.hears([Says::Alarm {
        alarm: ALARM.to_owned(),
        service: Some(service(WEB)),
    }]);
    let with = vec![service(API)];
    let alarm = ALARM.to_owned();
    assert_eq!(left(&world, WEB), Withheld::SharedAlarm { alarm, with });
}

// 14 and 15.

#[test]
fn a_failure_left_over_at_a_desired_count_of_zero_is_nobodys_outage() {
    let mut world = shop();
    let bad = world.breaks(WEB, 6);
    world.at(WEB).of.desired = 0;
    world.failed(WEB, &bad);
    assert_eq!(*world.reason(WEB), Reason::AtRest);
    assert!(world.acts.is_empty() && world.notices.is_empty());
    world.passes(mins(2));
    assert!(!world.ticking);
    // In the morning it is one.
    world.at(WEB).of.desired = 2;
    world.sweeps();
    assert_eq!(world.runs(WEB), 5);
}

#[test]
fn a_service_that_was_put_to_rest_a_minute_ago_is_not_raised() {
    let mut world = shop();
    let bad = world.breaks(WEB, 6);
    world.at(WEB).of.held = true;
    world.failed(WEB, &bad);
    assert_eq!(*world.reason(WEB), Reason::AtRest);
    assert!(world.acts.is_empty());
}

#[test]
fn a_rollback_that_a_night_comes_in_between_proves_in_the_morning() {
    let mut world = shop();
    let bad = world.breaks(WEB, 6);
    world.failed(WEB, &bad);
    world.at(WEB).of.held = true;
    world.passes(mins(600));
    world.at(WEB).of.held = false;
    world.passes(mins(3));
    world.completes(WEB);
    world.passes(mins(2));
    assert_eq!(
        *world.reason(WEB),
        Reason::Watched {
            until: world.now + mins(13)
        }
    );
    assert_eq!(
        world.kinds(),
        ["deployment-rolled-back", "deployment-rolled-back"]
    );
}

#[test]
fn while_cloudformation_updates_it_nothing_is_done_and_afterwards_it_is() {
    let mut world = shop();
    world.at(WEB).of.stack_busy = Some("shop".to_owned());
    let bad = world.breaks(WEB, 6);
    world.failed(WEB, &bad);
    let stack = "shop".to_owned();
    assert_eq!(left(&world, WEB), Withheld::StackBusy { stack });
    world.at(WEB).of.stack_busy = None;
    world.passes(mins(1));
    assert_eq!(world.runs(WEB), 5);
}

#[test]
fn a_release_that_carries_a_migration_is_told_and_stays() {
    let of_definition = |world: &mut World| {
        let arn = world.defines(WEB, 6);
        world.definitions.get_mut(&arn).unwrap().migration = Some("orders v2".to_owned());
    };
    let of_service = |world: &mut World| {
        world.at(WEB).of.migration = Some("orders v2".to_owned());
    };
    for tag in [of_definition, of_service] {
        let mut world = shop();
        tag(&mut world);
        let bad = world.breaks(WEB, 6);
        world.failed(WEB, &bad);
        let what = "orders v2".to_owned();
        assert_eq!(left(&world, WEB), Withheld::Migration { what });
        assert!(world.acts.is_empty());
        let tags = [(MIGRATION.to_owned(), " ".to_owned())].into();
        let unnamed = domain::rollback::migration(&tags);
        assert_eq!(
            unnamed.as_deref(),
            Some("unnamed"),
            "a tag without a value guards too"
        );
    }
}

#[test]
fn where_it_cannot_be_read_whether_a_release_carries_a_migration_it_stays() {
    let mut world = shop();
    let bad = world.breaks(WEB, 6);
    world.unreadable.insert(Of::Definitions);
    world.failed(WEB, &bad);
    assert!(matches!(left(&world, WEB), Withheld::Unseen { .. }));
}

#[test]
fn a_freeze_holds_for_one_service_or_for_all_until_its_end_or_a_thaw() {
    for of in [None, Some(service(WEB))] {
        let mut world = shop();
        let until = Some(world.now + mins(30));
        world.orders(What::Freeze {
            service: of.clone(),
            until,
        });
        let bad = world.breaks(WEB, 6);
        world.failed(WEB, &bad);
        assert!(
            matches!(left(&world, WEB), Withheld::Frozen { .. }),
            "{of:?}"
        );
        let mut thawed = world.clone();
        thawed.orders(What::Thaw { service: of });
        thawed.passes(mins(1));
        assert_eq!(thawed.runs(WEB), 5);
        world.passes(mins(30));
        assert_eq!(world.runs(WEB), 5);
    }
}

#[test]
fn the_third_rollback_of_a_day_is_a_freeze_and_a_thaw_counts_anew() {
    let mut world = shop();
    for number in [6, 7] {
        let bad = world.breaks(WEB, number);
        world.failed(WEB, &bad);
        assert_eq!(world.runs(WEB), 5);
        world.passes(mins(2));
        world.completes(WEB);
        world.passes(mins(20));
    }
    let bad = world.breaks(WEB, 8);
    world.failed(WEB, &bad);
    assert_eq!(world.runs(WEB), 8);
    assert!(matches!(
        left(&world, WEB),
        Withheld::Frozen { by: None, .. }
    ));
    let kinds = world.kinds();
    assert!(kinds.contains(&"rollback-frozen") && kinds.contains(&"deployment-failed"));
    let told = kinds.len();
    world.passes(mins(30));
    assert_eq!(world.kinds().len(), told, "told once");
    // It is in the ledger: a new function, or one deployed anew, knows it as well.
    assert!(world.record(WEB).frozen.is_some());
    world.orders(What::Thaw {
        service: Some(service(WEB)),
    });
    world.passes(mins(1));
    assert_eq!(world.runs(WEB), 5);
}

#[test]
fn a_day_later_rollbacks_do_not_count() {
    let mut world = shop();
    for number in [6, 7, 8, 9] {
        let bad = world.breaks(WEB, number);
        world.failed(WEB, &bad);
        assert_eq!(world.runs(WEB), 5, "{number}");
        world.completes(WEB);
        world.passes(mins(20));
        world.now += mins(13 * 60);
    }
}

#[test]
fn what_a_rollback_brought_is_never_rolled_back() {
    let mut world = shop();
    world.alarm(WEB, ALARM, AlarmState::Ok);
    let bad = world.breaks(WEB, 6);
    world.failed(WEB, &bad);
    world.passes(mins(1));
    let ours = world.completes(WEB);
    world.passes(mins(2));
    assert_eq!(world.kinds().len(), 2, "it has proved");
    for _ in 0..5 {
        let crash = crash(&ours, world.now);
        world.at(WEB).stopped.push(crash);
    }
    world.passes(mins(2));
    assert_eq!(left(&world, WEB), Withheld::OwnRollback);
    assert_eq!(world.effects().len(), 1);
    assert!(world.kinds().contains(&"deployment-failed"));
    // And it proves nothing by coming right later.
    world.passes(mins(30));
    assert!(!world.record(WEB).good.iter().any(|good| good.by_rollback));
}

#[test]
fn where_it_cannot_be_told_whether_it_is_a_rollback_it_is_not_rolled_back() {
    let mut world = shop();
    world.released(WEB, 6);
    // The old definition is deployed again, by whomever.
    world.unreadable.insert(Of::Attempts);
    let bad = world.breaks(WEB, 5);
    world.failed(WEB, &bad);
    assert!(matches!(left(&world, WEB), Withheld::Unseen { .. }));
    world.unreadable.clear();
    world.passes(mins(1));
    assert_eq!(world.runs(WEB), 6);
}

#[test]
fn a_tag_that_cannot_be_read_is_told_until_it_can() {
    let mut world = shop();
    world.at(WEB).of.mode = Tagged::Malformed {
        text: "yes please".to_owned(),
        error: "expected \"auto\"".to_owned(),
    };
    world.sweeps();
    world.sweeps();
    assert_eq!(world.kinds(), ["rollback-tag-malformed"]);
    world.at(WEB).of.mode = Tagged::Says(Mode::Auto);
    world.sweeps();
    assert!(world.announced.is_empty());
}
