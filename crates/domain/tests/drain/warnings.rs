//! A warning of Spot: who drains, what is stopped, and what is written down of it.

use domain::drain::{Ending, Mode, Reason, Says, Scope, Standalone, Status, urgent, wants};
use domain::tag::Tagged;

use crate::made::{at, cluster, evicted, id, secs, state, warning};
use crate::world::{World, reason, signs, world};

/// A machine with one task of a service whose tasks leave after so many seconds, or do not.
fn one(leaves: Option<i64>) -> World {
    let mut world = world();
    world.machine(1, "prod");
    world.serves("prod/api", leaves);
    world.runs("prod/api", 1);
    world.until(at(0));
    world
}

/// EC2 warns now, and takes the machine two minutes later.
fn warned(world: &mut World, number: u32) -> domain::drain::Plan {
    let now = world.now;
    world.at(number).taken = Some(now + secs(120));
    world.hears([warning(number)])
}

/// EC2 says that it took the machine, and everything that follows is over.
fn ends(world: &mut World, number: u32) {
    let now = world.now;
    world.until(now + secs(121));
    world.hears([state(number, "shutting-down")]);
    world.until(now + secs(150));
    world.hears([state(number, "terminated")]);
    world.until(now + secs(400));
    world.hears([evicted(&[number])]);
    world.calms_down();
}

#[test]
fn an_instance_that_is_not_draining_is_set_draining_at_once() {
    let mut world = one(Some(20));
    let plan = warned(&mut world, 1);
    assert_eq!(reason(&plan, 1), Some(&Reason::Drains));
    assert_eq!(world.status(1), Status::Draining);
    ends(&mut world, 1);
    let outcome = world.outcome(1);
    assert_eq!(outcome.ending, Ending::Interrupted);
    assert_eq!((outcome.left, outcome.killed, outcome.orphaned), (1, 0, 0));
    assert_eq!(outcome.lead, Some(secs(120)));
    assert_eq!(outcome.to_draining, Some(secs(0)));
    assert_eq!((outcome.stopped_by_us, outcome.not_replaced), (0, 0));
    assert!(outcome.replacement.is_some());
    assert!(world.notices.is_empty(), "{:?}", world.notices);
}

#[test]
fn one_with_zero_tasks_is_set_draining_too() {
    let mut world = world();
    world.machine(1, "prod");
    world.until(at(0));
    warned(&mut world, 1);
    assert_eq!(world.status(1), Status::Draining);
    ends(&mut world, 1);
    assert_eq!(world.outcome(1).left, 0);
}

#[test]
fn the_round_of_a_warning_reads_no_tasks_and_no_states() {
    let mut world = one(Some(20));
    warned(&mut world, 1);
    assert_eq!((world.calls.tasks, world.calls.states), (0, 0));
    assert_eq!(world.calls.located, 0);
}

#[test]
fn the_provider_is_asked_for_when_an_instance_registers_and_not_again_when_it_goes() {
    let mut world = one(Some(20));
    world.at(1).indexed = false;
    let seen = world.seen(1);
    world.hears([Says::Instance(seen.clone())]);
    assert_eq!((world.calls.states, world.at(1).asked), (1, true));
    world.hears([Says::Instance(seen)]);
    warned(&mut world, 1);
    assert_eq!((world.calls.states, world.calls.located), (1, 0));
    assert_eq!(world.status(1), Status::Draining);
    assert_eq!(world.drains[&id(1)].provider.as_deref(), Some("spot"));
}

#[test]
fn of_one_that_registers_the_provider_is_asked_for_when_it_is_in() {
    let mut world = one(Some(20));
    (world.at(1).indexed, world.at(1).status) = (false, Status::Registering);
    let seen = world.seen(1);
    world.hears([Says::Instance(seen)]);
    assert_eq!((world.calls.states, world.at(1).indexed), (0, true));
    (world.at(1).asked, world.at(1).status) = (false, Status::Active);
    let seen = world.seen(1);
    world.hears([Says::Instance(seen)]);
    assert_eq!((world.calls.states, world.at(1).asked), (1, true));
}

