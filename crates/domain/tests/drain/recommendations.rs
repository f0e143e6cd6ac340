//! Rebalance recommendations: drained within the breaker, given back, and never somebody else's.

use domain::drain::{
    Ending, Mode, Reason, Says, Scope, Source, Status, Whereabouts, decide, wants,
};
use domain::tag::Tagged;
use jiff::SignedDuration;

use crate::made::{GROUP, at, cluster, id, rebalance, secs, state, warning};
use crate::world::{World, reason, signs, world};

/// A fleet of so many machines.
fn fleet(machines: u32) -> World {
    let mut world = world();
    for number in 1..=machines {
        world.machine(number, "prod");
    }
    world.until(at(0));
    world
}

fn draining(world: &World) -> usize {
    let machines = world.machines.values();
    machines.filter(|m| m.status == Status::Draining).count()
}

#[test]
fn nothing_is_drained_before_the_record_and_the_tick() {
    let mut world = fleet(10);
    let plan = world.hears([rebalance(1)]);
    assert_eq!(reason(&plan, 1), Some(&Reason::Recommended));
    assert!(plan.drain.is_empty() && plan.voluntary.is_empty());
    assert_eq!(plan.ticking, Some(true));
    world.until(at(60));
    assert_eq!(world.status(1), Status::Draining);
}

#[test]
fn the_breaker_lets_a_fifth_of_a_fleet_through() {
    for (machines, through) in [(4, 0), (5, 1), (9, 1), (10, 2), (50, 10)] {
        let mut world = fleet(machines);
        world.hears((1..=machines).map(rebalance));
        world.until(at(600));
        assert_eq!(draining(&world), through, "of {machines}");
    }
}

#[test]
fn a_warning_passes_where_the_breaker_holds() {
    let mut world = fleet(10);
    world.hears((1..=10).map(rebalance));
    world.until(at(60));
    assert_eq!(draining(&world), 2);
    world.hears((1..=10).map(warning));
    assert_eq!(draining(&world), 10);
}

#[test]
fn what_is_lost_takes_a_place_within_the_breaker() {
    let mut world = fleet(10);
    world.hears([warning(9), warning(10)]);
    world.hears((1..=8).map(rebalance));
    world.until(at(115));
    assert_eq!(draining(&world), 2);
}

#[test]
fn of_a_fleet_of_unknown_size_nothing_is_drained_without_need() {
    let mut world = fleet(10);
    world.fleets.clear();
    world.hears((1..=10).map(rebalance));
    world.until(at(600));
    assert_eq!(draining(&world), 0);
}

#[test]
fn it_is_given_back_when_no_warning_follows() {
    let mut world = fleet(5);
    world.hears([rebalance(1)]);
    world.until(at(60 + 29 * 60));
    assert_eq!(world.status(1), Status::Draining);
    world.until(at(60 + 31 * 60));
    assert_eq!(world.status(1), Status::Active);
    world.calms_down();
    assert_eq!(world.outcome(1).ending, Ending::GivenBack);
    assert!(world.drains.is_empty());
}

#[test]
fn a_drain_of_somebody_else_is_never_undone() {
    let mut world = fleet(5);
    world.drained_by_others(1);
    world.hears([rebalance(1)]);
    world.calms_down();
    assert_eq!(world.status(1), Status::Draining);
    assert_eq!(world.calls.set, 0);
    assert!(world.outcomes.is_empty());
}

#[test]
fn whoever_sets_it_active_again_is_not_fought() {
    let mut world = fleet(5);
    world.hears([rebalance(1)]);
    world.until(at(130));
    assert_eq!(world.status(1), Status::Draining);
    let seen = world.seen(1);
    world.hears([Says::Instance(seen)]);
    let machine = world.at(1);
    machine.status = Status::Active;
    machine.version += 1;
    machine.draining = None;
    world.until(at(600));
    assert_eq!(world.status(1), Status::Active);
    assert!(world.drains.is_empty());
}

