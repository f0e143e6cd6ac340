//! Values that a person types, read from left to right, and the error that says where one is wrong.

use std::collections::BTreeMap;
use std::fmt;

/// The tags of one resource by key.
pub type Tags = BTreeMap<String, String>;

/// A tag as it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tagged<T> {
    /// There is none.
    Absent,
    /// It says this.
    Says(T),
    /// It cannot be read, and is taken for absent.
    Malformed {
        /// What it says.
        text: String,
        /// What is wrong with it.
        error: String,
    },
}

impl<T: Copy> Tagged<T> {
    /// What it says, if it can be read.
    pub fn value(&self) -> Option<T> {
        match self {
            Self::Says(value) => Some(*value),
            Self::Absent | Self::Malformed { .. } => None,
        }
    }

    /// Reads the tag of this key.
    pub(crate) fn of(
        tags: &Tags,
        key: &str,
        parse: impl FnOnce(&str) -> Result<T, TagError>,
    ) -> Self {
        let Some(text) = tags.get(key) else {
            return Self::Absent;
        };
        parse(text).map_or_else(
            |error| Self::Malformed {
                text: text.clone(),
                error: error.to_string(),
            },
            Self::Says,
        )
    }
}

/// The most characters a tag value may have.
/// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Tag.html
pub const MAX_CHARACTERS: usize = 256;

/// A typed value that cannot be read: where it is wrong, what was expected, and a value that is
/// right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("at column {column}: expected {expected}, found {found}; for example \"{example}\"")]
pub struct TagError {
    /// The whole value, as it was typed.
    pub text: String,
    /// Where it is wrong: the first character is column 1.
    pub column: usize,
    /// What belongs there, in words.
    pub expected: &'static str,
    /// What stands there instead.
    pub found: Found,
    /// A complete value that is right.
    pub example: &'static str,
}

/// What stood where something else was expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// These characters.
    Text(String),
    /// The value ends here.
    End,
    /// The value has this many characters, which is too many.
    Characters(usize),
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Found::Text(text) => write!(f, "{text:?}"),
            Found::End => f.write_str("the end"),
            Found::Characters(count) => write!(f, "{count}"),
        }
    }
}

/// Reads a value from left to right and remembers where it is.
#[derive(Debug)]
pub(crate) struct Cursor<'t> {
    text: &'t str,
    at: usize,
    example: &'static str,
}

/// A piece of the value, and where it starts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Token<'t> {
    pub(crate) text: &'t str,
    at: usize,
}

impl<'t> Cursor<'t> {
    /// Reads a text of any length.
    pub(crate) fn new(text: &'t str, example: &'static str) -> Self {
        Cursor {
            text,
            at: 0,
            example,
        }
    }

    /// Reads the value of a tag, which has at most [`MAX_CHARACTERS`]; spaces around it mean
    /// nothing.
    pub(crate) fn of_tag(text: &'t str, example: &'static str) -> Result<Self, TagError> {
        let mut cursor = Cursor::new(text, example);
        if let Some((at, _)) = text.char_indices().nth(MAX_CHARACTERS) {
            let found = Found::Characters(text.chars().count());
            return Err(cursor.error(at, "at most 256 characters", found));
        }
        cursor.skip(|c| c == ' ');
        Ok(cursor)
    }

    /// Passes over every leading character that `skipped` names; false if there was none.
    pub(crate) fn skip(&mut self, skipped: impl Fn(char) -> bool) -> bool {
        let rest = self.rest().trim_start_matches(skipped);
        let moved = rest.len() < self.rest().len();
        self.at = self.text.len() - rest.len();
        moved
    }

    /// Passes over one or more spaces.
    pub(crate) fn space(&mut self, expected: &'static str) -> Result<(), TagError> {
        if self.skip(|c| c == ' ') {
            Ok(())
        } else {
            Err(self.refuse_next(expected))
        }
    }

    /// Passes over `wanted` if it is the next character.
    pub(crate) fn take(&mut self, wanted: char) -> bool {
        let found = self.rest().starts_with(wanted);
        if found {
            self.at += wanted.len_utf8();
        }
        found
    }

    /// Passes over `wanted`, in upper or lower case, if it is the next word.
    pub(crate) fn take_word(&mut self, wanted: &str) -> bool {
        let word = self.rest().split(' ').next().unwrap_or_default();
        let found = word.eq_ignore_ascii_case(wanted);
        if found {
            self.at += word.len();
        }
        found
    }

    /// Takes the characters up to the first that `ends` names. The result may be empty.
    pub(crate) fn until(&mut self, ends: impl Fn(char) -> bool) -> Token<'t> {
        let rest = self.rest();
        let token = Token {
            text: &rest[..rest.find(ends).unwrap_or(rest.len())],
            at: self.at,
        };
        self.at += token.text.len();
        token
    }

    /// The next character.
    pub(crate) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Whether everything is read.
    pub(crate) fn is_done(&self) -> bool {
        self.at == self.text.len()
    }

    /// Refuses whatever is left, but for spaces.
    pub(crate) fn end(&mut self, expected: &'static str) -> Result<(), TagError> {
        self.skip(|c| c == ' ');
        if self.is_done() {
            Ok(())
        } else {
            Err(self.refuse_next(expected))
        }
    }

    /// The error for a token that was read and is not what belongs there.
    pub(crate) fn refuse(&self, token: Token<'t>, expected: &'static str) -> TagError {
        let found = if token.text.is_empty() {
            word_at(self.text, token.at)
        } else {
            token.text
        };
        let found = if found.is_empty() {
            Found::End
        } else {
            Found::Text(found.to_owned())
        };
        self.error(token.at, expected, found)
    }

    /// The place before the next character.
    pub(crate) fn here(&self) -> Token<'t> {
        Token {
            text: "",
            at: self.at,
        }
    }

    /// The error for what comes next.
    pub(crate) fn refuse_next(&self, expected: &'static str) -> TagError {
        self.refuse(self.here(), expected)
    }

    fn error(&self, at: usize, expected: &'static str, found: Found) -> TagError {
        let column = self.text[..at].chars().count() + 1;
        TagError {
            text: self.text.to_owned(),
            column,
            expected,
            found,
            example: self.example,
        }
    }

    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }
}

/// What a person sees at `at`: the characters up to the next space, or that space.
fn word_at(text: &str, at: usize) -> &str {
    let rest = &text[at..];
    match rest.find(' ') {
        Some(0) => " ",
        Some(end) => &rest[..end],
        None => rest,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_one_sentence_with_a_column_that_people_count() {
        let mut cursor = Cursor::of_tag("é Mon", "Mon").unwrap();
        cursor.skip(|c| c == 'é');
        cursor.skip(|c| c == ' ');
        let token = cursor.until(|c| c == ' ');
        let error = cursor.refuse(token, "a number");
        assert_eq!(
            error.to_string(),
            "at column 3: expected a number, found \"Mon\"; for example \"Mon\""
        );
        let error = cursor.refuse_next("a zone");
        assert_eq!(
            error.to_string(),
            "at column 6: expected a zone, found the end; for example \"Mon\""
        );
    }

    #[test]
    fn a_tag_has_at_most_256_characters_not_bytes() {
        assert!(Cursor::of_tag(&"é".repeat(256), "x").is_ok());
        let error = Cursor::of_tag(&"é".repeat(300), "x").unwrap_err();
        assert_eq!(
            error.to_string(),
            "at column 257: expected at most 256 characters, found 300; for example \"x\""
        );
    }
}
