//! What holds whatever happens: random fleets, words in any order, and runs that die anywhere. The
//! world watches every step; here it is looked at what is left.

use domain::drain::{Fallback, Mode, Says, Standalone};
use domain::tag::Tagged;
use jiff::SignedDuration;
use proptest::prelude::*;

use crate::made::{GROUP, at, cluster, evicted, hook, id, rebalance, secs, state, warning};
use crate::world::{World, world};

const CLUSTERS: [&str; 3] = ["one", "two", "off"];
const SERVICES: [&str; 3] = ["api", "jobs", "agent"];

#[derive(Clone, Debug)]
enum Word {
    Warning,
    Rebalance,
    Hook,
    State(&'static str),
    Evicted,
    Seen,
    Drained,
}

/// Something is heard of a machine after so many seconds, late by so many, and the run dies after
/// so many steps.
#[derive(Clone, Debug)]
struct Event {
    word: Word,
    machine: u32,
    after: i64,
    late: i64,
    steps: usize,
    doubled: bool,
}

fn any_event(machines: u32) -> impl Strategy<Value = Event> {
    let word = prop_oneof![
        4 => Just(Word::Warning),
        3 => Just(Word::Rebalance),
        2 => Just(Word::Hook),
        2 => prop::sample::select(vec!["shutting-down", "terminated", "stopping", "stopped"])
            .prop_map(Word::State),
        2 => Just(Word::Evicted),
        1 => Just(Word::Seen),
        1 => Just(Word::Drained),
    ];
    let steps = prop_oneof![2 => Just(usize::MAX), 1 => 0usize..12];
    let late = prop_oneof![3 => Just(0i64), 1 => 1i64..200, 1 => 700i64..4_000];
    (word, 1..=machines, 0i64..90, late, steps, any::<bool>()).prop_map(
        |(word, machine, after, late, steps, doubled)| Event {
            word,
            machine,
            after,
            late,
            steps,
            doubled,
        },
    )
}

#[derive(Clone, Debug)]
struct Fleet {
    machines: Vec<(usize, Vec<usize>, bool, bool)>,
    leaves: Option<i64>,
    stops: i64,
    replaced: i64,
    managed: bool,
    rebalances: bool,
    standalone: Standalone,
    fallback: bool,
    size: u32,
    denied: bool,
    /// What the tag of the group says.
    group: Option<Mode>,
}

fn any_fleet() -> impl Strategy<Value = Fleet> {
    let tasks = prop::collection::vec(0usize..4, 0..4);
    let machine = (0usize..3, tasks, any::<bool>(), any::<bool>());
    (
        prop::collection::vec(machine, 1..7),
        prop::option::of(5i64..200),
        1i64..150,
        5i64..900,
        (any::<bool>(), any::<bool>(), any::<bool>()),
        prop::sample::select(vec![Standalone::Leave, Standalone::Stop]),
        2u32..40,
        prop::bool::weighted(0.1),
        prop::option::weighted(
            0.3,
            prop::sample::select(vec![Mode::Off, Mode::Verify, Mode::Auto]),
        ),
    )
        .prop_map(
            |(machines, leaves, stops, replaced, flags, standalone, size, denied, group)| Fleet {
                machines,
                leaves,
                stops,
                replaced,
                managed: flags.0,
                rebalances: flags.1,
                standalone,
                fallback: flags.2,
                size,
                denied,
                group,
            },
        )
}

fn built(fleet: &Fleet) -> World {
    let mut world = world();
    for within in CLUSTERS {
        world.cluster(within);
        for name in SERVICES {
            let serving = world.serves(&format!("{within}/{name}"), fleet.leaves);
            (serving.stops, serving.replaced) = (fleet.stops, Some(fleet.replaced));
        }
        let agent = world
            .services
            .get_mut(&crate::made::service(&format!("{within}/agent")));
        agent.unwrap().service.kind = domain::resting::Kind::Daemon;
    }
    for (number, (within, tasks, indexed, asked)) in (1..).zip(&fleet.machines) {
        let within = CLUSTERS[*within];
        let machine = world.machine(number, within);
        (machine.indexed, machine.asked) = (*indexed, *asked);
        for kind in tasks {
            match SERVICES.get(*kind) {
                Some(name) => world.runs(&format!("{within}/{name}"), number),
                None => world.runs_alone("family:report", number),
            };
        }
    }
    world.cluster("off").drain = Tagged::Says(Mode::Off);
    world.providers.get_mut("spot").unwrap().managed_draining = fleet.managed;
    world.groups.get_mut(GROUP).unwrap().capacity_rebalance = fleet.rebalances;
    if let Some(mode) = fleet.group {
        world.groups.get_mut(GROUP).unwrap().drain = Tagged::Says(mode);
    }
    world.policy.standalone = fleet.standalone;
    world.policy.fallback = fleet.fallback.then_some(Fallback { cap_percent: 50 });
    if fleet.denied {
        world.denied.insert(cluster("two"));
    }
    let size = world.fleet();
    size.desired = size.desired.max(fleet.size);
    (size.in_service, size.spot) = (size.desired, size.desired);
    world.until(at(0));
    world
}

/// It is heard, perhaps twice; a run that died is delivered again.
fn happens(world: &mut World, event: &Event) {
    let when = world.now + secs(event.after);
    world.until(when);
    let number = event.machine;
    if !world.machines.contains_key(&id(number)) {
        return;
    }
    let was = world.now - secs(event.late);
    let says = match event.word {
        Word::Warning => {
            let taken = world.at(number).taken.get_or_insert(was + secs(120));
            *taken = (*taken).min(was + secs(120));
            warning(number)
        }
        Word::Rebalance => rebalance(number),
        Word::Hook => hook(number),
        Word::State(name) => {
            world.at(number).taken = Some(was);
            state(number, name)
        }
        Word::Evicted => {
            world.at(number).taken = Some(was);
            evicted(&[number])
        }
        Word::Seen => Says::Instance(world.seen(number)),
        Word::Drained => {
            if world.at(number).status == domain::drain::Status::Active {
                world.drained_by_others(number);
            }
            return;
        }
    };
    let now = world.now;
    world.until(now);
    world.hears_of([(was, says.clone())], event.steps);
    if event.steps != usize::MAX || event.doubled {
        let again = world.now + secs(31);
        world.until(again);
        world.hears_of([(was, says)], usize::MAX);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(250))]