#[test]
fn a_group_s_tag_counts_for_one_whose_provider_the_index_does_not_know() {
    let mut world = one(Some(20));
    world.at(1).asked = false;
    let group = world.groups.get_mut(crate::made::GROUP).unwrap();
    group.drain = Tagged::Says(Mode::Off);
    let plan = warned(&mut world, 1);
    assert_eq!(reason(&plan, 1), Some(&Reason::Off));
    assert_eq!((world.calls.states, world.calls.set), (1, 0));
}

#[test]
fn one_whose_provider_cannot_be_asked_for_is_drained_as_its_cluster_says() {
    let mut world = one(Some(20));
    world.at(1).asked = false;
    world.denied.insert(cluster("prod"));
    warned(&mut world, 1);
    assert_eq!((world.calls.states, world.status(1)), (1, Status::Draining));
}

#[test]
fn how_large_fleets_are_is_asked_for_when_the_lost_are_draining() {
    let mut world = world();
    for number in 1..=4 {
        world.machine(number, "prod");
    }
    world.until(at(0));
    let words = (1..=4).map(|number| (at(0), warning(number)));
    let observed = world.before_draining(&signs(words));
    let still = wants(&observed, world.moment(&world.policy));
    assert!(still.clone().urgent().is_empty(), "{still:?}");
    assert_eq!(still.fleets, [Scope::Provider("spot".to_owned())].into());
    let lost = urgent(&observed, world.moment(&world.policy));
    assert_eq!(lost[0].members.len(), 4);
}

#[test]
fn where_managed_draining_is_on_it_only_verifies() {
    let mut world = one(Some(20));
    world.providers.get_mut("spot").unwrap().managed_draining = true;
    let plan = warned(&mut world, 1);
    let until = at(10);
    assert_eq!(reason(&plan, 1), Some(&Reason::LeftToEcs { until }));
    assert_eq!(world.status(1), Status::Active);
    world.until(at(3));
    world.drained_by_others(1);
    ends(&mut world, 1);
    assert_eq!(world.calls.set, 0);
    assert_eq!(world.outcome(1).left, 1);
}

#[test]
fn where_draining_has_not_begun_within_ten_seconds_it_acts() {
    let mut world = one(Some(20));
    world.providers.get_mut("spot").unwrap().managed_draining = true;
    warned(&mut world, 1);
    world.until(at(9));
    assert_eq!(world.status(1), Status::Active);
    world.until(at(10));
    assert_eq!(world.status(1), Status::Draining);
    assert_eq!(world.calls.set, 1);
    ends(&mut world, 1);
}

#[test]
fn a_second_warning_does_not_cut_the_patience_short() {
    let mut world = one(Some(20));
    world.providers.get_mut("spot").unwrap().managed_draining = true;
    warned(&mut world, 1);
    world.until(at(5));
    world.hears_of([(at(0), warning(1))], usize::MAX);
    assert_eq!(world.calls.set, 0);
    world.until(at(10));
    assert_eq!(world.calls.set, 1);
}

#[test]
fn where_little_time_is_left_it_does_not_wait_for_ecs() {
    let mut world = one(None);
    world.providers.get_mut("spot").unwrap().managed_draining = true;
    world.at(1).taken = Some(at(120));
    world.until(at(80));
    let plan = world.hears_of([(at(0), warning(1))], usize::MAX);
    assert_eq!(reason(&plan, 1), Some(&Reason::Drains));
    // What cannot leave is stopped with the next look, a few seconds later.
    world.until(at(85));
    assert_eq!(world.calls.stop, 1);
}

#[test]
fn an_agent_that_drains_by_itself_is_learnt_and_left_to_it_and_unlearnt() {
    let mut world = one(Some(20));
    world.machine(2, "prod");
    world.machine(3, "prod");
    warned(&mut world, 1);
    // Ours was quicker; the next time theirs is.
    assert!(world.self_draining.is_empty());
    world.providers.get_mut("spot").unwrap().managed_draining = true;
    warned(&mut world, 2);
    world.providers.get_mut("spot").unwrap().managed_draining = false;
    world.until(at(2));
    world.drained_by_others(2);
    let seen = world.seen(2);
    world.hears([domain::drain::Says::Instance(seen)]);
    assert_eq!(world.self_draining.len(), 1);
    // From now on the fleet is left to itself, until it fails once.
    let plan = warned(&mut world, 3);
    assert!(matches!(reason(&plan, 3), Some(Reason::LeftToEcs { .. })));
    world.until(at(15));
    assert_eq!(world.status(3), Status::Draining);
    assert!(world.self_draining.is_empty());
}

