//! DRAINING: who set it, and whether we do.

use jiff::{SignedDuration, Timestamp};

use super::ending;
use super::scope::Scoped;
use super::{AGAIN, Open};
use crate::drain::plan::{IndexWrite, Member};
use crate::drain::reason::Reason;
use crate::drain::remembered::fold::Folded;
use crate::drain::remembered::record::Drainer;
use crate::drain::seen::ecs::Status;
use crate::drain::seen::tags::Mode;
use crate::drain::seen::world::{Place, Source};

impl Open<'_> {
    /// Sees who set it DRAINING, and when.
    pub(super) fn notice_draining(&mut self, folded: &Folded<'_>) {
        let now = self.now();
        let told = folded.seen.iter();
        let told = told.filter(|(_, seen)| seen.status == Status::Draining);
        let told = told.map(|(at, _)| *at).min();
        let is = |scoped: &Scoped| scoped.place.status == Status::Draining;
        let shown = self.scoped.iter().any(is).then_some(now);
        let Some(when) = told.or(shown) else { return };
        let first = self.drain.draining.is_none();
        self.drain.draining = self.drain.draining.min(Some(when)).or(Some(when));
        match self.drain.by {
            // Events count whole seconds.
            Drainer::Us { at } if told.is_some_and(|told| told.as_second() < at.as_second()) => {
                self.drain.by = Drainer::Other { seen: when };
            }
            Drainer::Nobody => {
                self.drain.by = Drainer::Other { seen: when };
                if first {
                    self.learn(when);
                }
            }
            Drainer::Us { .. } | Drainer::Other { .. } | Drainer::Undone { .. } => {}
        }
    }

    /// An instance that began to drain right after its warning without us is one of a fleet that
    /// drains by itself: its agent does, or somebody else's function.
    fn learn(&mut self, when: Timestamp) {
        let Some(warned) = self.drain.heard.doom() else {
            return;
        };
        let after = when.duration_since(warned);
        let soon = after >= SignedDuration::ZERO && after <= self.case.moment.policy.patience;
        let managed = self.scoped.iter().any(|scoped| scoped.managed);
        let seen_before = self.case.before.is_some();
        self.know(soon && seen_before && !managed, true);
    }

    fn know(&mut self, is_so: bool, works: bool) {
        let Some(fleet) = self.fleet() else { return };
        let known = self.case.observed.self_draining.contains(&fleet);
        if is_so && known != works {
            self.step
                .index
                .push(IndexWrite::SelfDraining { fleet, works });
        }
    }

    /// Whether it has registered anew since its record was written: nobody was asked to drain it
    /// there.
    fn is_anew(&self, place: &Place) -> bool {
        let before = self.case.before.map(|before| before.places.as_slice());
        let before = before.filter(|before| !before.is_empty());
        before.is_some_and(|before| before.iter().all(|berth| berth.arn != place.arn))
    }

    /// When we first knew that it goes.
    fn known_since(&self) -> Timestamp {
        let certain = self.drain.heard.certain();
        certain.map_or(self.drain.opened, |at| at.max(self.drain.opened))
    }

    /// It goes for certain, and there is time: it is set DRAINING, or ECS is given a moment to.
    pub(super) fn drain_it(&mut self) {
        let (now, policy) = (self.now(), self.case.moment.policy);
        let since = self.known_since();
        let begin = since + policy.patience;
        let limit = ending::limit(&self.drain);
        let urgent = limit.is_some_and(|limit| limit.duration_since(now) <= policy.ladder);
        let asked = match self.drain.by {
            Drainer::Us { at } => Some(at),
            Drainer::Nobody | Drainer::Other { .. } | Drainer::Undone { .. } => None,
        };
        let again = asked.is_some_and(|at| now.duration_since(at) >= AGAIN);
        for scoped in &self.scoped {
            let place = &scoped.place;
            let live = place.source == Source::Asked;
            let anew = self.is_anew(place);
            match place.status {
                Status::Active if asked.is_some() && !anew && !(live && again) => {
                    self.step.reason.get_or_insert(Reason::Draining);
                }
                Status::Active => {
                    let verify = scoped.mode == Mode::Verify && asked.is_none() && !urgent;
                    let looking = self.case.round.looking || anew;
                    if verify && (now < begin || !looking) {
                        let waits = Reason::LeftToEcs { until: begin };
                        self.step.reason.get_or_insert(waits);
                        continue;
                    }
                    self.step.reason = Some(if verify {
                        Reason::DrainsLate
                    } else {
                        Reason::Drains
                    });
                    self.drain.by = Drainer::Us { at: now };
                    let member = Member {
                        instance: self.case.id.clone(),
                        arn: place.arn.clone(),
                    };
                    self.step.set.push((place.cluster.clone(), member));
                }
                Status::Draining => {
                    self.step.reason.get_or_insert(Reason::Draining);
                    // It was to be given back, and is ours again. Whoever was at it may yet set it
                    // ACTIVE, so that it is looked at once more.
                    if matches!(self.drain.by, Drainer::Undone { .. }) {
                        self.drain.by = Drainer::Us { at: now };
                        self.drain.draining = None;
                    }
                }
                Status::Registering => {
                    self.step.reason.get_or_insert(Reason::Registering);
                }
                Status::Deregistering | Status::RegistrationFailed | Status::Inactive => {}
            }
        }
        self.know(self.step.reason == Some(Reason::DrainsLate), false);
    }
}