    /// Whatever was heard and whoever died: in the end nothing is left open, nothing is written
    /// down twice, and the On-Demand side is as it was.
    #[test]
    fn everything_ends(
        fleet in any_fleet(),
        events in prop::collection::vec(any_event(6), 0..14),
    ) {
        let mut world = built(&fleet);
        for event in &events {
            happens(&mut world, event);
        }
        world.denied.clear();
        let hours = SignedDuration::from_hours(1);
        for _ in 0..6 {
            // The group replaces what it lost.
            let size = world.fleet();
            size.in_service = size.desired;
            let next = world.now + hours;
            world.until(next);
            world.hears([Says::Sweep]);
        }
        prop_assert!(world.is_quiet(), "left open: {:#?}", world.drains);
        prop_assert!(world.incidents.is_empty());
        prop_assert_eq!(world.groups[GROUP].mixed.unwrap().base, 0);
        // What was told to last is withdrawn.
        let lasting: Vec<_> = world
            .announced
            .keys()
            .filter(|key| key.kind != "drain-tag-malformed")
            .collect();
        prop_assert!(lasting.is_empty(), "{lasting:?}");
    }

    /// The same world and the same words come to the same plan.
    #[test]
    fn the_same_is_decided_of_the_same(
        fleet in any_fleet(),
        events in prop::collection::vec(any_event(6), 0..8),
    ) {
        let mut world = built(&fleet);
        for event in &events {
            happens(&mut world, event);
        }
        let signs = crate::world::signs([(world.now, Says::Tick), (world.now, warning(1))]);
        let mut other = world.clone();
        prop_assert_eq!(world.plan(&signs), other.plan(&signs));
    }
}
