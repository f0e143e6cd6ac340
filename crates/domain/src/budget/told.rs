//! What people are told of one budget.

use super::command::{ask, describe};
use super::concerns::{Concern, fact, key};
use super::facts::View;
use super::money::usd;
use super::residual::some_of;
use super::state::waits_until;
use super::tally::{Stop, Tally};
use super::verdict::Verdict;
use crate::notice::{Kind, Next, Severity};

impl View<'_> {
    /// Everything that people should know of it.
    pub(super) fn concerns(&self) -> Vec<Concern> {
        let tally = self.tally.as_ref();
        let concerns = [
            self.blind(),
            self.implausible(),
            tally.and_then(|tally| self.warned(tally)),
            tally.and_then(|tally| self.grace(tally)),
            tally.and_then(|tally| Some(self.stopped(tally, tally.stop()?))),
            self.cannot_be_met(),
            tally.and_then(|tally| self.limit_changed(tally)),
            self.unguarded(),
        ];
        concerns.into_iter().flatten().collect()
    }

    fn blind(&self) -> Option<Concern> {
        let Verdict::Blind(blind) = &self.verdict else {
            return None;
        };
        if blind.passes() {
            return None;
        }
        let mut facts = vec![fact("Why", blind)];
        facts.extend(self.last_seen());
        Some(Concern {
            text: blind.name().to_owned(),
            facts,
            done: Some("Nothing: neither stops nor restores anything while it cannot see.".into()),
            next: Next {
                what: "Find out why the budget cannot be read; until then nobody stops spending."
                    .to_owned(),
                command: Some(describe(self.moment.account, self.name)),
            },
            unknown: Some("What has been spent since then.".to_owned()),
            ..self.concern(
                Kind::BudgetBlind,
                Severity::Page,
                format!("The budget {} cannot be relied on: {blind}", self.name),
            )
        })
    }

    /// Told again only when it grows another digit: the amount itself changes every few hours.
    fn implausible(&self) -> Option<Concern> {
        let Verdict::Implausible { rise, believed } = &self.verdict else {
            return None;
        };
        let digits = rise.trunc().to_string().len();
        let mut facts = self.facts();
        facts.insert(1, fact("Rise", usd(*rise)));
        facts.insert(2, fact("Believed at most", usd(*believed)));
        Some(Concern {
            text: format!("{digits} digits"),
            facts,
            done: Some(
                "Nothing was stopped: what ran cannot have cost that, so billing may be wrong."
                    .to_owned(),
            ),
            next: Next {
                what: "Compare with the bill by service in Cost Explorer. If it is true, put \
                       services to rest yourself."
                    .to_owned(),
                command: Some(describe(self.moment.account, self.name)),
            },
            unknown: Some("What is really spent.".to_owned()),
            ..self.concern(
                Kind::BudgetImplausible,
                Severity::Page,
                format!("The budget {} reports a spend that cannot be", self.name),
            )
        })
    }

    fn warned(&self, tally: &Tally) -> Option<Concern> {
        if tally.warned.is_empty() {
            return None;
        }
        let causes: Vec<&str> = tally.warned.iter().map(|cause| cause.name()).collect();
        let mut text = format!("{} {}", causes.join("+"), tally.limit.normalize());
        if tally.stop().is_some() || waits_until(tally, self.moment.now).is_some() {
            // There is more to tell than a warning: one that was given stands as it is.
            let key = key(&self.name.arn(self.moment.account), Kind::BudgetWarned);
            text = self.observed.announced.get(&key)?.text.clone();
        }
        Some(Concern {
            text,
            facts: self.facts(),
            done: Some("Nothing was stopped.".to_owned()),
            next: Next {
                what: "Stop what is not needed, or raise the limit. At the limit, what is tagged \
                       stop goes to rest by itself."
                    .to_owned(),
                command: Some(describe(self.moment.account, self.name)),
            },
            unknown: self.unknown(),
            ..self.concern(
                Kind::BudgetWarned,
                Severity::Digest,
                format!(
                    "The budget {} runs short ({})",
                    self.name,
                    causes.join(", ")
                ),
            )
        })
    }

    /// It is over, and nothing is stopped yet: because of the grace, or of a person's veto.
    fn grace(&self, tally: &Tally) -> Option<Concern> {
        let until = waits_until(tally, self.moment.now)?;
        if tally.stop().is_some() || !tally.warned.contains(&super::tally::Cause::Actual) {
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

    fn stopped(&self, tally: &Tally, stop: &Stop) -> Concern {
        // The limit itself was raised above the spend: only a person ends the stop then.
        let raised = matches!(self.verdict, Verdict::Under | Verdict::Warn(_))
            && self.moment.now < stop.period_end;
        let scope = match &stop.picked {
            None => "everything".to_owned(),
            Some(picked) => format!("{} services", picked.len()),
        };
        let down = self.down(stop);
        let mut facts = self.facts();
        facts.push(fact("Spend when it stopped", usd(stop.spend)));
        let spares = self.spared();
        if !spares.is_empty() {
            facts.push(fact("Runs on", some_of(&spares)));
        }
        Concern {
            text: format!(
                "{} {scope}{}",
                stop.since,
                if raised { " raised" } else { "" }
            ),
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
}
