//! AWS's bad days, as a scenario writes them.

use std::fmt;

use serde::Deserialize;

use super::counted;
use crate::fault::{Fault, Rule};

/// Which calls fail, and how.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FaultRule {
    /// How they fail.
    pub kind: Kind,
    /// The action; none is every action.
    pub action: Option<String>,
    /// The caller; none is every caller.
    pub caller: Option<String>,
    /// A text that the call must contain.
    pub mentions: Option<String>,
    /// How many calls are let through first.
    #[serde(default)]
    pub skip: usize,
    /// How many fail after that.
    #[serde(default = "once")]
    pub times: usize,
}

/// How a call fails.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Throttled.
    Throttle,
    /// A 5xx.
    ServerError,
    /// Refused by IAM.
    AccessDenied,
    /// No answer and no effect.
    TimeoutBefore,
    /// No answer, but the effect.
    TimeoutAfter,
    /// The connection breaks.
    Reset,
    /// The function dies before the effect.
    CrashBefore,
    /// The function dies after the effect.
    CrashAfter,
}

fn once() -> usize {
    1
}

impl fmt::Display for FaultRule {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.action.as_deref().unwrap_or("every call"))?;
        if let Some(caller) = &self.caller {
            write!(out, " by {caller}")?;
        }
        write!(out, ": {}", self.kind.words())?;
        match self.times {
            1 => out.write_str(", once")?,
            times => write!(out, ", {times} times")?,
        }
        match self.skip {
            0 => Ok(()),
            skip => write!(out, " after {}", counted(skip, "good call")),
        }
    }
}

impl FaultRule {
    /// The rule for the account.
    pub(super) fn rule(&self) -> Rule {
        Rule {
            fault: self.kind.fault(),
            action: self.action.clone(),
            caller: self.caller.clone(),
            mentions: self.mentions.clone(),
            skip: self.skip,
            times: self.times,
        }
    }
}

impl Kind {
    fn words(self) -> &'static str {
        match self {
            Self::Throttle => "throttled",
            Self::ServerError => "answered with a 5xx",
            Self::AccessDenied => "denied",
            Self::TimeoutBefore => "no answer and no effect",
            Self::TimeoutAfter => "an effect without an answer",
            Self::Reset => "a broken connection",
            Self::CrashBefore => "a crash before the effect",
            Self::CrashAfter => "a crash after the effect",
        }
    }

    fn fault(self) -> Fault {
        match self {
            Self::Throttle => Fault::Throttle,
            Self::ServerError => Fault::ServerError,
            Self::AccessDenied => Fault::AccessDenied,
            Self::TimeoutBefore => Fault::TimeoutBefore,
            Self::TimeoutAfter => Fault::TimeoutAfter,
            Self::Reset => Fault::Reset,
            Self::CrashBefore => Fault::CrashBefore,
            Self::CrashAfter => Fault::CrashAfter,
        }
    }
}
