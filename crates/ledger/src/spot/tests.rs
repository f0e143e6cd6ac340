//! Whatever is written can be read; whatever cannot be read is said and hinders nothing else.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::arn::{ClusterArn, ContainerInstanceArn, ServiceArn, TaskArn};
use domain::drain::{
    Action, Berth, Counted, Drain, Drainer, Ec2State, Experiment, Fate, Heard, Incident,
    InstanceId, Leaving, Loss, Mark, OpenHook, Owner, Place, Pool, Raised, RaisedStrategy, Scope,
    Source, Status, Weight,
};
use domain::rest::Version;
use jiff::Timestamp;
use proptest::collection::{btree_map, btree_set, vec};
use proptest::option;
use proptest::prelude::*;

use super::*;
use crate::fields::Draft;

const ECS: &str = "arn:aws-cn:ecs:cn-north-1:123456789012";

fn any_text() -> impl Strategy<Value = String> {
    vec(any::<char>(), 0..20).prop_map(String::from_iter)
}

fn any_instant() -> impl Strategy<Value = Timestamp> {
    let seconds = Timestamp::MIN.as_second()..=Timestamp::MAX.as_second();
    (seconds, 0..1_000_000_000_i32)
        .prop_map(|(second, nanosecond)| Timestamp::new(second, nanosecond).unwrap())
}

fn any_name() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9_-]{1,60}"
}

fn any_instance() -> impl Strategy<Value = InstanceId> {
    "i-[0-9a-f]{17}|i-[0-9a-f]{8}".prop_map(|text| InstanceId::parse(&text).unwrap())
}

fn any_cluster() -> impl Strategy<Value = ClusterArn> {
    any_name().prop_map(|name| ClusterArn::parse(&format!("{ECS}:cluster/{name}")).unwrap())
}

fn any_service() -> impl Strategy<Value = ServiceArn> {
    let names = (any_name(), any_name());
    names.prop_map(|(cluster, name)| {
        ServiceArn::parse(&format!("{ECS}:service/{cluster}/{name}")).unwrap()
    })
}

fn any_task() -> impl Strategy<Value = TaskArn> {
    "(prod/)?[0-9a-f]{32}".prop_map(|id| TaskArn::parse(&format!("{ECS}:task/{id}")).unwrap())
}

fn any_arn() -> impl Strategy<Value = ContainerInstanceArn> {
    "(prod/)?[0-9a-f]{32}".prop_map(|id| {
        ContainerInstanceArn::parse(&format!("{ECS}:container-instance/{id}")).unwrap()
    })
}

fn any_pool() -> impl Strategy<Value = Pool> {
    (any_name(), any_name()).prop_map(|(instance_type, zone)| Pool {
        instance_type,
        zone,
    })
}

fn any_berth() -> impl Strategy<Value = Berth> {
    (any_cluster(), any_arn()).prop_map(|(cluster, arn)| Berth { cluster, arn })
}

fn any_heard() -> impl Strategy<Value = Heard> {
    let at = || option::of(any_instant());
    let action = option::of(any_text()).prop_map(|name| name.map(|name| Action::from_name(&name)));
    let signs = (at(), at(), at(), at(), at(), at());
    (signs, action, any::<bool>()).prop_map(
        |((rebalance, warning, reservation, hook, state, evicted), action, by_fis)| Heard {
            rebalance,
            warning,
            reservation,
            action,
            hook,
            state,
            evicted,
            by_fis,
        },
    )
}

fn any_hook() -> impl Strategy<Value = OpenHook> {
    let names = (any_text(), any_text(), any_text());
    let times = (any_instant(), any_instant(), any_instant());
    (names, times).prop_map(|((group, hook, token), (since, beat, until))| OpenHook {
        group,
        hook,
        token,
        since,
        beat,
        until,
    })
}

fn any_drainer() -> impl Strategy<Value = Drainer> {
    prop_oneof![
        Just(Drainer::Nobody),
        any_instant().prop_map(|at| Drainer::Us { at }),
        any_instant().prop_map(|seen| Drainer::Other { seen }),
        any_instant().prop_map(|at| Drainer::Undone { at }),
    ]
}

