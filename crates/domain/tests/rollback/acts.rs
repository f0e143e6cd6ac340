//! How a release is rolled back, once, and what it takes to have proved.

use domain::rollback::{
    AlarmState, Cause, Event, How, Outcome, Reason, Status, Strategy, Verdict, What, Withheld,
    history, verdict,
};

use crate::made::{
    ALARM, GROUP, WEB, crash, deployment, digest, mins, revision_arn, says, secs, service,
};
use crate::world::{Of, World, shop, world};

/// A release in the middle of whose traffic shift something goes wrong.
fn shifting(strategy: Strategy) -> World {
    let mut world = shop();
    world.at(WEB).of.strategy = strategy;
    let bad = world.deploys(WEB, 6);
    world.hears([says(WEB, &bad, Event::InProgress)]);
    for _ in 0..3 {
        let crash = crash(&bad, world.now);
        world.at(WEB).stopped.push(crash);
    }
    world
}

#[test]
fn a_shift_of_traffic_is_stopped_and_never_updated() {
    for strategy in [Strategy::BlueGreen, Strategy::Linear, Strategy::Canary] {
        let mut world = shifting(strategy);
        world.passes(mins(6));
        assert!(matches!(world.acts[0].0.how, How::Stop { .. }));
        assert_eq!(world.runs(WEB), 5);
        world.completes(WEB);
        world.passes(mins(2));
        assert_eq!(world.effects().len(), 1);
        assert_eq!(world.kinds(), ["deployment-rolled-back"; 2]);
    }
}

#[test]
fn a_shift_that_waits_at_a_hook_is_told_to_go_back() {
    let mut world = shifting(Strategy::BlueGreen);
    world.at(WEB).attempts.last_mut().unwrap().paused = Some("hook-1".to_owned());
    world.passes(mins(6));
    let How::Continue { hook, .. } = &world.acts[0].0.how else {
        panic!("{:?}", world.acts);
    };
    assert_eq!(hook, "hook-1");
}

#[test]
fn a_hook_that_rolls_back_by_itself_a_day_later_is_a_rollback_by_ecs() {
    let mut world = shop();
    world.at(WEB).of.strategy = Strategy::Canary;
    let bad = world.deploys(WEB, 6);
    world.at(WEB).attempts.last_mut().unwrap().paused = Some("hook-1".to_owned());
    world.hears([says(WEB, &bad, Event::InProgress)]);
    world.passes(mins(24 * 60));
    world.ecs_rolls_back(WEB);
    world.passes(mins(1));
    world.completes(WEB);
    world.passes(mins(2));
    assert!(world.acts.is_empty());
    assert_eq!(world.kinds(), ["deployment-rolled-back-by-ecs"]);
}

#[test]
fn a_shift_of_which_it_cannot_be_told_which_attempt_it_is_is_left_alone() {
    let mut world = shifting(Strategy::BlueGreen);
    let mut twin = world.at(WEB).attempts.last().unwrap().clone();
    twin.arn = crate::made::attempt_arn(WEB, 4711);
    world.at(WEB).attempts.push(twin);
    world.at(WEB).of.current = None;
    world.passes(mins(6));
    assert!(matches!(
        world.reason(WEB),
        Reason::Leaves(_, Withheld::Ambiguous)
    ));
    world.unreadable.insert(Of::Attempts);
    world.passes(mins(1));
    assert!(matches!(
        world.reason(WEB),
        Reason::Leaves(_, Withheld::Unseen { .. })
    ));
    assert!(world.acts.is_empty());
}

#[test]
fn a_shift_that_would_go_back_to_something_bad_is_left_alone() {
    let mut world = shop();
    world.deploys(WEB, 6);
    world.now += mins(1);
    let id = world.completes(WEB);
    world.hears([says(WEB, &id, Event::Completed)]);
    world.at(WEB).of.mode = domain::tag::Tagged::Absent;
    world.now += mins(1);
    world.alarm(WEB, ALARM, AlarmState::Alarm);
    world.passes(mins(2));
    world.alarm(WEB, ALARM, AlarmState::Ok);
    world.at(WEB).of.mode = domain::tag::Tagged::Says(domain::rollback::Mode::Auto);
    world.at(WEB).of.strategy = Strategy::BlueGreen;
    let bad = world.deploys(WEB, 7);
    world.hears([says(WEB, &bad, Event::InProgress)]);
    for _ in 0..3 {
        let crash = crash(&bad, world.now);
        world.at(WEB).stopped.push(crash);
    }
    world.passes(mins(6));
    assert!(matches!(
        world.reason(WEB),
        Reason::Leaves(_, Withheld::EcsWouldGoBackToBad)
    ));
}

