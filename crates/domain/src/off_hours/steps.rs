//! The steps that a decision about a service takes, in the order that loses nothing if a run
//! crashes between any two of them.

use super::concerns::Concern;
use super::decision::Decision;
use super::plan::Action;
use super::reason::Reason;
use super::service::Case;
use super::{losses, trouble};
use crate::capacity::{Bounds, ServiceCapacity};
use crate::hold::Holds;
use crate::rest::{Rest, ServiceRest, Version};

impl Case<'_> {
    /// Its first rest, or the first after it was handed back.
    pub(super) fn go_to_rest(&self, holds: Holds, replaces: Option<Version>) -> Decision {
        let saved = self.live.capacity();
        let written = saved.at_rest(self.floor(&holds));
        let claim = self.moment.claim.clone();
        let begun = Rest::begun(holds, saved, written, claim, self.moment.now);
        self.set_to_rest(Reason::GoesToRest, begun, replaces)
    }

    /// The same rest once more. Its bounds stay as they were written first, so that at any moment
    /// each of them is either what was saved or what was written, or somebody else's.
    pub(super) fn rest_again(&self, reason: Reason, rest: &ServiceRest, holds: Holds) -> Decision {
        let written = ServiceCapacity {
            desired: rest.saved.at_rest(self.floor(&holds)).desired,
            ..rest.written.clone()
        };
        let again = rest.rested_again(holds, written, self.moment.claim.clone());
        self.set_to_rest(reason, again, Some(rest.version))
    }

    /// The intent in the ledger, then the target's bounds and flags, then the count, then the
    /// ledger again. The order matters: a target whose minimum is above the count would raise it.
    fn set_to_rest(
        &self,
        reason: Reason,
        mut rest: ServiceRest,
        replaces: Option<Version>,
    ) -> Decision {
        rest.deployment = self.live.deployment_id();
        let settled = rest.settled(self.moment.now);
        let mut actions = vec![self.record(rest.clone(), replaces)];
        actions.extend(self.scale(&rest.written));
        actions.extend(self.count(rest.written.desired));
        actions.push(self.record(settled, Some(rest.version)));
        Decision::act(reason, actions).concerned(self.interrupted())
    }

    /// The intent in the ledger, then the count, then the target's own bounds, then the ledger
    /// again. The count comes first: restoring the minimum of a target above the count would do
    /// the same by way of Auto Scaling, once for the minimum and once more for the count.
    pub(super) fn wake(&self, rest: &ServiceRest) -> Decision {
        let restored = ServiceCapacity::restored(&rest.saved, &self.live.capacity(), &rest.written);
        let lifted = rest.lifted(self.moment.claim.clone(), self.moment.now);
        let woken = lifted.woken(restored.clone(), self.moment.now);
        let mut actions = vec![self.record(lifted.clone(), Some(rest.version))];
        actions.extend(self.count(restored.desired));
        actions.extend(self.scale(&restored));
        actions.push(self.record(woken, Some(lifted.version)));
        let lost = losses::of_service(self.arn, &rest.saved, &restored, self.moment.now);
        Decision::act(Reason::Wakes, actions).concerned(lost)
    }

    /// Only the record changes, if anything does.
    pub(super) fn held(
        &self,
        reason: Reason,
        rest: &ServiceRest,
        holds: Holds,
        deployment: Option<String>,
    ) -> Decision {
        if holds == rest.holds && deployment == rest.deployment {
            return Decision::nothing(reason);
        }
        let mut held = rest.held(holds);
        held.deployment = deployment;
        Decision::act(reason, vec![self.record(held, Some(rest.version))])
    }

    /// A target that is there is moved; one that was deleted meanwhile is not made again.
    fn scale(&self, to: &ServiceCapacity) -> Option<Action> {
        let (theirs, to) = (self.live.bounds?, to.bounds?);
        let bounds = Bounds {
            max: theirs.max,
            min: to.min.min(theirs.max),
            suspended: to.suspended,
        };
        (bounds != theirs).then(|| Action::RegisterScalableTarget {
            service: self.arn.clone(),
            bounds,
        })
    }

    fn count(&self, desired: u32) -> Option<Action> {
        (desired != self.live.desired).then(|| Action::UpdateService {
            service: self.arn.clone(),
            desired,
        })
    }

    fn record(&self, rest: ServiceRest, replaces: Option<Version>) -> Action {
        Action::RecordService {
            service: self.arn.clone(),
            rest: Box::new(rest),
            replaces,
        }
    }

    /// It is put to rest in the middle of a deployment.
    fn interrupted(&self) -> Option<Concern> {
        let deployment = self.live.deployment.as_ref();
        let deployment = deployment.filter(|deployment| deployment.in_progress)?;
        Some(trouble::deployment_blocks(self.arn, deployment))
    }
}
