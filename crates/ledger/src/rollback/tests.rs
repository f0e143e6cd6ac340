//! Whatever is written can be read; whatever cannot be read is said and hinders nothing else; and
//! however much there is of it, it fits into an item.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::error::TransactionCanceledException;
use aws_sdk_dynamodb::types::{AttributeValue, CancellationReason};
use domain::rest::Version;
use domain::rollback::{
    Acted, AttemptArn, Bad, Brought, Case, Cause, CopyMark, DefinitionArn, DeploymentId, Digest,
    Digests, Good, Hand, How, Intent, KEPT, Known, Outcome, Past, Ports, REMEMBERED, Release,
    RevisionArn, Target, Trouble, Verdict, Watch,
};
use jiff::Timestamp;
use proptest::collection::{btree_map, btree_set, vec};
use proptest::option;
use proptest::prelude::*;

use super::*;
use crate::LedgerError;
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

fn any_service() -> impl Strategy<Value = ServiceArn> {
    let names = (any_name(), any_name());
    names.prop_map(|(cluster, name)| {
        ServiceArn::parse(&format!("{ECS}:service/{cluster}/{name}")).unwrap()
    })
}

fn any_deployment() -> impl Strategy<Value = DeploymentId> {
    "ecs-svc/[0-9]{1,19}".prop_map(|id| DeploymentId::parse(&id).unwrap())
}

fn any_definition() -> impl Strategy<Value = DefinitionArn> {
    (any_name(), 1..u32::MAX).prop_map(|(family, number)| {
        DefinitionArn::parse(&format!("{ECS}:task-definition/{family}:{number}")).unwrap()
    })
}

fn any_attempt() -> impl Strategy<Value = AttemptArn> {
    (any_name(), any_name()).prop_map(|(service, id)| {
        AttemptArn::parse(&format!("{ECS}:service-deployment/shop/{service}/{id}")).unwrap()
    })
}

fn any_digest() -> impl Strategy<Value = Digest> {
    "sha256:[0-9a-f]{64}".prop_map(|text| Digest::parse(&text).unwrap())
}

fn any_release() -> impl Strategy<Value = Release> {
    let revision = (any_name(), any_name()).prop_map(|(service, id)| {
        RevisionArn::parse(&format!("{ECS}:service-revision/shop/{service}/{id}")).unwrap()
    });
    let digests = btree_map(any_name(), any_digest(), 0..3);
    (any_definition(), option::of(revision), digests).prop_map(|(definition, revision, digests)| {
        Release {
            definition,
            revision,
            digests,
        }
    })
}

fn any_good() -> impl Strategy<Value = Good> {
    let ports = (any::<u16>(), any_text()).prop_map(|(traffic, health)| Ports { traffic, health });
    let of = (any_release(), any_deployment(), any::<u32>());
    let rest = (btree_map(any_name(), ports, 0..3), any::<bool>());
    (of, rest, any_instant(), any_instant()).prop_map(
        |((release, deployment, desired), (ports, by_rollback), completed, proved)| Good {
            release,
            deployment,
            desired,
            ports,
            completed,
            proved,
            by_rollback,
        },
    )
}

fn any_bad() -> impl Strategy<Value = Bad> {
    (any_release(), any_deployment(), any_instant(), any_text()).prop_map(
        |(release, deployment, at, why)| Bad {
            release,
            deployment,
            at,
            why,
        },
    )
}

fn any_brought() -> impl Strategy<Value = Brought> {
    prop_oneof![
        Just(Brought::Release),
        Just(Brought::Ecs),
        Just(Brought::Us),
        any_text().prop_map(Brought::Unknown),
    ]
}

fn any_watch() -> impl Strategy<Value = Watch> {
    let names = || btree_set(any_text(), 0..4);
    let trouble = prop::sample::select(vec![Trouble::Capacity, Trouble::Throttled]);
    let of = (any_deployment(), any_release(), any_brought());
    let times = (
        any_instant(),
        option::of(any_instant()),
        option::of(any_instant()),
    );
    let alarms = (option::of(names()), names(), names());
    let rest = (
        btree_map(trouble, any_instant(), 0..3),
        option::of(any_text()),
        option::of(any_text()),
    );
    (of, times, alarms, rest).prop_map(
        |(
            (deployment, release, brought),
            (began, completed, failed),
            (red, fired, tied),
            (troubles, migration, doubted),
        )| Watch {
            deployment,
            release,
            brought,
            began,
            completed,
            failed,
            red,
            fired,
            tied,
            troubles,
            migration,
            doubted,
        },
    )
}

