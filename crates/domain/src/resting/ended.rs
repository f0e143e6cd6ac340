//! How errands end.

/// How an errand ended, as far as people should know of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Every step was taken.
    Done,
    /// AWS refused a step.
    Refused(Refusal),
    /// There was no time; the next tick goes on.
    Left,
    /// In a way that says nothing of the service, or that the next delivery makes good.
    Otherwise,
}

/// An answer of AWS that will be the same next time, unless somebody does something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The API call.
    pub call: &'static str,
    /// The error's code.
    pub code: String,
    /// AWS's words.
    pub words: String,
    /// Whether it is for want of a permission.
    pub denied: bool,
}