#[test]
fn a_rolling_update_under_way_is_stopped_where_ecs_goes_back_to_the_right_one() {
    let mut world = shifting(Strategy::Rolling);
    world.passes(mins(6));
    assert!(matches!(world.acts[0].0.how, How::Stop { .. }));
    assert_eq!(world.runs(WEB), 5);
}

#[test]
fn a_rolling_update_under_way_is_updated_where_ecs_would_go_back_to_another() {
    let mut world = shifting(Strategy::Rolling);
    let other = revision_arn(WEB, 4711);
    world.at(WEB).attempts.last_mut().unwrap().sources = vec![other];
    world.passes(mins(6));
    assert_eq!(world.acts[0].0.how, How::Update);
    assert_eq!(world.runs(WEB), 5);
}

// Once.

#[test]
fn one_event_twice_and_at_once_is_one_rollback() {
    let mut world = shop();
    let bad = world.breaks(WEB, 6);
    let failed = || [says(WEB, &bad, Event::Failed)];
    let (one, other) = (world.plan(failed()), world.plan(failed()));
    world.apply(&one, usize::MAX);
    world.apply(&other, usize::MAX);
    world.failed(WEB, &bad);
    assert_eq!(world.acts.len(), 1);
    assert_eq!(world.kinds(), ["deployment-rolled-back"]);
}

#[test]
fn a_ledger_that_another_run_was_quicker_with_keeps_the_act_back() {
    let mut world = shop();
    let bad = world.breaks(WEB, 6);
    let plan = world.plan([says(WEB, &bad, Event::Failed)]);
    let record = world.records.get_mut(&service(WEB)).unwrap();
    record.version = record.version.next();
    world.apply(&plan, usize::MAX);
    assert!(world.acts.is_empty() && world.notices.is_empty());
    world.failed(WEB, &bad);
    assert_eq!(world.effects().len(), 1);
}

#[test]
fn a_run_that_dies_before_the_call_is_made_good_once_it_must_be_over() {
    let mut world = shop();
    let bad = world.breaks(WEB, 6);
    world.hears_and_dies([says(WEB, &bad, Event::Failed)], 1);
    assert!(world.acts.is_empty());
    world.ticking = true;
    world.passes(mins(1));
    assert_eq!(
        *world.reason(WEB),
        Reason::Intended,
        "it may still be at it"
    );
    world.passes(mins(1));
    assert_eq!(*world.reason(WEB), Reason::TriesAgain);
    assert_eq!(world.effects().len(), 1);
}

#[test]
fn a_run_that_dies_after_the_call_finds_its_own_deployment() {
    for inactive in [false, true] {
        let mut world = shop();
        let good = crate::made::definition("web", 5);
        if inactive {
            let of = world.definitions.get_mut(&good).unwrap();
            of.status = domain::rollback::DefinitionStatus::Inactive;
        }
        let bad = world.breaks(WEB, 6);
        world.hears_and_dies([says(WEB, &bad, Event::Failed)], 2);
        assert_eq!(world.effects().len(), 1);
        world.ticking = true;
        world.passes(mins(5));
        world.completes(WEB);
        world.passes(mins(2));
        assert_eq!(world.effects().len(), 1, "not a second one");
        let acted = &world.record(WEB).acts[0];
        assert_eq!(acted.ours, Some(world.primary_id(WEB)));
        assert_eq!(world.kinds().len(), 2);
    }
}

#[test]
fn a_copy_that_was_made_for_something_else_is_not_taken_for_ours() {
    let mut world = shop();
    let good = crate::made::definition("web", 5);
    let inactive = domain::rollback::DefinitionStatus::Inactive;
    world.definitions.get_mut(&good).unwrap().status = inactive;
    let bad = world.breaks(WEB, 6);
    world.hears_and_dies([says(WEB, &bad, Event::Failed)], 1);
    // Somebody deploys an earlier copy, whose tag says for what it was.
    let other = world.defines(WEB, 7);
    let copy = Some("web:5 after ecs-svc/1".to_owned());
    world.definitions.get_mut(&other).unwrap().copy = copy;
    let new = world.deploys(WEB, 7);
    world.hears([says(WEB, &new, Event::InProgress)]);
    assert!(
        world.kinds().contains(&"deployment-superseded"),
        "{:?}",
        world.kinds()
    );
    assert_eq!(world.record(WEB).acts[0].ours, None);
}

