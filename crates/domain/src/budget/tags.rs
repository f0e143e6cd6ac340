//! The tag that says what a budget may stop.

use crate::tag::Tags;
use crate::tag::{Cursor, TagError};

/// The tag that says what a budget may stop.
pub const BUDGET: &str = "caretaker:budget";

/// The rank of a service that names none: in the middle, so that what is dear to somebody and
/// what is not can both be said of a few services alone.
pub const DEFAULT_RANK: u32 = 50;

const EXAMPLE: &str = "stop/20";
const LARGEST_RANK: u32 = 99;

/// What a budget may do with a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Intent {
    /// Neither it nor its cluster has the tag: it is never touched.
    Untagged,
    /// It runs on, whatever it costs.
    Keep,
    /// It stops when the budget is spent; low ranks go first.
    Stop {
        /// 0 to 99.
        rank: u32,
    },
    /// The tag cannot be read: it is left as it is.
    Malformed {
        /// What it says.
        text: String,
        /// What is wrong with it.
        error: String,
    },
}

impl Intent {
    /// Reads the tag; the cluster's is the default.
    pub fn of(own: &Tags, cluster: &Tags) -> Self {
        let Some(text) = own.get(BUDGET).or_else(|| cluster.get(BUDGET)) else {
            return Self::Untagged;
        };
        parse(text).unwrap_or_else(|error| Self::Malformed {
            text: text.clone(),
            error: error.to_string(),
        })
    }
}

/// Reads `stop`, `stop/RANK` or `keep`, in upper or lower case.
pub fn parse(text: &str) -> Result<Intent, TagError> {
    let mut cursor = Cursor::of_tag(text, EXAMPLE)?;
    let word = cursor.until(|c| c == '/' || c == ' ');
    if word.text.eq_ignore_ascii_case("keep") {
        cursor.end("the end: what is kept has no rank")?;
        return Ok(Intent::Keep);
    }
    if !word.text.eq_ignore_ascii_case("stop") {
        return Err(cursor.refuse(word, "\"stop\" or \"keep\""));
    }
    let mut rank = DEFAULT_RANK;
    if cursor.take('/') {
        let digits = cursor.until(|c| c == ' ');
        let number = Some(digits.text).filter(|text| text.bytes().all(|b| b.is_ascii_digit()));
        let number = number.and_then(|text| text.parse().ok());
        rank = number
            .filter(|rank| *rank <= LARGEST_RANK)
            .ok_or_else(|| cursor.refuse(digits, "a rank from 0 to 99"))?;
    }
    cursor.end("\"/\" and a rank, or the end")?;
    Ok(Intent::Stop { rank })
}
