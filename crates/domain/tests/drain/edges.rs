//! Cases at the edge: races, registrations anew, events out of order, chains that are too long.

use domain::drain::{
    Action, ContainerInstanceSeen, Drainer, Ending, Says, Source, Status, Whereabouts, decide,
};
use domain::tag::Tagged;

use crate::made::{
    ACCOUNT, REGION, at, berth, evicted, hook, hook_of, id, rebalance, secs, state, warning,
};
use crate::world::{World, signs, world};

fn one(leaves: Option<i64>) -> World {
    let mut world = world();
    world.machine(1, "prod");
    world.serves("prod/api", leaves);
    world.runs("prod/api", 1);
    world.until(at(0));
    world
}

#[test]
fn a_capacity_reservation_is_taken_back_as_spot_is() {
    let mut world = one(None);
    world.at(1).taken = Some(at(120));
    world.hears([Says::ReservationWarning {
        instance: id(1),
        action: Action::Terminate,
    }]);
    assert_eq!(world.status(1), Status::Draining);
    world.until(at(121));
    world.hears([state(1, "terminated")]);
    world.calms_down();
    let outcome = world.outcome(1);
    assert_eq!(outcome.ending, Ending::Interrupted);
    assert_eq!((outcome.left, outcome.killed), (1, 0));
}

#[test]
fn two_runs_that_race_over_one_warning_come_to_one_record() {
    let mut world = one(None);
    world.at(1).taken = Some(at(120));
    let signs = signs([(at(0), warning(1))]);
    let (one, other) = (world.plan(&signs), world.plan(&signs));
    world.apply(&one, usize::MAX);
    world.apply(&other, usize::MAX);
    assert_eq!((world.drains.len(), world.counts.len()), (1, 1));
    world.until(at(121));
    world.hears([state(1, "terminated")]);
    world.calms_down();
    assert_eq!(world.outcome(1).stopped_by_us, 1);
    assert_eq!(world.calls.stop, 1);
}

#[test]
fn an_instance_that_registers_anew_is_drained_where_it_is_now() {
    let mut world = one(Some(5));
    world.hears([warning(1)]);
    // Its agent lost what it knew: another container instance, and the old one is INACTIVE.
    let old = world.seen(1);
    let machine = world.at(1);
    machine.arn = berth("prod", 0x99);
    (machine.status, machine.version) = (Status::Active, 1);
    world.until(at(8));
    let gone = ContainerInstanceSeen {
        status: Status::Inactive,
        version: old.version + 1,
        ..old
    };
    let seen = world.seen(1);
    world.hears([Says::Instance(gone), Says::Instance(seen)]);
    let places = &world.drains[&id(1)].places;
    assert_eq!(places.len(), 1);
    assert_eq!(places[0].arn, berth("prod", 0x99));
}

#[test]
fn one_that_registers_anew_while_it_drains_is_set_draining_where_it_is_now() {
    let mut world = one(None);
    world.at(1).taken = Some(at(120));
    world.hears([warning(1)]);
    world.until(at(2));
    let old = world.seen(1);
    world.hears([Says::Instance(old.clone())]);
    assert!(world.drains[&id(1)].draining.is_some());
    let machine = world.at(1);
    machine.arn = berth("prod", 0x99);
    (machine.status, machine.version) = (Status::Active, 1);
    world.until(at(8));
    let gone = ContainerInstanceSeen {
        status: Status::Inactive,
        version: old.version + 1,
        ..old
    };
    let seen = world.seen(1);
    world.hears([Says::Instance(gone), Says::Instance(seen)]);
    assert_eq!(world.status(1), Status::Draining);
}

#[test]
fn one_that_the_index_has_as_draining_and_that_is_active_again_is_set_draining() {
    let mut world = one(None);
    world.at(1).taken = Some(at(120));
    let signs = signs([(at(0), warning(1))]);
    let mut observed = world.before_draining(&signs);
    let Some(Whereabouts::At(places)) = observed.instances.get_mut(&id(1)) else {
        panic!("it is there")
    };
    // Somebody drained it, and set it ACTIVE again, which no rule lets through.
    (places[0].status, places[0].source) = (Status::Draining, Source::Remembered);
    let arn = places[0].arn.clone();
    let asked = domain::drain::wants(&observed, world.moment(&world.policy)).urgent();
    let of = asked.states_of.values().flatten().collect::<Vec<_>>();
    assert_eq!(of, [&arn], "ECS is asked");
    let Some(Whereabouts::At(places)) = observed.instances.get_mut(&id(1)) else {
        panic!("it is there")
    };
    (places[0].status, places[0].source) = (Status::Active, Source::Asked);
    let moment = world.moment(&world.policy);
    assert!(domain::drain::wants(&observed, moment).urgent().is_empty());
    assert_eq!(decide(&observed, moment).drain.len(), 1);
}