#[test]
fn clocks_that_differ_by_some_seconds_do_not_hide_our_own_deployment() {
    let mut world = shop();
    let bad = world.breaks(WEB, 6);
    world.failed(WEB, &bad);
    let ours = &mut world.at(WEB).of.deployments[0];
    ours.created_at -= secs(20);
    world.completes(WEB);
    world.passes(mins(1));
    assert_eq!(*world.reason(WEB), Reason::Proved);
}

#[test]
fn a_call_that_never_has_an_effect_is_given_up_and_told_louder() {
    let mut world = shop();
    let bad = world.breaks(WEB, 6);
    // Whoever writes the intent dies before every call.
    world.hears_and_dies([says(WEB, &bad, Event::Failed)], 1);
    for _ in 0..12 {
        world.now += mins(1);
        let plan = world.plan([domain::rollback::Says::Minute]);
        let calls = !plan.acts.is_empty();
        world.apply(&plan, if calls { 1 } else { usize::MAX });
    }
    assert!(world.acts.is_empty());
    assert!(
        world.kinds().contains(&"rollback-not-proved"),
        "{:?}",
        world.kinds()
    );
    assert_eq!(verdict(world.record(WEB), bad.as_str()), Verdict::Failed);
    world.passes(mins(30));
    assert!(world.acts.is_empty(), "there is one try");
    assert!(!world.ticking);
}

#[test]
fn a_newer_release_that_came_between_reading_and_writing_is_not_overwritten() {
    let mut world = shop();
    let bad = world.breaks(WEB, 6);
    let plan = world.plan([says(WEB, &bad, Event::Failed)]);
    world.deploys(WEB, 7);
    world.apply(&plan, usize::MAX);
    assert_eq!(world.runs(WEB), 7);
    world.passes(mins(1));
    assert!(world.kinds().contains(&"deployment-superseded"));
    world.passes(mins(1));
    world.completes(WEB);
    world.passes(mins(20));
    assert_eq!(world.good(WEB), ["web:5", "web:7"]);
    assert!(world.effects().is_empty());
}

#[test]
fn a_newer_release_that_had_to_give_way_is_told_and_not_overwritten_twice() {
    let mut world = shop();
    let bad = world.breaks(WEB, 6);
    // Between the last look and the call, for which ECS has no condition.
    let plan = world.plan([says(WEB, &bad, Event::Failed)]);
    let lost = world.deploys(WEB, 7);
    world.at(WEB).of.deployments[0].primary = false;
    world.at(WEB).of.deployments[1].primary = true;
    world.apply(&plan, usize::MAX);
    assert_eq!(world.runs(WEB), 5);
    world.passes(mins(1));
    let page = world.notices.last().unwrap();
    assert!(
        page.facts.iter().any(|fact| fact.value == lost.as_str()),
        "{page:#?}"
    );
    // Deployed again it stays.
    world.deploys(WEB, 7);
    world.passes(mins(5));
    assert_eq!(world.runs(WEB), 7);
}

// The proof.

#[test]
fn a_rollback_that_fails_itself_is_one_loud_page_and_no_second_try() {
    let mut world = shop();
    let bad = world.breaks(WEB, 6);
    world.failed(WEB, &bad);
    world.passes(mins(3));
    let ours = world.fails(WEB);
    world.failed(WEB, &ours);
    assert!(matches!(world.reason(WEB), Reason::NotProved(_)));
    world.passes(mins(60));
    assert_eq!(world.effects().len(), 1);
    assert_eq!(
        world.kinds(),
        ["deployment-rolled-back", "rollback-not-proved"]
    );
}

#[test]
fn what_came_back_has_to_run_whole_healthy_quiet_and_with_its_own_bytes() {
    type Spoils = fn(&mut World);
    let spoils: [(&str, Spoils); 6] = [
        ("complete", |world| {
            world.at(WEB).of.deployments[0].rollout = domain::rollback::Rollout::InProgress;
        }),
        ("tasks", |world| world.at(WEB).of.running = 1),
        ("targets", |world| {
            world.target_groups.get_mut(GROUP).unwrap().healthy = 1;
        }),
        ("another image", |world| {
            let task = &mut world.at(WEB).running[1];
            task.digests.insert("app".to_owned(), digest(666));
        }),
        ("alarm", |world| world.alarm(WEB, ALARM, AlarmState::Alarm)),
        ("cannot be read", |world| {
            world.unreadable.insert(Of::Running);
        }),
    ];
    for (word, spoil) in spoils {
        let mut world = world();
        world.serves(WEB);
        world.balanced(WEB);
        world.released(WEB, 5);
        let bad = world.breaks(WEB, 6);
        world.failed(WEB, &bad);
        world.now += mins(1);
        world.completes(WEB);
        spoil(&mut world);
        world.passes(mins(1));
        let Reason::Proves(missing) = world.reason(WEB) else {
            panic!("{word}: {:?}", world.reason(WEB));
        };
        assert!(
            missing.iter().any(|missing| missing.contains(word)),
            "{missing:?}"
        );
        world.passes(mins(16));
        assert!(world.kinds().contains(&"rollback-not-proved"), "{word}");
        assert_eq!(world.effects().len(), 1, "{word}");
    }
}

