//! On-Demand capacity in place of Spot while a surge lasts: in proportion, capped, and reversed.

use super::{Tally, fleet};
use crate::drain::moment::Moment;
use crate::drain::plan::FallbackStep;
use crate::drain::seen::service::percent;
use crate::drain::seen::surge::{Incident, Raised};
use crate::drain::seen::world::{Group, Observed};

/// What is left to do about the On-Demand side before a surge can be closed.
pub(super) enum Lowered {
    /// Nothing: it was not raised, is as it was, or somebody else set it since.
    Nothing,
    /// It gets back what it had.
    Step(FallbackStep),
    /// It cannot be seen what it has.
    Unseen,
}

/// Raises the On-Demand base of the group by what is missing of it, and never above the cap. While
/// the surge lasts it only grows. While it is raised for another surge, a pool's or the fleet's, it
/// is that one's to give back.
pub(in crate::drain) fn raised(
    incident: &mut Incident,
    tally: &Tally<'_>,
    observed: &Observed,
    moment: Moment<'_>,
) -> Option<FallbackStep> {
    let policy = moment.policy.fallback.as_ref()?;
    let fleet = fleet(&incident.scope, observed)?;
    let name = fleet.group.as_ref()?;
    let mut others = observed.incidents.iter();
    let raised_already = others.any(|other| {
        let raised = other.fallback.as_ref();
        other.scope != incident.scope && raised.is_some_and(|raised| raised.group == *name)
    });
    if raised_already {
        return None;
    }
    let mixed = group(name, observed)?.mixed?;
    let missing = fleet.desired.saturating_sub(fleet.in_service);
    let missing = missing.max(tally.lost());
    let cap = percent(fleet.desired, policy.cap_percent, false);
    let more = missing.min(cap);
    let raised = incident.fallback.clone().unwrap_or_else(|| Raised {
        group: name.clone(),
        saved: mixed.base,
        seen: mixed.base,
        written: mixed.base,
    });
    let theirs = !raised.is_ours(mixed.base);
    let to = raised.saved.saturating_add(more).max(raised.written);
    if theirs || raised.group != *name || to == mixed.base {
        return None;
    }
    incident.fallback = Some(Raised {
        seen: mixed.base,
        written: to,
        ..raised
    });
    Some(FallbackStep {
        scope: incident.scope.clone(),
        group: name.clone(),
        from: mixed.base,
        to,
    })
}

/// What was raised for a surge, if the group has again what it had before.
pub(in crate::drain) fn given_back<'i>(
    incident: &'i Incident,
    observed: &Observed,
) -> Option<&'i Raised> {
    let raised = incident.fallback.as_ref()?;
    let mixed = group(&raised.group, observed)?.mixed?;
    (mixed.base == raised.saved).then_some(raised)
}

/// Gives the group back the On-Demand base that it had, unless somebody else set it since.
pub(super) fn lowered(incident: &Incident, observed: &Observed) -> Lowered {
    let Some(raised) = &incident.fallback else {
        return Lowered::Nothing;
    };
    let Some(group) = group(&raised.group, observed) else {
        return Lowered::Unseen;
    };
    match group.mixed {
        Some(mixed) if raised.is_ours(mixed.base) && mixed.base != raised.saved => {
            Lowered::Step(FallbackStep {
                scope: incident.scope.clone(),
                group: raised.group.clone(),
                from: mixed.base,
                to: raised.saved,
            })
        }
        _ => Lowered::Nothing,
    }
}

impl Raised {
    /// Whether a group has this base because of us; otherwise somebody else set it meanwhile.
    fn is_ours(&self, base: u32) -> bool {
        [self.saved, self.seen, self.written].contains(&base)
    }
}

pub(in crate::drain) fn group<'o>(name: &str, observed: &'o Observed) -> Option<&'o Group> {
    observed.groups.get(name)?.as_ref().ok()
}
