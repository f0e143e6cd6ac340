//! A few colours, where the terminal wants them.

/// Whether to colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paint {
    /// With escape codes.
    Colour,
    /// Plain text, for files, pipes and NO_COLOR (<https://no-color.org>).
    Plain,
}

impl Paint {
    /// What people must not miss: bold.
    pub(super) fn strong(self, text: &str) -> String {
        self.code("1", text)
    }

    /// What can be passed over: dim.
    pub(super) fn faint(self, text: &str) -> String {
        self.code("2", text)
    }

    /// What is as it should be: green.
    pub(super) fn good(self, text: &str) -> String {
        self.code("32", text)
    }

    /// What is not: red.
    pub(super) fn bad(self, text: &str) -> String {
        self.code("31", text)
    }

    /// What reaches people: yellow.
    pub(super) fn page(self, text: &str) -> String {
        self.code("33", text)
    }

    /// What people do: cyan.
    pub(super) fn person(self, text: &str) -> String {
        self.code("36", text)
    }

    fn code(self, code: &str, text: &str) -> String {
        match self {
            Self::Colour => format!("\x1b[{code}m{text}\x1b[0m"),
            Self::Plain => text.to_owned(),
        }
    }
}