#[test]
fn what_the_scheduler_may_not_stop_is_stopped_forty_five_seconds_before_the_end() {
    let mut world = one(None);
    warned(&mut world, 1);
    world.until(at(74));
    assert_eq!(world.calls.stop, 0);
    world.until(at(75));
    assert_eq!(world.calls.stop, 1);
    ends(&mut world, 1);
    let outcome = world.outcome(1);
    assert_eq!(
        (outcome.left, outcome.stopped_by_us, outcome.killed),
        (1, 1, 0)
    );
}

#[test]
fn what_stops_too_slowly_is_killed_and_counted_as_killed() {
    let mut world = one(None);
    world
        .services
        .values_mut()
        .for_each(|serving| serving.stops = 60);
    warned(&mut world, 1);
    ends(&mut world, 1);
    let outcome = world.outcome(1);
    assert_eq!((outcome.left, outcome.killed), (0, 1));
}

#[test]
fn the_oldest_service_with_healthy_targets_to_spare_goes_first() {
    let mut world = world();
    world.machine(1, "prod");
    for (name, spare, age) in [
        ("prod/a-young", None, 10),
        ("prod/b-spare", Some(2), 20),
        ("prod/c-older-spare", Some(1), 30),
        ("prod/d-old", None, 40),
    ] {
        let serving = world.serves(name, None);
        serving.service.spare = spare;
        serving.service.created_at = at(-age * 86_400);
        world.runs(name, 1);
    }
    world.until(at(0));
    warned(&mut world, 1);
    world.until(at(74));
    world.until(at(74));
    let signs = crate::world::signs([(at(75), domain::drain::Says::Look { hop: 0 })]);
    world.now = at(75);
    let plan = world.plan(&signs);
    let order: Vec<String> = plan
        .stop_tasks
        .iter()
        .map(|stop| {
            let task = &world.machines[&id(1)].tasks[&stop.task];
            task.owner.service().unwrap().name().to_owned()
        })
        .collect();
    assert_eq!(order, ["c-older-spare", "b-spare", "d-old", "a-young"]);
    assert!(plan.stop_tasks[0].reason.starts_with("EC2 takes i-"));
}

#[test]
fn daemons_are_left_to_ecs() {
    let mut world = one(None);
    let daemon = world.serves("prod/agent", None);
    daemon.service.kind = domain::resting::Kind::Daemon;
    world.runs("prod/agent", 1);
    warned(&mut world, 1);
    world.until(at(100));
    assert_eq!(world.calls.stop, 1);
}

#[test]
fn a_standalone_task_is_left_and_people_are_told() {
    let mut world = one(Some(5));
    world.runs_alone("family:report", 1);
    warned(&mut world, 1);
    ends(&mut world, 1);
    assert_eq!(world.calls.stop, 0);
    assert_eq!(world.outcome(1).killed, 1);
    assert_eq!(world.told(), [("standalone-task-left", false)]);
    // It happened once and is told once: nothing is remembered of it.
    assert!(world.announced.is_empty());
}

#[test]
fn a_standalone_task_is_stopped_where_its_tag_its_cluster_or_the_policy_says_so() {
    let says = Tagged::Says(Standalone::Stop);
    let by_task = |world: &mut World| {
        let task = world.runs_alone("family:report", 1);
        world.at(1).tasks.get_mut(&task).unwrap().standalone = says.clone();
    };
    let by_cluster = |world: &mut World| {
        world.runs_alone("family:report", 1);
        world.cluster("prod").standalone = says.clone();
    };
    let by_policy = |world: &mut World| {
        world.runs_alone("family:report", 1);
        world.policy.standalone = Standalone::Stop;
    };
    let ways: [&dyn Fn(&mut World); 3] = [&by_task, &by_cluster, &by_policy];
    for way in ways {
        let mut world = one(Some(5));
        way(&mut world);
        warned(&mut world, 1);
        world.until(at(74));
        assert_eq!(world.calls.stop, 0, "there is time for it to end by itself");
        ends(&mut world, 1);
        assert_eq!(world.calls.stop, 1);
        assert_eq!(world.outcome(1).killed, 0);
        assert!(world.notices.is_empty());
    }
}

