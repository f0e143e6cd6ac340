//! What people are told of a stop: before it, and while it lasts.

use super::command::ask;
use super::concerns::{Concern, fact, key};
use super::facts::View;
use super::money::usd;
use super::residual::some_of;
use super::state::Stop;
use super::step::waits_until;
use super::tally::{Cause, Tally};
use super::verdict::Verdict;
use crate::notice::{Kind, Next, Severity};

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
        // The limit itself was raised above the spend: only a person ends the stop then.
        let raised = matches!(self.verdict, Verdict::Under | Verdict::Warn(_))
            && self.moment.now < stop.period_end;
        let scope = match &stop.picked {
            None => "everything".to_owned(),
            Some(picked) => format!("{} services", picked.len()),
        };
        let down = self.down(stop);
        let mut facts = self.facts();
        facts.push(fact(AT_THE_STOP, usd(stop.spend)));
        let spares = self.spared();
        if !spares.is_empty() {
            facts.push(fact("Runs on", some_of(&spares)));
        }
        let text = format!(
            "{} {scope}{}",
            stop.since,
            if raised { " raised" } else { "" }
        );
        Concern {
            text: self.unless_told(Kind::BudgetStopped, &stop.since.to_string(), text),
            facts,
            done: Some(match down.len() {
                0 => "Nothing could be put to rest: no service is tagged stop.".to_owned(),
                count => format!("Puts {count} services to rest: {}.", some_of(&down)),
            }),
            next: Next {
                what: if raised {
                    "The limit is above the spend again. Ask for a restore if services are to come \
                     back before the next period."
                        .to_owned()
                } else {
                    "Services come back by themselves in the next period. To have them back now, \
                     say how many USD more may be spent."
                        .to_owned()
                },
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
                Severity::Page,
                format!(
                    "The budget {} is spent: {} of {}",
                    self.name,
                    usd(stop.spend),
                    usd(tally.ceiling(tally.limit))
                ),
            )
        }
    }

    /// The text, or while nothing can be believed what was told of the same thing already.
    fn unless_told(&self, kind: Kind, same: &str, text: String) -> String {
        let key = key(&self.name.arn(self.moment.account), kind);
        let told = self.observed.announced.get(&key);
        let told = told.filter(|told| told.text.starts_with(same) && !self.verdict.believes());
        told.map_or(text, |told| told.text.clone())
    }
}
