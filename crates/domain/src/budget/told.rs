//! What people are told of one budget.

use super::blind::Blind;
use super::command::describe;
use super::facts::View;
use super::money::usd;
use super::step::waits_until;
use super::tally::Tally;
use super::verdict::Verdict;
use crate::concern::{Concern, key};
use crate::notice::{Kind, Next, Severity, fact};

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
                what: match blind {
                    Blind::Missing => {
                        "Correct BudgetNames, or the name of the budget; a comma in a name makes two of \
                         it. Until then nobody stops spending."
                    }
                    _ => "Find out why the budget cannot be read; until then nobody stops spending.",
                }
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
        let Verdict::Implausible {
            rise,
            believed,
            counted,
        } = &self.verdict
        else {
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
                match counted {
                    true => {
                        "Nothing was stopped: what we count cannot have cost that, so billing may be \
                         wrong."
                    }
                    false => {
                        "Nothing was stopped: it is out of all proportion to the limit, so billing may \
                         be wrong. Not all that ran meanwhile was counted."
                    }
                }
                .to_owned(),
            ),
            next: Next {
                what: "Compare with the bill by service in Cost Explorer. If it is true, put \
                       services to rest yourself."
                    .to_owned(),
                command: Some(describe(self.moment.account, self.name)),
            },
            unknown: Some(
                "What is really spent; and what other Regions, clusters that are out of reach and other \
                 services cost, which nobody counts."
                    .to_owned(),
            ),
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
        // Under which limit: a new one is another matter once a spend is believed under it.
        let limit = tally.last().map_or(tally.limit, |last| last.limit);
        let mut text = format!("{} {}", causes.join("+"), limit.normalize());
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
}