#[test]
fn what_is_out_of_scope_is_never_touched() {
    let mut world = one(None);
    world.cluster("prod").drain = Tagged::Says(Mode::Off);
    let plan = warned(&mut world, 1);
    assert_eq!(reason(&plan, 1), Some(&Reason::Off));
    ends(&mut world, 1);
    assert_eq!((world.calls.set, world.calls.stop), (0, 0));
    assert!(world.outcomes.is_empty() && world.counts.is_empty());
}

#[test]
fn a_groups_tag_beats_its_clusters() {
    let mut world = one(Some(5));
    world.cluster("prod").drain = Tagged::Says(Mode::Off);
    let group = world.groups.get_mut(crate::made::GROUP).unwrap();
    group.drain = Tagged::Says(Mode::Auto);
    warned(&mut world, 1);
    assert_eq!(world.status(1), Status::Draining);
}

#[test]
fn a_tag_that_cannot_be_read_is_taken_for_absent_and_told() {
    let mut world = one(Some(5));
    let tags = [("caretaker:drain".to_owned(), "atuo".to_owned())].into();
    world.cluster("prod").drain = domain::drain::drain(&tags);
    warned(&mut world, 1);
    assert_eq!(world.status(1), Status::Draining);
    assert_eq!(world.told(), [("drain-tag-malformed", false)]);
    world.cluster("prod").drain = Tagged::Absent;
    ends(&mut world, 1);
    assert_eq!(
        world.told(),
        [
            ("drain-tag-malformed", false),
            ("drain-tag-malformed", true)
        ]
    );
}

#[test]
fn one_in_no_cluster_is_nobodys_business() {
    let mut world = world();
    world.until(at(0));
    let plan = world.hears([warning(7)]);
    assert_eq!(reason(&plan, 7), Some(&Reason::NotInCluster));
    assert!(plan.records.is_empty() && plan.looks.is_empty() && plan.counted.is_empty());
    assert_eq!(plan.ticking, None);
    assert_eq!(world.calls.located, 1);
}

#[test]
fn one_that_registers_after_its_warning_is_drained_then() {
    let mut world = world();
    world.until(at(0));
    world.hears([warning(7)]);
    world.until(at(10));
    world.machine(7, "prod").taken = Some(at(120));
    let seen = world.seen(7);
    let plan = world.hears([domain::drain::Says::Instance(seen)]);
    assert_eq!(reason(&plan, 7), Some(&Reason::Drains));
    assert_eq!(world.drains[&id(7)].deadline, Some(at(120)));
    ends(&mut world, 7);
    assert_eq!(world.outcome(7).ending, Ending::Interrupted);
}

#[test]
fn one_that_registers_when_its_time_is_over_is_left_alone() {
    let mut world = world();
    world.until(at(0));
    world.hears([warning(7)]);
    world.until(at(130));
    world.machine(7, "prod");
    let seen = world.seen(7);
    let plan = world.hears([domain::drain::Says::Instance(seen)]);
    assert_eq!(reason(&plan, 7), Some(&Reason::Seen));
    assert!(world.drains.is_empty() && world.marks.is_empty());
}

#[test]
fn one_that_is_registering_is_drained_as_soon_as_it_is_in() {
    let mut world = one(Some(5));
    world.at(1).status = Status::Registering;
    let plan = warned(&mut world, 1);
    assert_eq!(reason(&plan, 1), Some(&Reason::Registering));
    world.at(1).status = Status::Active;
    world.until(at(10));
    assert_eq!(world.status(1), Status::Draining);
}

