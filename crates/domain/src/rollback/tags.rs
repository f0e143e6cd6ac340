//! The tags that say whether a release may be rolled back.

use crate::tag::{Cursor, TagError, Tagged, Tags};

/// The tag of a service that says what is done for its failed releases.
pub const ROLLBACK: &str = "caretaker:rollback";
/// The tag of a service or of a task definition that says that what came before it may not come
/// back: data is in a form that older code cannot read. Its value, which may not be empty, says
/// which migration that is.
pub const MIGRATION: &str = "caretaker:migration";
/// The tag of an alarm that names the service it is about, by its ARN.
pub const ALARM_OF: &str = "caretaker:service";
/// The tag of a copy of a task definition: see [`super::CopyMark`].
pub const COPY: &str = "caretaker:copy";

/// What is done for a release that fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mode {
    /// It is rolled back.
    Auto,
    /// People are told, with the command that rolls it back. Without a tag it is this.
    Page,
    /// Nothing: it is nobody's business here.
    Off,
}

impl Mode {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Auto, Self::Page, Self::Off];

    /// The name it has in the tag.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Page => "page",
            Self::Off => "off",
        }
    }
}

/// Reads the tag [`ROLLBACK`] of a service.
pub fn mode(tags: &Tags) -> Tagged<Mode> {
    Tagged::of(tags, ROLLBACK, parse)
}

fn parse(text: &str) -> Result<Mode, TagError> {
    let mut cursor = Cursor::of_tag(text, "auto")?;
    let typed = cursor.until(|c| c == ' ');
    let found = Mode::ALL
        .into_iter()
        .find(|mode| mode.name().eq_ignore_ascii_case(typed.text));
    let found = found.ok_or_else(|| cursor.refuse(typed, "\"auto\", \"page\" or \"off\""))?;
    cursor.end("the end")?;
    Ok(found)
}

/// Reads the tag [`MIGRATION`]. One without a value says nothing that could be told, and guards all
/// the same.
pub fn migration(tags: &Tags) -> Option<String> {
    let text = tags.get(MIGRATION)?.trim();
    Some(if text.is_empty() { "unnamed" } else { text }.to_owned())
}
