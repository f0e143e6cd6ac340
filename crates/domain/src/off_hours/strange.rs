//! Keys of tags that look like ours and that nothing reads.

use super::tags::{FLOOR, HOURS, OVERRIDE, WAVE};
use crate::budget::BUDGET;
use crate::tag::Tags;

/// How every key begins that is ours.
const OURS: &str = "caretaker:";

/// Every key that a function reads, or will read when it is there.
const KEYS: [&str; 8] = [
    HOURS,
    FLOOR,
    WAVE,
    OVERRIDE,
    BUDGET,
    "caretaker:rollback",
    "caretaker:drain",
    "caretaker:profile",
];

/// A key that looks like ours and is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Strange {
    /// The key, as it was typed.
    pub key: String,
    /// The one that was probably meant, if that can be said.
    pub meant: Option<&'static str>,
}

impl std::fmt::Display for Strange {
    /// What is wrong with it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.meant {
            Some(meant) => write!(f, "nothing reads this key; \"{meant}\" was probably meant"),
            None => f.write_str("nothing reads this key"),
        }
    }
}

/// Whether a key is ours, or looks as if it were meant to be.
pub fn looks_like_ours(key: &str) -> bool {
    let start = key.get(..OURS.len());
    start.is_some_and(|start| start.eq_ignore_ascii_case(OURS))
}

/// The keys among these that look like ours and are none.
pub fn strange(tags: &Tags) -> Vec<Strange> {
    let keys = tags.keys().map(String::as_str);
    let strange = keys.filter(|key| looks_like_ours(key) && !KEYS.contains(key));
    strange
        .map(|key| Strange {
            key: key.to_owned(),
            meant: meant(key),
        })
        .collect()
}

/// The key that differs in case alone, or by one letter too many, too few or wrong.
fn meant(key: &str) -> Option<&'static str> {
    let lower = key.to_ascii_lowercase();
    KEYS.into_iter().find(|ours| is_near(&lower, ours))
}

/// Whether two texts are the same but for at most one letter.
fn is_near(one: &str, other: &str) -> bool {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let same = |(a, b): &(&char, &char)| a == b;
    let start = one.iter().zip(&other).take_while(same).count();
    let end = one.iter().rev().zip(other.iter().rev());
    let end = end.take_while(same).count();
    let longer = one.len().max(other.len());
    one.len().abs_diff(other.len()) <= 1 && start + end + 1 >= longer
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(key: &str) -> Option<Option<&'static str>> {
        let tags = Tags::from([(key.to_owned(), "x".to_owned())]);
        strange(&tags).pop().map(|strange| strange.meant)
    }

    #[test]
    fn a_key_in_another_case_or_with_a_letter_wrong_is_known_for_what_was_meant() {
        for key in ["caretaker:Hours", "Caretaker:hours", "CARETAKER:HOURS"] {
            assert_eq!(found(key), Some(Some(HOURS)), "{key}");
        }
        for key in ["caretaker:hour", "caretaker:hourss", "caretaker:houre"] {
            assert_eq!(found(key), Some(Some(HOURS)), "{key}");
        }
        assert_eq!(found("caretaker:overide"), Some(Some(OVERRIDE)));
    }

    #[test]
    fn another_key_that_begins_as_ours_do_is_read_by_nothing() {
        assert_eq!(found("caretaker:schedule"), Some(None));
        assert_eq!(found("caretaker:"), Some(None));
    }

    #[test]
    fn what_a_function_reads_or_somebody_else_s_key_is_not_strange() {
        for key in KEYS {
            assert_eq!(found(key), None, "{key}");
        }
        for key in [
            "Name",
            "care:taker",
            "caretake",
            "xcaretaker:hours",
            "caretakér:hours",
        ] {
            assert_eq!(found(key), None, "{key}");
        }
    }
}