fn any_cause() -> impl Strategy<Value = Cause> {
    prop_oneof![
        Just(Cause::Stalled),
        Just(Cause::Failed),
        any::<u32>().prop_map(|tasks| Cause::CrashLoop { tasks }),
        any_text().prop_map(|name| Cause::Alarm { name }),
        (any_text(), any_text()).prop_map(|(by, why)| Cause::Ordered { by, why }),
        Just(Cause::FoundByEcs),
    ]
}

fn any_how() -> impl Strategy<Value = How> {
    let mark = any_text().prop_map(|text| CopyMark::from_ledger(&text));
    prop_oneof![
        any_attempt().prop_map(|attempt| How::Stop { attempt }),
        (any_attempt(), any_text()).prop_map(|(attempt, hook)| How::Continue { attempt, hook }),
        Just(How::Update),
        (vec((any_text(), any_digest()), 0..3), mark)
            .prop_map(|(pins, mark)| How::Copy { pins, mark }),
    ]
}

fn any_target() -> impl Strategy<Value = Target> {
    let known = prop_oneof![
        any_instant().prop_map(Known::Proved),
        any_instant().prop_map(Known::Successful),
        Just(Known::Named),
    ];
    (any_release(), known, vec(any_text(), 0..3)).prop_map(|(release, known, unchecked)| Target {
        release,
        known,
        unchecked,
    })
}

fn any_intent() -> impl Strategy<Value = Intent> {
    let times = (any_instant(), any_instant(), any_instant());
    let ids = (option::of(any_deployment()), option::of(any_deployment()));
    (any_target(), any_how(), times, ids, option::of(any_text())).prop_map(
        |(target, how, (at, tried, until), (ours, overwrote), by)| Intent {
            target,
            how,
            at,
            tried,
            ours,
            until,
            overwrote,
            by,
        },
    )
}

fn any_case() -> impl Strategy<Value = Case> {
    let hand = prop_oneof![
        Just(Hand::Nobody),
        any_instant().prop_map(|until| Hand::Ecs { until }),
        any_intent().prop_map(|intent| Hand::Us(Box::new(intent))),
    ];
    let outcome = prop_oneof![
        any_instant().prop_map(|at| Outcome::Proved { at }),
        vec(any_text(), 0..3).prop_map(|why| Outcome::NotProved { why }),
        any_deployment().prop_map(|by| Outcome::Superseded { by }),
    ];
    let of = (option::of(any_deployment()), option::of(any_release()));
    let times = (any_instant(), any_instant());
    let rest = (option::of(any_text()), option::of(outcome));
    (of, times, any_cause(), hand, rest).prop_map(
        |((failed, release), (began, opened), cause, hand, (migration, outcome))| Case {
            failed,
            release,
            began,
            migration,
            cause,
            opened,
            hand,
            outcome,
        },
    )
}

fn any_act() -> impl Strategy<Value = Acted> {
    let ids = (any_deployment(), option::of(any_deployment()));
    (any_instant(), ids, any::<bool>()).prop_map(|(at, (failed, ours), counts)| Acted {
        at,
        failed,
        ours,
        counts,
    })
}

fn any_freeze() -> impl Strategy<Value = Freeze> {
    let times = (any_instant(), option::of(any_instant()));
    (option::of(any_text()), any_text(), times).prop_map(|(by, why, (since, until))| Freeze {
        by,
        why,
        since,
        until,
    })
}

fn any_past() -> impl Strategy<Value = Past> {
    let verdict = prop_oneof![
        Just(Verdict::Deployed),
        option::of(any_definition()).prop_map(|to| Verdict::RolledBack { to }),
        Just(Verdict::Failed),
        Just(Verdict::InProgress),
        Just(Verdict::Superseded),
        Just(Verdict::Unknown),
    ];
    let of = (any_deployment(), any_release(), verdict);
    let texts = (any_text(), option::of(any_text()));
    (of, any_instant(), any_instant(), texts).prop_map(
        |((deployment, release, verdict), began, ended, (why, migration))| Past {
            deployment,
            release,
            began,
            ended,
            verdict,
            why,
            migration,
        },
    )
}

fn any_record() -> impl Strategy<Value = Record> {
    let lists = (
        vec(any_good(), 0..3),
        vec(any_bad(), 0..3),
        vec(any_act(), 0..3),
        vec(any_past(), 0..3),
    );
    let open = (option::of(any_watch()), option::of(any_case()));
    let rest = (option::of(any_freeze()), any::<i64>());
    (lists, open, rest).prop_map(
        |((good, bad, acts, past), (watch, case), (frozen, version))| Record {
            good,
            bad,
            watch,
            case,
            acts,
            frozen,
            past,
            version: Version(version),
        },
    )
}

