//! What was decided about one service or group.

use super::concerns::Concern;
use crate::notice::Kind;
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

    /// What is right again when trouble of this kind is over that it does not name, if it can say
    /// so. A decision that did not look at the service can say so only of its tags; what a wake
    /// could not give back is over when the next rest saves what is there now; and what others
    /// announce is theirs to withdraw.
    pub(super) fn right_again(&self, kind: Kind) -> Option<&'static str> {
        let judged = !matches!(self.reason, Reason::ClaimedElsewhere | Reason::MalformedTag);
        let begins_anew = matches!(
            self.reason,
            Reason::GoesToRest | Reason::CreatedAnew | Reason::Deleted | Reason::NotTagged
        );
        match kind {
            Kind::MalformedTag => Some("no tag is malformed any more"),
            Kind::OverrideIgnored => Some("no override is ignored any more"),
            Kind::DeploymentBlocksRest if judged => Some("no deployment is in the way of its rest"),
            Kind::WaveNotSteady if judged => Some("it is steady, or at rest again"),
            Kind::CapacityChangedAtRest if judged => Some("its count is no longer changed at rest"),
            Kind::TargetGone | Kind::NotRestored if begins_anew => {
                Some("what it has now is what it will be woken with")
            }
            _ => None,
        }
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