#[test]
fn one_of_which_the_index_knows_only_where_it_left_is_looked_for() {
    let mut world = one(Some(5));
    let signs = signs([(at(0), warning(1))]);
    let mut observed = world.before_draining(&signs);
    let Some(Whereabouts::At(places)) = observed.instances.get_mut(&id(1)) else {
        panic!("it is there")
    };
    places[0].arn = berth("prod", 0x77);
    (places[0].status, places[0].source) = (Status::Inactive, Source::Remembered);
    let wants = domain::drain::wants(&observed, world.moment(&world.policy));
    assert!(wants.locate.contains(&id(1)), "{wants:?}");
    observed.instances.insert(id(1), Whereabouts::Nowhere);
    let wants = domain::drain::wants(&observed, world.moment(&world.policy));
    assert!(wants.locate.is_empty(), "{wants:?}");
}

#[test]
fn of_two_events_about_one_container_instance_the_higher_version_counts() {
    let mut world = one(Some(5));
    let mut older = world.seen(1);
    (older.status, older.version) = (Status::Draining, 5);
    world.at(1).version = 7;
    let plan = world.hears([warning(1), Says::Instance(older)]);
    // What the index knows is newer: it is ACTIVE again.
    assert_eq!(plan.drain.len(), 1);
    let mut newer = world.seen(1);
    (newer.status, newer.version) = (Status::Draining, 9);
    let mut world = one(Some(5));
    let plan = world.hears([warning(1), Says::Instance(newer)]);
    assert!(plan.drain.is_empty());
}

#[test]
fn tasks_that_were_read_before_it_was_draining_prove_nothing() {
    let mut world = world();
    world.machine(1, "prod");
    world.providers.get_mut("spot").unwrap().managed_draining = true;
    world.until(at(0));
    // No task is on it, and until it is DRAINING one may come.
    world.hears([hook(1)]);
    world.until(at(9));
    world.hears([Says::Tick]);
    assert_eq!(
        (world.at(1).completed, world.status(1)),
        (0, Status::Active)
    );
    world.until(at(10));
    assert_eq!(
        (world.at(1).completed, world.status(1)),
        (0, Status::Draining)
    );
    world.until(at(130));
    assert_eq!(world.at(1).completed, 1);
}

#[test]
fn whoever_reads_the_tasks_too_early_lets_nothing_go() {
    let mut world = world();
    world.machine(1, "prod");
    world.until(at(0));
    let signs = signs([(at(0), hook(1)), (at(0), Says::Tick)]);
    let mut observed = world.observe(&signs);
    let nothing = std::collections::BTreeMap::new();
    observed.tasks.insert(id(1), Ok(nothing));
    let policy = world.policy.clone();
    let moment = domain::drain::Moment {
        policy: &policy,
        account: ACCOUNT,
        region: REGION,
        now: world.now,
    };
    let plan = decide(&observed, moment);
    assert_eq!((plan.drain.len(), plan.hooks.len()), (1, 0));
}

#[test]
fn all_that_are_lost_are_set_draining_before_anything_else() {
    let mut world = world();
    for number in 1..=25 {
        world.machine(number, if number % 2 == 0 { "even" } else { "odd" });
    }
    world.until(at(0));
    let signs = signs((1..=25).map(|number| (at(0), warning(number))));
    let plan = world.plan(&signs);
    let members: Vec<usize> = plan.drain.iter().map(|call| call.members.len()).collect();
    assert_eq!(members, [10, 2, 10, 3]);
    // The first steps are those calls.
    world.apply(&plan, 4);
    let draining = world
        .machines
        .values()
        .filter(|m| m.status == Status::Draining);
    assert_eq!(draining.count(), 25);
    assert!(world.drains.is_empty());
}

#[test]
fn a_chain_of_looks_ends_and_the_tick_goes_on() {
    let mut world = one(None);
    world.at(1).taken = Some(at(120));
    let plan = world.hears([Says::Look { hop: 7 }, warning(1)]);
    assert_eq!((plan.hop, plan.looks.len()), (8, 0));
    assert_eq!(plan.ticking, Some(true));
    let plan = one(None).hears([Says::Look { hop: 2 }, warning(1)]);
    assert_eq!((plan.hop, plan.looks.len()), (3, 2));
    // The tick at 60 s is before the last rung, and that at 120 s is too late: so the first of them
    // begins a chain of its own.
    world.until(at(121));
    world.hears([state(1, "terminated")]);
    world.calms_down();
    assert_eq!((world.outcome(1).killed, world.outcome(1).left), (0, 1));
}

