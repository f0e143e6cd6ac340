//! Lifecycle hooks: kept open while tasks are on the instance and there is time, completed when
//! there is nothing to wait for, and never anybody else's.

use domain::drain::{Ending, HookCallback, Mode, Reason, Says, Status};
use domain::tag::Tagged;
use jiff::SignedDuration;

use crate::made::{HOOK, at, cluster, hook, hook_of, id, secs, state, warning};
use crate::world::{World, reason, world};

fn one(leaves: Option<i64>) -> World {
    let mut world = world();
    world.machine(1, "prod");
    world.serves("prod/api", leaves);
    world.runs("prod/api", 1);
    world.until(at(0));
    world
}

#[test]
fn the_instance_goes_when_every_task_has_stopped() {
    let mut world = one(Some(200));
    let plan = world.hears([hook(1)]);
    assert_eq!(reason(&plan, 1), Some(&Reason::Drains));
    world.until(at(199));
    assert_eq!(world.at(1).completed, 0);
    world.until(at(300));
    assert_eq!(world.at(1).completed, 1);
    world.hears([state(1, "terminated")]);
    world.calms_down();
    let outcome = world.outcome(1);
    assert_eq!(outcome.ending, Ending::Released);
    assert_eq!((outcome.left, outcome.killed), (1, 0));
    assert!(world.counts.is_empty(), "nobody lost anything to Spot");
}

#[test]
fn a_task_that_is_not_wanted_and_has_not_stopped_is_waited_for() {
    let mut world = one(None);
    world.hears([hook(1)]);
    world.until(at(60));
    // ECS told it to stop, and its load balancer takes five minutes.
    let task = world.at(1).tasks.values_mut().next().unwrap();
    (task.wanted, task.stops) = (false, Some(at(400)));
    world.until(at(399));
    assert_eq!(world.at(1).completed, 0);
    world.until(at(480));
    assert_eq!(world.at(1).completed, 1);
}

#[test]
fn a_hook_is_kept_open_by_heartbeats_before_it_ends() {
    let mut world = one(None);
    world.hears([hook(1)]);
    world.until(at(240));
    assert_eq!(world.calls.beat, 0, "ten minutes are far");
    world.until(at(1_800));
    assert!((3..=8).contains(&world.calls.beat), "{}", world.calls.beat);
}

#[test]
fn at_its_cap_the_hook_lets_go_and_what_cannot_leave_is_stopped_before() {
    let mut world = one(None);
    world.hears([hook(1)]);
    world.until(at(7_200 - 46));
    assert_eq!(world.calls.stop, 0);
    world.until(at(7_200 - 40));
    assert_eq!(world.calls.stop, 1);
    world.until(at(7_300));
    assert_eq!(world.at(1).completed, 1);
    world.hears([state(1, "terminated")]);
    world.calms_down();
    assert_eq!(world.outcome(1).killed, 0);
}

#[test]
fn one_that_is_stuck_pages_with_its_task_and_the_reason() {
    let mut world = one(None);
    world.runs_alone("family:report", 1);
    world.hears([hook(1)]);
    world.until(at(14 * 60));
    assert!(world.notices.is_empty());
    world.until(at(16 * 60));
    assert_eq!(world.told(), [("drain-stuck", false)]);
    let facts = &world.notices[0].facts;
    assert!(
        facts
            .iter()
            .any(|fact| fact.value.contains("belongs to no service"))
    );
    // They stop, and it goes.
    let now = world.now;
    for task in world.at(1).tasks.values_mut() {
        (task.wanted, task.stops) = (false, Some(now + secs(5)));
    }
    world.until(now + secs(180));
    assert_eq!(world.at(1).completed, 1);
    world.hears([state(1, "terminated")]);
    world.calms_down();
    assert_eq!(
        world.told(),
        [("drain-stuck", false), ("drain-stuck", true)]
    );
}

#[test]
fn a_standalone_task_that_is_to_be_stopped_does_not_keep_a_hook_for_days() {
    let mut world = one(Some(10));
    world.runs_alone("family:report", 1);
    world.cluster("prod").standalone = Tagged::Says(domain::drain::Standalone::Stop);
    world.hears([hook(1)]);
    world.until(at(240));
    assert_eq!(world.at(1).completed, 1);
}

#[test]
fn spots_deadline_is_shorter_and_ends_the_heartbeats() {
    let mut world = one(None);
    world.at(1).taken = Some(at(130));
    world.hears([hook(1)]);
    world.until(at(10));
    world.hears([warning(1)]);
    world.until(at(129));
    assert_eq!(
        world.at(1).completed,
        1,
        "all its tasks were stopped in time"
    );
    world.until(at(400));
    assert_eq!(world.calls.beat, 0);
    world.hears([state(1, "terminated")]);
    world.calms_down();
    assert_eq!(world.outcome(1).ending, Ending::Interrupted);
}

#[test]
fn a_task_that_outlives_spots_deadline_does_not_keep_the_hook() {
    let mut world = one(None);
    world.services.values_mut().for_each(|s| s.stops = 600);
    world.at(1).taken = Some(at(5_000));
    world.hears([hook(1), warning(1)]);
    world.until(at(119));
    assert_eq!(world.at(1).completed, 0);
    world.until(at(135));
    assert_eq!(world.at(1).completed, 1);
}

#[test]
fn hooks_of_others_are_left_alone() {
    let mut world = one(None);
    let plan = world.hears([
        hook_of(1, "ecs-managed-draining-termination-hook", "token-9"),
        hook_of(1, "theirs", "token-8"),
    ]);
    assert_eq!(reason(&plan, 1), Some(&Reason::NotOurHook));
    assert!(plan.hooks.is_empty() && plan.drain.is_empty() && plan.records.is_empty());
}

