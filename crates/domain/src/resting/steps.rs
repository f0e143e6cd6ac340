//! The steps in which a service is put to rest and woken, in the order that loses nothing if a run
//! crashes between any two of them.

use jiff::Timestamp;

use super::observed::Live;
use super::plan::Action;
use crate::arn::ServiceArn;
use crate::capacity::{Bounds, ServiceCapacity};
use crate::hold::Holds;
use crate::rest::{Claim, Rest, ServiceRest, Version};

/// A service that a run is about to change.
#[derive(Clone, Copy, Debug)]
pub struct Steps<'a> {
    /// Which.
    pub service: &'a ServiceArn,
    /// What ECS says of it.
    pub live: &'a Live,
    /// Who is about to change it, and until when that can be done.
    pub claim: &'a Claim,
    /// Now.
    pub now: Timestamp,
}

impl Steps<'_> {
    /// Its first rest, or the first after it was handed back; `floor` tasks stay.
    pub fn go_to_rest(&self, holds: Holds, floor: u32, replaces: Option<Version>) -> Vec<Action> {
        let saved = self.live.capacity();
        let written = saved.at_rest(floor);
        let begun = Rest::begun(holds, saved, written, self.claim.clone(), self.now);
        self.set_to_rest(begun, replaces)
    }

    /// The same rest once more. Its bounds stay as they were written first, so that at any moment
    /// each of them is either what was saved or what was written, or somebody else's.
    pub fn rest_again(&self, rest: &ServiceRest, holds: Holds, floor: u32) -> Vec<Action> {
        let written = ServiceCapacity {
            desired: rest.saved.at_rest(floor).desired,
            ..rest.written.clone()
        };
        let again = rest.rested_again(holds, written, self.claim.clone());
        self.set_to_rest(again, Some(rest.version))
    }

    /// The intent in the ledger, then the target's bounds and flags, then the count, then the
    /// ledger again. The order matters: a target whose minimum is above the count would raise it.
    fn set_to_rest(&self, mut rest: ServiceRest, replaces: Option<Version>) -> Vec<Action> {
        rest.deployment = self.live.deployment_id();
        let settled = rest.settled(self.now);
        let mut actions = vec![self.record(rest.clone(), replaces)];
        actions.extend(self.scale(&rest.written));
        actions.extend(self.count(rest.written.desired));
        actions.push(self.record(settled, Some(rest.version)));
        actions
    }

    /// The intent in the ledger, then the count, then the target's own bounds, then the ledger
    /// again. The count comes first: restoring the minimum of a target above the count would do
    /// the same by way of Auto Scaling, once for the minimum and once more for the count.
    pub fn wake(&self, rest: &ServiceRest) -> Vec<Action> {
        let restored = self.restored(rest);
        let lifted = rest.lifted(self.claim.clone(), self.now);
        let woken = lifted.woken(restored.clone(), self.now);
        let mut actions = vec![self.record(lifted.clone(), Some(rest.version))];
        actions.extend(self.count(restored.desired));
        actions.extend(self.scale(&restored));
        actions.push(self.record(woken, Some(lifted.version)));
        actions
    }

    /// The capacity that it wakes with.
    pub fn restored(&self, rest: &ServiceRest) -> ServiceCapacity {
        ServiceCapacity::restored(&rest.saved, &self.live.capacity(), &rest.written)
    }

    /// Only the record changes, if anything does.
    pub fn hold(
        &self,
        rest: &ServiceRest,
        holds: Holds,
        deployment: Option<String>,
    ) -> Vec<Action> {
        if holds == rest.holds && deployment == rest.deployment {
            return Vec::new();
        }
        let mut held = rest.held(holds);
        held.deployment = deployment;
        vec![self.record(held, Some(rest.version))]
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
            service: self.service.clone(),
            bounds,
        })
    }

    fn count(&self, desired: u32) -> Option<Action> {
        (desired != self.live.desired).then(|| Action::UpdateService {
            service: self.service.clone(),
            desired,
        })
    }

    fn record(&self, rest: ServiceRest, replaces: Option<Version>) -> Action {
        Action::RecordService {
            service: self.service.clone(),
            rest: Box::new(rest),
            replaces,
        }
    }
}
