//! Services that run on On-Demand capacity while a surge lasts: what we raise we give back, and nothing
//! else.

use domain::drain::{Fallback, Mixed, Mode, Provider, Says, Scope, Weight};
use domain::resting::Kind;
use domain::tag::Tagged;
use proptest::prelude::*;

use crate::fargate::stopping;
use crate::made::{GROUP, at, cluster, secs, service, warning};
use crate::world::{World, signs, world};

/// A strategy, as name, base and weight of each of its providers.
fn strategy(entries: &[(&str, u32, u32)]) -> Vec<Weight> {
    let entries = entries.iter().map(|(provider, base, weight)| Weight {
        provider: (*provider).to_owned(),
        base: *base,
        weight: *weight,
    });
    entries.collect()
}

/// What `prod/web` has before a surge.
fn usual() -> Vec<Weight> {
    strategy(&[("FARGATE", 0, 1), ("FARGATE_SPOT", 0, 4)])
}

/// With this base instead.
fn based(base: u32) -> Vec<Weight> {
    strategy(&[("FARGATE", base, 1), ("FARGATE_SPOT", 0, 4)])
}

/// `prod/web` with ten tasks on Fargate, mostly Spot, and a cap of half.
fn fargate() -> World {
    let mut world = world();
    let web = &mut world.serves("prod/web", None).service;
    (web.desired, web.strategy) = (10, usual());
    world.policy.fallback = Some(Fallback { cap_percent: 50 });
    world.on_fargate_spot = [(cluster("prod"), 8)].into();
    world.until(at(-60));
    world.hears([Says::Sweep]);
    world.until(at(0));
    world
}

fn web(world: &mut World) -> &mut domain::drain::Service {
    let web = world.services.get_mut(&service("prod/web"));
    &mut web.unwrap().service
}

fn has(world: &World) -> &[Weight] {
    &world.services[&service("prod/web")].service.strategy
}

fn lost(world: &mut World, numbers: impl IntoIterator<Item = u32>) {
    let says: Vec<Says> = numbers.into_iter().map(stopping).collect();
    world.hears(says);
}

fn passes(world: &mut World, minutes: i64) {
    let next = world.now + secs(60 * minutes);
    world.until(next);
}

/// Long enough for what was lost to be forgotten and calm to be calm.
fn calms(world: &mut World) {
    passes(world, 25);
    assert!(world.incidents.is_empty(), "{:#?}", world.incidents);
}

fn given(world: &World) -> Vec<Vec<Weight>> {
    let given = world.calls.strategies.iter();
    given.map(|(_, strategy)| strategy.clone()).collect()
}

#[test]
fn a_service_gets_more_of_its_on_demand_provider_capped_and_its_own_strategy_back() {
    let mut world = fargate();
    lost(&mut world, 1..=3);
    assert_eq!(has(&world), usual(), "it waits for the tick");
    passes(&mut world, 1);
    assert_eq!(has(&world), based(3));
    lost(&mut world, 4..=8);
    passes(&mut world, 1);
    assert_eq!(has(&world), based(3), "its deployment is under way");
    passes(&mut world, 2);
    assert_eq!(has(&world), based(5), "the cap is half of ten");
    calms(&mut world);
    assert_eq!(has(&world), usual());
    assert_eq!(given(&world), [based(3), based(5), usual()]);
}

#[test]
fn it_is_told_once_it_is_seen_and_again_when_it_is_given_back() {
    let mut world = fargate();
    lost(&mut world, 1..=3);
    calms(&mut world);
    let told: Vec<&str> = world
        .notices
        .iter()
        .filter(|notice| notice.kind.name() == "spot-surge")
        .map(|notice| notice.done.as_deref().unwrap())
        .collect();
    let [begun, raised, over] = told[..] else {
        panic!("{told:#?}")
    };
    assert_eq!(begun, "Drains every instance that EC2 warns of");
    assert_eq!(
        raised,
        "Drains every instance that EC2 warns of, and gave 1 service more On-Demand capacity \
         (web in prod, FARGATE: base 0 and weight 1 to base 3 and weight 1), to be given back after \
         5 minutes of calm"
    );
    assert_eq!(
        over,
        "Drained every instance that EC2 warned of, and gave 1 service back the strategy it had"
    );
}