#[test]
fn two_hooks_of_ours_are_both_completed_by_their_own_tokens() {
    let mut world = one(Some(10));
    world.policy.hooks.insert("second".to_owned());
    let hooks = world.groups.get_mut(crate::made::GROUP).unwrap();
    let hooks = hooks.hooks.as_mut().unwrap();
    let times = hooks[HOOK];
    hooks.insert("second".to_owned(), times);
    world.hears([
        hook(1),
        hook_of(1, "second", "token-2"),
        hook_of(1, "theirs", "token-3"),
    ]);
    world.until(at(60));
    let signs = crate::world::signs([(at(120), Says::Tick)]);
    world.until(at(119));
    world.now = at(120);
    let plan = world.plan(&signs);
    let completed: Vec<&str> = plan
        .hooks
        .iter()
        .filter(|step| step.what == HookCallback::Complete)
        .map(|step| step.token.as_str())
        .collect();
    // The second look after DRAINING: no task can have come since.
    let before: u32 = world.at(1).completed;
    assert!(
        completed == ["token-1", "token-2"] || before == 2,
        "{completed:?}"
    );
}

#[test]
fn one_that_is_in_no_cluster_is_let_go_at_once() {
    let mut world = world();
    world.until(at(0));
    let plan = world.hears([hook(9)]);
    assert_eq!(reason(&plan, 9), Some(&Reason::NotInCluster));
    assert_eq!(plan.hooks.len(), 1);
    assert_eq!(plan.hooks[0].what, HookCallback::Complete);
    assert!(plan.records.is_empty());
}

#[test]
fn one_that_is_out_of_scope_is_let_go_at_once() {
    let mut world = one(None);
    world.cluster("prod").drain = Tagged::Says(Mode::Off);
    let plan = world.hears([hook(1)]);
    assert_eq!(reason(&plan, 1), Some(&Reason::Off));
    assert_eq!(world.at(1).completed, 1);
    assert_eq!(world.status(1), Status::Active);
}

#[test]
fn where_nobody_can_see_the_hook_is_kept_open_and_told_of() {
    let mut world = one(None);
    world.denied.insert(cluster("prod"));
    world.at(1).indexed = false;
    let plan = world.hears([hook(1)]);
    assert!(matches!(reason(&plan, 1), Some(Reason::Unseen(_))));
    world.until(at(20 * 60));
    assert_eq!(world.at(1).completed, 0);
    assert!(world.calls.beat > 0);
    assert_eq!(world.told(), [("hook-waits", false)]);
    world.denied.clear();
    world.until(at(25 * 60));
    assert_eq!(world.status(1), Status::Draining);
    assert_eq!(
        world.told(),
        [
            ("hook-waits", false),
            ("drain-stuck", false),
            ("hook-waits", true)
        ]
    );
}

#[test]
fn a_hook_that_was_deleted_is_not_waited_for() {
    let mut world = one(None);
    world.hears([hook(1)]);
    world.until(at(30));
    let group = world.groups.get_mut(crate::made::GROUP).unwrap();
    group.hooks.as_mut().unwrap().clear();
    world.until(at(90));
    assert!(world.drains[&id(1)].hooks.is_empty());
    assert_eq!((world.at(1).completed, world.calls.beat), (0, 0));
    world.at(1).taken = Some(at(95));
    world.until(at(100));
    world.hears([state(1, "terminated")]);
    world.calms_down();
    assert_eq!(world.outcome(1).killed, 1);
}

#[test]
fn a_hook_that_ends_sooner_than_we_look_is_told_of() {
    let mut world = one(None);
    let group = world.groups.get_mut(crate::made::GROUP).unwrap();
    let times = group.hooks.as_mut().unwrap().get_mut(HOOK).unwrap();
    times.heartbeat = SignedDuration::from_secs(30);
    times.longest = SignedDuration::from_secs(3_000);
    world.hears([hook(1)]);
    world.until(at(300));
    assert_eq!(world.told(), [("hook-waits", false)]);
    assert_eq!(world.calls.beat, 5, "one with every look");
}

#[test]
fn the_word_of_a_hook_that_comes_when_all_is_over_lets_it_go() {
    let mut world = one(Some(5));
    world.at(1).taken = Some(at(120));
    world.hears([warning(1)]);
    world.until(at(121));
    world.hears([state(1, "terminated")]);
    world.calms_down();
    let plan = world.hears_of([(at(20), hook(1))], usize::MAX);
    assert_eq!(reason(&plan, 1), Some(&Reason::AlreadyRecorded));
    assert_eq!(plan.hooks.len(), 1);
    world.calms_down();
    assert_eq!(world.outcomes.len(), 1);
}

#[test]
fn a_test_notification_is_answered_with_nothing() {
    let mut world = one(None);
    let group = "ecs-spot".to_owned();
    let plan = world.hears([Says::HookTest { group }]);
    assert_eq!(plan.verdicts[0].reason, Reason::HookTest);
    assert_eq!(plan.verdicts[0].about, "ecs-spot");
}

#[test]
fn a_hook_in_verify_waits_for_ecs_to_drain_and_then_for_the_tasks() {
    let mut world = one(Some(30));
    world.providers.get_mut("spot").unwrap().managed_draining = true;
    world.hears([hook(1)]);
    assert_eq!(world.calls.set, 0);
    world.until(at(3));
    world.drained_by_others(1);
    world.until(at(240));
    assert_eq!((world.calls.set, world.at(1).completed), (0, 1));
}
