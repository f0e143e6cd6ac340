//! When losses are a surge, and what one incident tells.

use domain::drain::{Counted, Fallback, Fleet, Loss, Says, Scope, TaskSeen, drainability};
use jiff::SignedDuration;

use crate::made::{
    ACCOUNT, GROUP, at, cluster, evicted, id, pool, secs, service, state, task, warning,
};
use crate::world::{World, world};

/// A fleet of so many machines, of which only the first few are modelled.
pub(crate) fn fleet(size: u32, machines: u32) -> World {
    let mut world = world();
    for number in 1..=machines {
        world.machine(number, "prod");
    }
    let fleet = world.fleet();
    (fleet.desired, fleet.in_service, fleet.spot) = (size, size, size);
    // Nobody says which of the others is in which pool.
    fleet.members.clear();
    world.until(at(0));
    world
}

pub(crate) fn warned(world: &mut World, numbers: impl IntoIterator<Item = u32>) {
    let says: Vec<Says> = numbers.into_iter().map(warning).collect();
    world.hears(says);
}

pub(crate) fn is_surge(world: &World) -> bool {
    let told = world.told();
    let surges = told.iter().filter(|told| **told == ("spot-surge", false));
    assert!(surges.count() <= 1, "{told:?}");
    !world.incidents.is_empty()
}

#[test]
fn a_surge_is_a_share_of_the_fleet_and_at_least_a_few() {
    for (size, lost, surge) in [
        (1, 1, false),
        (2, 1, false),
        (2, 2, true),
        (3, 2, false),
        (3, 3, true),
        (10, 2, false),
        (10, 3, true),
        (20, 3, false),
        (20, 4, true),
        (500, 2, false),
        (500, 99, false),
        (500, 100, true),
    ] {
        let mut world = fleet(size, lost);
        warned(&mut world, 1..=lost);
        assert_eq!(is_surge(&world), surge, "{lost} of {size}");
    }
}

#[test]
fn a_surge_of_a_fleet_that_cannot_be_read_is_over_when_nothing_was_lost_for_long() {
    let mut world = fleet(20, 4);
    warned(&mut world, 1..=4);
    world.fleets.clear();
    world.until(at(590));
    assert!(is_surge(&world), "nobody can say that the fleet is back");
    world.until(at(1_200));
    assert!(world.incidents.is_empty());
}

#[test]
fn the_same_loss_counts_once_however_often_it_is_told() {
    let mut world = fleet(10, 2);
    for _ in 0..10 {
        warned(&mut world, [1, 2]);
        let next = world.now + secs(5);
        world.until(next);
    }
    world.until(at(121));
    world.hears([state(1, "terminated"), evicted(&[1, 2]), evicted(&[2, 1])]);
    assert_eq!(world.counts.len(), 2);
    assert!(!is_surge(&world));
    let plan = world.hears([warning(1), evicted(&[2])]);
    assert!(plan.counted.is_empty(), "they are counted already");
}

#[test]
fn a_steady_drip_below_the_threshold_is_none_and_a_burst_of_as_many_is_one() {
    for (apart, surge) in [(400, false), (1, true)] {
        let mut world = fleet(10, 5);
        for number in 1..=5 {
            let next = world.now + secs(apart);
            world.at(number).taken = Some(next + secs(120));
            world.until(next);
            warned(&mut world, [number]);
            // A group replaces what it loses.
            let fleet = world.fleet();
            fleet.in_service = fleet.desired;
        }
        assert_eq!(is_surge(&world), surge, "{apart} s apart");
    }
}

#[test]
fn many_at_once_are_one_incident_and_one_page() {
    for lost in [9, 10, 200] {
        let mut world = fleet(lost, lost);
        warned(&mut world, 1..=lost);
        assert!(is_surge(&world));
        assert_eq!(world.incidents.len(), 1);
        let pages = world.told();
        assert_eq!(pages, [("spot-surge", false)]);
    }
}

#[test]
fn it_grows_in_place_and_is_told_again_when_it_has_doubled() {
    let mut world = fleet(100, 80);
    warned(&mut world, 1..=20);
    assert_eq!(world.told(), [("spot-surge", false)]);
    let dedupe = world.notices[0].dedupe.clone();
    warned(&mut world, 21..=25);
    assert_eq!(world.notices.len(), 1);
    warned(&mut world, 26..=40);
    assert_eq!(world.notices.len(), 2);
    assert_eq!(world.notices[1].dedupe, dedupe);
    assert_eq!(world.notices[1].since, world.notices[0].since);
    assert_eq!(world.incidents.values().next().unwrap().peak, 40);
}

