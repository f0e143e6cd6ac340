//! What was announced to people and stands, and what is to be announced.

use jiff::Timestamp;

use crate::notice::Notice;

/// What a concern is about: an ARN and a kind.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConcernKey {
    /// The ARN.
    pub subject: String,
    /// The name of the notice's kind.
    pub kind: &'static str,
}

/// What was announced of a concern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Its text at that time.
    pub text: String,
    /// Since when it was so.
    pub since: Timestamp,
}

/// A notice to put on the bus, and what to remember of it afterwards.
#[derive(Clone, Debug, PartialEq)]
pub struct Announcement {
    /// What it is about.
    pub key: ConcernKey,
    /// What to remember as announced; none forgets it.
    pub told: Option<Told>,
    /// The notice.
    pub notice: Notice,
}