fn item(partition: &str, key: &str, draft: Draft) -> Item {
    draft.text("pk", partition).text("sk", key).item()
}

fn releases(items: &[Item]) -> Releases {
    let mut releases = Releases::none();
    items.iter().for_each(|item| releases.add(item));
    releases
}

proptest! {
    #[test]
    fn a_record_survives_being_written_and_read(service in any_service(), record in any_record()) {
        let read = releases(&[item(RELEASES, &of_service(&service), record::write(&record))]);
        prop_assert_eq!(read.unreadable, []);
        prop_assert_eq!(read.records, [(service, record)].into());
    }

    #[test]
    fn a_freeze_survives_being_written_and_read(freeze in any_freeze()) {
        let read = releases(&[item(RELEASES, FREEZE, freeze::write(&freeze))]);
        prop_assert_eq!(read.frozen, Ok(Some(freeze)));
    }

    #[test]
    fn what_is_open_survives_being_written_and_read(
        service in any_service(),
        record in any_record(),
    ) {
        let elsewhere = Elsewhere::of(&record);
        let mut open = OpenReleases::default();
        open.add(&item(OPEN, &of_service(&service), open::write(&elsewhere)));
        let expected = OpenReleases {
            services: [(service, elsewhere)].into(),
            unreadable: Vec::new(),
        };
        prop_assert_eq!(open, expected);
    }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn id(number: usize) -> DeploymentId {
    DeploymentId::parse(&format!("ecs-svc/{number:019}")).unwrap()
}

/// A release of so many containers whose names, and those of everything else, are so long.
/// A task definition has at most 10 containers, and a name at most 255 characters.
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html> and
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html>.
fn release(number: usize, containers: usize, long: usize) -> Release {
    let head = "arn:aws-us-gov:ecs:us-gov-west-1:123456789012";
    let name = "n".repeat(long);
    let digest = |container| Digest::parse(&format!("sha256:{:064x}", number * 10 + container));
    let digests = (0..containers)
        .map(|container| {
            let name = format!("{container:0>long$}");
            (name, digest(container).unwrap())
        })
        .collect::<Digests>();
    let definition = format!("{head}:task-definition/{name}:{}", 4_000_000_000 + number);
    let revision = format!("{head}:service-revision/{name}/{name}/{number:019}");
    Release {
        definition: DefinitionArn::parse(&definition).unwrap(),
        revision: Some(RevisionArn::parse(&revision).unwrap()),
        digests,
    }
}

/// A record that remembers as much as it may, of so many containers with such names.
fn full(containers: usize, long: usize) -> Record {
    let release = |number| release(number, containers, long);
    let why = "its tasks end again and again, ".repeat(8);
    let name = |number: usize| format!("{number:0>255}");
    // A service has at most five target groups.
    // Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/register-multiple-targetgroups.html>.
    let ports = (0..5).map(|group| {
        let ports = Ports {
            traffic: 65_535,
            health: "traffic-port".to_owned(),
        };
        (format!("{group:0>200}"), ports)
    });
    let ports: BTreeMap<String, Ports> = ports.collect();
    let good = (0..KEPT).map(|number| Good {
        release: release(number),
        deployment: id(number),
        desired: u32::MAX,
        ports: ports.clone(),
        completed: at(0),
        proved: at(1),
        by_rollback: true,
    });
    let bad = (0..KEPT).map(|number| Bad {
        release: release(100 + number),
        deployment: id(100 + number),
        at: at(2),
        why: why.clone(),
    });
    let past = (0..REMEMBERED).map(|number| Past {
        deployment: id(200 + number),
        release: release(200 + number),
        began: at(0),
        ended: at(3),
        verdict: Verdict::RolledBack {
            to: Some(release(300).definition),
        },
        why: why.clone(),
        migration: Some("m".repeat(256)),
    });
    let acts = (0..10).map(|number| Acted {
        at: at(4),
        failed: id(number),
        ours: Some(id(number)),
        counts: true,
    });
    let freeze = Freeze {
        by: Some("ana".to_owned()),
        why: why.clone(),
        since: at(5),
        until: Some(at(6)),
    };
    let intent = Intent {
        target: Target {
            release: release(301),
            known: Known::Proved(at(1)),
            unchecked: vec![why.clone(); 10],
        },
        how: How::Copy {
            pins: release(302).digests.into_iter().collect(),
            mark: CopyMark::from_ledger(&"m".repeat(256)),
        },
        at: at(7),
        tried: at(8),
        ours: Some(id(301)),
        until: at(9),
        overwrote: Some(id(302)),
        by: Some("ana".to_owned()),
    };
    Record {
        good: good.collect(),
        bad: bad.collect(),
        watch: Some(Watch {
            deployment: id(303),
            release: release(303),
            brought: Brought::Unknown(why.clone()),
            began: at(0),
            completed: Some(at(1)),
            failed: Some(at(2)),
            red: Some((0..10).map(name).collect()),
            fired: (0..10).map(name).collect(),
            tied: (0..20).map(name).collect(),
            troubles: [(Trouble::Capacity, at(1)), (Trouble::Throttled, at(2))].into(),
            migration: Some("m".repeat(256)),
            doubted: Some(why.clone()),
        }),
        case: Some(Case {
            failed: Some(id(304)),
            release: Some(release(304)),
            began: at(0),
            migration: Some("m".repeat(256)),
            cause: Cause::Alarm { name: name(1) },
            opened: at(1),
            hand: Hand::Us(Box::new(intent)),
            outcome: Some(Outcome::NotProved {
                why: vec![why.clone(); 10],
            }),
        }),
        acts: acts.collect(),
        frozen: Some(freeze),
        past: past.collect(),
        version: Version(1_800_000_000_000),
    }
}

/// The item of a record in the service with the longest names, its size, and what is read of it.
fn stored(record: &Record) -> (usize, Record) {
    let name = "n".repeat(255);
    let arn = format!("arn:aws-us-gov:ecs:us-gov-west-1:123456789012:service/{name}/{name}");
    let service = ServiceArn::parse(&arn).unwrap();
    let item = item(RELEASES, &of_service(&service), record::write(record));
    let read = releases(std::slice::from_ref(&item)).records;
    (size::of_item(&item), read[&service].clone())
}

#[test]
fn a_record_that_remembers_all_it_may_fits_whole_with_the_names_that_people_give() {
    let record = full(10, 64);
    let (bytes, read) = stored(&record);
    assert_eq!(read, record);
    assert!(bytes < 300_000, "{bytes}");
    let (bytes, _) = stored(&full(2, 20));
    assert!(bytes < 140_000, "{bytes}");
}

#[test]
fn of_a_record_with_the_longest_names_only_the_oldest_deployments_are_left_out() {
    let record = full(10, 255);
    let (bytes, read) = stored(&record);
    assert!(bytes <= size::MOST, "{bytes}");
    let left = read.past.len();
    assert!((30..REMEMBERED).contains(&left), "{left}");
    let past = record.past[REMEMBERED - left..].to_vec();
    assert_eq!(read, Record { past, ..record });
}

/// The attribute of this path is taken out, or is something else.
fn changed(item: &mut Item, path: &[&str], to: Option<AttributeValue>) {
    let (name, rest) = path.split_first().unwrap();
    if rest.is_empty() {
        item.remove(*name);
        item.extend(to.map(|to| ((*name).to_owned(), to)));
        return;
    }
    match item.get_mut(*name).unwrap() {
        AttributeValue::M(map) => changed(map, rest, to),
        AttributeValue::L(list) => {
            let AttributeValue::M(map) = &mut list[0] else {
                panic!("{name} is no list of maps")
            };
            changed(map, rest, to);
        }
        _ => panic!("{name} holds nothing"),
    }
}

fn said_of(path: &[&str], to: Option<AttributeValue>) -> String {
    let service = ServiceArn::parse(&format!("{ECS}:service/shop/web")).unwrap();
    let mut item = item(RELEASES, &of_service(&service), record::write(&full(1, 20)));
    changed(&mut item, path, to);
    let read = releases(&[item]);
    assert!(read.records.is_empty());
    let said = read.unreadable[0].to_string();
    let begin = format!("releases#service#{ECS}:service/shop/web: ");
    said.strip_prefix(&begin).unwrap().to_owned()
}

#[test]
fn what_a_later_version_writes_is_said() {
    for (path, expected) in [
        (
            &["past", "verdict"][..],
            "past[0].verdict is missing or not a verdict that this version knows",
        ),
        (
            &["watch", "brought", "by"],
            "watch.brought.by is missing or not somebody whom this version knows",
        ),
        (
            &["case", "cause", "name"],
            "case.cause.name is missing or not a cause that this version knows",
        ),
        (
            &["case", "hand", "who"],
            "case.hand.who is missing or not somebody whom this version knows",
        ),
        (
            &["case", "hand", "intent", "how", "name"],
            "case.hand.intent.how.name is missing or not a way that this version knows",
        ),
        (
            &["case", "hand", "intent", "target", "known"],
            "case.hand.intent.target.known is missing or not a proof that this version knows",
        ),
        (
            &["case", "outcome", "name"],
            "case.outcome.name is missing or not an outcome that this version knows",
        ),
        (
            &["watch", "troubles", "cold"],
            "watch.troubles.cold is missing or not a trouble that this version knows",
        ),
        (
            &["good", "release", "definition"],
            "good[0].release.definition is missing or not the ARN of a revision of a task definition",
        ),
        (
            &["good", "release", "revision"],
            "good[0].release.revision is missing or not the ARN of a service revision",
        ),
        (
            &["good", "release", "digests", "web"],
            "good[0].release.digests.web is missing or not the digest of an image",
        ),
        (
            &["bad", "deployment"],
            "bad[0].deployment is missing or not the id of a deployment",
        ),
        (
            &["acts", "ours"],
            "acts[0].ours is missing or not the id of a deployment",
        ),
        (
            &["frozen", "until"],
            "frozen.until is missing or not an instant",
        ),
    ] {
        let later = AttributeValue::S("of tomorrow".to_owned());
        assert_eq!(said_of(path, Some(later)), expected);
    }
}

#[test]
fn an_attribute_that_is_missing_is_said_unless_it_may_be() {
    for path in [
        &["version"][..],
        &["good"],
        &["bad"],
        &["acts"],
        &["past"],
        &["good", "ports"],
        &["good", "by_rollback"],
        &["good", "release", "digests"],
        &["acts", "counts"],
        &["watch", "fired"],
        &["watch", "tied"],
        &["watch", "troubles"],
        &["case", "hand", "intent"],
        &["case", "hand", "intent", "how", "pins"],
        &["case", "hand", "intent", "target", "unchecked"],
        &["frozen", "why"],
    ] {
        let name = path.last().unwrap();
        let said = said_of(path, None);
        assert!(said.contains(&format!("{name} is missing")), "{said}");
    }
}

#[test]
fn what_cannot_be_read_hinders_no_other() {
    let web = ServiceArn::parse(&format!("{ECS}:service/shop/web")).unwrap();
    let record = Record::new(at(0));
    let read = releases(&[
        item(RELEASES, "service#web", record::write(&record)),
        item(RELEASES, "group#web", record::write(&record)),
        item(RELEASES, &of_service(&web), record::write(&record)),
    ]);
    assert_eq!(read.records, [(web.clone(), record)].into());
    let said: Vec<String> = read.unreadable.iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        [
            "releases#service#web: sk is missing or not the ARN of a service",
            "releases#group#web: sk is missing or not a kind of item that this version knows",
        ]
    );
    let mut open = OpenReleases::default();
    let key = of_service(&web);
    open.add(&item(OPEN, &key, Draft::default()));
    open.add(&item(OPEN, &key, Draft::default().list("tied", &[])));
    assert_eq!(open.services.len(), 1);
    let said: Vec<String> = open.unreadable.iter().map(ToString::to_string).collect();
    let expected = format!("releases-open#{key}: tied is missing or not a list of strings");
    assert_eq!(said, [expected]);
}

#[test]
fn a_freeze_that_cannot_be_read_is_not_none() {
    let read = releases(&[item(
        RELEASES,
        FREEZE,
        Draft::default().text("why", "loops"),
    )]);
    let error = read.frozen.unwrap_err();
    let expected = "releases#freeze: since is missing or not an instant";
    assert_eq!(error.to_string(), expected);
    assert_eq!(releases(&[]).frozen, Ok(None));
}

#[test]
fn a_run_that_met_another_was_overtaken_and_one_that_was_throttled_was_not() {
    let refused = |code: &str| {
        let reasons = ["None", code].map(|code| CancellationReason::builder().code(code).build());
        let cancelled = TransactionCanceledException::builder()
            .set_cancellation_reasons(Some(reasons.into()))
            .build();
        let error = TransactWriteItemsError::TransactionCanceledException(cancelled);
        calls::refused(SdkError::service_error(error, ()))
    };
    for code in ["ConditionalCheckFailed", "TransactionConflict"] {
        assert!(matches!(refused(code), LedgerError::Overtaken), "{code}");
    }
    for code in ["ThrottlingError", "ValidationError"] {
        assert!(matches!(refused(code), LedgerError::Call { .. }), "{code}");
    }
}
