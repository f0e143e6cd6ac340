//! What this function sends to itself: at this moment, look again.

use domain::drain::Says;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use shell::json::BadField;

use super::{Heard, instant, part};

/// The source of what the suite says.
pub(super) const SOURCE: &str = "caretaker";
/// The type of the message.
pub(super) const LOOK_AGAIN: &str = "Look Again";

/// A chain of looks is cut here, whatever planned it. Lambda stops a function that is invoked about
/// 16 times by the messages that it sends to itself.
/// Source: <https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html>.
pub(crate) const HOPS: u8 = 8;

#[derive(Debug, Deserialize)]
struct Look {
    at: String,
    hop: u8,
}

pub(super) fn read(detail: Value) -> Result<Heard, BadField> {
    let look: Look = part("detail", detail)?;
    instant("detail.at", &look.at)?;
    Ok(match look.hop <= HOPS {
        true => Says::Look { hop: look.hop }.into(),
        false => Heard::NotForUs("a-look-of-too-many-hops"),
    })
}

/// The body of the message that makes the function look at this moment.
pub(crate) fn write(planned: Timestamp, at: Timestamp, hop: u8) -> Value {
    json!({
        "source": SOURCE,
        "detail-type": LOOK_AGAIN,
        "time": planned.to_string(),
        "detail": { "at": at.to_string(), "hop": hop },
    })
}
