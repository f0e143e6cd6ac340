//! A person asks how things stand → an answer; nothing is changed.

use domain::drain::InstanceId;

/// A question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Question {
    /// Which drains are open, and how far is each?
    Status {
        /// Only this instance.
        instance: Option<InstanceId>,
    },
    /// Which services cannot leave an instance in the time that Spot gives?
    Drainability {
        /// Only those of this cluster, by name.
        cluster: Option<String>,
    },
}