/// A surge of 4 of 10, at noon.
fn surging() -> World {
    let mut world = fleet(10, 4);
    for number in 1..=4 {
        world.at(number).taken = Some(at(120));
    }
    warned(&mut world, 1..=4);
    world.until(at(130));
    world.hears([1, 2, 3, 4].map(|number| state(number, "terminated")));
    assert!(is_surge(&world));
    world.fleet().in_service = 6;
    world
}

#[test]
fn it_is_over_when_the_fleet_is_back_and_it_stays_calm() {
    let mut world = surging();
    world.until(at(1_000));
    assert_eq!(world.incidents.len(), 1, "the fleet is not back");
    world.fleet().in_service = 10;
    world.until(at(1_070));
    assert_eq!(world.incidents.len(), 1, "it has to stay calm");
    world.until(at(1_400));
    assert!(world.incidents.is_empty());
    let last = world.notices.last().unwrap();
    assert_eq!((last.kind.name(), last.resolved), ("spot-surge", true));
    world.calms_down();
}

#[test]
fn a_surge_that_returns_while_it_calms_down_is_the_same_one() {
    let mut world = surging();
    world.fleet().in_service = 10;
    world.until(at(800));
    assert!(world.incidents.values().next().unwrap().calm.is_some());
    for number in 5..=8 {
        world.machine(number, "prod");
        world.fleet().desired = 10;
        world.fleet().in_service = 10;
        world.fleet().spot = 10;
    }
    warned(&mut world, 5..=8);
    let incident = world.incidents.values().next().unwrap();
    assert_eq!((incident.calm, incident.since), (None, at(0)));
    assert_eq!(world.told(), [("spot-surge", false)]);
}

#[test]
fn one_pool_can_surge_while_the_others_are_fine() {
    let mut world = fleet(100, 30);
    for number in 1..=30 {
        let zone = if number <= 10 {
            "eu-central-1b"
        } else {
            "eu-central-1a"
        };
        let its = pool("c6i.large", zone);
        world.at(number).pool = its.clone();
        world.fleet().members.insert(id(number), its);
    }
    warned(&mut world, 1..=4);
    let scopes: Vec<String> = world
        .incidents
        .values()
        .map(|i| i.scope.to_string())
        .collect();
    assert_eq!(scopes, ["spot, c6i.large in eu-central-1b"]);
    assert!(
        world.notices[0]
            .resource
            .ends_with("capacity-provider/spot/c6i.large/eu-central-1b")
    );
    // When the whole fleet surges, the pool's is a part of it.
    warned(&mut world, 11..=30);
    let scopes: Vec<String> = world
        .incidents
        .values()
        .map(|i| i.scope.to_string())
        .collect();
    assert_eq!(scopes, ["spot"]);
    assert_eq!(
        world.told(),
        [
            ("spot-surge", false),
            ("spot-surge", false),
            ("spot-surge", true)
        ]
    );
}

#[test]
fn an_eviction_by_fis_is_told_neither() {
    let mut world = fleet(10, 5);
    world.hears([Says::Evicted {
        instances: (1..=5).map(id).collect(),
        by_fis: true,
    }]);
    assert!(!is_surge(&world));
    world.calms_down();
    assert!(world.notices.is_empty(), "{:?}", world.told());
}

#[test]
fn of_a_fleet_of_unknown_size_it_takes_many() {
    for (lost, surge) in [(9, false), (10, true)] {
        let mut world = fleet(10, lost);
        world.fleets.clear();
        warned(&mut world, 1..=lost);
        assert_eq!(is_surge(&world), surge);
        if surge {
            assert_eq!(
                world.notices[0].unknown.as_deref(),
                Some("How large the fleet is")
            );
        }
    }
}

fn stopping(number: u32, code: &str, version: i64) -> Says {
    Says::TaskStopping(TaskSeen {
        arn: task("prod", &format!("f{number:04x}")),
        cluster: cluster("prod"),
        service: Some(service("prod/web")),
        provider: Some("FARGATE_SPOT".to_owned()),
        container_instance: None,
        zone: Some("eu-central-1a".to_owned()),
        last_status: "RUNNING".to_owned(),
        version,
        stop_code: code.to_owned(),
    })
}

/// A service on Fargate Spot of so many tasks.
fn fargate(tasks: u32) -> World {
    let mut world = world();
    world.serves("prod/web", None).service.desired = tasks;
    let size = Fleet {
        desired: tasks,
        in_service: tasks,
        spot: tasks,
        ..Fleet::default()
    };
    let scope = Scope::Provider("FARGATE_SPOT".to_owned());
    world.fleets.insert(scope, size);
    world.until(at(0));
    world
}

