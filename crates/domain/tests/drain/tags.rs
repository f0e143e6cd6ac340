//! What the tags can say, and what is wrong with those that cannot be read.

use domain::drain::{
    DRAIN, Ec2State, Ending, InstanceId, Mode, Reason, STANDALONE, Scope, Standalone, Status,
    drain, standalone,
};
use domain::tag::{Tagged, Tags};

use crate::made::{cluster, pool};

fn tags(key: &str, value: &str) -> Tags {
    Tags::from([(key.to_owned(), value.to_owned())])
}

#[test]
fn a_cluster_says_who_drains_in_one_word() {
    for (text, mode) in [
        ("auto", Mode::Auto),
        ("Verify", Mode::Verify),
        (" OFF ", Mode::Off),
    ] {
        assert_eq!(drain(&tags(DRAIN, text)), Tagged::Says(mode), "{text}");
    }
    assert_eq!(drain(&Tags::new()), Tagged::Absent);
}

#[test]
fn a_task_says_what_becomes_of_it_in_one_word() {
    let of = |text: &str| standalone(&tags(STANDALONE, text));
    assert_eq!(of("leave"), Tagged::Says(Standalone::Leave));
    assert_eq!(of("STOP"), Tagged::Says(Standalone::Stop));
    assert_eq!(standalone(&tags(DRAIN, "stop")), Tagged::Absent);
}

#[test]
fn what_cannot_be_read_says_where_it_is_wrong() {
    for (text, wrong) in [
        ("", "found the end"),
        ("on", "found \"on\""),
        ("auto please", "at column 6"),
    ] {
        let Tagged::Malformed { text: kept, error } = drain(&tags(DRAIN, text)) else {
            panic!("{text} is read");
        };
        assert_eq!(kept, text);
        assert!(error.contains(wrong), "{error}");
        assert!(error.ends_with("for example \"auto\""), "{error}");
    }
}

#[test]
fn an_instance_has_eight_or_seventeen_digits() {
    for right in ["i-1234abcd", "i-0123456789abcdef0"] {
        assert_eq!(InstanceId::parse(right).unwrap().as_str(), right);
    }
    for wrong in [
        "",
        "i-",
        "i-1234abc",
        "i-1234ABCD",
        "i-0123456789abcdef01",
        "ip-1234abcd",
    ] {
        assert!(InstanceId::parse(wrong).is_err(), "{wrong}");
    }
    let machine = InstanceId::parse("mi-0123456789abcdef0").unwrap_err();
    assert!(machine.to_string().contains("ECS Anywhere"));
}

#[test]
fn every_word_of_aws_is_found_by_its_own_name() {
    for name in ["stopping", "stopped", "shutting-down", "terminated"] {
        assert_eq!(Ec2State::from_name(name).unwrap().name(), name);
    }
    assert_eq!(Ec2State::from_name("pending"), None);
    for name in [
        "ACTIVE",
        "DRAINING",
        "REGISTERING",
        "DEREGISTERING",
        "REGISTRATION_FAILED",
        "INACTIVE",
    ] {
        assert_eq!(Status::from_name(name).unwrap().name(), name);
    }
    assert_eq!(Status::from_name("active"), None);
    let names: std::collections::BTreeSet<&str> =
        Ending::ALL.into_iter().map(Ending::name).collect();
    assert_eq!(names.len(), Ending::ALL.len());
}

#[test]
fn a_scope_is_found_by_its_key() {
    let provider = Scope::Provider("spot-a".to_owned());
    let within = Scope::Cluster(cluster("prod"));
    let its = pool("m6i.large", "eu-central-1a");
    for scope in [
        provider.clone(),
        within.clone(),
        Scope::Pool(Box::new(provider), its.clone()),
        Scope::Pool(Box::new(within), its),
    ] {
        assert_eq!(Scope::of_key(&scope.key()), Some(scope));
    }
    for wrong in [
        "",
        "provider",
        "provider/",
        "cluster/prod",
        "pool/a|b|c",
        "provider/a|b",
    ] {
        assert_eq!(Scope::of_key(wrong), None, "{wrong}");
    }
}

#[test]
fn every_reason_is_a_clause_about_it_in_words_that_people_use() {
    let until = crate::made::noon();
    let reasons = [
        Reason::NotInCluster,
        Reason::Unseen("denied".to_owned()),
        Reason::Off,
        Reason::Drains,
        Reason::LeftToEcs { until },
        Reason::DrainsLate,
        Reason::Draining,
        Reason::StopsTasks(2),
        Reason::Registering,
        Reason::TimeIsOver,
        Reason::Ending,
        Reason::WaitsForReplacements,
        Reason::Unannounced,
        Reason::Closed,
        Reason::AlreadyRecorded,
        Reason::PastDeadline,
        Reason::Recommended,
        Reason::DrainsOnRecommendation,
        Reason::BreakerHolds,
        Reason::RecommendationLeft,
        Reason::GivenBack,
        Reason::HookWaits { tasks: 3 },
        Reason::HookOpened,
        Reason::HookDone,
        Reason::HookOutOfTime,
        Reason::NotOurHook,
        Reason::HookTest,
        Reason::Dormant,
        Reason::Seen,
        Reason::Gone,
        Reason::TaskCounted,
        Reason::AlreadyCounted,
        Reason::CountedWithItsInstance,
        Reason::PlacementCounted,
        Reason::PlacementElsewhere,
    ];
    let mut told = std::collections::BTreeSet::new();
    let mut names = std::collections::BTreeSet::new();
    for reason in &reasons {
        let words = reason.to_string();
        assert!(words.contains(' ') && !words.ends_with('.'), "{words}");
        assert!(!words.contains('{') && !words.contains("::"), "{words}");
        assert!(told.insert(words), "{reason:?} is told as another is");
        assert!(
            names.insert(reason.name()),
            "{reason:?} is named as another is"
        );
    }
}
