//! Why nothing can be decided about a budget.

use std::fmt;

use jiff::Timestamp;

/// Why nothing can be decided about a budget.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Blind {
    /// There is no budget of that name.
    Missing,
    /// It is not configured any more; the ledger remembers it.
    NotConfigured,
    /// AWS says that it cannot be relied on, for this reason.
    Unhealthy {
        /// `HealthStatusReason`, such as `BILLING_VIEW_UNHEALTHY`.
        reason: String,
    },
    /// We may not ask.
    Denied {
        /// The call.
        call: String,
    },
    /// AWS answered too seldom.
    Throttled {
        /// The call.
        call: String,
    },
    /// A call failed for another reason.
    Failed {
        /// The call.
        call: String,
        /// What was said.
        error: String,
    },
    /// AWS said something that we cannot read.
    Unreadable {
        /// Which field, and what it says.
        what: String,
    },
    /// It does not count US dollars.
    OtherUnit {
        /// What it counts.
        unit: String,
    },
    /// It has not begun.
    NotBegun {
        /// When it does.
        starts: Timestamp,
    },
    /// Its end has passed.
    Ended {
        /// When.
        ended: Timestamp,
    },
    /// Somebody edited it, which sets its spend to zero until new data arrive.
    Edited {
        /// When.
        edited: Timestamp,
    },
    /// A period has begun, and what it reports may still be the old one's.
    NewPeriod {
        /// When it began.
        began: Timestamp,
    },
    /// Edits and new periods have followed each other for so long that it should have been read.
    Unread {
        /// Since when nothing could be believed.
        since: Timestamp,
    },
    /// It reports no spend, although things that cost money have run.
    NoSpend,
    /// It has reported the same for too long, although things that cost money have run.
    Stale {
        /// Since when.
        since: Timestamp,
    },
}

impl Blind {
    /// A short, stable name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::NotConfigured => "not-configured",
            Self::Unhealthy { .. } => "unhealthy",
            Self::Denied { .. } => "denied",
            Self::Throttled { .. } => "throttled",
            Self::Failed { .. } => "failed",
            Self::Unreadable { .. } => "unreadable",
            Self::OtherUnit { .. } => "other-unit",
            Self::NotBegun { .. } => "not-begun",
            Self::Ended { .. } => "ended",
            Self::Edited { .. } => "edited",
            Self::NewPeriod { .. } => "new-period",
            Self::Unread { .. } => "unread",
            Self::NoSpend => "no-spend",
            Self::Stale { .. } => "stale",
        }
    }

    /// Whether nobody needs to be told: it passes by itself within a day or so, or it is what the
    /// owner of the budget did.
    pub fn passes(&self) -> bool {
        matches!(
            self,
            Self::Edited { .. } | Self::NewPeriod { .. } | Self::NotConfigured
        )
    }
}

impl fmt::Display for Blind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("AWS Budgets knows no budget of that name"),
            Self::NotConfigured => f.write_str("it is not among the watched budgets any more"),
            Self::Unhealthy { reason } => write!(f, "AWS Budgets calls it unhealthy: {reason}"),
            Self::Denied { call } => write!(f, "AWS refused {call}"),
            Self::Throttled { call } => write!(f, "AWS throttled {call}"),
            Self::Failed { call, error } => write!(f, "{call} did not succeed: {error}"),
            Self::Unreadable { what } => write!(f, "AWS said something unreadable: {what}"),
            Self::OtherUnit { unit } => write!(f, "it counts {unit}, not USD"),
            Self::NotBegun { starts } => write!(f, "it begins at {starts}"),
            Self::Ended { ended } => write!(f, "it ended at {ended}"),
            Self::Edited { edited } => write!(f, "it was edited at {edited}; no data since"),
            Self::NewPeriod { began } => {
                write!(f, "its period began at {began}; no data of its own yet")
            }
            Self::Unread { since } => {
                write!(
                    f,
                    "it has reported nothing that can be believed since {since}"
                )
            }
            Self::NoSpend => f.write_str("it reports no spend although something runs"),
            Self::Stale { since } => write!(f, "it has reported the same since {since}"),
        }
    }
}