#[test]
fn one_that_leaves_its_cluster_or_never_came_in_is_left_alone() {
    for status in [
        Status::Deregistering,
        Status::RegistrationFailed,
        Status::Inactive,
    ] {
        let mut world = one(Some(5));
        world.at(1).status = status;
        warned(&mut world, 1);
        ends(&mut world, 1);
        assert_eq!((world.calls.set, world.calls.stop), (0, 0), "{status:?}");
    }
}

#[test]
fn one_whose_agent_does_not_answer_is_set_draining_all_the_same() {
    let mut world = one(None);
    world.at(1).agent = false;
    warned(&mut world, 1);
    assert_eq!(world.status(1), Status::Draining);
    ends(&mut world, 1);
    assert_eq!(world.outcome(1).ending, Ending::Interrupted);
}

#[test]
fn an_index_that_is_empty_costs_one_question() {
    let mut world = one(Some(5));
    world.at(1).indexed = false;
    warned(&mut world, 1);
    assert_eq!(world.calls.located, 1);
    assert_eq!(world.status(1), Status::Draining);
    assert!(world.machines[&id(1)].indexed);
    ends(&mut world, 1);
    assert_eq!(world.calls.located, 1);
}

#[test]
fn a_cluster_that_answers_no_call_is_asked_again_and_keeps_no_other_back() {
    let mut world = one(Some(5));
    world.machine(2, "closed");
    world.at(2).indexed = false;
    world.denied.insert(cluster("closed"));
    world.at(1).taken = Some(at(120));
    let plan = world.hears([warning(1), warning(2)]);
    assert_eq!(reason(&plan, 1), Some(&Reason::Drains));
    assert!(matches!(reason(&plan, 2), Some(Reason::Unseen(_))));
    world.denied.clear();
    world.until(at(10));
    assert_eq!(world.status(2), Status::Draining);
}

#[test]
fn two_containers_instances_of_one_machine_are_both_drained() {
    let mut world = one(Some(5));
    let says = [warning(1)];
    let signs = crate::world::signs(says.map(|says| (at(0), says)));
    let mut observed = world.observe(&signs);
    let there = observed.instances.get_mut(&id(1)).unwrap();
    let domain::drain::Whereabouts::At(places) = there else {
        panic!("it is there")
    };
    let mut other = places[0].clone();
    other.cluster = cluster("other");
    other.arn = crate::made::berth("other", 1);
    places.push(other);
    let policy = world.policy.clone();
    let moment = domain::drain::Moment {
        policy: &policy,
        account: crate::made::ACCOUNT,
        region: crate::made::REGION,
        now: world.now,
    };
    let plan = domain::drain::decide(&observed, moment);
    assert_eq!(plan.drain.len(), 2);
    let record = plan.records[0].drain.as_ref().unwrap();
    assert_eq!(record.places.len(), 2);
}

#[test]
fn a_warning_that_comes_late_leaves_what_time_there_is() {
    for (late, lead) in [(5, 115), (60, 60), (119, 1)] {
        let mut world = one(None);
        world.at(1).taken = Some(at(120));
        world.until(at(late));
        world.hears_of([(at(0), warning(1))], usize::MAX);
        assert_eq!(world.status(1), Status::Draining);
        ends(&mut world, 1);
        let outcome = world.outcome(1);
        assert_eq!(outcome.lead, Some(secs(lead)), "{late} s late");
        assert_eq!(outcome.ending, Ending::Interrupted);
    }
}

#[test]
fn whoever_dies_over_the_end_of_a_drain_it_is_written_down_rightly_and_once() {
    let mut before = one(Some(20));
    warned(&mut before, 1);
    before.until(at(121));
    before.hears([state(1, "shutting-down")]);
    let ended = |second: &i64| {
        let mut world = before.clone();
        world.until(at(*second));
        !world.outcomes.is_empty()
    };
    let end = (122..600).find(ended).unwrap();
    before.until(at(end - 1));
    assert!(before.outcomes.is_empty() && !before.drains.is_empty());
    for steps in 0..9 {
        let mut world = before.clone();
        world.now = at(end);
        world.hears_of([(at(end), Says::Tick)], steps);
        world.until(at(end + 120));
        // CloudTrail says it last, and is late.
        world.hears([evicted(&[1])]);
        world.calms_down();
        let [outcome] = &world.outcomes[..] else {
            panic!("dead after {steps} steps: {:#?}", world.outcomes);
        };
        let died = format!("dead after {steps} steps");
        assert_eq!(
            (outcome.ending, outcome.left),
            (Ending::Interrupted, 1),
            "{died}"
        );
    }
}

