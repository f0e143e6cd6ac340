//! What happens to events and messages on their way to a function, as a scenario writes it.

use std::fmt;

use jiff::SignedDuration;
use serde::Deserialize;

use super::counted;
use crate::services::events::{Twist, Twisted};

/// Which deliveries are struck, and how.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Mishap {
    /// What happens to them.
    pub how: How,
    /// How much later they come, or come again.
    #[serde(default)]
    pub minutes: u32,
    /// A text that the target or the content must contain.
    pub mentions: String,
    /// How many are let through first.
    #[serde(default)]
    pub skip: usize,
    /// How many are struck after that.
    #[serde(default = "once")]
    pub times: usize,
}

/// What happens to a delivery.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// It comes again.
    Repeated,
    /// It comes late.
    Delayed,
    /// It never comes.
    Lost,
}

fn once() -> usize {
    1
}

impl Mishap {
    /// The mishap for the account.
    pub(super) fn twist(&self) -> Twist {
        let by = SignedDuration::from_mins(i64::from(self.minutes));
        Twist {
            twisted: match self.how {
                How::Repeated => Twisted::Repeated(by),
                How::Delayed => Twisted::Delayed(by),
                How::Lost => Twisted::Lost,
            },
            mentions: self.mentions.clone(),
            skip: self.skip,
            times: self.times,
        }
    }
}

impl fmt::Display for Mishap {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let minutes = counted(self.minutes as usize, "minute");
        write!(
            out,
            "{} for {}",
            counted(self.times, "message"),
            self.mentions
        )?;
        match self.how {
            How::Repeated => write!(out, " again after {minutes}"),
            How::Delayed => write!(out, " late by {minutes}"),
            How::Lost => out.write_str(" lost"),
        }
    }
}