#[test]
fn a_task_on_fargate_spot_counts_once_whatever_follows() {
    let mut world = fargate(20);
    for version in 3..9 {
        world.hears([stopping(1, "SpotInterruption", version)]);
    }
    world.hears([stopping(1, "TerminationNotice", 9)]);
    assert_eq!(world.counts.len(), 1);
    world.hears([2, 3, 4].map(|number| stopping(number, "TerminationNotice", 1)));
    assert_eq!(world.incidents.len(), 1);
    assert_eq!(world.told(), [("spot-surge", false)]);
}

#[test]
fn a_task_on_an_instance_is_counted_with_its_instance() {
    let mut world = fargate(20);
    let Says::TaskStopping(mut seen) = stopping(1, "SpotInterruption", 1) else {
        panic!("it stops")
    };
    seen.container_instance = Some(crate::made::berth("prod", 1));
    world.hears([Says::TaskStopping(seen)]);
    assert!(world.counts.is_empty());
}

fn no_place(reason: &str, provider: Option<&str>) -> Says {
    Says::PlacementFailed {
        cluster: cluster("prod"),
        service: service("prod/web"),
        reason: reason.to_owned(),
        provider: provider.map(str::to_owned),
    }
}

#[test]
fn a_placement_that_fails_counts_once_for_each_service() {
    let mut world = fargate(20);
    for _ in 0..5 {
        world.hears([no_place("RESOURCE:FARGATE", Some("FARGATE_SPOT"))]);
    }
    assert_eq!(world.counts.len(), 1);
}

#[test]
fn a_placement_that_fails_elsewhere_has_nothing_to_do_with_spot() {
    let mut world = fargate(20);
    world.hears([
        no_place("RESOURCE:CPU", None),
        no_place("RESOURCE:MEMORY", Some("on-demand")),
    ]);
    assert!(world.counts.is_empty());
    // With an instance of that cluster lost, it has.
    world.machine(1, "prod");
    warned(&mut world, [1]);
    world.hears([no_place("RESOURCE:CPU", None), warning(1)]);
    assert_eq!(world.counts.len(), 2);
}

#[test]
fn a_task_on_fargate_spot_that_is_not_replaced_is_told_of_with_the_reason() {
    let mut world = fargate(4);
    world.machine(9, "prod");
    world
        .services
        .get_mut(&service("prod/web"))
        .unwrap()
        .replaced = None;
    let lost = world.runs("prod/web", 9);
    let running = world.at(9).tasks.get_mut(&lost).unwrap();
    (running.wanted, running.stopped) = (false, Some(at(0)));
    world.hears([
        stopping(1, "SpotInterruption", 1),
        no_place("RESOURCE:FARGATE", Some("FARGATE_SPOT")),
    ]);
    assert!(world.ticking);
    world.until(at(290));
    assert!(world.notices.is_empty());
    world.until(at(400));
    assert_eq!(world.told(), [("spot-task-not-replaced", false)]);
    let notice = &world.notices[0];
    assert!(
        notice
            .facts
            .iter()
            .any(|fact| fact.value == "RESOURCE:FARGATE")
    );
    world
        .services
        .get_mut(&service("prod/web"))
        .unwrap()
        .replaced = Some(0);
    world.until(at(1_200));
    assert_eq!(
        world.told(),
        [
            ("spot-task-not-replaced", false),
            ("spot-task-not-replaced", true)
        ]
    );
    world.calms_down();
}

// The On-Demand side.

fn falls_back(cap: u32) -> World {
    let mut world = fleet(10, 8);
    world.policy.fallback = Some(Fallback { cap_percent: cap });
    world
}

fn base(world: &World) -> u32 {
    world.groups[GROUP].mixed.unwrap().base
}

#[test]
fn on_demand_is_raised_in_proportion_capped_and_given_back() {
    let mut world = falls_back(50);
    warned(&mut world, 1..=4);
    assert_eq!(base(&world), 4);
    warned(&mut world, 5..=8);
    assert_eq!(base(&world), 5, "the cap is half of ten");
    world.fleet().in_service = 5;
    world.until(at(1_000));
    assert_eq!(base(&world), 5);
    world.fleet().in_service = 10;
    world.until(at(2_000));
    assert_eq!(base(&world), 0);
    assert!(world.incidents.is_empty());
    assert_eq!(world.calls.bases.len(), 3);
}

#[test]
fn without_the_switch_nothing_is_raised() {
    let mut world = fleet(10, 8);
    warned(&mut world, 1..=8);
    assert!(!world.incidents.is_empty() && world.calls.bases.is_empty());
}

