//! What is found, in the order in which it is asked: whose a failed release is, and whether it is one.

use domain::resting::Kind;
use domain::rollback::{
    AlarmState, Brought, Cause, Event, Mode, Reason, Rollout, Says, Status, Verdict, Watching,
    Withheld, verdict,
};
use domain::tag::Tagged;
use jiff::SignedDuration;

use crate::made::{API, WEB, crash, deployment, mins, says, secs, service, stopped};
use crate::world::{Of, World, shop, world};

/// ECS rolls back what its breaker finds.
fn guarded() -> World {
    let mut world = shop();
    world.at(WEB).of.breaker.rollback = true;
    world
}

/// What keeps the newest failure from being rolled back.
fn left(world: &World) -> &Withheld {
    match world.reason(WEB) {
        Reason::Leaves(_, withheld) => withheld,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_was_complete_and_quiet_for_its_window_has_proved_good() {
    let world = shop();
    assert_eq!(world.good(WEB), ["web:5"]);
    assert!(!world.ticking, "nothing is left to look at");
    assert!(world.notices.is_empty() && world.acts.is_empty());
}

// 1: not ours.

#[test]
fn one_that_is_off_is_nobodys_business() {
    let mut world = shop();
    world.at(WEB).of.mode = Tagged::Says(Mode::Off);
    let bad = world.breaks(WEB, 6);
    world.failed(WEB, &bad);
    assert_eq!(*world.reason(WEB), Reason::Off);
    assert!(world.acts.is_empty() && world.notices.is_empty());
    assert!(world.record(WEB).watch.is_none());
}

#[test]
fn one_without_a_tag_and_one_whose_tag_cannot_be_read_are_told_and_not_touched() {
    let malformed = Tagged::Malformed {
        text: "yes".to_owned(),
        error: "it is wrong".to_owned(),
    };
    for mode in [Tagged::Absent, Tagged::Says(Mode::Page), malformed] {
        let mut world = shop();
        world.at(WEB).of.mode = mode.clone();
        let bad = world.breaks(WEB, 6);
        world.failed(WEB, &bad);
        assert_eq!(*left(&world), Withheld::Tagged, "{mode:?}");
        assert!(world.acts.is_empty());
        assert!(world.kinds().contains(&"deployment-failed"));
        let page = world
            .notices
            .iter()
            .find(|n| n.kind.name() == "deployment-failed");
        let command = page.unwrap().next.command.as_deref().unwrap();
        assert!(command.contains("\"action\":\"rollback\""), "{command}");
    }
}

// 2: gone.

#[test]
fn one_that_is_deleted_in_the_middle_is_forgotten_without_a_word() {
    let mut world = shop();
    let bad = world.breaks(WEB, 6);
    world.at(WEB).gone = true;
    world.failed(WEB, &bad);
    assert_eq!(*world.reason(WEB), Reason::Gone);
    assert!(world.notices.is_empty());
    world.passes(mins(3));
    assert!(!world.ticking);
}

#[test]
fn one_that_drains_is_left_alone() {
    let mut world = shop();
    let bad = world.breaks(WEB, 6);
    world.at(WEB).of.active = false;
    world.failed(WEB, &bad);
    assert_eq!(*world.reason(WEB), Reason::Draining);
}

#[test]
fn one_that_cannot_be_read_stays_as_it_is_remembered() {
    let mut world = shop();
    let bad = world.breaks(WEB, 6);
    let before = world.record(WEB).clone();
    world.unreadable.insert(Of::Services);
    world.failed(WEB, &bad);
    assert_eq!(
        *world.reason(WEB),
        Reason::Unseen("AccessDenied".to_owned())
    );
    assert_eq!(*world.record(WEB), before);
    world.unreadable.clear();
    world.passes(mins(1));
    assert_eq!(world.runs(WEB), 5, "and the next minute goes on");
}

// 3: another controller.

#[test]
fn codedeploy_and_external_controllers_are_told_with_the_command_of_a_person() {
    for (kind, words) in [
        (Kind::CodeDeploy, "aws deploy list-deployments"),
        (Kind::External, "taskSets"),
    ] {
        let mut world = world();
        world.serves(WEB);
        world.at(WEB).of.kind = kind;
        world.failed(WEB, &deployment(9));
        assert_eq!(*world.reason(WEB), Reason::NotEcs(kind));
        let page = world.notices.last().unwrap();
        let command = page.next.command.as_deref().unwrap();
        assert!(command.contains(words), "{command}");
        assert!(world.acts.is_empty());
        world.hears([says(WEB, &deployment(9), Event::InProgress)]);
        assert_eq!(world.notices.len(), 1);
    }
}

#[test]
fn a_daemon_is_rolled_back_like_any_other() {
    let mut world = shop();
    world.at(WEB).of.kind = Kind::Daemon;
    let bad = world.breaks(WEB, 6);
    world.failed(WEB, &bad);
    assert_eq!(world.runs(WEB), 5);
}

// 4 and 5: superseded, stale.

#[test]
fn a_failure_that_a_newer_release_took_the_place_of_is_told_low_and_not_touched() {
    let mut world = shop();
    world.at(WEB).of.mode = Tagged::Says(Mode::Page);
    let bad = world.breaks(WEB, 6);
    world.failed(WEB, &bad);
    let fixed = world.deploys(WEB, 7);
    world.hears([says(WEB, &fixed, Event::InProgress)]);
    assert!(world.kinds().contains(&"deployment-superseded"));
    assert_eq!(
        verdict(world.record(WEB), bad.as_str()),
        Verdict::Superseded
    );
    assert!(world.acts.is_empty());
    world.passes(mins(1));
    world.completes(WEB);
    world.passes(mins(20));
    assert_eq!(world.good(WEB), ["web:5", "web:7"]);
}

#[test]
fn a_failure_that_comes_hours_late_changes_nothing() {
    let mut world = shop();
    let bad = world.breaks(WEB, 6);
    world.released(WEB, 7);
    world.passes(SignedDuration::from_hours(6));
    let before = (world.notices.len(), world.record(WEB).clone());
    world.failed(WEB, &bad);
    assert_eq!(*world.reason(WEB), Reason::Stale);
    assert_eq!((world.notices.len(), world.record(WEB).clone()), before);
    assert!(world.acts.is_empty());
}

// 6 and 7: ECS.

#[test]
fn what_ecs_rolls_back_is_only_looked_at_and_told_when_it_has_proved() {
    let mut world = guarded();
    let bad = world.breaks(WEB, 6);
    let back = world.ecs_rolls_back(WEB);
    world.failed(WEB, &bad);
    assert!(matches!(world.reason(WEB), Reason::EcsProves(_)));
    assert!(world.notices.is_empty());
    world.passes(mins(3));
    world.completes(WEB);
    world.hears([says(WEB, &back, Event::Completed)]);
    assert_eq!(*world.reason(WEB), Reason::EcsProved);
    assert_eq!(world.kinds(), ["deployment-rolled-back-by-ecs"]);
    assert!(world.acts.is_empty());
    let to = Verdict::RolledBack {
        to: Some(world.primary(WEB).definition.clone()),
    };
    assert_eq!(verdict(world.record(WEB), bad.as_str()), to);
    assert_eq!(
        world.record(WEB).watch.as_ref().unwrap().brought,
        Brought::Ecs
    );
}

#[test]
fn a_failure_that_ecs_rolls_back_five_seconds_later_is_acted_on_once_and_not_by_us() {
    let mut world = guarded();
    let bad = world.breaks(WEB, 6);
    world.failed(WEB, &bad);
    assert!(matches!(world.reason(WEB), Reason::Patience { .. }));
    world.now += secs(5);
    world.ecs_rolls_back(WEB);
    world.passes(mins(2));
    world.completes(WEB);
    world.passes(mins(2));
    assert!(world.acts.is_empty());
    assert_eq!(world.kinds(), ["deployment-rolled-back-by-ecs"]);
}

#[test]
fn the_completion_of_the_rollback_may_be_heard_before_the_failure() {
    let mut world = guarded();
    let bad = world.breaks(WEB, 6);
    let back = world.ecs_rolls_back(WEB);
    world.now += mins(2);
    world.completes(WEB);
    world.hears([says(WEB, &back, Event::Completed)]);
    world.failed(WEB, &bad);
    world.passes(mins(20));
    assert_eq!(world.kinds(), ["deployment-rolled-back-by-ecs"]);
    assert!(world.acts.is_empty());
    assert_eq!(world.good(WEB), ["web:5"]);
}

#[test]
fn a_rollback_of_which_every_word_was_lost_is_found_by_the_sweep() {
    let mut world = guarded();
    world.deploys(WEB, 6);
    world.now += mins(4);
    let bad = world.fails(WEB);
    world.ecs_rolls_back(WEB);
    world.now += mins(2);
    world.completes(WEB);
    world.now += mins(1);
    world.sweeps();
    assert_eq!(world.kinds(), ["deployment-rolled-back-by-ecs"]);
    let case = world.record(WEB).case.as_ref().unwrap();
    assert_eq!(case.failed, None, "nobody said that it was {bad}");
    assert!(world.record(WEB).bad.is_empty());
    world.passes(mins(20));
    assert!(!world.ticking);
}

#[test]
fn a_rollback_by_ecs_that_takes_too_long_is_told_louder_and_not_touched() {
    let mut world = guarded();
    let bad = world.breaks(WEB, 6);
    world.ecs_rolls_back(WEB);
    world.failed(WEB, &bad);
    world.passes(mins(16));
    assert_eq!(world.kinds(), ["rollback-not-proved"]);
    assert!(world.acts.is_empty());
}

#[test]
fn a_rollback_by_ecs_that_fails_is_told_and_never_rolled_back() {
    let mut world = guarded();
    let bad = world.breaks(WEB, 6);
    let back = world.ecs_rolls_back(WEB);
    world.failed(WEB, &bad);
    world.passes(mins(2));
    world.fails(WEB);
    world.at(WEB).attempts.last_mut().unwrap().status = Status::RollbackFailed;
    world.failed(WEB, &back);
    world.passes(mins(30));
    assert_eq!(world.kinds(), ["rollback-not-proved"]);
    assert!(world.acts.is_empty());
}

#[test]
fn rollback_failed_is_a_loud_page_even_where_nothing_else_says_so() {
    let mut world = guarded();
    let bad = world.breaks(WEB, 6);
    let attempt = world.at(WEB).attempts.last_mut().unwrap();
    attempt.status = Status::RollbackFailed;
    attempt.rolled_back_to = attempt.sources.first().cloned();
    world.failed(WEB, &bad);
    world.passes(mins(10));
    assert_eq!(world.kinds(), ["rollback-not-proved"]);
    assert!(world.acts.is_empty());
    assert_eq!(verdict(world.record(WEB), bad.as_str()), Verdict::Failed);
}

#[test]
fn a_person_who_rolls_it_back_meanwhile_is_only_looked_at() {
    let mut world = shop();
    world.at(WEB).of.breaker = Watching::default();
    let bad = world.deploys(WEB, 6);
    world.hears([says(WEB, &bad, Event::InProgress)]);
    world.now += mins(1);
    world.at(WEB).attempts.last_mut().unwrap().status = Status::RollbackRequested;
    world.hears([says(WEB, &bad, Event::InProgress)]);
    assert_eq!(*world.reason(WEB), Reason::EcsRollsBack);
    world.ecs_rolls_back(WEB);
    world.now += mins(1);
    world.completes(WEB);
    world.passes(mins(1));
    assert_eq!(*world.reason(WEB), Reason::EcsProved);
    assert!(world.acts.is_empty());
}

// 8: stalled.

#[test]
fn a_third_release_that_fails_while_ecs_goes_back_stalls_and_is_rolled_back_to_the_last_good_one() {
    let mut world = guarded();
    let bad = world.breaks(WEB, 6);
    world.ecs_rolls_back(WEB);
    world.failed(WEB, &bad);
    // Before that is complete, somebody deploys again, and ECS finds nothing complete to go to.
    let third = world.breaks(WEB, 7);
    world.failed(WEB, &third);
    assert!(matches!(world.reason(WEB), Reason::Patience { .. }));
    assert!(world.acts.is_empty());
    world.passes(mins(1));
    assert_eq!(*world.reason(WEB), Reason::RollsBack(Cause::Stalled));
    assert_eq!(world.runs(WEB), 5);
    world.completes(WEB);
    world.passes(mins(20));
    assert_eq!(world.good(WEB), ["web:5"]);
}

#[test]
fn where_ecs_calls_a_rollback_failed_that_never_began_it_is_stalled() {
    let mut world = guarded();
    let bad = world.breaks(WEB, 6);
    world.at(WEB).attempts.last_mut().unwrap().status = Status::RollbackFailed;
    world.failed(WEB, &bad);
    world.passes(mins(1));
    assert_eq!(*world.reason(WEB), Reason::RollsBack(Cause::Stalled));
}

// 9: failed, and nothing rolls back.

#[test]
fn a_release_that_failed_where_nothing_rolls_back_is_rolled_back_and_proved() {
    let mut world = shop();
    let bad = world.breaks(WEB, 6);
    world.failed(WEB, &bad);
    assert_eq!(*world.reason(WEB), Reason::RollsBack(Cause::Failed));
    assert_eq!(world.runs(WEB), 5);
    assert_eq!(
        verdict(world.record(WEB), bad.as_str()),
        Verdict::InProgress
    );
    world.passes(mins(2));
    world.completes(WEB);
    world.passes(mins(1));
    assert_eq!(*world.reason(WEB), Reason::Proved);
    world.passes(mins(20));
    assert_eq!(world.good(WEB), ["web:5"]);
    assert_eq!(
        world.kinds(),
        ["deployment-rolled-back", "deployment-rolled-back"]
    );
    assert_eq!(world.effects().len(), 1);
    assert!(!world.ticking);
}

#[test]
fn the_flag_of_what_found_it_decides_whether_ecs_rolls_back() {
    for (breaker, alarms, by_alarm, acts) in [
        (true, false, true, true),
        (true, false, false, false),
        (false, true, true, false),
        (false, true, false, true),
    ] {
        let mut world = shop();
        let of = |rollback| Watching { on: true, rollback };
        world.at(WEB).of.breaker = of(breaker);
        world.at(WEB).of.alarms = of(alarms);
        let bad = world.breaks(WEB, 6);
        let attempt = world.at(WEB).attempts.last_mut().unwrap();
        attempt.breaker_triggered = !by_alarm;
        attempt.triggered_alarms = if by_alarm {
            vec!["x".to_owned()]
        } else {
            Vec::new()
        };
        world.failed(WEB, &bad);
        let acted = matches!(world.reason(WEB), Reason::RollsBack(Cause::Failed));
        assert_eq!(
            acted,
            acts,
            "{breaker} {alarms} {by_alarm}: {:?}",
            world.reason(WEB)
        );
    }
}

#[test]
fn the_words_of_a_service_action_come_to_the_same() {
    let mut world = shop();
    world.breaks(WEB, 6);
    world.hears([Says::Action {
        service: service(WEB),
        event: Event::Failed,
    }]);
    assert_eq!(world.runs(WEB), 5);
}

#[test]
fn what_ecs_writes_about_it_decides_nothing() {
    for reason in [
        "ECS deployment circuit breaker: task failed to start.",
        "ECS deployment circuit breaker: tasks failed to start.",
        "ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/1.",
        "deployment failed because an alarm was detected",
        "completed.",
    ] {
        let mut world = shop();
        let bad = world.breaks(WEB, 6);
        world.at(WEB).of.deployments[0].reason = Some(reason.to_owned());
        world.failed(WEB, &bad);
        assert_eq!(
            *world.reason(WEB),
            Reason::RollsBack(Cause::Failed),
            "{reason}"
        );
    }
}

#[test]
fn a_word_that_nobody_knows_is_no_failure_and_no_end() {
    let mut world = shop();
    let new = world.deploys(WEB, 6);
    world.at(WEB).of.deployments[0].rollout = Rollout::from_name(Some("PONDERING"));
    world.at(WEB).attempts.last_mut().unwrap().status = Status::from_name("STOP_IN_PROGRESS");
    world.hears([says(WEB, &new, Event::InProgress)]);
    world.passes(mins(60));
    assert_eq!(*world.reason(WEB), Reason::InProgress);
    assert!(world.acts.is_empty());
    assert_eq!(Event::from_name("SERVICE_DEPLOYMENT_PONDERED"), None);
}

// 10: crash loops.

#[test]
fn tasks_that_start_and_end_for_ever_are_found_by_the_minute_where_the_breaker_forgets_them() {
    let mut world = shop();
    let bad = world.deploys(WEB, 6);
    world.hears([says(WEB, &bad, Event::InProgress)]);
    for round in 1..=3 {
        world.passes(mins(2));
        assert_eq!(world.runs(WEB), 6, "after {round}");
        let crash = crash(&bad, world.now);
        world.at(WEB).stopped.push(crash);
    }
    world.passes(mins(1));
    assert_eq!(
        *world.reason(WEB),
        Reason::RollsBack(Cause::CrashLoop { tasks: 3 })
    );
    assert_eq!(world.runs(WEB), 5);
}

#[test]
fn what_the_breaker_counts_itself_is_left_to_it() {
    let mut world = shop();
    let bad = world.deploys(WEB, 6);
    world.hears([says(WEB, &bad, Event::InProgress)]);
    for _ in 0..8 {
        let task = stopped(
            &bad,
            "TaskFailedToStart",
            "CannotPullContainerError: not found",
            world.now,
        );
        world.at(WEB).stopped.push(task);
    }
    world.passes(mins(10));
    assert_eq!(*world.reason(WEB), Reason::InProgress);
}

#[test]
fn a_service_that_nothing_watches_gets_some_minutes_and_is_rolled_back_then() {
    let mut world = shop();
    world.at(WEB).of.breaker = Watching::default();
    let bad = world.deploys(WEB, 6);
    world.hears([says(WEB, &bad, Event::InProgress)]);
    for _ in 0..3 {
        let task = stopped(
            &bad,
            "TaskFailedToStart",
            "CannotPullContainerError: not found",
            world.now,
        );
        world.at(WEB).stopped.push(task);
    }
    world.passes(mins(4));
    assert_eq!(world.runs(WEB), 6);
    world.passes(mins(1));
    assert_eq!(world.runs(WEB), 5);
}

#[test]
fn tasks_that_others_stopped_or_that_ended_well_are_no_crash_loop() {
    let mut world = shop();
    world.at(WEB).of.breaker = Watching::default();
    let bad = world.deploys(WEB, 6);
    world.hears([says(WEB, &bad, Event::InProgress)]);
    for code in [
        "UserInitiated",
        "ServiceSchedulerInitiated",
        "SpotInterruption",
        "TerminationNotice",
        "Odd",
    ] {
        for _ in 0..5 {
            let task = stopped(&bad, code, "somebody did", world.now);
            world.at(WEB).stopped.push(task);
        }
    }
    for _ in 0..5 {
        let mut task = crash(&bad, world.now);
        task.exit_codes = vec![("app".to_owned(), 0)];
        world.at(WEB).stopped.push(task);
        let other = crash(&deployment(999), world.now);
        world.at(WEB).stopped.push(other);
    }
    world.passes(mins(15));
    assert_eq!(*world.reason(WEB), Reason::InProgress);
}

#[test]
fn a_large_service_has_to_lose_as_many_tasks_as_the_breaker_would_count() {
    let mut world = shop();
    world.at(WEB).of.desired = 20;
    world.deploys(WEB, 6);
    world.now += mins(1);
    let bad = world.completes(WEB);
    world.hears([says(WEB, &bad, Event::Completed)]);
    world.now += secs(30);
    for number in 1..=10 {
        let crash = crash(&bad, world.now);
        world.at(WEB).stopped.push(crash);
        world.hears([Says::Minute]);
        assert_eq!(world.runs(WEB), if number < 10 { 6 } else { 5 }, "{number}");
    }
}

#[test]
fn a_crash_loop_after_the_window_is_not_the_releases() {
    let mut world = shop();
    let id = world.primary_id(WEB);
    for _ in 0..5 {
        let crash = crash(&id, world.now);
        world.at(WEB).stopped.push(crash);
    }
    world.sweeps();
    assert_eq!(*world.reason(WEB), Reason::Steady);
}

#[test]
fn a_slow_start_that_came_right_is_no_crash_loop_afterwards() {
    let mut world = shop();
    world.at(WEB).of.breaker = Watching::default();
    let new = world.deploys(WEB, 6);
    world.hears([says(WEB, &new, Event::InProgress)]);
    for _ in 0..3 {
        let crash = crash(&new, world.now);
        world.at(WEB).stopped.push(crash);
    }
    world.passes(mins(3));
    world.completes(WEB);
    world.passes(mins(20));
    assert_eq!(world.good(WEB), ["web:5", "web:6"]);
}

// Lost and new.

#[test]
fn a_release_of_which_every_word_was_lost_is_found_by_the_sweep() {
    let mut world = shop();
    world.deploys(WEB, 6);
    world.now += mins(4);
    world.fails(WEB);
    world.sweeps();
    assert_eq!(world.runs(WEB), 5);
}

#[test]
fn what_runs_when_we_come_has_proved_good_if_it_is_complete_for_long() {
    let mut world = world();
    world.serves(WEB);
    world.serves(API);
    world.deploys(WEB, 3);
    world.completes(WEB);
    world.deploys(API, 8);
    world.now += mins(1);
    world.completes(API);
    world.now += mins(12);
    world.sweeps();
    assert_eq!(
        *world.reason(API),
        Reason::Watched {
            until: world.now + mins(3)
        }
    );
    world.now += SignedDuration::from_hours(30);
    world.sweeps();
    assert_eq!(world.good(WEB), ["web:3"]);
    assert_eq!(world.good(API), ["api:8"]);
    assert!(!world.ticking);
}

#[test]
fn what_went_wrong_long_after_a_release_is_not_blamed_on_it() {
    let mut world = world();
    world.serves(WEB);
    world.deploys(WEB, 3);
    world.completes(WEB);
    world.at(WEB).attempts.clear();
    world.now += SignedDuration::from_hours(240);
    world.alarm(WEB, "web-5xx", AlarmState::Alarm);
    // Something changed the deployment today, which is not its release.
    let now = world.now;
    world.at(WEB).of.deployments[0].updated_at = now;
    let id = world.primary_id(WEB);
    for _ in 0..5 {
        let crash = crash(&id, now);
        world.at(WEB).stopped.push(crash);
    }
    world.now += mins(2);
    world.sweeps();
    assert!(world.acts.is_empty(), "{:?}", world.reason(WEB));
    assert!(world.notices.is_empty());
}
