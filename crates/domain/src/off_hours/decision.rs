//! What was decided about one service or group.

use super::concerns::Concern;
use crate::resting::{Action, Errand, Reason, Subject};

/// What was decided about one service or group.
#[derive(Debug)]
pub(super) struct Decision {
    /// What, and why.
    pub(super) reason: Reason,
    /// The steps, if there is anything to do.
    pub(super) actions: Vec<Action>,
    /// What people should know of it.
    pub(super) concerns: Vec<Concern>,
}

impl Decision {
    pub(super) fn nothing(reason: Reason) -> Self {
        Self::act(reason, Vec::new())
    }

    pub(super) fn act(reason: Reason, actions: Vec<Action>) -> Self {
        Self {
            reason,
            actions,
            concerns: Vec::new(),
        }
    }

    pub(super) fn concerned(mut self, concern: Option<Concern>) -> Self {
        self.concerns.extend(concern);
        self
    }

    /// Whether it rests on a look at the service, so that trouble it does not name is over.
    pub(super) fn judged(&self) -> bool {
        !matches!(self.reason, Reason::ClaimedElsewhere | Reason::MalformedTag)
    }

    /// The errand, if there is anything to do.
    pub(super) fn errand(&self, subject: Subject) -> Option<Errand> {
        (!self.actions.is_empty()).then(|| Errand {
            subject,
            reason: self.reason.clone(),
            actions: self.actions.clone(),
        })
    }
}