#[test]
fn a_warning_after_the_recommendation_makes_it_certain() {
    let mut world = fleet(5);
    world.hears([rebalance(1)]);
    world.until(at(600));
    world.at(1).taken = Some(at(720));
    world.hears([warning(1)]);
    world.until(at(721));
    world.hears([state(1, "terminated")]);
    world.calms_down();
    assert_eq!(world.outcome(1).ending, Ending::Interrupted);
}

#[test]
fn both_in_the_same_second_are_a_warning() {
    let mut world = fleet(5);
    let plan = world.hears([rebalance(1), warning(1)]);
    assert_eq!(reason(&plan, 1), Some(&Reason::Drains));
    assert_eq!(world.status(1), Status::Draining);
}

#[test]
fn a_recommendation_after_the_warning_changes_nothing() {
    let mut world = fleet(5);
    world.hears([warning(1)]);
    world.until(at(20));
    world.hears([rebalance(1)]);
    assert_eq!(world.calls.set, 1);
    assert_eq!(world.drains[&id(1)].deadline, Some(at(120)));
}

#[test]
fn a_warning_that_finds_it_being_given_back_drains_it_again() {
    let mut world = fleet(5);
    world.hears([rebalance(1)]);
    world.until(at(60 + 1_800));
    // It was given back a moment ago, and its record says so.
    assert_eq!(world.status(1), Status::Active);
    let now = world.now;
    world.at(1).taken = Some(now + secs(120));
    world.hears([warning(1)]);
    assert_eq!(world.status(1), Status::Draining);
}

#[test]
fn a_warning_asks_how_one_is_that_was_given_back_a_moment_ago() {
    let mut world = fleet(5);
    world.hears([rebalance(1)]);
    world.until(at(60 + 1_800));
    let mut observed = world.before_draining(&signs([(world.now, warning(1))]));
    let Some(Whereabouts::At(places)) = observed.instances.get_mut(&id(1)) else {
        panic!("it is there")
    };
    // No rule lets the event through that says that it is ACTIVE.
    (places[0].status, places[0].source) = (Status::Draining, Source::Remembered);
    let asked = wants(&observed, world.moment(&world.policy)).urgent();
    assert_eq!(asked.states_of.len(), 1);
}

#[test]
fn a_warning_after_an_undo_that_a_run_died_in_makes_its_tasks_stop() {
    let mut world = fleet(5);
    world.serves("prod/api", None);
    world.runs("prod/api", 1);
    world.hears([rebalance(1)]);
    world.until(at(60 + 1_700));
    let died = at(60 + 1_800);
    world.now = died;
    world.hears_of([(died, Says::Tick)], 1);
    assert_eq!(world.status(1), Status::Draining);
    world.at(1).taken = Some(died + secs(120));
    world.hears([warning(1)]);
    world.until(died + secs(121));
    assert_eq!(world.calls.stop, 1);
    world.hears([state(1, "terminated")]);
    world.calms_down();
    assert_eq!(world.outcome(1).stopped_by_us, 1);
}

#[test]
fn the_undo_of_a_run_that_died_is_done_by_the_next() {
    let mut world = fleet(5);
    world.hears([rebalance(1)]);
    world.until(at(60 + 1_700));
    let died = at(60 + 1_800);
    world.now = died;
    // The record says that it is given back, and nothing else was done.
    world.hears_of([(died, Says::Tick)], 1);
    assert_eq!(world.status(1), Status::Draining);
    world.until(died + secs(120));
    assert_eq!(world.status(1), Status::Active);
    world.calms_down();
    assert_eq!(world.outcome(1).ending, Ending::GivenBack);
}

#[test]
fn the_drain_of_a_run_that_died_is_done_by_the_next() {
    let mut world = fleet(5);
    world.hears([rebalance(1)]);
    world.until(at(59));
    world.now = at(60);
    world.hears_of([(at(60), Says::Tick)], 1);
    assert_eq!(world.status(1), Status::Active);
    world.until(at(130));
    assert_eq!(world.status(1), Status::Draining);
}