fn any_leaving() -> impl Strategy<Value = Leaving> {
    let owner = prop_oneof![
        any_service().prop_map(Owner::Service),
        any_text().prop_map(Owner::Nobody),
    ];
    let fate = prop_oneof![
        Just(Fate::There),
        any_instant().prop_map(|at| Fate::Stopping { at }),
        (any_instant(), any::<bool>()).prop_map(|(at, by_us)| Fate::Left { at, by_us }),
        any_instant().prop_map(|at| Fate::Killed { at }),
        Just(Fate::Orphaned),
    ];
    (owner, fate).prop_map(|(owner, fate)| Leaving { owner, fate })
}

fn any_state() -> impl Strategy<Value = Ec2State> {
    prop::sample::select(vec![
        Ec2State::Stopping,
        Ec2State::Stopped,
        Ec2State::ShuttingDown,
        Ec2State::Terminated,
    ])
}

fn any_drain() -> impl Strategy<Value = Drain> {
    let at = || option::of(any_instant());
    let place = (
        vec(any_berth(), 0..3),
        option::of(any_pool()),
        option::of(any_text()),
    );
    let signs = (any_heard(), vec(any_hook(), 0..3), any_drainer());
    let times = (any_instant(), at(), at(), at(), at(), at());
    let tasks = (
        btree_map(any_task(), any_leaving(), 0..4),
        btree_map(any_service(), any_instant(), 0..3),
    );
    let rest = (
        option::of((any_state(), any_instant())),
        btree_set(any_instant(), 0..4),
        any::<i64>(),
    );
    (place, signs, times, tasks, rest).prop_map(
        |(
            (places, pool, provider),
            (heard, hooks, by),
            (opened, deadline, released, draining, settled, dormant),
            (tasks, replaced),
            (ended, looks, version),
        )| Drain {
            opened,
            places,
            pool,
            provider,
            heard,
            deadline,
            hooks,
            released,
            by,
            draining,
            tasks,
            replaced,
            ended,
            settled,
            looks,
            dormant,
            version: Version(version),
        },
    )
}

fn any_scope() -> impl Strategy<Value = Scope> {
    let fleet = prop_oneof![
        any_name().prop_map(Scope::Provider),
        any_cluster().prop_map(Scope::Cluster),
    ];
    (fleet, option::of(any_pool())).prop_map(|(fleet, pool)| match pool {
        Some(pool) => Scope::Pool(Box::new(fleet), pool),
        None => fleet,
    })
}

fn any_counted() -> impl Strategy<Value = Counted> {
    let what = prop_oneof![
        any_instance().prop_map(Loss::Instance),
        (any_task(), option::of(any_service()))
            .prop_map(|(task, service)| Loss::Task { task, service }),
        (any_service(), any_text())
            .prop_map(|(service, reason)| Loss::Placement { service, reason }),
    ];
    let of = (any_scope(), option::of(any_pool()));
    (what, of, any_instant(), any::<bool>()).prop_map(|(what, (fleet, pool), at, by_fis)| Counted {
        what,
        fleet,
        pool,
        at,
        by_fis,
    })
}

fn any_incident() -> impl Strategy<Value = Incident> {
    let bases = (any::<u32>(), any::<u32>(), any::<u32>());
    let raised = (any_text(), bases).prop_map(|(group, (saved, seen, written))| Raised {
        group,
        saved,
        seen,
        written,
    });
    let times = (any_instant(), option::of(any_instant()));
    let strategies = btree_map(any_service(), any_raised_strategy(), 0..3);
    let rest = (any::<u32>(), option::of(raised), strategies, any::<i64>());
    (any_scope(), times, rest).prop_map(
        |(scope, (since, calm), (peak, fallback, strategies, version))| Incident {
            scope,
            since,
            peak,
            calm,
            fallback,
            strategies,
            version: Version(version),
        },
    )
}

fn any_strategy() -> impl Strategy<Value = Vec<Weight>> {
    let entry = (any_text(), any::<u32>(), any::<u32>());
    let entry = entry.prop_map(|(provider, base, weight)| Weight {
        provider,
        base,
        weight,
    });
    vec(entry, 0..3)
}