#[test]
fn a_warning_past_its_deadline_is_only_recorded() {
    let mut world = one(None);
    world.at(1).taken = Some(at(120));
    world.until(at(121));
    world.hears_of([(at(0), warning(1))], usize::MAX);
    ends(&mut world, 1);
    assert_eq!((world.calls.set, world.calls.stop), (0, 0));
    let outcome = world.outcome(1);
    assert_eq!(outcome.ending, Ending::WarnedTooLate);
    assert_eq!((outcome.lead, outcome.killed), (Some(secs(0)), 1));
}

#[test]
fn a_warning_from_the_dead_letters_drains_no_healthy_namesake() {
    for late in [121, 600, 730, 86_400] {
        let mut world = one(None);
        world.until(at(late));
        world.hears_of([(at(0), warning(1))], usize::MAX);
        assert_eq!(world.status(1), Status::Active);
        let long_over = late >= 720;
        assert_eq!(world.drains.is_empty(), long_over, "{late} s late");
        world.calms_down();
        assert_eq!((world.calls.set, world.calls.stop), (0, 0), "{late} s late");
        assert_eq!(world.outcomes.len(), 1);
        // Once more, it is known.
        world.hears_of([(at(0), warning(1))], usize::MAX);
        world.calms_down();
        assert_eq!(world.outcomes.len(), 1, "{late} s late");
    }
}

#[test]
fn what_is_of_the_future_is_of_now() {
    for skew in [1, 30, 31, 3_600] {
        let mut world = one(None);
        world.hears_of([(at(skew), warning(1))], usize::MAX);
        assert_eq!(world.drains[&id(1)].deadline, Some(at(120)));
    }
}

#[test]
fn what_is_stopped_may_come_back_and_is_given_back() {
    let mut world = one(Some(5));
    world.at(1).taken = Some(at(120));
    world.hears([crate::made::warning_to(1, "stop")]);
    world.until(at(121));
    world.hears([state(1, "stopping")]);
    world.until(at(150));
    world.hears([state(1, "stopped")]);
    world.calms_down();
    assert_eq!(world.outcome(1).ending, Ending::Interrupted);
    assert!(world.drains[&id(1)].dormant.is_some());
    // It comes back as it was, and what we drained we give back.
    world.drains.get(&id(1)).unwrap();
    let seen = world.comes_back(1, Status::Draining);
    world.hears([domain::drain::Says::Instance(seen)]);
    assert_eq!(world.status(1), Status::Active);
    let seen = world.seen(1);
    world.hears([domain::drain::Says::Instance(seen)]);
    assert!(world.drains.is_empty() && world.marks.is_empty());
    // And may be taken again.
    warned(&mut world, 1);
    assert_eq!(world.status(1), Status::Draining);
}

#[test]
fn what_somebody_else_drained_stays_draining_when_it_comes_back() {
    let mut world = one(Some(5));
    world.drained_by_others(1);
    world.at(1).taken = Some(at(120));
    world.hears([crate::made::warning_to(1, "stop")]);
    world.until(at(150));
    world.hears([state(1, "stopped")]);
    world.calms_down();
    let seen = world.comes_back(1, Status::Draining);
    world.hears([domain::drain::Says::Instance(seen)]);
    world.calms_down();
    assert_eq!(world.status(1), Status::Draining);
    assert_eq!(world.calls.set, 0);
}

#[test]
fn what_hibernates_leaves_no_time() {
    let mut world = one(None);
    world.at(1).taken = Some(at(0));
    world.hears([crate::made::warning_to(1, "hibernate")]);
    world.until(at(100));
    assert_eq!((world.calls.set, world.calls.stop), (0, 0));
}

