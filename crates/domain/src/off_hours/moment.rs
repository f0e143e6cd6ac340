//! What a decision depends on beside what was observed.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use crate::hours::holidays::Holidays;
use crate::hours::zone::Zone;
use crate::rest::{Claim, Rest};

/// The rules of this installation, from the template's parameters.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The zone of hours that name none.
    pub default_zone: Zone,
    /// Days that are not what their weekday says.
    pub holidays: Arc<Holidays>,
    /// How long a service that is new or redeployed at night stays awake.
    pub night_grace: SignedDuration,
    /// How long a deployment in progress keeps a service awake.
    pub deployment_patience: SignedDuration,
    /// How long a wave waits for the one before.
    pub wave_timeout: SignedDuration,
    /// Whether a budget is watched, so that there is a budget guard.
    pub watches_budgets: bool,
}

/// The rules, who decides, and when.
#[derive(Clone, Copy, Debug)]
pub struct Moment<'a> {
    /// The rules of this installation.
    pub policy: &'a Policy,
    /// Who is deciding, and until when it can act.
    pub claim: &'a Claim,
    /// The suite is about to be deleted.
    pub closing: bool,
    /// Now.
    pub now: Timestamp,
}

impl Moment<'_> {
    /// Whether another run is changing what this record is about.
    pub(super) fn claimed_elsewhere<C>(&self, rest: &Rest<C>) -> bool {
        let claim = rest.claim.as_ref();
        claim.is_some_and(|claim| claim.keeps_away(&self.claim.run, self.now))
    }
}
