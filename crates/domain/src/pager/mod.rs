//! What the pager says: from a notice to the texts that reach people. Pure; nothing is sent here.

mod chat;
mod clean;
mod command;
mod consequence;
pub mod dead_letter;
mod decide;
mod email;
mod fold;
mod moment;
mod short;
mod story;
mod undelivered;
mod wording;

use jiff::Timestamp;
use jiff::tz::TimeZone;

pub use chat::CustomNotification;
pub use decide::{Action, Heard, Plan, Reason, decide};

use crate::notice::Notice;
use story::Story;

/// A notice, and where the bus says that it comes from.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Delivered {
    /// What one of our functions has to tell.
    pub notice: Notice,
    /// The account of the event.
    pub account: String,
    /// The region of the event.
    pub region: String,
}

/// Who writes, and in whose time.
#[derive(Clone, Debug)]
pub struct Letterhead {
    /// The name of the stack that Caretaker was deployed as.
    pub stack: String,
    /// The time zone of the team.
    pub zone: TimeZone,
}

/// One page, in the words of every channel. All of it is clean and within the channel's limits.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Page {
    /// The subject of the message.
    pub subject: String,
    /// For chat, by way of Amazon Q Developer.
    pub chat: CustomNotification,
    /// For mail.
    pub email: String,
    /// For phones.
    pub sms: String,
}

/// The page that a notice becomes when it is read at `now`.
pub fn compose(delivered: &Delivered, letterhead: &Letterhead, now: Timestamp) -> Page {
    let story = Story::tell(delivered, letterhead, now);
    Page {
        subject: short::subject(&story),
        chat: chat::notification(&story),
        email: email::letter(&story),
        sms: short::sms(&story),
    }
}
