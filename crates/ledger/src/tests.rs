//! Whatever is written can be read; whatever cannot be read is said and hinders nothing else.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::announcement::Told;
use domain::arn::{GroupArn, ServiceArn};
use domain::budget::BudgetName;
use domain::budget::counted::Rate;
use domain::budget::meter::Sample;
use domain::budget::period::Period;
use domain::budget::state::{Again, Restore, State, Stop, Treatment, Why};
use domain::budget::tally::{Allowed, Before, Cause, Doubted, LimitChange, Seen, Tally, Veto};
use domain::capacity::{Bounds, GroupCapacity, ServiceCapacity, Suspended};
use domain::hold::{Hold, Holder, Holds};
use domain::order::{Order, Ordered};
use domain::rest::{Claim, Phase, Rest, Version};
use jiff::{SignedDuration, Timestamp};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::entry::{Entry, Outcome};
use crate::fields::{Draft, Item, Unreadable};
use crate::meter::{self, Samples};
use crate::standing::{Standing, orders, told};
use crate::{rest, tally};

const SERVICE: &str = "arn:aws:ecs:eu-central-1:123456789012:service/prod/api";
const OTHER: &str = "arn:aws:ecs:eu-central-1:123456789012:service/prod/web";
const GROUP: &str = "arn:aws:autoscaling:eu-central-1:123456789012:autoScalingGroup:0b1c:autoScalingGroupName/hosts";

fn item(key: &str, draft: Draft) -> Item {
    draft.text("pk", "standing").text("sk", key).item()
}

fn standing(items: &[Item]) -> Standing {
    let mut standing = Standing::default();
    items.iter().for_each(|item| standing.add(item));
    standing
}

/// Any text at all, control characters and all.
fn any_text() -> impl Strategy<Value = String> {
    vec(any::<char>(), 0..20).prop_map(String::from_iter)
}

/// Any instant from the year -9999 to 9999, to the nanosecond.
fn any_instant() -> impl Strategy<Value = Timestamp> {
    let seconds = Timestamp::MIN.as_second()..=Timestamp::MAX.as_second();
    (seconds, 0..1_000_000_000_i32)
        .prop_map(|(second, nanosecond)| Timestamp::new(second, nanosecond).unwrap())
}

fn any_hold() -> impl Strategy<Value = Hold> {
    (
        any_text(),
        any_text(),
        any_instant(),
        option::of(any_instant()),
    )
        .prop_map(|(by, why, since, until)| Hold {
            by,
            why,
            since,
            until,
        })
}

fn any_holds() -> impl Strategy<Value = Holds> {
    let holds =
        Holder::ALL.map(|holder| option::of(any_hold()).prop_map(move |hold| (holder, hold)));
    holds.prop_map(|holds| {
        holds
            .into_iter()
            .fold(Holds::none(), |holds, (holder, hold)| match hold {
                Some(hold) => holds.with(holder, hold),
                None => holds,
            })
    })
}

fn any_bounds() -> impl Strategy<Value = Bounds> {
    (any::<[u32; 2]>(), any::<[bool; 3]>()).prop_map(|([min, max], flags)| Bounds {
        min,
        max,
        suspended: Suspended {
            scaling_in: flags[0],
            scaling_out: flags[1],
            scheduled: flags[2],
        },
    })
}

fn any_service() -> impl Strategy<Value = ServiceCapacity> {
    (any::<u32>(), option::of(any_bounds()), any_instant()).prop_map(
        |(desired, bounds, created_at)| ServiceCapacity {
            desired,
            bounds,
            created_at,
        },
    )
}

fn any_group() -> impl Strategy<Value = GroupCapacity> {
    let instances = proptest::collection::btree_map("[a-z][0-9]\\.[a-z]{1,8}", any::<u32>(), 0..4);
    let instances = proptest::option::of(instances.prop_map(|types| types.into_iter().collect()));
    (any::<u32>(), instances).prop_map(|(min, instances)| GroupCapacity { min, instances })
}

