//! The two texts that must be very short: the subject and the SMS.

use super::clean::line;
use super::fold;
use super::story::Story;
use crate::cut::cut_ascii;

/// SNS takes subjects of less than 100 characters
/// (<https://docs.aws.amazon.com/sns/latest/api/API_Publish.html>).
const SUBJECT: usize = 99;

/// One part of an SMS takes 160 characters of the basic GSM alphabet (same page); the rest is room
/// for the sender name that SNS may put before the text.
const SMS: usize = 140;

const STACK: usize = 32;

/// `ALARM: checkout does not have its capacity (ecs-caretaker)`.
pub(super) fn subject(story: &Story) -> String {
    let subject = format!("{}: {} ({})", story.state(), story.title, story.stack);
    cut_ascii(&plain(&subject), SUBJECT)
}

/// `ecs-caretaker ALARM since 06:45 Europe/Berlin: checkout does not have its capacity.`
pub(super) fn sms(story: &Story) -> String {
    let stack = cut_ascii(&fold::gsm(&plain(&story.stack)), STACK);
    let state = if story.resolved {
        "OK".to_owned()
    } else {
        format!("ALARM since {}", story.began)
    };
    let sentence = fold::gsm(&plain(&format!("{stack} {state}: {}.", story.title)));
    cut_ascii(&sentence, SMS)
}

/// Cleaned again, because one letter can become two, and two after a dot look like a domain.
fn plain(text: &str) -> String {
    line(&fold::ascii(text))
}
