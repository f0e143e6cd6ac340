//! What holds for every history: two services, deployments good and bad, ECS that rolls back or not,
//! alarms, nights, denied calls, deaths and delays.

use std::collections::BTreeMap;

use domain::rollback::{
    AlarmState, Digest, Event, ImageRef, Mode, Release, Rollout, Same, Says, Status, Strategy,
    Trouble, What, slice,
};
use proptest::prelude::{
    Just, ProptestConfig, any, prop, prop_assert, prop_assert_eq, prop_assert_ne, prop_compose,
    prop_oneof, proptest,
};
use proptest::strategy::Strategy as Proptest;

use crate::made::{ALARM, API, WEB, definition, digest, mins, says, secs, service, stopped};
use crate::world::{Of, World, world};

#[derive(Clone, Debug)]
enum Happens {
    Deploys {
        number: u32,
    },
    Completes,
    Fails,
    EcsRollsBack,
    Crashes {
        code: &'static str,
        reason: &'static str,
    },
    Alarm {
        red: bool,
    },
    Rests {
        held: bool,
    },
    Scales {
        desired: u32,
    },
    Moves {
        number: u32,
        bytes: u32,
    },
    Deregisters {
        number: u32,
    },
    Denies {
        of: Option<Of>,
    },
    Tagged {
        mode: Option<Mode>,
    },
    Stack {
        busy: bool,
    },
    Troubled,
    Says {
        event: Event,
        old: u64,
    },
    Order {
        back: bool,
        thaw: bool,
    },
    Passes {
        seconds: i64,
    },
    Minute {
        dies: usize,
    },
    Sweep {
        dies: usize,
    },
}

fn any_happening() -> impl Proptest<Value = Happens> {
    let codes = prop::sample::select(vec![
        ("EssentialContainerExited", "it exited"),
        ("TaskFailedToStart", "CannotPullContainerError: not found"),
        (
            "TaskFailedToStart",
            "CannotPullContainerError: toomanyrequests",
        ),
        ("SpotInterruption", "spot"),
        ("UserInitiated", "somebody"),
        (
            "ServiceSchedulerInitiated",
            "Task failed container health checks",
        ),
        ("Odd", ""),
    ]);
    let of = prop::sample::select(vec![
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
    ]);
    let event = prop::sample::select(vec![Event::InProgress, Event::Completed, Event::Failed]);
    let dies = prop_oneof![4 => Just(usize::MAX), 1 => 0usize..4];
    let dies_too = dies.clone();
    prop_oneof![
        3 => (1u32..9).prop_map(|number| Happens::Deploys { number }),
        3 => Just(Happens::Completes),
        3 => Just(Happens::Fails),
        1 => Just(Happens::EcsRollsBack),
        3 => codes.prop_map(|(code, reason)| Happens::Crashes { code, reason }),
        2 => any::<bool>().prop_map(|red| Happens::Alarm { red }),
        1 => any::<bool>().prop_map(|held| Happens::Rests { held }),
        1 => (0u32..4).prop_map(|desired| Happens::Scales { desired }),
        1 => (1u32..9, 1u32..99).prop_map(|(number, bytes)| Happens::Moves { number, bytes }),
        1 => (1u32..9).prop_map(|number| Happens::Deregisters { number }),
        1 => prop::option::of(of).prop_map(|of| Happens::Denies { of }),
        1 => prop::option::of(prop::sample::select(Mode::ALL.to_vec()))
            .prop_map(|mode| Happens::Tagged { mode }),
        1 => any::<bool>().prop_map(|busy| Happens::Stack { busy }),
        1 => Just(Happens::Troubled),
        4 => (event, 0u64..12).prop_map(|(event, old)| Happens::Says { event, old }),
        1 => any::<(bool, bool)>().prop_map(|(back, thaw)| Happens::Order { back, thaw }),
        4 => (1i64..1500).prop_map(|seconds| Happens::Passes { seconds }),
        6 => dies.prop_map(|dies| Happens::Minute { dies }),
        2 => dies_too.prop_map(|dies| Happens::Sweep { dies }),
    ]
}