fn any_phase() -> impl Strategy<Value = Phase> {
    option::of(any_instant())
        .prop_map(|since| since.map_or(Phase::Resting, |since| Phase::Waking { since }))
}

fn any_claim() -> impl Strategy<Value = Claim> {
    (any_text(), any_instant()).prop_map(|(run, until)| Claim { run, until })
}

fn any_rest<S: Strategy>(capacity: impl Fn() -> S) -> impl Strategy<Value = Rest<S::Value>> {
    let capacities = (capacity(), capacity());
    let steps = (
        any_phase(),
        option::of(any_instant()),
        option::of(any_claim()),
    );
    let rest = (any_holds(), option::of(any_text()), any::<i64>());
    (capacities, steps, rest).prop_map(
        |((saved, written), (phase, settled, claim), (holds, deployment, version))| Rest {
            holds,
            saved,
            written,
            phase,
            settled,
            claim,
            deployment,
            version: Version(version),
        },
    )
}

fn any_ordered() -> impl Strategy<Value = Ordered> {
    prop_oneof![
        any_instant().prop_map(|until| Ordered::Awake { until }),
        option::of(any_instant()).prop_map(|until| Ordered::Rest { until }),
    ]
}

fn any_order() -> impl Strategy<Value = Order> {
    (any_ordered(), any_text(), any_text(), any_instant()).prop_map(|(to, by, why, since)| Order {
        to,
        by,
        why,
        since,
    })
}

fn any_told() -> impl Strategy<Value = Told> {
    (any_text(), any_instant()).prop_map(|(text, since)| Told { text, since })
}

/// Any amount that there can be, of 96 bits, with up to 28 digits behind its point.
fn any_amount() -> impl Strategy<Value = Decimal> {
    (any::<[u32; 3]>(), any::<bool>(), 0..=28_u32).prop_map(
        |([low, mid, high], negative, scale)| Decimal::from_parts(low, mid, high, negative, scale),
    )
}

fn any_service_arn() -> impl Strategy<Value = ServiceArn> {
    "[a-zA-Z0-9_-]{1,40}".prop_map(|name| {
        let arn = format!("arn:aws:ecs:eu-central-1:123456789012:service/prod/{name}");
        ServiceArn::parse(&arn).unwrap()
    })
}

fn any_again() -> impl Strategy<Value = Again> {
    let treatments = [Treatment::Waited, Treatment::PutDown, Treatment::LeftAlone];
    (
        any::<u8>(),
        prop::sample::select(treatments.to_vec()),
        any_instant(),
    )
        .prop_map(|(times, treatment, at)| Again {
            times,
            treatment,
            at,
        })
}

fn any_stop() -> impl Strategy<Value = Stop> {
    let picked = proptest::collection::btree_set(any_service_arn(), 0..4);
    let again = proptest::collection::btree_map(any_service_arn(), any_again(), 0..4);
    let when = (any_instant(), any_instant());
    (when, any_amount(), option::of(picked), again).prop_map(
        |((since, period_end), spend, picked, again)| Stop {
            since,
            period_end,
            spend,
            picked,
            again,
        },
    )
}

fn any_why() -> impl Strategy<Value = Why> {
    prop_oneof![
        any_amount().prop_map(|spend| Why::NewPeriod { spend }),
        Just(Why::NotWatched),
        (any_text(), any_text()).prop_map(|(by, why)| Why::Person { by, why }),
    ]
}

fn any_state() -> impl Strategy<Value = State> {
    prop_oneof![
        Just(State::Armed),
        Just(State::Warned),
        any_stop().prop_map(State::Stopping),
        any_stop().prop_map(State::Stopped),
        (any_instant(), any_why())
            .prop_map(|(since, why)| State::Restoring(Restore { since, why })),
    ]
}