#[test]
fn a_look_that_is_lost_is_made_good_by_the_tick_right_after_the_last_rung() {
    let mut world = one(None);
    world.at(1).taken = Some(at(120));
    world.hears([warning(1)]);
    world.looks.clear();
    world.until(at(79));
    assert_eq!((world.calls.tasks, world.calls.stop), (0, 0));
    world.until(at(80));
    assert_eq!((world.calls.tasks, world.calls.stop), (1, 1));
}

#[test]
fn while_a_run_stops_tasks_no_other_reads_or_stops_them_and_then_what_was_not_reached_is_stopped() {
    let mut world = one(None);
    world.at(1).taken = Some(at(120));
    world.hears([warning(1)]);
    world.until(at(74));
    let look = signs([(at(75), Says::Look { hop: 1 })]);
    world.now = at(75);
    let plan = world.plan(&look);
    assert_eq!(plan.stop_tasks.len(), 1);
    // It dies between the record and the task.
    world.apply(&plan, plan.records.len());
    let read = world.calls.tasks;
    for second in [80, 104] {
        world.now = at(second);
        let plan = world.plan(&look);
        assert!(plan.stop_tasks.is_empty(), "{second} s");
    }
    assert_eq!(world.calls.tasks, read);
    world.now = at(105);
    assert_eq!(world.plan(&look).stop_tasks.len(), 1);
}

#[test]
fn a_drain_asks_for_three_looks_at_most() {
    let mut world = one(None);
    world.providers.get_mut("spot").unwrap().managed_draining = true;
    world.at(1).taken = Some(at(120));
    world.hears([rebalance(1)]);
    world.hears([warning(1)]);
    let mut looks = world.drains[&id(1)].looks.clone();
    for second in [10, 20, 30, 76, 100] {
        world.until(at(second));
        world.hears([warning(1), rebalance(1), Says::Tick]);
        looks.extend(&world.drains[&id(1)].looks);
    }
    assert_eq!(looks.len(), 3, "{looks:?}");
}

#[test]
fn an_instance_refresh_is_no_surge() {
    let mut world = world();
    for number in 1..=10 {
        world.machine(number, "prod");
    }
    world.until(at(0));
    world.hears((1..=10).map(|number| hook_of(number, crate::made::HOOK, "token")));
    world.until(at(200));
    world.hears((1..=10).map(|number| state(number, "terminated")));
    world.calms_down();
    assert!(world.counts.is_empty() && world.notices.is_empty());
    assert_eq!(world.outcomes.len(), 10);
}

#[test]
fn a_detached_instance_has_no_hook_and_is_found_by_its_end() {
    let mut world = one(None);
    world.at(1).provider = None;
    world.at(1).taken = Some(at(0));
    world.hears([state(1, "shutting-down")]);
    world.until(at(60));
    world.hears([evicted(&[1])]);
    world.calms_down();
    let outcome = world.outcome(1);
    assert_eq!(outcome.ending, Ending::InterruptedWithoutWarning);
    assert_eq!(outcome.provider, None);
}

#[test]
fn a_drain_that_did_not_take_is_asked_for_again_when_it_is_seen() {
    let mut world = one(Some(200));
    world.at(1).taken = Some(at(120));
    world.hears([warning(1)]);
    // ECS answered and did not do it, or somebody set it ACTIVE by mistake.
    world.at(1).status = Status::Active;
    world.until(at(60));
    assert_eq!(world.status(1), Status::Draining);
    assert_eq!(world.calls.set, 2);
}

#[test]
fn an_event_says_better_than_our_own_record_who_was_first() {
    let mut world = one(Some(5));
    world.until(at(4));
    world.hears_of([(at(0), warning(1))], usize::MAX);
    let seen = ContainerInstanceSeen {
        status: Status::Draining,
        ..world.seen(1)
    };
    world.hears_of([(at(2), Says::Instance(seen.clone()))], usize::MAX);
    assert_eq!(world.drains[&id(1)].by, Drainer::Other { seen: at(2) });
    // Within the second that events are told in, it was us.
    let mut world = one(Some(5));
    world.now = at(4) + jiff::SignedDuration::from_millis(700);
    world.hears_of([(at(0), warning(1))], usize::MAX);
    world.hears_of([(at(4), Says::Instance(seen))], usize::MAX);
    assert!(matches!(world.drains[&id(1)].by, Drainer::Us { .. }));
}