#[test]
fn what_its_group_its_tag_or_the_policy_leaves_is_left() {
    let by_group = |world: &mut World| {
        let group = world.groups.get_mut(crate::made::GROUP).unwrap();
        group.capacity_rebalance = true;
    };
    let by_tag = |world: &mut World| {
        world.cluster("prod").drain = Tagged::Says(Mode::Verify);
    };
    let by_policy = |world: &mut World| world.policy.rebalance = false;
    let ways: [&dyn Fn(&mut World); 3] = [&by_group, &by_tag, &by_policy];
    for way in ways {
        let mut world = fleet(10);
        way(&mut world);
        let plan = world.hears([rebalance(1)]);
        assert_eq!(reason(&plan, 1), Some(&Reason::RecommendationLeft));
        world.calms_down();
        assert_eq!(draining(&world), 0);
    }
}

#[test]
fn where_ecs_drains_by_itself_but_not_on_recommendations_we_do() {
    let mut world = fleet(5);
    world.providers.get_mut("spot").unwrap().managed_draining = true;
    world.hears([rebalance(1)]);
    world.until(at(60));
    assert_eq!(world.status(1), Status::Draining);
}

#[test]
fn a_recommendation_of_yesterday_is_over() {
    let mut world = fleet(5);
    let plan = world.hears_of([(at(-86_400), rebalance(1))], usize::MAX);
    assert_eq!(reason(&plan, 1), Some(&Reason::PastDeadline));
    assert!(world.drains.is_empty());
}

#[test]
fn one_that_its_group_replaced_is_not_called_an_interruption() {
    let mut world = fleet(5);
    world.hears([rebalance(1)]);
    world.until(at(200));
    world.at(1).taken = Some(at(201));
    world.until(at(202));
    world.hears([state(1, "shutting-down")]);
    world.calms_down();
    assert_eq!(world.outcome(1).ending, Ending::Replaced);
    assert!(world.counts.is_empty());
}

#[test]
fn two_ticks_at_once_drain_no_more_than_one() {
    let mut world = fleet(10);
    world.hears((1..=10).map(rebalance));
    world.until(at(59));
    world.now = at(60);
    let signs = crate::world::signs([(at(60), Says::Tick)]);
    let (one, other) = (world.plan(&signs), world.plan(&signs));
    world.apply(&one, usize::MAX);
    world.apply(&other, usize::MAX);
    assert_eq!(draining(&world), 2);
}

#[test]
fn a_fleet_that_belongs_to_no_provider_is_its_cluster() {
    let mut world = fleet(5);
    world.at(1).provider = None;
    let within = Scope::Cluster(crate::made::cluster("prod"));
    let size = domain::drain::Fleet {
        desired: 5,
        in_service: 5,
        spot: 5,
        ..domain::drain::Fleet::default()
    };
    world.fleets.insert(within, size);
    world.hears([rebalance(1)]);
    world.until(at(60));
    assert_eq!(world.status(1), Status::Draining);
    assert_eq!(world.policy.undo_after, SignedDuration::from_mins(30));
}

#[test]
fn where_the_tags_cannot_be_read_nothing_is_drained_without_need() {
    let mut world = fleet(10);
    world.until(at(0));
    world.hears([rebalance(1)]);
    world.until(at(59));
    let tick = signs([(at(60), Says::Tick)]);
    world.now = at(60);
    let observed = world.observe(&tick);
    let moment = world.moment(&world.policy);
    assert_eq!(decide(&observed, moment).voluntary.len(), 1);
    let throttled = || "ThrottlingException".to_owned();
    let mut no_cluster = observed.clone();
    no_cluster
        .clusters
        .insert(cluster("prod"), Err(throttled()));
    assert_eq!(decide(&no_cluster, moment).voluntary.len(), 0);
    let mut no_group = observed.clone();
    no_group.groups.insert(GROUP.to_owned(), Err(throttled()));
    assert_eq!(decide(&no_group, moment).voluntary.len(), 0);
    let mut no_provider = observed;
    no_provider
        .providers
        .insert("spot".to_owned(), Err(throttled()));
    assert_eq!(decide(&no_provider, moment).voluntary.len(), 0);
}
