//! What goes onto the bus comes off it again, and fits.

#![allow(
    clippy::unwrap_used,
    reason = "a test may stop where it finds nonsense"
)]

use domain::notice::{Fact, Kind, Next, Notice, Severity};
use jiff::Timestamp;
use notices::{DETAIL_TYPE, SOURCE, decode, encode};
use proptest::prelude::*;
use serde_json::{Value, json};

/// The limit of a PutEvents entry, and what of it is not the detail.
const ENTRY: usize = 262_144;
const ENVELOPE: usize = SOURCE.len() + DETAIL_TYPE.len() + 14;

fn notice_of(text: &str, facts: usize) -> Notice {
    let text = || text.to_owned();
    Notice {
        kind: Kind::WaveNotSteady,
        severity: Severity::Page,
        resource: text(),
        cluster: Some(text()),
        service: None,
        title: text(),
        facts: vec![
            Fact {
                label: text(),
                value: text(),
            };
            facts
        ],
        done: Some(text()),
        next: Next {
            what: text(),
            command: Some(text()),
        },
        unknown: Some(text()),
        since: "2026-11-26T06:45:00Z".parse().unwrap(),
        at: "2026-11-26T07:05:00.000000001Z".parse().unwrap(),
        dedupe: text(),
        resolved: false,
    }
}

/// A detail whose field at `pointer` is replaced, or removed where there is no replacement.
fn detail_with(pointer: &str, replacement: Option<Value>) -> Value {
    let mut detail = encode(&notice_of("text", 3));
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let object = detail.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    match replacement {
        Some(value) => object.insert(key.to_owned(), value),
        None => object.remove(key),
    };
    detail
}

#[test]
fn an_unknown_field_is_ignored() {
    let detail = detail_with("/added-later", Some(json!({ "by": "a newer function" })));
    assert_eq!(decode(&detail), Ok(notice_of("text", 3)));
}

#[test]
fn an_absent_text_and_no_text_are_the_same() {
    for absent in [None, Some(Value::Null)] {
        let notice = decode(&detail_with("/cluster", absent)).unwrap();
        assert_eq!(notice.cluster, None);
    }
}

#[test]
fn a_bad_field_is_named() {
    for (pointer, replacement, error) in [
        ("/version", Some(json!(2)), "version is not 1"),
        ("/version", None, "version is not 1"),
        (
            "/kind",
            Some(json!("rumour")),
            "kind is not a name that is known here",
        ),
        ("/kind", None, "kind is missing"),
        (
            "/severity",
            Some(json!("loud")),
            "severity is not a name that is known here",
        ),
        ("/title", Some(json!(["a"])), "title is not text"),
        ("/cluster", Some(json!(7)), "cluster is not text"),
        ("/facts", Some(json!("many")), "facts is not a list"),
        ("/facts/2/value", None, "facts[2].value is missing"),
        ("/next/what", None, "next.what is missing"),
        ("/next", None, "next.what is missing"),
        (
            "/since",
            Some(json!("yesterday")),
            "since is not a moment such as 2026-11-26T06:45:00Z",
        ),
        ("/at", None, "at is missing"),
        ("/dedupe", None, "dedupe is missing"),
        (
            "/resolved",
            Some(json!("no")),
            "resolved is not true or false",
        ),
    ] {
        let outcome = decode(&detail_with(pointer, replacement));
        assert_eq!(outcome.unwrap_err().to_string(), error);
    }
}

#[test]
fn what_is_no_object_is_no_notice() {
    for detail in [json!(null), json!([]), json!("notice"), json!(1)] {
        assert_eq!(decode(&detail).unwrap_err().field, "version");
    }
}

#[test]
fn the_largest_notice_fits_into_an_entry() {
    for piece in ["\u{1}", "😀", "\"", "a"] {
        let detail = encode(&notice_of(&piece.repeat(100_000), 500)).to_string();
        assert!(
            detail.len() + ENVELOPE < ENTRY,
            "{piece:?}: {}",
            detail.len()
        );
    }
}

#[test]
fn facts_too_many_are_counted() {
    let notice = decode(&encode(&notice_of("text", 100))).unwrap();
    assert_eq!(notice.facts.len(), 40);
    assert_eq!(notice.facts[39].value, "… +61");
}

prop_compose! {
    fn any_notice()(
        texts in prop::collection::vec("\\PC{0,50}|[\\x00-\\x1f\"\\\\]{0,9}", 6),
        optional in prop::collection::vec(prop::option::of(any::<String>()), 5),
        facts in prop::collection::vec(("\\PC{0,50}", "\\PC{0,200}"), 0..40),
        kind in prop::sample::select(Kind::ALL.to_vec()),
        (page, resolved) in any::<(bool, bool)>(),
        (since, at) in (any::<i32>(), any::<i64>()),
    ) -> Notice {
        Notice {
            kind,
            severity: if page { Severity::Page } else { Severity::Digest },
            resource: texts[0].clone(),
            cluster: optional[0].clone(),
            service: optional[1].clone(),
            title: texts[1].clone(),
            facts: facts.into_iter().map(|(label, value)| Fact { label, value }).collect(),
            done: optional[2].clone(),
            next: Next { what: texts[2].clone(), command: optional[3].clone() },
            unknown: optional[4].clone(),
            since: Timestamp::from_second(since.into()).unwrap(),
            at: Timestamp::from_nanosecond(at.into()).unwrap(),
            dedupe: texts[3].clone(),
            resolved,
        }
    }
}

proptest! {
    #[test]
    fn a_notice_comes_off_the_bus_as_it_went_on(notice in any_notice()) {
        let wire = encode(&notice).to_string();
        let detail: Value = serde_json::from_str(&wire).unwrap();
        prop_assert_eq!(decode(&detail), Ok(notice));
    }

    #[test]
    fn what_the_bus_cut_is_not_cut_again(piece in "\\PC{1,3}", times in 0usize..3_000, facts in 0usize..90) {
        let once = encode(&notice_of(&piece.repeat(times), facts));
        prop_assert_eq!(encode(&decode(&once).unwrap()), once);
    }
}