#[test]
fn a_place_that_is_out_of_scope_keeps_the_other_in_scope() {
    let mut world = one(Some(5));
    world.cluster("off").drain = Tagged::Says(domain::drain::Mode::Off);
    let signs = signs([(at(0), warning(1))]);
    let mut observed = world.observe(&signs);
    let Some(Whereabouts::At(places)) = observed.instances.get_mut(&id(1)) else {
        panic!("it is there")
    };
    let mut other = places[0].clone();
    other.cluster = crate::made::cluster("off");
    (other.arn, other.provider) = (berth("off", 1), None);
    other.source = Source::Asked;
    places.push(other);
    let off = world.clusters[&crate::made::cluster("off")].clone();
    observed
        .clusters
        .insert(crate::made::cluster("off"), Ok(off));
    let policy = world.policy.clone();
    let moment = domain::drain::Moment {
        policy: &policy,
        account: ACCOUNT,
        region: REGION,
        now: world.now,
    };
    let plan = decide(&observed, moment);
    assert_eq!(plan.drain.len(), 1);
    assert_eq!(plan.drain[0].cluster, crate::made::cluster("prod"));
}

#[test]
fn why_a_task_stays_is_told() {
    let tell = |arrange: fn(&mut World)| {
        let mut world = one(None);
        arrange(&mut world);
        world.hears([hook(1)]);
        world.until(at(16 * 60));
        assert_eq!(world.told(), [("drain-stuck", false)]);
        world.notices[0].facts[0].value.clone()
    };
    let both = tell(|world| {
        let serving = world.services.values_mut().next().unwrap();
        serving.service.maximum = 100;
    });
    assert!(both.contains("neither stop"), "{both}");
    let placement = tell(|world| {
        let serving = world.services.values_mut().next().unwrap();
        serving.service.trouble = Some("RESOURCE:CPU".to_owned());
    });
    assert!(placement.contains("RESOURCE:CPU"), "{placement}");
    let minimum = tell(|_| {});
    assert!(minimum.contains("may not go below 1"), "{minimum}");
    let protected = tell(|world| {
        world
            .at(1)
            .tasks
            .values_mut()
            .for_each(|t| t.protected = true);
    });
    assert!(protected.contains("protected"), "{protected}");
    assert!(
        protected.ends_with("until 2026-11-24T13:15:00Z"),
        "{protected}"
    );
    let stops = tell(|world| {
        let machine = world.at(1);
        machine.tasks.values_mut().for_each(|t| t.wanted = false);
    });
    assert!(stops.contains("DEACTIVATING"), "{stops}");
}

#[test]
fn who_is_protected_is_asked_for_the_page_and_the_last_rung_stops_them_all_the_same() {
    let mut world = one(None);
    let tasks = world.at(1).tasks.values_mut();
    tasks.for_each(|task| task.protected = true);
    world.hears([hook(1)]);
    world.until(at(14 * 60));
    assert_eq!((world.calls.protection, world.calls.stop), (0, 0));
    world.until(at(17 * 60));
    assert!(world.calls.protection > 0);
    assert_eq!(world.calls.stop, 0, "it is left and waited for");
    let asked = world.calls.protection;
    let now = world.now;
    world.at(1).taken = Some(now + secs(120));
    world.hears([warning(1)]);
    world.until(now + secs(76));
    assert_eq!(world.calls.stop, 1);
    let minutes = world.calls.protection - asked;
    assert!(minutes <= 2, "asked {minutes} times for the page alone");
}

#[test]
fn a_warning_alone_asks_nobody_who_is_protected() {
    let mut world = one(None);
    let tasks = world.at(1).tasks.values_mut();
    tasks.for_each(|task| task.protected = true);
    world.at(1).taken = Some(at(120));
    world.hears([warning(1)]);
    world.until(at(119));
    assert_eq!((world.calls.protection, world.calls.stop), (0, 1));
}

#[test]
fn months_and_clocks_change_and_windows_do_not() {
    for noon in [
        "2026-10-25T00:59:00Z",
        "2026-11-30T23:58:00Z",
        "2028-02-28T23:59:30Z",
    ] {
        let noon: jiff::Timestamp = noon.parse().unwrap();
        let mut world = world();
        for number in 1..=6 {
            world.machine(number, "prod");
        }
        world.until(noon);
        world.hears((1..=2).map(warning));
        world.until(noon + secs(599));
        world.hears([warning(3)]);
        assert_eq!(world.incidents.len(), 1);
    }
}