fn any_raised_strategy() -> impl Strategy<Value = RaisedStrategy> {
    let strategies = (any_strategy(), any_strategy(), any_strategy());
    (any_text(), strategies, any_instant(), any_instant()).prop_map(
        |(provider, (saved, seen, written), created_at, at)| RaisedStrategy {
            created_at,
            provider,
            saved,
            seen,
            written,
            at,
        },
    )
}

fn any_experiment() -> impl Strategy<Value = Experiment> {
    let ids = ("EXP[a-zA-Z0-9]{1,61}", "EXT[a-zA-Z0-9]{1,61}");
    let times = (any_instant(), any_instant(), any::<i64>());
    (ids, times).prop_map(|((id, template), (since, until, version))| Experiment {
        id,
        template,
        since,
        until,
        version: Version(version),
    })
}

fn any_place() -> impl Strategy<Value = Place> {
    let status = prop::sample::select(vec![
        Status::Active,
        Status::Draining,
        Status::Registering,
        Status::Deregistering,
        Status::RegistrationFailed,
        Status::Inactive,
    ]);
    let asked = option::of(option::of(any_text()));
    let of = (asked, option::of(any_pool()));
    (any_berth(), status, any::<(i64, bool)>(), of).prop_map(
        |(berth, status, (version, agent_connected), (asked, pool))| Place {
            cluster: berth.cluster,
            arn: berth.arn,
            status,
            version,
            agent_connected,
            source: match asked {
                Some(_) => Source::Remembered,
                None => Source::Index,
            },
            provider: asked.flatten(),
            pool,
        },
    )
}

fn item(partition: &str, key: &str, draft: Draft) -> Item {
    draft.text("pk", partition).text("sk", key).item()
}

/// The item of an instance in the index.
fn indexed(instance: &InstanceId, places: &[Place]) -> Draft {
    let draft = places.iter().fold(Draft::default(), |draft, place| {
        let name = format!("{}{}", index::PLACE, place.arn.as_str());
        draft.map(&name, index::write(place))
    });
    draft.text("pk", INDEX).text("sk", instance.as_str())
}

proptest! {
    #[test]
    fn a_record_survives_being_written_and_read(instance in any_instance(), drain in any_drain()) {
        let item = item(DRAINS, instance.as_str(), drain::write(&drain));
        let mut drains = Drains::default();
        drains.add(&item);
        let expected = Drains { drains: [(instance, drain)].into(), unreadable: Vec::new() };
        prop_assert_eq!(&drains, &expected);
        let mut known = Known::default();
        known.add(&item);
        prop_assert_eq!(known.drains, expected.drains);
    }

    #[test]
    fn a_loss_survives_being_written_and_read(counted in any_counted()) {
        let mut losses = Losses::default();
        losses.add(&item("losses", counted.what.key(), surge::write_loss(&counted)));
        prop_assert_eq!(losses, Losses { counts: vec![counted], unreadable: Vec::new() });
    }

    #[test]
    fn a_surge_survives_being_written_and_read(incident in any_incident()) {
        let key = format!("surge#{}", incident.scope.key());
        let mut spot = Spot::default();
        spot.add(&item(SPOT, &key, surge::write_incident(&incident)));
        prop_assert_eq!(spot.incidents, [incident]);
        prop_assert_eq!(spot.unreadable, []);
    }

    #[test]
    fn an_experiment_survives_being_written_and_read(experiment in any_experiment()) {
        let key = format!("experiment#{}", experiment.id);
        let mut spot = Spot::default();
        spot.add(&item(SPOT, &key, exercise::write_experiment(&experiment)));
        prop_assert_eq!(spot.unreadable, []);
        prop_assert_eq!(spot.experiments, [(experiment.id.clone(), experiment)].into());
    }

    #[test]
    fn an_instance_is_found_in_every_place_that_it_was_seen_in(
        instance in any_instance(),
        places in vec(any_place(), 0..4),
        (doomed, done) in (option::of(any_instant()), option::of(any_instant())),
    ) {
        let mut places = places;
        places.sort_by(|one, other| one.arn.cmp(&other.arn));
        places.dedup_by(|one, other| one.arn == other.arn);
        let draft = indexed(&instance, &places)
            .some(doomed, |draft, at| draft.instant("doomed", at))
            .some(done, |draft, at| draft.instant("done", at));
        let mut known = Known::default();
        known.add(&draft.item());
        prop_assert_eq!(&known.unreadable, &[]);
        prop_assert_eq!(&known.places[&instance], &places);
        let later = match (doomed, done) {
            (Some(doomed), Some(done)) if done < doomed => Some(Mark::Doomed { at: doomed }),
            (_, Some(done)) => Some(Mark::Done { at: done }),
            (Some(doomed), None) => Some(Mark::Doomed { at: doomed }),
            (None, None) => None,
        };
        prop_assert_eq!(known.marks.get(&instance).copied(), later);
    }
}

