//! Whether something held that was expected.

use jiff::Timestamp;

/// Whether something held.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// Whom it concerns, where it concerns one service or group.
    pub subject: Option<String>,
    /// When it must hold, where that is one moment.
    pub at: Option<Timestamp>,
    /// What must hold, without the time.
    pub what: String,
    /// What must hold.
    pub expected: String,
    /// What was seen instead; none if it held.
    pub instead: Option<String>,
}

impl Verdict {
    /// About the run as a whole.
    pub(super) fn overall(expected: String, instead: Option<String>) -> Self {
        Self {
            subject: None,
            at: None,
            what: expected.clone(),
            expected,
            instead,
        }
    }

    /// Whether it held.
    pub fn held(&self) -> bool {
        self.instead.is_none()
    }
}