#[test]
fn a_base_that_is_raised_for_a_pool_is_raised_for_its_fleet_only_once_it_was_given_back() {
    let mut world = fleet(100, 40);
    world.policy.fallback = Some(Fallback { cap_percent: 50 });
    for number in 1..=40 {
        let zone = match number {
            1..=10 => "eu-central-1b",
            11..=20 => "eu-central-1c",
            _ => "eu-central-1a",
        };
        let its = pool("c6i.large", zone);
        world.at(number).pool = its.clone();
        world.fleet().members.insert(id(number), its);
    }
    // Two pools at once, and then everything.
    warned(&mut world, (1..=4).chain(11..=14));
    assert_eq!(world.incidents.len(), 2);
    assert_eq!(world.calls.bases.len(), 1, "{:?}", world.calls.bases);
    warned(&mut world, 21..=40);
    world.until(at(300));
    assert!(base(&world) > 0);
    world.fleet().in_service = 100;
    world.until(at(3_000));
    assert_eq!(base(&world), 0, "{:?}", world.calls.bases);
    assert!(world.incidents.is_empty());
}

#[test]
fn a_base_that_somebody_else_set_is_theirs() {
    let mut world = falls_back(50);
    warned(&mut world, 1..=4);
    let mixed = world.groups.get_mut(GROUP).unwrap().mixed.as_mut().unwrap();
    mixed.base = 7;
    warned(&mut world, 5..=8);
    assert_eq!(base(&world), 7);
    world.fleet().in_service = 10;
    world.until(at(2_000));
    assert_eq!(base(&world), 7);
    assert!(world.incidents.is_empty());
}

#[test]
fn a_run_that_dies_between_the_incident_and_the_group_is_made_good_both_ways() {
    let signs = crate::world::signs((1..=4).map(|number| (at(0), warning(number))));
    for steps in 0..60 {
        let mut world = falls_back(50);
        let plan = world.plan(&signs);
        world.apply(&plan, steps);
        world.hears_of((1..=4).map(|number| (at(0), warning(number))), usize::MAX);
        assert_eq!(base(&world), 4, "{steps} steps");
        world.fleet().in_service = 6;
        world.until(at(1_000));
        assert_eq!(base(&world), 4, "{steps} steps");
        world.fleet().in_service = 10;
        // Somewhere on the way down, too.
        for _ in 0..20 {
            let next = world.now + secs(60);
            world.until(next);
            let tick = world.plan(&crate::world::signs([(next, Says::Tick)]));
            world.apply(&tick, steps % 7);
        }
        world.calms_down();
        assert_eq!(base(&world), 0, "{steps} steps");
        assert!(world.incidents.is_empty());
    }
}

#[test]
fn a_run_that_dies_while_the_base_grows_is_made_good_both_ways() {
    let more = crate::world::signs((5..=8).map(|number| (at(1), warning(number))));
    for (steps, grows) in (0..80).flat_map(|steps| [(steps, true), (steps, false)]) {
        let mut world = falls_back(50);
        warned(&mut world, 1..=4);
        let plan = world.plan(&more);
        world.apply(&plan, steps);
        if grows {
            world.hears_of((5..=8).map(|number| (at(1), warning(number))), usize::MAX);
            assert_eq!(base(&world), 5, "{steps} steps");
        }
        world.fleet().in_service = 10;
        world.until(at(3_000));
        world.calms_down();
        assert_eq!(base(&world), 0, "{steps} steps, {grows}");
        assert!(world.incidents.is_empty());
    }
}

#[test]
fn a_loss_outside_the_window_does_not_count() {
    let mut world = fleet(10, 4);
    warned(&mut world, [1, 2]);
    let old = Counted {
        what: Loss::Instance(id(3)),
        fleet: Scope::Provider("spot".to_owned()),
        pool: None,
        at: at(0) - SignedDuration::from_mins(11),
        by_fis: false,
    };
    world.counts.insert(id(3).as_str().to_owned(), old);
    warned(&mut world, [1]);
    assert!(!is_surge(&world));
}

#[test]
fn services_that_cannot_leave_in_time_are_told_of_for_each_cluster_once() {
    let mut world = fleet(10, 1);
    world.surveys = true;
    world.serves("prod/stuck", None).service.maximum = 100;
    world
        .services
        .get_mut(&service("prod/stuck"))
        .unwrap()
        .service
        .desired = 3;
    world.hears([Says::Sweep]);
    world.hears([Says::Sweep]);
    assert_eq!(world.told(), [("not-drainable", false)]);
    let notice = &world.notices[0];
    assert_eq!(
        notice.resource,
        format!("arn:aws:ecs:eu-central-1:{ACCOUNT}:cluster/prod")
    );
    world
        .services
        .get_mut(&service("prod/stuck"))
        .unwrap()
        .service
        .maximum = 200;
    world.hears([Says::Sweep]);
    assert_eq!(
        world.told(),
        [("not-drainable", false), ("not-drainable", true)]
    );
    assert!(drainability(&std::collections::BTreeMap::new()).is_empty());
}