#[test]
fn whoever_is_not_ours_to_move_keeps_its_strategy() {
    type Change = fn(&mut World);
    let changes: [(&str, Change); 11] = [
        ("the switch is off", |world| world.policy.fallback = None),
        ("it is tagged off", |world| {
            web(world).drain = Tagged::Says(Mode::Off)
        }),
        ("its cluster is tagged off", |world| {
            world.cluster("prod").drain = Tagged::Says(Mode::Off);
        }),
        ("its cluster cannot be read", |world| {
            world.denied.insert(cluster("prod"));
        }),
        ("CodeDeploy deploys it", |world| {
            web(world).kind = Kind::CodeDeploy
        }),
        ("somebody else deploys it", |world| {
            web(world).kind = Kind::External
        }),
        ("it is a daemon", |world| web(world).kind = Kind::Daemon),
        ("it names no other provider", |world| {
            web(world).strategy = strategy(&[("FARGATE_SPOT", 0, 1)]);
        }),
        ("it is not on Spot", |world| {
            web(world).strategy = strategy(&[("FARGATE", 0, 1)]);
        }),
        ("it has a launch type", |world| {
            web(world).strategy = Vec::new()
        }),
        ("half of one is none", |world| web(world).desired = 1),
    ];
    for (why, change) in changes {
        let mut world = fargate();
        change(&mut world);
        lost(&mut world, 1..=8);
        calms(&mut world);
        assert_eq!(given(&world), [] as [Vec<Weight>; 0], "{why}");
    }
}

#[test]
fn what_is_tagged_off_while_it_is_raised_is_left_as_it_is() {
    let mut world = fargate();
    lost(&mut world, 1..=3);
    passes(&mut world, 3);
    web(&mut world).drain = Tagged::Says(Mode::Off);
    calms(&mut world);
    assert_eq!(has(&world), based(3));
}

#[test]
fn a_deployment_is_waited_for_on_the_way_up_and_on_the_way_down() {
    let mut world = fargate();
    let arn = service("prod/web");
    world.deploys(&arn, None);
    lost(&mut world, 1..=3);
    passes(&mut world, 1);
    assert_eq!(has(&world), usual());
    passes(&mut world, 1);
    assert_eq!(has(&world), based(3));
    // Somebody rolls out, again and again, and keeps the strategy.
    for _ in 0..25 {
        passes(&mut world, 1);
        world.deploys(&arn, None);
    }
    assert_eq!((has(&world), world.incidents.len()), (&based(3)[..], 1));
    calms(&mut world);
    assert_eq!(has(&world), usual());
}

#[test]
fn a_strategy_that_somebody_set_is_theirs() {
    // Soon after us or later, back to what it was or to something else.
    for after in [10, 200] {
        for theirs in [usual(), based(7)] {
            let mut world = fargate();
            lost(&mut world, 1..=3);
            passes(&mut world, 1);
            let next = world.now + secs(after);
            world.until(next);
            let arn = service("prod/web");
            world.deploys(&arn, Some(theirs.clone()));
            world.hands_off.insert(arn);
            lost(&mut world, 4..=8);
            calms(&mut world);
            assert_eq!(has(&world), theirs, "{after} s after us");
        }
    }
}

#[test]
fn a_service_that_is_gone_or_created_anew_is_not_ours() {
    let mut world = fargate();
    lost(&mut world, 1..=3);
    passes(&mut world, 3);
    web(&mut world).created_at = world.now;
    world.hands_off.insert(service("prod/web"));
    calms(&mut world);
    assert_eq!(has(&world), based(3));
    let mut world = fargate();
    lost(&mut world, 1..=3);
    passes(&mut world, 3);
    world.services.clear();
    calms(&mut world);
}

#[test]
fn ten_services_get_another_strategy_in_a_round_and_a_hundred_for_a_surge() {
    let mut world = fargate();
    let seen = |name: &str, number: u32| {
        let Says::TaskStopping(mut seen) = stopping(number) else {
            panic!("it stops")
        };
        seen.service = Some(service(name));
        Says::TaskStopping(seen)
    };
    let mut says = Vec::new();
    for number in 0..103 {
        let name = format!("prod/s{number:03}");
        let one = &mut world.serves(&name, None).service;
        (one.desired, one.strategy) = (4, usual());
        says.push(seen(&name, number));
    }
    world.hears(says);
    for minutes in 1..=5 {
        passes(&mut world, 1);
        assert_eq!(world.calls.strategies.len(), 10 * minutes);
    }
    passes(&mut world, 4);
    assert_eq!(world.calls.strategies.len(), 90);
    // The last ones are done while losses are still known, and none beyond a hundred.
    passes(&mut world, 25);
    assert!(world.incidents.is_empty());
    let mut left = world.services.values();
    assert!(left.all(|one| one.service.strategy == usual()));
    assert!(world.calls.strategies.len() <= 200);
}

/// Ten machines of a group of nothing but Spot, with a service that names an On-Demand provider too.
fn instances() -> World {
    let mut world = world();
    for number in 1..=5 {
        world.machine(number, "prod");
    }
    let fleet = world.fleet();
    (fleet.desired, fleet.in_service, fleet.spot) = (10, 10, 10);
    fleet.members.clear();
    world.groups.get_mut(GROUP).unwrap().mixed = None;
    let mut other = world.groups[GROUP].clone();
    other.mixed = Some(Mixed {
        base: 0,
        percent_above: 100,
    });
    world.groups.insert("ecs-on-demand".to_owned(), other);
    let provider = Provider {
        managed_draining: false,
        group: Some("ecs-on-demand".to_owned()),
    };
    world.providers.insert("steady".to_owned(), provider);
    world.serves("prod/web", None);
    for number in 1..=5 {
        world.runs("prod/web", number);
        world.runs("prod/web", number);
        world.at(number).taken = Some(at(120));
    }
    web(&mut world).strategy = on_instances(0, 0);
    world.policy.fallback = Some(Fallback { cap_percent: 50 });
    world.until(at(0));
    world
}

