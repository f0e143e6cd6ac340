//! What people are told of a stop: before it, and while it lasts.

use super::command::ask;
use super::extent::Extent;
use super::facts::View;
use super::money::usd;
use super::residual::some_of;
use super::state::Stop;
use super::step::waits_until;
use super::tally::{Cause, Tally};
use super::verdict::Verdict;
use crate::concern::{Concern, key};
use crate::notice::{Kind, Next, Severity, fact};

/// The fact that says what was spent when services were stopped.
pub(super) const AT_THE_STOP: &str = "Spend when it stopped";

impl View<'_> {
    /// It is over, and nothing is stopped yet: because of the grace, or of a person's veto.
    pub(super) fn grace(&self, tally: &Tally) -> Option<Concern> {
        let until = waits_until(tally, self.moment.now)?;
        if tally.stop().is_some() || !tally.warned.contains(&Cause::Actual) {
            return None;
        }
        let over = matches!(self.verdict, Verdict::Over { .. }) || tally.grace.is_some();
        if !over {
            return None;
        }
        let veto = tally.veto.as_ref();
        let mut facts = self.facts();
        if let Some(veto) = veto {
            facts.push(fact("Vetoed by", format!("{}: {}", veto.by, veto.why)));
        }
        let title = match veto {
            Some(veto) => format!("{} vetoed the stop of the budget {}", veto.by, self.name),
            None => format!(
                "The budget {} is spent: services stop at {until}",
                self.name
            ),
        };
        Some(Concern {
            text: until.to_string(),
            facts,
            done: Some(format!("Nothing is stopped before {until}.")),
            next: Next {
                what: format!("To keep services up longer, veto the stop before {until}."),
                command: Some(ask(
                    &self.moment.policy.function,
                    &[
                        ("action", "veto"),
                        ("budget", self.name.as_str()),
                        ("until", "YYYY-MM-DDTHH:MM:SSZ"),
                        ("by", "NAME"),
                        ("why", "REASON"),
                    ],
                )),
            },
            unknown: self.unknown(),
            ..self.concern(Kind::BudgetGrace, Severity::Page, title)
        })
    }

    pub(super) fn stopped(&self, tally: &Tally, stop: &Stop) -> Concern {
        let told = self.told_extent(stop);
        let extent = self.extent(stop, told);
        let mut facts = self.facts();
        facts.push(fact(AT_THE_STOP, usd(stop.spend)));
        let spares = self.spared();
        if !spares.is_empty() {
            facts.push(fact("Runs on", some_of(&spares)));
        }
        // More services that go the way of the others wake nobody.
        let severity = match told.is_some_and(|told| extent.only_grows(told)) {
            true => Severity::Digest,
            false => Severity::Page,
        };
        Concern {
            text: extent.to_string(),
            facts,
            done: Some(self.put_to_rest(stop)),
            next: Next {
                what: self.way_back(extent.raised),
                command: Some(ask(
                    &self.moment.policy.function,
                    &[
                        ("action", "restore"),
                        ("budget", self.name.as_str()),
                        ("allow", "3.00"),
                        ("by", "NAME"),
                        ("why", "REASON"),
                    ],
                )),
            },
            unknown: self.unknown(),
            since: stop.since,
            ..self.concern(
                Kind::BudgetStopped,
                severity,
                format!(
                    "The budget {} is spent: {} of {}",
                    self.name,
                    usd(stop.spend),
                    usd(tally.ceiling(tally.limit))
                ),
            )
        }
    }

    /// How far this stop was told to go; none if it was not told.
    fn told_extent(&self, stop: &Stop) -> Option<Extent> {
        let key = key(&self.name.arn(self.moment.account), Kind::BudgetStopped);
        let told = Extent::parse(&self.observed.announced.get(&key)?.text)?;
        (told.since == stop.since).then_some(told)
    }

    /// How far this stop goes. While nothing can be believed the limit is as it was told.
    fn extent(&self, stop: &Stop, told: Option<Extent>) -> Extent {
        let under = matches!(self.verdict, Verdict::Under | Verdict::Warn(_));
        let raised = match self.verdict.believes() {
            true => under && self.moment.now < stop.period_end,
            false => told.is_some_and(|told| told.raised),
        };
        let services = self.down(stop, |_| true).len();
        Extent {
            since: stop.since,
            until: stop.period_end,
            whole: stop.picked.is_none(),
            services: services.max(told.map_or(0, |told| told.services)),
            raised,
        }
    }

    /// What is done: which services go to rest now, and how many rest already.
    fn put_to_rest(&self, stop: &Stop) -> String {
        let new = self.down(stop, |service| service.hold().is_none());
        let rests = self.down(stop, |service| service.hold().is_some());
        let done = match (&new[..], &rests[..]) {
            ([], []) if self.observed.services_unseen => "Nothing yet.".to_owned(),
            ([], []) => "Nothing could be put to rest: no service is tagged stop.".to_owned(),
            ([], rests) => format!(
                "Keeps {} services at rest: {}.",
                rests.len(),
                some_of(rests)
            ),
            (new, []) => format!("Puts {} services to rest: {}.", new.len(), some_of(new)),
            (new, rests) => format!(
                "Puts {} more services to rest: {}. {} rest already.",
                new.len(),
                some_of(new),
                rests.len()
            ),
        };
        match self.observed.services_unseen {
            true => format!("{done} Services could not be looked at; that is tried again."),
            false => done,
        }
    }

    /// How services come back.
    fn way_back(&self, raised: bool) -> String {
        let ends = self
            .watched
            .sight
            .as_ref()
            .is_ok_and(|reading| reading.ends);
        match (raised, ends) {
            (true, true) => {
                "The limit is above the spend again. Ask for a restore if services are to come back."
            }
            (true, false) => {
                "The limit is above the spend again. Ask for a restore if services are to come back \
                 before the next period."
            }
            (false, true) => {
                "The budget ends with this period, so services do not come back by themselves. To have \
                 them back, say how many USD more may be spent."
            }
            (false, false) => {
                "Services come back by themselves in the next period. To have them back now, say how \
                 many USD more may be spent."
            }
        }
        .to_owned()
    }
}