#[test]
fn autoscaling_may_move_the_count_while_it_is_rolled_back() {
    let mut world = shop();
    let bad = world.breaks(WEB, 6);
    world.failed(WEB, &bad);
    world.at(WEB).of.desired = 7;
    world.passes(mins(2));
    world.completes(WEB);
    world.passes(mins(1));
    assert_eq!(*world.reason(WEB), Reason::Proved);
    assert_eq!(world.at(WEB).of.desired, 7);
}

#[test]
fn how_it_ended_is_told_although_the_run_died_before_it_said_so() {
    let mut world = shop();
    let bad = world.breaks(WEB, 6);
    world.failed(WEB, &bad);
    world.completes(WEB);
    world.now += mins(1);
    world.hears_and_dies([domain::rollback::Says::Minute], 1);
    let case = world.record(WEB).case.as_ref().unwrap();
    assert!(matches!(case.outcome, Some(Outcome::Proved { .. })));
    assert_eq!(world.kinds().len(), 1);
    world.passes(mins(1));
    assert_eq!(world.kinds().len(), 2);
    world.passes(mins(1));
    assert_eq!(world.kinds().len(), 2);
    assert!(world.record(WEB).case.is_none());
}

#[test]
fn how_it_ended_is_told_before_what_came_back_fails_in_its_turn() {
    let mut world = shop();
    let bad = world.breaks(WEB, 6);
    world.failed(WEB, &bad);
    let ours = world.completes(WEB);
    world.now += mins(1);
    world.hears_and_dies([domain::rollback::Says::Minute], 1);
    for _ in 0..3 {
        let crash = crash(&ours, world.now);
        world.at(WEB).stopped.push(crash);
    }
    world.passes(mins(3));
    assert_eq!(
        world.kinds(),
        [
            "deployment-rolled-back",
            "deployment-rolled-back",
            "deployment-failed"
        ]
    );
}

#[test]
fn what_fails_next_began_when_it_began() {
    let mut world = shop();
    for number in [6, 7] {
        let bad = world.breaks(WEB, number);
        world.failed(WEB, &bad);
        let page = world.notices.last().unwrap();
        assert_eq!(page.since, world.now, "{number}");
        world.completes(WEB);
        world.passes(mins(20));
    }
}

// A person's word.

fn back(to: Option<&str>) -> What {
    What::Rollback {
        service: service(WEB),
        to: to.map(str::to_owned),
    }
}

#[test]
fn a_person_rolls_a_healthy_release_back_whatever_its_tag_says() {
    let mut world = shop();
    world.released(WEB, 6);
    world.at(WEB).of.mode = domain::tag::Tagged::Absent;
    world.orders(back(None));
    assert!(matches!(
        world.reason(WEB),
        Reason::RollsBack(Cause::Ordered { .. })
    ));
    assert_eq!(world.runs(WEB), 5);
    let other = domain::rollback::Elsewhere::of(world.record(WEB));
    assert_eq!(other.failing, None, "and it is no outage for another one");
    world.completes(WEB);
    world.passes(mins(2));
    let page = world.notices.last().unwrap();
    assert!(page.done.as_ref().unwrap().contains("ana"), "{page:#?}");
    // What a person ordered is not counted against the service.
    assert!(!world.record(WEB).acts[0].counts);
}

#[test]
fn a_person_names_a_release_by_its_definition_its_revision_or_its_deployment() {
    let mut world = world();
    world.serves(WEB);
    for number in [3, 4, 5] {
        world.released(WEB, number);
    }
    let good = &world.record(WEB).good[0];
    let names = [
        good.deployment.as_str().to_owned(),
        good.release.definition.as_str().to_owned(),
        good.release.revision.as_ref().unwrap().as_str().to_owned(),
    ];
    for name in names {
        let mut world = world.clone();
        world.orders(back(Some(&name)));
        assert_eq!(world.runs(WEB), 3, "{name}");
    }
}