fn instance() -> InstanceId {
    InstanceId::parse("i-0a1b2c3d4e5f60001").unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn loss() -> Counted {
    Counted {
        what: Loss::Instance(instance()),
        fleet: Scope::Provider("spot".to_owned()),
        pool: None,
        at: at("2026-11-24T10:59:59.9Z"),
        by_fis: false,
    }
}

/// A draft in which one attribute is this text.
fn changed(draft: Draft, name: &str, text: &str) -> Draft {
    draft.text(name, text)
}

#[test]
fn what_cannot_be_read_is_said_and_hinders_no_other() {
    let mut drains = Drains::default();
    drains.add(&item(DRAINS, instance().as_str(), Draft::default()));
    drains.add(&item(DRAINS, "web", Draft::default()));
    let said: Vec<String> = drains.unreadable.iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        [
            "drains#i-0a1b2c3d4e5f60001: opened is missing or not an instant",
            "drains#web: sk is missing or not the id of an instance"
        ]
    );
    let mut spot = Spot::default();
    for (key, expected) in [
        ("surge#nowhere", "a scope"),
        ("surge#provider/spot", "an instant"),
        ("experiment#EXPa", "a string"),
        (
            "calm#provider/spot",
            "a kind of item that this version knows",
        ),
    ] {
        spot.add(&item(SPOT, key, Draft::default()));
        let last = spot.unreadable.last().unwrap();
        assert_eq!(
            (last.item.as_str(), last.expected),
            (&*format!("spot#{key}"), expected)
        );
    }
    let mut losses = Losses::default();
    losses.add(&item(
        "losses",
        "a",
        changed(surge::write_loss(&loss()), "what", "patience"),
    ));
    losses.add(&item(
        "losses",
        "b",
        changed(surge::write_loss(&loss()), "fleet", "all"),
    ));
    losses.add(&item("losses", "c", surge::write_loss(&loss())));
    assert_eq!((losses.counts.len(), losses.unreadable.len()), (1, 2));
}

#[test]
fn a_place_of_which_something_is_not_known_makes_the_instance_unreadable_and_not_lost() {
    let arn = format!("{}{ECS}:container-instance/prod/0b", index::PLACE);
    let place = Draft::default()
        .number("version", 1)
        .text("status", "ASLEEP");
    let mut known = Known::default();
    known.add(&item(
        INDEX,
        instance().as_str(),
        Draft::default().map(&arn, place),
    ));
    assert_eq!(known.places, [].into());
    assert_eq!(
        known.unreadable[0].expected,
        "a status that this version knows"
    );
    let odd = AttributeValue::S("here".to_owned());
    let mut item = item(INDEX, instance().as_str(), Draft::default());
    item.insert(arn, odd);
    known.add(&item);
    assert_eq!(known.unreadable[1].expected, "a map");
}

#[test]
fn losses_are_kept_by_the_hour() {
    let hour = |text: &str| surge::partition(at(text));
    assert_eq!(
        hour("2026-11-24T10:59:59.9Z"),
        "losses#2026-11-24T10:00:00Z"
    );
    assert_eq!(hour("2026-11-24T10:00:00Z"), "losses#2026-11-24T10:00:00Z");
    assert_eq!(hour("2026-11-24T11:00:00Z"), "losses#2026-11-24T11:00:00Z");
}