fn on_instances(base: u32, weight: u32) -> Vec<Weight> {
    strategy(&[("spot", 0, 4), ("steady", base, weight)])
}

#[test]
fn services_on_spot_instances_move_where_the_group_has_no_on_demand_side() {
    let mut world = instances();
    world.hears((1..=5).map(warning));
    passes(&mut world, 3);
    // Of weight 0 a base would take nothing: half of ten are 4 of 8.
    assert_eq!(has(&world), on_instances(0, 4));
    assert!(world.calls.bases.is_empty());
    world.fleet().in_service = 10;
    passes(&mut world, 40);
    assert!(world.incidents.is_empty());
    assert_eq!(has(&world), on_instances(0, 0));
}

#[test]
fn where_a_group_has_an_on_demand_side_that_is_raised_and_no_service_is_moved() {
    let mut world = instances();
    world.groups.get_mut(GROUP).unwrap().mixed = Some(Mixed {
        base: 0,
        percent_above: 0,
    });
    world.hears((1..=5).map(warning));
    passes(&mut world, 3);
    assert_eq!(given(&world), [] as [Vec<Weight>; 0]);
    assert!(!world.calls.bases.is_empty());
}

#[test]
fn a_provider_that_may_be_spot_takes_nobodys_place() {
    let mixed = |percent_above| {
        Some(Mixed {
            base: 0,
            percent_above,
        })
    };
    for (mixed, moves) in [(mixed(100), true), (mixed(50), false), (None, true)] {
        let mut world = instances();
        world.groups.get_mut("ecs-on-demand").unwrap().mixed = mixed;
        world.hears((1..=5).map(warning));
        passes(&mut world, 3);
        assert_eq!(has(&world) != on_instances(0, 0), moves, "{mixed:?}");
    }
    // Of a group that does not say, a loss to Spot does.
    let mut world = instances();
    world.groups.get_mut("ecs-on-demand").unwrap().mixed = None;
    world.machine(9, "prod").provider = Some("steady".to_owned());
    world.hears((1..=5).chain([9]).map(warning));
    let steady = Scope::Provider("steady".to_owned());
    assert!(world.counts.values().any(|counted| counted.fleet == steady));
    passes(&mut world, 3);
    assert_eq!(has(&world), on_instances(0, 0));
}

#[derive(Clone, Debug)]
enum Happens {
    Lost(u32),
    Minutes(i64),
    Sets(u32),
    RollsOut,
    Reverts,
    Dies(usize),
}

fn any_happening() -> impl Strategy<Value = Happens> {
    prop_oneof![
        4 => (1u32..5).prop_map(Happens::Lost),
        5 => (1i64..12).prop_map(Happens::Minutes),
        1 => (20u32..30).prop_map(Happens::Sets),
        1 => Just(Happens::RollsOut),
        1 => Just(Happens::Reverts),
        4 => (0usize..8).prop_map(Happens::Dies),
    ]
}

/// Somebody sets a strategy. If the one there is ours, it is not ours any more.
fn sets(world: &mut World, before: &[Weight], theirs: &[Weight]) {
    let arn = service("prod/web");
    if has(world) != before {
        world.hands_off.insert(arn.clone());
    }
    world.deploys(&arn, Some(theirs.to_vec()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Surges grow and end, somebody edits and rolls out, and runs die before and after each write: in
    /// the end the strategy is the last one that a person set.
    #[test]
    fn what_we_raise_we_give_back_and_nothing_else(
        happenings in prop::collection::vec(any_happening(), 1..30),
    ) {
        let mut world = fargate();
        let mut theirs = usual();
        let mut number = 0;
        for happens in happenings {
            match happens {
                Happens::Lost(tasks) => {
                    lost(&mut world, number..number + tasks);
                    number += tasks;
                }
                Happens::Minutes(minutes) => passes(&mut world, minutes),
                Happens::Sets(base) => {
                    sets(&mut world, &theirs, &based(base));
                    theirs = based(base);
                }
                Happens::RollsOut => world.deploys(&service("prod/web"), None),
                Happens::Reverts => sets(&mut world, &theirs, &theirs),
                Happens::Dies(steps) => {
                    let next = world.now + secs(61);
                    world.now = next;
                    let plan = world.plan(&signs([(next, Says::Tick)]));
                    world.apply(&plan, steps);
                }
            }
            if world.incidents.is_empty() {
                world.hands_off.clear();
            }
        }
        passes(&mut world, 1);
        world.ticking = true;
        passes(&mut world, 40);
        prop_assert!(world.incidents.is_empty(), "{:#?}", world.incidents);
        prop_assert_eq!(has(&world), &theirs[..]);
    }
}
