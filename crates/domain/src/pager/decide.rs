//! What the pager does about an event.

use jiff::Timestamp;

use super::dead_letter::DeadLetter;
use super::{Delivered, Letterhead, Page, compose};

/// What an event turned out to be.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Heard {
    /// A notice from one of our functions.
    Notice(Box<Delivered>),
    /// Messages of the suite's dead-letter queue.
    DeadLetters(Vec<DeadLetter>),
    /// An event that is not ours.
    Foreign {
        /// Who sent it.
        source: String,
    },
    /// An event of ours that is not a notice.
    UnknownDetailType {
        /// What it calls itself.
        detail_type: String,
    },
}

/// What to do, and why.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Plan {
    /// Why.
    pub reason: Reason,
    /// What, in order.
    pub actions: Vec<Action>,
}

/// Everything the pager can do.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Action {
    /// Publish a page to the topic.
    Publish(Page),
}

/// Why the pager does what it does.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Reason {
    /// Something is wrong.
    Wrong,
    /// Something is right again.
    RightAgain,
    /// AWS gave up on an event.
    Undelivered,
    /// The event is not from Caretaker.
    ForeignSource,
    /// The event is from Caretaker, and not a notice.
    UnknownDetailType,
}

impl Reason {
    /// The name it has in logs and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Wrong => "wrong",
            Self::RightAgain => "right-again",
            Self::Undelivered => "undelivered",
            Self::ForeignSource => "foreign-source",
            Self::UnknownDetailType => "unknown-detail-type",
        }
    }
}

/// Every notice and every dead letter is one page; any other event is none.
pub fn decide(heard: &Heard, letterhead: &Letterhead, now: Timestamp) -> Plan {
    match heard {
        Heard::Notice(delivered) => Plan {
            reason: if delivered.notice.resolved {
                Reason::RightAgain
            } else {
                Reason::Wrong
            },
            actions: vec![Action::Publish(compose(delivered, letterhead, now))],
        },
        Heard::DeadLetters(letters) => Plan {
            reason: Reason::Undelivered,
            actions: letters
                .iter()
                .map(|letter| Action::Publish(compose(&told(letter, letterhead), letterhead, now)))
                .collect(),
        },
        Heard::Foreign { .. } => nothing(Reason::ForeignSource),
        Heard::UnknownDetailType { .. } => nothing(Reason::UnknownDetailType),
    }
}

/// A dead letter, as if it were a notice from where its queue is.
fn told(letter: &DeadLetter, letterhead: &Letterhead) -> Delivered {
    Delivered {
        notice: letter.notice(letterhead),
        account: letter.account.clone(),
        region: letter.region.clone(),
    }
}

fn nothing(reason: Reason) -> Plan {
    Plan {
        reason,
        actions: Vec::new(),
    }
}