fn happens(world: &mut World, name: &str, happens: &Happens) {
    match happens {
        Happens::Deploys { number } => {
            world.deploys(name, *number);
        }
        Happens::Completes => {
            world.completes(name);
        }
        Happens::Fails => {
            let complete = world.primary(name).rollout == Rollout::Completed;
            if !complete {
                world.fails(name);
            }
        }
        Happens::EcsRollsBack => {
            let newest = world.at(name).attempts.last().unwrap();
            let may = newest.status == Status::InProgress && !newest.sources.is_empty();
            if may {
                world.ecs_rolls_back(name);
            }
        }
        Happens::Crashes { code, reason } => {
            let id = world.primary_id(name);
            let task = stopped(&id, code, reason, world.now);
            world.at(name).stopped.push(task);
        }
        Happens::Alarm { red } => {
            let state = if *red {
                AlarmState::Alarm
            } else {
                AlarmState::Ok
            };
            world.alarm(name, ALARM, state);
        }
        Happens::Rests { held } => world.at(name).of.held = *held,
        Happens::Scales { desired } => {
            let svc = world.at(name);
            svc.of.desired = *desired;
            svc.of.running = svc.of.running.min(*desired);
        }
        Happens::Moves { number, bytes } => {
            world.defines(name, *number);
            world.pushes(name, &format!("v{number}"), *bytes);
        }
        Happens::Deregisters { number } => {
            let arn = world.defines(name, *number);
            let of = world.definitions.get_mut(&arn).unwrap();
            of.status = domain::rollback::DefinitionStatus::Inactive;
        }
        Happens::Denies { of: Some(of) } => {
            world.unreadable.insert(*of);
        }
        Happens::Denies { of: None } => world.unreadable.clear(),
        Happens::Tagged { mode } => {
            let tagged = mode.map_or(domain::tag::Tagged::Absent, domain::tag::Tagged::Says);
            world.at(name).of.mode = tagged;
        }
        Happens::Stack { busy } => {
            world.at(name).of.stack_busy = busy.then(|| "stack".to_owned());
        }
        Happens::Troubled => {
            world.hears([Says::Troubled {
                service: service(name),
                trouble: Trouble::Capacity,
            }]);
        }
        Happens::Says { event, old } => {
            let id = match old {
                0 => crate::made::deployment(99_999),
                1..4 => crate::made::deployment(*old + 1),
                _ => world.primary_id(name),
            };
            world.hears([says(name, &id, *event)]);
        }
        Happens::Order { back, thaw } => {
            let of = service(name);
            let what = match (back, thaw) {
                (true, _) => What::Rollback {
                    service: of,
                    to: None,
                },
                (false, true) => What::Thaw { service: Some(of) },
                (false, false) => What::Freeze {
                    service: Some(of),
                    until: Some(world.now + mins(30)),
                },
            };
            world.orders(what);
        }
        Happens::Passes { seconds } => world.passes(secs(*seconds)),
        Happens::Minute { dies } => {
            world.now += secs(30);
            world.hears_and_dies([Says::Minute], *dies);
        }
        Happens::Sweep { dies } => {
            world.now += secs(30);
            world.hears_and_dies([Says::Sweep { slice: 0 }], *dies);
        }
    }
}

fn any_history() -> impl Proptest<Value = Vec<(bool, Happens)>> {
    prop::collection::vec((prop::bool::weighted(0.8), any_happening()), 0..40)
}

fn built(strategy: u8, rolls_back: bool) -> World {
    let mut world = world();
    for name in [WEB, API] {
        world.serves(name);
        let of = &mut world.at(name).of;
        of.breaker.rollback = rolls_back;
        of.strategy = match strategy {
            0 => Strategy::BlueGreen,
            1 => Strategy::Canary,
            _ => Strategy::Rolling,
        };
        world.released(name, 5);
    }
    world
}

fn lived(world: &mut World, history: &[(bool, Happens)]) {
    for (web, happening) in history {
        happens(world, if *web { WEB } else { API }, happening);
        bounded(world);
    }
}