fn any_seen() -> impl Strategy<Value = Seen> {
    let amounts = (any_amount(), option::of(any_amount()), any_amount());
    (any_instant(), amounts, option::of(any_instant())).prop_map(
        |(at, (spend, forecast, limit), edited)| Seen {
            at,
            spend,
            forecast,
            limit,
            edited,
        },
    )
}

fn any_causes() -> impl Strategy<Value = std::collections::BTreeSet<Cause>> {
    let causes = vec![Cause::Actual, Cause::Forecast, Cause::Metered];
    prop::sample::subsequence(causes, 0..=3).prop_map(|causes| causes.into_iter().collect())
}

fn any_tally() -> impl Strategy<Value = Tally> {
    let before = (any_instant(), any_amount()).prop_map(|(at, spend)| Before { at, spend });
    let veto = (any_text(), any_text(), any_instant()).prop_map(|(by, why, until)| Veto {
        by,
        why,
        until,
    });
    let allowed = (any_amount(), any_text(), any_text()).prop_map(|(up_to, by, why)| Allowed {
        up_to,
        by,
        why,
    });
    let change = (any_amount(), any_amount(), any_instant())
        .prop_map(|(from, to, at)| LimitChange { from, to, at });
    let period = (any_instant(), any_instant()).prop_map(|(start, end)| Period { start, end });
    let doubted = (any_instant(), any_amount()).prop_map(|(at, spend)| Doubted { at, spend });
    let doubts = (option::of(doubted), option::of(any_instant()));
    let readings = (
        vec(any_seen(), 0..5),
        option::of(before),
        any_causes(),
        doubts,
    );
    let words = (
        option::of(any_instant()),
        option::of(veto),
        option::of(allowed),
    );
    let limit = (any_amount(), option::of(change), any::<i64>());
    (period, any_state(), readings, words, limit).prop_map(
        |(
            period,
            state,
            (readings, before, warned, (doubted, blind)),
            (grace, veto, allowed),
            limit,
        )| Tally {
            period,
            state,
            readings,
            before,
            doubted,
            blind,
            warned,
            grace,
            veto,
            allowed,
            limit: limit.0,
            limit_change: limit.1,
            version: Version(limit.2),
        },
    )
}

