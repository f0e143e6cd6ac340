//! The tags that say what may be done for instances and for tasks that nobody replaces.

use crate::tag::{Cursor, TagError, Tagged, Tags};

/// The tag that says who drains: on a group, or on a cluster for all of its instances. On a service,
/// `off` keeps its capacity provider strategy as it is.
pub const DRAIN: &str = "caretaker:drain";
/// The tag that says what becomes of tasks that belong to no service: on a task, or on a cluster
/// for all of its tasks.
pub const STANDALONE: &str = "caretaker:standalone";

/// Who drains an instance that is about to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mode {
    /// We do, at once.
    Auto,
    /// ECS does, and we do if it has not begun in time. What it may not stop in time, we stop.
    Verify,
    /// Nobody asks us to: nothing of it is ever touched.
    Off,
}

impl Mode {
    /// The name it has in a tag.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Verify => "verify",
            Self::Off => "off",
        }
    }
}

/// What becomes of a task that belongs to no service and that nobody replaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standalone {
    /// It runs for as long as its instance does, and people are told.
    Leave,
    /// It is stopped while there is time for it to end properly.
    Stop,
}

impl Standalone {
    /// The name it has in a tag.
    pub fn name(self) -> &'static str {
        match self {
            Self::Leave => "leave",
            Self::Stop => "stop",
        }
    }
}

/// Reads the tag [`DRAIN`] of a cluster or a group.
pub fn drain(tags: &Tags) -> Tagged<Mode> {
    Tagged::of(tags, DRAIN, |text| {
        word(
            text,
            [Mode::Auto, Mode::Verify, Mode::Off],
            Mode::name,
            "\"auto\", \"verify\" or \"off\"",
            "auto",
        )
    })
}

/// Reads the tag [`STANDALONE`] of a cluster or a task.
pub fn standalone(tags: &Tags) -> Tagged<Standalone> {
    Tagged::of(tags, STANDALONE, |text| {
        word(
            text,
            [Standalone::Leave, Standalone::Stop],
            Standalone::name,
            "\"leave\" or \"stop\"",
            "stop",
        )
    })
}

/// Reads one of a few words, in upper or lower case.
fn word<T: Copy, const N: usize>(
    text: &str,
    words: [T; N],
    name: impl Fn(T) -> &'static str,
    expected: &'static str,
    example: &'static str,
) -> Result<T, TagError> {
    let mut cursor = Cursor::of_tag(text, example)?;
    let typed = cursor.until(|c| c == ' ');
    let found = words
        .into_iter()
        .find(|word| name(*word).eq_ignore_ascii_case(typed.text));
    let found = found.ok_or_else(|| cursor.refuse(typed, expected))?;
    cursor.end("the end")?;
    Ok(found)
}