/// Never more than two rollbacks of one service within a day that nobody ordered or thawed, and
/// never two of one release.
fn bounded(world: &World) {
    for record in world.records.values() {
        let counted = record.acts.iter().filter(|act| act.counts).count();
        assert!(counted <= world.policy.acts, "{:#?}", record.acts);
        assert!(record.good.len() <= domain::rollback::KEPT);
        assert!(record.past.len() <= domain::rollback::REMEMBERED);
    }
    let mut failed: BTreeMap<_, usize> = BTreeMap::new();
    for act in world.effects() {
        *failed.entry(&act.expects).or_default() += 1;
    }
    assert!(failed.values().all(|acts| *acts == 1), "{failed:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Whatever happens: the world's own rules hold at every act, and in the end, once nothing more
    /// fails, nothing is left open and what runs is known.
    #[test]
    fn everything_ends(
        strategy in 0u8..6,
        rolls_back in any::<bool>(),
        history in any_history(),
    ) {
        let mut world = built(strategy, rolls_back);
        lived(&mut world, &history);
        world.unreadable.clear();
        for name in [WEB, API] {
            let of = &mut world.at(name).of;
            (of.held, of.stack_busy) = (false, None);
            of.desired = of.desired.max(1);
            world.alarm(name, ALARM, AlarmState::Ok);
        }
        // Somebody deploys something that is good.
        world.now += mins(30);
        for name in [WEB, API] {
            world.at(name).stopped.clear();
            world.deploys(name, 42);
        }
        world.sweeps();
        world.now += mins(1);
        for name in [WEB, API] {
            world.completes(name);
        }
        for _ in 0..4 {
            world.sweeps();
            world.passes(mins(20));
        }
        for name in [WEB, API] {
            prop_assert_eq!(world.runs(name), 42, "{:?}", world.reason(name));
            let record = world.record(name);
            prop_assert!(!record.is_open(), "left open: {:#?} {:?}", record, world.reason(name));
        }
        prop_assert!(!world.ticking);
    }

    /// What was decided and done is decided again as nothing to do.
    #[test]
    fn the_second_look_at_the_same_moment_does_nothing(
        strategy in 0u8..6,
        rolls_back in any::<bool>(),
        history in any_history(),
    ) {
        let mut world = built(strategy, rolls_back);
        lived(&mut world, &history);
        world.hears([Says::Minute]);
        let second = world.plan([Says::Minute]);
        prop_assert!(second.acts.is_empty(), "{:?}", second.acts);
        let third = world.plan([Says::Minute]);
        prop_assert_eq!(second, third);
    }

    /// The words of ECS decide nothing, wherever they stand.
    #[test]
    fn the_reasons_of_rollouts_decide_nothing(
        rolls_back in any::<bool>(),
        history in any_history(),
        reason in ".{0,80}",
    ) {
        let mut world = built(2, rolls_back);
        lived(&mut world, &history);
        let plan = world.plan([Says::Sweep { slice: 0 }]);
        for name in [WEB, API] {
            for deployment in &mut world.at(name).of.deployments {
                deployment.reason = Some(reason.clone());
            }
        }
        prop_assert_eq!(plan, world.plan([Says::Sweep { slice: 0 }]));
    }

    /// Any text is a name of an image or is not, and one that is keeps all of its parts.
    #[test]
    fn names_of_images_are_read_without_loss(text in "[a-z0-9./:@_-]{0,60}|.{0,40}") {
        if let Ok(image) = ImageRef::parse(&text) {
            let mut whole = image.repository().to_owned();
            whole.extend(image.tag().map(|tag| format!(":{tag}")));
            whole.extend(image.digest().map(|digest| format!("@{}", digest.as_str())));
            prop_assert_eq!(whole, text);
        }
    }

    /// Whether two releases are the same is the same from both sides, and a release is never another
    /// one than itself.
    #[test]
    fn sameness_is_mutual(
        one in any_release(),
        other in any_release(),
    ) {
        prop_assert_eq!(one.same(&other), other.same(&one));
        prop_assert_ne!(one.same(&one), Same::No);
    }

    /// Every service has its turn in one of the sweeps.
    #[test]
    fn every_service_has_a_turn(name in "[a-z]{1,20}") {
        let arn = service(&format!("shop/{name}"));
        prop_assert!(slice(&arn) < domain::rollback::SLICES);
    }
}

prop_compose! {
    fn any_release()(
        number in 1u32..3,
        revision in prop::option::of(1u64..3),
        digests in prop::collection::btree_map("a|b", 1u32..3, 0..3),
    ) -> Release {
        // One revision has one definition and one set of digests.
        let number = revision.map_or(number, |_| 1);
        let digests: BTreeMap<String, Digest> = digests
            .into_iter()
            .map(|(name, bytes)| (name, digest(bytes)))
            .collect();
        Release {
            definition: definition("web", number),
            revision: revision.map(|revision| crate::made::revision_arn(WEB, revision)),
            digests,
        }
    }
}

#[test]
fn the_turns_are_about_even() {
    let mut turns = [0; domain::rollback::SLICES as usize];
    for number in 0..900 {
        let arn = service(&format!("shop/service-{number}"));
        turns[usize::from(slice(&arn))] += 1;
    }
    assert!(
        turns.iter().all(|turn| (200..400).contains(turn)),
        "{turns:?}"
    );
}
