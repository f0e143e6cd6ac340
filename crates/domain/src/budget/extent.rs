//! How far a stop goes, as it was told: what is remembered of its notice.

use std::fmt;

use jiff::Timestamp;

/// The words of a stop of everything, of some services, and of one under a limit that was raised.
const EVERYTHING: &str = "everything";
const SOME: &str = "some";
const RAISED: &str = "raised";

/// How far a stop goes. People are told again if it goes further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Extent {
    /// Since when.
    pub(super) since: Timestamp,
    /// No restore by itself before then.
    pub(super) until: Timestamp,
    /// Whether everything tagged `stop` stops.
    pub(super) whole: bool,
    /// How many services are to be at rest; of those told, the most.
    pub(super) services: usize,
    /// Whether the limit is above the spend again.
    pub(super) raised: bool,
}

impl Extent {
    /// Reads what was told; none if it is something else.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let words: Vec<&str> = text.split(' ').collect();
        let (words, raised) = match &words[..] {
            [words @ .., RAISED] => (words, true),
            words => (words, false),
        };
        let [since, until, scope, services] = words else {
            return None;
        };
        Some(Self {
            since: since.parse().ok()?,
            until: until.parse().ok()?,
            whole: match *scope {
                EVERYTHING => true,
                SOME => false,
                _ => return None,
            },
            services: services.parse().ok()?,
            raised,
        })
    }

    /// Whether the only news beside what was told is that services join those that are at rest.
    pub(super) fn only_grows(self, told: Self) -> bool {
        let grown = Self {
            services: self.services,
            ..told
        };
        told.services > 0 && self == grown
    }
}

impl fmt::Display for Extent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scope = if self.whole { EVERYTHING } else { SOME };
        let Self {
            since,
            until,
            services,
            ..
        } = self;
        write!(f, "{since} {until} {scope} {services}")?;
        match self.raised {
            true => write!(f, " {RAISED}"),
            false => Ok(()),
        }
    }
}
