//! What the person who asked is told.

use std::fmt;

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::money::usd;
use super::name::BudgetName;

/// What the person who asked is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The services get back what they had; they stop again at this many USD.
    Restoring {
        /// None if the limit alone counts.
        up_to: Option<Decimal>,
        /// The other budgets that are spent: what they want at rest stays so.
        kept_by: Vec<BudgetName>,
    },
    /// Nothing was stopped; from now on no more than this may be spent.
    Allowed {
        /// So many USD, less than before.
        up_to: Decimal,
    },
    /// Nothing is stopped until then.
    Vetoed {
        /// Until when.
        until: Timestamp,
    },
    /// What was asked is not done.
    Refused(Refusal),
}

/// Why what was asked is not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such budget here.
    UnknownBudget,
    /// Nothing is known of it yet.
    NothingKnown,
    /// It has stopped nothing.
    NothingStopped,
    /// It was asked before the stop that it would end.
    OlderThanTheStop {
        /// When the stop began.
        stopped: Timestamp,
    },
    /// Without `allow` it would stop again at once.
    NeedsAllow {
        /// What is known to be spent, in USD.
        spend: Decimal,
    },
    /// The amount is not above zero.
    AllowsNothing,
    /// The stop has begun: a veto comes too late.
    StopHasBegun,
    /// The moment is past.
    Past,
    /// The moment is further away than a veto may last.
    TooLong {
        /// The last moment that is taken.
        latest: Timestamp,
    },
    /// The suite is about to be deleted.
    Closing,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownBudget => f.write_str("no budget of that name is watched here"),
            Self::NothingKnown => f.write_str("nothing could be read of that budget yet"),
            Self::NothingStopped => f.write_str("that budget has stopped nothing"),
            Self::OlderThanTheStop { stopped } => {
                write!(f, "the stop began at {stopped}, after this was asked")
            }
            Self::NeedsAllow { spend } => write!(
                f,
                "{} are spent, so it would stop again at once; say with \"allow\" how many USD more \
                 may be spent, for example \"3.00\"",
                usd(*spend)
            ),
            Self::AllowsNothing => f.write_str("allow: must be more than 0, for example \"3.00\""),
            Self::StopHasBegun => {
                f.write_str("the stop has begun; ask for \"restore\" with an \"allow\" instead")
            }
            Self::Past => f.write_str("until: is past"),
            Self::TooLong { latest } => write!(f, "until: is later than {latest}"),
            Self::Closing => f.write_str("the suite is about to be deleted"),
        }
    }
}