proptest! {
    #[test]
    fn a_tally_survives_being_written_and_read_to_the_last_digit(
        name in "[a-zA-Z0-9 #'\"$%/._-]{1,98}x",
        tally in any_tally(),
    ) {
        let read = standing(&[item(&format!("budget#{name}"), tally::write(&tally))]);
        prop_assert_eq!(&read.unreadable, &[]);
        let read = &read.budgets[&BudgetName::parse(&name).unwrap()];
        prop_assert_eq!(read, &tally);
        prop_assert_eq!(read.limit.scale(), tally.limit.scale());
    }

    #[test]
    fn a_sample_survives_being_written_and_read(
        at in any_instant(),
        (lower, upper) in (any_amount(), any_amount()),
    ) {
        let sample = Sample { at, rate: Rate { lower, upper }, unpriced: Vec::new() };
        let mut samples = Samples::default();
        samples.add(&meter::write(&sample).text("sk", meter::place(&sample)).item());
        prop_assert_eq!(samples, Samples { samples: vec![sample], unreadable: Vec::new() });
    }

    #[test]
    fn everything_that_stands_survives_being_written_and_read(
        name in "[a-zA-Z0-9_-]{1,255}",
        service in any_rest(any_service),
        group in any_rest(any_group),
        order in any_order(),
        told in any_told(),
        closing in any::<bool>(),
    ) {
        let service_arn = format!("arn:aws-cn:ecs:cn-north-1:123456789012:service/{name}/{name}");
        let mut items = vec![
            item(&format!("service#{service_arn}"), rest::write(&service)),
            item(&format!("group#{GROUP}"), rest::write(&group)),
            item(&format!("order#{service_arn}"), orders::write(&order)),
            item(&format!("concern#malformed-tag#{GROUP}"), told::write(&told)),
        ];
        items.extend(closing.then(|| item("suite#closing", Draft::default())));
        let arn = ServiceArn::parse(&service_arn).unwrap();
        let expected = Standing {
            services: [(arn.clone(), service)].into(),
            groups: [(GroupArn::parse(GROUP).unwrap(), group)].into(),
            orders: [(arn, order)].into(),
            budgets: [].into(),
            announced: [((GROUP.to_owned(), "malformed-tag".to_owned()), told)].into(),
            closing,
            unreadable: Vec::new(),
        };
        prop_assert_eq!(standing(&items), expected);
    }

    #[test]
    fn a_journal_entry_fits_into_an_item_and_counts_what_it_leaves_out(
        sizes in vec(0..40_000_usize, 0..60),
        letter in prop::sample::select(&["a", "\u{fc}", "\u{1f600}"][..]),
    ) {
        let details: Vec<String> = sizes.iter().map(|size| letter.repeat(*size / letter.len())).collect();
        let kept = kept(&details);
        let bytes: usize = kept.iter().map(|line| line.len() + 4).sum();
        prop_assert!(bytes < 310_000, "{bytes}");
        let (lines, left_out) = match kept.last().and_then(|last| last.strip_prefix("… +")) {
            Some(left_out) => (&kept[..kept.len() - 1], left_out.parse().unwrap()),
            None => (&kept[..], 0),
        };
        prop_assert_eq!(lines, &details[..lines.len()]);
        prop_assert_eq!(lines.len() + left_out, details.len());
        let all: usize = details.iter().map(|line| line.len() + 8).sum();
        prop_assert_eq!(left_out == 0, all <= 300_000);
    }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

/// The details of a journal entry, as they are written.
fn kept(details: &[String]) -> Vec<String> {
    let entry = Entry {
        at: at(0),
        came: at(0),
        function: "off-hours",
        event: "request-1".to_owned(),
        kind: "tick".to_owned(),
        summary: "1 goes-to-rest".to_owned(),
        details: details.to_vec(),
        outcome: Outcome::Done,
        keep: SignedDuration::from_hours(24),
    };
    let item = entry.write().item();
    let lines = item["details"].as_l().unwrap().iter();
    lines.map(|line| line.as_s().unwrap().clone()).collect()
}

#[test]
fn one_detail_that_is_too_long_is_counted_and_never_half_written() {
    let details = ["short", &"x".repeat(400_000), "after it"].map(str::to_owned);
    assert_eq!(kept(&details), ["short", "… +2"]);
}

/// A service's record with everything that it can have.
fn full() -> Item {
    let hold = Hold {
        by: "ana".to_owned(),
        why: "load test".to_owned(),
        since: at(1),
        until: Some(at(2)),
    };
    let capacity = ServiceCapacity {
        desired: 3,
        bounds: Some(Bounds {
            min: 2,
            max: 10,
            suspended: Suspended::ALL,
        }),
        created_at: at(0),
    };
    let full = Rest {
        holds: Holds::none().with(Holder::Operator, hold),
        saved: capacity.clone(),
        written: capacity,
        phase: Phase::Waking { since: at(3) },
        settled: Some(at(4)),
        claim: Some(Claim {
            run: "request-1".to_owned(),
            until: at(5),
        }),
        deployment: Some("ecs-svc/1".to_owned()),
        version: Version(7),
    };
    item(&format!("service#{SERVICE}"), rest::write(&full))
}

/// The paths of all attributes of an item but its key.
fn paths(item: &Item) -> Vec<String> {
    let below = |(name, value): (&String, &AttributeValue)| {
        let inner = value.as_m().map_or_else(|_| Vec::new(), paths);
        let inner = inner.into_iter().map(|path| format!("{name}.{path}"));
        inner.chain([name.clone()]).collect::<Vec<_>>()
    };
    let named = item
        .iter()
        .filter(|(name, _)| !["pk", "sk"].contains(&name.as_str()));
    named.flat_map(below).collect()
}

/// The item without the attribute at this path, or with another in its place.
fn changed(mut item: Item, path: &str, to: Option<&AttributeValue>) -> Item {
    let within = path.split_once('.').filter(|_| !item.contains_key(path));
    match (within, to) {
        (Some((name, inner)), _) => {
            let map = item[name].as_m().unwrap().clone();
            let map = AttributeValue::M(changed(map, inner, to));
            item.insert(name.to_owned(), map);
        }
        (None, Some(value)) => drop(item.insert(path.to_owned(), value.clone())),
        (None, None) => drop(item.remove(path)),
    }
    item
}

/// What is said of one item that stands before and after good ones, which are read all the same.
fn said_of(odd: Item) -> Option<Unreadable> {
    let good = item(&format!("order#{OTHER}"), orders::write(&order()));
    let closing = item("suite#closing", Draft::default());
    let mut standing = standing(&[good, odd, closing]);
    let other = ServiceArn::parse(OTHER).unwrap();
    assert!(standing.orders.contains_key(&other) && standing.closing);
    let said = standing.unreadable.pop();
    assert_eq!(standing.unreadable, []);
    if said.is_some() {
        let read = (standing.services.len(), standing.groups.len());
        assert_eq!((read, standing.orders.len()), ((0, 0), 1));
        assert!(standing.budgets.is_empty());
    }
    said
}

fn order() -> Order {
    Order {
        to: Ordered::Awake { until: at(2) },
        by: "ana".to_owned(),
        why: "load test".to_owned(),
        since: at(1),
    }
}

/// The items that have attributes, by their key.
fn with_attributes() -> [Item; 6] {
    let group = Rest {
        holds: Holds::none(),
        saved: GroupCapacity {
            min: 2,
            instances: Some([("m6i.large", 2)].into_iter().collect()),
        },
        written: GroupCapacity::AT_REST,
        phase: Phase::Resting,
        settled: None,
        claim: None,
        deployment: None,
        version: Version(7),
    };
    let told = Told {
        text: "Mon-Fri 8-20".to_owned(),
        since: at(1),
    };
    [
        full(),
        item(&format!("group#{GROUP}"), rest::write(&group)),
        item(&format!("order#{SERVICE}"), orders::write(&order())),
        item(
            &format!("concern#malformed-tag#{SERVICE}"),
            told::write(&told),
        ),
        item("budget#monthly", tally::write(&full_tally(stopped()))),
        item("budget#monthly", tally::write(&full_tally(restoring()))),
    ]
}

/// The tally of a budget with everything that it can have.
fn full_tally(state: State) -> Tally {
    let (by, why) = ("ana".to_owned(), "release week".to_owned());
    Tally {
        period: Period {
            start: at(1),
            end: at(9),
        },
        state,
        readings: vec![Seen {
            at: at(2),
            spend: Decimal::TEN,
            forecast: Some(Decimal::TEN),
            limit: Decimal::TEN,
            edited: Some(at(1)),
        }],
        before: Some(Before {
            at: at(0),
            spend: Decimal::TEN,
        }),
        doubted: Some(Doubted {
            at: at(2),
            spend: Decimal::TEN,
        }),
        blind: Some(at(3)),
        warned: [Cause::Actual].into(),
        grace: Some(at(3)),
        veto: Some(Veto {
            by: by.clone(),
            why: why.clone(),
            until: at(4),
        }),
        allowed: Some(Allowed {
            up_to: Decimal::TEN,
            by,
            why,
        }),
        limit: Decimal::TEN,
        limit_change: Some(LimitChange {
            from: Decimal::ONE,
            to: Decimal::TEN,
            at: at(2),
        }),
        version: Version(7),
    }
}

fn stopped() -> State {
    let api = ServiceArn::parse(SERVICE).unwrap();
    let again = Again {
        times: 2,
        treatment: Treatment::PutDown,
        at: at(6),
    };
    State::Stopped(Stop {
        since: at(2),
        period_end: at(9),
        spend: Decimal::TEN,
        picked: Some([api.clone()].into()),
        again: [(api, again)].into(),
    })
}

fn restoring() -> State {
    State::Restoring(Restore {
        since: at(5),
        why: Why::Person {
            by: "ana".to_owned(),
            why: "release week".to_owned(),
        },
    })
}

#[test]
fn an_attribute_of_another_type_is_said_with_its_item_and_its_path() {
    let other = AttributeValue::Null(true);
    for item in with_attributes() {
        let key = item["sk"].as_s().unwrap();
        for path in paths(&item) {
            let said = said_of(changed(item.clone(), &path, Some(&other))).unwrap();
            assert_eq!((&said.item, &said.field), (key, &path));
        }
    }
}

#[test]
fn an_attribute_that_is_missing_is_said_unless_it_may_be() {
    const AGAIN: &str = "stop.again.arn:aws:ecs:eu-central-1:123456789012:service/prod/api";
    const MAY_BE: [&str; 19] = [
        "to",
        "saved.bounds",
        "written.bounds",
        "settled",
        "claim",
        "deployment",
        "holds.operator",
        "holds.operator.until",
        "saved.instances",
        "saved.instances.m6i.large",
        "before",
        "doubted",
        "blind",
        "grace",
        "veto",
        "allowed",
        "limit_change",
        "stop.picked",
        AGAIN,
    ];
    for item in with_attributes() {
        for path in paths(&item) {
            let said = said_of(changed(item.clone(), &path, None)).map(|said| said.field);
            let expected = (!MAY_BE.contains(&path.as_str())).then_some(path);
            assert_eq!(said, expected);
        }
    }
}

/// What the first version wrote is an order to be awake; it had no other.
#[test]
fn an_order_that_does_not_say_what_it_orders_keeps_its_service_awake() {
    let key = format!("order#{SERVICE}");
    let former = changed(item(&key, orders::write(&order())), "to", None);
    let orders = standing(&[former]).orders;
    assert_eq!(orders.into_values().collect::<Vec<_>>(), [order()]);
}

#[test]
fn a_record_from_before_instances_were_written_down_is_read_without_them() {
    let [_, group, ..] = with_attributes();
    let read = |item: &Item| {
        standing(std::slice::from_ref(item))
            .groups
            .into_values()
            .next()
    };
    let saved = |item: &Item| read(item).unwrap().saved;
    let counted = saved(&group).instances.map(|instances| instances.count());
    assert_eq!(counted, Some(2));
    let before = changed(group, "saved.instances", None);
    assert_eq!(saved(&before), GroupCapacity::set(2));
}

#[test]
fn what_a_later_version_writes_is_said() {
    let hold = changed(
        full(),
        "holds.auditor",
        Some(&full()["holds"].as_m().unwrap()["operator"]),
    );
    let phase = changed(
        full(),
        "phase",
        Some(&AttributeValue::S("dreaming".to_owned())),
    );
    let keyed = |key: &str| item(key, Draft::default());
    let ordered = changed(
        item(&format!("order#{SERVICE}"), orders::write(&order())),
        "to",
        Some(&AttributeValue::S("dream".to_owned())),
    );
    for (item, expected) in [
        (
            hold,
            "holds.auditor is missing or not a holder that this version knows",
        ),
        (phase, "phase is missing or not \"resting\" or \"waking\""),
        (ordered, "to is missing or not \"awake\" or \"rest\""),
        (
            changed(
                item("budget#monthly", tally::write(&full_tally(stopped()))),
                "state",
                Some(&AttributeValue::S("dreaming".to_owned())),
            ),
            "state is missing or not a state that this version knows",
        ),
        (
            changed(
                item("budget#monthly", tally::write(&full_tally(restoring()))),
                "restore.reason",
                Some(&AttributeValue::S("whim".to_owned())),
            ),
            "restore.reason is missing or not a reason that this version knows",
        ),
        (
            changed(
                item("budget#monthly", tally::write(&full_tally(stopped()))),
                "warned",
                Some(&AttributeValue::L(vec![AttributeValue::S(
                    "hunch".to_owned(),
                )])),
            ),
            "warned is missing or not causes that this version knows",
        ),
        (
            changed(
                item("budget#monthly", tally::write(&full_tally(stopped()))),
                "stop.picked",
                Some(&AttributeValue::L(vec![AttributeValue::S(
                    "api".to_owned(),
                )])),
            ),
            "stop.picked is missing or not ARNs of services",
        ),
        (
            keyed("budget#a:b"),
            "sk is missing or not the name of a budget",
        ),
        (
            keyed("drain#i-1"),
            "sk is missing or not a kind of item that this version knows",
        ),
        (
            keyed("suite#opening"),
            "sk is missing or not a kind of item that this version knows",
        ),
        (
            keyed("service#api"),
            "sk is missing or not the ARN of a service",
        ),
        (
            keyed("group#hosts"),
            "sk is missing or not the ARN of a group",
        ),
        (
            keyed("concern#malformed-tag"),
            "sk is missing or not a kind and an ARN",
        ),
        (
            Item::new(),
            "sk is missing or not a kind of item that this version knows",
        ),
    ] {
        let key = item.get("sk").and_then(|key| key.as_s().ok());
        let key = key.cloned().unwrap_or_default();
        assert_eq!(
            said_of(item).unwrap().to_string(),
            format!("{key}: {expected}")
        );
    }
}

#[test]
fn a_number_that_does_not_fit_and_an_instant_that_is_none_are_said() {
    let number = |text: &str| AttributeValue::N(text.to_owned());
    for (path, value) in [
        ("saved.desired", number("-1")),
        ("saved.desired", number("4294967296")),
        ("saved.desired", number("2.5")),
        ("version", number("9223372036854775808")),
        ("settled", AttributeValue::S("yesterday".to_owned())),
    ] {
        let said = said_of(changed(full(), path, Some(&value))).unwrap();
        assert_eq!(said.field, path, "{value:?}");
    }
}

/// Money is never a float, and an amount that is none is never zero.
#[test]
fn an_amount_that_is_none_is_said_with_its_place_in_the_list() {
    let odd = |text: &str| AttributeValue::S(text.to_owned());
    let tally = || item("budget#monthly", tally::write(&full_tally(stopped())));
    let said = said_of(changed(tally(), "limit", Some(&odd("ten")))).unwrap();
    assert_eq!((said.field.as_str(), said.expected), ("limit", "an amount"));
    let mut reading = tally()["readings"].as_l().unwrap()[0]
        .as_m()
        .unwrap()
        .clone();
    reading.insert("spend".to_owned(), odd(""));
    let readings = AttributeValue::L(vec![AttributeValue::M(reading)]);
    let said = said_of(changed(tally(), "readings", Some(&readings))).unwrap();
    assert_eq!(said.field, "readings[0].spend");
}

#[test]
fn a_sample_that_cannot_be_read_is_said_and_hinders_no_other() {
    let sample = Sample {
        at: at(0),
        rate: Rate::default(),
        unpriced: Vec::new(),
    };
    let good = meter::write(&sample)
        .text("sk", "1970-01-01T00:00:00Z")
        .item();
    let mut samples = Samples::default();
    samples.add(&changed(good.clone(), "upper", None));
    samples.add(&good);
    assert_eq!(samples.samples, [sample]);
    let said = samples.unreadable[0].to_string();
    assert_eq!(
        said,
        "meter#1970-01-01T00:00:00Z: upper is missing or not an amount"
    );
}
