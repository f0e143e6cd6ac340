//! The tag `caretaker:budget`.

use domain::budget::{BUDGET, DEFAULT_RANK, Intent, parse};
use domain::tag::Tags;

fn tags(value: &str) -> Tags {
    Tags::from([(BUDGET.to_owned(), value.to_owned())])
}

#[test]
fn stop_keep_and_a_rank_are_read_in_either_case() {
    let stop = |rank| Ok(Intent::Stop { rank });
    assert_eq!(parse("stop"), stop(DEFAULT_RANK));
    assert_eq!(parse(" Stop/20 "), stop(20));
    assert_eq!(parse("STOP/0"), stop(0));
    assert_eq!(parse("stop/99"), stop(99));
    assert_eq!(parse("keep"), Ok(Intent::Keep));
    assert_eq!(parse("KEEP"), Ok(Intent::Keep));
}

#[test]
fn every_mistake_is_found_where_it_is() {
    let errors: Vec<String> = [
        "",
        "halt",
        "stop/",
        "stop/100",
        "stop/-1",
        "stop/1.5",
        "stop 20",
        "keep/5",
        "stop/20 x",
    ]
    .into_iter()
    .map(|text| format!("{text:?} {}", parse(text).unwrap_err()))
    .collect();
    insta::assert_snapshot!(errors.join("\n"), @r#"
    "" at column 1: expected "stop" or "keep", found the end; for example "stop/20"
    "halt" at column 1: expected "stop" or "keep", found "halt"; for example "stop/20"
    "stop/" at column 6: expected a rank from 0 to 99, found the end; for example "stop/20"
    "stop/100" at column 6: expected a rank from 0 to 99, found "100"; for example "stop/20"
    "stop/-1" at column 6: expected a rank from 0 to 99, found "-1"; for example "stop/20"
    "stop/1.5" at column 6: expected a rank from 0 to 99, found "1.5"; for example "stop/20"
    "stop 20" at column 6: expected "/" and a rank, or the end, found "20"; for example "stop/20"
    "keep/5" at column 5: expected the end: what is kept has no rank, found "/5"; for example "stop/20"
    "stop/20 x" at column 9: expected "/" and a rank, or the end, found "x"; for example "stop/20"
    "#);
}

#[test]
fn the_cluster_s_tag_is_the_default_and_its_own_wins() {
    let none = Tags::new();
    assert_eq!(Intent::of(&none, &none), Intent::Untagged);
    assert_eq!(Intent::of(&none, &tags("keep")), Intent::Keep);
    assert_eq!(
        Intent::of(&tags("stop/7"), &tags("keep")),
        Intent::Stop { rank: 7 }
    );
}

#[test]
fn a_typo_does_not_fall_back_to_the_cluster() {
    let intent = Intent::of(&tags("stopp"), &tags("keep"));
    assert!(matches!(intent, Intent::Malformed { .. }), "{intent:?}");
}

#[test]
fn a_tag_whose_key_differs_in_case_is_not_ours() {
    let tags = Tags::from([("Caretaker:Budget".to_owned(), "stop".to_owned())]);
    assert_eq!(Intent::of(&tags, &Tags::new()), Intent::Untagged);
}