#[test]
fn a_person_cannot_name_what_is_not_known_what_failed_or_what_is_there() {
    let mut world = shop();
    let bad = world.breaks(WEB, 6);
    world.failed(WEB, &bad);
    world.completes(WEB);
    world.passes(mins(20));
    let six = crate::made::definition("web", 6);
    let five = crate::made::definition("web", 5);
    for to in ["--force", "ecs-svc/99999", six.as_str(), five.as_str()] {
        world.orders(back(Some(to)));
        assert!(
            matches!(
                world.reason(WEB),
                Reason::Refused(Withheld::NoTarget { .. })
            ),
            "{to}: {:?}",
            world.reason(WEB)
        );
    }
    assert_eq!(world.effects().len(), 1);
}

#[test]
fn a_person_is_refused_at_rest_while_frozen_and_while_it_is_rolled_back_already() {
    let mut world = shop();
    world.released(WEB, 6);
    let mut rests = world.clone();
    rests.at(WEB).of.held = true;
    rests.orders(back(None));
    assert_eq!(*rests.reason(WEB), Reason::Refused(Withheld::AtRest));
    let mut frozen = world.clone();
    frozen.orders(What::Freeze {
        service: None,
        until: None,
    });
    frozen.orders(back(None));
    assert!(matches!(
        frozen.reason(WEB),
        Reason::Refused(Withheld::Frozen { .. })
    ));
    world.orders(back(None));
    world.orders(back(None));
    assert_eq!(*world.reason(WEB), Reason::Refused(Withheld::Busy));
    assert_eq!(world.effects().len(), 1);
}

// What is answered.

#[test]
fn a_release_that_was_rolled_back_is_not_deployed_although_the_service_is_stable() {
    let mut world = shop();
    let good = world.primary_id(WEB);
    let bad = world.breaks(WEB, 6);
    world.failed(WEB, &bad);
    world.completes(WEB);
    world.passes(mins(20));
    let record = world.record(WEB);
    let five = crate::made::definition("web", 5);
    let six = crate::made::definition("web", 6);
    let to = Some(five.clone());
    assert_eq!(verdict(record, six.as_str()), Verdict::RolledBack { to });
    assert_eq!(verdict(record, good.as_str()), Verdict::Deployed);
    assert_eq!(verdict(record, five.as_str()), Verdict::Deployed);
    assert_eq!(verdict(record, "web"), Verdict::Unknown);
    let names: Vec<&str> = history(record)
        .iter()
        .map(|past| past.verdict.name())
        .collect();
    assert_eq!(names, ["deployed", "rolled-back", "deployed"]);
}

#[test]
fn the_answer_while_it_goes_on_is_in_progress_and_then_failed_or_deployed() {
    let mut world = shop();
    let id = world.deploys(WEB, 6);
    world.hears([says(WEB, &id, Event::InProgress)]);
    let of = |world: &World| verdict(world.record(WEB), id.as_str());
    assert_eq!(of(&world), Verdict::InProgress);
    let mut failed = world.clone();
    failed.at(WEB).of.mode = domain::tag::Tagged::Absent;
    failed.now += mins(4);
    failed.fails(WEB);
    failed.failed(WEB, &id);
    assert_eq!(of(&failed), Verdict::Failed);
    assert_eq!(
        history(failed.record(WEB))[0].why,
        Cause::Failed.to_string()
    );
    world.now += mins(4);
    world.completes(WEB);
    world.hears([says(WEB, &id, Event::Completed)]);
    assert_eq!(of(&world), Verdict::Deployed);
    assert_eq!(
        verdict(world.record(WEB), deployment(4711).as_str()),
        Verdict::Unknown
    );
}

#[test]
fn calls_that_are_all_throttled_change_nothing_and_lose_nothing() {
    let mut world = shop();
    let bad = world.breaks(WEB, 6);
    for of in [
        Of::Services,
        Of::Attempts,
        Of::Revisions,
        Of::Definitions,
        Of::Images,
        Of::Needed,
        Of::TargetGroups,
        Of::Stopped,
        Of::Running,
        Of::Alarms,
    ] {
        world.unreadable.insert(of);
    }
    world.failed(WEB, &bad);
    assert!(world.acts.is_empty());
    world.unreadable.clear();
    world.passes(mins(1));
    assert_eq!(world.runs(WEB), 5);
}

#[test]
fn an_attempt_is_stopped_once_and_waited_for() {
    let mut world = shifting(Strategy::BlueGreen);
    world.now += mins(6);
    world.hears_and_dies([domain::rollback::Says::Minute], 1);
    world.at(WEB).attempts.last_mut().unwrap().status = Status::RollbackRequested;
    world.passes(mins(5));
    assert_eq!(*world.reason(WEB), Reason::Asked);
    assert!(world.acts.is_empty());
}
