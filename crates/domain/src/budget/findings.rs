//! What people are told of how a budget is guarded, and of what does not belong to one budget.

use super::command::describe;
use super::facts::View;
use super::free_tier::FreeTierUse;
use super::guard::Guarded;
use super::meter::hours;
use super::moment::Moment;
use super::money::usd;
use super::observed::Observed;
use super::tally::Tally;
use crate::concern::{Concern, key};
use crate::notice::{Kind, Next, Severity, fact, words};

impl View<'_> {
    /// What goes on after a stop costs more in a period than may be spent.
    pub(super) fn cannot_be_met(&self) -> Option<Concern> {
        let reading = self.watched.sight.as_ref().ok()?;
        let residual = self.observed.residual();
        let floor = residual
            .known()
            .saturating_mul(hours(reading.period.length()));
        if floor <= reading.limit {
            return None;
        }
        let mut facts = self.facts();
        facts.insert(0, fact("Floor of a period", usd(floor)));
        Some(Concern {
            text: reading.limit.normalize().to_string(),
            facts,
            done: Some("Nothing: it is watched and stops like any other.".to_owned()),
            next: Next {
                what: "Raise the limit above what runs on after a stop, or remove what costs it."
                    .to_owned(),
                command: Some(describe(self.moment.account, self.name)),
            },
            unknown: self.unknown(),
            ..self.concern(
                Kind::BudgetCannotBeMet,
                Severity::Digest,
                format!(
                    "The budget {} cannot be met by stopping services",
                    self.name
                ),
            )
        })
    }

    pub(super) fn limit_changed(&self, tally: &Tally) -> Option<Concern> {
        let change = tally.limit_change?;
        let reading = self.watched.sight.as_ref().ok();
        let (from, to) = (usd(change.from), usd(change.to));
        let mut facts = vec![fact("Limit", format!("{to}, was {from}"))];
        if let Some(reading) = reading {
            facts.push(fact("Spent", reading.shown()));
            let by = if reading.auto_adjusting {
                "AWS, as it adjusts itself"
            } else {
                "somebody"
            };
            facts.push(fact("Changed by", by));
        }
        Some(Concern {
            text: format!("{from} {to} {}", change.at),
            facts,
            next: Next {
                what: "Nothing, if the change was meant. CloudTrail has the UpdateBudget call."
                    .to_owned(),
                command: Some(describe(self.moment.account, self.name)),
            },
            since: change.at,
            ..self.concern(
                Kind::BudgetLimitChanged,
                Severity::Digest,
                format!(
                    "The limit of the budget {} changed from {from} to {to}",
                    self.name
                ),
            )
        })
    }

    /// Whether everything was looked at that guards it.
    pub(super) fn sees_every_topic(&self) -> bool {
        let seen = |guarded: &Guarded| {
            let mut topics = self.moment.policy.topics.iter();
            topics.all(|arn| guarded.topics.iter().any(|topic| topic.arn == *arn))
        };
        self.watched.guarded.as_ref().is_some_and(seen)
    }

    pub(super) fn unguarded(&self) -> Option<Concern> {
        let guarded = self.watched.guarded.as_ref()?;
        let Moment {
            policy, account, ..
        } = self.moment;
        let findings = guarded.findings(account, &policy.topics);
        if findings.is_empty() {
            return None;
        }
        let texts: Vec<String> = findings.iter().map(ToString::to_string).collect();
        let key = key(&self.name.arn(account), Kind::BudgetUnguarded);
        let told = self.observed.announced.get(&key).map(|told| &told.text);
        // What was told of a topic that could not be looked at this time stands.
        let told = told.filter(|told| {
            let mut texts = texts.iter();
            !self.sees_every_topic() && texts.all(|text| told.lines().any(|line| line == text))
        });
        Some(Concern {
            text: told.cloned().unwrap_or_else(|| texts.join("\n")),
            facts: texts.iter().map(|text| fact("Finding", text)).collect(),
            done: Some("Nothing: the budget is read every hour all the same.".to_owned()),
            next: Next {
                what: "Deploy the suite again, or set right what was changed.".to_owned(),
                command: Some(format!(
                    "aws budgets describe-notifications-for-budget --account-id {account} \
                     --budget-name \"{}\"",
                    self.name
                )),
            },
            ..self.concern(
                Kind::BudgetUnguarded,
                Severity::Digest,
                format!("Messages about the budget {} may not arrive", self.name),
            )
        })
    }
}

/// What people should know of the free tier.
pub(super) fn of_free_tier(observed: &Observed, moment: Moment<'_>) -> Vec<Concern> {
    let uses = observed.free_tier.iter().flatten();
    let subject = |one: &FreeTierUse| free_tier_subject(&one.named());
    let nearly = uses.filter(|one| one.is_nearly_used());
    nearly
        .map(|one| Concern {
            title: format!("What is free of {} is nearly used up", one.named()),
            text: "nearly used".to_owned(),
            facts: vec![
                fact(
                    "Used",
                    format!("{:.0} %", one.percent().unwrap_or_default()),
                ),
                fact(
                    "Free",
                    one.limit
                        .map_or_else(|| "unknown".to_owned(), |l| l.to_string()),
                ),
                fact("Unit", one.unit.as_deref().unwrap_or("unknown")),
            ],
            next: words("Nothing, if it may cost something from here on."),
            ..Concern::about(subject(one), Kind::FreeTierNearlyUsed, moment.now)
        })
        .collect()
}

/// What the concern about a use of the free tier is about.
pub(super) fn free_tier_subject(named: &str) -> String {
    format!("free-tier/{named}")
}