#[test]
fn an_action_that_nobody_knows_is_taken_for_the_end() {
    let mut world = one(Some(5));
    world.hears([crate::made::warning_to(1, "evaporate")]);
    assert_eq!(world.status(1), Status::Draining);
    assert_eq!(world.drains[&id(1)].deadline, Some(at(120)));
}

#[test]
fn an_end_that_nothing_announced_is_not_called_an_interruption() {
    let mut world = one(None);
    world.at(1).taken = Some(at(0));
    let plan = world.hears([state(1, "shutting-down")]);
    assert_eq!(reason(&plan, 1), Some(&Reason::Unannounced));
    assert_eq!(plan.ticking, None);
    world.calms_down();
    assert!(world.outcomes.is_empty() && world.notices.is_empty());
    assert!(world.counts.is_empty());
}

#[test]
fn an_eviction_without_a_warning_is_found_and_counted() {
    let mut world = one(None);
    world.at(1).taken = Some(at(0));
    world.hears([state(1, "shutting-down")]);
    world.until(at(300));
    world.hears_of([(at(0), evicted(&[1]))], usize::MAX);
    world.calms_down();
    let outcome = world.outcome(1);
    assert_eq!(outcome.ending, Ending::InterruptedWithoutWarning);
    assert_eq!((outcome.killed, outcome.lead), (1, None));
    assert_eq!(world.told(), [("interrupted-without-warning", false)]);
    assert_eq!(world.counts.len(), 1);
}

#[test]
fn one_that_was_warned_of_and_not_taken_is_told_of() {
    let mut world = one(Some(5));
    world.hears([warning(1)]);
    world.until(at(60 * 20));
    assert_eq!(world.told(), [("drain-stuck", false)]);
    world.calms_down();
    assert_eq!(world.outcome(1).ending, Ending::Spared);
    assert_eq!(
        world.told(),
        [("drain-stuck", false), ("drain-stuck", true)]
    );
}

#[test]
fn a_task_that_is_not_replaced_is_told_of_until_it_is() {
    let mut world = one(Some(5));
    world
        .services
        .values_mut()
        .for_each(|serving| serving.replaced = Some(3_000));
    warned(&mut world, 1);
    world.until(at(121));
    world.hears([state(1, "terminated")]);
    world.until(at(121 + 660));
    assert_eq!(world.told(), [("spot-task-not-replaced", false)]);
    assert_eq!(world.outcome(1).not_replaced, 1);
    world.until(at(3_100));
    assert_eq!(
        world.told(),
        [
            ("spot-task-not-replaced", false),
            ("spot-task-not-replaced", true)
        ]
    );
    world.calms_down();
}

#[test]
fn draining_that_was_only_planned_when_the_run_died_is_done_by_the_next() {
    // Before anything, after DRAINING, after the looks, after the record.
    for steps in 0..6 {
        let mut world = one(None);
        world.at(1).taken = Some(at(120));
        world.hears_of([(at(0), warning(1))], steps);
        world.until(at(31));
        world.hears_of([(at(0), warning(1))], usize::MAX);
        ends(&mut world, 1);
        let outcome = world.outcome(1);
        assert_eq!(outcome.ending, Ending::Interrupted, "{steps} steps");
        assert_eq!((outcome.left, outcome.killed), (1, 0), "{steps} steps");
    }
}

#[test]
fn a_record_that_another_run_wrote_first_keeps_what_is_voluntary_back() {
    let mut world = one(None);
    world.until(at(0));
    warned(&mut world, 1);
    let signs = crate::world::signs([(at(75), domain::drain::Says::Look { hop: 0 })]);
    world.now = at(75);
    let plan = world.plan(&signs);
    let mut another = world.clone();
    another.apply(&plan, usize::MAX);
    assert_eq!(another.calls.stop, 1);
    // The other one was quicker.
    let drain = world.drains.get_mut(&id(1)).unwrap();
    drain.version = drain.version.next();
    world.apply(&plan, usize::MAX);
    assert_eq!(world.calls.stop, 0);
}
