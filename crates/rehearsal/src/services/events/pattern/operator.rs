//! What a value may be.

use std::net::IpAddr;

use serde_json::{Number, Value};

/// One way in which a leaf of an event can be accepted.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Operator {
    /// Exactly this string, boolean or null; a number is compared by its value.
    Equals(Value),
    /// This string in whatever case.
    EqualsIgnoreCase(String),
    /// A string that begins so.
    Prefix(String),
    /// A string that begins so in whatever case.
    PrefixIgnoreCase(String),
    /// A string that ends so.
    Suffix(String),
    /// A string that ends so in whatever case.
    SuffixIgnoreCase(String),
    /// A string of this form.
    Wildcard(Vec<Glyph>),
    /// A number in this range.
    Numeric(Range),
    /// An IP address in this network.
    Cidr(Network),
    /// Whether there is such a leaf at all.
    Exists(bool),
    /// A leaf that none of these accepts.
    AnythingBut(Vec<Operator>),
}

/// A piece of a wildcard pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Glyph {
    /// This character.
    One(char),
    /// Any number of characters, none included.
    Any,
}

/// Numbers between two bounds, in millionths: EventBridge compares six decimal places.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Range {
    /// The lowest number accepted.
    pub(super) least: Option<i64>,
    /// The highest number accepted.
    pub(super) most: Option<i64>,
}

/// An IP network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Network {
    /// An address in it.
    pub(super) address: IpAddr,
    /// How many leading bits its addresses share.
    pub(super) prefix: u32,
}

impl Operator {
    /// Whether a leaf that is there is accepted.
    pub(super) fn accepts(&self, value: &Value) -> bool {
        match self {
            Self::Equals(wanted) => equal(wanted, value),
            Self::Numeric(range) => number(value).is_some_and(|number| range.holds(number)),
            Self::Exists(wanted) => *wanted,
            Self::AnythingBut(excluded) => !excluded.iter().any(|test| test.accepts(value)),
            _ => value.as_str().is_some_and(|text| self.accepts_text(text)),
        }
    }

    fn accepts_text(&self, text: &str) -> bool {
        let folded = || text.to_lowercase();
        match self {
            Self::EqualsIgnoreCase(wanted) => folded() == wanted.to_lowercase(),
            Self::Prefix(start) => text.starts_with(start),
            Self::PrefixIgnoreCase(start) => folded().starts_with(&start.to_lowercase()),
            Self::Suffix(end) => text.ends_with(end),
            Self::SuffixIgnoreCase(end) => folded().ends_with(&end.to_lowercase()),
            Self::Wildcard(glyphs) => wild(glyphs, &text.chars().collect::<Vec<_>>()),
            Self::Cidr(network) => text.parse().is_ok_and(|address| network.holds(address)),
            Self::Equals(_) | Self::Numeric(_) | Self::Exists(_) | Self::AnythingBut(_) => false,
        }
    }
}

/// Ruler compares numbers by value where it can, so 300 is 300.0, and by their text otherwise.
fn equal(wanted: &Value, value: &Value) -> bool {
    match (number(wanted), number(value)) {
        (Some(wanted), Some(value)) => wanted == value,
        _ => wanted == value,
    }
}

fn number(value: &Value) -> Option<i64> {
    value.as_number().and_then(millionths)
}

/// A number in millionths, if it is between -5.0e9 and 5.0e9: the documented limit.
pub(super) fn millionths(number: &Number) -> Option<i64> {
    let value = number.as_f64().filter(|value| value.abs() <= 5.0e9)?;
    // Rounded and far inside the range of i64, so nothing is cut off.
    Some((value * 1.0e6).round() as i64)
}

impl Range {
    fn holds(&self, number: i64) -> bool {
        self.least.is_none_or(|least| least <= number)
            && self.most.is_none_or(|most| number <= most)
    }
}

impl Network {
    fn holds(&self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(ours), IpAddr::V4(theirs)) => {
                let differing = ours.to_bits() ^ theirs.to_bits();
                differing.leading_zeros() >= self.prefix
            }
            (IpAddr::V6(ours), IpAddr::V6(theirs)) => {
                let differing = ours.to_bits() ^ theirs.to_bits();
                differing.leading_zeros() >= self.prefix
            }
            _ => false,
        }
    }
}

/// Whether the text has the wildcard's form: on a mismatch, the last `Any` takes one more.
fn wild(glyphs: &[Glyph], text: &[char]) -> bool {
    let (mut glyph, mut at) = (0, 0);
    let mut last: Option<(usize, usize)> = None;
    while at < text.len() {
        match glyphs.get(glyph) {
            Some(Glyph::One(wanted)) if *wanted == text[at] => {
                glyph += 1;
                at += 1;
            }
            Some(Glyph::Any) => {
                last = Some((glyph, at));
                glyph += 1;
            }
            _ => {
                let Some((any, from)) = last else {
                    return false;
                };
                last = Some((any, from + 1));
                glyph = any + 1;
                at = from + 1;
            }
        }
    }
    glyphs[glyph..].iter().all(|rest| *rest == Glyph::Any)
}
